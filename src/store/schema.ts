import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Json } from '../core/kernel/inbound.ts';

/** jsonb: read as a value, written as its JSON text. */
type Jsonb = ColumnType<Json, string, string>;
type NullableJsonb = ColumnType<Json | null, string | null, string | null>;

/** The tables of the schema `groundcrew`, as the migrations leave them. */
export type Tables = {
  person: {
    id: string;
    name: string;
    email: string | null;
    zone: Generated<string>;
    zone_chosen: Generated<boolean>;
    persona: string | null;
    created_at: Generated<Date>;
  };
  account: {
    id: string;
    person: string;
    platform: string;
    name: string;
    email: string | null;
    active: Generated<boolean>;
    looked_up: Date | null;
    used: Date | null;
  };
  person_alias: { former: string; person: string };
  group_member: { platform: string; grp: string; account: string };
  conversation: {
    place: string;
    account: string | null;
    reference: Jsonb;
    installed: boolean;
    seen: Generated<Date>;
  };
  inbox: {
    delivery: string;
    kind: string;
    at: Date;
    account: string | null;
    origin: NullableJsonb;
    replies: JSONColumnType<Json[], string | undefined, string>;
    tried: Date | null;
    settled: Generated<boolean>;
    written: Generated<Date>;
  };
  outbox: {
    seq: Generated<string>;
    lane: string;
    kind: string;
    key: string;
    slot: string;
    body: Jsonb;
    state: Generated<string>;
    attempts: Generated<number>;
    not_before: Generated<Date>;
    lease: Date | null;
    first_try: Date | null;
    unsure: Generated<boolean>;
    why: string | null;
    delivery: string;
    at: Generated<Date>;
    ended: Date | null;
  };
  message: {
    key: string;
    slot: string;
    place: string | null;
    native: string | null;
    lane: string;
    posts: Generated<number>;
    at: Generated<Date>;
  };
  due: { key: string; job: string; input: Jsonb; at: Date; tries: Generated<number>; not_before: Date | null };
  asked: {
    id: string;
    account: string;
    form: Jsonb;
    carry: string;
    prior: Jsonb;
    at: Date;
    place: string | null;
    done: Generated<boolean>;
  };
  feedback: {
    number: Generated<number>;
    requester: string;
    account: string;
    what: string;
    why: string;
    pain: number;
    permalink: string | null;
    state: string;
    created: Date;
    changed: Date;
  };
  feedback_move: {
    id: Generated<string>;
    feedback: number;
    by: string;
    move: string;
    state: string;
    words: string | null;
    at: Date;
  };
  run: {
    key: string;
    backend: string;
    order: Jsonb;
    progress: Jsonb;
    attempt: Generated<number>;
    cancelled: Generated<boolean>;
    holder: string | null;
    lease: Date | null;
    created: Date;
    ended: Date | null;
  };
  resource: {
    id: string;
    slug: string;
    name: string;
    identity: string;
    path: string;
    version: string;
    values: Jsonb;
    team: string;
    owner: string;
    state: string;
    outputs: ColumnType<Json, string | undefined, string>;
    quota_kind: string | null;
    quota_amount: ColumnType<string | null, number | null, number | null>;
    currency: string | null;
    cents: number | null;
    created: Date;
    changed: Date;
    expires: Date | null;
    extended: Generated<number>;
    canary: Generated<boolean>;
    offered_person: string | null;
    offered_team: string | null;
    offered_by: string | null;
    offered_at: Date | null;
    asked_by: string | null;
    asked_until: Date | null;
  };
  team_quota: { team: string };
  request: {
    number: Generated<number>;
    verb: string;
    operation: string | null;
    resource: string | null;
    path: string;
    version: string;
    values: Jsonb;
    team: string;
    requester: string;
    account: string;
    place: string | null;
    state: string;
    preview: NullableJsonb;
    verdict: NullableJsonb;
    currency: string | null;
    cents: number | null;
    decided: NullableJsonb;
    run: string | null;
    tries: Generated<number>;
    plans: Generated<number>;
    said: string | null;
    created: Date;
    changed: Date;
    accepted: Date | null;
    ready: Date | null;
  };
  audit: {
    seq: string;
    at: Date;
    who: string;
    what: string;
    about: string;
    details: Jsonb;
    before: string;
    hash: string;
  };
  audit_head: { one: Generated<boolean>; seq: string; hash: string };
  path_health: {
    path: string;
    version: string;
    verified: Date | null;
    failures: number;
    hidden: boolean;
    said: string | null;
    started: Date;
    run: string | null;
    wanted: string | null;
  };
};

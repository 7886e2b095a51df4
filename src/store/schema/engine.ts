import type { Generated, JSONColumnType } from 'kysely';
import type { Json } from '../../core/kernel/inbound.ts';
import type { Jsonb, NullableJsonb } from './jsonb.ts';

/** What arrived, what is to be delivered, where that stands, and what happens later. */
export type EngineTables = {
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
    lasting: string | null;
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
};

import type { Generated } from 'kysely';
import type { Jsonb, NullableJsonb } from './jsonb.ts';

/** Office hours and demos, and the calendars that they stand in. */
export type OfficeHoursTables = {
  office_series: {
    number: Generated<number>;
    slug: string | null;
    kind: string;
    title: string;
    about: string | null;
    schedule: Jsonb;
    minutes: number;
    slot_minutes: number | null;
    queue: boolean;
    link: string | null;
    places: Jsonb;
    written: string | null;
    created: Date;
    changed: Date;
    ended: Date | null;
  };
  office_host: { series: number; person: string; nth: number };
  office_away: { person: string; since: string; until: string };
  office_session: {
    number: Generated<number>;
    series: number;
    day: string;
    starts: Date;
    minutes: number;
    slot_minutes: number | null;
    queue: boolean;
    link: string | null;
    state: string;
    host: string | null;
    moved: Generated<boolean>;
    sequence: Generated<number>;
    turn: Generated<number>;
    opened: Date | null;
    closed: Date | null;
    shown: Date | null;
    notes: string | null;
    recording: string | null;
  };
  office_seat: {
    session: number;
    person: string;
    account: string;
    state: string;
    slot: number | null;
    nth: number;
    topic: string;
    about: NullableJsonb;
    at: Date;
    here: Date | null;
    began: Date | null;
    ended: Date | null;
    leader: string | null;
    outcome: string | null;
    feedback: number | null;
  };
  office_with: { session: number; person: string; other: string };
  office_reminder: { session: number; person: string; account: string };
  demo_item: {
    number: Generated<number>;
    session: number;
    person: string;
    by: string;
    title: string;
    minutes: number;
    nth: number;
    feedback: number | null;
    at: Date;
  };
  demo_agenda: { session: number; print: string };
  invitation_quiet: { person: string; at: Date };
  calendar_feed: { person: string; series: number; hash: Buffer; created: Date; used: Date | null };
};

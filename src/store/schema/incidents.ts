import type { Generated } from 'kysely';
import type { Jsonb, NullableJsonb } from './jsonb.ts';

/** What fails in clusters. */
export type IncidentTables = {
  incident: {
    id: string;
    number: Generated<number>;
    cluster: string;
    subject: string;
    family: string;
    state: string;
    cause: string;
    verdict: Jsonb;
    service: NullableJsonb;
    team: string | null;
    message: string | null;
    opened: Date;
    changed: Date;
    well: Date | null;
    resolved: Date | null;
    into: number | null;
    taken: string | null;
    fix: NullableJsonb;
    unfollowed: Generated<boolean>;
  };
  incident_mute: {
    cluster: string;
    scope: string;
    value: string;
    until: Date | null;
    revision: string | null;
    who: string;
    at: Date;
  };
};

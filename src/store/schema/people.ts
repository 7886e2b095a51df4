import type { Generated } from 'kysely';

/** People, the logins that are theirs, and the first days of somebody new. */
export type PeopleTables = {
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
    guest: Generated<boolean>;
    looked_up: Date | null;
    used: Date | null;
  };
  person_alias: { former: string; person: string };
  group_member: { platform: string; grp: string; account: string };
  onboarding: {
    person: string;
    account: string;
    started: Date;
    access: Date | null;
    environment: Date | null;
    deploy: Date | null;
  };
};

import type { Generated } from 'kysely';
import type { Jsonb } from './jsonb.ts';

/** News, who must act on them, and who follows what. */
export type AnnouncementTables = {
  announcement: {
    number: Generated<number>;
    content: Jsonb;
    author: string;
    state: string;
    created: Date;
    changed: Date;
    planned: Date | null;
    posted: Date | null;
    corrected: Date | null;
    why: string | null;
    follows: Generated<number>;
  };
  announcement_owed: {
    id: Generated<number>;
    announcement: number;
    person: string;
    things: string[];
    done: Date | null;
    how: string | null;
    told: Generated<boolean>;
    stale: Generated<boolean>;
    nudges: Generated<string[]>;
  };
  announcement_following: {
    person: string;
    once: string[];
    digest: string[];
    hours_from: string;
    hours_to: string;
  };
  announcement_put_by: { announcement: number; person: string };
  changelog: { one: Generated<boolean>; upto: Date };
  changelog_path: { path: string; version: string; lifecycle: string };
  changelog_pull: {
    repository: string;
    number: number;
    words: string;
    url: string;
    merged: Date;
    changed: Date;
    news: boolean;
    told: Generated<boolean>;
  };
  announcement_reaction: { announcement: number; person: string; name: string };
  announcement_seen: { announcement: number; person: string; at: Date };
};

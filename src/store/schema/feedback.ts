import type { Generated } from 'kysely';
import type { NullableJsonb } from './jsonb.ts';

/** Feedback, and the roadmap that it becomes. */
export type FeedbackTables = {
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
    problem: string | null;
    outcome: string | null;
    persona: string | null;
    quarter: string | null;
    owner: string | null;
    impact: number | null;
    confidence: number | null;
    effort: number | null;
    path: string | null;
    team: string | null;
    into: number | null;
    help: string | null;
    link: string | null;
    shipped: Date | null;
  };
  feedback_move: {
    id: Generated<string>;
    feedback: number;
    by: string | null;
    move: string;
    state: string;
    words: string | null;
    at: Date;
    via: string | null;
    changes: NullableJsonb;
  };
  feedback_voice: {
    feedback: number;
    person: string;
    way: string;
    account: string;
    pain: number | null;
    team: string | null;
    at: Date;
  };
  feedback_mute: { feedback: number; person: string; at: Date };
  feedback_notice: {
    move: string;
    person: string;
    feedback: number;
    account: string | null;
    since: Date;
    asked: boolean;
    key: string | null;
    at: Date;
  };
  feedback_telling: { move: string; feedback: number; at: Date };
  feedback_verdict: { feedback: number; person: string; solved: boolean; words: string | null; at: Date };
  feedback_relation: { feedback: number; other: number; kind: string };
  feedback_issue: {
    feedback: number;
    tracker: string;
    ref: string;
    url: string;
    changed: Date | null;
    stands: NullableJsonb;
  };
  tracker: { name: string; changed: Date };
  feedback_draft: {
    id: string;
    person: string;
    account: string;
    what: string;
    why: string;
    pain: number;
    permalink: string | null;
    at: Date;
  };
};

import { z } from 'zod';
import type { WithFeedback } from '../feedback/store.ts';
import type { Effect, PersonId } from '../kernel/index.ts';
import { addDays } from '../kernel/instants.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithAudit, WithRequests } from '../requests/store.ts';
import type { Survey } from './model.ts';
import { segmentations } from './results.ts';
import type { Part, WithSurveys } from './store.ts';

/** What this feature needs of the store. */
export type Store = WithSurveys & WithPeople & WithAudit & WithRequests & WithFeedback;

/** The names of the presses; their values are JSON. */
export const presses = {
  start: 'surveys.start',
  answer: 'surveys.answer',
  go: 'surveys.go',
  write: 'surveys.write',
  send: 'surveys.send',
  decline: 'surveys.decline',
  mute: 'surveys.mute',
  look: 'surveys.look',
  open: 'surveys.open',
  close: 'surveys.close',
  results: 'surveys.results',
  cut: 'surveys.cut',
} as const;
export const forms = { words: 'surveys.words', number: 'surveys.number' } as const;
/** The names of what the clock brings. */
export const jobs = {
  occur: 'surveys.occur',
  open: 'surveys.open',
  gather: 'surveys.gather',
  ask: 'surveys.ask',
  remind: 'surveys.remind',
  end: 'surveys.end',
  count: 'surveys.count',
} as const;

/** The keys of times and messages. A card is named by the part’s token: neither says who it is. */
export const keys = {
  card: (part: Pick<Part, 'token' | 'card'>) => `surveys/${part.token}/${part.card}`,
  /** Each reader has their own, since each chooses what it shows. */
  results: (run: string, reader: PersonId, card: string) => `surveys.results/${run}/${reader}/${card}`,
  opened: (run: string) => `surveys.opened/${run}`,
  edited: (run: string) => `surveys.edited/${run}`,
  due: (job: keyof typeof jobs, run: string, n = 0) => `${jobs[job]}/${run}/${n}`,
};

/** What the clock's jobs of a run carry. `n`: which of several; `without`: what could not be read of its audience. */
export const onRun = z.object({
  run: z.string(),
  n: z.int().default(0),
  without: z.array(z.string()).default([]),
});

const token = z.string().max(60);
/** What buttons carry. */
export const carried = {
  part: z.object({ t: token }),
  question: z.object({ t: token, q: z.string().max(40) }),
  /** `v` null: “I don’t know”. Of several choices each tap says whether one is on, so that a second tap changes nothing. */
  answer: z.object({
    t: token,
    q: z.string().max(40),
    v: z.string().max(60).nullable(),
    on: z.boolean().exactOptional(),
  }),
  survey: z.object({ name: z.string().max(60) }),
  run: z.object({ name: z.string().max(60), run: z.string().max(60) }),
  /** `run`: one that was counted before; else the latest one. */
  results: z.object({ name: z.string().max(60), run: z.string().max(60).exactOptional() }),
  /** `card`: which of the reader’s messages it is. */
  cut: z.object({
    name: z.string().max(60),
    run: z.string().max(60),
    card: z.string().max(80),
    by: z.enum(['all', ...segmentations]),
    page: z.int().min(0).max(20),
  }),
};
/** What a form carries: which run it is of, so that nothing of it outlives the run. */
export const formCarry = z.object({ run: z.string(), t: token, q: z.string() });

/** A time of a run. */
export const later = (
  job: keyof typeof jobs,
  run: string,
  at: Date,
  n = 0,
  more: { readonly without?: readonly string[] } = {},
): Effect => ({
  kind: 'later',
  job: jobs[job],
  input: { run, n, ...more },
  at,
  key: keys.due(job, run, n),
});

export const closesOf = (survey: Pick<Survey, 'openDays'>, from: Date): Date => addDays(from, survey.openDays);

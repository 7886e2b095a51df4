import { z } from 'zod';
import type { WithFeedback } from '../feedback/store.ts';
import type { PersonId } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithSurveys } from '../surveys/store.ts';
import type { WithDemos } from './demo-store.ts';
import { outcomes, type WithOfficeHours } from './store.ts';

/** What this feature needs of the store. */
export type Store = WithOfficeHours & WithPeople & WithFeedback & WithSurveys & WithDemos;

/** The keys of messages and times; `n` is the number of a session. What is said of a time is said again of another one. */
export const keys = {
  /** In the channels: when it was planned, the day before, and while it takes place. */
  planned: (n: number) => `office/${n}/planned`,
  dayBefore: (n: number, starts: Date) => `office/${n}/day-before/${starts.toISOString()}`,
  card: (n: number) => `office/${n}/card`,
  /** For those who host: what people come with, and what became of it. */
  hosts: (n: number, starts: Date) => `office/${n}/hosts/${starts.toISOString()}`,
  wrap: (n: number) => `office/${n}/wrap`,
  /** For those who signed up. */
  seat: (n: number, p: PersonId) => `office/${n}/seat/${p}`,
  told: (n: number, what: string, p: PersonId) => `office/${n}/${what}/${p}`,
  /** Times. */
  job: (n: number, job: Job) => `office/${n}/${job}`,
  eve: (n: number, p: PersonId) => `office/${n}/eve/${p}`,
  refresh: (n: number) => `office/${n}/refresh`,
  follow: 'office.follow',
  plan: 'office.plan',
  replan: (s: number) => `office/series/${s}/plan`,
} as const;

/** What happens at the times of a session. */
export const jobNames = ['day', 'hosts', 'soon', 'start', 'close'] as const;
export type Job = (typeof jobNames)[number];

/** The names of the presses; their values are JSON. */
export const presses = {
  list: 'office.list',
  signUp: 'office.sign-up',
  change: 'office.change',
  cancel: 'office.cancel',
  remind: 'office.remind',
  here: 'office.here',
  next: 'office.next',
  missing: 'office.missing',
  group: 'office.group',
  offline: 'office.offline',
  finish: 'office.finish',
  late: 'office.late',
  begin: 'office.begin',
  manage: 'office.manage',
  newSeries: 'office.new-series',
  editSeries: 'office.edit-series',
  endSeries: 'office.end-series',
  move: 'office.move',
  skip: 'office.skip',
  swap: 'office.swap',
  outcome: 'office.outcome',
  notes: 'office.notes',
  gaps: 'office.gaps',
  away: 'office.away',
} as const;

const n = z.int32().positive();
export const ofSession = z.object({ n });
export const ofSeries = z.object({ series: n });
/** With the conversation that was seen: what is pressed is about that one. */
export const atTurn = z.object({ n, turn: z.int32().nonnegative() });
const person = z.uuid().transform((id) => id as PersonId);
export const withOutcome = z.object({ n, person, outcome: z.enum(outcomes) });

import { z } from 'zod';
import type { WithHealth } from '../freshness/store.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithResources } from '../resources/store.ts';
import type { WithRuns } from '../runs/run.ts';
import type { WithAudit, WithRequests } from './store.ts';

/** What this feature needs of the store. */
export type Store = WithRequests & WithRuns & WithResources & WithPeople & WithAudit & WithHealth;

/** The keys of messages, times and actions. What can come again carries a count: of plans, of tries, or the run. */
export const keys = {
  /** The one message of a request, in the direct messages of the person who asked. */
  live: (n: number) => `request/${n}`,
  plan: (n: number, plans: number) => `request/${n}/plan/${plans}`,
  line: (run: string, attempt: number, nth: number) => `request/line/${run}/${attempt}/${nth}`,
  end: (n: number, tries: number) => `request/${n}/end/${tries}`,
  /** The copies for those who decide, and the reminders of them. */
  approval: (n: number, plans: number) => `request/${n}/approval/${plans}`,
  reminder: (n: number, plans: number) => `request/${n}/reminder/${plans}`,
  decision: (n: number, plans: number) => `request/${n}/decision/${plans}`,
  glass: (n: number, plans: number) => `request/${n}/glass/${plans}`,
  /** Times. */
  expiry: (n: number) => `request/${n}/expiry`,
  nudge: (n: number) => `request/${n}/nudge`,
  wake: (run: string) => `runs.wake/${run}`,
} as const;

/** The names of the presses; their values are JSON. */
export const presses = {
  create: 'request.create',
  catalog: 'request.catalog',
  show: 'request.show',
  detail: 'request.detail',
  confirm: 'request.confirm',
  change: 'request.change',
  look: 'request.look',
  abandon: 'request.abandon',
  undo: 'request.undo',
  again: 'request.again',
  approve: 'request.approve',
  refuse: 'request.refuse',
  glass: 'request.glass',
  waiting: 'request.waiting-list',
  stop: 'request.stop',
  retry: 'request.retry',
  clean: 'request.clean',
} as const;

export const forms = { ask: 'request.ask', refuse: 'request.refuse', glass: 'request.glass' } as const;

const number = z.int32().positive();
export const numbered = z.object({ number });
/** With the count of plans that the person saw: what they press is about that, not about what came after. */
export const planned = z.object({ number, plans: z.int32().nonnegative() });

/** A decision; pressed in a list it is answered in words. `own`: in a list that only they see, which changes with it. */
export const deciding = planned.extend({ list: z.literal([true, 'own']).exactOptional() });

/** The slug of the thing that a request makes: a DNS label. */
export const slugOf = (n: number): string => `r${n}`;
/** The key of a run: a DNS label, and another one for each try. */
export const runOf = (n: number, tries: number): string => `run-${n}-${tries}`;

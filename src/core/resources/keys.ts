import { z } from 'zod';
import type { WithHealth } from '../freshness/store.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithAudit, WithRequests } from '../requests/store.ts';
import type { WithRuns } from '../runs/run.ts';
import type { Resource, WithResources } from './store.ts';

/** What this feature needs of the store. */
export type Store = WithResources & WithPeople & WithAudit & WithRuns & WithRequests & WithHealth;

/** The names of the presses; their values are JSON. */
export const presses = {
  mine: 'resources.mine',
  team: 'resources.team',
  show: 'resources.show',
  more: 'resources.more',
  operate: 'resources.operate',
  upgrade: 'resources.upgrade',
  remove: 'resources.remove',
  removeNow: 'resources.remove-now',
  extend: 'resources.extend',
  allow: 'resources.allow',
  deny: 'resources.deny',
  handOver: 'resources.hand-over',
  takeBack: 'resources.take-back',
  accept: 'resources.accept',
  decline: 'resources.decline',
  forget: 'resources.forget',
  again: 'resources.again',
} as const;

export const forms = {
  operate: 'resources.operate',
  remove: 'resources.remove',
  handOver: 'resources.hand-over',
  accept: 'resources.accept',
} as const;

/** The names of what the clock brings. */
export const jobs = {
  remind: 'resources.remind',
  expire: 'resources.expire',
  offer: 'resources.offer',
  hand: 'resources.hand',
  watch: 'resources.watch',
} as const;

/** How many reminders a thing can have: each has a time of its own, which moves when the end does. */
export const reminderSlots = 5;

/** The keys of times and messages. */
export const keys = {
  expire: (id: string) => `resource/${id}/expire`,
  remind: (id: string, slot: number) => `resource/${id}/remind/${slot}`,
  hand: (id: string) => `resource/${id}/hand`,
  offerEnds: (id: string) => `resource/${id}/offer`,
  /** Messages. What can come again carries the instant that it is about. */
  reminder: (id: string, slot: number, expires: Date) => `resource/${id}/reminder/${slot}/${expires.getTime()}`,
  ended: (id: string, what: string, at: Date) => `resource/${id}/ended/${what}/${at.getTime()}`,
  lost: (id: string, at: Date) => `resource/${id}/lost/${at.getTime()}`,
  asked: (id: string, until: Date) => `resource/${id}/asked/${until.getTime()}`,
  decided: (id: string, until: Date) => `resource/${id}/decided/${until.getTime()}`,
  offer: (id: string, at: Date) => `resource/${id}/offered/${at.getTime()}`,
  handed: (id: string, at: Date) => `resource/${id}/handed/${at.getTime()}`,
  orphans: (owner: string, team: string, at: Date) => `resources/orphans/${owner}/${team}/${at.getTime()}`,
} as const;

export const identified = z.object({ id: z.uuid() });
/** With the end that the person saw: what they press is about that one. */
export const ending = z.object({
  id: z.uuid(),
  expires: z.iso.datetime(),
  slot: z.int().min(0).max(reminderSlots).exactOptional(),
});
/** With the end that was asked for. */
export const asking = z.object({ id: z.uuid(), until: z.iso.datetime() });
/** With the instant of the offer that the person saw. */
export const offered = z.object({ id: z.uuid(), at: z.iso.datetime() });
export const operation = z.object({ id: z.uuid(), operation: z.string().min(1).max(60) });
export const listed = z.object({
  teams: z.array(z.string().max(60)).max(20).exactOptional(),
  after: z.uuid().exactOptional(),
});

/** What the audit calls it. */
export const about = (resource: Pick<Resource, 'slug'>): string => `resource/${resource.slug}`;

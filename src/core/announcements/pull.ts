import { z } from 'zod';

/** Looks for merged pull requests that have the label; and what is told of one. */
export const pullsAction = 'changelog.pulls';
export const pullEvent = 'changelog.pull';

/** A pull request that was merged, as the place where it is kept tells of it. */
export const mergedPull = z.object({
  repository: z.string(),
  number: z.int(),
  /** What people can do now, if whoever wrote it said so, else its title. */
  words: z.string(),
  url: z.url({ protocol: /^https?$/ }),
  merged: z.iso.datetime({ offset: true }),
  /** When it was changed last: what is told of an earlier moment is old news. */
  changed: z.iso.datetime({ offset: true }),
  labels: z.array(z.string()),
});
export type MergedPull = z.output<typeof mergedPull>;

export const pullsInput = z.object({
  repositories: z.array(z.string()),
  label: z.string(),
  since: z.iso.datetime({ offset: true }),
});

/** `passing`: it may well work the next time. */
export const pullsFound = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), pulls: z.array(mergedPull) }),
  z.object({ ok: z.literal(false), why: z.string(), passing: z.boolean() }),
]);
export type PullsFound = z.output<typeof pullsFound>;

import { z } from 'zod';
import {
  type AccountId,
  type Ctx,
  type Effects,
  type Handler,
  onDue,
  onOutcome,
  platformNames,
} from '../kernel/index.ts';
import { addDays, addSeconds } from '../kernel/instants.ts';
import { next } from './asking.ts';
import { invitedTo, sourcesOf } from './audience.ts';
import { tellWhatCame } from './did.ts';
import { jobs, keys, later, onRun, type Store } from './keys.ts';
import { openedView } from './run-view.ts';
import type { Run } from './store.ts';

/*
 * A run opens: who is in the groups and channels that it is for is read, those whom we never met are looked up, so that
 * somebody who is on both platforms is one person, and then it is fixed who is asked.
 */

type Fresh = Ctx<Store>;

/** How often it is looked whether all are known, and how often at most: half an hour, for thousands of new people. */
const lookSeconds = 10;
const mostLooks = 180;

/** `without`: what could not be read, and why. */
async function open(run: Run, without: readonly string[], ctx: Fresh): Promise<Effects> {
  const people = await invitedTo(run.survey, run.seed, ctx);
  await ctx.store.surveys.invite(run.id, people);
  const closes = addDays(ctx.now, run.survey.openDays);
  await ctx.store.surveys.move(run.id, 'open', closes);
  const opened: Run = { ...run, state: 'open', closes };
  return [
    ...(await tellWhatCame(run.survey.name, ctx)),
    ...(await next(opened, ctx)),
    later('end', run.id, closes),
    ...run.survey.remindAfterDays.map((days, n) => later('remind', run.id, addDays(ctx.now, days), n)),
    ...(run.by
      ? [
          {
            kind: 'tell' as const,
            person: run.by,
            view: openedView(opened, people.length, without),
            key: keys.opened(run.id),
          },
        ]
      : []),
  ];
}

const crowdTold = z.object({
  run: z.string(),
  crowds: z.array(
    z.object({
      platform: z.enum(platformNames),
      group: z.string(),
      members: z.array(z.string().transform((a) => a as AccountId)).optional(),
      why: z.string().optional(),
    }),
  ),
});

export const opening: readonly Handler<Store>[] = [
  onDue(jobs.open, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    if (run?.state !== 'planned') return [];
    const sources = sourcesOf(run.survey.audience);
    if (sources.length === 0) return open(run, [], ctx);
    return [{ kind: 'act', action: 'surveys.crowd', input: { run: id, sources }, key: `surveys.crowd/${id}` }];
  }),
  onOutcome('surveys.crowd', crowdTold, async (_, { run: id, crowds }, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    if (run?.state !== 'planned') return [];
    const unknown = new Set<AccountId>();
    for (const { platform, group, members } of crowds) {
      if (!members) continue;
      await ctx.store.people.setGroup(platform, group, members);
      for (const account of await ctx.store.people.meet(members, ctx.now)) unknown.add(account);
    }
    const without = crowds.flatMap(({ group, members, why }) =>
      members && members.length > 0 ? [] : [why ?? `${group} has no members that I can see.`],
    );
    return [
      ...[...unknown].map((account) => ({
        kind: 'act' as const,
        action: 'people.lookup',
        input: account,
        key: `people.lookup/${account}`,
      })),
      later('gather', id, addSeconds(ctx.now, unknown.size > 0 ? lookSeconds : 0), 1, { without }),
    ];
  }),
  onDue(jobs.gather, onRun, async ({ run: id, n, without }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    if (run?.state !== 'planned') return [];
    const busy = n < mostLooks && (await ctx.store.surveys.lookingUp(sourcesOf(run.survey.audience)));
    return busy ? [later('gather', id, addSeconds(ctx.now, lookSeconds), n + 1, { without })] : open(run, without, ctx);
  }),
];

import { z } from 'zod';
import { type Ctx, type Effect, type Effects, type Handler, onDue, type PersonCtx } from '../kernel/index.ts';
import { addDays, addMinutes, addSeconds } from '../kernel/instants.ts';
import { askAt, invitedTo } from './audience.ts';
import { again, invitation } from './card-view.ts';
import { tellWhatCame } from './did.ts';
import { jobs, keys, later, type Store } from './keys.ts';
import type { Survey } from './model.ts';
import { reportOf, wordsOf } from './results.ts';
import { resultsView } from './results-view.ts';
import { openedView } from './run-view.ts';
import type { Part, Run, WithSurveys } from './store.ts';

/*
 * The life of a run: planned, open, closing, closed. Each step is a time that is kept, and each is taken once, under the
 * lock of the run; so a process that dies in the middle of asking ten thousand people goes on where it stopped.
 */

/** How many people are asked in one transaction: interactive work gets its turn in between. */
const batch = 100;
/** How long what is being typed when a run ends still counts. */
const graceMinutes = 15;
/** How many of those in charge hear of the results of a run that nobody opened by hand. */
const told = 10;
/** Of how many runs a trend is drawn. */
export const shownRuns = 9;

type Fresh = Ctx<Store>;
const onRun = z.object({ run: z.string(), n: z.int().default(0) });
/** Plans a run that opens at an instant: from here on what it asks and promises is fixed. */
export async function plan(
  survey: Survey,
  opens: Date,
  ctx: PersonCtx<Store> | Fresh,
): Promise<readonly [Run, Effects]> {
  const run = await ctx.store.surveys.plan({
    id: ctx.id(),
    survey,
    state: 'planned',
    opens,
    closes: addDays(opens, survey.openDays),
    seed: ctx.id(),
    ...('by' in ctx ? { by: ctx.by.id } : {}),
  });
  return [run, [later('open', run.id, opens)]];
}

/** Ends a run now, or when its time has come. */
export const end = async (run: Run, ctx: Fresh): Promise<Effects> => {
  if (run.state !== 'open' && run.state !== 'planned') return [];
  await ctx.store.surveys.move(run.id, 'closing', ctx.now);
  await ctx.store.surveys.withdraw(run.id, ctx.now);
  const { all } = await ctx.store.surveys.rates(run.id);
  // Nobody is in the middle of it: there is nothing to wait for.
  const grace = all.started > 0 ? graceMinutes : 0;
  return [later('count', run.id, addMinutes(ctx.now, grace)), { kind: 'never', key: keys.due('end', run.id) }];
};

async function ask(part: Part, run: Run, ctx: Fresh): Promise<Effects> {
  const card = part.card + 1;
  const key = keys.card({ token: part.token, card });
  if (part.state === 'invited') {
    await ctx.store.surveys.change(part.token, { state: 'asked', asked: ctx.now, card });
    return [{ kind: 'tell', person: part.person, view: invitation(run, part), key }];
  }
  const wanted = !part.muted && (part.state === 'asked' || part.state === 'started');
  if (!wanted) {
    await ctx.store.surveys.change(part.token, { done: true });
    return [];
  }
  await ctx.store.surveys.change(part.token, { card, reminders: part.reminders + 1, done: true });
  return [{ kind: 'tell', person: part.person, view: again(run, part, true), key }];
}

/** Asks those whose hour has come; whoever is asleep by now, since we were away, is asked when they are at work again. */
async function askBatch(run: Run, ctx: Fresh): Promise<Effects> {
  const effects: Effect[] = [];
  const postponed: { token: string; at: Date }[] = [];
  const parts = await ctx.store.surveys.due(run.id, ctx.now, batch);
  for (const part of parts) {
    const person = await ctx.store.people.byId(part.person);
    const at = askAt(person ?? { zone: 'UTC' }, ctx.now, ctx.settings);
    if (at > ctx.now) postponed.push({ token: part.token, at });
    else effects.push(...(await ask(part, run, ctx)));
  }
  await ctx.store.surveys.askAt(postponed);
  return effects;
}

/** When the next of those who are to be asked or reminded has their hour. */
export async function next(run: Pick<Run, 'id'>, ctx: Ctx<WithSurveys>): Promise<Effects> {
  const due = await ctx.store.surveys.nextDue(run.id);
  if (!due) return [];
  const soon = addSeconds(ctx.now, 1);
  return [later('ask', run.id, new Date(Math.max(due.getTime(), soon.getTime())))];
}

async function count(run: Run, ctx: Fresh): Promise<Effects> {
  const { survey } = run;
  await ctx.store.surveys.seal();
  const responses = await ctx.store.surveys.responses(run.id, survey.trust.mode === 'confidential');
  const { all } = await ctx.store.surveys.rates(run.id);
  const report = reportOf(survey, responses, { invited: all.invited, answered: all.answered });
  await ctx.store.surveys.close(run.id, report, wordsOf(survey, responses));
  const closed: Run = { ...run, state: 'closed', report };
  const earlier = (await ctx.store.surveys.runs(survey.name, shownRuns)).filter((r) => r.id !== run.id && r.report);
  const people = run.by ? [run.by] : (await ctx.store.people.holding(['platform', 'product'], told)).map((p) => p.id);
  const view = resultsView(closed, earlier);
  return people.map((person) => ({ kind: 'tell', person, view, key: `surveys.results/${run.id}` }));
}

export const running: readonly Handler<Store>[] = [
  onDue(jobs.open, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    if (run?.state !== 'planned') return [];
    const people = await invitedTo(run.survey, run.seed, ctx);
    await ctx.store.surveys.invite(id, people);
    const closes = addDays(ctx.now, run.survey.openDays);
    await ctx.store.surveys.move(id, 'open', closes);
    const open: Run = { ...run, state: 'open', closes };
    return [
      ...(await tellWhatCame(run.survey.name, ctx)),
      ...(await next(open, ctx)),
      later('end', id, closes),
      ...run.survey.remindAfterDays.map((days, n) => later('remind', id, addDays(ctx.now, days), n)),
      ...(run.by
        ? [{ kind: 'tell' as const, person: run.by, view: openedView(open, people.length), key: keys.opened(id) }]
        : []),
    ];
  }),
  onDue(jobs.ask, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.share(id);
    if (run?.state !== 'open') return [];
    return [...(await askBatch(run, ctx)), ...(await next(run, ctx))];
  }),
  onDue(jobs.remind, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.share(id);
    if (run?.state !== 'open') return [];
    const missing = await ctx.store.surveys.remindable(id);
    await ctx.store.surveys.askAt(missing.map(({ token }) => ({ token, at: ctx.now })));
    return next(run, ctx);
  }),
  onDue(jobs.end, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    return run ? end(run, ctx) : [];
  }),
  onDue(jobs.count, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    return run?.state === 'closing' ? count(run, ctx) : [];
  }),
];

import {
  type Ctx,
  type Effects,
  type Handler,
  inTurns,
  onDue,
  type PersonCtx,
  type PersonId,
} from '../kernel/index.ts';
import { addDays, addMinutes } from '../kernel/instants.ts';
import { jobs, keys, later, onRun, type Store } from './keys.ts';
import type { Survey } from './model.ts';
import { reportOf, wordsOf } from './results.ts';
import { resultsView } from './results-view.ts';
import type { Run } from './store.ts';

/*
 * The life of a run: planned, open, closing, closed. Each step is a time that is kept, and each is taken once, under the
 * lock of the run; so a process that dies in the middle of asking ten thousand people goes on where it stopped.
 */

/** How long what is being typed when a run ends still counts. */
const graceMinutes = 15;
/** How many of those in charge hear of a run that nobody opened by hand. */
const told = 10;
/** Of how many runs a trend is drawn. */
export const shownRuns = 9;

type Fresh = Ctx<Store>;
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

/** Who hears what becomes of a run: who opened it, or those in charge. */
export const hearing = async (run: Run, ctx: Fresh): Promise<readonly PersonId[]> =>
  run.by ? [run.by] : (await ctx.store.people.holding(['platform', 'product'], told)).map((p) => p.id);

async function count(run: Run, ctx: Fresh): Promise<Effects> {
  const { survey } = run;
  await ctx.store.surveys.seal();
  const responses = await ctx.store.surveys.responses(run.id, survey.trust.mode === 'confidential');
  const { all } = await ctx.store.surveys.rates(run.id);
  const people = { invited: all.invited, answered: all.answered };
  const report = await inTurns(reportOf(survey, responses, people));
  await ctx.store.surveys.close(run.id, report, await inTurns(wordsOf(survey, responses)));
  const closed: Run = { ...run, state: 'closed', report };
  const earlier = (await ctx.store.surveys.runs(survey.name, shownRuns)).filter((r) => r.id !== run.id && r.report);
  const card = 'closed';
  const view = resultsView(closed, earlier, { card });
  return (await hearing(run, ctx)).map((person) => ({
    kind: 'tell',
    person,
    view,
    key: keys.results(run.id, person, card),
  }));
}

export const running: readonly Handler<Store>[] = [
  onDue(jobs.end, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    return run ? end(run, ctx) : [];
  }),
  onDue(jobs.count, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.take(id);
    return run?.state === 'closing' ? count(run, ctx) : [];
  }),
];

import { z } from 'zod';
import { nextOccurrences } from '../calendar/index.ts';
import { type Ctx, type Effect, type Effects, type Handler, onDue, onObserved } from '../kernel/index.ts';
import { addHours, addMilliseconds } from '../kernel/instants.ts';
import { moved, runMoved } from '../runs/report.ts';
import { isEdited } from './edited.ts';
import { jobs, keys, type Store } from './keys.ts';
import { type Survey, surveySchema } from './model.ts';
import { pulse } from './pulses.ts';
import { editedView } from './run-view.ts';
import { hearing, plan } from './running.ts';

/* How runs begin by themselves: by a schedule, or after something that happened. */

const keyOf = (name: string) => `${jobs.occur}/${name}`;

/** How late a run still opens by itself, when files are read anew before its time has been seen to. */
const lateHours = 6;

/** The next time of a survey from `from` on; none when it has no schedule, or that is over. */
function planned(survey: Survey, from: Date): Effect {
  const at = survey.schedule && nextOccurrences(survey.schedule, from, 1)[0]?.startsAt;
  return at
    ? { kind: 'later', job: jobs.occur, input: { name: survey.name }, at, key: keyOf(survey.name) }
    : { kind: 'never', key: keyOf(survey.name) };
}

/** From when on the next time of a survey counts whose file was read: one that is due and not yet seen to stays due. */
async function unseen(survey: Survey, before: readonly Survey[], ctx: Ctx<Store>): Promise<Date> {
  const same = (b: Survey) => b.name === survey.name && JSON.stringify(b.schedule) === JSON.stringify(survey.schedule);
  if (!survey.schedule || !before.some(same)) return ctx.now;
  const opened = (await ctx.store.surveys.runs(survey.name, 1))[0]?.opens.getTime() ?? 0;
  return new Date(Math.max(addHours(ctx.now, -lateHours).getTime(), opened + 1));
}

/** Whoever hears of a run is told once when its file says something else than what is open. */
async function edited(files: readonly Survey[], ctx: Ctx<Store>): Promise<Effects> {
  const effects: Effect[] = [];
  for (const run of await ctx.store.surveys.current()) {
    const file = files.find((s) => s.name === run.survey.name);
    if (run.state === 'closing' || !isEdited(run, file)) continue;
    for (const person of await hearing(run, ctx))
      effects.push({ kind: 'tell', person, view: editedView(run), key: keys.edited(run.id) });
  }
  return effects;
}

export const occurring: readonly Handler<Store>[] = [
  onObserved('surveys.read', z.object({ surveys: z.array(surveySchema) }), async ({ surveys }, ctx: Ctx<Store>) => {
    const before = await ctx.store.surveys.all();
    await ctx.store.surveys.readFiles(surveys);
    const after = await ctx.store.surveys.all();
    const gone = before.filter((b) => !after.some((a) => a.name === b.name));
    const times: Effect[] = [];
    for (const each of after) times.push(planned(each, await unseen(each, before, ctx)));
    return [
      ...gone.map((g): Effect => ({ kind: 'never', key: keyOf(g.name) })),
      ...times,
      ...(await edited(surveys, ctx)),
    ];
  }),
  onDue(jobs.occur, z.object({ name: z.string() }), async ({ name }, _, ctx: Ctx<Store>) => {
    const survey = await ctx.store.surveys.byName(name);
    if (!survey) return [];
    await ctx.store.surveys.hold(name);
    const open = (await ctx.store.surveys.current()).some((r) => r.survey.name === name);
    // One that is still open goes on: two at once would ask everybody twice.
    const [, effects] = open ? [undefined, []] : await plan(survey, ctx.now, ctx);
    return [...effects, planned(survey, addMilliseconds(ctx.now, 1))];
  }),
  onObserved(runMoved, moved, async ({ key, progress }, ctx: Ctx<Store>) => {
    if (progress.state !== 'ready') return [];
    const request = await ctx.store.requests.byRun(key);
    return request?.verb === 'create' ? pulse('request-ready', [request.requester], ctx) : [];
  }),
];

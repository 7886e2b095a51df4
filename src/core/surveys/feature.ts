import type { z } from 'zod';
import { shortHash } from '../catalog/names.ts';
import {
  type Effect,
  type Effects,
  type Feature,
  type May,
  onCommand,
  onPress,
  type PersonCtx,
  Problem,
  whisper,
} from '../kernel/index.ts';
import { answering } from './answering.ts';
import { asking } from './asking.ts';
import { ableTo, unknownTeams } from './audience.ts';
import { again } from './card-view.ts';
import { closingTheLoop } from './did.ts';
import { busy, fileNow } from './edited.ts';
import { carried, closesOf, keys, presses, type Store } from './keys.ts';
import { making } from './making.ts';
import type { Survey } from './model.ts';
import { occurring } from './occurring.ts';
import { opening } from './opening.ts';
import { resultsView } from './results-view.ts';
import { listView, noneView, previewView, underWayView, wordsView } from './run-view.ts';
import { end, plan, running, shownRuns } from './running.ts';
import type { Run } from './store.ts';

const manages: May = ['platform', 'product'];
type Ctx = PersonCtx<Store>;

const plain = (name: string): string => name.trim().toLowerCase();
async function named(name: string, ctx: Ctx): Promise<Survey> {
  const survey = await ctx.store.surveys.byName(plain(name));
  if (survey) return survey;
  const all = (await ctx.store.surveys.all()).map((s) => s.name);
  throw new Problem(
    'survey_not_found',
    `There is no survey “${name.trim()}”. There ${all.length === 1 ? 'is' : 'are'} ${all.length === 0 ? 'none yet' : all.join(', ')}.`,
  );
}

const currentOf = async (name: string, ctx: Ctx) =>
  (await ctx.store.surveys.current()).find((r) => r.survey.name === plain(name));

/** So many runs are looked through, latest first. */
const mostRuns = 100;
/** Those before a run that found something. */
const earlierThan = (run: Run, all: readonly Run[]): readonly Run[] =>
  all.filter((r) => r.report && r.number < run.number).slice(0, shownRuns - 1);

async function open(name: string, ctx: Ctx): Promise<Effects> {
  const survey = await named(name, ctx);
  await ctx.store.surveys.hold(survey.name);
  const current = await currentOf(survey.name, ctx);
  if (current) throw new Problem('survey_open', `${busy(current)} “survey results ${survey.name}” closes it; or wait.`);
  const [run, effects] = await plan(survey, ctx.now, ctx);
  await ctx.store.audit.append({
    at: ctx.now,
    who: ctx.by.id,
    what: 'survey.opened',
    about: `survey/${survey.name}/${run.number}`,
    details: { mode: survey.trust.mode, k: survey.trust.k, kText: survey.trust.kText },
  });
  return effects;
}

async function preview(name: string, ctx: Ctx): Promise<Effects> {
  const survey = await named(name, ctx);
  const { able, resting } = await ableTo(survey, ctx);
  const closes = closesOf(survey, ctx.now);
  const counts = { able: able.length, resting };
  return [whisper(previewView(survey, closes, counts, unknownTeams(survey.audience, ctx)))];
}

/** A run that was counted, as a message: the pictures of charts go with those. */
function told(run: Run, all: readonly Run[], ctx: Ctx): Effects {
  const card = shortHash(ctx.delivery);
  const view = resultsView(run, earlierThan(run, all), { card });
  return [{ kind: 'tell', person: ctx.by.id, via: ctx.account, view, key: keys.results(run.id, ctx.by.id, card) }];
}

async function results({ name, run: id }: z.output<typeof carried.results>, ctx: Ctx): Promise<Effects> {
  // What a run was asked with is enough: its file may be broken by now, or gone.
  const all = await ctx.store.surveys.runs(plain(name), mostRuns);
  const run = all.find((r) => r.id === id && r.report) ?? all[0];
  if (!run) return preview(name, ctx);
  if (run.report) return told(run, all, ctx);
  const rates = await ctx.store.surveys.rates(run.id);
  const survey = await ctx.store.surveys.byName(run.survey.name);
  return [whisper(underWayView(run, rates, { before: earlierThan(run, all)[0], file: fileNow(run, survey) }))];
}

/** The card of results shows what its reader chose. Nobody else’s does: its key has whose it is. */
async function look({ name, run: id, card, by, page }: z.output<typeof carried.cut>, ctx: Ctx): Promise<Effects> {
  const all = await ctx.store.surveys.runs(name, mostRuns);
  const run = all.find((r) => r.id === id && r.report);
  if (!run) return results({ name }, ctx);
  const view = resultsView(run, earlierThan(run, all), { look: { by, page }, card });
  return [{ kind: 'edit', key: keys.results(run.id, ctx.by.id, card), view }];
}

/** How many things that people wrote are shown; the export has all. */
const wordsShown = 20;

async function words(name: string, ctx: Ctx): Promise<Effects> {
  const run = (await ctx.store.surveys.runs(plain(name), 2)).find((r) => r.state === 'closed');
  if (!run) return results({ name }, ctx);
  const texts = run.survey.questions.filter((q) => q.kind === 'text');
  const said = await Promise.all(
    texts.map(async (q) => ({ q, words: (await ctx.store.surveys.words(run.id, q.key)).slice(0, wordsShown) })),
  );
  return [whisper(wordsView(run, said))];
}

/** The card anew, on the platform where it was asked for. */
async function goOn(ctx: Ctx): Promise<Effects> {
  const mine = (await ctx.store.surveys.mine(ctx.by.id)).filter(({ run }) => run.state === 'open');
  if (mine.length === 0) return [whisper(noneView())];
  const effects: Effect[] = [];
  for (const { part, run } of mine) {
    const card = part.card + 1;
    const state = part.state === 'invited' ? { state: 'asked' as const, asked: ctx.now } : {};
    await ctx.store.surveys.change(part.token, { card, ...state });
    effects.push({
      kind: 'tell',
      person: ctx.by.id,
      via: ctx.account,
      view: again(run, part, false),
      key: keys.card({ token: part.token, card }),
    });
  }
  return effects;
}

export const surveys: Feature<Store> = {
  name: 'surveys',
  area: 'Hear and be heard',
  handlers: [
    onCommand('survey', { summary: 'Answer a survey, or go on with one here', may: 'anyone' }, async (_, ctx: Ctx) =>
      goOn(ctx),
    ),
    onCommand('survey list', { summary: 'All surveys, and which are open', may: manages }, async (_, ctx: Ctx) => [
      whisper(listView(await ctx.store.surveys.all(), await ctx.store.surveys.current())),
    ]),
    onCommand(
      'survey open',
      { summary: 'Look at a survey, and ask it', usage: '<name>', may: manages },
      (name, ctx: Ctx) => preview(name, ctx),
    ),
    onPress(presses.look, carried.survey, manages, ({ name }, ctx: Ctx) => preview(name, ctx)),
    onPress(presses.open, carried.survey, manages, ({ name }, ctx: Ctx) => open(name, ctx)),
    onCommand(
      'survey results',
      { summary: 'What a survey found, or how many have answered', usage: '<name>', may: manages },
      async (name, ctx: Ctx) => results({ name }, ctx),
    ),
    onCommand(
      'survey words',
      { summary: 'What people wrote, mixed and without names', usage: '<name>', may: manages },
      async (name, ctx: Ctx) => words(name, ctx),
    ),
    onPress(presses.results, carried.results, manages, results),
    onPress(presses.cut, carried.cut, manages, look),
    onPress(presses.close, carried.run, manages, async ({ name, run: id }, ctx: Ctx) => {
      // The run that was looked at: a later one is not closed by a button that was left over.
      const current = await currentOf(name, ctx);
      const run = current?.id === id ? await ctx.store.surveys.take(id) : undefined;
      if (!run) return results({ name }, ctx);
      await ctx.store.audit.append({
        at: ctx.now,
        who: ctx.by.id,
        what: 'survey.closed',
        about: `survey/${name}/${run.number}`,
        details: {},
      });
      return [
        ...(await end(run, ctx)),
        whisper(underWayView({ ...run, state: 'closing' }, await ctx.store.surveys.rates(run.id))),
      ];
    }),
    ...making,
    ...closingTheLoop,
    ...answering,
    ...opening,
    ...asking,
    ...running,
    ...occurring,
  ],
};

import { figure } from '../kernel/index.ts';
import {
  doraScore,
  mean,
  median,
  nps,
  npsCounts,
  npsTrend,
  shareTrend,
  type Trend,
  topTwoBox,
} from '../statistics/index.ts';
import { choicesOf } from '../surveys/answers.ts';
import type { Question } from '../surveys/model.ts';
import { type Counts, numbersOf } from '../surveys/results.ts';
import type { FigureId } from './definitions.ts';
import type { Reading } from './reading.ts';
import type { Closed, Span } from './store.ts';

/*
 * What people said, from the results that the surveys left behind. Those hold nothing of fewer people than their own
 * threshold, so nothing has to be hidden here that is not hidden there.
 */

export type AskedId = Extract<
  FigureId,
  'selfServiceAsked' | 'onboardingAsked' | 'firstDeployAsked' | 'doraAsked' | 'nps' | 'heard'
>;

/** The answers of everybody, or of one team, to a question of a run. Undefined: too few, or not asked. */
function countsIn({ report }: Closed, key: string, team: string | undefined): Counts | undefined {
  const item = report.items.find((i) => i.key === key);
  if (team === undefined) return item?.counts;
  return item?.groups.find((g) => g.by === 'team')?.shown.find((c) => c.group === team)?.counts;
}
const questionIn = ({ survey }: Closed, key: string): Question | undefined =>
  survey.questions.find((q) => q.key === key);

type Said = { readonly value: number; readonly n: number; readonly words?: string; readonly more?: string };
type Asked = {
  readonly key: string;
  readonly said: (question: Question, counts: Counts, before: Counts | undefined) => Said | undefined;
};

const moved = (trend: Trend | undefined, scale = 1): string =>
  trend === undefined
    ? ''
    : `; ${trend.change > 0 ? '+' : ''}${figure(trend.change * scale)} since the run before, ${trend.beyond ? 'outside' : 'within'} the margin`;

/** The option that the middle one of all answers chose. */
function middle(question: Question, counts: Counts): Said | undefined {
  const scores = numbersOf(question, counts);
  const value = median(scores);
  if (value === undefined) return undefined;
  const label = choicesOf(question)?.find((c) => c.score === Math.floor(value))?.label;
  return { value, n: scores.length, ...(label === undefined ? {} : { words: label }) };
}

function heard(question: Question, counts: Counts, before: Counts | undefined): Said | undefined {
  const options = (choicesOf(question) ?? []).flatMap((c) => c.score ?? []);
  const now = topTwoBox(options, numbersOf(question, counts));
  if (!now) return undefined;
  const then = before && topTwoBox(options, numbersOf(question, before));
  const { low, high } = now.interval;
  const margin = `${Math.round(100 * low)}% to ${Math.round(100 * high)}%`;
  return { value: 100 * now.share, n: now.n, more: `${margin}${moved(then && shareTrend(now, then), 100)}` };
}

const asked: { readonly [K in Exclude<AskedId, 'doraAsked'>]: Asked } = {
  nps: {
    key: 'nps',
    said: (question, counts, before) => {
      const now = nps(npsCounts(numbersOf(question, counts)));
      if (!now) return undefined;
      const then = before && nps(npsCounts(numbersOf(question, before)));
      const margin = `${figure(Math.round(now.interval.low))} to ${figure(Math.round(now.interval.high))}`;
      return { value: now.score, n: now.n, more: `${margin}${moved(then && npsTrend(now, then))}` };
    },
  },
  selfServiceAsked: {
    key: 'self-service',
    said: (question, counts) => {
      const got = mean(numbersOf(question, counts));
      const most = question.kind === 'number' ? question.max : 10;
      return got && { value: (100 * got.mean) / most, n: got.n };
    },
  },
  onboardingAsked: { key: 'onboarding', said: middle },
  firstDeployAsked: { key: 'first-deploy', said: middle },
  heard: { key: 'acts-on-feedback', said: heard },
};

const notAsked: Reading = { is: 'none', why: 'no survey asked it' };
const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** The latest run since then that asked a question, and the run of the same survey before it. */
function latest(runs: readonly Closed[], key: string, { since }: Span) {
  const now = runs.find((r) => r.closed >= since && questionIn(r, key));
  const before = now && runs.find((r) => r.survey.name === now.survey.name && r.closed < now.closed);
  return now && { now, before };
}
const reading = ({ value, n, words, more }: Said, { survey, closed }: Closed): Reading => ({
  is: 'read',
  value,
  over: `${n} answers to “${survey.title}” of ${days.format(closed)}`,
  ...(words === undefined ? {} : { words }),
  ...(more === undefined ? {} : { more }),
});

function read({ key, said }: Asked, runs: readonly Closed[], span: Span): Reading {
  const found = latest(runs, key, span);
  const question = found && questionIn(found.now, key);
  if (!found || !question) return notAsked;
  const counts = countsIn(found.now, key, span.team);
  if (!counts) return { is: 'few' };
  const answer = said(question, counts, found.before && countsIn(found.before, key, span.team));
  return answer ? reading(answer, found.now) : { is: 'none', why: 'nobody answered' };
}

const doraKeys = {
  lead: 'lead-time',
  frequency: 'deployment-frequency',
  recovery: 'recovery-time',
  failure: 'change-failure-rate',
  rework: 'rework-rate',
} as const;

function dora(runs: readonly Closed[], span: Span): Reading {
  const found = latest(runs, doraKeys.frequency, span);
  if (!found) return notAsked;
  const means = Object.entries(doraKeys).flatMap(([metric, key]) => {
    const question = questionIn(found.now, key);
    const counts = countsIn(found.now, key, span.team);
    const got = question && counts && mean(numbersOf(question, counts));
    return got ? [[metric, got] as const] : [];
  });
  const { overall } = doraScore(Object.fromEntries(means.map(([metric, got]) => [metric, got.mean])));
  if (overall === undefined) return { is: 'few' };
  const n = Math.min(...means.map(([, got]) => got.n));
  return reading({ value: overall, n, more: `${means.length} of 5 questions` }, found.now);
}

export function askedFigures(runs: readonly Closed[], span: Span): { readonly [K in AskedId]: Reading } {
  return {
    nps: read(asked.nps, runs, span),
    selfServiceAsked: read(asked.selfServiceAsked, runs, span),
    onboardingAsked: read(asked.onboardingAsked, runs, span),
    firstDeployAsked: read(asked.firstDeployAsked, runs, span),
    heard: read(asked.heard, runs, span),
    doraAsked: dora(runs, span),
  };
}

/** The score of the latest run with its margin, as it can be drawn. */
export function npsOf(runs: readonly Closed[], span: Span) {
  const found = latest(runs, asked.nps.key, span);
  const question = found && questionIn(found.now, asked.nps.key);
  const counts = found && countsIn(found.now, asked.nps.key, span.team);
  return question && counts ? nps(npsCounts(numbersOf(question, counts))) : undefined;
}

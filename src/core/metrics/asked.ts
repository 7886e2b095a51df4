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
import { type Measure, measuring } from '../surveys/measures.ts';
import type { Question } from '../surveys/model.ts';
import { type Counts, numbersOf } from '../surveys/results.ts';
import type { FigureId } from './definitions.ts';
import type { Reading } from './reading.ts';
import type { Closed, Span } from './store.ts';

/*
 * What people said, from the results that the surveys left behind. Those hold nothing of fewer people than their own
 * threshold, so nothing has to be hidden here that is not hidden there. Any survey is read, by what its questions measure.
 */

export type AskedId = Extract<
  FigureId,
  'selfServiceAsked' | 'onboardingAsked' | 'firstDeployAsked' | 'doraAsked' | 'nps' | 'satisfaction' | 'heard'
>;

/** The answers of everybody, or of one team, to a question of a run. Undefined: too few, or not asked. */
function countsIn({ report }: Closed, key: string, team: string | undefined): Counts | undefined {
  const item = report.items.find((i) => i.key === key);
  if (team === undefined) return item?.counts;
  return item?.groups.find((g) => g.by === 'team')?.shown.find((c) => c.group === team)?.counts;
}
/** What a run says to a measure: the question, and the answers to it that may be told. */
function askedIn(run: Closed, measure: Measure, team: string | undefined) {
  const question = measuring(run.survey, measure)?.question;
  return question && { question, counts: countsIn(run, question.key, team) };
}

type Said = { readonly value: number; readonly n: number; readonly words?: string; readonly more?: string };
type Asked = {
  readonly measure: Measure;
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

/** The share of the two best points of a scale. */
function best(question: Question, counts: Counts, before: Counts | undefined): Said | undefined {
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
    measure: 'nps',
    said: (question, counts, before) => {
      const now = nps(npsCounts(numbersOf(question, counts)));
      if (!now) return undefined;
      const then = before && nps(npsCounts(numbersOf(question, before)));
      const margin = `${figure(Math.round(now.interval.low))} to ${figure(Math.round(now.interval.high))}`;
      return { value: now.score, n: now.n, more: `${margin}${moved(then && npsTrend(now, then))}` };
    },
  },
  selfServiceAsked: {
    measure: 'self-service',
    said: (question, counts) => {
      const got = mean(numbersOf(question, counts));
      const most = question.kind === 'number' ? question.max : 100;
      return got && { value: (100 * got.mean) / most, n: got.n };
    },
  },
  onboardingAsked: { measure: 'onboarding', said: middle },
  firstDeployAsked: { measure: 'first-deploy', said: middle },
  satisfaction: { measure: 'satisfaction', said: best },
  heard: { measure: 'acts-on-feedback', said: best },
};

const notAsked: Reading = { is: 'none', why: 'no survey asked it' };
const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/**
 * The latest run since then that measured it, and the run of the same survey before it. One that says so itself comes before
 * one of which only the kind tells: somebody may have asked for the score of something else.
 */
function latest(runs: readonly Closed[], measure: Measure, { since }: Span) {
  const measured = runs.filter((r) => r.closed >= since && measuring(r.survey, measure));
  const now = measured.find((r) => measuring(r.survey, measure)?.said) ?? measured[0];
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

function read({ measure, said }: Asked, runs: readonly Closed[], span: Span): Reading {
  const found = latest(runs, measure, span);
  const now = found && askedIn(found.now, measure, span.team);
  if (!found || !now) return notAsked;
  if (!now.counts) return { is: 'few' };
  const before = found.before && askedIn(found.before, measure, span.team);
  const answer = said(now.question, now.counts, before?.counts);
  return answer ? reading(answer, found.now) : { is: 'none', why: 'nobody answered' };
}

const doraMeasures = {
  lead: 'lead-time',
  frequency: 'deployment-frequency',
  recovery: 'recovery-time',
  failure: 'change-failure-rate',
  rework: 'rework-rate',
} as const;

/**
 * Of one run: what different people said at different times is no score of anything. The one that says most of it counts,
 * and the latest of such: whoever asks one of the questions in chat does not ask for the score.
 */
function dora(runs: readonly Closed[], span: Span): Reading {
  const measures = Object.entries(doraMeasures);
  const asking = runs
    .filter((run) => run.closed >= span.since && measures.some(([, measure]) => measuring(run.survey, measure)))
    .map((run) => {
      const means = measures.flatMap(([metric, measure]) => {
        const now = askedIn(run, measure, span.team);
        const got = now?.counts && mean(numbersOf(now.question, now.counts));
        return got ? [[metric, got] as const] : [];
      });
      return { run, means };
    });
  const [most] = asking.toSorted((a, b) => b.means.length - a.means.length || +b.run.closed - +a.run.closed);
  if (!most) return notAsked;
  const { run, means } = most;
  const { overall } = doraScore(Object.fromEntries(means.map(([metric, got]) => [metric, got.mean])));
  if (overall === undefined) return { is: 'few' };
  const n = Math.min(...means.map(([, got]) => got.n));
  return reading({ value: overall, n, more: `${means.length} of 5 questions` }, run);
}

export function askedFigures(runs: readonly Closed[], span: Span): { readonly [K in AskedId]: Reading } {
  return {
    nps: read(asked.nps, runs, span),
    selfServiceAsked: read(asked.selfServiceAsked, runs, span),
    onboardingAsked: read(asked.onboardingAsked, runs, span),
    firstDeployAsked: read(asked.firstDeployAsked, runs, span),
    satisfaction: read(asked.satisfaction, runs, span),
    heard: read(asked.heard, runs, span),
    doraAsked: dora(runs, span),
  };
}

/** The score of the latest run with its margin, as it can be drawn. */
export function npsOf(runs: readonly Closed[], span: Span) {
  const found = latest(runs, asked.nps.measure, span);
  const now = found && askedIn(found.now, asked.nps.measure, span.team);
  return now?.counts && nps(npsCounts(numbersOf(now.question, now.counts)));
}

/**
 * DORA’s five metrics as its Quick Check scores them (dora.dev, text CC BY 4.0). Values of the buckets run from 1, the
 * worst, to 6, the best; a value is stored with each option, never read off its position, since DORA lists some scales
 * the other way round.
 */
export type Bucket = { readonly value: number; readonly label: string };

const times: readonly Bucket[] = [
  { value: 1, label: 'More than six months' },
  { value: 2, label: 'One month to six months' },
  { value: 3, label: 'One week to one month' },
  { value: 4, label: 'One day to one week' },
  { value: 5, label: 'Less than one day' },
  { value: 6, label: 'Less than one hour' },
];
export const doraBuckets = {
  lead: times,
  frequency: [
    { value: 1, label: 'Fewer than once per six months' },
    { value: 2, label: 'Between once per month and once every six months' },
    { value: 3, label: 'Between once per week and once per month' },
    { value: 4, label: 'Between once per day and once per week' },
    { value: 5, label: 'Between once per hour and once per day' },
    { value: 6, label: 'On demand (multiple deploys per day)' },
  ],
  recovery: times,
} as const satisfies Record<string, readonly Bucket[]>;

/** One metric each: a bucket’s value for the first three, percent for the others. Absent: not known, left out. */
export type DoraAnswers = {
  readonly lead?: number;
  readonly frequency?: number;
  readonly recovery?: number;
  readonly failure?: number;
  readonly rework?: number;
};
export type DoraMetric = keyof DoraAnswers;

const ofBucket = (value: number) => ((value - 1) / 5) * 10;
const ofPercent = (percent: number) => 10 - percent / 10;
const scoring: Readonly<Record<DoraMetric, (answer: number) => number>> = {
  lead: ofBucket,
  frequency: ofBucket,
  recovery: ofBucket,
  failure: ofPercent,
  rework: ofPercent,
};
const metrics = Object.keys(scoring) as readonly DoraMetric[];

/** 0 to 10, 10 is best. A mean is over what was answered only; absent when nothing of it was. */
export type DoraScore = {
  readonly metrics: { readonly [M in DoraMetric]?: number };
  readonly throughput?: number;
  readonly stability?: number;
  readonly overall?: number;
};

/** dora.dev’s own code counts an unanswered item as the worst in throughput and stability; here it is left out. */
export function doraScore(answers: DoraAnswers): DoraScore {
  const scores: { [M in DoraMetric]?: number } = {};
  for (const metric of metrics) {
    const answer = answers[metric];
    if (answer !== undefined) scores[metric] = scoring[metric](answer);
  }
  const over = (which: readonly DoraMetric[]) => {
    const known = which.flatMap((m) => scores[m] ?? []);
    return known.length === 0 ? undefined : known.reduce((sum, s) => sum + s, 0) / known.length;
  };
  const throughput = over(['lead', 'frequency', 'recovery']);
  const stability = over(['failure', 'rework']);
  const overall = over(metrics);
  return {
    metrics: scores,
    ...(throughput === undefined ? {} : { throughput }),
    ...(stability === undefined ? {} : { stability }),
    ...(overall === undefined ? {} : { overall }),
  };
}

/** 2025, all industries: means of the same scores. Recovery is the industry file’s 7.4, not the size file’s 2.6. */
export const doraBenchmark2025: Required<DoraScore['metrics']> & {
  readonly throughput: number;
  readonly stability: number;
  readonly overall: number;
} = {
  lead: 5.5,
  frequency: 4.8,
  recovery: 7.4,
  failure: 8.1,
  rework: 7.8,
  throughput: 6,
  stability: 7.9,
  overall: 6.72,
};

const hour = 3_600;
const day = 24 * hour;
const month = 30.4375 * day;
/** In which of DORA’s buckets a measured time falls, in seconds. */
export const timeBucket = (seconds: number): number =>
  seconds < hour ? 6 : seconds < day ? 5 : seconds <= 7 * day ? 4 : seconds <= month ? 3 : seconds <= 6 * month ? 2 : 1;
/** The same for how often, in deployments per day; more than one a day is “on demand”. */
export const frequencyBucket = (perDay: number): number => {
  const perMonth = (perDay * month) / day;
  return perDay > 1 ? 6 : perDay === 1 ? 5 : perDay * 7 >= 1 ? 4 : perMonth >= 1 ? 3 : perMonth * 6 >= 1 ? 2 : 1;
};

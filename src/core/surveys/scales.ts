/** A point of a scale. More is better. */
export type Point = { readonly value: string; readonly label: string; readonly score: number };

const points = (...labels: readonly string[]): readonly Point[] =>
  labels.map((label, i) => ({ value: String(i + 1), label, score: i + 1 }));

/** The scales of Likert questions, worst first. The words are those of dora.dev (CC BY 4.0). */
export const scales = {
  agreement: points(
    'Strongly disagree',
    'Disagree',
    'Somewhat disagree',
    'Neither',
    'Somewhat agree',
    'Agree',
    'Strongly agree',
  ),
  agreement5: points('Strongly disagree', 'Disagree', 'Neither', 'Agree', 'Strongly agree'),
  extent: points('Not at all', 'Slightly', 'Moderately', 'Very much', 'Extremely'),
  often: points('Never', 'Rarely', 'Sometimes', 'Often', 'Always'),
  satisfaction: points('Very unhappy', 'Unhappy', 'Neither', 'Happy', 'Very happy'),
} as const satisfies Readonly<Record<string, readonly Point[]>>;

const bucket = (value: string, label: string, score: number): Point => ({ value, label, score });
/** How long a change takes, in DORA’s buckets, worst first. */
export const doraTimes: readonly Point[] = [
  bucket('over-6-months', 'More than six months', 1),
  bucket('1-to-6-months', 'One to six months', 2),
  bucket('1-week-to-1-month', 'One week to one month', 3),
  bucket('1-day-to-1-week', 'One day to one week', 4),
  bucket('under-1-day', 'Less than one day', 5),
  bucket('under-1-hour', 'Less than one hour', 6),
];

/** How often something is deployed, in the same way. */
export const doraFrequencies: readonly Point[] = [
  bucket('under-twice-a-year', 'Fewer than once per six months', 1),
  bucket('monthly-to-half-yearly', 'Once per month to once per six months', 2),
  bucket('weekly-to-monthly', 'Once per week to once per month', 3),
  bucket('daily-to-weekly', 'Once per day to once per week', 4),
  bucket('hourly-to-daily', 'Once per hour to once per day', 5),
  bucket('on-demand', 'On demand, several times a day', 6),
];

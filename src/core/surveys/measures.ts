/*
 * What a question measures: by what it says itself, by the keys of the packs that ship, or by its kind. The platform's
 * numbers read every survey by this, whoever wrote it.
 */

/** As much of a question as tells what it can measure. */
type Asked = {
  readonly key: string;
  readonly kind: string;
  readonly measure?: string;
  readonly scale?: string;
  readonly min?: number;
  readonly max?: number;
  readonly options?: readonly { readonly score?: number }[];
};
type Fit = { readonly words: string; readonly fits: (q: Asked) => boolean };

const scores = ({ options = [] }: Asked) => options.flatMap((o) => o.score ?? []);
const nps: Fit = { words: 'kind nps', fits: (q) => q.kind === 'nps' };
const opinion: Fit = {
  words: 'kind likert or scale',
  fits: (q) => q.kind === 'likert' || q.kind === 'scale',
};
const ordered: Fit = {
  words: 'kind duration or choice, with a score for each option that counts',
  fits: (q) => (q.kind === 'duration' || q.kind === 'choice') && scores(q).length > 1,
};
const buckets: Fit = {
  words: 'kind duration or choice, with the scores 1 to 6 of DORA’s buckets, 6 is best',
  fits: (q) => ordered.fits(q) && scores(q).every((s) => Number.isInteger(s) && s >= 1 && s <= 6),
};
const percent: Fit = {
  words: 'kind percent, or kind number from 0 to 100',
  fits: (q) => q.kind === 'percent' || (q.kind === 'number' && q.min === 0 && q.max === 100),
};
const share: Fit = {
  words: 'kind number from 0, or kind percent',
  fits: (q) => q.kind === 'percent' || (q.kind === 'number' && q.min === 0 && (q.max ?? 0) > 0),
};

/** Every measure, and the questions that can be read as it. Each of the packs’ questions has its measure’s name as key. */
const fits = {
  nps,
  satisfaction: opinion,
  'acts-on-feedback': opinion,
  'self-service': share,
  onboarding: ordered,
  'first-deploy': ordered,
  'deployment-frequency': buckets,
  'lead-time': buckets,
  'recovery-time': buckets,
  'change-failure-rate': percent,
  'rework-rate': percent,
} as const satisfies Readonly<Record<string, Fit>>;
export type Measure = keyof typeof fits;
const measures = Object.keys(fits) as readonly Measure[];
/** `none`: it looks like one, and is about something else. */
export const measureNames = [...measures, 'none'] as const;

const isMeasure = (word: string | undefined): word is Measure => word !== undefined && Object.hasOwn(fits, word);

/** Why a question cannot be what it says that it measures. */
export function misfit(q: Asked): string | undefined {
  if (!isMeasure(q.measure) || fits[q.measure].fits(q)) return undefined;
  return `measure: ${q.measure} is read from a question of ${fits[q.measure].words}`;
}

/** What it says of itself: in words, or by the key that a pack’s question has. */
export function declared(q: Asked): Measure | 'none' | undefined {
  if (q.measure !== undefined) return isMeasure(q.measure) ? q.measure : 'none';
  return isMeasure(q.key) && fits[q.key].fits(q) ? q.key : undefined;
}

/** What its kind gives away, where it says nothing. */
const byKind = (q: Asked): Measure | undefined =>
  q.kind === 'nps' ? 'nps' : q.kind === 'likert' && q.scale === 'satisfaction' ? 'satisfaction' : undefined;

type Survey<Q extends Asked> = { readonly questions: readonly Q[]; readonly trigger?: string | undefined };

/**
 * The question of a survey that measures this. `said`: it says so itself. By its kind a pulse measures nothing: it asks
 * about what just happened, not about the platform.
 */
export function measuring<Q extends Asked>(
  survey: Survey<Q>,
  measure: Measure,
): { readonly question: Q; readonly said: boolean } | undefined {
  const saying = survey.questions.find((q) => declared(q) === measure);
  if (saying) return { question: saying, said: true };
  const kind = survey.questions.find((q) => declared(q) === undefined && byKind(q) === measure);
  return kind && survey.trigger === undefined ? { question: kind, said: false } : undefined;
}

import { type Answer, type Answers, asked, kept } from './branching.ts';
import type { Question } from './model.ts';
import { scales } from './scales.ts';

/** What can be tapped. */
export type Choice = { readonly value: string; readonly label: string; readonly score?: number };

const counted = (from: number, to: number, step: number, unit = ''): readonly Choice[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => {
    const n = from + i * step;
    return { value: String(n), label: `${n}${unit}`, score: n };
  });

/** How many points a number may have to be tapped rather than typed. */
const tappable = 11;

type Tapped = {
  readonly [K in Question['kind']]: (q: Extract<Question, { kind: K }>) => readonly Choice[] | undefined;
};
const tapped: Tapped = {
  nps: () => counted(0, 10, 1),
  likert: (q) => scales[q.scale],
  scale: (q) => counted(q.from, q.to, 1),
  choice: (q) => q.options,
  choices: (q) => q.options,
  duration: (q) => q.options,
  percent: () => counted(0, 100, 10, '%'),
  number: (q) =>
    Number.isInteger(q.min) && Number.isInteger(q.max) && q.max - q.min < tappable
      ? counted(q.min, q.max, 1)
      : undefined,
  text: () => undefined,
};

/** The choices of a question; undefined when it is answered by typing. */
export const choicesOf = (q: Question): readonly Choice[] | undefined =>
  (tapped[q.kind] as (q: Question) => readonly Choice[] | undefined)(q);

/** Kinds whose answers are numbers by themselves. */
const numeric: ReadonlySet<Question['kind']> = new Set(['nps', 'likert', 'scale', 'percent', 'number']);

/** An answer as a number, where it is one: what a mean is over. */
export function numberOf(q: Question, value: string): number | undefined {
  if (numeric.has(q.kind)) return Number(value);
  return choicesOf(q)?.find((c) => c.value === value)?.score;
}

/** The answer as it is kept, or undefined when it is none to this question. What arrives is held by clients. */
export function answerTo(q: Question, given: unknown): Answer | undefined {
  if (given === null) return null;
  const choices = choicesOf(q);
  const fits = (v: unknown): v is string => typeof v === 'string' && choices?.some((c) => c.value === v) === true;
  if (q.kind === 'choices') {
    if (!Array.isArray(given) || !given.every(fits)) return undefined;
    // In the order of the file, whatever was tapped first.
    return q.options.flatMap((o) => (given.includes(o.value) ? [o.value] : []));
  }
  if (choices) return fits(given) ? given : undefined;
  if (typeof given !== 'string' || given === '') return undefined;
  if (q.kind === 'number') {
    const n = Number(given);
    return Number.isFinite(n) && n >= q.min && n <= q.max ? String(n) : undefined;
  }
  return q.kind === 'text' && given.length <= q.max ? given : undefined;
}

const isAnswered = (answers: Answers, key: string): boolean => Object.hasOwn(answers, key);

/** Where somebody is: the question at `at`, the one before it, and how far that is. Undefined at the end. */
export type Place = {
  readonly question: Question;
  readonly number: number;
  readonly of: number;
  readonly before: Question | undefined;
};
export function placeOf(questions: readonly Question[], answers: Answers, at: string | undefined): Place | undefined {
  const way = asked(questions, answers);
  const here = at === undefined ? -1 : way.findIndex((q) => q.key === at);
  const index = here >= 0 ? here : way.findIndex((q) => !isAnswered(answers, q.key));
  const question = way[index];
  if (!question) return undefined;
  return { question, number: index + 1, of: way.length, before: way[index - 1] };
}

/** The question that comes after one, whatever was answered; undefined when that was the last. */
export function after(questions: readonly Question[], answers: Answers, key: string): Question | undefined {
  const way = asked(questions, answers);
  return way[way.findIndex((q) => q.key === key) + 1];
}

/** Whether nothing is open. */
export const isWhole = (questions: readonly Question[], answers: Answers): boolean =>
  asked(questions, answers).every((q) => isAnswered(answers, q.key));

/** With one more answer, less those on a way that it closed. */
export const answered = (questions: readonly Question[], answers: Answers, key: string, answer: Answer): Answers =>
  kept(questions, { ...answers, [key]: answer });

/** About how many minutes it takes: taps and words as they were timed. */
export function minutesOf(questions: readonly Question[]): number {
  const seconds = questions.reduce((sum, q) => sum + (q.kind === 'text' ? 40 : q.kind === 'choices' ? 20 : 12), 15);
  return Math.max(1, Math.round(seconds / 60));
}

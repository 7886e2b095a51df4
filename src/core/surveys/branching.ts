import { z } from 'zod';

/*
 * Whether a question is asked, as a small expression over the answers before it. It is data: it always ends, it reads
 * nothing but answers, and it is true or false whatever stands in them. A question that was not answered, not asked, or
 * answered with “I don’t know” fulfils no condition of its own.
 */
export type Expression =
  | { readonly question: string; readonly is: readonly string[] }
  | { readonly question: string; readonly atMost: number }
  | { readonly question: string; readonly atLeast: number }
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly not: Expression };

/** One answer: an option’s value, several of them, words or a number as text; null for “I don’t know”. */
export type Answer = string | readonly string[] | null;
export type Answers = Readonly<Record<string, Answer>>;

const question = z.string().min(1).max(40);
/** How deep expressions may stand inside each other. */
const deepest = 4;
const inner = (depth: number): z.ZodType<Expression> =>
  z.union(
    [
      z.strictObject({ question, is: z.array(z.string().min(1).max(60)).min(1).max(30) }),
      z.strictObject({ question, atMost: z.number() }),
      z.strictObject({ question, atLeast: z.number() }),
      ...(depth > 0
        ? [
            z.strictObject({
              all: z
                .array(z.lazy(() => inner(depth - 1)))
                .min(1)
                .max(10),
            }),
            z.strictObject({
              any: z
                .array(z.lazy(() => inner(depth - 1)))
                .min(1)
                .max(10),
            }),
            z.strictObject({ not: z.lazy(() => inner(depth - 1)) }),
          ]
        : []),
    ],
    'Write { question: …, is: [ … ] }, or atMost or atLeast with a number; all, any and not put such conditions together.',
  );
export const expressionSchema: z.ZodType<Expression> = inner(deepest);

type Leaf = Extract<Expression, { readonly question: string }>;
const leavesOf = (expression: Expression): readonly Leaf[] => {
  if ('question' in expression) return [expression];
  if ('not' in expression) return leavesOf(expression.not);
  return ('all' in expression ? expression.all : expression.any).flatMap(leavesOf);
};

/** The questions that an expression reads. */
export const reads = (expression: Expression): readonly string[] => leavesOf(expression).map((l) => l.question);

/** What an answer to a question decides about the way on: two that decide the same lead to the same questions. */
export function conditionsOn(key: string, questions: readonly Asked[]): (answer: Answer) => string {
  const leaves = questions.flatMap((q) => (q.askIf ? leavesOf(q.askIf) : [])).filter((leaf) => leaf.question === key);
  return (answer) => leaves.map((leaf) => (holds(leaf, { [key]: answer }) ? 'y' : 'n')).join('');
}

const given = (answers: Answers, key: string): Answer => (Object.hasOwn(answers, key) ? (answers[key] ?? null) : null);
const chosen = (answer: Answer): readonly string[] =>
  answer === null ? [] : typeof answer === 'string' ? [answer] : answer;

export function holds(expression: Expression, answers: Answers): boolean {
  if ('all' in expression) return expression.all.every((e) => holds(e, answers));
  if ('any' in expression) return expression.any.some((e) => holds(e, answers));
  if ('not' in expression) return !holds(expression.not, answers);
  const values = chosen(given(answers, expression.question));
  if ('is' in expression) return values.some((v) => expression.is.includes(v));
  const numbers = values.map(Number).filter(Number.isFinite);
  return 'atMost' in expression
    ? numbers.some((n) => n <= expression.atMost)
    : numbers.some((n) => n >= expression.atLeast);
}

type Asked = { readonly key: string; readonly askIf?: Expression };

/** The questions that are asked, given what was answered. What hangs on a question that is not asked counts as unanswered. */
export function asked<Q extends Asked>(questions: readonly Q[], answers: Answers): readonly Q[] {
  const kept: Record<string, Answer> = Object.create(null) as Record<string, Answer>;
  return questions.filter((q) => {
    if (q.askIf && !holds(q.askIf, kept)) return false;
    if (Object.hasOwn(answers, q.key)) kept[q.key] = answers[q.key] ?? null;
    return true;
  });
}

/** Only the answers to questions that are asked: what was said on a way that was left does not count. */
export const kept = (questions: readonly Asked[], answers: Answers): Answers =>
  Object.fromEntries(
    asked(questions, answers).flatMap((q) =>
      Object.hasOwn(answers, q.key) ? [[q.key, answers[q.key] ?? null] as const] : [],
    ),
  );

import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import type { Scope } from './facts.ts';

/*
 * What an expression may cost. Its author is trusted, its values are not: a list of a thousand lines that somebody types makes
 * two loops inside each other a million turns, and meanwhile the bot answers nobody. Steps are counted rather than time, so that
 * the same expression over the same values is worked out everywhere, or nowhere.
 */

/** Of one evaluation: a twentieth of a second or so. A step is one part of the expression, each time that it is worked out. */
export const COST = { steps: 500_000, charactersAStep: 50, itemsAStep: 10 } as const;

/** What a value took to make or to read, beside the step itself: so memory is bounded as well. */
function weight(value: unknown): number {
  if (typeof value === 'string') return value.length / COST.charactersAStep;
  return Array.isArray(value) ? value.length / COST.itemsAStep : 0;
}

type Evaluator = { run(node: ASTNode, context: unknown): unknown };
/** The library works each part out by the part's own function, and calls the parts inside of it by its evaluator. */
type Part = ASTNode & { evaluate(evaluator: Evaluator, node: ASTNode, context: unknown): unknown };

/** An expression that counts. `spend` is for what is done with its value afterwards. */
export type Metered = { readonly run: (scope: Scope) => unknown; readonly spend: (steps: number) => void };

/** Needs an environment of its own: the count is kept in its evaluator. */
export function metered(parsed: ParseResult): Metered {
  const root = parsed.ast as Part;
  let left = 0;
  const spend = (steps: number): void => {
    left -= steps;
    if (left < 0)
      throw new Error(
        `it takes more than ${COST.steps.toLocaleString('en')} steps with these values: they are too many or too long for it`,
      );
  };
  const first = root.evaluate;
  // Only until it is called for the first time: the library puts another function in its place then, and the evaluator counts.
  root.evaluate = (evaluator, node, context) => {
    const run = evaluator.run.bind(evaluator);
    evaluator.run = (part, within) => {
      spend(1);
      const value = run(part, within);
      spend(weight(value));
      return value;
    };
    return first.call(root, evaluator, node, context);
  };
  return {
    run(scope) {
      left = COST.steps;
      const value: unknown = parsed(scope);
      spend(weight(value));
      // In `a || b` a part that fails is passed over when the other decides; what is spent is spent.
      spend(0);
      return value;
    },
    spend,
  };
}

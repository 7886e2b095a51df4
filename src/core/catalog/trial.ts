import type { Order } from '../runs/run.ts';
import { costOf, identityOf, offers, outputsOf, quotaOf } from './amounts.ts';
import type { Facts } from './facts.ts';
import type { GoldenPath, Values } from './path.ts';
import { judge } from './policy.ts';
import { orderOf } from './render.ts';
import { sampleFacts } from './samples.ts';

/** What was made for one operation, or for something new, with sample values. */
export type Tried = { readonly operation?: string; readonly order: Order };

/**
 * Works out everything that a path says, for something new and for each of its operations. Throws the first `Problem`.
 */
export function tryOut(path: GoldenPath, values: Values, change: Partial<Facts> = {}): readonly Tried[] {
  const bare = sampleFacts(path, values, change);
  const cost = costOf(path, bare);
  const quota = quotaOf(path, bare);
  const facts: Facts = { ...bare, ...(cost ? { cost } : {}), ...(quota ? { quota } : {}) };
  identityOf(path, facts);
  judge(path.policy, facts);
  outputsOf(path, facts, []);
  const made: Tried[] = [{ order: orderOf(path, facts, { run: 'sample', verb: 'create' }) }];
  for (const operation of path.operations) {
    const inside = { ...facts, verb: operation.verb, operation: operation.name };
    offers(path, operation, inside);
    judge(operation.policy, inside, `${path.name}: operations.${operation.name}.policy`);
    const order = orderOf(path, inside, { run: 'sample', verb: operation.verb, operation: operation.name });
    made.push({ operation: operation.name, order });
  }
  return made;
}

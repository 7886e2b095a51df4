import { Problem } from '../kernel/problem.ts';
import type { Output } from '../runs/run.ts';
import { condition, quantity, word } from './expression.ts';
import { atHome, type Facts, scopeOf } from './facts.ts';
import type { GoldenPath, Operation } from './path.ts';
import { fill } from './text.ts';

/** What it costs a month, in the smallest unit of the currency; undefined where the path has no price. */
export function costOf(
  path: GoldenPath,
  facts: Facts,
): { readonly currency: string; readonly cents: number } | undefined {
  if (!path.cost) return undefined;
  const cents = quantity(path.cost.monthly, scopeOf(facts), `${path.name}: cost.monthly`);
  return { currency: path.cost.currency, cents: Math.round(cents) };
}

/** What it takes of the team's quota of a kind. */
export function quotaOf(
  path: GoldenPath,
  facts: Facts,
): { readonly kind: string; readonly amount: number } | undefined {
  if (!path.quota) return undefined;
  return { kind: path.quota.kind, amount: quantity(path.quota.amount, scopeOf(facts), `${path.name}: quota.amount`) };
}

const identityMax = 253;

/** What makes it one of a kind. It begins with the path's name, so that two paths never meet. */
export function identityOf(path: GoldenPath, facts: Facts): string {
  const identity = word(path.identity, scopeOf(atHome(facts)), `${path.name}: identity`);
  if (identity.length > identityMax)
    throw new Problem(
      'expression_failed',
      `${path.name}: identity can’t be used: it is longer than ${identityMax} characters. Please take a shorter name.`,
    );
  return `${path.name}/${identity}`;
}

/**
 * What the person gets: the path's outputs, which may use what the backend found out as `outputs["label"]`. One that
 * comes to nothing is left out. A path that names none hands on the backend's.
 */
export function outputsOf(path: GoldenPath, facts: Facts, found: readonly Output[]): readonly Output[] {
  if (path.outputs.length === 0) return found;
  const scope = scopeOf(atHome(facts), { outputs: Object.fromEntries(found.map((o) => [o.label, o.value])) });
  return path.outputs.flatMap((o, i) => {
    const value = fill(o.value, scope, `${path.name}: outputs[${i}].value`);
    if (value === null || value === '') return [];
    return [
      {
        label: o.label,
        value: typeof value === 'string' ? value : JSON.stringify(value),
        ...(o.secret ? { secret: true as const } : {}),
      },
    ];
  });
}

/** Whether an operation is offered on a thing in its present state. */
export const offers = (path: GoldenPath, operation: Operation, facts: Facts): boolean =>
  operation.offeredWhen === undefined ||
  condition(operation.offeredWhen, scopeOf(facts), `${path.name}: operations.${operation.name}.offeredWhen`);

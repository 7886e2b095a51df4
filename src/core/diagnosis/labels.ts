import { entry, list, type Obj, obj, pairs, str, strings } from './read.ts';

type Labels = ReadonlyMap<string, string>;

export const labelsOf = (o: unknown): Labels => new Map(pairs(o, 'metadata', 'labels'));

/** Whether all of these labels are set, as a Service's selector asks. An empty selector selects nothing. */
export const matches = (wanted: readonly (readonly [string, string])[], labels: Labels): boolean =>
  wanted.length > 0 && wanted.every(([key, value]) => labels.get(key) === value);

type Test = (labels: Labels, key: string, values: readonly string[]) => boolean;
const operators: Readonly<Record<string, Test>> = {
  In: (labels, key, values) => values.includes(labels.get(key) ?? '\0'),
  NotIn: (labels, key, values) => !values.includes(labels.get(key) ?? '\0'),
  Exists: (labels, key) => labels.has(key),
  DoesNotExist: (labels, key) => !labels.has(key),
  Gt: (labels, key, [value]) => Number(labels.get(key)) > Number(value),
  Lt: (labels, key, [value]) => Number(labels.get(key)) < Number(value),
};

export function meets(expression: Obj, labels: Labels): boolean {
  const operator = str(expression, 'operator') ?? '';
  const test = entry(operators, operator);
  return test?.(labels, str(expression, 'key') ?? '', strings(expression, 'values')) ?? false;
}

/** A LabelSelector with its two parts. An empty one selects everything, as in a NetworkPolicy. */
export const selects = (selector: unknown, labels: Labels): boolean =>
  pairs(selector, 'matchLabels').every(([key, value]) => labels.get(key) === value) &&
  list(selector, 'matchExpressions').every((e) => meets(e, labels));

/** Whether a node carries what a pod's nodeSelector and required node affinity ask for. */
export function nodeFits(podSpec: unknown, node: Obj): boolean {
  const labels = labelsOf(node);
  const terms = list(
    obj(podSpec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'),
    'nodeSelectorTerms',
  );
  return (
    pairs(podSpec, 'nodeSelector').every(([key, value]) => labels.get(key) === value) &&
    (terms.length === 0 || terms.some((t) => list(t, 'matchExpressions').every((e) => meets(e, labels))))
  );
}

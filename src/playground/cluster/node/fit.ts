import { at, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';

/** Why a node can't take a pod whatever else runs there, in the scheduler's words; undefined when it can. */
export function nodeRefusal(spec: Fields, node: KubeObject): string | undefined {
  const tolerations = listOf(spec.tolerations);
  if (
    node.spec?.unschedulable === true &&
    !tolerated(tolerations, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
  )
    return 'node(s) were unschedulable';
  for (const taint of listOf(node.spec?.taints).map(fieldsOf))
    if (taint.effect !== 'PreferNoSchedule' && !tolerated(tolerations, taint))
      return `node(s) had untolerated taint {${textOf(taint.key)}: ${textOf(taint.value)}}`;
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(fieldsOf(spec.nodeSelector)).every(([key, value]) => labels[key] === value);
  const terms = listOf(
    at(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'),
  );
  const wanted =
    terms.length === 0 ||
    terms.some((term) => listOf(at(term, 'matchExpressions')).every((one) => matches(labels, one)));
  return selected && wanted ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

const operators: Readonly<Record<string, (value: string | undefined, values: readonly Json[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
  Gt: (value, [bound]) => Number(value) > Number(bound),
  Lt: (value, [bound]) => Number(value) < Number(bound),
};
const matches = (labels: Readonly<Record<string, string>>, one: Json): boolean =>
  operators[textOf(at(one, 'operator'))]?.(labels[textOf(at(one, 'key'))], listOf(at(one, 'values'))) ?? false;

export function tolerated(tolerations: readonly Json[], taint: Fields): boolean {
  return tolerations.some((one) => {
    const { key, operator, value, effect } = fieldsOf(one);
    if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
    if (operator === 'Exists') return key === undefined || key === '' || key === taint.key;
    return key === taint.key && textOf(value) === textOf(taint.value);
  });
}

export type Requests = Readonly<Record<string, number>>;
export function requestsOf(spec: Fields): Requests {
  const sums: Record<string, number> = { pods: 1 };
  for (const one of listOf(spec.containers))
    for (const [resource, value] of Object.entries(fieldsOf(at(one, 'resources', 'requests'))))
      sums[resource] = (sums[resource] ?? 0) + (quantity(value) ?? 0);
  return sums;
}

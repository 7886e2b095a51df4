import { at, type Fields, fieldsOf, type Json, listOf } from '../json.ts';
import { stamp } from '../names.ts';
import type { KubeObject } from '../types.ts';

export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
};

export const condition = (object: KubeObject | undefined, type: string): Fields =>
  fieldsOf(listOf(object?.status?.conditions).find((one) => at(one, 'type') === type));
export const isTrue = (object: KubeObject | undefined, type: string): boolean =>
  condition(object, type).status === 'True';

/** A list with one condition set. The time of its last turn moves only when its status does. */
export function withCondition(list: Json | undefined, next: Condition, now: Date, extra: Fields = {}): readonly Json[] {
  const all = listOf(list);
  const before = all.find((one) => at(one, 'type') === next.type);
  const turned = at(before, 'status') === next.status ? at(before, 'lastTransitionTime') : stamp(now);
  const written: Fields = { ...next, ...extra, lastTransitionTime: turned ?? stamp(now) };
  return before === undefined ? [...all, written] : all.map((one) => (one === before ? written : one));
}
export const withoutCondition = (list: Json | undefined, type: string): readonly Json[] =>
  listOf(list).filter((one) => at(one, 'type') !== type);

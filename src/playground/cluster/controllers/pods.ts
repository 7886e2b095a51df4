import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { condition, isTrue } from './condition.ts';

export const phase = (pod: KubeObject): string => textOf(pod.status?.phase);
export const ended = (pod: KubeObject): boolean => phase(pod) === 'Succeeded' || phase(pod) === 'Failed';
export const isActive = (pod: KubeObject): boolean => !ended(pod) && pod.metadata.deletionTimestamp === undefined;
export const isReady = (pod: KubeObject): boolean =>
  isTrue(pod, 'Ready') && pod.metadata.deletionTimestamp === undefined;

/** Ready for as long as asked. `left`: milliseconds until then, for those that are ready but not yet available. */
export function availability(
  pod: KubeObject,
  minSeconds: number,
  now: Date,
): { readonly available: boolean; readonly left?: number } {
  if (!isReady(pod)) return { available: false };
  if (minSeconds === 0) return { available: true };
  const left = Date.parse(textOf(condition(pod, 'Ready').lastTransitionTime)) + minSeconds * 1000 - now.getTime();
  return left <= 0 ? { available: true } : { available: false, left };
}

/** The pod of a template. */
export const podOf = (template: Fields, meta: Fields): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...meta,
    labels: { ...fieldsOf(at(template, 'metadata', 'labels')), ...fieldsOf(meta.labels) },
    ...(at(template, 'metadata', 'annotations') === undefined
      ? {}
      : { annotations: at(template, 'metadata', 'annotations') }),
  },
  spec: fieldsOf(template.spec),
});

/** Who goes first when there are too many: not assigned, not ready, restarted more, younger. */
export const leastWanted = (pods: readonly KubeObject[]): readonly KubeObject[] => {
  const rank = (pod: KubeObject): readonly number[] => [
    pod.spec?.nodeName ? 1 : 0,
    isReady(pod) ? 1 : 0,
    -listOf(pod.status?.containerStatuses).reduce<number>((sum, one) => sum + Number(at(one, 'restartCount') ?? 0), 0),
    -Date.parse(pod.metadata.creationTimestamp),
  ];
  return pods.toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const i = x.findIndex((value, place) => value !== y[place]);
    return i < 0 ? 0 : (x[i] as number) - (y[i] as number);
  });
};

/** `25%` of a number, or a number; rounded up for surges, down for what may be missing. */
export function share(value: unknown, of: number, up: boolean): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value));
  if (!percent) return 0;
  const exact = (Number(percent[1]) * of) / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

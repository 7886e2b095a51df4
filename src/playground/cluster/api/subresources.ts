import { at, type Fields, fieldsOf, isFields, type Json, listOf, textOf, withAt } from '../json.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge.ts';
import { objectSelector } from '../selectors.ts';
import { ApiError, badRequest } from '../status.ts';
import type { KubeObject, Resource } from '../types.ts';
import { jsonPath } from './json-path.ts';
import type { PatchType } from './write.ts';

/** `app=web,tier in (a,b)`: a selector as text, which autoscalers read. */
const selectorText = (selector: Json | undefined): string =>
  [
    ...Object.entries(fieldsOf(at(selector, 'matchLabels'))).map(([key, value]) => `${key}=${String(value)}`),
    ...listOf(at(selector, 'matchExpressions')).map(
      (one) =>
        `${textOf(at(one, 'key'))} ${textOf(at(one, 'operator')).toLowerCase()} (${listOf(at(one, 'values')).map(String).join(',')})`,
    ),
  ].join(',');

const pathOf = (resource: Resource, which: 'specReplicasPath' | 'statusReplicasPath'): string =>
  textOf(resource.custom?.scale?.[which]) || (which === 'specReplicasPath' ? '.spec.replicas' : '.status.replicas');

export function scaleOf(resource: Resource, object: KubeObject): Fields {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const custom = textOf(resource.custom?.scale?.labelSelectorPath);
  const selector = custom ? textOf(jsonPath(object as Fields, custom)) : selectorText(object.spec?.selector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: { replicas: jsonPath(object as Fields, pathOf(resource, 'specReplicasPath')) ?? 0 },
    status: {
      replicas: jsonPath(object as Fields, pathOf(resource, 'statusReplicasPath')) ?? 0,
      ...(selector ? { selector } : {}),
    },
  };
}

/** The object with the replicas that a Scale asks for. */
export function scaled(resource: Resource, object: KubeObject, scale: Json): Fields {
  const replicas = at(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || replicas < 0)
    throw new ApiError(
      422,
      'Invalid',
      `Scale.autoscaling "${object.metadata.name}" is invalid: spec.replicas: Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`,
    );
  const path = pathOf(resource, 'specReplicasPath').split('.').filter(Boolean);
  const version = textOf(at(scale, 'metadata', 'resourceVersion'));
  const next = withAt(object as Fields, path, replicas);
  return withAt(next, ['metadata', 'resourceVersion'], version || undefined);
}

export const patchedScale = (scale: Fields, patch: Json, type: PatchType): Json =>
  type === 'json' ? jsonPatch(scale, patch) : mergePatch(scale, patch);

/** Why a pod may not be evicted now: a budget that it would break. */
export function evictionBlocked(pod: KubeObject, budgets: readonly KubeObject[]): ApiError | undefined {
  const found = budgets.find(({ spec }) => objectSelector(spec?.selector)(pod.metadata.labels ?? {}));
  if (!found || Number(found.status?.disruptionsAllowed ?? 0) > 0) return undefined;
  const healthy = Number(found.status?.currentHealthy ?? 0);
  const desired = Number(found.status?.desiredHealthy ?? 0);
  return new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [
      {
        reason: 'DisruptionBudget',
        message: `The disruption budget ${found.metadata.name} needs ${desired} healthy pods and has ${healthy} currently`,
      },
    ],
  });
}

/** Which container's log is meant. */
export function containerOf(pod: KubeObject, asked: string | null): string {
  const names = [...listOf(pod.spec?.initContainers), ...listOf(pod.spec?.containers)]
    .filter(isFields)
    .map((one) => textOf(one.name));
  const main = listOf(pod.spec?.containers).map((one) => textOf(at(one, 'name')));
  if (asked) {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  if (main.length > 1)
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  return main[0] ?? '';
}

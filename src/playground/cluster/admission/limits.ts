import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';

const types = ['containers', 'initContainers'];
const resourcesOf = (value: Fields, what: string): Fields => fieldsOf(at(value, 'resources', what));

/** Fills in what a namespace's LimitRanges say for containers without requests or limits. */
export function limitDefaults(spec: Fields, ranges: readonly KubeObject[]): Fields {
  const limits = ranges.flatMap((one) => listOf(one.spec?.limits)).filter((one) => at(one, 'type') === 'Container');
  if (limits.length === 0) return spec;
  const defaults = Object.assign({}, ...limits.map((one) => fieldsOf(at(one, 'default')))) as Fields;
  const requests = Object.assign({}, ...limits.map((one) => fieldsOf(at(one, 'defaultRequest')))) as Fields;
  const filled = (container: Fields): Fields => {
    const limit = { ...defaults, ...resourcesOf(container, 'limits') };
    const request = { ...limit, ...requests, ...resourcesOf(container, 'requests') };
    return {
      ...container,
      resources: {
        ...fieldsOf(container.resources),
        ...(Object.keys(limit).length > 0 ? { limits: limit } : {}),
        ...(Object.keys(request).length > 0 ? { requests: request } : {}),
      },
    };
  };
  const lists = types
    .filter((list) => spec[list])
    .map((list) => [list, listOf(spec[list]).map((one) => filled(fieldsOf(one)))]);
  return { ...spec, ...Object.fromEntries(lists) };
}

/** Why a pod or claim does not fit into its namespace's LimitRanges, in the API's words. */
export function limitViolations(kind: string, spec: Fields, ranges: readonly KubeObject[]): readonly string[] {
  return ranges
    .flatMap((one) => listOf(one.spec?.limits).map(fieldsOf))
    .flatMap((limit) => {
      const type = textOf(limit.type);
      if (kind === 'Pod' && type === 'Container')
        return types.flatMap((list) => listOf(spec[list]).flatMap((one) => bounds(type, fieldsOf(one), limit)));
      return kind === 'PersistentVolumeClaim' && type === kind ? bounds(type, spec, limit) : [];
    });
}

function bounds(type: string, value: Fields, limit: Fields): readonly string[] {
  const wrong: string[] = [];
  const requests = resourcesOf(value, 'requests');
  const limits = resourcesOf(value, 'limits');
  for (const [resource, max] of Object.entries(fieldsOf(limit.max))) {
    const asked = limits[resource] ?? (type === 'PersistentVolumeClaim' ? requests[resource] : undefined);
    if (asked === undefined)
      wrong.push(`maximum ${resource} usage per ${type} is ${String(max)}.  No limit is specified`);
    else if ((quantity(asked) ?? 0) > (quantity(max) ?? Infinity))
      wrong.push(
        `maximum ${resource} usage per ${type} is ${String(max)}, but ${type === 'Container' ? 'limit' : 'request'} is ${String(asked)}`,
      );
  }
  for (const [resource, min] of Object.entries(fieldsOf(limit.min))) {
    const asked = requests[resource];
    if (asked === undefined)
      wrong.push(`minimum ${resource} usage per ${type} is ${String(min)}.  No request is specified`);
    else if ((quantity(asked) ?? 0) < (quantity(min) ?? 0))
      wrong.push(`minimum ${resource} usage per ${type} is ${String(min)}, but request is ${String(asked)}`);
  }
  return wrong;
}

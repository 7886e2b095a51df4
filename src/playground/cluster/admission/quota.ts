import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { format, quantity } from '../quantity.ts';
import { forbidden } from '../status.ts';
import type { Store } from '../store.ts';
import { type KubeObject, qualified, type Resource } from '../types.ts';

type Usage = Record<string, number>;

const add = (usage: Usage, resource: string, value: number): void => {
  usage[resource] = (usage[resource] ?? 0) + value;
};

/** Kinds that quotas know by a name of their own, besides `count/…`. */
const plain: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
]);

const ended = (object: Fields): boolean => ['Succeeded', 'Failed'].includes(textOf(at(object, 'status', 'phase')));

function podUsage(object: Fields, usage: Usage): void {
  const sums = { requests: {} as Usage, limits: {} as Usage };
  for (const what of ['requests', 'limits'] as const) {
    for (const one of listOf(at(object, 'spec', 'containers')))
      for (const [resource, value] of Object.entries(fieldsOf(at(one, 'resources', what))))
        add(sums[what], resource, quantity(value) ?? 0);
    // Init containers run before the others: the greatest counts where it is greater than all of them.
    for (const one of listOf(at(object, 'spec', 'initContainers')))
      for (const [resource, value] of Object.entries(fieldsOf(at(one, 'resources', what))))
        sums[what][resource] = Math.max(sums[what][resource] ?? 0, quantity(value) ?? 0);
  }
  for (const [resource, value] of Object.entries(sums.requests)) {
    add(usage, `requests.${resource}`, value);
    if (['cpu', 'memory', 'ephemeral-storage'].includes(resource)) add(usage, resource, value);
  }
  for (const [resource, value] of Object.entries(sums.limits)) add(usage, `limits.${resource}`, value);
}

/** What one object counts against a quota. */
export function usageOf(resource: Pick<Resource, 'group' | 'plural'>, object: Fields): Usage {
  const usage: Usage = {};
  const isPod = resource.group === '' && resource.plural === 'pods';
  add(usage, `count/${qualified(resource)}`, 1);
  if (isPod && ended(object)) return usage;
  if (resource.group === '' && plain.has(resource.plural)) add(usage, resource.plural, 1);
  if (isPod) podUsage(object, usage);
  if (resource.plural === 'persistentvolumeclaims') {
    const size = quantity(at(object, 'spec', 'resources', 'requests', 'storage')) ?? 0;
    add(usage, 'requests.storage', size);
    const storageClass = textOf(at(object, 'spec', 'storageClassName'));
    if (storageClass) {
      add(usage, `${storageClass}.storageclass.storage.k8s.io/requests.storage`, size);
      add(usage, `${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`, 1);
    }
  }
  if (resource.plural === 'services') {
    const type = textOf(at(object, 'spec', 'type'));
    if (type === 'LoadBalancer') add(usage, 'services.loadbalancers', 1);
    if (type === 'LoadBalancer' || type === 'NodePort')
      add(usage, 'services.nodeports', listOf(at(object, 'spec', 'ports')).length);
  }
  return usage;
}

const list = (values: readonly (readonly [string, number])[]): string =>
  values
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, value]) => `${resource}=${format(resource, value)}`)
    .join(',');

const compute = /^(?:requests\.|limits\.)?(?:cpu|memory)$/;

/** Refuses what goes over a quota of its namespace, in the words that people know. */
export function checkQuota(
  quotas: readonly KubeObject[],
  resource: Resource,
  object: Fields,
  before: Fields | undefined,
  used: (resource: string) => number,
): void {
  const name = textOf(at(object, 'metadata', 'name'));
  const now = usageOf(resource, object);
  const was = before ? usageOf(resource, before) : {};
  for (const quota of quotas) {
    const hard = fieldsOf(quota.spec?.hard);
    const counted = Object.keys(hard);
    if (resource.plural === 'pods' && resource.group === '' && !before) {
      const missing = unset(
        object,
        counted.filter((one) => compute.test(one)),
      );
      if (missing.length > 0)
        throw forbidden(resource, name, `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`);
    }
    const grown = counted
      .map((one) => [one, (now[one] ?? 0) - (was[one] ?? 0)] as const)
      .filter(([, delta]) => delta > 0);
    const over = grown.filter(([one, delta]) => used(one) + delta > (quantity(hard[one]) ?? Infinity) + 1e-9);
    if (over.length === 0) continue;
    const names = over.map(([one]) => one);
    throw forbidden(
      resource,
      name,
      `exceeded quota: ${quota.metadata.name}, requested: ${list(over)}, used: ${list(names.map((one) => [one, used(one)]))}, limited: ${list(names.map((one) => [one, quantity(hard[one]) ?? 0]))}`,
    );
  }
}

/** `limits.cpu for: web; requests.memory for: web,log`. */
function unset(pod: Fields, resources: readonly string[]): readonly string[] {
  const containers = [...listOf(at(pod, 'spec', 'containers')), ...listOf(at(pod, 'spec', 'initContainers'))];
  return resources.toSorted().flatMap((resource) => {
    const [what, of] = resource.includes('.') ? resource.split('.') : ['requests', resource];
    const without = containers.filter((one) => at(one, 'resources', what ?? '', of ?? '') === undefined);
    return without.length > 0 ? [`${resource} for: ${without.map((one) => textOf(at(one, 'name'))).join(',')}`] : [];
  });
}

/** What a namespace uses of one quota's resources now. */
export function usedIn(store: Store, resources: readonly Resource[], namespace: string): Usage {
  const usage: Usage = {};
  const seen = new Set<string>();
  for (const resource of resources) {
    if (!resource.namespaced || seen.has(qualified(resource))) continue;
    seen.add(qualified(resource));
    for (const object of store.list(resource, namespace))
      for (const [one, value] of Object.entries(usageOf(resource, object))) add(usage, one, value);
  }
  return usage;
}

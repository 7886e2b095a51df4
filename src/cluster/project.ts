type Obj = { readonly [key: string]: unknown };

const isObj = (x: unknown): x is Obj => typeof x === 'object' && x !== null && !Array.isArray(x);
const without = (x: unknown, dropped: ReadonlySet<string>): Obj =>
  isObj(x) ? Object.fromEntries(Object.entries(x).filter(([key]) => !dropped.has(key))) : {};
const each = (x: unknown, change: (item: Obj) => Obj): unknown =>
  Array.isArray(x) ? x.map((item) => (isObj(item) ? change(item) : item)) : x;
const keysOnly = (x: unknown): Obj => (isObj(x) ? Object.fromEntries(Object.keys(x).map((key) => [key, ''])) : {});
const set = (...names: readonly string[]): ReadonlySet<string> => new Set(names);

/** One of many equal values, so that the thousand pods of one template share what they have in common. */
export type Share = <T>(value: T) => T;

/** Node keeps a text no longer than this once by itself. */
const short = 10;

/**
 * Shares by content, to the smallest part: the settings of one service are mostly those of the next. Remembered by a number
 * each, which takes less than what is saved; it is compared before it is shared. Forgets when it holds too many: then equal
 * values are kept twice, which is no more than a waste.
 */
export function createShare(most = 200_000): Share {
  const known = new Map<number, unknown>();
  const share = <T>(value: T): T => {
    const plain = typeof value === 'string';
    if (plain ? value.length <= short : typeof value !== 'object' || value === null) return value;
    const text = plain ? value : JSON.stringify(value);
    const key = print(text);
    const found = known.get(key);
    if (found !== undefined && text === (plain ? found : JSON.stringify(found))) return found as T;
    const kept = plain ? value : inParts(JSON.parse(text) as Record<string, unknown>);
    if (known.size >= most) known.clear();
    known.set(key, kept);
    return kept as T;
  };
  const inParts = (whole: Record<string, unknown>) => {
    for (const [key, part] of Object.entries(whole)) whole[key] = share(part);
    return whole;
  };
  return share;
}

/** FNV-1a, to the 32 bits that V8 keeps without an object. */
function print(text: string): number {
  let n = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) n = Math.imul(n ^ text.charCodeAt(i), 0x01000193);
  return n;
}

const asItIs: Share = (value) => value;

/** An object with what the rules read, and without what nobody should see or keep: values of Secrets and ConfigMaps, managers' fields. */
export function project(o: Obj, kind: string, apiVersion: string, share: Share = asItIs): Obj {
  const slim = { ...o, kind, apiVersion, metadata: metadata(o.metadata, kind, share) };
  const own = Object.hasOwn(projections, kind) ? projections[kind] : undefined;
  return own === undefined ? slim : { ...slim, ...own(o, share) };
}

/** What a kind is reduced to, beyond its metadata. */
const projections: Readonly<Record<string, (o: Obj, share: Share) => Obj>> = {
  Pod: (o, share) => ({ spec: { ...podSpec(o.spec, share), ...ownDns(o.spec) }, status: podStatus(o.status, share) }),
  Deployment: (o, share) => ({ spec: withTemplate(o.spec, share) }),
  ReplicaSet: (o, share) => ({ spec: withTemplate(o.spec, share) }),
  StatefulSet: (o, share) => ({ spec: withTemplate(o.spec, share) }),
  DaemonSet: (o, share) => ({ spec: withTemplate(o.spec, share) }),
  Job: (o, share) => ({ spec: withTemplate(o.spec, share) }),
  Secret: keys,
  ConfigMap: keys,
  Event: () => ({ source: undefined, reportingComponent: undefined, reportingInstance: undefined }),
  Node: (o) => ({ status: without(o.status, set('images', 'volumesInUse', 'volumesAttached', 'daemonEndpoints')) }),
};

function keys(o: Obj): Obj {
  return Object.fromEntries(
    ['data', 'binaryData', 'stringData'].flatMap((part) => (isObj(o[part]) ? [[part, keysOnly(o[part])]] : [])),
  );
}

/** The volume with a pod's own token has a name by chance: it would make each pod's specification unlike the others. */
const ownToken = /^kube-api-access-/;
const dullContainer = set('terminationMessagePath', 'terminationMessagePolicy', 'stdin', 'tty');
const dullPod = set('preemptionPolicy', 'priority', 'enableServiceLinks', 'dnsPolicy', 'serviceAccount', 'hostname');

/** Hardly any pod asks another DNS than its cluster's; of templates it is not kept, whose prints are. */
const ownDns = (spec: unknown): Obj =>
  isObj(spec) && spec.dnsPolicy !== undefined && spec.dnsPolicy !== 'ClusterFirst' ? { dnsPolicy: spec.dnsPolicy } : {};

function podSpec(spec: unknown, share: Share): Obj {
  const { containers, initContainers, volumes, ...rest } = without(spec, dullPod);
  const token = (item: unknown) => isObj(item) && ownToken.test(String(item.name));
  const slim = (list: unknown) =>
    share(
      each(list, (c) => {
        const { volumeMounts, ...kept } = without(c, dullContainer);
        const mounts = Array.isArray(volumeMounts) ? volumeMounts.filter((m) => !token(m)) : [];
        return mounts.length === 0 ? kept : { ...kept, volumeMounts: mounts };
      }),
    );
  const named = Array.isArray(volumes) ? volumes.filter((v) => !token(v)) : [];
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, share(value)])),
    ...(containers === undefined ? {} : { containers: slim(containers) }),
    ...(initContainers === undefined ? {} : { initContainers: slim(initContainers) }),
    ...(named.length === 0 ? {} : { volumes: share(named) }),
  };
}

const dullStatus = set('hostIP', 'hostIPs', 'podIP', 'podIPs', 'qosClass', 'observedGeneration', 'startTime');
const dullContainerStatus = set('imageID', 'containerID', 'allocatedResources', 'resources', 'volumeMounts', 'user');
const dullCondition = set('lastProbeTime', 'observedGeneration');

/** That something is as it should be is all that is asked of a condition; when it is not, its reason and time count too. */
const conditionOf = (c: Obj, share: Share): Obj =>
  c.status === 'True' && c.type !== 'DisruptionTarget'
    ? share({ type: c.type, status: c.status })
    : without(c, dullCondition);

/** Since when it runs is asked of what is not ready only: without that all of a template are alike. */
const well = { running: {} };

function podStatus(status: unknown, share: Share): Obj {
  const slim = without(status, dullStatus);
  const statuses = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
  const containers = (part: string) =>
    share(
      each(slim[part], (c) => {
        const kept = without(c, dullContainerStatus);
        return kept.ready === true && isObj(kept.state) && isObj(kept.state.running) ? { ...kept, state: well } : kept;
      }),
    );
  return {
    ...slim,
    ...(slim.conditions === undefined
      ? {}
      : { conditions: share(each(slim.conditions, (c) => conditionOf(c, share))) }),
    ...Object.fromEntries(statuses.flatMap((part) => (slim[part] === undefined ? [] : [[part, containers(part)]]))),
  };
}

function withTemplate(spec: unknown, share: Share): unknown {
  if (!isObj(spec) || !isObj(spec.template)) return spec;
  const { template } = spec;
  return {
    ...spec,
    template: { ...template, metadata: share(template.metadata), spec: podSpec(template.spec, share) },
  };
}

const applied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Nobody asks when they were last written, and there are many of them. */
const untimed = set('Pod', 'Event');

function metadata(meta: unknown, kind: string, share: Share): Obj {
  if (!isObj(meta)) return {};
  const { managedFields, annotations, labels, ownerReferences, generateName: _, selfLink: __, ...rest } = meta;
  const times =
    Array.isArray(managedFields) && !untimed.has(kind)
      ? managedFields.flatMap((f) => (isObj(f) ? [String(f.time ?? '')] : []))
      : [];
  const last = times.toSorted().at(-1);
  const notes = isObj(annotations) ? without(annotations, set(applied)) : undefined;
  return {
    ...rest,
    ...(rest.namespace === undefined ? {} : { namespace: share(rest.namespace) }),
    ...(labels === undefined ? {} : { labels: share(labels) }),
    ...(ownerReferences === undefined ? {} : { ownerReferences: share(ownerReferences) }),
    ...(last === undefined || last === '' ? {} : { managedFields: [{ time: last }] }),
    ...(notes === undefined ? {} : { annotations: share(notes) }),
  };
}

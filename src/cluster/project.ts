import { hash } from 'node:crypto';

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

/** A print is shorter than what is longer than this. */
const short = 80;

/** Shares by content. Forgets when it holds too many: then equal values are kept twice, which is no more than a waste. */
export function createShare(most = 50_000): Share {
  const known = new Map<string, unknown>();
  return <T>(value: T): T => {
    if (value === undefined || value === null) return value;
    const text = JSON.stringify(value);
    const key = text.length > short ? hash('sha1', text, 'base64') : text;
    const found = known.get(key);
    if (found !== undefined) return found as T;
    if (known.size >= most) known.clear();
    known.set(key, value);
    return value;
  };
}

const asItIs: Share = (value) => value;

/** An object with what the rules read, and without what nobody should see or keep: values of Secrets and ConfigMaps, managers' fields. */
export function project(o: Obj, kind: string, apiVersion: string, share: Share = asItIs): Obj {
  const slim = { ...o, kind, apiVersion, metadata: metadata(o.metadata, share) };
  const own = Object.hasOwn(projections, kind) ? projections[kind] : undefined;
  return own === undefined ? slim : { ...slim, ...own(o, share) };
}

/** What a kind is reduced to, beyond its metadata. */
const projections: Readonly<Record<string, (o: Obj, share: Share) => Obj>> = {
  Pod: (o, share) => ({ spec: podSpec(o.spec, share), status: podStatus(o.status, share) }),
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

const dullStatus = set('hostIP', 'hostIPs', 'podIP', 'podIPs', 'qosClass', 'observedGeneration');
const dullContainerStatus = set('imageID', 'containerID', 'allocatedResources', 'resources', 'volumeMounts', 'user');
const dullCondition = set('lastProbeTime', 'observedGeneration');

/** That something is as it should be is all that is asked of a condition; when it is not, its reason and time count too. */
const conditionOf = (c: Obj, share: Share): Obj =>
  c.status === 'True' && c.type !== 'DisruptionTarget'
    ? share({ type: c.type, status: c.status })
    : without(c, dullCondition);

function podStatus(status: unknown, share: Share): Obj {
  const slim = without(status, dullStatus);
  const statuses = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
  const containers = (part: string) =>
    share(
      each(slim[part], (c) => {
        const kept = without(c, dullContainerStatus);
        return { ...kept, image: share(kept.image), state: share(kept.state), lastState: share(kept.lastState) };
      }),
    );
  return {
    ...slim,
    startTime: share(slim.startTime),
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

function metadata(meta: unknown, share: Share): Obj {
  if (!isObj(meta)) return {};
  const { managedFields, annotations, labels, ownerReferences, generateName: _, selfLink: __, ...rest } = meta;
  const times = Array.isArray(managedFields)
    ? managedFields.flatMap((f) => (isObj(f) ? [String(f.time ?? '')] : []))
    : [];
  const last = times.toSorted().at(-1);
  const notes = isObj(annotations) ? without(annotations, set(applied)) : undefined;
  return {
    ...rest,
    ...(rest.namespace === undefined ? {} : { namespace: share(rest.namespace) }),
    ...(rest.creationTimestamp === undefined ? {} : { creationTimestamp: share(rest.creationTimestamp) }),
    ...(labels === undefined ? {} : { labels: share(labels) }),
    ...(ownerReferences === undefined ? {} : { ownerReferences: share(ownerReferences) }),
    ...(last === undefined || last === '' ? {} : { managedFields: share([{ time: last }]) }),
    ...(notes === undefined ? {} : { annotations: share(notes) }),
  };
}

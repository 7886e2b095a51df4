import { instant, list, meta, num, type Obj, obj, str } from './read.ts';
import { type Ref, refKey } from './verdict.ts';

/** What is known of a cluster at one moment, as plain API objects. */
export type Snapshot = {
  readonly objects: readonly unknown[];
  /** Kinds that were listed whole, so that what is not among the objects does not exist. Without it: the kinds that occur. */
  readonly listed?: readonly string[];
  /** Last log lines by `namespace/pod/container`. */
  readonly logs?: Readonly<Record<string, string>>;
};

/** One event, whichever of the two event APIs it was written through. */
export type Event = {
  readonly o: Obj;
  readonly reason: string;
  readonly message: string;
  readonly at: number | undefined;
};

export type World = {
  readonly now: number;
  all(kind: string, namespace?: string): readonly Obj[];
  get(kind: string, namespace: string, name: string): Obj | undefined;
  /** Whether an absent object of this kind is known not to exist. */
  listed(kind: string): boolean;
  /** The events about an object, newest first. */
  events(kind: string, o: Obj): readonly Event[];
  /** What this object controls, by kind. */
  owned(kind: string, owner: Ref, uid: string | undefined): readonly Obj[];
  log(namespace: string, pod: string, container: string): string | undefined;
};

/** The groups whose kinds we know; Knative's Service or Istio's Gateway is another thing. `''` is the core group. */
const groups: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'Pod Service ConfigMap Secret ServiceAccount PersistentVolumeClaim PersistentVolume Node Namespace ResourceQuota LimitRange Endpoints'
      .split(' ')
      .map((kind) => [kind, '']),
  ),
  ...Object.fromEntries(
    'Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision'.split(' ').map((kind) => [kind, 'apps']),
  ),
  Job: 'batch',
  CronJob: 'batch',
  Ingress: 'networking.k8s.io',
  IngressClass: 'networking.k8s.io',
  NetworkPolicy: 'networking.k8s.io',
  EndpointSlice: 'discovery.k8s.io',
  StorageClass: 'storage.k8s.io',
  VolumeAttachment: 'storage.k8s.io',
  HorizontalPodAutoscaler: 'autoscaling',
  PodDisruptionBudget: 'policy',
  PriorityClass: 'scheduling.k8s.io',
  RuntimeClass: 'node.k8s.io',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io',
  MutatingWebhookConfiguration: 'admissionregistration.k8s.io',
  Gateway: 'gateway.networking.k8s.io',
  HTTPRoute: 'gateway.networking.k8s.io',
  Certificate: 'cert-manager.io',
  Application: 'argoproj.io',
};

function ours(o: Obj, kind: string): boolean {
  const version = str(o, 'apiVersion');
  const group = Object.hasOwn(groups, kind) ? groups[kind] : undefined;
  if (version === undefined || group === undefined) return true;
  return group === (version.includes('/') ? version.split('/')[0] : '');
}

export const refOf = (kind: string, o: Obj): Ref => {
  const { namespace, name } = meta(o);
  return { kind, namespace, name };
};

/** Indexes a snapshot once, so that every rule finds its objects without a walk. */
export function createWorld(snapshot: Snapshot, now: number): World {
  const kinds = new Map<string, Map<string, Obj>>();
  const events = new Map<string, Event[]>();
  const children = new Map<string, Obj[]>();
  for (const o of list({ objects: snapshot.objects }, 'objects')) {
    const kind = str(o, 'kind');
    if (kind === undefined || !ours(o, kind)) continue;
    if (kind === 'Event') addEvent(events, o);
    else {
      const known = kinds.get(kind) ?? new Map<string, Obj>();
      kinds.set(kind, known.set(refKey(refOf(kind, o)), o));
    }
  }
  for (const [kind, known] of kinds)
    for (const o of known.values())
      for (const owner of list(o, 'metadata', 'ownerReferences'))
        push(children, `${kind}<${meta(o).namespace}/${str(owner, 'kind')}/${str(owner, 'name')}`, o);
  const listed = new Set(snapshot.listed ?? kinds.keys());
  const perNamespace = new Map<string, Obj[]>();
  for (const [kind, known] of kinds)
    for (const o of known.values()) push(perNamespace, `${kind}/${meta(o).namespace}`, o);
  const sorted = new Map<string, readonly Event[]>();
  return {
    now,
    all: (kind, namespace) =>
      namespace === undefined
        ? [...(kinds.get(kind)?.values() ?? [])]
        : (perNamespace.get(`${kind}/${namespace}`) ?? []),
    get: (kind, namespace, name) => kinds.get(kind)?.get(refKey({ kind, namespace, name })),
    listed: (kind) => listed.has(kind),
    events: (kind, o) => {
      const { namespace, name, uid } = meta(o);
      const key = `${kind}/${namespace}/${name}`;
      const found = sorted.get(key) ?? (events.get(key) ?? []).toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0));
      sorted.set(key, found);
      // A StatefulSet's pods keep their names: what was said of an earlier pod does not concern this one. A node's
      // events carry its name as their uid.
      return found.filter((e) => {
        const about = aboutOf(e.o).uid;
        return about === undefined || uid === undefined || about === uid || about === name;
      });
    },
    owned: (kind, { namespace, name, kind: ownerKind }, uid) =>
      (children.get(`${kind}<${namespace}/${ownerKind}/${name}`) ?? []).filter((o) =>
        list(o, 'metadata', 'ownerReferences').some(
          // What was owned by an earlier object of the same name is not this one's.
          (r) => r.name === name && (uid === undefined || r.uid === undefined || r.uid === uid),
        ),
      ),
    log: (namespace, pod, container) => {
      const key = `${namespace}/${pod}/${container}`;
      const logs = snapshot.logs;
      return logs !== undefined && Object.hasOwn(logs, key) ? str(logs, key) : undefined;
    },
  };
}

const push = (map: Map<string, Obj[]>, key: string, o: Obj) => {
  const known = map.get(key);
  if (known) known.push(o);
  else map.set(key, [o]);
};

const aboutOf = (o: Obj) => {
  const about = obj(o, str(o, 'regarding', 'kind') === undefined ? 'involvedObject' : 'regarding');
  return {
    kind: str(about, 'kind'),
    namespace: str(about, 'namespace') ?? '',
    name: str(about, 'name') ?? '',
    uid: str(about, 'uid'),
  };
};

function addEvent(events: Map<string, Event[]>, o: Obj): void {
  const { kind, namespace, name } = aboutOf(o);
  if (kind === undefined) return;
  const event: Event = {
    o,
    reason: str(o, 'reason') ?? '',
    message: str(o, 'message') ?? str(o, 'note') ?? '',
    at:
      instant(o, 'series', 'lastObservedTime') ??
      instant(o, 'lastTimestamp') ??
      instant(o, 'deprecatedLastTimestamp') ??
      instant(o, 'eventTime') ??
      instant(o, 'firstTimestamp') ??
      instant(o, 'metadata', 'creationTimestamp'),
  };
  const key = `${kind}/${namespace}/${name}`;
  const known = events.get(key);
  if (known) known.push(event);
  else events.set(key, [event]);
}

/** How long ago, in seconds; what carries no time counts as old, since it is there. */
export const age = (world: World, at: number | undefined): number =>
  at === undefined ? Number.POSITIVE_INFINITY : Math.max(0, (world.now - at) / 1000);

export const created = (o: Obj): number | undefined => instant(o, 'metadata', 'creationTimestamp');

export const generationBehind = (o: Obj): boolean => {
  const [wanted, seen] = [num(o, 'metadata', 'generation'), num(o, 'status', 'observedGeneration')];
  return wanted !== undefined && seen !== undefined && wanted > seen;
};

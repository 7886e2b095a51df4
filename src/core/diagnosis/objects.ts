import { instant, list, meta, type Obj, obj, str } from './read.ts';
import type { Event, World } from './snapshot.ts';
import { type Ref, refKey } from './verdict.ts';

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
  ResourceClaim: 'resource.k8s.io',
  ResourceClaimTemplate: 'resource.k8s.io',
  DeviceClass: 'resource.k8s.io',
  CiliumNetworkPolicy: 'cilium.io',
  CiliumClusterwideNetworkPolicy: 'cilium.io',
  AdminNetworkPolicy: 'policy.networking.k8s.io',
  BaselineAdminNetworkPolicy: 'policy.networking.k8s.io',
  ClusterNetworkPolicy: 'policy.networking.k8s.io',
};

/** Others' kinds that have the name of one of Kubernetes' own, and what we call them. */
const called: Readonly<Record<string, string>> = {
  'crd.projectcalico.org/NetworkPolicy': 'CalicoNetworkPolicy',
  'projectcalico.org/NetworkPolicy': 'CalicoNetworkPolicyShown',
  'crd.projectcalico.org/GlobalNetworkPolicy': 'CalicoGlobalNetworkPolicy',
  'projectcalico.org/GlobalNetworkPolicy': 'CalicoGlobalNetworkPolicyShown',
};

/** What we call an object's kind. */
export function kindOf(o: unknown): string | undefined {
  const kind = str(o, 'kind');
  if (kind === undefined || !kind.endsWith('NetworkPolicy')) return kind;
  const key = `${str(o, 'apiVersion')?.split('/')[0]}/${kind}`;
  return Object.hasOwn(called, key) ? called[key] : kind;
}

function ours(o: Obj, kind: string): boolean {
  const version = str(o, 'apiVersion');
  const group = Object.hasOwn(groups, kind) ? groups[kind] : undefined;
  if (version === undefined || group === undefined) return true;
  return group === (version.includes('/') ? version.split('/')[0] : '');
}

/** At one moment: since when a thing is so decides much. */
type Moment = {
  readonly now: number;
  readonly listed: readonly string[];
  readonly lost: (kind: string) => string | undefined;
  readonly log: (key: string) => string | undefined;
};

/** Objects and what leads from one to another, so that every rule finds its objects without a walk. */
export type Objects = {
  /** `before`: what it replaces, where that is known to be here. */
  put(o: Obj, before?: Obj): void;
  drop(o: Obj): void;
  get(kind: string, namespace: string, name: string): Obj | undefined;
  /** Those of a kind, in one namespace or in all. */
  of(kind: string, namespace?: string): Iterable<Obj>;
  kinds(): readonly string[];
  world(moment: Moment): World;
};

export function createObjects(): Objects {
  /** By kind, namespace and name. */
  const kinds = new Map<string, Map<string, Map<string, Obj>>>();
  /** By what they are about. An API that is read twice may tell of one twice. */
  const events = new Map<string, Event[]>();
  /** By owner: a few each, for which a list takes a third of the memory of a map. */
  const children = new Map<string, Obj[]>();

  function unlink(o: Obj, kind: string): void {
    if (kind === 'Event') {
      const key = aboutKey(o);
      const left = (events.get(key) ?? []).filter((e) => e.o !== o);
      if (left.length === 0) events.delete(key);
      else events.set(key, left);
      return;
    }
    for (const key of ownerKeys(o, kind)) {
      const known = children.get(key);
      const at = known?.indexOf(o) ?? -1;
      if (at >= 0) known?.splice(at, 1);
      if (known?.length === 0) children.delete(key);
    }
  }
  function link(o: Obj, kind: string): void {
    if (kind === 'Event') {
      const event = eventOf(o);
      if (event === undefined) return;
      const key = aboutKey(o);
      const known = events.get(key);
      if (known) known.push(event);
      else events.set(key, [event]);
      return;
    }
    for (const key of ownerKeys(o, kind)) {
      const known = children.get(key);
      if (known) known.push(o);
      else children.set(key, [o]);
    }
  }

  return {
    put(o, before) {
      const kind = kindOf(o);
      if (kind === undefined || !ours(o, kind)) return;
      const { namespace, name } = meta(o);
      if (before !== undefined) unlink(before, kind);
      const spaces = kinds.get(kind) ?? new Map<string, Map<string, Obj>>();
      if (spaces.size === 0) kinds.set(kind, spaces);
      const here = spaces.get(namespace);
      if (here) here.set(name, o);
      else spaces.set(namespace, new Map([[name, o]]));
      link(o, kind);
    },
    drop(o) {
      const kind = kindOf(o) ?? '';
      const { namespace, name } = meta(o);
      const here = kinds.get(kind)?.get(namespace);
      if (!here?.delete(name)) return;
      if (here.size === 0) kinds.get(kind)?.delete(namespace);
      unlink(o, kind);
    },
    get: (kind, namespace, name) => kinds.get(kind)?.get(namespace)?.get(name),
    *of(kind, namespace) {
      const spaces = kinds.get(kind);
      if (namespace !== undefined) yield* spaces?.get(namespace)?.values() ?? [];
      else for (const here of spaces?.values() ?? []) yield* here.values();
    },
    kinds: () => [...kinds.keys()],
    world(moment) {
      const { of, get } = this;
      return worldOf({ of, get, events, children }, moment);
    },
  };
}

type Indexed = Pick<Objects, 'of' | 'get'> & {
  readonly events: ReadonlyMap<string, readonly Event[]>;
  readonly children: ReadonlyMap<string, readonly Obj[]>;
};

function worldOf({ of, get, events, children }: Indexed, { now, listed, lost, log }: Moment): World {
  const lists = new Map<string, readonly Obj[]>();
  const sorted = new Map<string, readonly Event[]>();
  return {
    now,
    all: (kind, namespace) => {
      const key = `${kind}/${namespace ?? '*'}`;
      const found = lists.get(key) ?? [...of(kind, namespace)];
      lists.set(key, found);
      return found;
    },
    get,
    listed: (kind) => listed.includes(kind),
    lost,
    events: (kind, o) => {
      const { namespace, name, uid } = meta(o);
      const key = refKey({ kind, namespace, name });
      const found = sorted.get(key) ?? (events.get(key) ?? []).toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0));
      sorted.set(key, found);
      // A StatefulSet's pods keep their names: what was said of an earlier pod does not concern this one. A node's
      // events carry its name as their uid.
      return found.filter((e) => {
        const about = aboutOf(e.o).uid;
        return about === undefined || uid === undefined || about === uid || about === name;
      });
    },
    owned: (kind, owner, uid) =>
      (children.get(childrenKey(kind, owner)) ?? []).filter((o) =>
        list(o, 'metadata', 'ownerReferences').some(
          // What was owned by an earlier object of the same name is not this one's.
          (r) => r.name === owner.name && (uid === undefined || r.uid === undefined || r.uid === uid),
        ),
      ),
    log: (namespace, pod, container) => log(`${namespace}/${pod}/${container}`),
  };
}

const childrenKey = (kind: string, { namespace, kind: ownerKind, name }: Ref): string =>
  `${kind}<${namespace}/${ownerKind}/${name}`;
const ownerKeys = (o: Obj, kind: string): ReadonlySet<string> =>
  new Set(
    list(o, 'metadata', 'ownerReferences').map(
      (r) => `${kind}<${meta(o).namespace}/${str(r, 'kind')}/${str(r, 'name')}`,
    ),
  );

const aboutOf = (o: Obj) => {
  const about = obj(o, str(o, 'regarding', 'kind') === undefined ? 'involvedObject' : 'regarding');
  return {
    kind: str(about, 'kind'),
    namespace: str(about, 'namespace') ?? '',
    name: str(about, 'name') ?? '',
    uid: str(about, 'uid'),
  };
};
function aboutKey(o: Obj): string {
  const { kind = '', namespace, name } = aboutOf(o);
  return refKey({ kind, namespace, name });
}

const eventOf = (o: Obj): Event | undefined =>
  aboutOf(o).kind === undefined
    ? undefined
    : {
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

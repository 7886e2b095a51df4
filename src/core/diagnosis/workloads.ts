import { labelsOf, selects } from './labels.ts';
import { type Pod, podOf } from './pods.ts';
import { entry, has, list, meta, num, type Obj, obj, str } from './read.ts';
import { type Revision, revisionsOf } from './revisions.ts';
import { refOf, type World } from './snapshot.ts';
import { type Ref, refKey } from './verdict.ts';

/** An operator's own object, which makes what runs; `type`: what kubectl calls its kind. */
export type Maker = { readonly ref: Ref; readonly type: string };

export type Workload = {
  readonly ref: Ref;
  /** Who would undo what is changed here: the two are one failure to the people concerned. */
  readonly maker?: Maker;
  /** Absent when only its pods are among the objects. */
  readonly o: Obj | undefined;
  readonly apiVersion: string;
  readonly podSpec: Obj;
  readonly desired: number;
  /** Newest first. */
  readonly revisions: readonly Revision[];
  /** Pods of the newest revision, and those of older ones. */
  readonly pods: readonly Pod[];
  readonly old: readonly Pod[];
};

export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'] as const;

const isWorkload = (kind: string): boolean => (workloadKinds as readonly string[]).includes(kind);

const versions: Readonly<Record<string, string>> = { Job: 'batch/v1', CronJob: 'batch/v1', Pod: 'v1' };

/** Every workload with its pods, of one namespace or all; a pod that nothing controls is its own. */
export function workloadsOf(world: World, namespace?: string): readonly Workload[] {
  const pods = Map.groupBy(world.all('Pod', namespace), (o) => refKey(rootOf(o, world)));
  const roots = new Map<string, Ref>();
  for (const kind of workloadKinds)
    for (const o of world.all(kind, namespace)) {
      const root = kind === 'Job' || kind === 'ReplicaSet' ? rootOf(o, world) : refOf(kind, o);
      // A Job of a CronJob stays a workload of its own: each run succeeds or fails by itself.
      const ref = kind === 'Job' ? refOf(kind, o) : root;
      roots.set(refKey(ref), ref);
    }
  for (const o of world.all('Pod', namespace)) {
    const ref = rootOf(o, world);
    roots.set(refKey(ref), ref);
  }
  return [...roots].map(([key, ref]) => workloadOf(ref, pods.get(key) ?? [], world));
}

function workloadOf(ref: Ref, pods: readonly Obj[], world: World): Workload {
  const o = world.get(ref.kind, ref.namespace, ref.name);
  const revisions = revisionsOf(ref, o, world);
  const newest = revisions[0];
  const maker = makerOf(o ?? newest?.o ?? pods[0]);
  const [mine = [], old = []] = split(pods, (p) => newest === undefined || newest.owns(p));
  return {
    ref,
    ...(maker === undefined ? {} : { maker }),
    o,
    apiVersion: str(o, 'apiVersion') ?? entry(versions, ref.kind) ?? 'apps/v1',
    podSpec: podSpecOf(ref.kind, o, newest, pods[0]),
    desired: desiredOf(ref.kind, o, newest, pods.length),
    revisions,
    pods: mine.map((p) => podOf(p, world)),
    old: old.map((p) => podOf(p, world)),
  };
}

const split = (pods: readonly Obj[], mine: (p: Obj) => boolean): readonly [Obj[], Obj[]] => [
  pods.filter(mine),
  pods.filter((p) => !mine(p)),
];

/** Where the pod's own spec stands in a workload. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
export const templatePath = (kind: string): readonly string[] =>
  entry(templatePaths, kind) ?? ['spec', 'template', 'spec'];

function podSpecOf(kind: string, o: Obj | undefined, newest: Revision | undefined, pod: Obj | undefined): Obj {
  const path = templatePath(kind);
  return o !== undefined && has(o, ...path) ? obj(o, ...path) : obj(newest?.template ?? pod, 'spec');
}

function desiredOf(kind: string, o: Obj | undefined, newest: Revision | undefined, pods: number): number {
  // Its newest ReplicaSet says it as well, when that is all there is.
  if (o === undefined) return num(newest?.o, 'spec', 'replicas') ?? pods;
  if (kind === 'DaemonSet') return num(o, 'status', 'desiredNumberScheduled') ?? pods;
  if (kind === 'Job') return num(o, 'spec', 'parallelism') ?? 1;
  return num(o, 'spec', 'replicas') ?? 1;
}

const controllerOf = (o: Obj | undefined): Obj | undefined =>
  list(o, 'metadata', 'ownerReferences').find((r) => r.controller === true);

/** The object of an operator's own kind that made this one. A machine's own pods are each a thing of their own. */
export function makerOf(o: Obj | undefined): Maker | undefined {
  const owner = controllerOf(o);
  const [kind, name] = [str(owner, 'kind') ?? '', str(owner, 'name') ?? ''];
  if (kind === '' || kind === 'Node' || isWorkload(kind)) return undefined;
  const [group] = (str(owner, 'apiVersion') ?? '').split('/').slice(0, -1);
  return {
    ref: { kind, namespace: meta(o).namespace, name },
    type: group === undefined ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`,
  };
}

/** Who controls an object, up to the top: the Deployment of a pod's ReplicaSet, the object of a pod's operator. */
function rootOf(o: Obj, world: World): Ref {
  const kind = str(o, 'kind') ?? '';
  const { namespace } = meta(o);
  const maker = makerOf(o);
  if (maker !== undefined) return maker.ref;
  const owner = controllerOf(o) ?? list(o, 'metadata', 'ownerReferences')[0];
  if (owner === undefined) return kind === 'Pod' ? (adopter(o, world) ?? refOf(kind, o)) : refOf(kind, o);
  const [ownerKind, name] = [str(owner, 'kind') ?? '', str(owner, 'name') ?? ''];
  if (ownerKind === 'ReplicaSet') {
    const set = world.get('ReplicaSet', namespace, name);
    if (set !== undefined && kind !== 'ReplicaSet') return rootOf(set, world);
    // Without the ReplicaSet its name still says whose it is: Deployment, dash, hash of the template.
    const hash = labelsOf(o).get('pod-template-hash');
    if (hash !== undefined && name.endsWith(`-${hash}`))
      return { kind: 'Deployment', namespace, name: name.slice(0, -hash.length - 1) };
  }
  return isWorkload(ownerKind) ? { kind: ownerKind, namespace, name } : refOf(kind, o);
}

/** A pod without an owner that a workload's selector takes: the controller is about to adopt it. */
function adopter(o: Obj, world: World): Ref | undefined {
  const { namespace } = meta(o);
  const labels = labelsOf(o);
  if (labels.size === 0) return undefined;
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'])
    for (const w of world.all(kind, namespace))
      if (has(w, 'spec', 'selector', 'matchLabels') && selects(obj(w, 'spec', 'selector'), labels))
        return refOf(kind, w);
  return undefined;
}

/** What people look after: the object that an operator was asked with, else the workload itself. */
export const subjectOf = (w: Workload): Ref => w.maker?.ref ?? w.ref;

/** Pods that no kind of Kubernetes' own stands behind: whether others come in their place is not known. */
export const unkept = (w: Workload): boolean => w.ref.kind === 'Pod' || !isWorkload(w.ref.kind);

export const everyPod = (w: Workload): readonly Pod[] => [...w.pods, ...w.old];
export const containersOf = (podSpec: Obj): readonly Obj[] => [
  ...list(podSpec, 'initContainers'),
  ...list(podSpec, 'containers'),
];

/** The number that a container of a pod gives to a port by name. */
export const portNamed = (pod: Obj, name: string): number | undefined =>
  num(
    containersOf(obj(pod, 'spec'))
      .flatMap((c) => list(c, 'ports'))
      .find((p) => p.name === name),
    'containerPort',
  );

/** Where a Service's port ends at this pod. */
export function targetPort(servicePort: Obj, pod: Obj): number | undefined {
  const name = str(servicePort, 'targetPort');
  return name === undefined ? (num(servicePort, 'targetPort') ?? num(servicePort, 'port')) : portNamed(pod, name);
}

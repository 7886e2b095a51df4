import { labelsOf } from './labels.ts';
import { mask, secretName } from './mask.ts';
import { list, meta, num, type Obj, obj, pairs, scalar, str } from './read.ts';
import { refOf, type World } from './snapshot.ts';
import type { Change, Changed, Ref } from './verdict.ts';

export type Revision = {
  readonly number: number;
  readonly ref: Ref;
  readonly o: Obj;
  readonly template: Obj;
  /** Whether this revision is known to work: its pods serve now, or its controller called it current. */
  readonly good: boolean;
  readonly owns: (pod: Obj) => boolean;
};

/** A workload's revisions, newest first: ReplicaSets of a Deployment, ControllerRevisions of the two kinds of sets. */
export function revisionsOf(ref: Ref, o: Obj | undefined, world: World): readonly Revision[] {
  const { kind } = ref;
  const { uid } = meta(o);
  const found =
    kind === 'StatefulSet' || kind === 'DaemonSet'
      ? world.owned('ControllerRevision', ref, uid).map((r) => ofControllerRevision(r, kind, o))
      : // Of a Deployment, or of an operator's kind like it, such as a Rollout of Argo.
        world.owned('ReplicaSet', ref, uid).map((set) => ofReplicaSet(set));
  const newest = str(o, 'status', 'updateRevision');
  return found.toSorted(
    (a, b) =>
      Number(b.ref.name === newest) - Number(a.ref.name === newest) ||
      b.number - a.number ||
      b.ref.name.localeCompare(a.ref.name),
  );
}

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const countOf = (o: Obj): number =>
  Number(
    pairs(o, 'metadata', 'annotations').find(
      ([key]) => key === revisionAnnotation || key === 'rollout.argoproj.io/revision',
    )?.[1],
  ) || 0;

function ofReplicaSet(o: Obj): Revision {
  const { uid, name } = meta(o);
  const hash = labelsOf(o).get('pod-template-hash');
  return {
    number: countOf(o),
    ref: refOf('ReplicaSet', o),
    o,
    template: obj(o, 'spec', 'template'),
    good: (num(o, 'status', 'readyReplicas') ?? 0) > 0,
    owns: (pod) => {
      const owners = list(pod, 'metadata', 'ownerReferences');
      if (owners.length > 0) return owners.some((r) => (uid !== undefined && r.uid === uid) || r.name === name);
      return hash === undefined || labelsOf(pod).get('pod-template-hash') === hash;
    },
  };
}

function ofControllerRevision(o: Obj, kind: string, owner: Obj | undefined): Revision {
  const { name } = meta(o);
  const current = str(owner, 'status', 'currentRevision');
  return {
    number: num(o, 'revision') ?? 0,
    ref: refOf('ControllerRevision', o),
    o,
    template: obj(o, 'data', 'spec', 'template'),
    good: kind === 'StatefulSet' && current === name && current !== str(owner, 'status', 'updateRevision'),
    owns: (pod) => {
      const hash = labelsOf(pod).get('controller-revision-hash');
      // A StatefulSet labels with the revision's whole name, a DaemonSet with its hash only.
      return hash === undefined || hash === name || name.endsWith(`-${hash}`);
    },
  };
}

/** How two templates, or two objects, differ in what they ask for, line by line. */
export function differences(one: Obj, other: Obj): readonly Change[] {
  const [before, after] = [flatten(one), flatten(other)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .toSorted()
    .slice(0, 20)
    .map((path): Change => {
      const [b, a] = [before.get(path), after.get(path)];
      return { path, ...(b === undefined ? {} : { before: b }), ...(a === undefined ? {} : { after: a }) };
    });
}

/** What the newest revision changed, against the last one that is known to work, or else the one before. */
export function changedSince(revisions: readonly Revision[]): Changed | undefined {
  const [newest, ...older] = revisions;
  const base = older.find((r) => r.good) ?? older[0];
  if (newest === undefined || base === undefined) return undefined;
  const changes = differences(base.template, newest.template);
  return { from: base.number, to: newest.number, knownGood: base.good, changes };
}

/** Labels and notes that every rollout changes, which say nothing. */
const unsaying = new Set(['pod-template-hash', 'controller-revision-hash', 'kubectl.kubernetes.io/restartedAt']);

/** A template as lines `containers[app].image` → value, with list items by their names, so that a reordering is no change. */
function flatten(template: Obj): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  for (const what of ['labels', 'annotations'])
    for (const [key, value] of pairs(template, 'metadata', what))
      if (!unsaying.has(key)) lines.set(`metadata.${what}[${key}]`, mask(value));
  walk(obj(template, 'spec'), '', lines, 0);
  return lines;
}

function walk(value: unknown, path: string, lines: Map<string, string>, depth: number): void {
  if (depth > 12 || lines.size > 2_000 || value === null || value === undefined) return;
  if (Array.isArray(value)) {
    if (value.length === 0) return;
    // A command line reads best whole.
    if (value.every((item) => typeof item !== 'object')) lines.set(path, mask(value.join(' ').slice(0, 500)));
    else for (const [i, item] of value.entries()) walk(item, `${path}[${nameOf(item) ?? i}]`, lines, depth + 1);
  } else if (typeof value === 'object') {
    const variable = path.includes('.env[') ? str(value, 'name') : undefined;
    const set = scalar(value, 'value');
    if (variable !== undefined && set !== undefined) lines.set(path, secretName(variable) ? '(hidden)' : mask(set));
    else
      for (const [key, item] of Object.entries(value))
        if (key !== 'name' || !path.endsWith(`[${item}]`))
          walk(item, path === '' ? key : `${path}.${key}`, lines, depth + 1);
  } else lines.set(path, mask(String(value).slice(0, 500)));
}

const nameOf = (item: unknown): string | undefined =>
  str(item, 'name') ?? str(item, 'mountPath') ?? scalar(item, 'containerPort') ?? str(item, 'key');

import type { Fix, Ref } from '../core/diagnosis/index.ts';
import { mask } from '../core/diagnosis/mask.ts';
import { type Obj, obj, list as read, str } from '../core/diagnosis/read.ts';
import { revisionAnnotation } from '../core/diagnosis/revisions.ts';
import { pressable } from '../core/incidents/seen.ts';
import { Problem } from '../core/kernel/problem.ts';
import { kinds, pathOf } from './kinds.ts';
import type { Access } from './kubeconfig.ts';
import { type Change, send } from './write.ts';

/*
 * Fixes as calls of the API. Each marks the object with the key by which it was asked for: found again, it is done already.
 */

export const mark = 'groundcrew.dev/fix';
const json = 'application/json-patch+json';
const strategic = 'application/strategic-merge-patch+json';

/** What buttons and “Undo” do to which kinds: the chart’s role grants this, and not a verb more (rbac.doctor.fixes). */
export const writes = {
  // A template of a Job can’t be changed, and of a Pod or a ReplicaSet nothing that runs would change with it.
  patch: [
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'CronJob',
    'HorizontalPodAutoscaler',
    'PodDisruptionBudget',
    'Service',
    'Ingress',
    'PersistentVolumeClaim',
  ],
  // Only where it opens no door: what may talk to what is decided by people who read the policy.
  create: ['Service', 'ServiceAccount'],
  delete: ['Pod', 'Service', 'ServiceAccount'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const among = (kinds: readonly string[], { patch }: Fix): boolean =>
  patch !== undefined && kinds.includes(String(patch.kind));

export const canPress = (fix: Fix): boolean =>
  (pressable as readonly string[]).includes(fix.kind) &&
  (fix.kind !== 'create' || among(writes.create, fix)) &&
  (fix.kind !== 'patch' || among(writes.patch, fix)) &&
  (fix.kind !== 'delete' || podsOf(fix).length > 0);

export function addressOf(ref: Ref): string {
  const kind = kinds.find((k) => k.kind === ref.kind);
  if (kind === undefined) throw new Problem('fix_impossible', `I don’t know how to change a ${ref.kind}.`);
  return `${pathOf(kind, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}

/** The words of a refusal, as the API server says them. */
export const said = (body: unknown, status: number): string => mask(str(body, 'message') ?? `HTTP ${status}`);

/** What stands there now; nothing where `absent` is right. */
export async function get(access: Access, path: string, absent: 'absent' | undefined = undefined): Promise<Obj> {
  const { status, body } = await send(access, { method: 'GET', path }, false);
  if (status === 200) return obj({ body }, 'body');
  if (status === 404 && absent) return {};
  throw new Problem('fix_impossible', `It can’t be read (${said(body, status)}). Nothing was done.`);
}

/** Pods that a command deletes, by their names. */
function podsOf(fix: Fix): readonly string[] {
  const words = (fix.command ?? '').split(' delete pod ')[1];
  return words === undefined ? [] : words.split(' ').filter((w) => /^[a-z0-9.-]+$/.test(w));
}

const named: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
};

/** The object that a fix changes: it names it itself, since what is at fault may be another, such as a Secret. */
export function targetOf(fix: Fix, fault: Ref): Ref {
  if (fix.patch !== undefined) {
    const { name, namespace } = obj(fix.patch, 'metadata');
    return { kind: String(fix.patch.kind), namespace: String(namespace ?? ''), name: String(name) };
  }
  const [, kind = '', name = ''] = /\b(deployment|statefulset|daemonset)\/([a-z0-9.-]+)/.exec(fix.command) ?? [];
  const namespace = / -n ([a-z0-9-]+) /.exec(fix.command)?.[1] ?? fault.namespace;
  return named[kind] === undefined ? fault : { kind: named[kind], namespace, name };
}

async function revisionsOf(access: Access, ref: Ref, live: Obj): Promise<ReadonlyMap<number, Obj>> {
  const sets = ref.kind === 'Deployment';
  const kind = kinds.find((k) => k.kind === (sets ? 'ReplicaSet' : 'ControllerRevision'));
  const listed = kind && (await get(access, pathOf(kind, ref.namespace)));
  const uid = str(live, 'metadata', 'uid');
  return new Map(
    read(listed, 'items')
      .filter((o) => read(o, 'metadata', 'ownerReferences').some((r) => r.uid === uid))
      .map((o) => [Number(sets ? (str(o, 'metadata', 'annotations', revisionAnnotation) ?? 0) : o.revision), o]),
  );
}

/** What runs of a Deployment: while its rollout is paused its own template may be another one. */
export async function runningTemplate(access: Access, ref: Ref, live: Obj): Promise<Obj | undefined> {
  const revisions = await revisionsOf(access, ref, live);
  const newest = revisions.get(Math.max(...revisions.keys()));
  return newest && templateIn(newest);
}

async function templateOf(access: Access, ref: Ref, live: Obj, revision: number): Promise<Obj> {
  const found = (await revisionsOf(access, ref, live)).get(revision);
  if (found === undefined)
    throw new Problem('fix_impossible', `Revision ${revision} of ${ref.name} is not there any more. Nothing was done.`);
  return templateIn(found);
}

function templateIn(revision: Obj): Obj {
  const template =
    revision.data === undefined ? obj(revision, 'spec', 'template') : obj(revision, 'data', 'spec', 'template');
  const { $patch: _, ...rest } = template;
  const { 'pod-template-hash': __, ...labels } = obj(rest, 'metadata', 'labels');
  return { ...rest, metadata: { ...obj(rest, 'metadata'), labels } };
}

/** Puts fields of its specification back, whole, as `kubectl rollout undo` does with the template; null takes away. */
export function putBack(live: Obj, path: string, fields: Readonly<Record<string, unknown>>, key: string): Change {
  const annotations = { ...obj(live, 'metadata', 'annotations'), [mark]: key };
  return {
    method: 'PATCH',
    path,
    type: json,
    body: [
      { op: 'add', path: '/metadata/annotations', value: annotations },
      ...Object.entries(fields).flatMap(([field, value]) => {
        if (value !== null) return [{ op: 'add', path: `/spec/${field}`, value }];
        return obj(live, 'spec')[field] === undefined ? [] : [{ op: 'remove', path: `/spec/${field}` }];
      }),
      // Refused when somebody changed it since it was read.
      { op: 'add', path: '/metadata/resourceVersion', value: str(live, 'metadata', 'resourceVersion') },
    ],
  };
}

export type Known = { readonly access: Access; readonly workload: Ref; readonly key: string; readonly at: Date };
const marked = (key: string, live: Obj) => ({
  metadata: { annotations: { [mark]: key }, resourceVersion: str(live, 'metadata', 'resourceVersion') },
});

export async function deletesFor(fix: Fix, { access, workload, at }: Known): Promise<readonly Change[]> {
  const found: Change[] = [];
  for (const name of podsOf(fix)) {
    const path = addressOf({ kind: 'Pod', namespace: workload.namespace, name });
    const { status, body } = await send(access, { method: 'GET', path }, false);
    // One that came after the press is not the one that was meant.
    if (status !== 200 || Date.parse(str(body, 'metadata', 'creationTimestamp') ?? '') > at.getTime()) continue;
    found.push({ method: 'DELETE', path, body: { preconditions: { uid: str(body, 'metadata', 'uid') } } });
  }
  return found;
}

export async function changesFor(fix: Fix, live: Obj, known: Known): Promise<readonly Change[]> {
  const { access, workload, key, at } = known;
  const ref = targetOf(fix, workload);
  const path = addressOf(ref);
  const merge = (body: Obj): Change => ({
    method: 'PATCH',
    path,
    type: strategic,
    body: { ...marked(key, live), ...body },
  });
  const deletes = () => deletesFor(fix, known);
  // While its rollout is paused nothing of it is rolled out, and kubectl would refuse.
  const paused = ref.kind === 'Deployment' && obj(live, 'spec').paused === true;
  const goesOn = paused ? { paused: false } : {};
  const does: { readonly [K in (typeof pressable)[number]]: () => Promise<readonly Change[]> } = {
    rollback: async () => {
      const revision = Number(/--to-revision=(\d+)/.exec(fix.command ?? '')?.[1]);
      const template = await templateOf(access, ref, live, revision);
      return [putBack(live, path, { template, ...goesOn }, key), ...(await deletes())];
    },
    restart: async () => [
      merge({
        spec: {
          ...goesOn,
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at.toISOString() } } },
        },
      }),
    ],
    resume: async () => [merge({ spec: { paused: false } })],
    patch: async () => {
      const { apiVersion: _, kind: __, metadata: ___, ...body } = fix.patch ?? {};
      return [merge(paused ? { ...body, spec: { ...obj(body, 'spec'), ...goesOn } } : body)];
    },
    delete: deletes,
    create: async () => {
      const { metadata, ...body } = fix.patch ?? {};
      const noted = { ...obj({ metadata }, 'metadata'), annotations: { [mark]: key } };
      return [{ method: 'POST', path: path.slice(0, path.lastIndexOf('/')), body: { ...body, metadata: noted } }];
    },
  };
  return does[fix.kind as (typeof pressable)[number]]();
}

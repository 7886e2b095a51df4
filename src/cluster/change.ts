import type { Fix, Ref } from '../core/diagnosis/index.ts';
import { mask } from '../core/diagnosis/mask.ts';
import { type Obj, obj, list as read, str } from '../core/diagnosis/read.ts';
import { differences } from '../core/diagnosis/revisions.ts';
import { pressable } from '../core/incidents/seen.ts';
import { Problem } from '../core/kernel/problem.ts';
import { kinds, pathOf } from './kinds.ts';
import type { Access } from './kubeconfig.ts';
import { type Change, send } from './write.ts';

/*
 * Fixes as calls of the API. Each marks the object with the key by which it was asked for: found again, it is done already.
 */

const mark = 'groundcrew.dev/fix';
const json = 'application/json-patch+json';
const strategic = 'application/strategic-merge-patch+json';

export const canPress = (fix: Fix): boolean =>
  (pressable as readonly string[]).includes(fix.kind) &&
  (fix.kind !== 'patch' || (fix.patch !== undefined && !['Job', 'Pod'].includes(String(fix.patch.kind)))) &&
  (fix.kind !== 'delete' || podsOf(fix).length > 0);

function addressOf(ref: Ref): string {
  const kind = kinds.find((k) => k.kind === ref.kind);
  if (kind === undefined) throw new Problem('fix_impossible', `I don’t know how to change a ${ref.kind}.`);
  return `${pathOf(kind, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}

/** The words of a refusal, as the API server says them. */
const said = (body: unknown, status: number): string => mask(str(body, 'message') ?? `HTTP ${status}`);

async function get(access: Access, path: string): Promise<Obj> {
  const { status, body } = await send(access, { method: 'GET', path }, false);
  if (status === 200) return obj({ body }, 'body');
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

async function templateOf(access: Access, ref: Ref, live: Obj, revision: number): Promise<Obj> {
  const sets = ref.kind === 'Deployment';
  const kind = kinds.find((k) => k.kind === (sets ? 'ReplicaSet' : 'ControllerRevision'));
  const listed = kind && (await get(access, pathOf(kind, ref.namespace)));
  const uid = str(live, 'metadata', 'uid');
  const found = read(listed, 'items').find(
    (o) =>
      read(o, 'metadata', 'ownerReferences').some((r) => r.uid === uid) &&
      (sets
        ? Number(str(o, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')) === revision
        : o.revision === revision),
  );
  if (found === undefined)
    throw new Problem('fix_impossible', `Revision ${revision} of ${ref.name} is not there any more. Nothing was done.`);
  const template = sets ? obj(found, 'spec', 'template') : obj(found, 'data', 'spec', 'template');
  const { $patch: _, ...rest } = template;
  const { 'pod-template-hash': __, ...labels } = obj(rest, 'metadata', 'labels');
  return { ...rest, metadata: { ...obj(rest, 'metadata'), labels } };
}

/** Replaces the pods' template, as `kubectl rollout undo` does. */
function replaceTemplate(live: Obj, path: string, template: unknown, key: string): Change {
  const annotations = { ...obj(live, 'metadata', 'annotations'), [mark]: key };
  return {
    method: 'PATCH',
    path,
    type: json,
    body: [
      { op: 'add', path: '/metadata/annotations', value: annotations },
      { op: 'replace', path: '/spec/template', value: template },
    ],
  };
}

type Known = { readonly access: Access; readonly workload: Ref; readonly key: string; readonly at: Date };
const marked = (key: string) => ({ metadata: { annotations: { [mark]: key } } });

async function deletesFor(fix: Fix, { access, workload, at }: Known): Promise<readonly Change[]> {
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

async function changesFor(fix: Fix, live: Obj, known: Known): Promise<readonly Change[]> {
  const { access, workload, key, at } = known;
  const ref = targetOf(fix, workload);
  const path = addressOf(ref);
  const merge = (body: Obj): Change => ({ method: 'PATCH', path, type: strategic, body: { ...marked(key), ...body } });
  const deletes = () => deletesFor(fix, known);
  const does: { readonly [K in (typeof pressable)[number]]: () => Promise<readonly Change[]> } = {
    rollback: async () => {
      const revision = Number(/--to-revision=(\d+)/.exec(fix.command ?? '')?.[1]);
      const template = await templateOf(access, ref, live, revision);
      return [replaceTemplate(live, path, template, key), ...(await deletes())];
    },
    restart: async () => [
      merge({
        spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at.toISOString() } } } },
      }),
    ],
    resume: async () => [merge({ spec: { paused: false } })],
    patch: async () => {
      const { apiVersion: _, kind: __, metadata: ___, ...body } = fix.patch ?? {};
      return [merge(body)];
    },
    delete: deletes,
  };
  return does[fix.kind as (typeof pressable)[number]]();
}

export type Planned = { readonly before: string; readonly after: string; readonly hindered?: string };

/** What a fix would change, found out by the API server itself. Nothing is changed. */
export async function tryOut(fix: Fix, known: Known): Promise<Planned> {
  try {
    const live = await get(known.access, addressOf(targetOf(fix, known.workload)));
    const changes = await changesFor(fix, live, known);
    let after: Obj = live;
    for (const change of changes) {
      const { status, body } = await send(known.access, change, true);
      if (status >= 300) return { before: '', after: '', hindered: `The cluster refuses it: ${said(body, status)}` };
      if (change.method === 'PATCH') after = obj({ body }, 'body');
    }
    const pods = changes.flatMap((c) => (c.method === 'DELETE' ? [`pod ${c.path.split('/').at(-1)}`] : []));
    const found = differences({ spec: live.spec }, { spec: after.spec });
    const lines = (of: 'before' | 'after') =>
      [
        ...found.flatMap((c) => (c[of] === undefined ? [] : [`${c.path.replace(/^template\.spec\./, '')}: ${c[of]}`])),
        ...(of === 'before' ? pods : []),
      ].join('\n');
    const nothing = found.length === 0 && pods.length === 0;
    return {
      before: lines('before'),
      after: lines('after'),
      ...(nothing ? { hindered: 'It is like that already: this would change nothing.' } : {}),
    };
  } catch (error) {
    if (error instanceof Problem) return { before: '', after: '', hindered: error.message };
    throw error;
  }
}

/** Does it, once for its key. The answer is the template that was there before, by which it can be taken back. */
export async function carryOut(
  todo: { readonly fix: Fix } | { readonly undo: unknown },
  known: Known,
): Promise<unknown> {
  const ref = 'fix' in todo ? targetOf(todo.fix, known.workload) : known.workload;
  const path = addressOf(ref);
  const live = await get(known.access, path);
  // Killed in the middle, it was begun: what is left are the pods.
  const begun = str(live, 'metadata', 'annotations', mark) === known.key;
  const changes =
    'undo' in todo
      ? begun
        ? []
        : [replaceTemplate(live, path, todo.undo, known.key)]
      : begun
        ? await deletesFor(todo.fix, known)
        : await changesFor(todo.fix, live, known);
  for (const change of changes) {
    const { status, body } = await send(known.access, change, false);
    // A pod that is gone already is what was wanted.
    if (status >= 300 && !(change.method === 'DELETE' && (status === 404 || status === 409)))
      throw new Problem('fix_refused', `The cluster refused it: ${said(body, status)}`);
  }
  const template = obj(live, 'spec').template;
  return !begun &&
    'fix' in todo &&
    todo.fix.kind !== 'delete' &&
    todo.fix.kind !== 'resume' &&
    sameAs(ref, known.workload)
    ? template
    : undefined;
}
const sameAs = (a: Ref, b: Ref): boolean => a.kind === b.kind && a.name === b.name && a.namespace === b.namespace;

/** Whether the cluster itself would let this person change it. */
export async function review(access: Access, ref: Ref, user: string, groups: readonly string[]): Promise<boolean> {
  const kind = kinds.find((k) => k.kind === ref.kind);
  const group = kind?.group.includes('/') ? kind.group.split('/')[0] : '';
  const { status, body } = await send(
    access,
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user,
          groups: [...groups, 'system:authenticated'],
          resourceAttributes: {
            namespace: ref.namespace,
            verb: 'patch',
            group,
            resource: kind?.plural,
            name: ref.name,
          },
        },
      },
    },
    false,
  );
  return status < 300 && obj(body, 'status').allowed === true;
}

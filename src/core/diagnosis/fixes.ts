import { list, meta, type Obj } from './read.ts';
import type { Fix, FixKind, Ref } from './verdict.ts';
import { type Maker, templatePath, type Workload } from './workloads.ts';

/** A word as a shell takes it: names come from objects, and objects may be hostile. */
const word = (w: string): string => (/^[\w./:=@%+,-]+$/.test(w) ? w : `'${w.replaceAll("'", `'\\''`)}'`);

export const kubectl = (namespace: string, ...words: readonly string[]): string =>
  ['kubectl', ...(namespace === '' ? [] : ['-n', namespace]), ...words].map(word).join(' ');

export const run = (kind: FixKind, title: string, command: string): Fix => ({ kind, title, command });

const resource = (ref: Ref): string => `${ref.kind.toLowerCase()}/${ref.name}`;

/** Without a revision: to the one before, whichever it is. */
export const rollback = (ref: Ref, revision: number | undefined, stuck: readonly string[] = []): Fix => {
  const to = revision === undefined ? [] : [`--to-revision=${revision}`];
  const undo = kubectl(ref.namespace, 'rollout', 'undo', resource(ref), ...to);
  // A StatefulSet waits for its broken pod even after its template was put back.
  const free = stuck.length === 0 ? '' : ` && ${kubectl(ref.namespace, 'delete', 'pod', ...stuck)}`;
  return run(
    'rollback',
    `Roll back to ${revision === undefined ? 'the revision before' : `revision ${revision}`}`,
    undo + free,
  );
};

export const resume = (ref: Ref): Fix =>
  run(
    'resume',
    'Resume its rollout, which holds a change back',
    kubectl(ref.namespace, 'rollout', 'resume', resource(ref)),
  );

/** What an operator runs it restarts in an order of its own: there one broken pod is made anew. */
export const restart = (w: Workload, pod: Obj): readonly Fix[] =>
  w.maker === undefined
    ? [run('restart', `Restart ${w.ref.name}`, kubectl(w.ref.namespace, 'rollout', 'restart', resource(w.ref)))]
    : deletePods(`Delete ${meta(pod).name}, so that it is made anew`, w, [pod]);

export const logs = (ref: Ref, container: string, previous: boolean): Fix =>
  run(
    'look',
    'Read its last log lines',
    kubectl(ref.namespace, 'logs', ref.name, '-c', container, ...(previous ? ['--previous'] : []), '--tail=50'),
  );

export const describe = (ref: Ref, title = `Look at ${ref.name}`): Fix =>
  run('look', title, kubectl(ref.namespace, 'describe', ref.kind.toLowerCase(), ref.name));

/** A partial object that says of itself what it changes. */
export const patchOf = (title: string, apiVersion: string, ref: Ref, body: Obj): Fix => ({
  kind: 'patch',
  title,
  patch: {
    apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, ...(ref.namespace === '' ? {} : { namespace: ref.namespace }) },
    ...body,
  },
});

const nest = (path: readonly string[], body: Obj): Obj =>
  path.reduceRight<Obj>((inner, key) => ({ [key]: inner }), body);

/** What an operator made it makes the same again: there its own object is changed, in words of its own. */
const inMaker = (title: string, { ref, type }: Maker): Fix =>
  run(
    'ask',
    `${title} (in the ${ref.kind} ${ref.name}, which makes it)`,
    kubectl(ref.namespace, 'edit', type, ref.name),
  );

export const patchWorkload = (title: string, w: Workload, body: Obj): Fix =>
  w.maker === undefined ? patchOf(title, w.apiVersion, w.ref, body) : inMaker(title, w.maker);

/** Changes the pod template of a workload. A Job's cannot be changed: it has to be made anew. */
export function patchPods(title: string, w: Workload, podSpec: Obj): Fix {
  const anew = w.maker === undefined && (w.ref.kind === 'Job' || w.ref.kind === 'Pod');
  return patchWorkload(
    anew ? `${title} (in its manifest, then delete it and apply it again)` : title,
    w,
    nest(templatePath(w.ref.kind), podSpec),
  );
}

export const patchContainer = (
  title: string,
  w: Workload,
  container: { readonly name: string; readonly role?: string },
  body: Obj,
): Fix =>
  patchPods(title, w, {
    [container.role === 'init' || container.role === 'sidecar' ? 'initContainers' : 'containers']: [
      { name: container.name, ...body },
    ],
  });

/** What nothing makes anew would be gone for good: such a pod is not deleted. */
export const deletePods = (title: string, w: Workload, pods: readonly Obj[]): readonly Fix[] =>
  (w.ref.kind === 'Pod' && !list(w.o, 'metadata', 'ownerReferences').some((r) => r.controller === true)) ||
  pods.length === 0
    ? []
    : [run('delete', title, kubectl(w.ref.namespace, 'delete', 'pod', ...pods.slice(0, 10).map((p) => meta(p).name)))];

const quoted = (words: string): string => `'${words.replaceAll("'", `'\\''`)}'`;

/** A fix as a command, so that it can be copied. */
export function commandOf(fix: Fix): string {
  if (fix.command !== undefined) return fix.command;
  if (fix.kind === 'create') return `echo ${quoted(JSON.stringify(fix.patch))} | kubectl apply -f -`;
  const { apiVersion: _, kind, metadata, ...body } = fix.patch;
  const { name, namespace } = metadata as { readonly name: string; readonly namespace?: string };
  const where = namespace === undefined ? '' : ` -n ${namespace}`;
  return `kubectl${where} patch ${String(kind).toLowerCase()} ${name} --type strategic -p ${quoted(JSON.stringify(body))}`;
}

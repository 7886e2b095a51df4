import { code, type Text, text } from '../kernel/text.ts';
import { kubectl, patchContainer, patchPods, run } from './fixes.ts';
import { near } from './near.ts';
import { list, meta, type Obj, obj, str } from './read.ts';
import type { World } from './snapshot.ts';
import type { Fix, Ref } from './verdict.ts';
import { containersOf, type Workload } from './workloads.ts';

export type Referred = 'ConfigMap' | 'Secret';

export const namesOf = (world: World, kind: string, namespace: string): readonly string[] =>
  world.all(kind, namespace).map((o) => meta(o).name);

/** The keys of a ConfigMap or Secret: names only, a value is never looked at. */
export function keysOf(world: World, kind: Referred, namespace: string, name: string): readonly string[] {
  const o = world.get(kind, namespace, name);
  return ['data', 'binaryData', 'stringData'].flatMap((part) => Object.keys(obj(o, part)));
}

/** What is to be done about a ConfigMap or Secret that does not exist. */
export function missing(kind: Referred, name: string, w: Workload, world: World) {
  const { namespace } = w.ref;
  const existing = near(name, namesOf(world, kind, namespace));
  const thing =
    kind === 'Secret' ? text`the secret ${code(name)}` : text`the configuration ${code(name)} (a ConfigMap)`;
  const elsewhere = world.all(kind).find((o) => meta(o).name === name && meta(o).namespace !== namespace);
  const hint: Text =
    existing[0] !== undefined
      ? text`; ${code(existing[0])} does exist`
      : elsewhere === undefined
        ? text``
        : text`; one of that name is in ${code(meta(elsewhere).namespace)}`;
  const upstream: Ref = { kind, namespace, name };
  const use = existing[0] === undefined ? [] : rename(kind, name, existing[0], w);
  return {
    thing,
    hint,
    near: existing,
    upstream,
    fixes: [
      ...use,
      run(
        'create',
        `Create ${kind === 'Secret' ? 'the secret' : 'the ConfigMap'} ${name}`,
        kind === 'Secret'
          ? kubectl(namespace, 'create', 'secret', 'generic', name, '--from-literal=KEY=VALUE')
          : kubectl(namespace, 'create', 'configmap', name, '--from-literal=KEY=VALUE'),
      ),
    ] as readonly Fix[],
  };
}

/** Patches that make a pod template refer to another name, wherever it refers to the wrong one. */
export function rename(kind: Referred, wrong: string, right: string, w: Workload): readonly Fix[] {
  const title = `Use ${right} instead of ${wrong}`;
  const [from, key] = kind === 'Secret' ? ['secretRef', 'secretKeyRef'] : ['configMapRef', 'configMapKeyRef'];
  for (const c of containersOf(w.podSpec)) {
    const name = str(c, 'name') ?? '';
    const role = list(w.podSpec, 'initContainers').includes(c) ? 'init' : 'main';
    const env = list(c, 'env').filter((e) => str(e, 'valueFrom', key, 'name') === wrong);
    if (env.length > 0)
      return [
        patchContainer(
          title,
          w,
          { name, role },
          {
            env: env.map((e) => ({
              name: e.name,
              valueFrom: { [key]: { ...obj(e, 'valueFrom', key), name: right } },
            })),
          },
        ),
      ];
    // A list of sources is replaced whole by a patch.
    const all = list(c, 'envFrom');
    if (all.some((e) => str(e, from, 'name') === wrong))
      return [
        patchContainer(
          title,
          w,
          { name, role },
          {
            envFrom: all.map((e) =>
              str(e, from, 'name') === wrong ? { ...e, [from]: { ...obj(e, from), name: right } } : e,
            ),
          },
        ),
      ];
  }
  const volume = list(w.podSpec, 'volumes').find((v) => volumeSource(v, kind) === wrong);
  if (volume === undefined) return [];
  const source = kind === 'Secret' ? { secret: { secretName: right } } : { configMap: { name: right } };
  return [patchPods(title, w, { volumes: [{ name: volume.name, ...source }] })];
}

export const volumeSource = (volume: Obj, kind: Referred): string | undefined =>
  kind === 'Secret' ? str(volume, 'secret', 'secretName') : str(volume, 'configMap', 'name');

/** The variables, in words, that take this key. */
export const variableFor = (w: Workload, kind: Referred, name: string, key: string): Obj | undefined =>
  containersOf(w.podSpec)
    .flatMap((c) => list(c, 'env'))
    .find((e) => {
      const ref = obj(e, 'valueFrom', kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef');
      return ref.name === name && ref.key === key;
    });

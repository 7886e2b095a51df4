import type { Controllers } from '../controllers/index.ts';
import { at, type Fields, fieldsOf, listOf, textOf, withAt } from '../json.ts';
import { notes, nowhere } from '../node/app.ts';
import { formatQuantity, quantity } from '../quantity.ts';
import type { Clock, InProcess, KubeObject } from '../types.ts';

/*
 * Failures on demand. Each is a change that a person could have made, or an accident that could have happened; the
 * cluster then plays it by its own rules, and whoever mends the cause mends the symptom.
 */

export type Target = {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly kind?: string | undefined;
};
export type Failure = { readonly title: string; readonly on: 'workload' | 'node' | 'resource' };

export const failures = {
  'wrong-tag': { title: 'A tag that does not exist', on: 'workload' },
  'private-image': { title: 'An image that it may not pull', on: 'workload' },
  oom: { title: 'Too little memory', on: 'workload' },
  'missing-config': { title: 'A ConfigMap that is not there', on: 'workload' },
  'unreachable-host': { title: 'A database host that does not exist', on: 'workload' },
  readiness: { title: 'A readiness probe on the wrong port', on: 'workload' },
  liveness: { title: 'A liveness probe on the wrong path', on: 'workload' },
  command: { title: 'A typo in the command', on: 'workload' },
  flapping: { title: 'Crashes again and again', on: 'workload' },
  unschedulable: { title: 'More CPU than any node has', on: 'workload' },
  quota: { title: 'The namespace’s quota is used up', on: 'workload' },
  'node-down': { title: 'The node is gone', on: 'node' },
  'operator-stuck': { title: 'The operator never finishes', on: 'resource' },
} as const satisfies Readonly<Record<string, Failure>>;
export type FailureKind = keyof typeof failures;

type Parts = { readonly api: InProcess; readonly controllers: Controllers; readonly clock: Clock };
type Undo = () => void;

const workloads = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps'];
const byPerson = { manager: 'kubectl-edit' };
const quotaName = 'playground-freeze';

export function createFailures({ api, controllers, clock }: Parts) {
  const undo = new Map<string, Undo[]>();
  const place = ({ namespace, name }: Target): string => `${namespace ?? ''}/${name}`;

  function workload({ namespace, name, kind }: Target): { readonly kind: string; readonly object: KubeObject } {
    for (const one of kind ? [kind] : workloads) {
      const object = api.get(one, namespace, name);
      if (object) return { kind: one, object };
    }
    throw new TypeError(`There is no workload that is called ${name} in ${namespace ?? 'the cluster'}.`);
  }

  /** Changes a workload's template, and knows how to change it back as long as nobody else has. */
  function edit(target: Target, change: (template: Fields, first: Fields) => Fields): Undo {
    const { kind, object } = workload(target);
    const before = fieldsOf(object.spec?.template);
    const first = fieldsOf(listOf(at(before, 'spec', 'containers'))[0]);
    const after = change(before, first);
    api.update(kind, withAt(object as Fields, ['spec', 'template'], after), byPerson);
    return () => {
      const current = api.get(kind, target.namespace, target.name);
      if (current) api.update(kind, withAt(current as Fields, ['spec', 'template'], before), byPerson);
    };
  }
  const container = (template: Fields, next: Fields): Fields =>
    withAt(template, ['spec', 'containers'], [next, ...listOf(at(template, 'spec', 'containers')).slice(1)]);
  const annotated = (template: Fields, annotations: Readonly<Record<string, string>>): Fields =>
    withAt(template, ['metadata', 'annotations'], {
      ...fieldsOf(at(template, 'metadata', 'annotations')),
      ...annotations,
    });
  const retagged = (image: string, tag: string): string => `${image.replace(/:[^/:]*$/, '')}:${tag}`;
  const tagOf = (image: string): string => /:([^/:]*)$/.exec(image)?.[1] ?? 'latest';

  const kinds: Readonly<Record<FailureKind, (target: Target) => Undo>> = {
    'wrong-tag': (target) =>
      edit(target, (template, one) => {
        const image = retagged(textOf(one.image), `${tagOf(textOf(one.image))}-rc`);
        controllers.registries.set(image, 'not found');
        return container(template, { ...one, image });
      }),
    'private-image': (target) =>
      edit(target, (template, one) => {
        const image = retagged(`ghcr.io/acme-internal/${textOf(one.name)}`, tagOf(textOf(one.image)));
        controllers.registries.set(image, 'denied');
        return container(template, { ...one, image });
      }),
    oom: (target) =>
      edit(target, (template, one) => {
        const needs = quantity(textOf(at(template, 'metadata', 'annotations', notes.memory))) ?? 16 * 2 ** 20;
        const memory = formatQuantity(Math.max(2 ** 20, Math.floor((needs * 0.6) / 2 ** 20) * 2 ** 20), 'binary');
        const resources = fieldsOf(one.resources);
        const requests = { ...fieldsOf(resources.requests), memory };
        return container(template, {
          ...one,
          resources: { ...resources, requests, limits: { ...fieldsOf(resources.limits), memory } },
        });
      }),
    'missing-config': (target) =>
      edit(target, (template, one) =>
        container(template, {
          ...one,
          envFrom: [...listOf(one.envFrom), { configMapRef: { name: `${target.name}-config-v2` } }],
        }),
      ),
    'unreachable-host': (target) =>
      edit(target, (template, one) => {
        const others = listOf(one.env).filter((env) => at(env, 'name') !== 'DB_HOST');
        return container(template, {
          ...one,
          env: [...others, { name: 'DB_HOST', value: `${target.name}-db.${target.namespace ?? 'default'}.invalid` }],
        });
      }),
    readiness: (target) =>
      edit(target, (template, one) =>
        container(template, {
          ...one,
          ports: listOf(one.ports).length > 0 ? one.ports : [{ containerPort: 8080, protocol: 'TCP' }],
          readinessProbe: {
            ...fieldsOf(one.readinessProbe),
            httpGet: { path: '/healthz', port: 18080, scheme: 'HTTP' },
          },
        }),
      ),
    liveness: (target) =>
      edit(target, (template, one) =>
        container(template, {
          ...one,
          livenessProbe: {
            failureThreshold: 3,
            periodSeconds: 3,
            httpGet: { path: nowhere, port: at(listOf(one.ports)[0], 'containerPort') ?? 8080, scheme: 'HTTP' },
          },
        }),
      ),
    command: (target) =>
      edit(target, (template, one) => container(template, { ...one, command: ['ndoe', 'server.js'] })),
    flapping: (target) => edit(target, (template) => annotated(template, { [notes.failAfter]: '15' })),
    unschedulable: (target) =>
      edit(target, (template, one) => {
        const resources = fieldsOf(one.resources);
        const { cpu: _, ...limits } = fieldsOf(resources.limits);
        return container(template, {
          ...one,
          resources: { ...resources, requests: { ...fieldsOf(resources.requests), cpu: '64' }, limits },
        });
      }),
    quota(target) {
      const namespace = target.namespace ?? 'default';
      const pods = api
        .list('pods', namespace)
        .filter((pod) => !['Succeeded', 'Failed'].includes(textOf(pod.status?.phase)));
      const hard = { pods: String(pods.length) };
      api.apply(
        'resourcequotas',
        { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: quotaName, namespace }, spec: { hard } },
        { ...byPerson, force: true },
      );
      const restart = edit(target, (template) =>
        annotated(template, { 'kubectl.kubernetes.io/restartedAt': clock.now().toISOString() }),
      );
      return () => {
        if (api.get('resourcequotas', namespace, quotaName)) api.delete('resourcequotas', namespace, quotaName);
        restart();
      };
    },
    'node-down'({ name }) {
      if (!api.get('nodes', undefined, name)) throw new TypeError(`There is no node that is called ${name}.`);
      controllers.down.set(name, clock.now().getTime());
      controllers.poke('node-controller', `/${name}`);
      return () => {
        controllers.down.delete(name);
        controllers.poke('node-controller', `/${name}`);
        for (const pod of api.list('pods', undefined, { field: `spec.nodeName=${name}` }))
          controllers.poke('kubelet', `${pod.metadata.namespace}/${pod.metadata.name}`);
      };
    },
    'operator-stuck'({ kind, namespace, name }) {
      const object = kind ? api.get(kind, namespace, name) : undefined;
      if (!kind || !object)
        throw new TypeError(`There is no ${kind ?? 'object'} that is called ${name} in ${namespace ?? 'the cluster'}.`);
      controllers.stuck.add(object.metadata.uid);
      const poke = () => controllers.poke(`${kind.split('.')[0]}-operator`, `${namespace ?? ''}/${name}`);
      poke();
      return () => {
        controllers.stuck.delete(object.metadata.uid);
        poke();
      };
    },
  };

  return {
    break(kind: FailureKind, target: Target): void {
      const back = kinds[kind](target);
      undo.set(place(target), [...(undo.get(place(target)) ?? []), back]);
    },
    /** Takes back what was broken about something, the newest first; false when nothing was. */
    heal(target: Target): boolean {
      const all = undo.get(place(target)) ?? [];
      undo.delete(place(target));
      for (const back of all.toReversed()) back();
      return all.length > 0;
    },
    broken: (target: Target): boolean => undo.has(place(target)),
  };
}

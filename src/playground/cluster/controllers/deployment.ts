import { at, canonical, type Fields, fieldsOf, textOf, withAt } from '../json.ts';
import { hashName, stamp } from '../names.ts';
import type { KubeObject } from '../types.ts';
import { withCondition } from './condition.ts';
import { report } from './deployment-status.ts';
import {
  available,
  component,
  count,
  find,
  hashKey,
  kind,
  limits,
  type Rollout,
  replicas,
  revision,
  revisionKey,
  sum,
  templateOf,
} from './rollout.ts';
import { type Controller, controllerRef, ownerOf, self, type World } from './runtime.ts';

export const deployments: Controller = {
  name: component,
  watches: { 'deployments.apps': self, [kind]: ownerOf('Deployment') },
  reconcile(namespace, name, world) {
    const deployment = world.api.get('deployments.apps', namespace, name);
    if (!deployment || deployment.metadata.deletionTimestamp) return undefined;
    let rollout = find(deployment, world);
    if (deployment.spec?.paused === true) {
      scaleProportionally(rollout, world);
      return report(find(deployment, world), world);
    }
    if (!rollout.fresh) create(rollout, world);
    else nameRevision(rollout, world);
    rollout = find(world.api.get('deployments.apps', namespace, name) ?? deployment, world);
    strategies[textOf(at(deployment.spec, 'strategy', 'type'))]?.(rollout, world);
    cleanUp(find(deployment, world), world);
    return report(find(world.api.get('deployments.apps', namespace, name) ?? deployment, world), world);
  },
};

function scale(set: KubeObject, to: number, { deployment }: Rollout, world: World): void {
  const from = replicas(set);
  if (from === to) return;
  const { surge } = limits({ deployment, fresh: undefined, old: [] });
  const annotations = {
    ...set.metadata.annotations,
    'deployment.kubernetes.io/desired-replicas': String(replicas(deployment)),
    'deployment.kubernetes.io/max-replicas': String(replicas(deployment) + surge),
  };
  world.write(kind, set, {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...set.spec, replicas: to },
  } as Fields);
  const way = to > from ? 'up' : 'down';
  world.events(
    deployment,
    'Normal',
    'ScalingReplicaSet',
    `Scaled ${way} replica set ${set.metadata.name} from ${from} to ${to}`,
    { component },
  );
}

function create(rollout: Rollout, world: World): void {
  const { deployment, old } = rollout;
  const { metadata, spec } = deployment;
  const hash = hashName(`${canonical(templateOf(deployment))}${String(deployment.status?.collisionCount ?? '')}`);
  const name = `${metadata.name}-${hash}`;
  const { surge } = limits(rollout);
  const total = sum(old, replicas);
  const first =
    at(spec, 'strategy', 'type') === 'Recreate'
      ? total === 0
        ? replicas(deployment)
        : 0
      : Math.max(0, Math.min(replicas(deployment) + surge - total, replicas(deployment)));
  const next = Math.max(0, ...old.map(revision)) + 1;
  const template = templateOf(deployment);
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } = metadata.annotations ?? {};
  const labels = { ...fieldsOf(at(template, 'metadata', 'labels')), [hashKey]: hash };
  world.api.create(
    kind,
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        namespace: metadata.namespace ?? '',
        labels,
        annotations: {
          ...annotations,
          [revisionKey]: String(next),
          'deployment.kubernetes.io/desired-replicas': String(replicas(deployment)),
          'deployment.kubernetes.io/max-replicas': String(replicas(deployment) + surge),
        },
        ownerReferences: [controllerRef(deployment)],
      },
      spec: {
        replicas: first,
        ...(spec?.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
        selector: withAt(fieldsOf(spec?.selector), ['matchLabels', hashKey], hash),
        template: withAt(template, ['metadata', 'labels'], labels),
      },
    },
    { manager: 'kube-controller-manager' },
  );
  annotate(deployment, next, world);
  const current = world.api.get('deployments.apps', metadata.namespace, metadata.name) ?? deployment;
  progress(current, 'NewReplicaSetCreated', `Created new replica set "${name}"`, world);
  if (first > 0)
    world.events(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${first}`, {
      component,
    });
}

const annotate = (deployment: KubeObject, to: number, world: World): void =>
  world.write(
    'deployments.apps',
    deployment,
    withAt(deployment as Fields, ['metadata', 'annotations'], {
      ...deployment.metadata.annotations,
      [revisionKey]: String(to),
    }),
  );

function progress(deployment: KubeObject, reason: string, message: string, world: World): void {
  const conditions = withCondition(
    deployment.status?.conditions,
    { type: 'Progressing', status: 'True', reason, message },
    world.now(),
    { lastUpdateTime: stamp(world.now()) },
  );
  world.status('deployments.apps', deployment, { ...deployment.status, conditions });
}

/** A template that was there before comes back as the newest revision: that is what a rollback is. */
function nameRevision({ deployment, fresh, old }: Rollout, world: World): void {
  if (!fresh) return;
  const next = Math.max(0, ...old.map(revision)) + 1;
  const now = Math.max(revision(fresh), next);
  if (revision(fresh) < now) {
    const history = fresh.metadata.annotations?.['deployment.kubernetes.io/revision-history'];
    const before = [...(history ? history.split(',') : []), String(revision(fresh))]
      .filter((one) => one !== '0')
      .join(',');
    world.write(
      kind,
      fresh,
      withAt(fresh as Fields, ['metadata', 'annotations'], {
        ...fresh.metadata.annotations,
        [revisionKey]: String(now),
        ...(before ? { 'deployment.kubernetes.io/revision-history': before } : {}),
      }),
    );
    progress(deployment, 'FoundNewReplicaSet', `Found new replica set "${fresh.metadata.name}"`, world);
  }
  const current =
    world.api.get('deployments.apps', deployment.metadata.namespace, deployment.metadata.name) ?? deployment;
  if (current.metadata.annotations?.[revisionKey] !== String(now)) annotate(current, now, world);
}

const strategies: Readonly<Record<string, (rollout: Rollout, world: World) => void>> = {
  RollingUpdate(rollout, world) {
    const { deployment, fresh, old } = rollout;
    if (!fresh) return;
    const { surge, missing } = limits(rollout);
    const wanted = replicas(deployment);
    const total = replicas(fresh) + sum(old, replicas);
    if (replicas(fresh) > wanted) return scale(fresh, wanted, rollout, world);
    if (replicas(fresh) < wanted && total < wanted + surge)
      return scale(fresh, Math.min(wanted, replicas(fresh) + wanted + surge - total), rollout, world);
    // Old ones go as far as enough stay available; first those that are not available anyway.
    const least = wanted - missing;
    const broken = replicas(fresh) - available(fresh);
    let may = total - least - broken;
    for (const set of old.toSorted((a, b) =>
      a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp),
    )) {
      const useless = Math.min(replicas(set) - available(set), Math.max(0, may));
      if (useless > 0) {
        may -= useless;
        scale(set, replicas(set) - useless, rollout, world);
      }
    }
    let spare = available(fresh) + sum(old, available) - least;
    for (const set of find(deployment, world).old.toSorted((a, b) =>
      a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp),
    )) {
      const down = Math.min(replicas(set), Math.max(0, spare));
      if (down === 0) continue;
      spare -= down;
      scale(set, replicas(set) - down, rollout, world);
    }
    return undefined;
  },
  Recreate(rollout, world) {
    const { deployment, fresh, old } = rollout;
    for (const set of old) scale(set, 0, rollout, world);
    const left = old.some((set) => world.owned('pods', set.metadata.uid).length > 0);
    if (fresh && !left) scale(fresh, replicas(deployment), rollout, world);
  },
};

/** While it is paused only the number is followed. */
function scaleProportionally(rollout: Rollout, world: World): void {
  const { deployment, fresh, old } = rollout;
  const active = [...(fresh ? [fresh] : []), ...old].filter((one) => replicas(one) > 0);
  const only = active.length === 1 ? active[0] : undefined;
  if (only && replicas(only) !== replicas(deployment)) scale(only, replicas(deployment), rollout, world);
}

function cleanUp({ deployment, fresh, old }: Rollout, world: World): void {
  // History is cut once the newest is complete, so that nothing is lost that a person may want back now.
  if (!fresh || available(fresh) < replicas(deployment)) return;
  const keep = Number(deployment.spec?.revisionHistoryLimit ?? 10);
  const idle = old
    .filter((one) => replicas(one) === 0 && count(one, 'replicas') === 0)
    .toSorted((a, b) => revision(a) - revision(b));
  for (const one of idle.slice(0, Math.max(0, idle.length - keep)))
    world.api.delete(kind, one.metadata.namespace, one.metadata.name);
}

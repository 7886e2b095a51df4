import { at, canonical, type Fields, fieldsOf, type Json, withAt } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { share } from './pods.ts';
import type { World } from './runtime.ts';

export const component = 'deployment-controller';
export const revisionKey = 'deployment.kubernetes.io/revision';
export const hashKey = 'pod-template-hash';
export const kind = 'replicasets.apps';

export const replicas = (object: KubeObject): number => Number(object.spec?.replicas ?? 0);
export const count = (object: KubeObject, field: string): number => Number(object.status?.[field] ?? 0);
export const revision = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[revisionKey] ?? 0);
export const sum = (sets: readonly KubeObject[], of: (set: KubeObject) => number): number =>
  sets.reduce((all, one) => all + of(one), 0);
export const templateOf = (object: KubeObject): Fields => fieldsOf(object.spec?.template);
export const bare = (template: Fields): Json => withAt(template, ['metadata', 'labels', hashKey], undefined);

export type Rollout = {
  readonly deployment: KubeObject;
  readonly fresh: KubeObject | undefined;
  readonly old: readonly KubeObject[];
};

export function find(deployment: KubeObject, world: World): Rollout {
  const sets = world.owned(kind, deployment.metadata.uid).filter((one) => !one.metadata.deletionTimestamp);
  const wanted = canonical(templateOf(deployment));
  const fresh = sets
    .filter((one) => canonical(bare(templateOf(one))) === wanted)
    .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))[0];
  return { deployment, fresh, old: sets.filter((one) => one !== fresh) };
}

export const limits = ({ deployment: { spec } }: Rollout): { readonly surge: number; readonly missing: number } => {
  const wanted = Number(spec?.replicas ?? 0);
  if (at(spec, 'strategy', 'type') !== 'RollingUpdate') return { surge: 0, missing: 0 };
  const surge = share(at(spec, 'strategy', 'rollingUpdate', 'maxSurge'), wanted, true);
  const missing = share(at(spec, 'strategy', 'rollingUpdate', 'maxUnavailable'), wanted, false);
  return { surge, missing: surge === 0 && missing === 0 ? 1 : Math.min(missing, wanted) };
};

export const available = (set: KubeObject): number => count(set, 'availableReplicas');

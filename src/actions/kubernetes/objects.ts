import { z } from 'zod';
import { Problem } from '../../core/kernel/problem.ts';
import type { Order } from '../../core/runs/run.ts';
import type { Api, Patience } from './api.ts';
import type { KubernetesSpec, Manifest, Reference } from './spec.ts';

/** Whose an object is: only what carries the resource's own name is ever touched. */
export const owner = 'groundcrew.dev/resource';
export const manager = 'groundcrew';

/** An object as it lives in the cluster. Kinds have their own fields; these all of them have. */
export const live = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().exactOptional(),
    uid: z.string().exactOptional(),
    resourceVersion: z.string().exactOptional(),
    generation: z.number().exactOptional(),
    labels: z.record(z.string(), z.string()).exactOptional(),
    annotations: z.record(z.string(), z.string()).exactOptional(),
    deletionTimestamp: z.string().exactOptional(),
    finalizers: z.array(z.string()).exactOptional(),
    ownerReferences: z.array(z.looseObject({ uid: z.string() })).exactOptional(),
  }),
});
export type Live = z.output<typeof live>;

/** An object by where it is. */
export type Target = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly path: string;
};
export const nameOf = ({ kind, name, namespace }: Pick<Target, 'kind' | 'name' | 'namespace'>): string =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

const apiResources = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});
const apiGroup = z.object({ versions: z.array(z.object({ version: z.string() })) });

type Served = { readonly apiVersion: string; readonly plural: string; readonly namespaced: boolean };

/** Finds out which kinds the cluster serves, and in which version. Asked once for all objects of a run. */
export function createDiscovery(api: Api, patience: Patience) {
  const known = new Map<string, Promise<z.output<typeof apiResources> | undefined>>();
  const base = (apiVersion: string) => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

  function resources(apiVersion: string) {
    const found = known.get(apiVersion) ?? ask(apiVersion);
    known.set(apiVersion, found);
    return found;
  }
  async function ask(apiVersion: string) {
    const { status, body } = await api({ method: 'GET', path: base(apiVersion) }, patience);
    return status === 200 ? apiResources.parse(body) : undefined;
  }
  async function inVersion(apiVersion: string, kind: string): Promise<Served | undefined> {
    const found = (await resources(apiVersion))?.resources.find((r) => r.kind === kind && !r.name.includes('/'));
    return found && { apiVersion, plural: found.name, namespaced: found.namespaced };
  }

  /** As it is named, or in the version that the cluster prefers: operators move on from v1beta2 to v1. */
  async function served(apiVersion: string, kind: string): Promise<Served> {
    const asked = await inVersion(apiVersion, kind);
    if (asked) return asked;
    const [group] = apiVersion.split('/');
    const { status, body } = apiVersion.includes('/')
      ? await api({ method: 'GET', path: `/apis/${group}` }, patience)
      : { status: 404, body: {} };
    for (const { version } of status === 200 ? apiGroup.parse(body).versions : []) {
      const other = await inVersion(`${group}/${version}`, kind);
      if (other) return other;
    }
    throw new Problem(
      'kind_not_served',
      `The cluster knows no ${kind} of ${apiVersion}: the operator or the CustomResourceDefinition for it is not installed there. Nothing was done. The platform team can install it, or correct the golden path.`,
    );
  }

  return async (apiVersion: string, kind: string, name: string, namespace: string | undefined): Promise<Target> => {
    const found = await served(apiVersion, kind);
    const at = found.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? 'default')}` : '';
    return {
      apiVersion: found.apiVersion,
      kind,
      name,
      ...(found.namespaced ? { namespace: namespace ?? 'default' } : {}),
      path: `${base(found.apiVersion)}${at}/${found.plural}/${encodeURIComponent(name)}`,
    };
  };
}
export type Locate = ReturnType<typeof createDiscovery>;

export type Planned = { readonly target: Target; readonly body: Manifest };

/** What is there before the rest can be. */
const first = ['CustomResourceDefinition', 'Namespace', 'ResourceQuota', 'LimitRange', 'ServiceAccount'];
const rank = ({ target }: Planned): number => {
  const at = first.indexOf(target.kind);
  return at < 0 ? first.length : at;
};

/** The objects of an order, in the order in which they are applied, with the labels that say whose they are. */
export async function plan(order: Order, spec: KubernetesSpec, locate: Locate): Promise<readonly Planned[]> {
  const planned = await Promise.all(
    spec.objects.map(async (object): Promise<Planned> => {
      const { metadata } = object;
      const target = await locate(object.apiVersion, object.kind, metadata.name, metadata.namespace ?? spec.namespace);
      const { namespace: _, ...rest } = metadata;
      const body = {
        ...object,
        apiVersion: target.apiVersion,
        metadata: {
          ...rest,
          ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
          labels: { ...metadata.labels, ...order.labels, [owner]: order.resource },
          annotations: { ...metadata.annotations, ...order.annotations },
        },
      };
      return { target, body };
    }),
  );
  return planned.toSorted((a, b) => rank(a) - rank(b));
}

/** The object that a part of the section means: one of the path's, or, with an apiVersion, any other. */
export async function resolve(
  reference: Reference,
  spec: KubernetesSpec,
  planned: readonly Planned[],
  locate: Locate,
): Promise<Target> {
  const { apiVersion, kind, name, namespace } = reference;
  const fits = planned.filter(
    ({ target: t }) =>
      t.kind === kind &&
      (name === undefined || t.name === name) &&
      (namespace === undefined || t.namespace === namespace) &&
      (apiVersion === undefined || t.apiVersion.split('/')[0] === apiVersion.split('/')[0]),
  );
  if (fits.length === 1) return (fits[0] as Planned).target;
  if (fits.length === 0 && apiVersion !== undefined && name !== undefined)
    return locate(apiVersion, kind, name, namespace ?? spec.namespace);
  throw new Problem(
    'object_unclear',
    `The golden path names a ${kind}${name ? ` “${name}”` : ''}, which is ${fits.length === 0 ? 'none' : 'more than one'} of the objects that it makes. Nothing was done. Its owner can add ${fits.length === 0 ? '“apiVersion” and “name”' : '“name”'} there.`,
  );
}

/** A field of an object by dots: status.endpoints.0.url */
export function field(object: unknown, path: string): unknown {
  let at = object;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

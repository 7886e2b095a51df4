import type { Fields } from '../json.ts';
import { subresourceKinds, subresourceVerbs } from '../kinds.ts';
import { apiVersionOf, type Resource } from '../types.ts';

/*
 * What the cluster serves, in both forms that clients ask for: one list a group and version, and all at once.
 */

const gvk = ({
  group,
  version,
  kind,
}: {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}): Fields => ({
  group,
  version,
  kind,
});

type Groups = ReadonlyMap<string, ReadonlyMap<string, readonly Resource[]>>;

/** Versions as Kubernetes orders them: stable before beta before alpha, the newest first. */
function rank(version: string): number {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const level = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return level * 1e6 + Number(major) * 1e3 + Number(minor);
}

function grouped(resources: readonly Resource[]): Groups {
  const groups = new Map<string, Map<string, Resource[]>>();
  for (const one of resources.toSorted((a, b) => rank(b.version) - rank(a.version))) {
    const versions = groups.get(one.group) ?? new Map<string, Resource[]>();
    groups.set(one.group, versions);
    versions.set(one.version, [...(versions.get(one.version) ?? []), one]);
  }
  return groups;
}

const subresourceKind = (one: Resource, sub: string): Fields => gvk(subresourceKinds[sub] ?? one);
const verbsOf = (sub: string): readonly string[] => subresourceVerbs[sub] ?? ['get', 'patch', 'update'];

export function apiVersions(): Fields {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

const groupOf = (name: string, versions: readonly string[]): Fields => {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] ?? {} };
};

export function groupList(resources: readonly Resource[]): Fields {
  const groups = [...grouped(resources)].filter(([name]) => name !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(([name, versions]) => groupOf(name, [...versions.keys()])),
  };
}

export function group(resources: readonly Resource[], name: string): Fields | undefined {
  const versions = grouped(resources).get(name);
  return versions && name ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, [...versions.keys()]) } : undefined;
}

export function resourceList(resources: readonly Resource[], name: string, version: string): Fields | undefined {
  const found = grouped(resources).get(name)?.get(version);
  if (!found) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group: name, version }),
    resources: found.flatMap((one) => [
      {
        name: one.plural,
        singularName: one.singular,
        namespaced: one.namespaced,
        kind: one.kind,
        verbs: one.verbs,
        ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
        ...(one.categories.length > 0 ? { categories: one.categories } : {}),
      },
      ...one.subresources.map((sub) => ({
        name: `${one.plural}/${sub}`,
        singularName: '',
        namespaced: one.namespaced,
        ...(subresourceKinds[sub] ? subresourceKinds[sub] : { kind: one.kind }),
        verbs: verbsOf(sub),
      })),
    ]),
  };
}

/** Everything of one side (`/api` has the core group, `/apis` the others) in one answer. */
export function aggregated(resources: readonly Resource[], core: boolean): Fields {
  const groups = [...grouped(resources)].filter(([name]) => (name === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: { name, creationTimestamp: null },
      versions: [...versions].map(([version, all]) => ({
        version,
        freshness: 'Current',
        resources: all.map((one) => ({
          resource: one.plural,
          responseKind: gvk(one),
          scope: one.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: one.singular,
          verbs: one.verbs,
          ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
          ...(one.categories.length > 0 ? { categories: one.categories } : {}),
          ...(one.subresources.length > 0
            ? {
                subresources: one.subresources.map((sub) => ({
                  subresource: sub,
                  responseKind: subresourceKind(one, sub),
                  verbs: verbsOf(sub),
                })),
              }
            : {}),
        })),
      })),
    })),
  };
}

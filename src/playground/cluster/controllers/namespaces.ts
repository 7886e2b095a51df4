import { type Fields, withAt } from '../json.ts';
import type { KubeObject, Resource } from '../types.ts';
import { withCondition } from './condition.ts';
import { type Controller, self } from './runtime.ts';

/** New namespaces get their service account and certificate; those that go are emptied first. */
export const namespaces = (resources: () => readonly Resource[]): Controller => ({
  name: 'namespace-controller',
  watches: {
    namespaces: self,
    serviceaccounts: ({ metadata }) => [`/${metadata.namespace}`],
    '*': ({ metadata }) => (metadata.namespace && metadata.deletionTimestamp ? [`/${metadata.namespace}`] : []),
  },
  reconcile(_, name, world) {
    const namespace = world.api.get('namespaces', undefined, name);
    if (!namespace) return undefined;
    if (!namespace.metadata.deletionTimestamp) {
      if (!world.api.get('serviceaccounts', name, 'default'))
        world.api.create(
          'serviceaccounts',
          { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
          { manager: 'kube-controller-manager' },
        );
      if (!world.api.get('configmaps', name, 'kube-root-ca.crt'))
        world.api.create(
          'configmaps',
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'kube-root-ca.crt', namespace: name },
            data: { 'ca.crt': '' },
          },
          { manager: 'kube-controller-manager' },
        );
      return undefined;
    }
    const left: { readonly kind: string; readonly object: KubeObject }[] = [];
    const seen = new Set<string>();
    for (const one of resources()) {
      const kind = one.group ? `${one.plural}.${one.group}` : one.plural;
      if (!one.namespaced || !one.verbs.includes('list') || seen.has(kind)) continue;
      seen.add(kind);
      for (const object of world.api.list(kind, name)) {
        if (!object.metadata.deletionTimestamp) world.api.delete(kind, name, object.metadata.name);
        const still = world.api.get(kind, name, object.metadata.name);
        if (still) left.push({ kind, object: still });
      }
    }
    if (left.length > 0) {
      const names = [...new Set(left.map((one) => one.kind))].map(
        (kind) => `${kind} has ${left.filter((one) => one.kind === kind).length} resource instances`,
      );
      const conditions = withCondition(
        namespace.status?.conditions,
        {
          type: 'NamespaceContentRemaining',
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: `Some resources are remaining: ${names.join(', ')}`,
        },
        world.now(),
      );
      world.status('namespaces', namespace, { ...namespace.status, conditions });
      return 1_000;
    }
    world.api.update('namespaces', withAt(namespace as Fields, ['spec', 'finalizers'], []), {
      manager: 'kube-controller-manager',
      subresource: 'finalize',
    });
    return undefined;
  },
});

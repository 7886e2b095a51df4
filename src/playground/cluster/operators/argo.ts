import { isTrue } from '../controllers/condition.ts';
import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { type Operator, withoutFinalizer } from './operator.ts';

const cascade = 'resources-finalizer.argocd.argoproj.io';

/** Argo CD: what an application's source holds is one workload with its service. */
export const application: Operator = {
  kind: 'applications.argoproj.io',
  watches: {
    'deployments.apps': ({ metadata }) => {
      const tracked = metadata.annotations?.['argocd.argoproj.io/tracking-id'];
      return tracked ? [tracked.split(':')[0]?.replace('_', '/') ?? ''] : [];
    },
  },
  look({ object, world, name, namespace, age, stuck, status }) {
    const kind = 'applications.argoproj.io';
    const destination = textOf(at(object.spec, 'destination', 'namespace')) || namespace;
    const objects = manifests(object, `${namespace}_${name}`, destination);
    if (object.metadata.deletionTimestamp) {
      if (!object.metadata.finalizers?.includes(cascade)) return undefined;
      const left = objects.filter(([of, body]) => world.api.get(of, destination, textOf(at(body, 'metadata', 'name'))));
      for (const [of, body] of left) world.api.delete(of, destination, textOf(at(body, 'metadata', 'name')));
      if (left.length > 0) return world.times.operator;
      world.write(kind, object, withoutFinalizer(object, cascade));
      return undefined;
    }
    const revision = textOf(at(object.spec, 'source', 'targetRevision')) || 'HEAD';
    const state = (sync: string, health: string, phase: string, message: string) => {
      status({
        sync: {
          status: sync,
          revision,
          comparedTo: { source: fieldsOf(object.spec?.source), destination: fieldsOf(object.spec?.destination) },
        },
        health: { status: health },
        operationState: {
          phase,
          message,
          operation: { sync: { revision } },
          syncResult: { revision, source: fieldsOf(object.spec?.source) },
        },
        resources: objects.map(([, body]) => ({
          kind: textOf(body.kind),
          name: textOf(at(body, 'metadata', 'name')),
          namespace: destination,
          version: 'v1',
          status: sync,
        })),
        ...(phase === 'Succeeded'
          ? { reconciledAt: textOf(object.status?.reconciledAt) || world.now().toISOString() }
          : {}),
      });
    };
    const left = world.times.operator - age;
    if (left > 0) {
      state('OutOfSync', 'Missing', 'Running', 'waiting for completion of hook');
      return left;
    }
    if (stuck) {
      state(
        'OutOfSync',
        'Degraded',
        'Failed',
        'one or more objects failed to apply, reason: manifests of the source are invalid',
      );
      return undefined;
    }
    const options = listOf(at(object.spec, 'syncPolicy', 'syncOptions'));
    if (!world.api.get('namespaces', undefined, destination)) {
      if (!options.includes('CreateNamespace=true')) {
        state(
          'OutOfSync',
          'Missing',
          'Failed',
          `one or more objects failed to apply, reason: namespaces "${destination}" not found`,
        );
        return 3 * world.times.operator;
      }
      world.api.create(
        'namespaces',
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: destination } },
        { manager: 'argocd-controller' },
      );
      return world.times.reaction;
    }
    for (const [of, body] of objects) world.api.apply(of, body, { manager: 'argocd-controller', force: true });
    const deployment = world.api.get('deployments.apps', destination, name);
    const up =
      isTrue(deployment, 'Available') &&
      Number(deployment?.status?.updatedReplicas ?? 0) >= Number(deployment?.spec?.replicas ?? 0);
    const late = listOf(deployment?.status?.conditions).some((one) => at(one, 'reason') === 'ProgressDeadlineExceeded');
    state(
      'Synced',
      up ? 'Healthy' : late ? 'Degraded' : 'Progressing',
      'Succeeded',
      'successfully synced (all tasks run)',
    );
    return undefined;
  },
};

function manifests(object: KubeObject, tracking: string, namespace: string): readonly (readonly [string, Fields])[] {
  const { name } = object.metadata;
  const values = at(object.spec, 'source', 'helm', 'valuesObject');
  const tag = textOf(at(values, 'image', 'tag')) || '1.0.0';
  const image =
    textOf(at(values, 'image', 'repository')) ||
    `registry.acme.example/${name.replace(/^pr-/, '').replace(/-\d+$/, '')}`;
  const labels = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': name };
  const meta = (kind: string) => ({
    name,
    namespace,
    labels,
    annotations: { 'argocd.argoproj.io/tracking-id': `${tracking}:${kind}:${namespace}/${name}` },
  });
  return [
    [
      'deployments.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: meta('apps/Deployment'),
        spec: {
          replicas: Number(at(values, 'replicaCount') ?? 1),
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: 'app',
                  image: `${image}:${tag}`,
                  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
                  resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
                },
              ],
            },
          },
        },
      },
    ],
    [
      'services',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: meta('/Service'),
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
      },
    ],
  ];
}

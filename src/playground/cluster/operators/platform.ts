import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { not, type Operator, ok, withoutFinalizer } from './operator.ts';

const held = 'finalizer.managedresource.crossplane.io';

/** Crossplane: takes its time, and deletes outside before it lets go. */
export const bucket: Operator = {
  kind: 'buckets.s3.aws.m.upbound.io',
  look({ object, world, name, age, stuck, status }) {
    const kind = 'buckets.s3.aws.m.upbound.io';
    if (object.metadata.deletionTimestamp) {
      status({}, not('Ready', 'Deleting'));
      const left = Date.parse(object.metadata.deletionTimestamp) + world.times.operator - world.now().getTime();
      if (left > 0) return left;
      world.write(
        kind,
        world.api.get(kind, object.metadata.namespace, name) ?? object,
        withoutFinalizer(world.api.get(kind, object.metadata.namespace, name) ?? object, held),
      );
      return undefined;
    }
    const external = object.metadata.annotations?.['crossplane.io/external-name'] ?? name;
    if (!object.metadata.finalizers?.includes(held)) {
      const annotations = { ...object.metadata.annotations, 'crossplane.io/external-name': external };
      world.write(kind, object, {
        ...object,
        metadata: { ...object.metadata, annotations, finalizers: [...(object.metadata.finalizers ?? []), held] },
      } as Fields);
      return 1;
    }
    if (object.metadata.annotations?.['crossplane.io/paused'] === 'true') {
      status(
        {},
        not('Synced', 'ReconcilePaused', 'Reconciliation (including deletion) is paused via the pause annotation'),
      );
      return undefined;
    }
    if (stuck) {
      status(
        {},
        not(
          'Synced',
          'ReconcileError',
          `create failed: async create failed: failed to create the resource: creating S3 Bucket (${external}): BucketAlreadyExists`,
        ),
        not('Ready', 'Creating'),
      );
      return undefined;
    }
    const left = world.times.bucket - age;
    if (left > 0) {
      status({}, ok('Synced', 'ReconcileSuccess'), not('Ready', 'Creating'));
      return left;
    }
    status(
      {
        atProvider: {
          id: external,
          arn: `arn:aws:s3:::${external}`,
          bucketDomainName: `${external}.s3.amazonaws.com`,
          region: textOf(at(object.spec, 'forProvider', 'region')),
        },
      },
      ok('Synced', 'ReconcileSuccess'),
      ok('Ready', 'Available'),
      ok('LastAsyncOperation', 'Success'),
    );
    return undefined;
  },
};

/** Kubeflow: one pod in a StatefulSet, none while it is stopped. */
export const notebook: Operator = {
  kind: 'notebooks.kubeflow.org',
  owns: ['statefulsets.apps'],
  late: true,
  look({ object, world, name, namespace, own, status, stuck }) {
    if (object.metadata.deletionTimestamp) return undefined;
    const stopped = object.metadata.annotations?.['kubeflow-resource-stopped'] !== undefined;
    const labels = { statefulset: name, 'notebook-name': name };
    own('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        selector: { statefulset: name },
        ports: [{ name: `http-${name}`.slice(0, 15).replace(/-+$/, ''), port: 80, targetPort: 8888, protocol: 'TCP' }],
      },
    });
    if (!stuck)
      own('statefulsets.apps', {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name },
        spec: {
          replicas: stopped ? 0 : 1,
          serviceName: name,
          selector: { matchLabels: { statefulset: name } },
          template: { metadata: { labels }, spec: fieldsOf(at(object.spec, 'template', 'spec')) },
        },
      });
    const ready = Number(world.api.get('statefulsets.apps', namespace, name)?.status?.readyReplicas ?? 0);
    const pod = world.api.get('pods', namespace, `${name}-0`);
    const state = fieldsOf(at(listOf(pod?.status?.containerStatuses)[0], 'state'));
    status(
      { readyReplicas: ready, containerState: state },
      ready > 0 ? ok('Ready', 'PodReady') : not('Ready', stopped ? 'Stopped' : 'ContainersNotReady'),
    );
    return undefined;
  },
};

import { at, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import { plainSelector } from '../selectors.ts';
import type { KubeObject } from '../types.ts';
import { ended, isReady } from './pods.ts';
import { type Controller, controllerRef, keyOf, self, type World } from './runtime.ts';

/** Ports of a service as a pod has them: a name stands for the number of the container's port. */
const portOf = (port: Json, pod: KubeObject | undefined): number => {
  const target = at(port, 'targetPort') ?? at(port, 'port');
  if (typeof target === 'number') return target;
  const ports = listOf(pod?.spec?.containers).flatMap((one) => listOf(at(one, 'ports')));
  return Number(
    at(
      ports.find((one) => at(one, 'name') === target),
      'containerPort',
    ) ?? 0,
  );
};

/** Endpoints and EndpointSlices of services, and an address for load balancers. */
export const services = (list: (namespace: string | undefined) => readonly KubeObject[]): Controller => ({
  name: 'endpointslice-controller',
  watches: {
    services: self,
    pods: (pod) =>
      list(pod.metadata.namespace)
        .filter((one) => plainSelector(one.spec?.selector)(pod.metadata.labels ?? {}))
        .map(keyOf),
  },
  reconcile(namespace, name, world) {
    const service = world.api.get('services', namespace, name);
    if (!service || service.metadata.deletionTimestamp) return undefined;
    if (service.spec?.selector) {
      const fits = plainSelector(service.spec.selector);
      const pods = world.api
        .list('pods', namespace)
        .filter((pod) => fits(pod.metadata.labels ?? {}) && pod.status?.podIP && !ended(pod));
      endpoints(service, pods, world);
      slice(service, pods, world);
    }
    if (service.spec?.type !== 'LoadBalancer' || listOf(at(service.status, 'loadBalancer', 'ingress')).length > 0)
      return undefined;
    const wait = Date.parse(service.metadata.creationTimestamp) + world.times.loadBalancer - world.now().getTime();
    if (wait > 0) return wait;
    const last = textOf(service.spec.clusterIP).split('.').at(-1) ?? '1';
    world.status('services', service, { loadBalancer: { ingress: [{ ip: `192.0.2.${last}`, ipMode: 'VIP' }] } });
    return undefined;
  },
});

const target = ({ metadata }: KubeObject): Fields => ({
  kind: 'Pod',
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  uid: metadata.uid,
});

function endpoints(service: KubeObject, pods: readonly KubeObject[], world: World): void {
  const { name, namespace = '' } = service.metadata;
  const addresses = (ready: boolean) =>
    pods
      .filter((pod) => isReady(pod) === ready)
      .map((pod) => ({ ip: textOf(pod.status?.podIP), nodeName: textOf(pod.spec?.nodeName), targetRef: target(pod) }));
  const [up, down] = [addresses(true), addresses(false)];
  const ports = listOf(service.spec?.ports).map((port) => ({
    ...(at(port, 'name') ? { name: textOf(at(port, 'name')) } : {}),
    port: portOf(port, pods[0]),
    protocol: textOf(at(port, 'protocol')),
  }));
  const subsets =
    up.length + down.length === 0
      ? []
      : [
          {
            ...(up.length > 0 ? { addresses: up } : {}),
            ...(down.length > 0 ? { notReadyAddresses: down } : {}),
            ports,
          },
        ];
  const before = world.api.get('endpoints', namespace, name);
  const body = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace },
    ...(subsets.length > 0 ? { subsets } : {}),
  };
  if (!before)
    world.api.create(
      'endpoints',
      {
        ...body,
        metadata: {
          ...body.metadata,
          labels: { ...service.metadata.labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
          ownerReferences: [controllerRef(service)],
        },
      },
      { manager: 'kube-controller-manager' },
    );
  else {
    const { subsets: _, ...rest } = before;
    world.write('endpoints', before, { ...rest, ...(subsets.length > 0 ? { subsets } : {}) } as Fields);
  }
}

function slice(service: KubeObject, pods: readonly KubeObject[], world: World): void {
  const { name, namespace = '' } = service.metadata;
  const all = pods.map((pod) => ({
    addresses: [textOf(pod.status?.podIP)],
    conditions: {
      ready: isReady(pod),
      serving: isReady(pod),
      terminating: pod.metadata.deletionTimestamp !== undefined,
    },
    nodeName: textOf(pod.spec?.nodeName),
    targetRef: target(pod),
  }));
  const ports = listOf(service.spec?.ports).map((port) => ({
    name: textOf(at(port, 'name')),
    port: portOf(port, pods[0]),
    protocol: textOf(at(port, 'protocol')),
  }));
  const kind = 'endpointslices.discovery.k8s.io';
  const before = world.owned(kind, service.metadata.uid)[0];
  if (before) {
    world.write(kind, before, { ...before, endpoints: all, ports } as Fields);
    return;
  }
  world.api.create(
    kind,
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        generateName: `${name}-`,
        namespace,
        labels: {
          ...fieldsOf(service.metadata.labels),
          'kubernetes.io/service-name': name,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [controllerRef(service)],
      },
      addressType: 'IPv4',
      endpoints: all,
      ports,
    },
    { manager: 'kube-controller-manager' },
  );
}

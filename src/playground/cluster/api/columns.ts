import { at, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import type { KubeObject, Resource } from '../types.ts';
import { age } from './age.ts';
import { ageColumn, type Column, condition, count, field, nameColumn, pairs, selector, text, wide } from './column.ts';
import { workloadColumns } from './columns-workloads.ts';
import { jsonPath } from './json-path.ts';

const ports = (one: KubeObject): string =>
  listOf(one.spec?.ports)
    .map((port) => {
      const node = at(port, 'nodePort');
      return `${String(at(port, 'port'))}${node ? `:${String(node)}` : ''}/${textOf(at(port, 'protocol'))}`;
    })
    .join(',') || '<none>';

const nodeStatus = (one: KubeObject): string => {
  const ready = condition(one, 'Ready');
  const word = ready === 'True' ? 'Ready' : ready === '' ? 'Unknown' : 'NotReady';
  return one.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
};
const roles = ({ metadata }: KubeObject): string =>
  Object.keys(metadata.labels ?? {})
    .filter((key) => key.startsWith('node-role.kubernetes.io/'))
    .map((key) => key.slice('node-role.kubernetes.io/'.length))
    .join(',') || '<none>';

const address = (one: KubeObject, type: string): string =>
  textOf(
    at(
      listOf(one.status?.addresses).find((each) => at(each, 'type') === type),
      'address',
    ),
  ) || '<none>';

const metric = (one: KubeObject): string => {
  const metrics = listOf(one.spec?.metrics);
  const current = listOf(one.status?.currentMetrics);
  return (
    metrics
      .map((each, i) => {
        const name = textOf(at(each, 'resource', 'name'));
        const now = at(current[i], 'resource', 'current', 'averageUtilization');
        return `${name}: ${now === undefined ? '<unknown>' : `${String(now)}%`}/${String(at(each, 'resource', 'target', 'averageUtilization') ?? '')}%`;
      })
      .join(', ') || '<none>'
  );
};

const used = (one: KubeObject, prefix: 'requests' | 'limits'): string =>
  Object.entries(fieldsOf(one.status?.hard ?? one.spec?.hard))
    .filter(([key]) => key.startsWith('limits.') === (prefix === 'limits'))
    .map(([key, hard]) => `${key}: ${String(at(one.status, 'used', key) ?? '0')}/${String(hard)}`)
    .join(', ');

const target = (one: KubeObject): string =>
  `${text(one, 'involvedObject', 'kind').toLowerCase()}/${text(one, 'involvedObject', 'name')}`;

const byKind: Readonly<Record<string, readonly Column[]>> = {
  ...workloadColumns,
  Service: [
    nameColumn,
    field('Type', 'spec', 'type'),
    field('Cluster-IP', 'spec', 'clusterIP'),
    {
      name: 'External-IP',
      of: (one) => {
        const ingress = listOf(at(one.status, 'loadBalancer', 'ingress'));
        const shown = ingress.map((each) => textOf(at(each, 'ip')) || textOf(at(each, 'hostname'))).join(',');
        return (
          shown || (one.spec?.type === 'LoadBalancer' ? '<pending>' : text(one, 'spec', 'externalName') || '<none>')
        );
      },
    },
    { name: 'Port(s)', of: ports },
    ageColumn,
    selector,
  ],
  Namespace: [nameColumn, field('Status', 'status', 'phase'), ageColumn],
  Node: [
    nameColumn,
    { name: 'Status', of: nodeStatus },
    { name: 'Roles', of: roles },
    ageColumn,
    field('Version', 'status', 'nodeInfo', 'kubeletVersion'),
    wide({ name: 'Internal-IP', of: (one) => address(one, 'InternalIP') }),
    wide({ name: 'External-IP', of: (one) => address(one, 'ExternalIP') }),
    wide(field('OS-Image', 'status', 'nodeInfo', 'osImage')),
    wide(field('Kernel-Version', 'status', 'nodeInfo', 'kernelVersion')),
    wide(field('Container-Runtime', 'status', 'nodeInfo', 'containerRuntimeVersion')),
  ],
  Event: [
    {
      name: 'Last Seen',
      of: (one, now) =>
        age(text(one, 'lastTimestamp') || text(one, 'eventTime') || text(one, 'metadata', 'creationTimestamp'), now),
    },
    field('Type', 'type'),
    field('Reason', 'reason'),
    { name: 'Object', of: target },
    wide(field('Subobject', 'involvedObject', 'fieldPath')),
    wide(field('Source', 'source', 'component')),
    { name: 'Message', of: (one) => text(one, 'message').trim() },
    wide({ name: 'First Seen', of: (one, now) => age(text(one, 'firstTimestamp'), now) }),
    wide(count('Count', 'count')),
    wide(nameColumn),
  ],
  ConfigMap: [
    nameColumn,
    { name: 'Data', type: 'integer', of: (one) => Object.keys(fieldsOf(one.data as Json)).length },
    ageColumn,
  ],
  Secret: [
    nameColumn,
    field('Type', 'type'),
    { name: 'Data', type: 'integer', of: (one) => Object.keys(fieldsOf(one.data as Json)).length },
    ageColumn,
  ],
  ServiceAccount: [
    nameColumn,
    { name: 'Secrets', type: 'integer', of: (one) => listOf(one.secrets as Json).length },
    ageColumn,
  ],
  PersistentVolumeClaim: [
    nameColumn,
    field('Status', 'status', 'phase'),
    { name: 'Volume', of: (one) => text(one, 'spec', 'volumeName') },
    { name: 'Capacity', of: (one) => text(one, 'status', 'capacity', 'storage') },
    { name: 'Access Modes', of: (one) => modes(one.status?.accessModes) },
    { name: 'StorageClass', of: (one) => text(one, 'spec', 'storageClassName') },
    { name: 'VolumeAttributesClass', of: () => '<unset>' },
    ageColumn,
    wide(field('VolumeMode', 'spec', 'volumeMode')),
  ],
  PersistentVolume: [
    nameColumn,
    field('Capacity', 'spec', 'capacity', 'storage'),
    { name: 'Access Modes', of: (one) => modes(one.spec?.accessModes) },
    field('Reclaim Policy', 'spec', 'persistentVolumeReclaimPolicy'),
    field('Status', 'status', 'phase'),
    {
      name: 'Claim',
      of: (one) =>
        one.spec?.claimRef
          ? `${text(one, 'spec', 'claimRef', 'namespace')}/${text(one, 'spec', 'claimRef', 'name')}`
          : '',
    },
    { name: 'StorageClass', of: (one) => text(one, 'spec', 'storageClassName') },
    { name: 'VolumeAttributesClass', of: () => '<unset>' },
    { name: 'Reason', of: (one) => text(one, 'status', 'reason') },
    ageColumn,
  ],
  StorageClass: [
    {
      name: 'Name',
      of: ({ metadata }) =>
        metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
          ? `${metadata.name} (default)`
          : metadata.name,
    },
    field('Provisioner', 'provisioner'),
    field('ReclaimPolicy', 'reclaimPolicy'),
    field('VolumeBindingMode', 'volumeBindingMode'),
    { name: 'AllowVolumeExpansion', of: (one) => String(one.allowVolumeExpansion === true) },
    ageColumn,
  ],
  ResourceQuota: [
    nameColumn,
    { name: 'Request', of: (one) => used(one, 'requests') },
    { name: 'Limit', of: (one) => used(one, 'limits') },
    ageColumn,
  ],
  LimitRange: [nameColumn, { name: 'Created At', of: ({ metadata }) => metadata.creationTimestamp }],
  Endpoints: [nameColumn, { name: 'Endpoints', of: (one) => endpoints(one.subsets as Json | undefined) }, ageColumn],
  EndpointSlice: [
    nameColumn,
    field('AddressType', 'addressType'),
    {
      name: 'Ports',
      of: (one) =>
        listOf(one.ports as Json | undefined)
          .map((port) => String(at(port, 'port')))
          .join(',') || '<unset>',
    },
    {
      name: 'Endpoints',
      of: (one) =>
        listOf(one.endpoints as Json | undefined)
          .flatMap((each) => listOf(at(each, 'addresses')).map(textOf))
          .join(',') || '<unset>',
    },
    ageColumn,
  ],
  Ingress: [
    nameColumn,
    field('Class', 'spec', 'ingressClassName'),
    {
      name: 'Hosts',
      of: (one) =>
        listOf(one.spec?.rules)
          .map((rule) => textOf(at(rule, 'host')) || '*')
          .join(',') || '*',
    },
    {
      name: 'Address',
      of: (one) =>
        listOf(at(one.status, 'loadBalancer', 'ingress'))
          .map((each) => textOf(at(each, 'ip')))
          .join(','),
    },
    { name: 'Ports', of: (one) => (listOf(one.spec?.tls).length > 0 ? '80, 443' : '80') },
    ageColumn,
  ],
  NetworkPolicy: [
    nameColumn,
    { name: 'Pod-Selector', of: (one) => pairs(at(one.spec, 'podSelector', 'matchLabels')) },
    ageColumn,
  ],
  HorizontalPodAutoscaler: [
    nameColumn,
    {
      name: 'Reference',
      of: (one) => `${text(one, 'spec', 'scaleTargetRef', 'kind')}/${text(one, 'spec', 'scaleTargetRef', 'name')}`,
    },
    { name: 'Targets', of: metric },
    { name: 'MinPods', of: (one) => text(one, 'spec', 'minReplicas') },
    count('MaxPods', 'spec', 'maxReplicas'),
    count('Replicas', 'status', 'currentReplicas'),
    ageColumn,
  ],
  PodDisruptionBudget: [
    nameColumn,
    { name: 'Min Available', of: (one) => text(one, 'spec', 'minAvailable') || 'N/A' },
    { name: 'Max Unavailable', of: (one) => text(one, 'spec', 'maxUnavailable') || 'N/A' },
    count('Allowed Disruptions', 'status', 'disruptionsAllowed'),
    ageColumn,
  ],
  RoleBinding: [
    nameColumn,
    { name: 'Role', of: (one) => `${text(one, 'roleRef', 'kind')}/${text(one, 'roleRef', 'name')}` },
    ageColumn,
  ],
  ClusterRoleBinding: [
    nameColumn,
    { name: 'Role', of: (one) => `${text(one, 'roleRef', 'kind')}/${text(one, 'roleRef', 'name')}` },
    ageColumn,
  ],
  Role: [nameColumn, { name: 'Created At', of: ({ metadata }) => metadata.creationTimestamp }],
  ClusterRole: [nameColumn, { name: 'Created At', of: ({ metadata }) => metadata.creationTimestamp }],
  CustomResourceDefinition: [nameColumn, { name: 'Created At', of: ({ metadata }) => metadata.creationTimestamp }],
  ControllerRevision: [
    nameColumn,
    { name: 'Controller', of: ({ metadata }) => controllerOf(metadata.ownerReferences?.[0]) },
    count('Revision', 'revision'),
    ageColumn,
  ],
};

const controllerOf = (
  owner: { readonly kind: string; readonly name: string; readonly apiVersion: string } | undefined,
): string => (owner ? `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0]}/${owner.name}` : '<none>');
const short: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const modes = (value: Json | undefined): string =>
  listOf(value)
    .map((mode) => short[textOf(mode)] ?? textOf(mode))
    .join(',');
const endpoints = (subsets: Json | undefined): string =>
  listOf(subsets)
    .flatMap((subset) =>
      listOf(at(subset, 'addresses')).flatMap((one) =>
        listOf(at(subset, 'ports')).map((port) => `${textOf(at(one, 'ip'))}:${String(at(port, 'port'))}`),
      ),
    )
    .join(',') || '<none>';

function customColumns({ custom }: Resource): readonly Column[] {
  const own = (custom?.columns ?? []).map((column): Column => {
    const path = textOf(column.jsonPath);
    const type = textOf(column.type);
    return {
      name: textOf(column.name),
      type: type === 'integer' ? 'integer' : 'string',
      ...(typeof column.priority === 'number' && column.priority > 0 ? { wide: true as const } : {}),
      of(object, now) {
        const value = jsonPath(object as Fields, path);
        if (value === undefined || value === null) return type === 'integer' ? null : '';
        return type === 'date' ? age(textOf(value), now) : type === 'integer' ? value : String(value);
      },
    };
  });
  return [nameColumn, ...own, ...(own.some((column) => column.name === 'Age') ? [] : [ageColumn])];
}

export const columnsOf = (resource: Resource): readonly Column[] =>
  resource.custom ? customColumns(resource) : (byKind[resource.kind] ?? [nameColumn, ageColumn]);

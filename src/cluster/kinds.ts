/** What the rules read, and where it is listed. `own`: it belongs to a namespace. */
export type Kind = {
  readonly kind: string;
  readonly group: string;
  readonly plural: string;
  readonly own: boolean;
  /** Without it nothing can be told at all. */
  readonly needed?: true;
  /** Names are enough: contents never leave the cluster. */
  readonly namesOnly?: true;
};

const kind = (group: string, plural: string, name: string, own = true): Kind => ({ kind: name, group, plural, own });

export const namespaces = kind('v1', 'namespaces', 'Namespace', false);

export const pods: Kind = { ...kind('v1', 'pods', 'Pod'), needed: true };

export const kinds: readonly Kind[] = [
  pods,
  kind('v1', 'events', 'Event'),
  kind('apps/v1', 'deployments', 'Deployment'),
  kind('apps/v1', 'replicasets', 'ReplicaSet'),
  kind('apps/v1', 'statefulsets', 'StatefulSet'),
  kind('apps/v1', 'daemonsets', 'DaemonSet'),
  kind('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  kind('batch/v1', 'jobs', 'Job'),
  kind('batch/v1', 'cronjobs', 'CronJob'),
  kind('v1', 'services', 'Service'),
  kind('v1', 'configmaps', 'ConfigMap'),
  { ...kind('v1', 'secrets', 'Secret'), namesOnly: true },
  kind('v1', 'serviceaccounts', 'ServiceAccount'),
  kind('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  kind('v1', 'resourcequotas', 'ResourceQuota'),
  kind('v1', 'limitranges', 'LimitRange'),
  kind('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim'),
  kind('resource.k8s.io/v1', 'resourceclaimtemplates', 'ResourceClaimTemplate'),
  kind('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass', false),
  kind('networking.k8s.io/v1', 'ingresses', 'Ingress'),
  kind('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy'),
  kind('cilium.io/v2', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy'),
  kind('cilium.io/v2', 'ciliumclusterwidenetworkpolicies', 'CiliumClusterwideNetworkPolicy', false),
  // Theirs have the names of others: they are known by their own.
  kind('crd.projectcalico.org/v1', 'networkpolicies', 'CalicoNetworkPolicy'),
  kind('crd.projectcalico.org/v1', 'globalnetworkpolicies', 'CalicoGlobalNetworkPolicy', false),
  kind('projectcalico.org/v3', 'networkpolicies', 'CalicoNetworkPolicyShown'),
  kind('projectcalico.org/v3', 'globalnetworkpolicies', 'CalicoGlobalNetworkPolicyShown', false),
  kind('policy.networking.k8s.io/v1alpha1', 'adminnetworkpolicies', 'AdminNetworkPolicy', false),
  kind('policy.networking.k8s.io/v1alpha1', 'baselineadminnetworkpolicies', 'BaselineAdminNetworkPolicy', false),
  kind('policy.networking.k8s.io/v1alpha2', 'clusternetworkpolicies', 'ClusterNetworkPolicy', false),
  kind('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  kind('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  kind('gateway.networking.k8s.io/v1', 'gateways', 'Gateway'),
  kind('gateway.networking.k8s.io/v1', 'httproutes', 'HTTPRoute'),
  kind('cert-manager.io/v1', 'certificates', 'Certificate'),
  kind('argoproj.io/v1alpha1', 'applications', 'Application'),
  namespaces,
  kind('v1', 'nodes', 'Node', false),
  kind('v1', 'persistentvolumes', 'PersistentVolume', false),
  kind('storage.k8s.io/v1', 'storageclasses', 'StorageClass', false),
  kind('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', false),
  kind('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', false),
  kind('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', false),
  kind('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', false),
  kind('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', false),
  kind('admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', false),
];

export function pathOf({ group, plural, own }: Kind, namespace: string | undefined): string {
  const root = group === 'v1' ? '/api/v1' : `/apis/${group}`;
  return own && namespace !== undefined
    ? `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
    : `${root}/${plural}`;
}

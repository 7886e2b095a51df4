/**
 * How a list or map of a built-in kind is merged, as the API's own schema says in its `x-kubernetes-*` extensions, which
 * the client's models do not carry. `keys`: server-side apply tells the items apart by them; `merge`: a strategic merge
 * patch does; `set`: items are told apart by value; `atomic`: one owner for the whole. What is not named here is atomic
 * when a list, and granular when a map.
 */
export type ListRule = {
  readonly keys?: string;
  readonly merge?: string;
  readonly set?: true;
  readonly atomic?: true;
};

const named: ListRule = { keys: 'name', merge: 'name' };
const conditions: ListRule = { keys: 'type', merge: 'type' };
const atomic: ListRule = { atomic: true };

const container: Readonly<Record<string, ListRule>> = {
  env: named,
  ports: { keys: 'containerPort,protocol', merge: 'containerPort' },
  volumeMounts: { keys: 'mountPath', merge: 'mountPath' },
  volumeDevices: { keys: 'devicePath', merge: 'devicePath' },
};

const on = (type: string, rules: Readonly<Record<string, ListRule>>): Readonly<Record<string, ListRule>> =>
  Object.fromEntries(Object.entries(rules).map(([field, rule]) => [`${type}.${field}`, rule]));

export const lists: Readonly<Record<string, ListRule>> = {
  ...on('V1ObjectMeta', { ownerReferences: { keys: 'uid', merge: 'uid' }, finalizers: { set: true } }),
  ...on('V1Container', container),
  ...on('V1EphemeralContainer', container),
  ...on('V1ResourceRequirements', { claims: { keys: 'name' } }),
  ...on('V1PodSpec', {
    containers: named,
    initContainers: named,
    ephemeralContainers: named,
    volumes: named,
    imagePullSecrets: named,
    hostAliases: { keys: 'ip', merge: 'ip' },
    topologySpreadConstraints: { keys: 'topologyKey,whenUnsatisfiable', merge: 'topologyKey' },
    schedulingGates: named,
    resourceClaims: named,
    nodeSelector: atomic,
  }),
  ...on('V1PodStatus', {
    conditions,
    podIPs: { keys: 'ip', merge: 'ip' },
    hostIPs: { merge: 'ip' },
    resourceClaimStatuses: named,
  }),
  ...on('V1ServiceSpec', { ports: { keys: 'port,protocol', merge: 'port' }, selector: atomic }),
  ...on('V1ServiceStatus', { conditions }),
  ...on('V1ServiceAccount', { secrets: named }),
  ...on('V1NodeSpec', { taints: { merge: 'key' }, podCIDRs: { set: true } }),
  ...on('V1NodeStatus', { conditions, addresses: { keys: 'type', merge: 'type' } }),
  ...on('V1NamespaceStatus', { conditions }),
  ...on('V1PersistentVolumeClaimStatus', { conditions }),
  ...on('V1ReplicationControllerStatus', { conditions }),
  ...on('V1DeploymentStatus', { conditions }),
  ...on('V1ReplicaSetStatus', { conditions }),
  ...on('V1StatefulSetStatus', { conditions }),
  ...on('V1DaemonSetStatus', { conditions }),
  // The real schema calls a Job's conditions atomic, and gives a strategic merge patch a key all the same.
  ...on('V1JobStatus', { conditions: { merge: 'type' } }),
  ...on('V2HorizontalPodAutoscalerStatus', { conditions }),
  ...on('V1PodDisruptionBudgetStatus', { conditions }),
  ...on('V1CustomResourceDefinitionStatus', { conditions: { keys: 'type' } }),
  ...on('V1ValidatingWebhookConfiguration', { webhooks: named }),
  ...on('V1MutatingWebhookConfiguration', { webhooks: named }),
};

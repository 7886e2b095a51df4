import { at, type Fields, fieldsOf, listOf, textOf, withAt } from '../json.ts';
import { stamp } from '../names.ts';
import { quantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';
import { ended } from './pods.ts';
import { type Controller, self, type World } from './runtime.ts';

const component = 'persistentvolume-controller';
const kind = 'persistentvolumeclaims';
const protection = 'kubernetes.io/pvc-protection';

const claimsOf = (pod: KubeObject): readonly string[] =>
  listOf(pod.spec?.volumes).flatMap((one) => {
    const name = textOf(at(one, 'persistentVolumeClaim', 'claimName'));
    return name ? [name] : [];
  });

/** Claims get a volume when their class says so, grow, and are kept as long as a pod uses them. */
export const volumes: Controller = {
  name: component,
  watches: {
    [kind]: self,
    pods: (pod) => claimsOf(pod).map((name) => `${pod.metadata.namespace}/${name}`),
    // A class that comes late is what waiting claims wait for.
    'storageclasses.storage.k8s.io': () => [],
  },
  reconcile(namespace, name, world) {
    const claim = world.api.get(kind, namespace, name);
    if (!claim) return undefined;
    const pods = world.api.list('pods', namespace).filter((pod) => claimsOf(pod).includes(name) && !ended(pod));
    if (claim.metadata.deletionTimestamp) {
      if (pods.length === 0) release(claim, world);
      return undefined;
    }
    return textOf(claim.status?.phase) === 'Bound' ? grow(claim, world) : provision(claim, pods, world);
  },
};

function provision(claim: KubeObject, pods: readonly KubeObject[], world: World): number | undefined {
  const className = claim.spec?.storageClassName;
  if (className === undefined || className === '') {
    world.events(
      claim,
      'Normal',
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
      { component },
    );
    return 15_000;
  }
  const storageClass = world.api.get('storageclasses.storage.k8s.io', undefined, textOf(className));
  if (!storageClass) {
    world.events(
      claim,
      'Warning',
      'ProvisioningFailed',
      `storageclass.storage.k8s.io "${textOf(className)}" not found`,
      { component },
    );
    return 15_000;
  }
  const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  const node = pods.map((pod) => textOf(pod.spec?.nodeName)).find((one) => one !== '');
  if (waits && !node) {
    world.events(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding', {
      component,
    });
    return undefined;
  }
  const since = Date.parse(claim.metadata.annotations?.['playground.groundcrew/provisioning'] ?? '');
  if (Number.isNaN(since)) {
    world.events(
      claim,
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${textOf(storageClass.provisioner as string)}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
      { component },
    );
    world.write(
      kind,
      claim,
      withAt(claim as Fields, ['metadata', 'annotations'], {
        ...claim.metadata.annotations,
        'playground.groundcrew/provisioning': stamp(world.now()),
      }),
    );
    return world.times.provision;
  }
  bind(claim, storageClass, world);
  return undefined;
}

function bind(claim: KubeObject, storageClass: KubeObject, world: World): void {
  const { uid, name, namespace = '', resourceVersion } = claim.metadata;
  const volume = `pvc-${uid}`;
  const storage = at(claim.spec, 'resources', 'requests', 'storage');
  const accessModes = listOf(claim.spec?.accessModes);
  if (!world.api.get('persistentvolumes', undefined, volume)) {
    const made = world.api.create(
      'persistentvolumes',
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: {
          name: volume,
          annotations: { 'pv.kubernetes.io/provisioned-by': textOf(storageClass.provisioner as string) },
        },
        spec: {
          capacity: { storage },
          accessModes,
          persistentVolumeReclaimPolicy: textOf(storageClass.reclaimPolicy as string) || 'Delete',
          storageClassName: storageClass.metadata.name,
          volumeMode: 'Filesystem',
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion },
          csi: { driver: textOf(storageClass.provisioner as string), volumeHandle: volume },
        },
      },
      { manager: 'csi-provisioner' },
    );
    world.status('persistentvolumes', made, { phase: 'Bound' });
  }
  world.events(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume}`, {
    component: textOf(storageClass.provisioner as string),
  });
  const { 'playground.groundcrew/provisioning': _, ...annotations } = claim.metadata.annotations ?? {};
  world.write(kind, claim, {
    ...claim,
    metadata: {
      ...claim.metadata,
      annotations: {
        ...annotations,
        'pv.kubernetes.io/bind-completed': 'yes',
        'pv.kubernetes.io/bound-by-controller': 'yes',
      },
    },
    spec: { ...claim.spec, volumeName: volume },
  } as Fields);
  const bound = world.api.get(kind, namespace, name);
  if (bound) world.status(kind, bound, { phase: 'Bound', accessModes, capacity: { storage } });
}

function grow(claim: KubeObject, world: World): undefined {
  const wanted = at(claim.spec, 'resources', 'requests', 'storage');
  if ((quantity(wanted) ?? 0) <= (quantity(at(claim.status, 'capacity', 'storage')) ?? 0)) return undefined;
  const volume = world.api.get('persistentvolumes', undefined, textOf(claim.spec?.volumeName));
  if (volume)
    world.write('persistentvolumes', volume, withAt(volume as Fields, ['spec', 'capacity', 'storage'], wanted));
  world.events(claim, 'Normal', 'FileSystemResizeSuccessful', 'MountVolume.NodeExpandVolume succeeded for volume', {
    component: 'kubelet',
  });
  world.status(kind, claim, { ...fieldsOf(claim.status), capacity: { storage: wanted } });
  return undefined;
}

function release(claim: KubeObject, world: World): void {
  const volume = world.api.get('persistentvolumes', undefined, textOf(claim.spec?.volumeName));
  const finalizers = (claim.metadata.finalizers ?? []).filter((one) => one !== protection);
  world.write(kind, claim, withAt(claim as Fields, ['metadata', 'finalizers'], finalizers));
  if (!volume) return;
  if (volume.spec?.persistentVolumeReclaimPolicy === 'Delete')
    world.api.delete('persistentvolumes', undefined, volume.metadata.name);
  else world.status('persistentvolumes', volume, { phase: 'Released' });
}

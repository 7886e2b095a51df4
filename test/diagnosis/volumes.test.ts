import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { ago, event, named, pod, scene, unplaced, waiting, wide } from './objects.ts';

const creating = waiting('ContainerCreating');
const claim = (over: { spec?: object; status?: object; meta?: object } = {}) =>
  named(
    'v1',
    'PersistentVolumeClaim',
    'shop-data',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '10Gi' } },
        storageClassName: 'fast-sdd',
        volumeMode: 'Filesystem',
        ...over.spec,
      },
      status: { phase: 'Pending', ...over.status },
    },
    { creationTimestamp: ago(500), ...over.meta },
  );
const uses = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] };
const stuck = (reason: string, message: string, more: Parameters<typeof scene>[0] = {}) =>
  scene({ spec: uses, status: creating, events: [[reason, message]], ...more });

test.each([
  [
    'configmap-volume-missing',
    'FailedMount',
    'MountVolume.SetUp failed for volume "config" : configmap "shop-config" not found',
  ],
  ['secret-volume-missing', 'FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found'],
  [
    'volume-key-missing',
    'FailedMount',
    'MountVolume.SetUp failed for volume "config" : configmap references non-existent config key: app.yml',
  ],
  [
    'volume-multi-attach',
    'FailedAttachVolume',
    'Multi-Attach error for volume "pvc-7d" Volume is already used by pod(s) shop-5d8f7c6b9-o0',
  ],
  [
    'volume-multi-attach',
    'FailedAttachVolume',
    'Multi-Attach error for volume "pvc-7d" Volume is already exclusively attached to one node and can\'t be attached to another',
  ],
  [
    'volume-attach-failed',
    'FailedAttachVolume',
    'AttachVolume.Attach failed for volume "pvc-7d" : rpc error: code = Internal desc = volume not found',
  ],
  [
    'volume-driver-missing',
    'FailedMount',
    'MountVolume.MountDevice failed for volume "pvc-7d" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name efs.csi.aws.com not found in the list of registered CSI drivers',
  ],
  [
    'volume-mount-failed',
    'FailedMount',
    'MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32 mount.nfs: access denied by server',
  ],
  [
    'volume-mount-failed',
    'FailedMount',
    'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data]: timed out waiting for the condition',
  ],
  // A disk without a file system.
  [
    'volume-mount-failed',
    'FailedMapVolume',
    'MapVolume.SetUpDevice failed for volume "pvc-7d" : rpc error: code = Internal desc = device is busy',
  ],
  [
    'volume-driver-missing',
    'FailedMapVolume',
    'MapVolume.SetUpDevice failed for volume "pvc-7d" : kubernetes.io/csi: blockMapper.SetUpDevice failed to get CSI client: driver name efs.csi.aws.com not found in the list of registered CSI drivers',
  ],
])('%s: %s %s', (code, reason, message) => {
  const v = the(stuck(reason, message));
  expect(v).toMatchObject({ code, object: { kind: 'Deployment', name: 'shop' } });
  expect(v.evidence).toContainEqual(expect.objectContaining({ path: `Event ${reason}`, says: message }));
});

test('a later, emptier event does not hide the one that says why', () => {
  const events = [
    [
      'FailedMount',
      'Unable to attach or mount volumes: unmounted volumes=[config]: timed out waiting for the condition',
      { lastTimestamp: ago(5) },
    ],
    [
      'FailedMount',
      'MountVolume.SetUp failed for volume "config" : configmap "shop-config" not found',
      { lastTimestamp: ago(50) },
    ],
  ] as const;
  expect(codes(scene({ status: creating, events }))).toEqual(['configmap-volume-missing']);
});

test('the key that is there, of the volume’s own ConfigMap', () => {
  const spec = {
    volumes: [{ name: 'config', configMap: { name: 'shop-config', items: [{ key: 'app.yml', path: 'app.yml' }] } }],
  };
  const more = [named('v1', 'ConfigMap', 'shop-config', { data: { 'app.yaml': 'secret: 1' } })];
  const v = the(
    scene({
      spec,
      status: creating,
      more,
      events: [
        [
          'FailedMount',
          'MountVolume.SetUp failed for volume "config" : configmap references non-existent config key: app.yml',
        ],
      ],
    }),
  );
  expect(v.near).toEqual(['app.yaml']);
  expect(words(v)).toContain('the ConfigMap shop-config, which has no such key; app.yaml does exist');
});

test('a disk for one machine and a rolling update: the old pod has to go first', () => {
  const v = the(
    stuck(
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-7d" Volume is already used by pod(s) shop-5d8f7c6b9-o0',
    ),
  );
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({ spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
  );
});

test('silence: it is only just starting; the kubelet has not caught up; it runs by now', () => {
  const young = { meta: { creationTimestamp: ago(20) } };
  const message = 'Unable to attach or mount volumes: timed out waiting for the condition';
  expect(codes(stuck('FailedMount', message, { pod: young }))).toEqual([]);
  expect(
    codes(
      stuck(
        'FailedMount',
        'MountVolume.SetUp failed for volume "config" : failed to sync configmap cache: timed out waiting for the condition',
      ),
    ),
  ).toEqual([]);
  expect(codes(scene({ events: [['FailedMount', message]] }))).toEqual([]);
});

test('a machine that says nothing for long', () => {
  expect(codes(scene({ status: creating, pod: { meta: { creationTimestamp: ago(1_200) } } }))).toEqual([
    'creation-stuck',
  ]);
});

const unbound = {
  spec: uses,
  pod: unplaced('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: not helpful.'),
};

test('a storage class that does not exist: the claim is the cause, the pod that waits for it its symptom', () => {
  const c = claim();
  const failed = event(c, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast-sdd" not found', {
    source: { component: 'persistentvolume-controller' },
  });
  const v = the(scene({ ...unbound, more: [c, failed, wide('storage.k8s.io/v1', 'StorageClass', 'fast-ssd')] }));
  expect(v).toMatchObject({
    code: 'storage-class-missing',
    object: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'shop-data' },
    affected: [{ kind: 'Deployment', name: 'shop' }],
    near: ['fast-ssd'],
  });
  expect(v.fixes).toMatchObject([
    { kind: 'create', patch: { kind: 'PersistentVolumeClaim', spec: { storageClassName: 'fast-ssd' } } },
  ]);
  // The class is known to be absent even when the event has expired.
  expect(codes(scene({ ...unbound, more: [c, wide('storage.k8s.io/v1', 'StorageClass', 'standard')] }))).toEqual([
    'storage-class-missing',
  ]);
  expect(codes([c, wide('storage.k8s.io/v1', 'StorageClass', 'fast-sdd')])).toEqual([]);
});

test('one class that breaks many claims is one verdict', () => {
  const failing = ['a', 'b', 'c'].flatMap((name) => {
    const c = claim({ meta: { name } });
    return [c, event(c, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast-sdd" not found')];
  });
  const v = the(failing);
  expect(v).toMatchObject({
    code: 'storage-class-missing',
    object: { kind: 'StorageClass', namespace: '', name: 'fast-sdd' },
  });
  expect(v.affected.map((r) => r.name)).toEqual(['a', 'b', 'c']);
});

test.each([
  [
    'no-volume-available',
    'FailedBinding',
    'no persistent volumes available for this claim and no storage class is set',
  ],
  [
    'provisioning-failed',
    'ProvisioningFailed',
    'failed to provision volume with StorageClass "fast-sdd": rpc error: code = ResourceExhausted desc = quota exceeded',
  ],
  [
    'provisioner-silent',
    'ExternalProvisioning',
    "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator.",
  ],
])('%s: %s %s', (code, reason, message) => {
  const c = claim();
  const v = the([c, event(c, reason, message, { type: reason === 'ProvisioningFailed' ? 'Warning' : 'Normal' })]);
  expect(v).toMatchObject({ code, object: { kind: 'PersistentVolumeClaim', name: 'shop-data' } });
});

test('silence: a claim that waits for its first user, and one that is bound', () => {
  const c = claim();
  expect(
    codes([
      c,
      event(c, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding', { type: 'Normal' }),
    ]),
  ).toEqual([]);
  const bound = claim({ status: { phase: 'Bound' } });
  expect(
    codes([bound, event(bound, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast-sdd" not found')]),
  ).toEqual([]);
});

test('a claim that names the volume of another one, which may be gone', () => {
  const asks = claim({ spec: { volumeName: 'pv-1', storageClassName: '' } });
  const { uid } = asks.metadata as { uid: string };
  const volume = (phase: string, claimRef: object | undefined) =>
    wide('v1', 'PersistentVolume', 'pv-1', {
      spec: {
        capacity: { storage: '10Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        ...(claimRef ? { claimRef } : {}),
      },
      status: { phase },
    });
  const of = (name: string, id?: string) => ({
    kind: 'PersistentVolumeClaim',
    namespace: 'shop',
    name,
    ...(id === undefined ? {} : { uid: id }),
  });
  const refused = event(asks, 'FailedBinding', 'volume "pv-1" already bound to a different claim.', { type: 'Normal' });
  const v = the(scene({ ...unbound, more: [asks, refused, volume('Released', of('old-data', 'u-1'))] }));
  expect(v).toMatchObject({
    code: 'volume-taken',
    object: { kind: 'PersistentVolumeClaim', name: 'shop-data' },
    affected: [{ kind: 'Deployment', name: 'shop' }],
  });
  expect(words(v)).toBe(
    'The disk shop-data can’t be had: the volume pv-1 that it names still belongs to a claim that is gone (old-data).',
  );
  expect(fixes(v)).toEqual([`kubectl patch pv pv-1 --type json -p '[{"op":"remove","path":"/spec/claimRef"}]'`]);
  expect(fixes(the([asks, volume('Bound', of('other-data', 'u-2'))]))).toEqual([
    'kubectl describe persistentvolume pv-1',
  ]);
  // Kept for it by name, its own already, free, or asked for by nobody.
  expect(codes([asks, volume('Available', of('shop-data'))])).toEqual([]);
  expect(codes([asks, volume('Bound', of('shop-data', uid))])).toEqual([]);
  expect(codes([asks, volume('Available', undefined)])).toEqual([]);
  expect(codes([volume('Released', of('old-data', 'u-1'))])).toEqual([]);
});

test('a pod whose volume is gone is a symptom of the claim that is lost', () => {
  const gone = unplaced(
    '0/3 nodes are available: 3 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s).',
  );
  const lost = claim({ spec: { volumeName: 'pvc-7d' }, status: { phase: 'Lost' } });
  expect(the(scene({ spec: uses, pod: gone, more: [lost] }))).toMatchObject({
    code: 'claim-lost',
    affected: [{ kind: 'Deployment', name: 'shop' }],
  });
  // The cluster has not noticed yet.
  const bound = claim({ spec: { volumeName: 'pvc-7d' }, status: { phase: 'Bound' } });
  expect(words(the(scene({ spec: uses, pod: gone, more: [bound] })))).toBe(
    'shop waits for its disk: the volume behind the claim shop-data is gone.',
  );
});

test('a volume that is gone, one that cannot be enlarged, one that cannot be cleaned up', () => {
  expect(the([claim({ status: { phase: 'Lost' } })]).code).toBe('claim-lost');
  const resizing = claim({ status: { phase: 'Bound', conditions: [{ type: 'Resizing', status: 'True' }] } });
  expect(
    the([resizing, event(resizing, 'VolumeResizeFailed', 'resize volume failed: rpc error: only once in 6 hours')])
      .code,
  ).toBe('volume-resize-failed');
  expect(codes([resizing])).toEqual([]);
  expect(
    the([wide('v1', 'PersistentVolume', 'pvc-7d', { status: { phase: 'Failed', message: 'delete failed' } })]).code,
  ).toBe('volume-failed');
  expect(codes([wide('v1', 'PersistentVolume', 'pvc-7d', { status: { phase: 'Released' } })])).toEqual([]);
});

test.each([
  [
    'ip-addresses-exhausted',
    'Failed to create pod sandbox: rpc error: code = Unknown desc = plugin type="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
  ],
  [
    'network-plugin-failed',
    'Failed to create pod sandbox: rpc error: code = Unknown desc = plugin type="calico" failed (add): error getting ClusterInformation',
  ],
  ['sandbox-failed', 'Failed to create pod sandbox: rpc error: code = Unknown desc = hostname too long'],
])('%s: %s', (code, message) => {
  expect(the(scene({ status: creating, events: [['FailedCreatePodSandBox', message]] }))).toMatchObject({
    code,
    object: { kind: 'Deployment' },
  });
  expect(
    codes(
      scene({
        status: creating,
        events: [['FailedCreatePodSandBox', message]],
        pod: { meta: { creationTimestamp: ago(20) } },
      }),
    ),
  ).toEqual([]);
});

test('a machine whose network fails for many is one verdict about the machine', () => {
  const message = 'Failed to create pod sandbox: plugin type="calico" failed (add): error';
  const two = ['one', 'two'].flatMap((name) => {
    const p = pod(name, undefined, {
      meta: { labels: {} },
      status: { phase: 'Pending', containerStatuses: [creating] },
    });
    return [p, event(p, 'FailedCreatePodSandBox', message)];
  });
  expect(the(two)).toMatchObject({ code: 'network-plugin-failed', object: { kind: 'Node', name: 'node-1' } });
});

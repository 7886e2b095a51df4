import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { ago, container, named, pod, scene, unplaced, wide } from './objects.ts';

type Obj = Record<string, unknown>;

const gpu = (claim: Obj) => ({
  resourceClaims: [{ name: 'gpu', ...claim }],
  containers: [container({ resources: { claims: [{ name: 'gpu' }] } })],
});
const byName = gpu({ resourceClaimName: 'shop-gpu' });
const byTemplate = gpu({ resourceClaimTemplateName: 'one-gpu' });

const devices = (deviceClassName: string, count = 1) => ({
  devices: { requests: [{ name: 'gpu', exactly: { deviceClassName, allocationMode: 'ExactCount', count } }] },
});
const claim = (name: string, status: Obj = {}, deviceClassName = 'gpu.nvidia.com') =>
  named('resource.k8s.io/v1', 'ResourceClaim', name, { spec: devices(deviceClassName), status });
const given = (...pods: readonly string[]) => ({
  allocation: {
    devices: { results: [{ request: 'gpu', driver: 'gpu.nvidia.com', pool: 'node-1', device: 'gpu-0' }] },
    nodeSelector: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }],
    },
  },
  reservedFor: pods.map((name) => ({ resource: 'pods', name, uid: `uid-${name}` })),
});
const template = (name: string) =>
  named('resource.k8s.io/v1', 'ResourceClaimTemplate', name, { spec: { spec: devices('gpu.nvidia.com') } });

/** While a claim is missing the scheduler does not take the pod into its queue, and writes nothing about it. */
const unnoticed = {
  spec: { nodeName: undefined },
  status: { phase: 'Pending', conditions: [], containerStatuses: [] },
};

test('a claim that does not exist: the scheduler says nothing, and one of a like name is there', () => {
  const v = the(scene({ spec: byName, pod: unnoticed, more: [claim('shop-gpus')] }));
  expect(v).toMatchObject({ code: 'device-claim-missing', near: ['shop-gpus'], confidence: 'likely' });
  expect(words(v)).toBe(
    'shop waits for its devices: the claim shop-gpu for them does not exist in shop; shop-gpus does.',
  );
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: { template: { spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'shop-gpus' }] } } },
    }),
  );
  // It is there; or nobody knows which there are; or it has only just been asked for.
  expect(codes(scene({ spec: byName, pod: unnoticed, more: [claim('shop-gpu')] }))).toEqual([]);
  expect(codes(scene({ spec: byName, pod: unnoticed }))).toEqual([]);
  const young = { ...unnoticed, meta: { creationTimestamp: ago(5) } };
  expect(codes(scene({ spec: byName, pod: young, more: [claim('shop-gpus')] }))).toEqual([]);
  // The scheduler’s own words, where it was in the queue before the claim went.
  const gone = unplaced('0/3 nodes are available: resourceclaim.resource.k8s.io "shop-gpu" not found.');
  expect(codes(scene({ spec: byName, pod: gone }))).toEqual(['device-claim-missing']);
});

test('a template of claims that does not exist, and one from which none can be made', () => {
  const told = (message: string): readonly (readonly [string, string])[] => [['FailedResourceClaimCreation', message]];
  const v = the(
    scene({
      spec: byTemplate,
      pod: unnoticed,
      events: told(
        'PodResourceClaim gpu: resource claim template "one-gpu": resourceclaimtemplate.resource.k8s.io "one-gpu" not found',
      ),
      more: [template('one-gpus')],
    }),
  );
  expect(v).toMatchObject({ code: 'device-claim-missing', confidence: 'certain' });
  expect(words(v)).toContain('the template one-gpu of its claim for them does not exist in shop; one-gpus does.');
  const quota = the(
    scene({
      spec: byTemplate,
      pod: unnoticed,
      events: told(
        'PodResourceClaim gpu: create ResourceClaim : resourceclaims.resource.k8s.io "shop-gpu-x" is forbidden: exceeded quota: gpus',
      ),
      more: [template('one-gpu')],
    }),
  );
  expect(words(quota)).toContain('no claim for them can be made from the template one-gpu; why is quoted.');
  // It was made since: the event is of before.
  const made = {
    ...unnoticed,
    status: { ...unnoticed.status, resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'shop-gpu-x7' }] },
  };
  expect(codes(scene({ spec: byTemplate, pod: made, events: told('PodResourceClaim gpu: … not found') }))).toEqual([]);
});

test('a class of devices that the cluster does not have', () => {
  const says = unplaced(
    '0/3 nodes are available: request gpu: device class gpu.nvida.com does not exist. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  );
  const known = wide('resource.k8s.io/v1', 'DeviceClass', 'gpu.nvidia.com', { spec: { selectors: [] } });
  const v = the(scene({ spec: byName, pod: says, more: [claim('shop-gpu', {}, 'gpu.nvida.com'), known] }));
  expect(v).toMatchObject({ code: 'device-class-missing', near: ['gpu.nvidia.com'] });
  expect(words(v)).toContain(
    'it claims devices of the class gpu.nvida.com, which this cluster does not have; gpu.nvidia.com it has.',
  );
});

test('all devices are taken: by whom; what is only on its way to be given is no failure', () => {
  const says = unplaced(
    '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 cannot allocate all claims. still not schedulable, preemption: 0/3 nodes are available.',
  );
  const other = claim('training-gpu', given('training-0'));
  const v = the(scene({ spec: byName, pod: says, more: [claim('shop-gpu'), other] }));
  expect(v.code).toBe('devices-taken');
  expect(words(v)).toContain(
    'no machine has the devices free that it claims (1 of gpu.nvidia.com); one claim of the same kind is held by shop/training-0.',
  );
  const soon = unplaced('0/3 nodes are available: resource claim shop/shop-gpu is in the process of being allocated.');
  expect(codes(scene({ spec: byName, pod: soon, more: [claim('shop-gpu')] }))).toEqual([]);
  const bound = unplaced('0/3 nodes are available: 3 resourceclaim not available on the node.');
  expect(
    words(the(scene({ spec: byName, pod: bound, more: [claim('shop-gpu', given('shop-7c9d5f4b8-n0'))] }))),
  ).toContain('the devices that it has been given are on another machine.');
});

test('a claim that as many hold as may', () => {
  const says = unplaced('0/3 nodes are available: resourceclaim in use.');
  const v = the(scene({ spec: byName, pod: says, more: [claim('shop-gpu', given('other-0', 'other-1'))] }));
  expect(v.code).toBe('device-claim-in-use');
  expect(words(v)).toBe(
    'shop waits for its devices: its claim shop-gpu is in use by other-0, other-1, and no more may share it.',
  );
});

test('a pod with its devices is well', () => {
  const lone = pod('trainer', undefined, { spec: byName });
  expect(codes([lone, claim('shop-gpu', given('trainer'))])).toEqual([]);
});

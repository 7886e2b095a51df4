import { expect, test } from 'vitest';
import { madeOf } from '../../src/cluster/made.ts';
import type { Obj } from '../../src/core/diagnosis/read.ts';

const on = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' };
const account = {
  kind: 'ServiceAccount',
  apiVersion: 'v1',
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: '0f1c2d3e-4b5a-4c6d-8e7f-901234567890',
    resourceVersion: '7310',
    creationTimestamp: '2026-03-05T11:00:00Z',
    labels: { team: 'shop', '10': 'x', '2': 'y' },
    annotations: { 'openshift.io/internal-registry-pull-secret-ref': 'web-dockercfg-x7k2p', note: 'kept' },
    managedFields: [{ manager: 'groundcrew', operation: 'Update', apiVersion: 'v1' }],
  },
  secrets: [{ name: 'web-token-abcde' }, { name: 'theirs' }],
  imagePullSecrets: [{ name: 'web-dockercfg-x7k2p' }, { name: 'registry' }],
  automountServiceAccountToken: false,
};
const print = (of: Obj) => madeOf(on, of, false).print;

test('the print of what was made is that of yesterday: with another one, nothing that was made could be taken back', () => {
  const pinned: readonly (readonly [string, Obj])[] = [
    ['334185f303d1bf1a', account],
    [
      '0c98db1333bb5b84',
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web', namespace: 'shop', uid: 'u', finalizers: ['x/y'], ownerReferences: [{ kind: 'A' }] },
        data: { b: '1', a: '2', '10': 'z', '9': 'y' },
        immutable: true,
      },
    ],
    ['184ca92440d7af1a', JSON.parse(service)],
    ['dc11654289ef4b7f', { metadata: null, secrets: null, status: 3, zz: [1], aa: null }],
  ];
  for (const [expected, of] of pinned) expect(print(of)).toBe(expected);
});

const service =
  '{"spec":{"ports":[{"port":80,"targetPort":"http"}],"clusterIP":"10.96.0.7"},"metadata":{"name":"web","annotations":null},"status":{"loadBalancer":{}},"kind":"Service","apiVersion":"v1","__proto__":{"a":1}}';

test('it tells what somebody put into it from what the cluster keeps of it', () => {
  const { metadata } = account;
  for (const same of [
    { ...account, metadata: { ...metadata, resourceVersion: '9', managedFields: [] } },
    { ...account, status: { seen: true } },
    { ...account, secrets: [...account.secrets, { name: 'web-dockercfg-zzzzz' }] },
    { ...account, metadata: { ...metadata, annotations: { note: 'kept' } } },
  ])
    expect(print(same)).toBe(print(account));
  for (const other of [
    { ...account, automountServiceAccountToken: true },
    { ...account, secrets: [...account.secrets, { name: 'mine' }] },
    { ...account, metadata: { ...metadata, labels: { team: 'other' } } },
    { ...account, metadata: { ...metadata, annotations: { ...metadata.annotations, note: 'changed' } } },
    { ...account, metadata: { ...metadata, finalizers: ['x/y'] } },
  ])
    expect(print(other)).not.toBe(print(account));
});

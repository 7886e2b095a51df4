import { expect, test } from 'vitest';
import { codes, the, words } from './check.ts';
import { container, crashing, named, nginx, pod, scene, shopService, wide } from './objects.ts';

/* What the cluster's admins deny is told where it is known for certain, and nowhere else. */

type Obj = Record<string, unknown>;

const within = (namespace: string, o: Obj, labels: Obj = {}): Obj => ({
  ...o,
  metadata: { ...(o.metadata as Obj), namespace, labels },
});
const space = (name: string, labels: Obj = {}) =>
  wide('v1', 'Namespace', name, { status: { phase: 'Active' } }, { labels });
const edge = { app: 'edge' };
const serving = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const controller = (spec: Obj = {}) =>
  within('ingress', pod('edge-1', undefined, { spec, status: { containerStatuses: [] } }), edge);
const balancer = within(
  'ingress',
  named('v1', 'Service', 'edge', {
    spec: { type: 'LoadBalancer', clusterIP: '10.96.0.2', selector: edge, ports: [{ port: 443, targetPort: 8080 }] },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
  }),
);
const served = (front: readonly Obj[] = [controller(), balancer]) => [
  ...scene({ pod: { meta: { labels: { app: 'shop' } } }, old: 0 }),
  shopService,
  nginx,
  named('networking.k8s.io/v1', 'Ingress', 'shop', {
    spec: {
      ingressClassName: 'nginx',
      rules: [{ http: { paths: [{ backend: { service: { name: 'shop', port: { number: 80 } } } }] } }],
    },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
  }),
  space('shop', { team: 'store' }),
  space('ingress', { role: 'edge' }),
  ...front,
];

const anybody = [{ namespaces: {} }];
const rule = (action: string, more: Obj = {}): Obj => ({ name: action.toLowerCase(), action, from: anybody, ...more });
const anp = (name: string, priority: number, ingress: readonly Obj[], subject: Obj = { namespaces: {} }) =>
  wide('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', name, { spec: { priority, subject, ingress } });
const cnp = (tier: string, ingress: readonly Obj[]) =>
  wide('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'all', {
    spec: { tier, priority: 5, subject: { namespaces: {} }, ingress },
  });
const tcp = (port: number) => [{ portNumber: { protocol: 'TCP', port } }];
const blocked = ['network-policy-blocks'];
const theirs = (labels: Obj) => [{ namespaces: { matchLabels: labels } }];

test('what the admins deny to the pods of the ingress controller gets through nowhere, and their policy is named', () => {
  const v = the([...served(), anp('lockdown', 10, [rule('Allow', { ports: tcp(9090) }), rule('Deny')])]);
  expect(v).toMatchObject({
    code: 'network-policy-blocks',
    evidence: [{ on: { kind: 'AdminNetworkPolicy', name: 'lockdown' }, path: 'spec.ingress[1].action', says: 'Deny' }],
    fixes: [{ kind: 'look', command: 'kubectl describe adminnetworkpolicy lockdown' }],
  });
  expect(words(v)).toBe(
    'Nothing gets through to shop: shop leads to it, but the policy lockdown of the cluster’s admins denies it what comes from the ingress controller.',
  );
  const open = named('networking.k8s.io/v1', 'NetworkPolicy', 'open', {
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
  });
  const cases: readonly (readonly Obj[])[] = [
    // Whatever a NetworkPolicy allows.
    [open, anp('lockdown', 10, [rule('Deny')])],
    [anp('lockdown', 10, [rule('Deny', { from: theirs({ role: 'edge' }), ports: tcp(8080) })])],
    [anp('lockdown', 10, [rule('Deny', { ports: [{ portRange: { protocol: 'TCP', start: 8000, end: 8100 } }] })])],
    [anp('lockdown', 10, [rule('Deny', { ports: [{ namedPort: 'http' }] })])],
    [
      anp('lockdown', 10, [
        rule('Deny', { from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: edge } } }] }),
      ]),
    ],
    [
      anp('lockdown', 10, [rule('Deny')], {
        pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'shop' } } },
      }),
    ],
    // By priority, whatever order they are read in; and one that is not about it says nothing.
    [anp('later', 20, [rule('Allow')]), anp('first', 10, [rule('Deny')])],
    [anp('other', 5, [rule('Allow', { from: theirs({ role: 'batch' }) })]), anp('first', 10, [rule('Deny')])],
    [
      anp('other', 5, [rule('Allow')], { namespaces: { matchLabels: { team: 'data' } } }),
      anp('first', 10, [rule('Deny')]),
    ],
    // One that may fit and denies as well.
    [anp('newer', 5, [rule('Deny', { from: [{ sameLabels: ['x'] }] })]), anp('first', 10, [rule('Deny')])],
    [cnp('Admin', [rule('Deny', { protocols: [{ tcp: { destinationPort: { number: 8080 } } }] })])],
  ];
  for (const policies of cases) expect(codes([...served(), ...policies])).toEqual(blocked);
});

test('where an earlier rule lets it through, or may, or it is not known who comes in, nothing is said', () => {
  const deny = anp('lockdown', 10, [rule('Deny')]);
  const cases: readonly (readonly Obj[])[] = [
    [anp('lockdown', 10, [rule('Allow'), rule('Deny')])],
    [anp('lockdown', 10, [rule('Pass', { from: theirs({ role: 'edge' }) }), rule('Deny')])],
    [anp('lockdown', 10, [rule('Deny', { ports: tcp(9090) })])],
    [anp('lockdown', 10, [rule('Deny', { ports: [{ portNumber: { protocol: 'UDP', port: 8080 } }] })])],
    [anp('lockdown', 10, [rule('Deny', { ports: [{ namedPort: 'metrics' }] })])],
    [anp('lockdown', 10, [rule('Deny', { from: theirs({ role: 'batch' }) })])],
    [anp('lockdown', 10, [rule('Deny')], { namespaces: { matchLabels: { team: 'data' } } })],
    // Of what it is about only a newer version of the API knows.
    [anp('lockdown', 10, [rule('Deny')], { services: {} })],
    [anp('lockdown', 10, [rule('Deny', { from: [{ sameLabels: ['x'] }] })])],
    [anp('newer', 5, [rule('Allow', { from: [{ sameLabels: ['x'] }] })]), deny],
    [anp('newer', 5, [rule('Deny-ish')]), deny],
    [anp('newer', 5, [rule('Allow', { ports: [{ odd: 1 }] })]), deny],
    // Both have the same priority, or none.
    [anp('other', 10, [rule('Allow')]), deny],
    [
      wide('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'x', { spec: { subject: { namespaces: {} } } }),
      deny,
    ],
    // Two versions of the API.
    [cnp('Admin', [rule('Accept')]), deny],
  ];
  for (const policies of cases) expect(codes([...served(), ...policies])).toEqual([]);
  // Who comes in: no Service has that address; on the machine's network; one of its pods is let in.
  const inside = within('ingress', pod('edge-2', undefined, { status: serving }), { ...edge, tier: 'inner' });
  const inner = [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { tier: 'inner' } } } }];
  for (const [front, policy] of [
    [[controller()], deny],
    [[controller({ hostNetwork: true }), balancer], deny],
    [[controller(), inside, balancer], anp('lockdown', 10, [rule('Allow', { from: inner }), rule('Deny')])],
  ] as const)
    expect(codes([...served(front), policy])).toEqual([]);
  // What the other version of the API says can’t be read.
  const lost = { ClusterNetworkPolicy: '403 forbidden' };
  expect(codes([...served(), deny], { lost })).toEqual([]);
  // The labels of its namespace are not known.
  const unlabelled = served().filter((o) => o.kind !== 'Namespace');
  expect(codes([...unlabelled, anp('lockdown', 10, [rule('Deny', { from: theirs({ role: 'edge' }) })])])).toEqual([]);
  expect(codes([...unlabelled, deny])).toEqual(blocked);
});

const banp = (ingress: readonly Obj[]) =>
  wide('policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', 'default', {
    spec: { subject: { namespaces: {} }, ingress },
  });

test('a baseline counts only where nothing else is about the pod', () => {
  const kinds = ['NetworkPolicy', 'IngressClass', 'Namespace', 'Service'];
  const more = { listed: kinds };
  for (const baseline of [banp([rule('Deny')]), cnp('Baseline', [rule('Deny')])])
    expect(codes([...served(), baseline], more)).toEqual(blocked);
  const open = { spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] } };
  for (const other of [
    named('networking.k8s.io/v1', 'NetworkPolicy', 'open', open),
    named('cilium.io/v2', 'CiliumNetworkPolicy', 'x', {
      spec: { endpointSelector: { matchLabels: { 'io.cilium.x': 'y' } }, ingress: [{ fromEntities: ['all'] }] },
    }),
    anp('lets', 10, [rule('Allow')]),
  ])
    expect(codes([...served(), banp([rule('Deny')]), other], more)).toEqual([]);
  expect(codes([...served(), banp([rule('Deny')]), anp('passes', 10, [rule('Pass')])], more)).toEqual(blocked);
  expect(codes([...served(), banp([rule('Allow'), rule('Deny')])], more)).toEqual([]);
  // Whether there is a NetworkPolicy is not known.
  expect(codes([...served(), banp([rule('Deny')])], { listed: kinds.slice(1) })).toEqual([]);
  expect(codes([...served(), banp([rule('Deny')])], { ...more, lost: { CiliumNetworkPolicy: '403' } })).toEqual([]);
});

test('DNS that the admins deny to the pods that answer it is what it dies of', () => {
  const labels = { 'k8s-app': 'kube-dns' };
  const ports = [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
  ];
  const answering = within(
    'kube-system',
    pod('coredns-1', undefined, { spec: { containers: [container({ ports })] }, status: { containerStatuses: [] } }),
    labels,
  );
  const service = (spec: Obj = {}) =>
    within(
      'kube-system',
      named('v1', 'Service', 'kube-dns', {
        spec: {
          clusterIP: '10.96.0.10',
          ipFamilies: ['IPv4'],
          selector: labels,
          ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, targetPort: 53, protocol })),
          ...spec,
        },
      }),
    );
  const dying = (more: readonly Obj[], spec: Obj = {}) => [
    ...scene({ status: crashing(1, 'Error'), spec: { containers: [container()], ...spec }, old: 0 }),
    space('kube-system'),
    space('shop'),
    ...more,
  ];
  const dns = [answering, service()];
  const out = (...egress: readonly Obj[]) =>
    wide('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'egress', {
      spec: { priority: 10, subject: { namespaces: {} }, egress },
    });
  const to = (action: string, more: Obj = {}) => ({ action, to: anybody, ...more });
  const logs = { 'shop/shop-7c9d5f4b8-n0/shop': 'could not resolve host: api.acme.com' };
  const lost = { CiliumNetworkPolicy: '403 forbidden' };
  const udp = { ports: [{ portNumber: { protocol: 'UDP', port: 53 } }] };

  // What Cilium may allow, which can’t be read, makes no difference here.
  const v = the(dying([...dns, out(to('Deny'))]), { logs, lost });
  expect([v.code, v.confidence, v.fixes[0]?.command]).toEqual([
    'dns-blocked',
    'likely',
    'kubectl describe adminnetworkpolicy egress',
  ]);
  expect(words(v)).toContain('the network policy egress lets it send nothing to DNS.');
  for (const policy of [
    out(to('Deny', { to: [{ networks: ['0.0.0.0/0'] }] })),
    out(to('Deny', { to: theirs({ 'kubernetes.io/metadata.name': 'kube-system' }) })),
    out(to('Deny', { ports: [{ namedPort: 'dns' }, { namedPort: 'dns-tcp' }] })),
  ])
    expect(codes(dying([...dns, policy]), { logs })).toEqual(['dns-blocked']);

  const cache = within('kube-system', pod('cache', undefined, { status: serving }), { 'k8s-app': 'node-local-dns' });
  for (const objects of [
    dying([...dns, out(to('Allow', udp), to('Deny'))]),
    dying([...dns, out(to('Deny', udp))]),
    dying([...dns, out(to('Deny', { ports: [{ namedPort: 'dns' }] }))]),
    dying([...dns, out(to('Deny', { to: [{ networks: ['10.0.0.0/8'] }] }))]),
    dying([
      answering,
      service({ ipFamilies: ['IPv4', 'IPv6'] }),
      out(to('Deny', { to: [{ networks: ['0.0.0.0/0'] }] })),
    ]),
    dying([answering, service({ ipFamilies: undefined }), out(to('Deny', { to: [{ networks: ['0.0.0.0/0'] }] }))]),
    // Which DNS it asks is another one, or not known.
    dying([...dns, cache, out(to('Deny'))]),
    dying([...dns, out(to('Deny'))], { dnsPolicy: 'Default' }),
    dying([...dns, out(to('Deny'))], { dnsPolicy: 'None' }),
    dying([answering, out(to('Deny'))]),
    dying([service(), out(to('Deny'))]),
  ])
    expect(codes(objects, { logs })).toEqual(['host-unknown']);
  // What the other version of the API says, which may come first, can’t be read.
  expect(codes(dying([...dns, out(to('Deny'))]), { logs, lost: { ClusterNetworkPolicy: '403' } })).toEqual([
    'host-unknown',
  ]);
});

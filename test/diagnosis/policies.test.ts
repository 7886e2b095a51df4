import { describe, expect, test } from 'vitest';
import { meetsSelector } from '../../src/core/diagnosis/policies/calico-selector.ts';
import { codes, the, words } from './check.ts';
import { container, crashing, named, nginx, scene, shopService, wide } from './objects.ts';

type Obj = Record<string, unknown>;

const labels = { app: 'shop', 'app.kubernetes.io/part-of': 'store' };
const shop = scene({ pod: { meta: { labels } }, old: 0 });
const served = [
  ...shop,
  shopService,
  nginx,
  named('networking.k8s.io/v1', 'Ingress', 'shop', {
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }],
          },
        },
      ],
    },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
  }),
  wide('v1', 'Namespace', 'shop', { status: { phase: 'Active' } }, { labels: { team: 'store' } }),
];
const deny = named('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', {
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
});
const blocked = ['network-policy-blocks'];

const cnp = (spec: Obj) =>
  named('cilium.io/v2', 'CiliumNetworkPolicy', 'shop-l4', {
    spec,
    status: { conditions: [{ type: 'Valid', status: 'True', message: 'Policy validation succeeded' }] },
  });
const ccnp = (spec: Obj) => wide('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', 'platform', { spec });
const mine = { endpointSelector: { matchLabels: { 'k8s:app': 'shop' } } };

describe('Cilium’s policies beside a NetworkPolicy that denies all', () => {
  const opens: readonly (readonly [string, Obj])[] = [
    ['from the ingress of Cilium', cnp({ ...mine, ingress: [{ fromEntities: ['ingress'] }] })],
    ['from pods of this namespace', cnp({ ...mine, ingress: [{ fromEndpoints: [{}] }] })],
    [
      'from another namespace, to the port',
      cnp({
        ...mine,
        ingress: [
          {
            fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'ingress-nginx' } }],
            toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } }],
          },
        ],
      }),
    ],
    ['by the port’s name', cnp({ ...mine, ingress: [{ toPorts: [{ ports: [{ port: 'http', protocol: 'TCP' }] }] }] })],
    ['in a range', cnp({ ...mine, ingress: [{ toPorts: [{ ports: [{ port: '8000', endPort: 8100 }] }] }] })],
    [
      'in one of several rules',
      named('cilium.io/v2', 'CiliumNetworkPolicy', 'many', {
        specs: [
          { ...mine, ingress: [{}] },
          { endpointSelector: {}, ingress: [{ fromEntities: ['world'] }] },
        ],
      }),
    ],
    [
      'for the whole cluster',
      ccnp({
        endpointSelector: { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'store' } },
        ingress: [{ fromEntities: ['cluster'] }],
      }),
    ],
  ];
  test.each(opens)('lets in %s', (_, policy) => {
    expect(codes([...served, deny, policy])).toEqual([]);
  });

  const opensNot: readonly (readonly [string, Obj])[] = [
    ['another port', cnp({ ...mine, ingress: [{ toPorts: [{ ports: [{ port: '9090', protocol: 'TCP' }] }] }] })],
    ['other pods', cnp({ endpointSelector: { matchLabels: { app: 'db' } }, ingress: [{ fromEntities: ['all'] }] })],
    ['nobody', cnp({ ...mine, ingress: [{ fromEndpoints: [{ matchLabels: { app: 'edge' } }] }] })],
    ['an empty rule', cnp({ ...mine, ingress: [{}] })],
    ['only pings', cnp({ ...mine, ingress: [{ icmps: [{ fields: [{ type: 8 }] }], fromEntities: ['all'] }] })],
    [
      'another namespace’s',
      { ...cnp({ ...mine, ingress: [{ fromEntities: ['all'] }] }), metadata: { name: 'x', namespace: 'other' } },
    ],
  ];
  test.each(opensNot)('is as closed with one for %s', (_, policy) => {
    expect(codes([...served, deny, policy])).toEqual(blocked);
  });
});

test('whom a policy of Cilium is about may be what it alone knows: it opens, and closes nothing', () => {
  const unknown = [
    { matchLabels: { 'k8s:io.cilium.k8s.policy.cluster': 'prod-eu' } },
    { matchLabels: { app: 'shop', 'io.cilium.something': 'new' } },
    { matchExpressions: [{ key: 'k8s:io.cilium.k8s.policy.cluster', operator: 'NotIn', values: ['lab'] }] },
  ];
  for (const endpointSelector of unknown) {
    expect(codes([...served, deny, cnp({ endpointSelector, ingress: [{ fromEntities: ['all'] }] })])).toEqual([]);
    expect(codes([...served, cnp({ endpointSelector, ingress: [{}] })])).toEqual([]);
    // Who may come in may be told by it as well.
    const some = cnp({ ...mine, ingress: [{ fromEndpoints: [endpointSelector] }] });
    expect(codes([...served, deny, some])).toEqual([]);
  }
  // What is known of it says already that it is not meant.
  const others = { matchLabels: { app: 'db', 'io.cilium.k8s.policy.cluster': 'prod-eu' } };
  expect(codes([...served, deny, cnp({ endpointSelector: others, ingress: [{ fromEntities: ['all'] }] })])).toEqual(
    blocked,
  );
  // The labels of a namespace are known, or its namespace is not.
  const home = { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'data' } };
  const ofTeam = ccnp({ endpointSelector: home, ingress: [{ fromEntities: ['all'] }] });
  expect(codes([...served, deny, ofTeam])).toEqual(blocked);
  expect(codes([...served.filter((o) => o.kind !== 'Namespace'), deny, ofTeam])).toEqual([]);
});

test('what Cilium alone closes is told by its own policy, and more of another kind is offered only where it would help', () => {
  const v = the([...served, cnp({ ...mine, ingress: [{ toPorts: [{ ports: [{ port: '9090' }] }] }] })]);
  expect(v).toMatchObject({ code: 'network-policy-blocks', evidence: [{ on: { kind: 'CiliumNetworkPolicy' } }] });
  expect(words(v)).toContain('the network policy shop-l4 lets nothing in to its port 8080.');
  expect(v.fixes).toMatchObject([{ kind: 'create', patch: { kind: 'NetworkPolicy' } }]);
  const forbids = cnp({ ...mine, ingress: [{}], ingressDeny: [{ fromEntities: ['world'] }] });
  expect(the([...served, forbids]).fixes.map((f) => f.kind)).toEqual(['look']);
  // It allows what it names, and leaves the rest as it is.
  const open = cnp({
    ...mine,
    enableDefaultDeny: { ingress: false },
    ingress: [{ toPorts: [{ ports: [{ port: '9090' }] }] }],
  });
  expect(codes([...served, open])).toEqual([]);
});

const calico = (spec: Obj, version = 'crd.projectcalico.org/v1') =>
  named(version, 'NetworkPolicy', 'default.shop', { spec: { order: 100, types: ['Ingress'], ...spec } });
const global = (spec: Obj) =>
  wide('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', 'default.platform', {
    spec: { types: ['Ingress'], ...spec },
  });
const anyone = [{ action: 'Allow', protocol: 'TCP', source: {}, destination: { ports: [8080] } }];

test('Calico’s policies beside a NetworkPolicy that denies all: an allow of theirs opens, whichever of its APIs shows it', () => {
  for (const policy of [
    calico({ selector: "app == 'shop'", ingress: anyone }),
    calico({ selector: "app == 'shop'", ingress: anyone }, 'projectcalico.org/v3'),
    calico({ selector: 'all()', ingress: [{ action: 'Allow', destination: { ports: ['8000:8100', 'metrics'] } }] }),
    calico({ selector: 'has(app)', ingress: [{ action: 'Allow', source: { namespaceSelector: "team == 'edge'" } }] }),
    global({ namespaceSelector: "projectcalico.org/name == 'shop' && team in {'store', 'web'}", ingress: anyone }),
    // In words that we do not know: it may be meant.
    global({ selector: 'app =~ "shop"', ingress: anyone }),
  ])
    expect(codes([...served, deny, policy])).toEqual([]);
  for (const policy of [
    calico({ selector: "app == 'db'", ingress: anyone }),
    calico({
      selector: "app == 'shop'",
      ingress: [{ action: 'Allow', protocol: 'TCP', destination: { ports: [9090] } }],
    }),
    calico({ selector: "app == 'shop'", ingress: [{ action: 'Allow', source: { selector: "app == 'edge'" } }] }),
    calico({ selector: "app == 'shop'", ingress: [{ action: 'Allow', protocol: 'ICMP' }] }),
    calico({ selector: "app == 'shop'", types: ['Egress'], egress: [{ action: 'Allow' }] }),
    global({ namespaceSelector: "projectcalico.org/name != 'shop'", ingress: anyone }),
    global({ selector: 'all()', applyOnForward: true, ingress: anyone }),
  ])
    expect(codes([...served, deny, policy])).toEqual(blocked);
});

test('what Calico alone closes; a rule of its own that denies is not mended by one more policy', () => {
  const v = the([...served, global({ namespaceSelector: "has(team) && team != 'edge'" })]);
  expect(words(v)).toContain('the network policy default.platform lets nothing in');
  expect(v.evidence[0]?.on.kind).toBe('CalicoGlobalNetworkPolicy');
  expect(v.fixes).toHaveLength(1);
  expect(
    the([...served, global({ selector: 'all()', ingress: [{ action: 'Deny' }] })]).fixes.map((f) => f.kind),
  ).toEqual(['look']);
  expect(codes([...served, global({ selector: 'app =~ "shop"' })])).toEqual([]);
});

test('what the cluster’s admins allow is open whatever a NetworkPolicy says; a baseline is not', () => {
  const anp = (rule: Obj, subject: Obj = { namespaces: { matchLabels: { team: 'store' } } }) =>
    wide('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'edge', {
      spec: { priority: 10, subject, ingress: [{ name: 'edge', from: [{ namespaces: {} }], ...rule }] },
    });
  const cluster = (tier: string, protocols: Obj[]) =>
    wide('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'edge', {
      spec: {
        tier,
        priority: 10,
        subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'shop' } } } },
        ingress: [{ action: 'Accept', from: [{ namespaces: {} }], protocols }],
      },
    });
  const to = (number: number) => [{ tcp: { destinationPort: { number } } }];
  for (const policy of [
    anp({ action: 'Allow' }),
    cluster('Admin', to(8080)),
    cluster('Admin', [{ destinationNamedPort: 'http' }]),
  ])
    expect(codes([...served, deny, policy])).toEqual([]);
  for (const policy of [
    anp({ action: 'Pass' }),
    anp({ action: 'Allow', ports: [{ portNumber: { protocol: 'TCP', port: 9090 } }] }),
    anp({ action: 'Allow' }, { namespaces: { matchLabels: { team: 'other' } } }),
    cluster('Admin', to(9090)),
    cluster('Baseline', to(8080)),
  ])
    expect(codes([...served, deny, policy])).toEqual(blocked);
});

test('where such policies are and can’t be read, nothing that works is called blocked, and what fails says what is not known', () => {
  const lost = { CiliumNetworkPolicy: '403 ciliumnetworkpolicies.cilium.io is forbidden' };
  expect(codes([...served, deny], { lost })).toEqual([]);
  const dying = scene({ status: crashing(1, 'Error'), spec: { containers: [container()] }, old: 0, more: [deny] });
  const logs = { 'shop/shop-7c9d5f4b8-n0/shop': 'could not resolve host: api.acme.com' };
  const [known, unknown] = [the(dying, { logs }), the(dying, { logs, lost })];
  expect([known.code, known.confidence]).toEqual(['dns-blocked', 'likely']);
  expect([unknown.code, unknown.confidence]).toEqual(['dns-blocked', 'unclear']);
  expect(words(unknown)).toContain('unless one of Cilium does, which can’t be read');
  // The same policies are read by another way.
  const calicoLost = { CalicoNetworkPolicyShown: '403 tiers "default" is forbidden' };
  const other = calico({ selector: "app == 'db'", ingress: anyone });
  expect(codes([...served, deny, other], { lost: calicoLost })).toEqual(blocked);
  expect(codes([...served, deny], { lost: calicoLost })).toEqual([]);
});

test('DNS that Cilium or Calico lets through is not blocked', () => {
  const dying = (policy: Obj) => scene({ status: crashing(1, 'Error'), old: 0, more: [deny, policy] });
  const logs = { 'shop/shop-7c9d5f4b8-n0/shop': 'could not resolve host: api.acme.com' };
  const dns = { ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } };
  const kubeDns = { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } };
  for (const policy of [
    cnp({ ...mine, egress: [{ toEndpoints: [kubeDns], toPorts: [dns] }] }),
    global({ types: ['Egress'], egress: [{ action: 'Allow', protocol: 'UDP', destination: { ports: [53] } }] }),
  ])
    expect(codes(dying(policy), { logs })).toEqual(['host-unknown']);
  expect(
    codes(
      dying(cnp({ ...mine, egress: [{ toFQDNs: [{ matchName: 'a.b' }], toPorts: [{ ports: [{ port: '443' }] }] }] })),
      { logs },
    ),
  ).toEqual(['dns-blocked']);
});

test.each<readonly [string, boolean | undefined]>([
  ['', true],
  ['all()', true],
  ['global()', false],
  ["app == 'shop'", true],
  ['app != "shop"', false],
  ["app in {'a', 'shop'} && !has(tier)", true],
  ["app not in {'shop'} || env starts with 'pro'", true],
  ["(app == 'x' || env == 'prod') && env contains 'ro' && env ends with 'd'", true],
  ["!(app == 'shop')", false],
  ["in == 'x'", undefined],
  ["app == 'shop' &&", undefined],
  ['app ~ shop', undefined],
  [`${'('.repeat(100)}all()${')'.repeat(100)}`, undefined],
  ["app == 'shop", undefined],
])('Calico’s selector %s', (selector, met) => {
  expect(
    meetsSelector(
      selector,
      new Map([
        ['app', 'shop'],
        ['env', 'prod'],
      ]),
    ),
  ).toBe(met);
});

import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { ago, condition, container, crashing, deployment, event, named, node, pod, scene, wide } from './objects.ts';

type Obj = Record<string, unknown>;
const service = (spec: Obj = {}, over: Obj = {}) =>
  named(
    'v1',
    'Service',
    'shop',
    {
      spec: {
        type: 'ClusterIP',
        selector: { app: 'shop' },
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
        ...spec,
      },
      status: { loadBalancer: {} },
    },
    over,
  );
const well = scene();

test('a selector that is a slip away from the labels of the pods', () => {
  const v = the([...well, service({ selector: { app: 'shpo' } })]);
  expect(v).toMatchObject({
    code: 'service-selects-nothing',
    severity: 'critical',
    object: { kind: 'Service', name: 'shop' },
  });
  expect(words(v)).toBe(
    'The service shop leads nowhere: it looks for pods labelled app=shpo, and there are none; those of shop are labelled app=shop.',
  );
  expect(fixes(v)).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { selector: { app: 'shop' } },
    },
  ]);
});

test('silence: it fits; its workload is scaled to nothing; it has no selector; nothing resembles it and nothing routes to it', () => {
  expect(codes([...well, service()])).toEqual([]);
  expect(codes([deployment({ spec: { replicas: 0 } }), service()])).toEqual([]);
  expect(codes([...well, service({ selector: undefined })])).toEqual([]);
  expect(codes([...well, service({ selector: { role: 'primary' } }, { name: 'pg-rw' })])).toEqual([]);
  // An operator's service for replicas, of which there are none.
  const replicas = { selector: { app: 'shop', role: 'replica' } };
  expect(codes([...well, service(replicas, { name: 'shop-ro' })])).toEqual([]);
  expect(codes([...well, service(replicas, { ownerReferences: [{ kind: 'Cluster', name: 'shop' }] })])).toEqual([]);
  expect(codes([...well, service({ type: 'ExternalName', selector: { app: 'nope' } })])).toEqual([]);
});

test('a service without ready pods is a symptom of the pods', () => {
  expect(codes([...scene({ status: crashing(1, 'Error'), old: 0 }), service()])).toEqual(['app-crash']);
});

test('a port that the pods do not have, by name or by number', () => {
  const named = the([...well, service({ ports: [{ port: 80, targetPort: 'htpp' }] })]);
  expect(named).toMatchObject({ code: 'service-port-wrong', near: ['http'], confidence: 'certain' });
  const number = the([...well, service({ ports: [{ port: 80, targetPort: 8081 }] })]);
  expect(number).toMatchObject({ code: 'service-port-wrong', confidence: 'likely' });
  expect(fixes(number)).toEqual([expect.objectContaining({ spec: { ports: [{ port: 80, targetPort: 8080 }] } })]);
  // A port for metrics that nobody declared is usual.
  expect(
    codes([
      ...well,
      service({
        ports: [
          { port: 80, targetPort: 8080 },
          { port: 9090, targetPort: 9090 },
        ],
      }),
    ]),
  ).toEqual([]);
});

test('a load balancer that does not come', () => {
  const lb = service({ type: 'LoadBalancer' }, { creationTimestamp: ago(2_000) });
  expect(the([...well, lb]).code).toBe('load-balancer-pending');
  expect(
    words(the([...well, lb, event(lb, 'SyncLoadBalancerFailed', 'Error syncing load balancer: quota exceeded')])),
  ).toContain('the provider’s message is quoted');
  expect(codes([...well, service({ type: 'LoadBalancer' }, { creationTimestamp: ago(60) })])).toEqual([]);
  expect(codes([...well, { ...lb, status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } } }])).toEqual([]);
});

const ingress = (spec: Obj = {}, backend: Obj = { service: { name: 'shop', port: { number: 80 } } }) =>
  named('networking.k8s.io/v1', 'Ingress', 'shop', {
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: 'shop.acme.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      ...spec,
    },
  });
const nginx = wide('networking.k8s.io/v1', 'IngressClass', 'nginx');

test('an ingress that leads to nothing', () => {
  expect(codes([...well, service(), nginx, ingress()])).toEqual([]);
  const lost = the([...well, service(), nginx, ingress({}, { service: { name: 'shp', port: { number: 80 } } })]);
  expect(lost).toMatchObject({ code: 'ingress-service-missing', near: ['shop'], severity: 'critical' });
  expect(words(lost)).toContain('shop.acme.com/');
  const port = the([...well, service(), nginx, ingress({}, { service: { name: 'shop', port: { number: 8080 } } })]);
  expect(port.code).toBe('ingress-port-wrong');
  expect(
    codes([...well, service(), nginx, ingress({}, { service: { name: 'shop', port: { name: 'http' } } })]),
  ).toEqual([]);
  const cls = the([...well, service(), nginx, ingress({ ingressClassName: 'ngnix' })]);
  expect(cls).toMatchObject({ code: 'ingress-class-missing', near: ['nginx'] });
  // Without services or classes among the objects their absence says nothing.
  expect(codes([...well, ingress({ ingressClassName: 'ngnix' })])).toEqual([]);
});

test('a certificate that is not there, or of the wrong kind', () => {
  const tls = ingress({ tls: [{ hosts: ['shop.acme.com'], secretName: 'shop-tls' }] });
  const other = named('v1', 'Secret', 'other', {});
  const secret = (data: Obj) => named('v1', 'Secret', 'shop-tls', { type: 'kubernetes.io/tls', data });
  expect(codes([...well, service(), nginx, tls, other])).toEqual(['ingress-certificate-missing']);
  expect(codes([...well, service(), nginx, tls, secret({ 'ca.crt': '' })])).toEqual(['ingress-certificate-missing']);
  expect(codes([...well, service(), nginx, tls, secret({ 'tls.crt': '', 'tls.key': '' })])).toEqual([]);
  // cert-manager's own word is the cause.
  const cert = (ready: string, over: Obj = {}, since = 5_000) =>
    named(
      'cert-manager.io/v1',
      'Certificate',
      'shop-tls',
      {
        spec: { secretName: 'shop-tls' },
        status: { conditions: [condition('Ready', ready, { message: 'order is failed' })], ...over },
      },
      { creationTimestamp: ago(since) },
    );
  expect(codes([...well, service(), nginx, tls, other, cert('False')])).toEqual(['certificate-not-issued']);
  // An address that was just added to it: it is being issued.
  expect(codes([...well, service(), nginx, tls, other, cert('False', {}, 60)])).toEqual([]);
  expect(codes([cert('True', { notAfter: ago(60) })])).toEqual(['certificate-not-issued']);
  expect(codes([cert('True', { notAfter: '2027-01-01T00:00:00Z' })])).toEqual([]);
});

test('a policy that lets nothing in to what an ingress leads to', () => {
  const deny = named('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', {
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  });
  const allow = named('networking.k8s.io/v1', 'NetworkPolicy', 'from-nginx', {
    spec: {
      podSelector: { matchLabels: { app: 'shop' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ namespaceSelector: {} }] }],
    },
  });
  const v = the([...well, service(), nginx, ingress(), deny]);
  expect(v.code).toBe('network-policy-blocks');
  expect(v.fixes).toMatchObject([
    { kind: 'create', patch: { kind: 'NetworkPolicy', spec: { podSelector: { matchLabels: { app: 'shop' } } } } },
  ]);
  expect(codes([...well, service(), nginx, ingress(), deny, allow])).toEqual([]);
  const elsewhere = named('networking.k8s.io/v1', 'NetworkPolicy', 'deny-db', {
    spec: { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'] },
  });
  expect(codes([...well, service(), nginx, ingress(), elsewhere])).toEqual([]);
});

test('a port that nobody declares is not wrong beside one that is: a service of their metrics, or without an address', () => {
  const port = (n: number) => ({ ports: [{ port: n, targetPort: n, protocol: 'TCP' }] });
  expect(codes([...well, service(port(9090))])).toEqual(['service-port-wrong']);
  expect(codes([...well, service(), service(port(9090), { name: 'shop-metrics' })])).toEqual([]);
  expect(codes([...well, service({ ...port(7000), clusterIP: 'None' })])).toEqual([]);
});

test('a policy that lets in to other ports only, or only pods that there are none of', () => {
  const policy = (rule: Obj) =>
    named('networking.k8s.io/v1', 'NetworkPolicy', 'only-some', {
      spec: { podSelector: { matchLabels: { app: 'shop' } }, policyTypes: ['Ingress'], ingress: [rule] },
    });
  const at = (...more: readonly Obj[]) => [...well, service(), nginx, ingress(), ...more];
  const other = the(at(policy({ ports: [{ protocol: 'TCP', port: 9090 }] })));
  expect(other.code).toBe('network-policy-blocks');
  expect(words(other)).toBe(
    'Nothing gets through to shop: shop leads to it, but the network policy only-some lets nothing in to its port 8080.',
  );
  expect(fixes(other)).toMatchObject([{ spec: { ingress: [{ ports: [{ protocol: 'TCP', port: 8080 }] }] } }]);
  // By number, by name, in a range, from anywhere else: it gets in, or somebody may.
  for (const rule of [
    { ports: [{ port: 8080 }] },
    { ports: [{ port: 'http' }] },
    { ports: [{ port: 8000, endPort: 8100 }] },
    { from: [{ namespaceSelector: { matchLabels: { name: 'ingress-nginx' } } }] },
    { from: [{ podSelector: { matchLabels: { app: 'shop' } } }] },
    { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
  ])
    expect(codes(at(policy(rule)))).toEqual([]);
  // A sidecar that starts first takes what comes, at a port that it names itself.
  const mesh = container({ name: 'mesh', restartPolicy: 'Always', ports: [{ name: 'in', containerPort: 15006 }] });
  const meshed = scene({ old: 0, spec: { initContainers: [mesh], containers: [container()] } });
  const through = service({ ports: [{ port: 80, targetPort: 15006 }] });
  expect(codes([...meshed, through, nginx, ingress(), policy({ ports: [{ port: 'in' }] })])).toEqual([]);
  const onMachine = scene({ old: 0, spec: { hostNetwork: true, containers: [container()] } });
  expect(codes([...onMachine, service(), nginx, ingress(), policy({ ports: [{ port: 9090 }] })])).toEqual([]);
  const nobody = the(at(policy({ from: [{ podSelector: { matchLabels: { app: 'edge' } } }] })));
  expect(words(nobody)).toContain('the network policy only-some lets in only pods with labels that none has here');
});

test('a certificate for other addresses, as cert-manager says it beside the secret', () => {
  const tls = (host: string): Obj => {
    const http = {
      paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }],
    };
    return ingress({ rules: [{ host, http }], tls: [{ hosts: ['left.over.test', host], secretName: 'shop-tls' }] });
  };
  const secret = (names?: string) =>
    named(
      'v1',
      'Secret',
      'shop-tls',
      { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } },
      names === undefined ? {} : { annotations: { 'cert-manager.io/alt-names': names } },
    );
  const at = (host: string, names?: string, more: readonly Obj[] = []) =>
    codes([...well, service(), nginx, tls(host), secret(names), ...more]);
  const wrong = ['ingress-certificate-other-host'];
  expect(at('shop.acme.test', 'www.acme.test,acme.test')).toEqual(wrong);
  expect(at('shop.acme.test', '*.acme.test')).toEqual([]);
  expect(at('shop.acme.test', '*.Acme.test')).toEqual([]);
  expect(at('eu.shop.acme.test', '*.acme.test')).toEqual(wrong);
  expect(at('shop.acme.test')).toEqual([]);
  // It is being issued anew with that address.
  const asked = named('cert-manager.io/v1', 'Certificate', 'shop', {
    spec: { secretName: 'shop-tls', dnsNames: ['shop.acme.test'] },
    status: { conditions: [condition('Ready', 'True')] },
  });
  expect(at('shop.acme.test', 'www.acme.test', [asked])).toEqual([]);
  expect(at('api.acme.test', 'api.acme.test', [asked])).toEqual(wrong);
});

test('gateways, routes, Argo CD: their controllers’ own words', () => {
  const refused = (type: string, since = 300) =>
    condition(type, 'False', { reason: 'Invalid', message: 'no such class', lastTransitionTime: ago(since) });
  const gateway = (since: number) =>
    named('gateway.networking.k8s.io/v1', 'Gateway', 'edge', {
      status: { conditions: [refused('Programmed', since)] },
    });
  expect(codes([gateway(300)])).toEqual(['gateway-not-accepted']);
  expect(codes([gateway(5)])).toEqual([]);
  expect(codes([{ ...gateway(300), apiVersion: 'networking.istio.io/v1' }])).toEqual([]);
  const route = named('gateway.networking.k8s.io/v1', 'HTTPRoute', 'shop', {
    status: { parents: [{ conditions: [condition('Accepted', 'True'), refused('ResolvedRefs')] }] },
  });
  expect(codes([route])).toEqual(['route-not-accepted']);
  const app = (status: Obj) => named('argoproj.io/v1alpha1', 'Application', 'shop', { status });
  expect(
    codes([app({ conditions: [{ type: 'InvalidSpecError', message: 'namespace shp is not permitted' }] })]),
  ).toEqual(['argo-application-failed']);
  expect(
    codes([
      app({ conditions: [{ type: 'OrphanedResourceWarning', message: 'x' }], operationState: { phase: 'Succeeded' } }),
    ]),
  ).toEqual([]);
});

const hpa = (conditions: Obj[], over: Obj = {}) =>
  named('autoscaling/v2', 'HorizontalPodAutoscaler', 'shop', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      minReplicas: 2,
      maxReplicas: 6,
      ...over,
    },
    status: { currentReplicas: 6, desiredReplicas: 6, conditions },
  });
const off = (message: string) => condition('ScalingActive', 'False', { reason: 'FailedGetResourceMetric', message });

test('an autoscaler that is told nothing, or does not know what is asked for', () => {
  const needs = the([
    ...well,
    hpa([
      off(
        'the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container shop of Pod shop-1',
      ),
    ]),
  ]);
  expect(needs.code).toBe('autoscaler-needs-request');
  expect(fixes(needs)).toEqual([
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', resources: { requests: { cpu: '100m' } } }] } } },
    }),
  ]);
  const none =
    'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API';
  expect(codes([...well, hpa([off(none)])])).toEqual(['autoscaler-no-metrics']);
  const young = condition('ScalingActive', 'False', {
    reason: 'FailedGetResourceMetric',
    message: none,
    lastTransitionTime: ago(30),
  });
  expect(codes([...well, hpa([young])])).toEqual([]);
  // No pod is ready, so none is measured.
  expect(codes([...scene({ status: crashing(1, 'Error'), old: 0 }), hpa([off(none)])])).toEqual(['app-crash']);
  const disabled = condition('ScalingActive', 'False', {
    reason: 'ScalingDisabled',
    message: 'scaling is disabled since the replica count of the target is zero',
  });
  expect(codes([deployment({ spec: { replicas: 0 } }), hpa([disabled])])).toEqual([]);
});

test('an autoscaler at its maximum; silence at its minimum', () => {
  const most = condition('ScalingLimited', 'True', {
    reason: 'TooManyReplicas',
    message: 'the desired replica count is more than the maximum replica count',
  });
  const v = the([...well, hpa([most])]);
  expect(v.code).toBe('autoscaler-at-maximum');
  expect(fixes(v)).toEqual([expect.objectContaining({ spec: { maxReplicas: 9 } })]);
  const least = condition('ScalingLimited', 'True', {
    reason: 'TooFewReplicas',
    message: 'the desired replica count is less than the minimum replica count',
  });
  expect(codes([...well, hpa([least])])).toEqual([]);
});

test('an autoscaler for something that does not exist', () => {
  const gone = condition('AbleToScale', 'False', {
    reason: 'FailedGetScale',
    message: 'the HPA controller was unable to get the target\'s current scale: deployments.apps "shp" not found',
  });
  const v = the([...well, hpa([gone], { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shp' } })]);
  expect(v).toMatchObject({ code: 'autoscaler-target-missing', near: ['shop'] });
});

test('a budget that keeps a machine from being emptied, and only then', () => {
  const budget = named('policy/v1', 'PodDisruptionBudget', 'shop', {
    spec: { minAvailable: 3, selector: { matchLabels: { app: 'shop' } } },
    status: { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3 },
  });
  const v = the([...well, budget, node('node-1', { unschedulable: true })]);
  expect(v).toMatchObject({ code: 'disruption-budget-blocks', affected: [{ kind: 'Deployment', name: 'shop' }] });
  expect(codes([...well, budget, node('node-1')])).toEqual([]);
});

test('Knative’s Service is another thing', () => {
  expect(codes([...well, { ...service({ selector: { app: 'shpo' } }), apiVersion: 'serving.knative.dev/v1' }])).toEqual(
    [],
  );
  expect(codes([pod('x', undefined, { meta: { labels: {} }, spec: { containers: [container()] } })])).toEqual([]);
});

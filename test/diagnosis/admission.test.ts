import { expect, test } from 'vitest';
import { codes, fixes, read, the, words } from './check.ts';
import { ago, condition, container, event, named, node, ownedBy, pod, scene, wide } from './objects.ts';

/** A rollout whose new pod the cluster refuses to create; the Deployment repeats what its ReplicaSet was told. */
const refused = (message: string, more: Parameters<typeof scene>[0] = {}) =>
  scene({
    fresh: 0,
    set: {
      spec: { replicas: 1 },
      status: { replicas: 0, conditions: [condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message })] },
    },
    deployment: { status: { conditions: [condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message })] } },
    setEvents: [['FailedCreate', `Error creating: ${message}`]],
    ...more,
  });

const quota =
  'pods "shop-7c9d5f4b8-x" is forbidden: exceeded quota: compute, requested: requests.memory=512Mi, used: requests.memory=3840Mi, limited: requests.memory=4Gi';
const kyverno =
  'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s": no endpoints available for service "kyverno-svc"';

test.each([
  ['quota-exceeded', quota],
  [
    'quota-needs-limits',
    'pods "shop-x" is forbidden: failed quota: compute: must specify limits.cpu for: shop; limits.memory for: shop',
  ],
  ['limit-range', 'pods "shop-x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 1536Mi'],
  ['limit-range', 'pods "shop-x" is forbidden: minimum cpu usage per Container is 50m, but request is 10m'],
  [
    'pod-security',
    'pods "shop-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "shop" must set securityContext.allowPrivilegeEscalation=false)',
  ],
  ['webhook-unreachable', kyverno],
  [
    'webhook-unreachable',
    'Internal error occurred: failed calling webhook "vault.hashicorp.com": failed to call webhook: Post "https://vault-agent.vault.svc:443/mutate": context deadline exceeded',
  ],
  [
    'webhook-denied',
    'admission webhook "validate.kyverno.svc-fail" denied the request: resource Pod/shop/shop-x was blocked: label team is required',
  ],
  [
    'service-account-missing',
    'pods "shop-x" is forbidden: error looking up service account shop/app: serviceaccount "app" not found',
  ],
  ['priority-class-missing', 'pods "shop-x" is forbidden: no PriorityClass with name hihg was found'],
  ['runtime-class-missing', 'pods "shop-x" is forbidden: pod rejected: RuntimeClass "gvisor" not found'],
  [
    'namespace-terminating',
    'pods "shop-x" is forbidden: unable to create new content in namespace shop because it is being terminated',
  ],
  [
    'pod-invalid',
    'Pod "shop-x" is invalid: spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
  ],
  ['creation-unrecognised', 'the cluster has other plans'],
])('%s: %s', (code, message) => {
  const v = the(refused(message));
  expect(v).toMatchObject({
    code,
    severity: 'warning',
    object: { kind: 'Deployment', name: 'shop' },
    blast: { reach: 'old-pods-serve' },
  });
  expect(v.evidence).toContainEqual(
    expect.objectContaining({ path: 'status.conditions[ReplicaFailure].message', says: message }),
  );
});

test('the arithmetic of a quota, and what is left of it', () => {
  const spec = { containers: [container({ resources: { requests: { memory: '512Mi' } } })] };
  const v = the(refused(quota, { spec }));
  expect(words(v)).toBe(
    'The cluster does not let shop start new pods: the quota compute of the namespace is used up: it asks for requests.memory 512Mi, 3840Mi of 4Gi are in use.',
  );
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', resources: { requests: { memory: '256Mi' } } }] } } },
    }),
  );
});

test.each([
  ['hardly anything of it is left', '512Mi', { requests: { memory: '512Mi' } }, '4076Mi', 'requests'],
  [
    'a limit would fall below its own request',
    '300Mi',
    { requests: { memory: '256Mi' }, limits: { memory: '300Mi' } },
    '3896Mi',
    'limits',
  ],
  ['others ask as well', '512Mi', { requests: { memory: '256Mi' } }, '3840Mi', 'requests'],
])('less is not offered where %s', (_, ask, resources, used, part) => {
  const message = `exceeded quota: compute, requested: ${part}.memory=${ask}, used: ${part}.memory=${used}, limited: ${part}.memory=4Gi`;
  const v = the(refused(message, { spec: { containers: [container({ resources })] } }));
  expect(v.fixes.filter((f) => f.title.startsWith('Ask for'))).toEqual([]);
});

test('less of one thing is not offered where two are used up', () => {
  const spec = { containers: [container({ resources: { requests: { cpu: '1', memory: '512Mi' } } })] };
  const both =
    'exceeded quota: compute, requested: requests.cpu=1,requests.memory=512Mi, used: requests.cpu=1500m,requests.memory=3840Mi, limited: requests.cpu=2,requests.memory=4Gi';
  expect(the(refused(both, { spec })).fixes.filter((f) => f.title.startsWith('Ask for'))).toEqual([]);
});

test('what is left is shared by all pods that are missing', () => {
  const spec = { containers: [container({ resources: { requests: { memory: '512Mi' } } })] };
  const message =
    'exceeded quota: compute, requested: requests.memory=512Mi, used: requests.memory=0, limited: requests.memory=768Mi';
  const none = refused(message, { spec, old: 0, deployment: { spec: { replicas: 2 } } });
  expect(the(none).fixes.map((f) => f.title)).toContain('Ask for 384Mi, which is left');
});

test('exactly the missing limits are set', () => {
  const v = the(refused('failed quota: compute: must specify limits.cpu for: shop; limits.memory for: shop'));
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: {
        template: { spec: { containers: [{ name: 'shop', resources: { limits: { cpu: '100m', memory: '128Mi' } } }] } },
      },
    }),
  );
});

test('a missing limit is not set below what is asked for, and an init container is found in its place', () => {
  const init = container({ name: 'migrate', resources: { requests: { memory: '1Gi' } } });
  const v = the(
    refused('failed quota: compute: must specify limits.memory for: migrate', {
      spec: { containers: [container()], initContainers: [init] },
    }),
  );
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: {
        template: { spec: { initContainers: [{ name: 'migrate', resources: { limits: { memory: '1Gi' } } }] } },
      },
    }),
  );
});

test('with a limit that goes down to its bound, a request above it goes too', () => {
  const resources = { limits: { memory: '1536Mi' }, requests: { memory: '1536Mi' } };
  const v = the(
    refused('maximum memory usage per Container is 1Gi, but limit is 1536Mi', {
      spec: { containers: [container({ resources })] },
    }),
  );
  expect(JSON.stringify(fixes(v))).toContain('"resources":{"limits":{"memory":"1Gi"},"requests":{"memory":"1Gi"}}');
});

test('a limit goes to its bound', () => {
  const spec = { containers: [container({ resources: { limits: { memory: '1536Mi' } } })] };
  const v = the(refused('maximum memory usage per Container is 1Gi, but limit is 1536Mi', { spec }));
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', resources: { limits: { memory: '1Gi' } } }] } } },
    }),
  );
});

test('the level “restricted” becomes the settings that it lists', () => {
  const list =
    'allowPrivilegeEscalation != false (container "shop" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "shop" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "shop" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "shop" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"), hostPath volumes (volume "host")';
  const v = the(refused(`pods "shop-x" is forbidden: violates PodSecurity "restricted:latest": ${list}`));
  expect(v.fixes.at(-1)).toMatchObject({
    title: 'Set what the level demands (and drop by hand: hostPath volumes)',
    patch: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'shop',
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ['ALL'] },
                  runAsNonRoot: true,
                  seccompProfile: { type: 'RuntimeDefault' },
                },
              },
            ],
          },
        },
      },
    },
  });
});

test('a policy’s own words are told', () => {
  expect(
    words(the(refused('admission webhook "validate.kyverno.svc-fail" denied the request: label team\n is   required'))),
  ).toBe(
    'The cluster does not let shop start new pods: the policy validate.kyverno.svc-fail forbids it, saying “label team is required”.',
  );
});

test('names that are one slip away', () => {
  const account = named('v1', 'ServiceAccount', 'apps');
  expect(
    the(refused('error looking up service account shop/app: serviceaccount "app" not found', { more: [account] })).near,
  ).toEqual(['apps']);
  const high = wide('scheduling.k8s.io/v1', 'PriorityClass', 'high');
  expect(the(refused('no PriorityClass with name hihg was found', { more: [high] })).near).toEqual(['high']);
});

test('old events are no refusal when all pods are there', () => {
  expect(
    codes(scene({ status: undefined as never, setEvents: [['FailedCreate', `Error creating: ${quota}`]] })),
  ).toEqual([]);
});

test('a StatefulSet has no such condition: its event tells it', () => {
  const set = named('apps/v1', 'StatefulSet', 'db', {
    spec: { replicas: 3 },
    status: { replicas: 1, readyReplicas: 1 },
  });
  const first = pod('db-0', set, { meta: { labels: { app: 'db' } } });
  const says = event(set, 'FailedCreate', `create Pod db-1 in StatefulSet db failed error: ${quota}`);
  expect(the([set, first, says])).toMatchObject({
    code: 'quota-exceeded',
    object: { kind: 'StatefulSet', name: 'db' },
    blast: { reach: 'partly' },
  });
});

test('a ReplicaSet and its event are enough, without uids and without the Deployment', () => {
  const bare = JSON.parse(
    JSON.stringify(refused(quota))
      .replaceAll(/"uid":"[^"]*",?/g, '')
      .replaceAll(/,}/g, '}'),
  ) as Record<string, unknown>[];
  expect(codes(bare)).toEqual(['quota-exceeded']);
  expect(the(bare.filter((o) => o.kind !== 'Deployment'))).toMatchObject({
    code: 'quota-exceeded',
    object: { kind: 'Deployment', name: 'shop' },
  });
});

test('a Job that may not start', () => {
  const job = named('batch/v1', 'Job', 'report', { spec: { parallelism: 1 }, status: {} });
  expect(codes([job, event(job, 'FailedCreate', `Error creating: ${quota}`)])).toEqual(['quota-exceeded']);
});

const many = (n: number, message: string) =>
  Array.from({ length: n }, (_, i) =>
    JSON.parse(
      JSON.stringify(refused(message))
        .replaceAll('"shop-', `"shop${i}-`)
        .replaceAll('"name":"shop"', `"name":"shop${i}"`)
        .replaceAll('"app":"shop"', `"app":"shop${i}"`),
    ),
  ).flat();

test('a quota that stops twenty-two is one verdict: twenty names, and how many more', () => {
  const v = the(many(22, quota));
  expect(v).toMatchObject({
    code: 'quota-exceeded',
    object: { kind: 'ResourceQuota', namespace: 'shop', name: 'compute' },
  });
  expect(v.affected).toHaveLength(22);
  expect(words(v)).toMatch(
    /^The quota compute of shop is used up \(requests\.memory: 3840Mi of 4Gi\), so nothing new can start there\. That affects 22 workloads: shop0, .* and 2 more\.$/,
  );
});

test('a dead webhook is one verdict, by the configuration that names it; what runs behind it is its cause', () => {
  const configuration = wide('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'kyverno-policies', {
    webhooks: [
      { name: 'validate.kyverno.svc-fail', clientConfig: { service: { name: 'kyverno-svc', namespace: 'kyverno' } } },
    ],
  });
  const v = the([...many(3, kyverno), configuration]);
  expect(v).toMatchObject({
    code: 'webhook-unreachable',
    object: { kind: 'ValidatingWebhookConfiguration', name: 'kyverno-policies' },
  });
  const service = named(
    'v1',
    'Service',
    'kyverno-svc',
    { spec: { selector: { app: 'kyverno' }, ports: [{ port: 443, targetPort: 9443 }] } },
    { namespace: 'kyverno' },
  );
  const deployment = named(
    'apps/v1',
    'Deployment',
    'kyverno',
    {
      spec: {
        replicas: 1,
        template: {
          metadata: { labels: { app: 'kyverno' } },
          spec: { containers: [container({ name: 'kyverno', ports: [{ containerPort: 9443 }] })] },
        },
      },
    },
    { namespace: 'kyverno' },
  );
  const down = pod('kyverno-0', deployment, {
    meta: { namespace: 'kyverno', labels: { app: 'kyverno' } },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'shop',
          ready: false,
          restartCount: 9,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(9) } },
        },
      ],
    },
  });
  const root = the([...many(3, kyverno), configuration, service, deployment, down]);
  expect(root).toMatchObject({ code: 'out-of-memory', object: { kind: 'Deployment', name: 'kyverno' } });
  expect(root.affected.map((r) => r.name)).toEqual(['shop0', 'shop1', 'shop2']);
});

test('two quotas are two verdicts', () => {
  const other = JSON.parse(JSON.stringify(many(2, quota)).replaceAll('"namespace":"shop"', '"namespace":"cart"'));
  expect(
    read([...many(2, quota), ...other])
      .map((v) => v.object.namespace)
      .toSorted(),
  ).toEqual(['cart', 'shop']);
});

test('a machine that is not well takes its symptoms with it', () => {
  const d = scene();
  expect(
    codes([...d, node('node-1'), named('v1', 'Pod', 'x', {}, { ownerReferences: [ownedBy(d[0] as never)] })]),
  ).toEqual([]);
});

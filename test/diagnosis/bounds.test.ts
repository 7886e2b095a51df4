import { expect, test } from 'vitest';
import { counts } from '../../src/core/diagnosis/quotas.ts';
import { fixes, the, words } from './check.ts';
import { condition, container, event, named, podSpec, scene } from './objects.ts';

type Obj = Record<string, unknown>;

/** A rollout whose new pod is refused, with what the ReplicaSet's controller writes. */
const refused = (message: string, spec: Obj = {}, more: readonly Obj[] = []) =>
  scene({
    fresh: 0,
    spec,
    set: {
      spec: { replicas: 1 },
      status: { replicas: 0, conditions: [condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message })] },
    },
    deployment: { status: { conditions: [condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message })] } },
    setEvents: [['FailedCreate', `Error creating: ${message}`]],
    more,
  });
const forbidden = (why: string) => `pods "shop-7c9d5f4b8-x2k" is forbidden: ${why}`;
const sized = (resources: Obj) => ({ containers: [container({ resources })] });
const patch = (resources: Obj) =>
  expect.objectContaining({ spec: { template: { spec: { containers: [{ name: 'shop', resources }] } } } });

const range = named('v1', 'LimitRange', 'bounds', {
  spec: {
    limits: [
      {
        type: 'Container',
        max: { cpu: '1', memory: '1Gi' },
        default: { memory: '512Mi' },
        maxLimitRequestRatio: { cpu: '4' },
      },
      { type: 'Pod', max: { memory: '2Gi' } },
      { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } },
    ],
  },
});

test('a limit too far above what is asked for: ask for more', () => {
  const v = the(
    refused(
      forbidden('cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000'),
      sized({ limits: { cpu: '1' }, requests: { cpu: '100m' } }),
      [range],
    ),
  );
  expect(v.code).toBe('limit-range-ratio');
  expect(words(v)).toContain(
    'its cpu limit may be at most 4 times what it asks for here (for one container), and it is 10 times that.',
  );
  expect(fixes(v)).toContainEqual(patch({ requests: { cpu: '250m' } }));
  expect(v.evidence).toContainEqual(
    expect.objectContaining({ on: expect.objectContaining({ kind: 'LimitRange', name: 'bounds' }), says: '4' }),
  );
  const memory = the(
    refused(
      forbidden('memory max limit to request ratio per Container is 2, but no request is specified or request is 0'),
      sized({ limits: { memory: '1000Mi' } }),
    ),
  );
  expect(words(memory)).toContain('and it sets no request.');
  expect(fixes(memory)).toContainEqual(patch({ requests: { memory: '500Mi' } }));
  // Of two containers it is not known which one is meant.
  const two = {
    containers: [container(), container({ name: 'b' })].map((c) => ({ ...c, resources: { limits: { cpu: '1' } } })),
  };
  const both = the(
    refused(forbidden('cpu max limit to request ratio per Container is 4, but provided ratio is 9.5'), two),
  );
  expect(fixes(both).join()).not.toContain('requests');
});

test('a limit that has to be set at all', () => {
  const v = the(
    refused(
      forbidden('maximum cpu usage per Container is 1.  No limit is specified'),
      sized({ requests: { cpu: '100m' } }),
      [range],
    ),
  );
  expect(v.code).toBe('limit-range-unset');
  expect(words(v)).toContain('the maximum of cpu for one container is 1 here, and it sets no limit for cpu at all.');
  expect(fixes(v)).toContainEqual(patch({ limits: { cpu: '1' } }));
});

test('what all containers of a pod may use together is shared out by people', () => {
  const containers = ['shop', 'b'].map((name) => container({ name, resources: { limits: { memory: '1536Mi' } } }));
  const v = the(
    refused(forbidden('maximum memory usage per Pod is 2Gi, but limit is 3221225472'), { containers }, [range]),
  );
  expect(words(v)).toContain(
    'the maximum of memory for all containers of a pod together is 2Gi here, and its limit is 3221225472.',
  );
  expect(fixes(v)).toEqual(expect.arrayContaining(['kubectl -n shop describe limitrange bounds']));
  expect(v.fixes.some((f) => f.kind === 'patch' && f.title.startsWith('Set'))).toBe(false);
});

test('a claim that a StatefulSet may not have so large', () => {
  const set = named('apps/v1', 'StatefulSet', 'db', {
    spec: { replicas: 1, selector: { matchLabels: { app: 'db' } }, template: { spec: podSpec() } },
    status: { replicas: 0 },
  });
  const says = event(
    set,
    'FailedCreate',
    'create Claim data-db-0 for Pod db-0 in StatefulSet db failed error: persistentvolumeclaims "data-db-0" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi',
    { source: { component: 'statefulset-controller' } },
  );
  const v = the([set, says, range]);
  expect(v).toMatchObject({ code: 'limit-range', object: { kind: 'StatefulSet', name: 'db' } });
  expect(words(v)).toContain(
    'the volume claim that it needs asks for 20Gi of storage, and the maximum for one is 10Gi here.',
  );
});

test('a limit that the namespace gave is not looked for in the manifest', () => {
  const message =
    'Pod "shop-7c9d5f4b8-x2k" is invalid: spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 512Mi';
  const given = the(refused(message, sized({ requests: { memory: '2Gi' } }), [range]));
  expect(words(given)).toContain(
    'its namespace gives it a memory limit of 512Mi, since it sets none, and it asks for 2Gi',
  );
  expect(fixes(given)).toContainEqual(patch({ limits: { memory: '2Gi' } }));
  const own = the(refused(message, sized({ requests: { memory: '2Gi' }, limits: { memory: '512Mi' } })));
  expect(words(own)).not.toContain('its namespace gives it');
});

test('whose pods a quota counts, and a priority class that no quota of the namespace is for', () => {
  const quota = named('v1', 'ResourceQuota', 'high', {
    spec: {
      hard: { pods: '2' },
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
    },
    status: { hard: { pods: '2' }, used: { pods: '2' } },
  });
  const full = forbidden('exceeded quota: high, requested: pods=1, used: pods=2, limited: pods=2');
  expect(words(the(refused(full, { priorityClassName: 'high' }, [quota])))).toContain(
    '2 of 2 are in use (it counts only pods of the priority class high).',
  );
  const none = the(
    refused(
      forbidden(
        'insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]',
      ),
      { priorityClassName: 'system-cluster-critical' },
    ),
  );
  expect(none.code).toBe('quota-scope-missing');
  expect(words(none)).toContain(
    'this cluster takes pods of the priority class system-cluster-critical only where a quota of the namespace counts them, and shop has none.',
  );
  expect(fixes(none)).toContainEqual(
    expect.objectContaining({ spec: { template: { spec: { priorityClassName: null } } } }),
  );
});

test.each<readonly [string, Obj, Obj, boolean]>([
  ['no scope', {}, {}, true],
  ['BestEffort, and it asks for something', { scopes: ['BestEffort'] }, {}, false],
  [
    'BestEffort, and it asks for nothing',
    { scopes: ['BestEffort'] },
    { containers: [container({ resources: {} })] },
    true,
  ],
  ['NotBestEffort', { scopes: ['NotBestEffort'] }, {}, true],
  ['NotTerminating', { scopes: ['NotTerminating'] }, {}, true],
  ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: 60 }, true],
  ['two of which one fits', { scopes: ['Terminating', 'NotBestEffort'] }, {}, false],
  [
    'a priority class that it has not',
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } },
    {},
    false,
  ],
  [
    'any priority class but one',
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'NotIn', values: ['high'] }] } },
    { priorityClassName: 'low' },
    true,
  ],
  ['a scope that we do not know', { scopes: ['VolumeAttributesClass'] }, {}, false],
])('a quota with %s', (_, spec, more, counted) => {
  expect(counts({ spec }, podSpec(more))).toBe(counted);
});

const scc = (refusals: string) =>
  forbidden(`unable to validate against any security context constraint: [${refusals}]`);
const others =
  'provider "anyuid": Forbidden: not usable by user or serviceaccount, provider "restricted": Forbidden: not usable by user or serviceaccount, provider "nonroot-v2": Forbidden: not usable by user or serviceaccount, provider "privileged": Forbidden: not usable by user or serviceaccount';

test('OpenShift refuses a user and a group: which, which it would take, and what to leave out', () => {
  const spec = {
    securityContext: { fsGroup: 10_001 },
    containers: [container({ securityContext: { runAsUser: 1000, allowPrivilegeEscalation: false } })],
  };
  const v = the(
    refused(
      scc(
        `provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{10001}: 10001 is not an allowed group, provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000760000, 1000769999], ${others}`,
      ),
      spec,
    ),
  );
  expect(v.code).toBe('security-constraint');
  expect(words(v)).toBe(
    'The cluster does not let shop start new pods: OpenShift’s security context constraints (SCC) for its account default refuse it, as its files are to belong to the group 10001, and it wants to run as the user 1000 (allowed are 1000760000 to 1000769999).',
  );
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: {
        template: {
          spec: {
            securityContext: { fsGroup: null },
            containers: [{ name: 'shop', securityContext: { runAsUser: null } }],
          },
        },
      },
    }),
  );
});

test('OpenShift in its older words, and what cannot be left out without knowing why it is there', () => {
  const old = the(
    refused(
      scc(
        'provider restricted: .spec.securityContext.fsGroup: Invalid value: []int64{10000}: 10000 is not an allowed group spec.containers[0].securityContext.runAsUser: Invalid value: 10000: must be in the ranges: [1000620000, 1000629999]',
      ),
      { securityContext: { fsGroup: 10_000, runAsUser: 10_000 } },
    ),
  );
  expect(fixes(old)).toContainEqual(
    expect.objectContaining({ spec: { template: { spec: { securityContext: { fsGroup: null, runAsUser: null } } } } }),
  );
  const host = the(
    refused(
      scc(
        `${others}, provider restricted-v2: .spec.securityContext.hostNetwork: Invalid value: true: Host network is not allowed to be used, provider restricted-v2: spec.volumes[0]: Invalid value: "hostPath": hostPath volumes are not allowed to be used, provider restricted-v2: .containers[0].capabilities.add: Invalid value: "NET_ADMIN": capability may not be added, provider restricted-v2: .containers[0].hostPort: Invalid value: 8080: Host ports are not allowed to be used`,
      ),
      { hostNetwork: true },
    ),
  );
  expect(words(host)).toContain(
    'refuse it, as it wants the network of the machine (hostNetwork), it uses a kind of volume that is not allowed (hostPath), it wants the special right NET_ADMIN (capabilities), and it wants the port 8080 of the machine (hostPort).',
  );
  expect(host.fixes.some((f) => f.title === 'Leave that to OpenShift')).toBe(false);
  expect(words(the(refused(scc(others))))).toContain(
    'its account default may use no security context constraint (SCC) at all.',
  );
});

test('Pod Security in the words of who has never read its levels', () => {
  const v = the(
    refused(
      forbidden(
        'violates PodSecurity "baseline:v1.34": privileged (container "shop" must not set securityContext.privileged=true), host namespaces (hostNetwork=true), hostPort (container "shop" uses hostPort 8080)',
      ),
      { hostNetwork: true, containers: [container({ securityContext: { privileged: true } })] },
    ),
  );
  expect(words(v)).toBe(
    'The cluster does not let shop start new pods: the namespace shop demands the security level baseline:v1.34, and it has all rights over the machine (privileged), it shares the network or the processes of the machine (host namespaces), and it takes a port of the machine (hostPort).',
  );
});

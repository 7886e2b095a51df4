import { afterEach, expect, test } from 'vitest';
import { createApi } from '../../src/cluster/api.ts';
import { type Mirror, type Mirrored, mirror } from '../../src/cluster/mirror.ts';
import { createShare, project } from '../../src/cluster/project.ts';
import { templatePrint } from '../../src/cluster/template.ts';
import { conclude, examine } from '../../src/core/diagnosis/index.ts';
import { str } from '../../src/core/diagnosis/read.ts';
import { still } from './world.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A mirror of a world whose clock stands still; `until` waits for what a change or a new state brings about. */
async function mirrored(
  more: Partial<Mirrored> = {},
  prepare: (world: ReturnType<typeof still>) => void = () => undefined,
  ready: (m: Mirror) => boolean = (one) => one.synced(),
) {
  const world = still();
  await world.clock.pass(1_000);
  world.deploy('web');
  await world.clock.pass(60_000);
  prepare(world);
  const { url, caPem, token } = await world.cluster.listen();
  closing.push(() => world.cluster.close());
  const looks = new Set<() => void>();
  const look = () => {
    for (const one of [...looks]) one();
  };
  const api = createApi({
    context: 'test',
    namespace: 'default',
    server: new URL(url),
    options: async () => ({ ca: caPem, headers: { authorization: `Bearer ${token}` } }),
  });
  const touched: string[] = [];
  const m = mirror(api, {
    clock: world.clock,
    random: () => 0,
    onChange: (_, { object }) => touched.push(str(object, 'metadata', 'namespace') ?? ''),
    onState: look,
    onVersion: look,
    ...more,
  });
  closing.push(m.stop);
  const until = (fits: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const one = () => {
        if (!fits()) return;
        looks.delete(one);
        resolve();
      };
      looks.add(one);
      one();
    });
  const now = () => m.world(world.clock.now(), () => undefined);
  const codes = () => conclude([examine(now(), 'default')]).map((v) => v.code);
  await until(() => ready(m));
  return { ...world, m, now, until, touched, codes };
}

test('what breaks is seen as it breaks, by one namespace alone, and its mending too', async () => {
  const { cluster, clock, m, until, codes, touched } = await mirrored();
  expect(codes()).toEqual([]);
  expect(m.troubles()).toEqual([]);
  touched.length = 0;
  cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await clock.pass(5_000);
  await until(() => codes().length > 0);
  expect(codes()).toEqual(['image-not-found']);
  expect(new Set(touched)).toContain('default');
  cluster.heal({ namespace: 'default', name: 'web' });
  await clock.pass(15_000);
  await until(() => codes().length === 0);
});

test('a namespace that is named alone is all that is asked for', async () => {
  const asked = new Set<string>();
  const only = await mirrored({ include: ['default'] }, (world) =>
    world.cluster.fail(({ path }) => {
      asked.add(path);
      return undefined;
    }),
  );
  expect(only.now().all('Pod', 'kube-system')).toEqual([]);
  expect(only.now().all('Pod', 'default')).not.toEqual([]);
  expect([...asked]).toContain('/api/v1/namespaces/default/pods');
  expect([...asked]).not.toContain('/api/v1/pods');
  expect(only.codes()).toEqual([]);
});

test('a right that is missing is a trouble with its reason, and what it would show is not taken for absent', async () => {
  const { m, now, codes } = await mirrored({}, (world) =>
    world.cluster.fail(({ path }) => (path.endsWith('/secrets') ? { kind: 'status', code: 403 } : undefined)),
  );
  expect(m.troubles()).toMatchObject([
    { kind: 'Secret', state: { at: 'waiting', why: expect.stringMatching(/^403 /) } },
  ]);
  expect(now().listed('Secret')).toBe(false);
  expect(now().listed('ConfigMap')).toBe(true);
  expect(codes()).toEqual([]);
});

test('a kind that is not there is not lost: neither after an error before, nor where nobody may read it', async () => {
  let busy = true;
  const { clock, m, until } = await mirrored(
    {},
    (world) =>
      world.cluster.fail(({ path }) => {
        if (/\/(?:certificates|networkpolicies)$/.test(path)) return { kind: 'status', code: 403 };
        return path.endsWith('/ciliumnetworkpolicies') && busy ? { kind: 'status', code: 500 } : undefined;
      }),
    (one) => one.synced() && one.lost('CiliumNetworkPolicy') !== undefined && one.lost('NetworkPolicy') !== undefined,
  );
  expect(m.lost('Certificate')).toBeUndefined();
  busy = false;
  await clock.pass(5_000);
  await until(() => m.lost('CiliumNetworkPolicy') === undefined);
  expect(m.lost('NetworkPolicy')).toMatch(/^403 /);
});

test('what is built in and fails for a moment is waited for; what was added and is broken is not', async () => {
  let busy = true;
  const { cluster, clock, m, until } = await mirrored(
    {},
    (world) =>
      world.cluster.fail(({ path, watch }) => {
        if (path.endsWith('/deployments') && !watch && busy) return { kind: 'status', code: 429, retryAfter: 5 };
        return path.endsWith('/certificates') ? { kind: 'status', code: 500 } : undefined;
      }),
    (one) => one.troubles().some(({ kind }) => kind === 'Deployment'),
  );
  await until(() => m.versions().get('Pod') !== 0 && m.troubles().some(({ kind }) => kind === 'Certificate'));
  expect(m.synced()).toBe(false);
  busy = false;
  await clock.pass(5_000);
  await until(m.synced);
  expect(m.troubles().map(({ kind }) => kind)).toEqual(['Certificate']);
  cluster.fail(undefined);
});

test('pods of one template share what they have in common, and nothing that a rule reads is lost', () => {
  const share = createShare();
  const pod = (name: string, token: string) =>
    project(
      {
        metadata: {
          name,
          managedFields: [{ time: '2026-11-25T11:00:00Z', fieldsV1: { 'f:x': {} } }, { time: '2026-11-25T12:00:00Z' }],
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', keep: '1' },
        },
        spec: {
          nodeName: name,
          containers: [
            {
              name: 'app',
              image: 'app:1',
              env: [{ name: 'A', value: '1' }],
              volumeMounts: [
                { name: token, mountPath: '/var/run' },
                { name: 'data', mountPath: '/data' },
              ],
              terminationMessagePath: '/dev/termination-log',
            },
          ],
          volumes: [
            { name: token, projected: {} },
            { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
          ],
        },
        status: {
          phase: 'Running',
          hostIP: '10.0.0.1',
          startTime: '2026-11-25T12:00:00Z',
          containerStatuses: [
            { name: 'app', ready: true, restartCount: 0, imageID: 'x', state: { running: { startedAt: token } } },
            { name: 'side', ready: false, restartCount: 0, state: { running: { startedAt: token } } },
          ],
        },
      },
      'Pod',
      'v1',
      share,
    ) as { spec: { containers: unknown }; metadata: unknown; status: unknown };
  const [a, b] = [pod('a', 'kube-api-access-1'), pod('b', 'kube-api-access-2')];
  expect(a.spec.containers).toBe(b.spec.containers);
  expect(a).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'a', annotations: { keep: '1' } },
    spec: {
      nodeName: 'a',
      containers: [
        {
          name: 'app',
          image: 'app:1',
          env: [{ name: 'A', value: '1' }],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'app', ready: true, restartCount: 0, state: { running: {} } },
        { name: 'side', ready: false, restartCount: 0, state: { running: { startedAt: 'kube-api-access-1' } } },
      ],
    },
  });
});

test('what is alike is kept once, to its smallest part, in the order in which it was written', () => {
  const share = createShare();
  const env = (name: string) => ({ name, value: `the ${name} of all` });
  const one = share([{ image: 'app:1', env: [env('level'), env('region')] }]);
  const other = share([{ image: 'app:2', env: [env('level'), env('zone')] }]);
  expect(one).toEqual([{ image: 'app:1', env: [env('level'), env('region')] }]);
  expect(other[0]?.env[0]).toBe(one[0]?.env[0]);
  expect(share([{ image: 'app:1', env: [env('level'), env('region')] }])).toBe(one);
  const turned = share({ value: 'the level of all', name: 'level' });
  expect(JSON.stringify(turned)).toBe('{"value":"the level of all","name":"level"}');
  // A text is not the object that it spells.
  expect(share(JSON.stringify(env('level')))).toBe('{"name":"level","value":"the level of all"}');
  expect(share({ ...env('level') })).toEqual(env('level'));
  expect(share(JSON.parse('{"__proto__":{"polluted":"a longer text"}}'))).not.toHaveProperty('polluted');
  const few = createShare(1);
  expect([few({ a: 'aaaaaaaaaaaa' }), few({ b: 'bbbbbbbbbbbb' })]).toEqual([
    { a: 'aaaaaaaaaaaa' },
    { b: 'bbbbbbbbbbbb' },
  ]);
});

test('when an object was last written is kept of what is asked for it', () => {
  const managedFields = [{ time: '2026-11-25T11:00:00Z', fieldsV1: { 'f:x': {} } }, { time: '2026-11-25T12:00:00Z' }];
  const kept = (kind: string) => project({ metadata: { managedFields } }, kind, 'v1').metadata;
  expect(kept('ConfigMap')).toEqual({ managedFields: [{ time: '2026-11-25T12:00:00Z' }] });
  expect(kept('Event')).toEqual({});
});

test('the print of a template is that of yesterday: with another one, all would be rolled out anew', () => {
  const shop = (annotations: object, image = 'registry.acme.example/shop:1.0.0') => ({
    metadata: { name: 'shop', namespace: 'shop', annotations: { 'deployment.kubernetes.io/revision': '3' } },
    spec: {
      replicas: 2,
      template: {
        metadata: { labels: { app: 'shop' }, annotations, creationTimestamp: null },
        spec: {
          containers: [
            {
              name: 'shop',
              image,
              env: [{ name: 'LEVEL', value: 'info' }],
              resources: { limits: { memory: '256Mi' } },
              terminationMessagePolicy: 'File',
              volumeMounts: [{ name: 'config', mountPath: '/etc/shop' }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'shop', defaultMode: 420 } }],
          serviceAccountName: 'shop',
          dnsPolicy: 'ClusterFirst',
        },
      },
    },
  });
  const print = (of: Readonly<Record<string, unknown>>) => templatePrint(project(of, 'Deployment', 'apps/v1'));
  // Whoever has to change this line raises the version in src/cluster/template.ts.
  const pinned = '1:0wywDU6e8IHG60-VGtrIqA';
  expect(print(shop({}))).toBe(pinned);
  expect(
    print({ ...shop({ 'kubectl.kubernetes.io/restartedAt': '2026-03-01T10:00:00Z' }), status: { replicas: 1 } }),
  ).toBe(pinned);
  expect(print(shop({ 'checksum/config': 'a' }))).not.toBe(pinned);
  expect(print(shop({}, 'registry.acme.example/shop:1.0.1'))).not.toBe(pinned);
  expect(print({ spec: { jobTemplate: {} } })).toBeUndefined();
});

test('of a pod it is kept that it asks another DNS than its cluster’s', () => {
  const kept = (dnsPolicy: string) => project({ spec: { dnsPolicy } }, 'Pod', 'v1').spec;
  expect([kept('ClusterFirst'), kept('Default'), kept('None')]).toEqual([
    {},
    { dnsPolicy: 'Default' },
    { dnsPolicy: 'None' },
  ]);
});

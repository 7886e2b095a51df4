import { describe, expect, test } from 'vitest';
import { kubernetes } from '../../../src/actions/kubernetes/backend.ts';
import { field } from '../../../src/actions/kubernetes/objects.ts';
import { readKubeconfig } from '../../../src/cluster/kubeconfig.ts';
import type { Json } from '../../../src/core/kernel/inbound.ts';
import type { Order, Progress } from '../../../src/core/runs/run.ts';
import { createCluster, type Fields } from '../../../src/playground/cluster/index.ts';
import { openInStep } from './in-step.ts';
import { clock } from './making.ts';
import { backendContract, finish, type World } from './suite.ts';

const own = (resource: string) => ({ 'groundcrew.dev/resource': resource });

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-orders' } };
const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'quota', namespace: 'team-orders' },
  spec: { hard: { 'count/services': '0', services: '0' } },
};

const app = (replicas: number): Json[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'registry.acme.example/web:1.0.0' }] },
      },
    },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { replicas: String(replicas) } },
];
const service: Json = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};
const order = (verb: Order['verb'], spec: Json, more: Partial<Order> = {}): Order => ({
  run: `q1-${verb}`,
  verb,
  resource: 'r1',
  path: 'service',
  version: '1.0.0',
  spec,
  labels: { 'groundcrew.dev/team': 'orders' },
  annotations: { 'groundcrew.dev/request': '1' },
  timeoutSeconds: 600,
  ...more,
});
const spec = (replicas: number, more: object = {}): Json => ({
  namespace: 'team-orders',
  objects: app(replicas),
  ...more,
});
const gate = { ready: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gate', fields: { 'data.open': 'yes' } }] };

async function open(): Promise<World> {
  // Processes that are killed go by the machine's clock; a minute of the cluster takes a second or so.
  const cluster = createCluster({ clock, speed: 100, nodes: 1, objects: [namespace, quota] });
  await cluster.listen();
  let made = 0;
  cluster.subscribe(({ type, object }) => {
    if (type === 'ADDED' && object.metadata.labels?.['groundcrew.dev/resource'] === 'r1') made += 1;
  });
  return {
    making: { backend: 'kubernetes', kubeconfig: cluster.kubeconfig() },
    order: (verb, more) => order(verb, spec(1), more),
    changed: (verb) => order(verb, spec(2)),
    refused: {
      order: order('create', { namespace: 'team-orders', objects: [...app(1), service] }),
      words: /exceeded quota: quota/,
    },
    slow: order('create', spec(1, gate)),
    async openGate() {
      cluster.objects.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'gate', namespace: 'team-orders' },
        data: { open: 'yes' },
      });
    },
    waiting: ({ steps }) => steps.some((s) => s.note?.startsWith('ConfigMap team-orders/gate')),
    async things() {
      const found = ['deployments.apps', 'configmaps', 'services'].flatMap((kind) =>
        cluster.objects.list(kind, 'team-orders'),
      );
      return found
        .filter((o) => o.metadata.labels?.['groundcrew.dev/resource'] === 'r1')
        .map((o) => `${o.kind} ${o.metadata.name} ${JSON.stringify(o.data ?? (o.spec as Fields).replicas)}`)
        .toSorted();
    },
    made: async () => made,
    stride: 1,
    expected: {
      created: ['ConfigMap settings {"replicas":"1"}', 'Deployment web 1'],
      changed: ['ConfigMap settings {"replicas":"2"}', 'Deployment web 2'],
    },
    close: () => cluster.close(),
  };
}
backendContract('kubernetes', { open });

describe('kubernetes itself', { timeout: 120_000 }, () => {
  const signal = new AbortController().signal;
  /** A cluster whose operators take longer than any wait for a first sign of theirs. */
  const slowly = 0.05;
  type InStep = Awaited<ReturnType<typeof openInStep>>;
  async function within(
    work: (cluster: InStep['cluster'], backend: InStep['backend']) => Promise<void>,
    objects: readonly Fields[] = [namespace],
    speed = 1,
  ) {
    const { cluster, backend } = await openInStep({ speed, nodes: 1, objects });
    try {
      await work(cluster, backend);
    } finally {
      await cluster.close();
    }
  }
  const last = async (backend: InStep['backend'], o: Order): Promise<Progress | undefined> =>
    (await finish(backend, o)).at(-1);
  const map = (name: string, data: Record<string, string> = {}): Json => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  });
  const maps = (...objects: Json[]): Json => ({ namespace: 'team-orders', objects });

  test('puts labels and annotations on all, and applies as one manager', () =>
    within(async (cluster, backend) => {
      await last(backend, order('create', spec(1)));
      const found = cluster.objects.get('deployments.apps', 'team-orders', 'web');
      expect(found?.metadata.labels).toMatchObject({ ...own('r1'), 'groundcrew.dev/team': 'orders' });
      expect(found?.metadata.annotations).toMatchObject({ 'groundcrew.dev/request': '1' });
      expect(JSON.stringify(found?.metadata.managedFields)).toContain('"manager":"groundcrew","operation":"Apply"');
    }));

  test('shows the difference beforehand, without what the server keeps, and no secret', () =>
    within(async (_, backend) => {
      const secret = (password: string): Json => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { password },
      });
      const first = await backend.preview(order('create', maps(map('a', { x: '1' }), secret('never shown'))), signal);
      expect(first).toMatchObject({ summary: '2 objects will be made', destroys: 0 });
      expect(first.detail).toMatchObject({ language: 'yaml', text: expect.stringContaining('data:\n  x: "1"\n') });
      await last(backend, order('create', maps(map('a', { x: '1' }), map('b'), secret('never shown'))));
      const second = await backend.preview(
        order('change', maps(map('a', { x: '2' }), map('b'), secret('shown never')), {
          annotations: { 'groundcrew.dev/request': '2' },
        }),
        signal,
      );
      expect(second.changes.slice(0, 2)).toEqual([
        { what: 'ConfigMap team-orders/a', does: 'change' },
        { what: 'ConfigMap team-orders/b', does: 'keep' },
      ]);
      expect(second.detail?.text).toMatch(/- {2}x: "1"\n\+ {2}x: "2"/);
      expect(second.detail?.text).not.toMatch(/Index:|====|managedFields|resourceVersion|uid|groundcrew\.dev\/request/);
      expect(JSON.stringify([first, second])).not.toMatch(/never shown|bmV2ZXIgc2hvd24|shown never|c2hvd24gbmV2ZXI/);
    }));

  test('makes a namespace and what is in it, and takes both away again', () =>
    within(async (cluster, backend) => {
      const all: Json = {
        objects: [
          { ...(map('a') as object), metadata: { name: 'a', namespace: 'pr-1' } },
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pr-1' } },
        ],
      };
      expect(await backend.preview(order('create', all), signal)).toMatchObject({ summary: '2 objects will be made' });
      expect(await last(backend, order('create', all))).toMatchObject({ state: 'ready' });
      expect(cluster.objects.get('configmaps', 'pr-1', 'a')).toBeDefined();
      expect(await last(backend, order('delete', all))).toMatchObject({ state: 'ready' });
      expect(cluster.objects.get('namespaces', undefined, 'pr-1')).toBeUndefined();
    }));

  test('touches nothing that is somebody else’s', () =>
    within(
      async (cluster, backend) => {
        for (const [name, whose] of [
          ['theirs', 'r2'],
          ['nobodys', undefined],
        ] as const) {
          const wanted = order('create', maps(map('mine'), map(name, { x: 'mine' })));
          const words = whose
            ? /belongs to another resource \(r2\), so I don’t touch it/
            : /was not made by Groundcrew/;
          expect((await backend.preview(wanted, signal)).refused).toMatch(words);
          expect(await last(backend, wanted)).toMatchObject({ state: 'failed', message: expect.stringMatching(words) });
          await last(backend, order('delete', maps(map('mine'), map(name))));
          expect(cluster.objects.get('configmaps', 'team-orders', name)?.data).toEqual({ x: 'theirs' });
        }
        expect(cluster.objects.get('configmaps', 'team-orders', 'mine')).toBeUndefined();
      },
      [
        namespace,
        {
          ...(map('theirs', { x: 'theirs' }) as Fields),
          metadata: { name: 'theirs', namespace: 'team-orders', labels: own('r2') },
        },
        { ...(map('nobodys', { x: 'theirs' }) as Fields), metadata: { name: 'nobodys', namespace: 'team-orders' } },
      ],
    ));

  test('wakes what somebody else has put to sleep: a field that is null is taken away, whoever has set it', () =>
    within(async (cluster, backend) => {
      const set = (stopped: Json) => ({
        patch: [{ kind: 'ConfigMap', set: { metadata: { annotations: { stopped } } } }],
      });
      const all: Json = {
        ...(maps(map('a', { x: '1' })) as object),
        verbs: { hibernate: set('by us'), wake: set(null) },
      };
      const found = () => cluster.objects.get('configmaps', 'team-orders', 'a');
      await last(backend, order('create', all));
      const culled = { metadata: { annotations: { stopped: 'idle' } } };
      cluster.objects.patch('configmaps', 'team-orders', 'a', culled, { manager: 'culler' });
      expect((await backend.preview(order('wake', all), signal)).changes).toEqual([
        { what: 'ConfigMap team-orders/a', does: 'change' },
      ]);
      expect(await last(backend, order('wake', all))).toMatchObject({ state: 'ready' });
      expect(found()?.metadata.annotations).not.toHaveProperty('stopped');
      expect(await last(backend, order('hibernate', all))).toMatchObject({ state: 'ready' });
      expect(found()?.metadata.annotations).toMatchObject({ stopped: 'by us' });
      await last(backend, order('wake', all));
      expect(found()?.metadata.annotations).not.toHaveProperty('stopped');
      expect(found()?.data).toEqual({ x: '1' });
    }));

  test('takes away what an earlier order made and this one does not name, of nobody else and no more than was seen', () =>
    within(
      async (cluster, backend) => {
        const names = () =>
          cluster.objects
            .list('configmaps', 'team-orders')
            .filter((o) => o.metadata.labels)
            .map((o) => o.metadata.name);
        const first = maps(map('a'), map('b'), map('theirs'));
        await last(backend, order('create', maps(map('a'), map('b'))));
        const change = order('change', maps(map('a'), map('c')), { earlier: [first, { kind: 'of another backend' }] });
        expect(await backend.preview(change, signal)).toMatchObject({
          destroys: 1,
          changes: [{ does: 'keep' }, { does: 'create' }, { what: 'ConfigMap team-orders/b', does: 'delete' }],
        });
        // What was confirmed did not say so.
        expect(await last(backend, change)).toMatchObject({
          state: 'failed',
          message: expect.stringContaining('ConfigMap team-orders/b would be deleted'),
        });
        expect(names()).toEqual(['a', 'b', 'theirs']);
        expect(await last(backend, { ...change, destroys: 1 })).toMatchObject({ state: 'ready' });
        expect(names()).toEqual(['a', 'c', 'theirs']);
        // What a change that failed has left is deleted with the thing.
        await last(backend, order('delete', maps(map('a')), { earlier: [maps(map('a'), map('c')), first] }));
        expect(names()).toEqual(['theirs']);
      },
      [
        namespace,
        { ...(map('theirs') as Fields), metadata: { name: 'theirs', namespace: 'team-orders', labels: own('r2') } },
      ],
    ));

  test('what a path names in another version, or what lives on in a namespace, is not taken away', () => {
    const versions = ['v1beta1', 'v1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    }));
    const names = { kind: 'Rocket', plural: 'rockets', singular: 'rocket' };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'rockets.acme.test' },
      spec: { group: 'acme.test', scope: 'Namespaced', names, versions },
    };
    return within(
      async (cluster, backend) => {
        const rocket = (version: string): Json => ({
          apiVersion: `acme.test/${version}`,
          kind: 'Rocket',
          metadata: { name: 'saturn', namespace: 'pr-1' },
          // Of whatever generation: what it says is about how it is now.
          status: { observedGeneration: 9 },
        });
        const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pr-1' } };
        const first: Json = {
          objects: [home, rocket('v1beta1')],
          ready: [{ kind: 'Rocket', fields: { 'metadata.name': 'saturn' } }],
        };
        const second: Json = {
          objects: [rocket('v1')],
          ready: [{ kind: 'Rocket', fields: { 'metadata.name': 'saturn' } }],
        };
        expect(await last(backend, order('create', first))).toMatchObject({ state: 'ready' });
        const { uid } = cluster.objects.get('rockets.acme.test', 'pr-1', 'saturn')?.metadata ?? {};
        expect(uid).toBeDefined();
        const change = order('change', second, { earlier: [first] });
        const { destroys } = await backend.preview(change, signal);
        expect(destroys).toBe(0);
        expect(await last(backend, { ...change, destroys: 2 })).toMatchObject({ state: 'ready' });
        expect(cluster.objects.get('rockets.acme.test', 'pr-1', 'saturn')?.metadata.uid).toBe(uid);
        // With the thing itself the namespace goes, too.
        expect(await backend.preview(order('delete', second, { earlier: [first] }), signal)).toMatchObject({
          changes: [{ what: 'Rocket pr-1/saturn' }, { what: 'Namespace pr-1', does: 'delete' }],
        });
      },
      [namespace, definition],
    );
  });

  test('never forces what another manager holds, and says who holds what', () =>
    within(async (cluster, backend) => {
      await last(backend, order('create', maps(map('a', { x: '1' }))));
      cluster.objects.patch('configmaps', 'team-orders', 'a', { data: { x: 'by hand' } }, { manager: 'kubectl-edit' });
      const failed = await last(backend, order('change', maps(map('a', { x: '2' }))));
      expect(failed).toMatchObject({ state: 'failed', left: ['ConfigMap team-orders/a'] });
      expect(failed?.message).toMatch(
        /ConfigMap team-orders\/a: \.data\.x is held by “kubectl-edit”.*I don’t take it away/,
      );
      expect(cluster.objects.get('configmaps', 'team-orders', 'a')?.data).toEqual({ x: 'by hand' });
    }));

  test('rotates, where a path says by which field; the rest stays as it is', () =>
    within(async (cluster, backend) => {
      const stamp = { metadata: { annotations: { 'example.com/credentials': 'request-7' } } };
      const rotating = spec(2, { verbs: { rotate: { patch: [{ kind: 'Deployment', name: 'web', set: stamp }] } } });
      const web = () => cluster.objects.get('deployments.apps', 'team-orders', 'web');
      expect(await last(backend, order('create', rotating))).toMatchObject({ state: 'ready' });
      const before = web()?.spec;
      expect(await backend.preview(order('rotate', rotating), signal)).toMatchObject({
        changes: [{ what: 'Deployment team-orders/web', does: 'change' }],
      });
      expect(web()?.metadata.annotations).not.toHaveProperty(['example.com/credentials']);
      expect(await last(backend, order('rotate', rotating))).toMatchObject({ state: 'ready' });
      expect(web()?.metadata.annotations).toMatchObject({ 'example.com/credentials': 'request-7' });
      expect(web()?.spec).toEqual(before);
    }));

  test('has credentials made anew by the operator that made them, once a run, and never sees any', () =>
    within(
      async (cluster, backend) => {
        const renew = (name: string) => ({
          verbs: { rotate: { renew: [{ apiVersion: 'v1', kind: 'Secret', name }] } },
        });
        const database = (name: string): Json => ({
          namespace: 'team-orders',
          objects: [
            {
              apiVersion: 'postgresql.cnpg.io/v1',
              kind: 'Cluster',
              metadata: { name: 'orders-db' },
              spec: { instances: 1, storage: { size: '1Gi' } },
            },
          ],
          ...renew(name),
        });
        const rotate = order('rotate', database('orders-db-app'));
        const password = () => {
          const secret = cluster.objects.get('secrets', 'team-orders', 'orders-db-app');
          return (secret?.data as Fields | undefined)?.password;
        };
        expect(await last(backend, order('create', database('orders-db-app')))).toMatchObject({ state: 'ready' });
        const first = password();
        expect(await backend.preview(rotate, signal)).toMatchObject({
          changes: [{ what: 'Secret team-orders/orders-db-app', does: 'change' }],
          destroys: 0,
        });
        expect(password()).toBe(first);
        const said = JSON.stringify([await backend.preview(rotate, signal), await finish(backend, rotate)]);
        const second = password();
        expect(second).not.toBe(first);
        for (const one of [first, second]) expect(said).not.toContain(one);
        // Whoever goes on for a run that was cut off at its end finds that all is done; the next run is another one.
        expect(await last(backend, rotate)).toMatchObject({ state: 'ready' });
        expect(password()).toBe(second);
        expect(await last(backend, { ...rotate, run: 'q9-rotate' })).toMatchObject({ state: 'ready' });
        expect(password()).not.toBe(second);

        cluster.objects.create('secrets', { metadata: { name: 'by-hand', namespace: 'team-orders' } });
        expect(await last(backend, order('rotate', database('by-hand')))).toMatchObject({
          state: 'failed',
          message: expect.stringContaining('was not made by the operator of Cluster team-orders/orders-db'),
        });
        expect(cluster.objects.get('secrets', 'team-orders', 'by-hand')).toBeDefined();
      },
      [namespace],
    ));

  test('hibernates, wakes and restarts; a later change leaves that alone', () =>
    within(async (cluster, backend) => {
      const set = (replicas: number) => ({ patch: [{ kind: 'Deployment', set: { spec: { replicas } } }] });
      const stamp = {
        spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'request-7' } } } },
      };
      const all = spec(2, {
        verbs: {
          hibernate: set(0),
          wake: set(2),
          restart: { patch: [{ kind: 'Deployment', name: 'web', set: stamp }] },
        },
      });
      const replicas = () => {
        const found = cluster.objects.get('deployments.apps', 'team-orders', 'web');
        return (found?.spec as Fields | undefined)?.replicas;
      };
      expect(await last(backend, order('create', all))).toMatchObject({ state: 'ready' });
      const preview = await backend.preview(order('hibernate', all), signal);
      expect(preview.changes).toEqual([{ what: 'Deployment team-orders/web', does: 'change' }]);
      expect(await last(backend, order('hibernate', all))).toMatchObject({ state: 'ready' });
      expect(replicas()).toBe(0);
      expect(await last(backend, order('wake', all))).toMatchObject({ state: 'ready' });
      expect(replicas()).toBe(2);
      expect(await last(backend, order('restart', all))).toMatchObject({ state: 'ready' });
      expect(await last(backend, order('change', all))).toMatchObject({ state: 'ready' });
      expect(JSON.stringify(cluster.objects.get('deployments.apps', 'team-orders', 'web')?.spec)).toContain(
        'request-7',
      );
      await expect(backend.preview(order('rotate', all), signal)).resolves.toMatchObject({
        refused: expect.stringContaining('verbs.rotate'),
      });
      cluster.objects.delete('deployments.apps', 'team-orders', 'web');
      const some = await last(backend, order('wake', all));
      expect(some).toMatchObject({ state: 'failed', message: expect.stringContaining('is not there any more') });
      // The rest of it still is.
      expect(some).not.toHaveProperty('missing');
      expect(await backend.preview(order('wake', all), signal)).not.toHaveProperty('missing');
      cluster.objects.delete('configmaps', 'team-orders', 'settings');
      expect(await last(backend, order('wake', all))).toMatchObject({ state: 'failed', missing: true });
      expect(await backend.preview(order('wake', all), signal)).toMatchObject({
        missing: true,
        refused: expect.stringContaining('is not there any more'),
      });
    }));

  test('waits for a database by its operator’s words, and tells what the path wants told', () =>
    within(
      async (_, backend) => {
        const database: Json = {
          namespace: 'team-orders',
          objects: [
            {
              apiVersion: 'postgresql.cnpg.io/v1',
              kind: 'Cluster',
              metadata: { name: 'orders-db' },
              spec: { instances: 1, storage: { size: '1Gi' } },
            },
          ],
          outputs: [{ label: 'Phase', kind: 'Cluster', path: 'status.phase' }],
        };
        const said = await finish(backend, order('create', database));
        expect(said.at(-1)).toMatchObject({
          state: 'ready',
          outputs: [{ label: 'Phase', value: 'Cluster in healthy state' }],
        });
        expect(said.some((p) => p.steps[2]?.note?.includes('Setting up primary'))).toBe(true);
        expect(await last(backend, order('delete', database))).toMatchObject({ state: 'ready' });
      },
      [namespace],
    ));

  test('does not say that a resize is done before it is, though its operator still says ready', () =>
    within(
      async (cluster, backend) => {
        const database = (instances: number, memory: string, storage: string): Json => ({
          namespace: 'team-orders',
          objects: [
            {
              apiVersion: 'postgresql.cnpg.io/v1',
              kind: 'Cluster',
              metadata: { name: 'orders-db' },
              spec: {
                instances,
                storage: { size: storage, resizeInUseVolumes: true },
                resources: { requests: { cpu: '0.5', memory }, limits: { memory } },
              },
            },
          ],
        });
        const database1 = database(1, '1Gi', '1Gi');
        expect(await last(backend, order('create', database1))).toMatchObject({ state: 'ready' });
        for (const [instances, memory, storage] of [
          [1, '2Gi', '1Gi'],
          [2, '2Gi', '1Gi'],
          [2, '2Gi', '3Gi'],
          [1, '1Gi', '3Gi'],
        ] as const) {
          const said = await finish(backend, order('change', database(instances, memory, storage)));
          expect(said.at(-1)).toMatchObject({ state: 'ready' });
          // At that very moment everything is as it was asked for.
          const pods = cluster.objects.list('pods', 'team-orders');
          const given = pods.map((pod) => field(pod, 'spec.containers.0.resources.limits.memory'));
          expect(given).toEqual(Array.from({ length: instances }, () => memory));
          const claims = cluster.objects.list('persistentvolumeclaims', 'team-orders');
          expect(claims.map((claim) => field(claim, 'status.capacity.storage'))).toEqual(claims.map(() => storage));
        }
      },
      [namespace],
      slowly,
    ));

  test('sees through a notebook that is ready, as it was before', () =>
    within(
      async (cluster, backend) => {
        const notebook = (image: string): Json => ({
          namespace: 'team-orders',
          objects: [
            {
              apiVersion: 'kubeflow.org/v1',
              kind: 'Notebook',
              metadata: { name: 'jo' },
              spec: { template: { spec: { containers: [{ name: 'jo', image }] } } },
            },
          ],
        });
        const image = (tag: string) => `registry.acme.example/jupyter:${tag}`;
        expect(await last(backend, order('create', notebook(image('1'))))).toMatchObject({ state: 'ready' });
        expect(await last(backend, order('change', notebook(image('2'))))).toMatchObject({ state: 'ready' });
        const [pod] = cluster.objects.list('pods', 'team-orders');
        expect(field(pod, 'spec.containers.0.image')).toBe(image('2'));
      },
      [namespace],
      slowly,
    ));

  test('takes the version that is served, and says plainly what is not installed', () =>
    within(async (cluster, backend) => {
      const topic = (apiVersion: string): Json => ({
        namespace: 'team-orders',
        objects: [{ ...(app(1)[0] as object), apiVersion } as Json],
      });
      expect(await last(backend, order('create', topic('apps/v1beta2')))).toMatchObject({ state: 'ready' });
      expect(cluster.objects.get('deployments.apps', 'team-orders', 'web')?.apiVersion).toBe('apps/v1');
      const unknown = order('create', maps({ apiVersion: 'acme.test/v1', kind: 'Rocket', metadata: { name: 'x' } }));
      expect(await last(backend, unknown)).toMatchObject({
        state: 'failed',
        message: expect.stringMatching(
          /knows no Rocket of acme\.test\/v1: the operator or the CustomResourceDefinition/,
        ),
      });
    }));

  test('says what else the server refuses, word for word, and does not try that again', () =>
    within(async (cluster, backend) => {
      let calls = 0;
      cluster.fail(({ method }) => {
        if (method === 'PATCH') calls += 1;
        return undefined;
      });
      const typo = order('create', maps({ ...(map('a') as object), dataa: { x: '1' } } as Json));
      expect(await last(backend, typo)).toMatchObject({ state: 'failed', message: expect.stringContaining('dataa') });
      expect(
        await last(
          backend,
          order('create', { objects: [{ ...(map('a') as object), metadata: { name: 'a', namespace: 'nowhere' } }] }),
        ),
      ).toMatchObject({
        state: 'failed',
        message: expect.stringMatching(/namespaces "nowhere" not found.*has to be there first/s),
      });
      expect(calls).toBe(2);
    }));

  test('sees that somebody deleted what it waits for', () =>
    within(async (cluster, backend) => {
      const said: Progress[] = [];
      for await (const p of backend.run(order('create', spec(1, gate)), signal)) {
        said.push(p);
        if (p.steps[2]?.note?.includes('gate') && cluster.objects.get('configmaps', 'team-orders', 'settings'))
          cluster.objects.delete('configmaps', 'team-orders', 'settings');
      }
      expect(said.at(-1)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('settings was deleted by somebody else'),
      });
    }));

  test.each([
    ['429', { kind: 'status', code: 429, retryAfter: 1 }],
    ['500', { kind: 'status', code: 500 }],
    ['503', { kind: 'status', code: 503 }],
    ['a reset', { kind: 'reset' }],
    ['a reset after the work', { kind: 'reset-after' }],
  ] as const)('goes on after %s in the middle, and makes all once', (_, fault) =>
    within(async (cluster, backend) => {
      let n = 0;
      cluster.fail(() => (n++ % 3 === 1 ? fault : undefined));
      expect(await last(backend, order('create', maps(map('a'), map('b'))))).toMatchObject({ state: 'ready' });
      expect(n).toBeGreaterThan(5);
      expect(
        cluster.objects
          .list('configmaps', 'team-orders')
          .filter((o) => o.metadata.labels)
          .map((o) => o.metadata.name),
      ).toEqual(['a', 'b']);
    }),
  );

  test('turns amber, not red, when it takes too long', () =>
    within(async (_, backend) => {
      const stop = new AbortController();
      const said: Progress[] = [];
      for await (const p of backend.run(order('create', spec(1, gate), { timeoutSeconds: 0.01 }), stop.signal)) {
        said.push(p);
        if (p.slow && p.steps[2]?.note?.includes('gate')) stop.abort('cancel');
      }
      expect(said.find((p) => p.slow)).toMatchObject({ state: expect.stringMatching(/running|planning/) });
      expect(said.at(-1)).toMatchObject({ state: 'cancelled' });
    }));

  test('says that there is no cluster, or that it is away', async () => {
    expect(await kubernetes({ clock }).available()).toEqual({
      ok: false,
      why: expect.stringContaining('set KUBECONFIG'),
    });
    const text = JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
    const away = kubernetes({ clock, access: () => readKubeconfig(undefined, { text }) });
    expect(await away.available()).toMatchObject({
      ok: false,
      why: expect.stringContaining('The cluster can’t be reached (ECONNREFUSED). Nothing was done.'),
    });
    await expect(away.preview(order('create', spec(1)), signal)).rejects.toMatchObject({ code: 'cluster_away' });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { helm } from '../../../src/actions/helm/backend.ts';
import type { Json } from '../../../src/core/kernel/inbound.ts';
import type { Progress } from '../../../src/core/runs/run.ts';
import { createCluster, type Fields } from '../../../src/playground/cluster/index.ts';
import { findTool, toolPath } from '../../support/tools.ts';
import { clock, makeBackend } from './making.ts';
import { backendContract, finish, type World } from './suite.ts';

const missing = findTool('helm') ? undefined : 'helm is on neither the PATH nor in TOOLS_DIR';

const templates = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-settings}
data: {size: {{ .Values.size | quote }}}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-secret}
stringData: {password: {{ .Values.password | quote }}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers: [{name: web, image: {{ printf "registry.acme.example/web:%s" .Values.tag | quote }}}]
`;
const schema = { type: 'object', properties: { size: { enum: ['s', 'm'] } } };

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'gc-helm-'));
  const chart = join(folder, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
  writeFileSync(join(chart, 'values.yaml'), 'size: s\nreplicas: 1\ntag: "1.0.0"\npassword: never shown\n');
  writeFileSync(join(chart, 'values.schema.json'), JSON.stringify(schema));
  writeFileSync(join(chart, 'templates', 'all.yaml'), templates);
  const cluster = createCluster({ clock, speed: 100, nodes: 1 });
  await cluster.listen();
  let made = 0;
  let arrive = () => {};
  const atGate = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  cluster.subscribe(({ type, object }) => {
    if (type !== 'ADDED' || object.kind !== 'Deployment') return;
    made += 1;
    arrive();
  });
  const spec = (values: Readonly<Record<string, Json>>): Json => ({
    chart,
    release: 'orders',
    namespace: 'default',
    values,
    verbs: { hibernate: { values: { replicas: 0 } }, wake: { values: { replicas: 1 } } },
  });
  const order: World['order'] = (verb, more = {}) => ({
    run: `q1-${verb}`,
    verb,
    resource: 'r1',
    path: 'app',
    version: '1.0.0',
    spec: spec({ size: 's' }),
    labels: {},
    annotations: {},
    timeoutSeconds: 600,
    ...more,
  });
  const image = 'does-not-exist';
  const world: World = {
    making: {
      backend: 'helm',
      folder: join(folder, 'runs'),
      environment: { PATH: toolPath },
      kubeconfig: cluster.kubeconfig(),
    },
    order,
    changed: (verb) => order(verb, { spec: spec({ size: 'm' }) }),
    refused: { order: order('create', { spec: spec({ size: 'huge' }) }), words: /size.*must be one of/s },
    // An image that can't be had: Helm waits for the deployment, until somebody pushes it.
    slow: order('create', { spec: spec({ size: 's', tag: image }) }),
    async openGate() {
      const name = 'orders';
      if (!cluster.objects.get('deployments.apps', 'default', name)) return;
      writeFileSync(join(chart, 'templates', 'all.yaml'), templates.replace('web:%s" .Values.tag', 'web:%s" "2.0.0"'));
    },
    waiting: () => false,
    atGate,
    async things() {
      const all = ['configmaps', 'deployments.apps', 'secrets'].flatMap((kind) =>
        cluster.objects.list(kind, 'default'),
      );
      return all
        .filter((o) => o.metadata.name.startsWith('orders'))
        .map((o) => `${o.kind} ${o.metadata.name} ${o.kind === 'ConfigMap' ? (o.data as Fields).size : ''}`.trim())
        .toSorted();
    },
    made: async () => made,
    stride: 1,
    expected: {
      created: ['ConfigMap orders-settings s', 'Deployment orders', 'Secret orders-secret'],
      changed: ['ConfigMap orders-settings m', 'Deployment orders', 'Secret orders-secret'],
    },
    async close() {
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return { ...world, cluster };
}

backendContract('helm', { open, missing });

describe.skipIf(missing !== undefined)('helm itself', { timeout: 120_000 }, () => {
  const signal = new AbortController().signal;
  async function within(
    work: (world: Awaited<ReturnType<typeof open>>, backend: ReturnType<typeof makeBackend>) => Promise<void>,
  ) {
    const world = await open();
    try {
      await work(world, makeBackend(world.making));
    } finally {
      await world.close();
    }
  }

  test('says what comes up while Helm waits for it', () =>
    within(async (world, backend) => {
      const stop = new AbortController();
      const comes = 'Deployment default/orders: 0 of 1 ready (2 of 3 ready)';
      let last: Progress | undefined;
      for await (const progress of backend.run(world.slow, stop.signal)) {
        last = progress;
        if (progress.steps[1]?.note === comes) stop.abort('cancel');
      }
      expect(stop.signal.aborted).toBe(true);
      expect(last).toMatchObject({ state: 'cancelled', left: expect.arrayContaining(['Deployment orders']) });
    }));

  test('shows the difference beforehand, and no secret', () =>
    within(async (world, backend) => {
      const first = await backend.preview(world.order('create'), signal);
      expect(first).toMatchObject({ summary: '3 objects will be made', destroys: 0 });
      await finish(backend, world.order('create'));
      const second = await backend.preview(world.changed('change'), signal);
      expect(second.changes.find((c) => c.does === 'change')?.what).toBe('ConfigMap orders-settings');
      expect(second.detail?.text).toMatch(/- {2}size: s\n\+ {2}size: m/);
      expect(JSON.stringify([first, second])).not.toContain('never shown');
      expect((await backend.preview(world.refused.order, signal)).refused).toMatch(world.refused.words);
    }));

  test('puts to sleep and wakes by the path’s values, and does nothing to what is not there', () =>
    within(async (world, backend) => {
      expect((await finish(backend, world.order('wake'))).at(-1)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('default/orders is not there any more'),
      });
      await finish(backend, world.order('create'));
      const replicas = () =>
        (world.cluster.objects.get('deployments.apps', 'default', 'orders')?.spec as Fields | undefined)?.replicas;
      expect((await finish(backend, world.order('hibernate'))).at(-1)).toMatchObject({ state: 'ready' });
      expect(replicas()).toBe(0);
      expect((await finish(backend, world.order('wake'))).at(-1)).toMatchObject({ state: 'ready' });
      expect(replicas()).toBe(1);
    }));

  test('touches no release of somebody else', () =>
    within(async (world, backend) => {
      await finish(backend, world.order('create'));
      const theirs = { resource: 'r2' };
      for (const verb of ['create', 'change', 'delete'] as const) {
        const words = /release default\/orders already, and it belongs to another resource \(r1\)/;
        expect((await backend.preview(world.order(verb, theirs), signal)).refused).toMatch(words);
        expect((await finish(backend, world.order(verb, theirs))).at(-1)?.message).toMatch(words);
      }
      expect(await world.things()).toEqual(world.expected.created);
    }));
});

test('helm that is not installed, or has no cluster, says what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gc-helm-'));
  const workshop = { clock, folder, environment: { PATH: folder } };
  expect(await helm(workshop).available()).toMatchObject({ ok: false, why: expect.stringContaining('set KUBECONFIG') });
  expect(await helm({ ...workshop, cluster: { kubeconfig: { text: '' } } }).available()).toEqual({
    ok: false,
    why: 'helm is not installed. Install Helm 4 where Groundcrew runs.',
  });
  rmSync(folder, { recursive: true, force: true });
});

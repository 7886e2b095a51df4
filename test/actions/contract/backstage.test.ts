import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/core/kernel/inbound.ts';
import type { Order } from '../../../src/core/runs/run.ts';
import { createBackstage, type Template } from '../../../src/playground/backstage/index.ts';
import { clock, makeBackend } from './making.ts';
import { backendContract, finish, type World } from './suite.ts';

const token = 'a-static-token';
const template = (name: string, verb: string): Template => ({
  ref: `template:default/${name}`,
  title: `${verb} a service`,
  description: 'A repository, its pipeline and its entry in the catalog',
  parameters: {
    required: ['name'],
    properties: { name: { type: 'string', pattern: '^[a-z-]+$' }, size: { type: 'string', enum: ['s', 'm'] } },
  },
  steps: [
    { id: 'fetch', name: 'Fetch the skeleton', ms: 1 },
    { id: 'publish', name: 'Publish the repository', ms: 1 },
    { id: 'register', name: 'Register it', ms: 1 },
  ],
  files: ['README.md', 'src/index.ts'],
  links: () => [
    { title: 'Repository', url: 'https://git.acme.example/orders' },
    { title: 'Trap', url: 'javascript:alert(1)' },
  ],
});
const names = { create: 'new-service', change: 'resize-service', delete: 'remove-service', gated: 'gated-service' };

const spec = (values: object, name = names.create): Json => ({
  template: `template:default/${name}`,
  values: { name: 'orders', size: 's', ...values },
  verbs: {
    change: { template: `template:default/${names.change}`, values: { name: 'orders', size: 's', ...values } },
    delete: { template: `template:default/${names.delete}`, values: { name: 'orders' } },
  },
});
const order = (verb: Order['verb'], more: Partial<Order> = {}): Order => ({
  run: `q1-${verb}`,
  verb,
  resource: 'r1',
  path: 'service',
  version: '1.0.0',
  spec: spec({}),
  labels: {},
  annotations: {},
  timeoutSeconds: 600,
  ...more,
});

async function openBackstage() {
  const standIn = createBackstage({
    clock,
    token,
    templates: Object.entries(names).map(([verb, name]) => template(name, verb)),
  });
  const url = await standIn.listen();
  const backend = makeBackend({ backend: 'backstage', url, token });
  return { standIn, url, backend };
}

async function open(): Promise<World> {
  const { standIn, url } = await openBackstage();
  standIn.hold(`template:default/${names.gated}`, 'publish');
  const verbOf = (parameters: Readonly<Record<string, unknown>>) => (parameters.groundcrew as { verb: string }).verb;
  return {
    making: { backend: 'backstage', url, token },
    order,
    changed: (verb) => order(verb, { spec: spec({ size: 'm' }) }),
    refused: { order: order('create', { spec: spec({ size: 'huge' }) }), words: /size: is not one of enum values/ },
    slow: order('create', { spec: spec({}, names.gated) }),
    openGate: async () => standIn.release(`template:default/${names.gated}`, 'publish'),
    waiting: ({ steps }) => steps.some((s) => s.label === 'Publish the repository' && s.state === 'doing'),
    async things() {
      let there: string[] = [];
      for (const { status, spec: made } of standIn.tasks().toReversed())
        if (status === 'completed')
          there = verbOf(made.parameters) === 'delete' ? [] : [`${made.parameters.name} ${made.parameters.size}`];
      return there;
    },
    made: async () => standIn.tasks().filter((t) => verbOf(t.spec.parameters) === 'create').length,
    stride: 1,
    expected: { created: ['orders s'], changed: ['orders m'] },
    close: () => standIn.close(),
  };
}

backendContract('backstage', { open });

describe('backstage itself', () => {
  const signal = new AbortController().signal;
  async function within(work: (world: Awaited<ReturnType<typeof openBackstage>>) => Promise<void>) {
    const world = await openBackstage();
    try {
      await work(world);
    } finally {
      await world.standIn.close();
    }
  }
  const tasksPath = /\/v2\/tasks$/;

  test('shows the steps and the files beforehand, and what it refuses', () =>
    within(async ({ backend }) => {
      expect(await backend.preview(order('create'), signal)).toEqual({
        summary: 'Backstage runs 3 steps and writes 2 files',
        changes: ['Fetch the skeleton', 'Publish the repository', 'Register it'].map((what) => ({
          what,
          does: 'create',
        })),
        detail: { language: 'text', text: 'README.md\nsrc/index.ts' },
        destroys: 0,
      });
      expect(await backend.preview(order('create', { spec: spec({ name: 'ORDERS' }) }), signal)).toMatchObject({
        refused: 'name: does not match pattern "^[a-z-]+$"',
      });
    }));

  test('tells where the thing is by links of the web alone, and of the task', () =>
    within(async ({ backend, standIn }) => {
      const last = (await finish(backend, order('create'))).at(-1);
      expect(last?.links).toEqual([{ label: 'Repository', url: 'https://git.acme.example/orders' }]);
      // The path may name them among what it gives.
      expect(last?.outputs).toEqual([{ label: 'Repository', value: 'https://git.acme.example/orders' }]);
      expect(last?.native).toBe(standIn.tasks()[0]?.id);
    }));

  test('a task whose answer was lost is found again, not made twice', () =>
    within(async ({ backend, standIn }) => {
      standIn.fail({ path: tasksPath, method: 'POST', is: 'lost', times: 1 });
      expect((await finish(backend, order('create'))).at(-1)).toMatchObject({ state: 'ready' });
      expect(standIn.tasks()).toHaveLength(1);
    }));

  test.each([429, 500, 503, 'reset'] as const)('%s on the way is tried again, and told', (is) =>
    within(async ({ backend, standIn }) => {
      standIn.fail({ path: /\/events$/, is, times: 1 });
      standIn.fail({ path: tasksPath, method: 'GET', is, times: 1 });
      const said = await finish(backend, order('create'));
      expect(said.at(-1)).toMatchObject({ state: 'ready' });
      expect(said.flatMap((p) => p.steps.map((s) => s.note ?? ''))).toContainEqual(
        expect.stringMatching(/trying again/),
      );
      expect(standIn.tasks()).toHaveLength(1);
    }),
  );

  test('what failed is taken up where it failed by the next run', () =>
    within(async ({ backend, standIn }) => {
      standIn.breakStep(`template:default/${names.create}`, 'publish', 'The name is taken in Git.');
      const failed = (await finish(backend, order('create'))).at(-1);
      expect(failed).toMatchObject({ state: 'failed', message: 'The name is taken in Git.' });
      expect(failed?.steps.find((s) => s.state === 'failed')?.label).toBe('Publish the repository');
      expect(failed?.left).toHaveLength(1);
      standIn.breakStep(`template:default/${names.create}`, 'publish', undefined);
      expect((await finish(backend, order('create', { run: 'q1-create-2' }))).at(-1)).toMatchObject({ state: 'ready' });
      expect(standIn.tasks()).toHaveLength(1);
      expect(standIn.requests.filter((r) => r.endsWith('/retry'))).toHaveLength(1);
    }));

  test('with other values it is another task', () =>
    within(async ({ backend, standIn }) => {
      standIn.breakStep(`template:default/${names.create}`, 'publish', 'The name is taken in Git.');
      await finish(backend, order('create'));
      standIn.breakStep(`template:default/${names.create}`, 'publish', undefined);
      const other = order('create', { run: 'q1-create-2', spec: spec({ size: 'm' }) });
      expect((await finish(backend, other)).at(-1)).toMatchObject({ state: 'ready' });
      expect(standIn.tasks().map((t) => t.status)).toEqual(['completed', 'failed']);
    }));

  test('a token that is refused, a template that is not there and a server that is away are said', () =>
    within(async ({ backend, standIn, url }) => {
      const stranger = makeBackend({ backend: 'backstage', url, token: 'wrong' });
      expect(await stranger.available()).toMatchObject({ ok: false, why: expect.stringContaining('BACKSTAGE_TOKEN') });
      expect((await finish(stranger, order('create'))).at(-1)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('Illegal token'),
      });
      await expect(backend.preview(order('create', { spec: spec({}, 'nothing') }), signal)).rejects.toMatchObject({
        code: 'backstage_unexpected',
      });
      standIn.fail({ path: tasksPath, is: 'reset', times: 1 });
      expect(await makeBackend({ backend: 'backstage', url, token }).available()).toMatchObject({
        ok: false,
        why: expect.stringContaining('does not answer'),
      });
    }));

  test('a verb of which the path says nothing is refused', () =>
    within(async ({ backend }) => {
      await expect(backend.preview(order('rotate'), signal)).rejects.toMatchObject({ code: 'verb_unsupported' });
      expect((await finish(backend, order('rotate'))).at(-1)).toMatchObject({ state: 'failed' });
    }));
});

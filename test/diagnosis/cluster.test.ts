import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lookAtCluster } from '../../src/cluster/look.ts';
import { hideSecrets } from '../../src/cluster/secrets.ts';
import { diagnose } from '../../src/core/diagnosis/index.ts';
import type { FailureKind } from '../../src/playground/cluster/index.ts';
import { clusterWorld } from '../../src/playground/cluster-world.ts';
import { still } from '../cluster/world.ts';
import { groundcrew } from './command.ts';

/** The doctor at the playground's cluster: real requests to a real API server, by a kubeconfig. */
let world: ReturnType<typeof still>;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundcrew-look-'));
});
afterEach(async () => {
  await world.cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listening(options: Parameters<typeof still>[0] = {}) {
  world = still(options);
  await world.cluster.listen();
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, world.cluster.kubeconfig());
  vi.stubEnv('KUBECONFIG', file);
  await world.clock.pass(1_000);
  world.deploy('web');
  await world.clock.pass(60_000);
  return file;
}

async function found(namespace = 'default') {
  const { snapshot, notes } = await lookAtCluster({ namespace, everywhere: false, now: world.clock.now() });
  return { notes, verdicts: diagnose(snapshot, world.clock.now()), snapshot };
}

const target = { namespace: 'default', name: 'web' };

/** Without a readiness probe a bad pod counts as ready for a moment, and the old ones are gone: that is how users come to be hit. */
test.each<[FailureKind, number, string, string?]>([
  ['wrong-tag', 10, 'image-not-found'],
  ['private-image', 10, 'image-unauthorised'],
  ['oom', 30, 'out-of-memory', 'users'],
  ['missing-config', 10, 'configmap-missing'],
  ['unreachable-host', 60, 'host-unknown', 'users'],
  ['readiness', 120, 'readiness-probe-wrong'],
  ['liveness', 60, 'liveness-probe-wrong', 'none'],
  ['command', 60, 'command-not-found'],
  ['unschedulable', 60, 'insufficient-resources'],
  ['quota', 10, 'quota-exceeded'],
])('%s, %i s later: %s; mended it is silent', async (kind, seconds, code, reach = 'old-pods-serve') => {
  await listening();
  expect((await found()).verdicts).toEqual([]);
  world.cluster.break(kind, target);
  await world.clock.pass(seconds * 1000);
  const { verdicts, notes } = await found();
  expect(notes).toEqual([]);
  expect(verdicts.map((v) => v.code)).toEqual([code]);
  expect(verdicts[0]).toMatchObject({
    object: { kind: 'Deployment', namespace: 'default', name: 'web' },
    blast: { reach },
  });
  expect(verdicts[0]?.changed?.changes.length ?? 0).toBeGreaterThan(kind === 'quota' ? -1 : 0);
  world.cluster.heal(target);
  await world.clock.pass(1_000_000);
  expect((await found()).verdicts).toEqual([]);
});

test('a crash now and then, and a machine that is gone', async () => {
  await listening();
  world.cluster.break('flapping', target);
  await world.clock.pass(120_000);
  expect((await found()).verdicts.map((v) => v.code)).toEqual(['app-crash']);
  world.cluster.heal(target);
  await world.clock.pass(1_000_000);
  const name = String(world.pods()[0]?.spec?.nodeName);
  world.cluster.break('node-down', { name });
  await world.clock.pass(60_000);
  const { verdicts } = await found();
  expect(verdicts).toMatchObject([
    { code: 'node-not-ready', object: { kind: 'Node', namespace: '', name }, affected: [{ name: 'web' }] },
  ]);
});

test('the command by a kubeconfig: 1 with what fails, 0 when it is mended', async () => {
  const env = { KUBECONFIG: await listening() };
  world.cluster.break('missing-config', target);
  await world.clock.pass(10_000);
  const bad = await groundcrew(['-A', '--json', '--now', world.clock.now().toISOString()], { env });
  expect(bad).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(bad.out)).toMatchObject([{ code: 'configmap-missing', object: { name: 'web' } }]);
  world.cluster.heal(target);
  await world.clock.pass(60_000);
  expect(await groundcrew(['--json', '--now', world.clock.now().toISOString()], { env })).toEqual({
    code: 0,
    out: '[]\n',
    err: '',
  });
});

test('the command beside KUBE_CONTEXTS: the bot’s own names, the first of them without any, and contexts as ever', async () => {
  const file = await listening();
  let asked = 0;
  world.cluster.fail(() => {
    asked += 1;
    return undefined;
  });
  const arn = 'arn:aws:eks:eu-west-1:111122223333:cluster/us';
  // What is current says nothing.
  writeFileSync(file, world.cluster.kubeconfig(undefined, arn).replace(/("current-context": )"[^"]*"/, '$1"gone"'));
  const env = { KUBECONFIG: file, KUBE_CONTEXTS: `prod-us=${arn},prod-eu=in-cluster` };
  const now = ['--json', '--now', world.clock.now().toISOString()];
  const well = { code: 0, out: '[]\n', err: '' };
  for (const args of [[], ['--context', 'PROD-us'], ['--context', arn]]) {
    const before = asked;
    expect(await groundcrew([...args, ...now], { env })).toEqual(well);
    expect(asked).toBeGreaterThan(before);
  }
  // There it is looked at by the service account, which nobody has here.
  expect(await groundcrew(['--context', 'prod-eu'], { env })).toMatchObject({ code: 2 });
  expect((await groundcrew(['--context', 'asia'], { env })).err).toContain('there is no context “asia”');
  expect(await groundcrew(now, { env: { KUBECONFIG: file, KUBE_CONTEXT: arn } })).toEqual(well);
  expect((await groundcrew([], { env: { ...env, KUBE_CONTEXTS: 'a b' } })).err).toContain('“a b” can’t be a name');
});

test('values of secrets never leave the cluster, and ConfigMaps are read by their keys', async () => {
  await listening();
  world.objects.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'default' },
    data: { password: 'aHVudGVyMg==' },
  });
  world.objects.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'app', namespace: 'default' },
    data: { HOST: 'quiet-value' },
  });
  const asked: string[] = [];
  world.cluster.fail(({ path }) => {
    asked.push(path);
    return undefined;
  });
  const { snapshot } = await found();
  expect(asked).toContain('/api/v1/namespaces/default/secrets');
  expect(JSON.stringify(snapshot)).not.toMatch(/aHVudGVyMg|quiet-value/);
  expect(snapshot.objects).toContainEqual(expect.objectContaining({ kind: 'ConfigMap', data: { HOST: '' } }));
});

test('long lists come in pages, and a list whose pages have expired is begun again', async () => {
  await listening();
  for (let i = 0; i < 1_100; i++)
    world.objects.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `c${i}`, namespace: 'default' },
    });
  const pages: string[] = [];
  let expired = 1;
  world.cluster.fail(({ path, query }) => {
    if (!path.endsWith('/configmaps')) return undefined;
    pages.push(`${query.get('limit')} ${query.has('continue')}`);
    return query.has('continue') && expired-- > 0 ? { kind: 'status', code: 410 } : undefined;
  });
  const { snapshot } = await found();
  const [begun, next] = ['500 false', '500 true'];
  expect(pages).toEqual([begun, next, begun, next, next]);
  expect(snapshot.objects.filter((o) => (o as { kind?: unknown }).kind === 'ConfigMap').length).toBeGreaterThanOrEqual(
    1_100,
  );
});

test('what may not be listed is noted, and its absence is not taken for a failure', async () => {
  await listening();
  world.cluster.fail(({ path }) => (/\/(?:secrets|nodes)$/.test(path) ? { kind: 'status', code: 403 } : undefined));
  const { notes, verdicts } = await found();
  expect(notes).toEqual(['Could not list secrets, nodes: what depends on them is not told.']);
  expect(verdicts).toEqual([]);
});

test.each([
  [403, 'cluster_refused', 'Ask for the right to list pods'],
  [401, 'cluster_refused', 'Log in again'],
])('%i for pods ends the look with %s', async (code, problem, what) => {
  await listening();
  world.cluster.fail(({ path }) => (path.endsWith('/pods') ? { kind: 'status', code } : undefined));
  await expect(found()).rejects.toMatchObject({ code: problem, message: expect.stringContaining(what) });
});

test('a connection that is reset, an address that nothing answers at', async () => {
  await listening();
  world.cluster.fail(() => ({ kind: 'reset' }));
  await expect(found()).rejects.toMatchObject({ code: 'cluster_unreachable' });
  const env = { KUBECONFIG: join(folder, 'gone') };
  writeFileSync(env.KUBECONFIG, world.cluster.kubeconfig().replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
  const { code, err } = await groundcrew([], { env });
  expect(code).toBe(2);
  expect(err).toContain('ECONNREFUSED');
  expect(err).not.toMatch(/\n\s+at /);
});

test('a company’s cluster with operators, jobs and all is silent from its first moment on', async () => {
  await listening(clusterWorld);
  for (const seconds of [0, 1, 10, 600, 40_000]) {
    await world.clock.pass(seconds * 1000);
    const { snapshot } = await lookAtCluster({ everywhere: true, now: world.clock.now() });
    expect(diagnose(snapshot, world.clock.now()).map((v) => `${v.code} ${v.object.name}`)).toEqual([]);
  }
});

test('tokens of providers in a log are hidden before anything reads it', async () => {
  const token = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;
  const log = `start\nDATABASE_URL=postgres://shop:s3cretpw@db:5432/shop\n${token} refused\nend`;
  const hidden = await hideSecrets(log);
  expect(hidden).not.toMatch(/s3cretpw|ghp_/);
  expect(hidden).toMatch(/^start\n[\s\S]*refused\nend$/);
  expect(await hideSecrets('nothing of the kind')).toBe('nothing of the kind');
});

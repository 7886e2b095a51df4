import { afterEach, expect, test } from 'vitest';
import type { ApiError } from '../../src/playground/cluster/status.ts';
import { client } from './client.ts';
import { deployment, still } from './world.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
async function served(options: Parameters<typeof still>[0] = {}) {
  const world = still({ controllers: false, ...options });
  const { url, caPem, token } = await world.cluster.listen();
  open.push(() => world.cluster.close());
  world.objects.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  });
  return { ...world, http: client({ url, caPem, token }), as: (other: string) => client({ url, caPem, token: other }) };
}
const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  ...more,
});
const refusal = (run: () => unknown): ApiError => {
  try {
    run();
  } catch (error) {
    return error as ApiError;
  }
  throw new Error('it was not refused');
};

test('pages show the list as it was when the first was read', async () => {
  const { http, objects } = await served();
  for (let i = 0; i < 25; i++) objects.create('configmaps', configMap(`c-${String(i).padStart(2, '0')}`));
  const first = await http.get('/api/v1/namespaces/default/configmaps?limit=10');
  expect(first.body.metadata).toMatchObject({ remainingItemCount: 15 });
  objects.delete('configmaps', 'default', 'c-20');
  objects.create('configmaps', configMap('c-99'));
  const second = await http.get(
    `/api/v1/namespaces/default/configmaps?limit=10&continue=${first.body.metadata.continue}`,
  );
  const third = await http.get(
    `/api/v1/namespaces/default/configmaps?limit=10&continue=${second.body.metadata.continue}`,
  );
  const names = [first, second, third].flatMap(({ body }) =>
    body.items.map((one: { metadata: { name: string } }) => one.metadata.name),
  );
  expect(names).toHaveLength(25);
  expect(names).toContain('c-20');
  expect(names).not.toContain('c-99');
  expect(third.body.metadata.continue).toBeUndefined();
  expect(new Set([first, second, third].map(({ body }) => body.metadata.resourceVersion)).size).toBe(1);
});

test('a page that is too old is gone, and says how to go on', async () => {
  const { http, objects, cluster } = await served();
  for (let i = 0; i < 5; i++) objects.create('configmaps', configMap(`c-${i}`));
  const first = await http.get('/api/v1/configmaps?limit=2');
  cluster.compact();
  const next = await http.get(`/api/v1/configmaps?limit=2&continue=${first.body.metadata.continue}`);
  expect([next.status, next.body.reason]).toEqual([410, 'Expired']);
});

test('a watch goes on from a version, and is told when that is too old', async () => {
  const { http, objects, cluster } = await served();
  const { body } = await http.get('/api/v1/namespaces/default/configmaps');
  objects.create('configmaps', configMap('a'));
  objects.patch('configmaps', 'default', 'a', { data: { k: 'v' } });
  objects.delete('configmaps', 'default', 'a');
  const from = `/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=${body.metadata.resourceVersion}`;
  const watching = http.watch(from);
  expect((await watching.take(3)).map((one) => one.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  watching.stop();
  cluster.compact();
  const [error] = await http.watch(from).take(1);
  expect(error).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
});

test('who leaves a selection is told of a deletion', async () => {
  const { http, objects } = await served();
  const watching = http.watch('/api/v1/namespaces/default/configmaps?watch=1&labelSelector=in%3Dyes');
  await watching.begun;
  objects.create(
    'configmaps',
    configMap('a', { metadata: { name: 'a', namespace: 'default', labels: { in: 'yes' } } }),
  );
  objects.patch('configmaps', 'default', 'a', { metadata: { labels: { in: 'no' } } });
  expect((await watching.take(2)).map((one) => one.type)).toEqual(['ADDED', 'DELETED']);
  watching.stop();
});

test('bookmarks come with time, and mark the end of what is there', async () => {
  const { http, objects, clock } = await served();
  objects.create('configmaps', configMap('a'));
  const watching = http.watch(
    '/api/v1/namespaces/default/configmaps?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan',
  );
  const [added, end] = await watching.take(2);
  expect([added?.type, end?.type]).toEqual(['ADDED', 'BOOKMARK']);
  expect(end?.object).toMatchObject({ metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } });
  await clock.pass(61_000);
  expect((await watching.take(3)).at(-1)?.type).toBe('BOOKMARK');
  watching.stop();
});

test('two writers: the second is told that the object was modified', async () => {
  const { objects } = await served();
  const first = objects.create('configmaps', configMap('a'));
  objects.patch('configmaps', 'default', 'a', { data: { k: 'v' } });
  const error = refusal(() => objects.update('configmaps', { ...first, data: { k: 'w' } } as never));
  expect([error.code, error.message]).toEqual([
    409,
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  ]);
});

test('names are made up, names are refused, names are taken', async () => {
  const { objects } = await served();
  const made = objects.create('configmaps', {
    ...configMap(''),
    metadata: { generateName: 'run-', namespace: 'default' },
  });
  expect(made.metadata.name).toMatch(/^run-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  objects.create('configmaps', configMap('a'));
  expect(refusal(() => objects.create('configmaps', configMap('a'))).status).toMatchObject({
    code: 409,
    reason: 'AlreadyExists',
    message: 'configmaps "a" already exists',
  });
  expect(refusal(() => objects.create('configmaps', configMap('A_b'))).status).toMatchObject({
    code: 422,
    reason: 'Invalid',
    details: { name: 'A_b', kind: 'ConfigMap', causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] },
  });
  expect(
    refusal(() => objects.create('configmaps', { ...configMap('a'), metadata: { name: 'a', namespace: 'gone' } }))
      .message,
  ).toBe('namespaces "gone" not found');
});

test('what is missing, immutable or of a wrong type is named with its path', async () => {
  const { objects } = await served();
  objects.create('deployments.apps', deployment('web'));
  const change = (spec: object) =>
    refusal(() => objects.patch('deployments.apps', 'default', 'web', { spec } as never));
  expect(change({ selector: { matchLabels: { app: 'other' } } }).message).toContain('spec.selector: Invalid value');
  expect(change({ replicas: 'two' }).message).toContain('cannot unmarshal string into Go struct field');
  const bare = { ...deployment('bare'), spec: { replicas: 1, template: { spec: { containers: [{ name: 'a' }] } } } };
  const causes = refusal(() => objects.create('deployments.apps', bare)).details.causes as readonly { field: string }[];
  expect(causes.map((one) => one.field)).toEqual(
    expect.arrayContaining(['spec.selector', 'spec.template.spec.containers[0].image']),
  );
});

test('a quota refuses in the words that people know, and counts what is there', async () => {
  const { objects } = await served();
  objects.create('resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'team', namespace: 'default' },
    spec: { hard: { 'requests.memory': '1Gi', pods: '5', 'count/configmaps': '1' } },
  });
  const pod = (name: string, resources: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'x:1', resources }] },
  });
  expect(refusal(() => objects.create('pods', pod('a', {}) as never)).message).toBe(
    'pods "a" is forbidden: failed quota: team: must specify requests.memory for: c',
  );
  objects.create('pods', pod('b', { requests: { memory: '768Mi' } }) as never);
  const error = refusal(() => objects.create('pods', pod('c', { requests: { memory: '512Mi' } }) as never));
  expect([error.code, error.message]).toEqual([
    403,
    'pods "c" is forbidden: exceeded quota: team, requested: requests.memory=512Mi, used: requests.memory=768Mi, limited: requests.memory=1Gi',
  ]);
  objects.create('configmaps', configMap('a'));
  expect(refusal(() => objects.create('configmaps', configMap('b'))).message).toContain(
    'exceeded quota: team, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
  );
});

test('limit ranges fill in what is not said, and refuse what is too much', async () => {
  const { objects } = await served();
  objects.create('limitranges', {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'defaults', namespace: 'default' },
    spec: {
      limits: [
        { type: 'Container', default: { memory: '256Mi' }, defaultRequest: { cpu: '50m' }, max: { memory: '1Gi' } },
      ],
    },
  });
  const pod = (name: string, resources: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'x:1', resources }] },
  });
  const made = objects.create('pods', pod('a', {}) as never);
  expect(made.spec?.containers).toMatchObject([
    { resources: { limits: { memory: '256Mi' }, requests: { cpu: '50m', memory: '256Mi' } } },
  ]);
  expect(refusal(() => objects.create('pods', pod('b', { limits: { memory: '1536Mi' } }) as never)).message).toBe(
    'pods "b" is forbidden: maximum memory usage per Container is 1Gi, but limit is 1536Mi',
  );
});

test('faults: errors, resets, a watch cut in the middle of a line, one that falls silent', async () => {
  const { http, objects, cluster } = await served();
  cluster.fail(() => ({ kind: 'status', code: 429, retryAfter: 7 }));
  const refused = await http.get('/api/v1/pods');
  expect([refused.status, refused.headers['retry-after'], refused.body.reason]).toEqual([429, '7', 'TooManyRequests']);
  cluster.fail(() => ({ kind: 'reset' }));
  await expect(http.get('/api/v1/pods')).rejects.toThrow(/socket hang up|ECONNRESET/);
  cluster.fail(({ watch }) => (watch ? { kind: 'cut', after: 1, midLine: true } : undefined));
  const cut = http.watch('/api/v1/namespaces/default/configmaps?watch=1');
  await cut.begun;
  objects.create('configmaps', configMap('a'));
  objects.create('configmaps', configMap('b'));
  await cut.ended;
  expect(cut.text()).toMatch(/^\{"type":"ADDED".*\n\{"type":"ADDED"[^\n]*$/);
  cluster.fail(({ watch }) => (watch ? { kind: 'silence' } : undefined));
  const silent = http.watch('/api/v1/namespaces/default/configmaps?watch=1');
  await silent.begun;
  cluster.disconnect();
  await silent.ended;
  expect(silent.text()).toBe('');
  cluster.fail(undefined);
  expect((await http.get('/version')).body.gitVersion).toBe('v1.34.2');
});

test('who has no token is not let in; who may not is told what', async () => {
  const { as } = await served({ users: [{ name: 'dana', groups: [], token: 'dana-token' }] });
  expect((await as('wrong').get('/api/v1/pods')).status).toBe(401);
  const refused = await as('dana-token').get('/api/v1/namespaces/default/secrets/db');
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'secrets "db" is forbidden: User "dana" cannot get resource "secrets" in API group "" in the namespace "default"',
  ]);
  expect((await as('dana-token').get('/apis')).status).toBe(200);
});

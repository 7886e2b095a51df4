import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fixInCluster, preflightFixes } from '../../src/actions/fix.ts';
import { type Offer, preflown } from '../../src/core/incidents/seen.ts';
import { buttonsOf } from '../../src/core/kernel/index.ts';
import type { Fault } from '../../src/playground/cluster/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Clinic, messages, openClinic } from '../support/doctor.ts';
import { ada, adaTeams, quiet } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/*
 * Fixes that are not what they seem: the world has moved on, something else writes at the same moment, or it would not
 * help.
 */
const database = await openTestDatabase();
afterAll(() => database.close());
let bed: Clinic;
beforeEach(async () => {
  await database.empty();
  bed = await openClinic(database);
  await bed.clock.pass(1_000);
  bed.deploy('web', 'shop');
  await bed.watch(60);
});
afterEach(() => bed.close());

const web = { namespace: 'default', name: 'web' };
const first = () => {
  const view = messages(bed.slack)[0]?.view;
  if (!view) throw new Error('nothing was said');
  return view;
};
const labels = () => buttonsOf(first()).map((b) => b.label);
async function press(words: string, who = ada) {
  const button = buttonsOf(first()).find((b) => b.label.startsWith(words));
  if (!button) throw new Error(`no button ${words}: ${labels()}`);
  return bed.house.act(bed.house.press(who, button.press.name, JSON.parse(button.press.value)));
}
const image = (name: string) => ({
  spec: { template: { spec: { containers: [{ name: 'web', image: `registry.acme.example/${name}` }] } } },
});
const imageNow = () =>
  /"image":"([^"]+)"/.exec(JSON.stringify(bed.get('deployments.apps', 'web').spec?.template))?.[1] ?? '';
/** What happens to writes to the Deployment; how many there were. */
function writes(fault: (n: number) => Fault | undefined = () => undefined) {
  const seen = { count: 0 };
  bed.cluster.fail(({ method, query }) => {
    if (method !== 'PATCH' || query.has('dryRun')) return undefined;
    seen.count += 1;
    return fault(seen.count);
  });
  return seen;
}

describe('a wrong tag', () => {
  beforeEach(async () => {
    bed.cluster.break('wrong-tag', web);
    await bed.watch(20);
  });

  test('that somebody has put right a moment ago: nothing is done, and that is said', async () => {
    bed.objects.patch('deployments.apps', 'default', 'web', image('web:1.0.1'));
    const changed = writes();
    await press('Roll back', adaTeams);
    expect(changed.count).toBe(0);
    expect(imageNow()).toBe('registry.acme.example/web:1.0.1');
    expect(wordsOf(first())).toMatch(
      /❌ @\S+: Roll back to revision 1\. It could not be done: Somebody changed web since this was offered\. Nothing was done; look at its message as it is now\./,
    );
  });

  test('that is scaled meanwhile is still the same one: an autoscaler is nobody', async () => {
    bed.objects.patch('deployments.apps', 'default', 'web', { spec: { replicas: 3 } });
    await press('Roll back');
    expect(imageNow()).toBe('registry.acme.example/web:1.0.0');
  });

  test('is taken back only from what it was made', async () => {
    await press('Roll back');
    await bed.watch(60);
    expect(labels()).toContain('Undo');
    bed.objects.patch('deployments.apps', 'default', 'web', image('web:1.0.1'));
    await press('Undo');
    expect(imageNow()).toBe('registry.acme.example/web:1.0.1');
    expect(wordsOf(first())).toContain('Somebody changed web since this was offered');
  });

  test('while something else writes at the same moment: read again and done, five times at most', async () => {
    const conflict: Fault = { kind: 'status', code: 409, message: 'the object has been modified' };
    const changed = writes((n) => (n < 3 ? conflict : undefined));
    await press('Roll back');
    expect(changed.count).toBe(3);
    expect(imageNow()).toBe('registry.acme.example/web:1.0.0');
  });

  test('while something else writes all the time: given up, and said', async () => {
    const changed = writes(() => ({ kind: 'status', code: 409, message: 'the object has been modified' }));
    await press('Roll back');
    expect(changed.count).toBe(5);
    expect(wordsOf(first())).toContain(
      'It could not be done: Something else changes it all the time (the object has been modified). Nothing was done.',
    );
  });

  test.each<[string, Fault, string]>([
    ['a right that is missing', { kind: 'status', code: 403, message: 'you may not patch' }, 'you may not patch'],
    ['what is not valid', { kind: 'status', code: 422, message: 'spec.x: Required value' }, 'spec.x: Required value'],
    [
      'a webhook that does not answer',
      { kind: 'status', code: 500, message: 'failed calling webhook "p.acme.example": context deadline exceeded' },
      'failed calling webhook "p.acme.example": context deadline exceeded',
    ],
  ])('%s is told in the cluster’s words, and not tried again', async (_, fault, words) => {
    const changed = writes(() => fault);
    await press('Roll back');
    await bed.watch(60);
    expect(changed.count).toBe(1);
    expect(wordsOf(first())).toContain(`It could not be done: The cluster refused it: ${words}`);
  });

  test('while the API server is busy: tried again until it is done, once', async () => {
    const changed = writes((n) =>
      n === 1 ? { kind: 'status', code: 503 } : n === 2 ? { kind: 'reset-after' } : undefined,
    );
    await press('Roll back');
    for (let i = 0; i < 4; i++) await bed.watch(10);
    // The second one was done before its answer was lost: it is found, and not done again.
    expect(changed.count).toBe(2);
    expect(wordsOf(first())).toMatch(/✅ @\S+: Roll back to revision 1\. It helped\./);
  });

  test('while the API server is away for half an hour: not begun any more when it is back', async () => {
    const changed = writes(() => ({ kind: 'status', code: 503 }));
    await press('Roll back');
    bed.clock.jump(1_800_000);
    bed.cluster.fail(undefined);
    const count = changed.count;
    for (let i = 0; i < 6; i++) await bed.watch(10);
    expect(changed.count).toBe(count);
    expect(imageNow()).toBe('registry.acme.example/web:1.0.0-rc');
    expect(wordsOf(first())).toContain('The cluster could not be reached for 30 minutes, so web was left as it is.');
  });
});

const memoryHungry = async () => {
  bed.objects.patch('deployments.apps', 'default', 'web', {
    spec: {
      template: {
        metadata: { annotations: { 'playground.groundcrew/memory': '100Mi' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'registry.acme.example/web:1.0.0',
              resources: { requests: { memory: '64Mi' }, limits: { memory: '200Mi' } },
            },
          ],
        },
      },
    },
  });
  await bed.watch(60);
};

test('more memory than the quota of the namespace leaves is not offered, and why', async () => {
  await memoryHungry();
  bed.cluster.break('oom', web);
  await bed.clock.pass(20_000);
  bed.objects.create('resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small', namespace: 'default' },
    spec: { hard: { 'limits.memory': '150Mi' } },
  });
  await bed.watch(60);
  expect(labels().filter((l) => l.startsWith('Raise its memory'))).toEqual([]);
  expect(wordsOf(first())).toMatch(
    /Raise its memory limit to \d+Mi: not offered\. The quota small leaves \d+Mi of limits\.memory, and this would take \d+Mi more\./,
  );
  // Nor as a command: by hand it would help no more.
  expect(JSON.stringify(first())).not.toContain('patch deployment web');
});

test('an account that is missing is made by a button, and “Undo” deletes just that one, while it is as it was made', async () => {
  bed.deploy('api', 'shop', {
    spec: {},
  });
  const api = bed.get('deployments.apps', 'api');
  const template = api.spec?.template as { spec: object };
  bed.objects.patch('deployments.apps', 'default', 'api', {
    spec: { template: { spec: { ...template.spec, serviceAccountName: 'api' } } },
  });
  await bed.watch(30);
  expect(labels()).toContain('Create the account api');
  // Its answer is lost, as by a process that dies: it is found made, and can be taken back all the same.
  let lost = false;
  bed.cluster.fail(({ method, path, query }) => {
    if (lost || method !== 'POST' || !path.endsWith('/serviceaccounts') || query.has('dryRun')) return undefined;
    lost = true;
    return { kind: 'reset-after' };
  });
  await press('Create the account api');
  for (let i = 0; i < 4; i++) await bed.watch(10);
  expect(lost).toBe(true);
  const account = () => bed.objects.get('serviceaccounts', 'default', 'api');
  expect(account()).toBeDefined();
  await bed.watch(120);
  expect(first().title).toBe('api is well again');
  const undo = buttonsOf(first()).find((b) => b.label === 'Undo');
  expect(undo?.confirm).toBe(
    'Take back “Create the account api”? It deletes ServiceAccount api, which it made, unless somebody has changed that since.',
  );

  const { made, ...rest } = {
    made: account()?.metadata.uid ?? '',
    on: { ...web, kind: 'ServiceAccount', name: 'api' },
  };
  const action = fixInCluster({ clusters: bed.clusters, clock: bed.clock, log: quiet });
  const carryOut = async (key: string, print?: string) =>
    action.run(
      {
        incident: 'x',
        target: { ...web, kind: 'Deployment', name: 'api' },
        todo: { undo: { ...rest, made }, ...(print === undefined ? {} : { print }) },
        at: bed.clock.now().toISOString(),
        note: true,
      },
      key,
    );
  const refused = (why: string) => ({ incident: 'x', ok: false, message: expect.stringContaining(why) });
  expect(await carryOut('fix/1', 'what it was')).toEqual(refused('since I made it, so it is not mine to delete'));

  // What OpenShift gives to every account is no change that somebody made.
  const login = 'api-dockercfg-x7k2p';
  bed.objects.patch('serviceaccounts', 'default', 'api', {
    metadata: { annotations: { 'openshift.io/internal-registry-pull-secret-ref': login } },
    secrets: [{ name: login }],
    imagePullSecrets: [{ name: login }],
  });
  await press('Undo', adaTeams);
  expect(account()).toBeUndefined();
  expect(wordsOf(first())).toContain('Undo: Create the account api. It’s done: all is as it was before.');
  // Twice is as good as once; and one that somebody made anew is another one.
  expect(await carryOut('fix/2')).toEqual({ incident: 'x', ok: true });
  bed.objects.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...web, name: 'api' },
  });
  expect(await carryOut('fix/3')).toEqual(refused('somebody made it anew. Nothing was done.'));
  expect(account()).toBeDefined();
});

test('a crash loop that tells of itself two thousand times a minute is one message, that hardly changes', async () => {
  bed.cluster.break('flapping', web);
  await bed.watch(60);
  const before = bed.slack.outgoing.length;
  const pod = bed.pods()[0];
  for (let i = 0; i < 2_000; i++)
    bed.objects.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `web.${i}`, namespace: 'default' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: pod?.metadata.name, uid: pod?.metadata.uid },
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container web in pod ${pod?.metadata.name}`,
      lastTimestamp: bed.clock.now().toISOString(),
    });
  await bed.watch(60);
  expect(bed.slack.outgoing.filter((o) => o.kind === 'post')).toHaveLength(1);
  expect(bed.slack.outgoing.length - before).toBeLessThanOrEqual(6);
  const { rows } = await database.pool.query('select count(*)::int as n from groundcrew.incident');
  expect(rows).toEqual([{ n: 1 }]);
});

/** What becomes of a fix when it is tried out on the cluster as it is. */
async function tried(fix: object): Promise<Partial<Offer> | undefined> {
  const verdict = {
    code: 'x',
    severity: 'warning',
    object: { kind: 'Deployment', ...web },
    affected: [],
    summary: [],
    evidence: [],
    near: [],
    blast: { reach: 'none', text: '' },
    fixes: [fix],
    confidence: 'certain',
    wants: { logs: [] },
  };
  const input = z.json().parse(JSON.parse(JSON.stringify({ incident: 'x', gist: 'g', verdict })));
  const found = await preflightFixes({ clusters: bed.clusters, clock: bed.clock, log: quiet }).run(input, 'try/1');
  return preflown.parse(found).offers[0];
}
const patched = (spec: object, more: object = {}) => ({
  kind: 'patch',
  title: 'Change it',
  patch: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: web, spec, ...more },
});
const inPods = (spec: object) => patched({ template: { spec } });

test('what an operator controls is not changed under its hands', async () => {
  bed.objects.patch('deployments.apps', 'default', 'web', {
    metadata: {
      ownerReferences: [{ apiVersion: 'acme.example/v1', kind: 'WebSite', name: 'front', uid: 'u1', controller: true }],
    },
  });
  expect(await tried(patched({ minReadySeconds: 5 }))).toMatchObject({
    hindered: 'WebSite front controls web and would undo it within seconds: change it there.',
    futile: true,
  });
});

test('a service that Argo CD manages is changed in Git, whatever the workload says', async () => {
  bed.objects.create('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...web, annotations: { 'argocd.argoproj.io/tracking-id': 'web' } },
    spec: { selector: { app: 'wbe' }, ports: [{ port: 80 }] },
  });
  const service = { apiVersion: 'v1', kind: 'Service', metadata: web, spec: { selector: { app: 'web' } } };
  expect(await tried({ kind: 'patch', title: 'Look for app=web', patch: service })).toMatchObject({
    managedBy: 'Argo CD',
    after: expect.stringContaining('web'),
  });
});

test('a restart is pressed as it is, also of what Helm manages: nobody undoes it', async () => {
  bed.objects.patch('deployments.apps', 'default', 'web', {
    metadata: { annotations: { 'meta.helm.sh/release-name': 'web' } },
  });
  const restart = {
    kind: 'restart',
    title: 'Restart web',
    command: 'kubectl -n default rollout restart deployment/web',
  };
  expect((await tried(restart))?.managedBy).toBeUndefined();
  expect((await tried(patched({ minReadySeconds: 5 })))?.managedBy).toBe('Helm');
});

test('labels that no machine has are not asked for, and less than a container must ask for neither', async () => {
  expect((await tried(inPods({ nodeSelector: { 'kubernetes.io/arch': 'riscv64' } })))?.hindered).toBe(
    'No machine of this cluster has the labels that it would ask for.',
  );
  await memoryHungry();
  bed.objects.create('limitranges', {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'bounds', namespace: 'default' },
    spec: { limits: [{ type: 'Container', min: { memory: '32Mi' } }] },
  });
  const ask = (memory: string) => inPods({ containers: [{ name: 'web', resources: { requests: { memory } } }] });
  expect((await tried(ask('20Mi')))?.hindered).toBe(
    'One container must ask for at least 32Mi of memory in this namespace.',
  );
  expect(await tried(ask('40Mi'))).toMatchObject({
    after: 'containers[web].resources.requests.memory: 40Mi',
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { fixInCluster } from '../../src/actions/fix.ts';
import { tryOut } from '../../src/cluster/carry-out.ts';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { buttonsOf } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import type { Faults, Fields } from '../../src/playground/cluster/index.ts';
import { deployment, still } from '../cluster/world.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Clinic, clinic, messages, openClinic } from '../support/doctor.ts';
import { ada, adaTeams, grace, mira, quiet } from '../support/house.ts';
import { runTool, toolTest } from '../support/tools.ts';
import { whisperedIn, wordsOf } from '../support/words.ts';

const database = await openTestDatabase();
afterAll(() => database.close());
let bed: Clinic;
let settings = clinic;
beforeEach(async () => {
  await database.empty();
  settings = clinic;
  bed = await openClinic(database, () => settings);
  await bed.clock.pass(1_000);
  bed.deploy('web', 'shop');
  await bed.watch(60);
});
afterEach(() => bed.close());

const web = { namespace: 'default', name: 'web' };
const first = (platform: Clinic['slack']) => {
  const view = messages(platform)[0]?.view;
  if (!view) throw new Error('nothing was said');
  return view;
};
const labelled = (words: string) => {
  const found = buttonsOf(first(bed.slack)).find((b) => b.label.startsWith(words));
  if (!found) throw new Error(`no button ${words}: ${buttonsOf(first(bed.slack)).map((b) => b.label)}`);
  return found;
};
const press = (who: typeof ada, words: string) => {
  const { name, value } = labelled(words).press;
  return bed.house.act(bed.house.press(who, name, JSON.parse(value)));
};
const imageOf = (): unknown => {
  const spec = bed.get('deployments.apps', 'web').spec as { template: { spec: { containers: { image: string }[] } } };
  return spec.template.spec.containers[0]?.image;
};
const audited = async () =>
  (await database.pool.query('select what, who from groundcrew.audit order by seq')).rows.map((r) => r.what);
async function broken(kind: Parameters<Clinic['cluster']['break']>[0], seconds = 20): Promise<void> {
  bed.cluster.break(kind, web);
  await bed.watch(seconds);
}
/** Writes that reach the cluster, save those that only try out. */
function writes(): string[] {
  const seen: string[] = [];
  bed.cluster.fail(({ method, path, query }) => {
    if (method !== 'GET' && !query.has('dryRun')) seen.push(`${method} ${path}`);
    return undefined;
  });
  return seen;
}

test('roll back: offered with the exact change, refused to others, done once, followed, and taken back', async () => {
  await broken('wrong-tag');
  expect(labelled('Roll back')).toMatchObject({
    label: 'Roll back to revision 1',
    tone: 'primary',
    confirm: 'Roll back to revision 1? It sets containers[web].image: registry.acme.example/web:1.0.0',
  });
  const changed = writes();
  const refused = await press(mira, 'Roll back');
  expect(whisperedIn(refused)[0]).toBe(
    'You can’t do this to web. Team shop looks after it: its members and the platform engineers may. Nothing was done; ask one of them to press it.',
  );
  expect(changed).toEqual([]);
  expect(await audited()).toEqual([]);

  await press(adaTeams, 'Roll back');
  expect(changed).toEqual(['PATCH /apis/apps/v1/namespaces/default/deployments/web']);
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0');
  for (const platform of [bed.slack, bed.teams])
    expect(wordsOf(first(platform))).toMatch(
      /🔧 @\S+: Roll back to revision 1\. It’s done; I’m watching whether it helps\./,
    );
  await bed.watch(60);
  for (const platform of [bed.slack, bed.teams]) {
    expect(first(platform).title).toBe('web is well again');
    expect(wordsOf(first(platform))).toMatch(/✅ @\S+: Roll back to revision 1\. It helped\./);
  }
  expect(await audited()).toEqual(['incident.fix-pressed', 'incident.fixed']);
  expect(
    messages(bed.slack)
      .slice(1)
      .map((m) => wordsOf(m.view).replace(/@[^\s:]+/, '@')),
  ).toEqual([
    '@ pressed “Roll back to revision 1”.',
    '🔧 @: Roll back to revision 1. It’s done; I’m watching whether it helps.',
    expect.stringMatching(/^web is well again/),
  ]);

  await press(grace, 'Undo');
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0-rc');
  for (const platform of [bed.slack, bed.teams])
    expect(wordsOf(first(platform))).toMatch(
      /↩️ @\S+: Undo: Roll back to revision 1\. It’s done: all is as it was before\./,
    );
  expect(await audited()).toEqual(['incident.fix-pressed', 'incident.fixed', 'incident.fix-pressed', 'incident.fixed']);
});

test('two presses at once, on two platforms: it is done once, and the second hears of the first', async () => {
  await broken('wrong-tag');
  const changed = writes();
  const { name, value } = labelled('Roll back').press;
  const answers = await Promise.all([
    bed.house.engine.dispatch(bed.house.press(ada, name, JSON.parse(value))),
    bed.house.engine.dispatch(bed.house.press(adaTeams, name, JSON.parse(value))),
  ]);
  await bed.house.work();
  expect(changed).toEqual(['PATCH /apis/apps/v1/namespaces/default/deployments/web']);
  const told = answers.flatMap((a) => whisperedIn(a));
  expect(told).toEqual([expect.stringMatching(/pressed “Roll back to revision 1” a moment ago/)]);
});

test('carried out twice by one key, as after a kill, it is done once', async () => {
  await broken('wrong-tag');
  const action = fixInCluster({ clusters: bed.clusters, clock: bed.clock, log: quiet });
  const input = {
    incident: 'x',
    target: { kind: 'Deployment', ...web },
    todo: {
      fix: {
        kind: 'rollback',
        title: 'Roll back to revision 1',
        command: 'kubectl -n default rollout undo deployment/web --to-revision=1',
      },
    },
    at: bed.clock.now().toISOString(),
  };
  const changed = writes();
  expect(await action.run(input, 'fix/1')).toMatchObject({ ok: true, undo: { put: { template: {} } } });
  await bed.clock.pass(30_000);
  expect(await action.run(input, 'fix/1')).toEqual({ incident: 'x', ok: true, print: expect.any(String) });
  expect(changed).toHaveLength(1);
  // By another key it is another press: that revision has become the newest, and is not there by its old number.
  expect(await action.run(input, 'fix/2')).toEqual({
    incident: 'x',
    ok: false,
    message: 'Revision 1 of web is not there any more. Nothing was done.',
  });
});

test('“Undo” outlives who changed it: also when nobody lived to tell what was there before', async () => {
  await broken('wrong-tag');
  let lost = false;
  bed.cluster.fail(({ method, query }) => {
    if (lost || method !== 'PATCH' || query.has('dryRun')) return undefined;
    lost = true;
    return { kind: 'reset-after' };
  });
  await press(ada, 'Roll back');
  expect(lost).toBe(true);
  for (let i = 0; i < 4; i++) await bed.watch(10);
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0');
  expect(wordsOf(first(bed.slack))).toContain('It helped');
  // What somebody else made of it meanwhile is not taken back with it.
  const image = (tag: string) => ({
    spec: { template: { spec: { containers: [{ name: 'web', image: `registry.acme.example/web:${tag}` }] } } },
  });
  bed.objects.patch('deployments.apps', 'default', 'web', image('1.1.0'));
  await press(adaTeams, 'Undo');
  expect(imageOf()).toBe('registry.acme.example/web:1.1.0');
  expect(wordsOf(first(bed.slack))).toContain('Somebody changed web since this was offered');
});

test('a change beside the pods’ template is taken back too', async () => {
  const action = fixInCluster({ clusters: bed.clusters, clock: bed.clock, log: quiet });
  const act = (todo: unknown, key: string) =>
    action.run(
      z
        .json()
        .parse({ incident: 'x', target: { kind: 'Deployment', ...web }, todo, at: bed.clock.now().toISOString() }),
      key,
    );
  const spec = () => bed.get('deployments.apps', 'web').spec;
  const before = spec();
  const patch = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: web,
    spec: { strategy: { type: 'Recreate', rollingUpdate: null }, minReadySeconds: 5 },
  };
  const done = await act({ fix: { kind: 'patch', title: 'Stop the old pod first', patch } }, 'fix/4');
  expect(spec()).toMatchObject({ strategy: { type: 'Recreate' }, minReadySeconds: 5 });
  const { undo, print } = z.object({ undo: z.json(), print: z.string() }).parse(done);
  expect(undo).toMatchObject({ on: { kind: 'Deployment', ...web }, put: { minReadySeconds: null } });
  expect(await act({ undo, print }, 'fix/5')).toMatchObject({ ok: true });
  expect(spec()).toEqual(before);
});

test('what is changed is what the fix names, also when something else is at fault', async () => {
  const action = fixInCluster({ clusters: bed.clusters, clock: bed.clock, log: quiet });
  const changed = writes();
  const result = await action.run(
    {
      incident: 'x',
      target: { kind: 'Secret', namespace: 'default', name: 'pull' },
      todo: {
        fix: { kind: 'restart', title: 'Restart web', command: 'kubectl -n default rollout restart deployment/web' },
      },
      at: bed.clock.now().toISOString(),
    },
    'fix/3',
  );
  expect(result).toEqual({ incident: 'x', ok: true, print: expect.any(String) });
  expect(changed).toEqual(['PATCH /apis/apps/v1/namespaces/default/deployments/web']);
});

/** The program writes 2 GiB to a volume of one. */
function fillDisk(): void {
  bed.objects.create('persistentvolumeclaims', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  const disk = { name: 'disk', persistentVolumeClaim: { claimName: 'data' } };
  const volumeMounts = [{ name: 'disk', mountPath: '/data' }];
  const containers = [{ name: 'web', image: 'registry.acme.example/web:1.0.0', volumeMounts }];
  const metadata = { annotations: { 'playground.groundcrew/disk': '2Gi' } };
  bed.objects.patch('deployments.apps', 'default', 'web', {
    spec: { template: { metadata, spec: { containers, volumes: [disk] } } },
  });
}
const claimed = () => bed.get('persistentvolumeclaims', 'data');

test('a full volume is expanded by a button that says it lasts, and is followed without an undo, on both platforms', async () => {
  fillDisk();
  await bed.watch(120);
  const question =
    'Expand the volume data to 2Gi? This can’t be taken back: a volume does not shrink. It sets resources.requests.storage: 2Gi';
  for (const platform of [bed.slack, bed.teams])
    expect(buttonsOf(first(platform)).find((b) => b.label.startsWith('Expand'))?.confirm).toBe(question);
  await press(adaTeams, 'Expand the volume data');
  expect(claimed().spec).toMatchObject({ resources: { requests: { storage: '2Gi' } } });
  for (const platform of [bed.slack, bed.teams]) expect(wordsOf(first(platform))).toContain('It’s done');
  await bed.watch(300, 30);
  // It runs, but did so before each end too: not said to have failed, and not expanded once more.
  expect(wordsOf(first(bed.slack))).toContain('I’m watching whether it helps');
  expect(buttonsOf(first(bed.slack)).map((b) => b.label)).toEqual(['I’m on it', 'Mute…']);
  await bed.watch(1_200, 60);
  expect(claimed().status).toMatchObject({ capacity: { storage: '2Gi' } });
  for (const platform of [bed.slack, bed.teams]) {
    expect(wordsOf(first(platform))).toMatch(/✅ @\S+: Expand the volume data to 2Gi\. It helped\./);
    expect(buttonsOf(first(platform)).map((b) => b.label)).not.toContain('Undo');
  }
});

test('a volume that its class, or the quota, does not let grow is not offered to grow', async () => {
  fillDisk();
  await bed.watch(60);
  const fix = {
    kind: 'patch' as const,
    title: 'Expand the volume data to 2Gi',
    patch: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'default' },
      spec: { resources: { requests: { storage: '2Gi' } } },
    },
  };
  const known = async () => ({
    access: await bed.access(),
    workload: { kind: 'Deployment', ...web },
    key: 'k',
    at: bed.clock.now(),
  });
  expect(await tryOut(fix, await known())).toMatchObject({ after: 'resources.requests.storage: 2Gi', forGood: true });
  bed.objects.create('resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'disks', namespace: 'default' },
    spec: { hard: { 'requests.storage': '1536Mi' } },
  });
  await bed.clock.pass(5_000);
  expect(await tryOut(fix, await known())).toMatchObject({ hindered: expect.stringMatching(/quota/), futile: true });
  bed.objects.delete('resourcequotas', 'default', 'disks');
  bed.objects.patch('storageclasses.storage.k8s.io', undefined, 'standard', { allowVolumeExpansion: false });
  expect(await tryOut(fix, await known())).toMatchObject({
    hindered: 'Its storage class standard does not let volumes grow (allowVolumeExpansion).',
  });
  const less = { ...fix, patch: { ...fix.patch, spec: { resources: { requests: { storage: '512Mi' } } } } };
  expect((await tryOut(less, await known())).hindered).toMatch(/can not be less|only become larger/);
  // A quota hinders what it counts: one for jobs says nothing of what serves.
  const [limits, requests] = [{ memory: '1Gi' }, { memory: '512Mi' }];
  const more = {
    kind: 'patch' as const,
    title: 'Raise memory',
    patch: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: { template: { spec: { containers: [{ name: 'web', resources: { limits, requests } }] } } },
    },
  };
  for (const [scopes, hindered] of [
    [['Terminating'], undefined],
    [['NotTerminating'], expect.stringMatching(/^The quota tight leaves \S+ of requests.memory/)],
  ] as const) {
    const hard = { 'requests.memory': '64Mi' };
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tight', namespace: 'default' } };
    bed.objects.create('resourcequotas', { ...quota, spec: { hard, scopes } });
    await bed.clock.pass(5_000);
    expect((await tryOut(more, await known())).hindered).toEqual(hindered);
    bed.objects.delete('resourcequotas', 'default', 'tight');
  }
});

test('a paused rollout: rolling back resumes it, and a change that it holds back is resumed by a button', async () => {
  await broken('wrong-tag');
  bed.objects.patch('deployments.apps', 'default', 'web', { spec: { paused: true } });
  await press(ada, 'Roll back');
  expect(wordsOf(first(bed.slack))).toContain('Somebody changed web since this was offered');
  // A new look offers what is true by now.
  await bed.house.act(bed.house.command(adaTeams, 'why web'));
  expect(labelled('Roll back').confirm).toMatch(
    /^Roll back to revision 1\? Its rollout is paused: this lets it go on\. It sets paused: false; containers\[web\]\.image: \S+web:1\.0\.0$/,
  );
  const image = [{ name: 'web', image: 'registry.acme.example/web:1.0.0' }];
  bed.objects.patch('deployments.apps', 'default', 'web', { spec: { template: { spec: { containers: image } } } });
  await bed.watch(30);
  for (const platform of [bed.slack, bed.teams])
    expect(buttonsOf(first(platform))[0]).toMatchObject({
      label: 'Resume its rollout, which holds a change back',
      // What it holds back is said: that is what will run.
      confirm:
        'Resume its rollout, which holds a change back? It sets paused: false; containers[web].image: registry.acme.example/web:1.0.0, and removes containers[web].ports[8080].containerPort: 8080; containers[web].ports[8080].protocol: TCP',
    });
  await press(adaTeams, 'Resume its rollout');
  await bed.watch(60);
  for (const platform of [bed.slack, bed.teams]) {
    expect(first(platform).title).toBe('web is well again');
    expect(buttonsOf(first(platform)).map((b) => b.label)).toEqual(['Undo']);
  }
});

test.each([
  ['Helm', 'meta.helm.sh/release-name'],
  ['Argo CD', 'argocd.argoproj.io/tracking-id'],
  ['Flux', 'kustomize.toolkit.fluxcd.io/name'],
])('what %s manages becomes the change to make in Git, on both platforms', async (name, mark) => {
  bed.objects.patch('deployments.apps', 'default', 'web', { metadata: { annotations: { [mark]: 'web' } } });
  await broken('wrong-tag');
  const changed = writes();
  for (const platform of [bed.slack, bed.teams])
    expect(buttonsOf(first(platform)).map((b) => b.label)).toContain('Roll back to revision 1 in Git');
  expect(labelled('Roll back').confirm).toBeUndefined();
  for (const who of [ada, adaTeams]) {
    const shown = await press(who, 'Roll back');
    expect(whisperedIn(shown)[0]).toContain(`${name} manages web and would undo it within seconds`);
    expect(whisperedIn(shown)[0]).toContain(
      'containers[web].image: registry.acme.example/web:1.0.0-rc\ncontainers[web].image: registry.acme.example/web:1.0.0',
    );
  }
  expect(changed).toEqual([]);
  expect(await audited()).toEqual([]);
  // Somebody makes the change in Git, and it is rolled out: that is the end of it, by nobody’s button.
  bed.objects.patch('deployments.apps', 'default', 'web', {
    spec: { template: { spec: { containers: [{ name: 'web', image: 'registry.acme.example/web:1.0.0' }] } } },
  });
  await bed.watch(60);
  expect(first(bed.slack).title).toBe('web is well again');
});

test('a change that is too long for a question stands in the message, and all of it where it is asked for', async () => {
  bed.objects.patch('deployments.apps', 'default', 'web', {
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'web',
              image: 'registry.acme.example/web:1.0.0-rc',
              env: Array.from({ length: 15 }, (_, i) => ({ name: `SETTING_${i}`, value: `quite a long value ${i}` })),
            },
          ],
        },
      },
    },
  });
  bed.cluster.break('wrong-tag', web);
  await bed.watch(60);
  const { confirm = '' } = labelled('Roll back');
  expect(confirm).toHaveLength(290);
  expect(confirm).toMatch(/ … The message shows all of it\.$/);
  const fold = first(bed.slack).blocks.find((b) => b.kind === 'fold' && b.title.startsWith('What “Roll back'));
  expect(JSON.stringify(fold)).toContain('SETTING_14');
  const id = JSON.parse(labelled('Roll back').press.value).id;
  const all = await bed.house.act(bed.house.press(adaTeams, 'incident.details', { id }));
  expect(whisperedIn(all)[0]).toContain('SETTING_14');
});

test('what the cluster refuses when it is tried out is not offered, with the reason', async () => {
  bed.cluster.fail(({ method }) => (method === 'PATCH' ? { kind: 'status', code: 403 } : undefined));
  await broken('wrong-tag');
  expect(buttonsOf(first(bed.slack)).map((b) => b.label)).toEqual(['I’m on it', 'Mute…']);
  expect(wordsOf(first(bed.slack))).toMatch(/Roll back to revision 1: not offered\. The cluster refuses it/);
});

test('what does not help is said not to, and a button of an earlier state does nothing', async () => {
  await broken('wrong-tag');
  const old = labelled('Roll back').press;
  await press(ada, 'Roll back');
  await bed.clock.pass(5_000);
  // Somebody else breaks it again meanwhile, by something that is not there.
  bed.cluster.break('missing-config', web);
  await bed.watch(200, 20);
  expect(wordsOf(first(bed.slack))).toMatch(/❌ @\S+: Roll back to revision 1\. It was done, but did not help\./);
  expect(labelled('Roll back').confirm).toMatch(/^Roll back to revision 3\? It removes containers\[web\]\.envFrom/);
  const stale = await bed.house.act(bed.house.press(ada, old.name, JSON.parse(old.value)));
  expect(whisperedIn(stale)[0]).toContain('has changed since this was offered. Nothing was done');
});

test('where the settings say so the cluster itself is asked whether this person may', async () => {
  settings = settingsSchema.parse({
    teams: { shop: { emails: ['ada@acme.test'] } },
    channels: clinic.channels,
    doctor: { subjectAccessReview: true },
  });
  await broken('wrong-tag');
  await press(ada, 'Roll back');
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0-rc');
  expect(wordsOf(first(bed.slack))).toContain(
    'It could not be done: The cluster does not let ada@acme.test change web in default.',
  );
  bed.objects.create('rolebindings.rbac.authorization.k8s.io', editing('shop'));
  await bed.clock.pass(1_000);
  await press(ada, 'Roll back');
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0');
});

const editing = (group: string): Fields => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: group, namespace: 'default' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
});
const underTheirName = settingsSchema.parse({
  teams: { shop: { emails: ['ada@acme.test'] } },
  channels: clinic.channels,
  doctor: { impersonate: true },
});

test('where the settings say so it is done under the name of who pressed, and so is “Undo”, on both platforms', async () => {
  settings = underTheirName;
  await broken('wrong-tag');
  const changed: string[] = [];
  const noted: Faults = ({ method, query, user }) => {
    if (method !== 'GET' && !query.has('dryRun')) changed.push(`${method} by ${user}`);
    return undefined;
  };
  bed.cluster.fail(noted);
  await press(adaTeams, 'Roll back');
  for (const platform of [bed.slack, bed.teams])
    expect(wordsOf(first(platform))).toMatch(
      /The cluster does not let ada@acme\.test do this \(deployments\.apps "web" is forbidden: User "ada@acme\.test" cannot patch .*Nothing was done\./,
    );
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0-rc');
  expect(changed).toEqual([]);
  bed.objects.create('rolebindings.rbac.authorization.k8s.io', editing('shop'));
  await bed.clock.pass(1_000);
  // A check refuses with the same number: no right would change that.
  const denied = 'admission webhook "validate.acme.test" denied the request: [no-rollbacks] not on Fridays';
  bed.cluster.fail(({ method, user }) =>
    method === 'PATCH' && user === 'ada@acme.test' ? { kind: 'status', code: 403, message: denied } : undefined,
  );
  await press(adaTeams, 'Roll back');
  expect(wordsOf(first(bed.teams))).toContain(`The cluster refused it: ${denied}`);
  bed.cluster.fail(noted);
  await press(adaTeams, 'Roll back');
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0');
  await bed.watch(60);
  await press(ada, 'Undo');
  expect(imageOf()).toBe('registry.acme.example/web:1.0.0-rc');
  expect(changed).toEqual(['PATCH by ada@acme.test', 'PATCH by ada@acme.test']);
});

toolTest(
  ['kubectl'],
  'what a person may by a button is what real kubectl lets them do under the same name',
  async () => {
    settings = underTheirName;
    await broken('wrong-tag');
    const home = mkdtempSync(join(tmpdir(), 'groundcrew-as-'));
    try {
      const KUBECONFIG = join(home, 'config');
      writeFileSync(KUBECONFIG, bed.cluster.kubeconfig());
      const theirs = ['--as', 'ada@acme.test', '--as-group', 'shop'];
      const undo = () =>
        runTool('kubectl', ['rollout', 'undo', 'deployment/web', '--dry-run=server', ...theirs], {
          env: { KUBECONFIG, HOME: home },
        });
      const [, why] = /(User "ada@acme\.test" cannot \w+ resource "[\w.]+")/.exec((await undo()).err) ?? [];
      expect(why).toBeDefined();
      await press(ada, 'Roll back');
      expect(wordsOf(first(bed.slack))).toContain('User "ada@acme.test" cannot patch resource "deployments"');
      bed.objects.create('rolebindings.rbac.authorization.k8s.io', editing('shop'));
      await bed.clock.pass(1_000);
      expect(await undo()).toMatchObject({ code: 0, out: expect.stringContaining('rolled back') });
      await press(ada, 'Roll back');
      expect(imageOf()).toBe('registry.acme.example/web:1.0.0');
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
);

test('a bot that may not act for people says so, and who can grant it; a name may be more than Latin', async () => {
  const world = still({ users: [{ name: 'bot', groups: [] }] }, bed.clock);
  await world.cluster.listen();
  try {
    world.objects.create('clusterrolebindings.rbac.authorization.k8s.io', {
      ...editing('bot'),
      kind: 'ClusterRoleBinding',
      metadata: { name: 'bot' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bot' }],
    });
    world.objects.create('deployments.apps', deployment('web'));
    await bed.clock.pass(1_000);
    const access = () => readKubeconfig(undefined, { text: world.cluster.kubeconfig('bot') });
    const action = fixInCluster({ clusters: [{ access }], clock: bed.clock, log: quiet });
    const result = await action.run(
      {
        incident: 'x',
        target: { kind: 'Deployment', ...web },
        todo: {
          fix: { kind: 'restart', title: 'Restart', command: 'kubectl -n default rollout restart deployment/web' },
        },
        at: bed.clock.now().toISOString(),
        as: { user: 'łucja@acme.test', groups: ['shop'] },
      },
      'fix/9',
    );
    expect(result).toMatchObject({
      ok: false,
      message: expect.stringMatching(
        /^The cluster does not let me act for łucja@acme\.test .*cannot impersonate .*rbac\.doctor\.impersonate/,
      ),
    });
  } finally {
    await world.cluster.close();
  }
});

test('who may change it, and not delete its pods, is told so before anything is changed', async () => {
  await broken('wrong-tag');
  const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] }];
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { ...web, name: 'shop' }, rules };
  bed.objects.create('roles.rbac.authorization.k8s.io', role);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'shop' };
  bed.objects.create('rolebindings.rbac.authorization.k8s.io', { ...editing('shop'), roleRef });
  await bed.clock.pass(1_000);
  const [pod] = bed.objects.list('pods', 'default');
  const command = 'kubectl -n default rollout undo deployment/web --to-revision=1';
  const fix = {
    kind: 'rollback',
    title: 'Roll back',
    command: `${command} && kubectl -n default delete pod ${pod?.metadata.name}`,
  };
  const changed = writes();
  const result = await fixInCluster({ clusters: bed.clusters, clock: bed.clock, log: quiet }).run(
    {
      incident: 'x',
      target: { kind: 'Deployment', ...web },
      todo: { fix },
      at: bed.clock.now().toISOString(),
      as: { user: 'ada@acme.test', groups: ['shop'] },
      note: true,
    },
    'fix/1',
  );
  expect(result).toMatchObject({
    ok: false,
    message: expect.stringMatching(
      /^The cluster does not let ada@acme\.test do this \(.*cannot delete .*Nothing was done\./,
    ),
  });
  expect(changed).toEqual([]);
});

test('a third way to mend it is a press away, and works from there, on both platforms', async () => {
  bed.objects.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...web, name: 'shop' },
  });
  bed.objects.patch('deployments.apps', 'default', 'web', {
    spec: { template: { spec: { serviceAccountName: 'shpo' } } },
  });
  await bed.watch(60);
  for (const platform of [bed.slack, bed.teams])
    expect(buttonsOf(first(platform)).map((b) => b.label)).toEqual([
      'Roll back to revision 1',
      'Run as shop',
      'More fixes…',
      'I’m on it',
      'Mute…',
    ]);
  // Its older name, which the server keeps beside it, says nothing more.
  expect(labelled('Roll back to revision 1').confirm).toBe(
    'Roll back to revision 1? It removes serviceAccountName: shpo',
  );
  expect(whisperedIn(await press(mira, 'More fixes'))[0]).toContain('You can’t do this to web');
  for (const who of [ada, adaTeams]) {
    const more = await press(who, 'More fixes');
    expect(whisperedIn(more)[0]).toMatch(/^Create the account shpo\n/);
    expect(JSON.stringify(more)).toContain('"confirm":"Create the account shpo? It creates ServiceAccount shpo"');
  }
  const { value } = labelled('Run as shop').press;
  const { id } = z.object({ id: z.string() }).parse(JSON.parse(value));
  const offered = (await bed.house.store.direct.features.incidents.take(id))?.mending?.offers ?? [];
  const offer = offered.find((o) => o.title === 'Create the account shpo')?.id;
  const answer = await bed.house.act(bed.house.press(adaTeams, 'doctor.fix', { id, offer }));
  expect(whisperedIn(answer)[0]).toContain('tells whether it helps');
  expect(bed.get('serviceaccounts', 'shpo')).toMatchObject({ kind: 'ServiceAccount' });
  // Somebody gives it more than it was made with: then it is theirs too.
  bed.objects.patch('serviceaccounts', 'default', 'shpo', {
    metadata: { annotations: { 'iam.example/role': 'shop' } },
  });
  await press(ada, 'Undo');
  expect(bed.get('serviceaccounts', 'shpo')).toMatchObject({ kind: 'ServiceAccount' });
  for (const platform of [bed.slack, bed.teams])
    expect(wordsOf(first(platform))).toContain('Somebody changed ServiceAccount shpo since I made it');
});

test('whom the cluster can’t know may not, where it is asked', async () => {
  settings = settingsSchema.parse({
    roles: { platform: { slackUserGroups: ['SPLATFORM'] } },
    channels: clinic.channels,
    doctor: { subjectAccessReview: true },
  });
  await broken('wrong-tag');
  // In the group that mends, by her login; no directory tells her address.
  await bed.house.act(bed.house.command(grace, 'me'));
  await bed.house.store.direct.features.people.setGroup('slack', 'SPLATFORM', [grace.account]);
  await database.pool.query(`update groundcrew.person set email = null where name = 'Grace'`);
  const answer = await press(grace, 'Roll back');
  expect(whisperedIn(answer)[0]).toContain('I don’t know yours. Nothing was done');
  expect(imageOf()).not.toBe('registry.acme.example/web:1.0.0');
});

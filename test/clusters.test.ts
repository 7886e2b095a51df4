import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { accessTo } from '../src/cluster/clusters.ts';
import { readKubeconfig } from '../src/cluster/kubeconfig.ts';
import { checkContexts, checkNamed, namesOf } from '../src/clusters.ts';
import { readConfig } from '../src/config.ts';
import { Problem } from '../src/core/kernel/problem.ts';
import { settingsSchema } from '../src/core/settings.ts';
import { startGroundcrew } from '../src/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'groundcrew-'));
afterAll(() => rmSync(folder, { recursive: true }));
const kubeconfig = join(folder, 'config');
const context = (name: string, cluster: string) => ({ name, context: { cluster, user: 'bot' } });
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'eu',
    clusters: ['eu', 'us'].map((name) => ({ name, cluster: { server: `https://${name}.acme.test:6443` } })),
    users: [{ name: 'bot', user: { token: 't' } }],
    contexts: [context('eu', 'eu'), context('us', 'us'), context('eu-admin', 'eu')],
  }),
);
const named = (...names: readonly string[]) => names.map((name) => ({ name, context: name, kubeconfig }));

test('a context that is not there, and two of one cluster, are told before anything starts', async () => {
  await checkContexts(named('eu', 'us'));
  await expect(checkContexts(named('eu', 'asia'))).rejects.toThrow(
    'there is no context “asia”; there are eu, us, eu-admin',
  );
  await expect(checkContexts(named('eu', 'us', 'eu-admin'))).rejects.toThrow(
    'eu and eu-admin in KUBE_CONTEXTS are the same cluster, at https://eu.acme.test:6443',
  );
  const config = readConfig({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
    KUBECONFIG: kubeconfig,
    KUBE_CONTEXTS: 'eu,asia',
    DATA_DIR: join(folder, 'data'),
  });
  await expect(startGroundcrew(config)).rejects.toThrow('there is no context “asia”');
});

test('settings of a cluster that there is not are told with those there are', () => {
  const settings = settingsSchema.parse({ doctor: { clusters: { asia: { namespaces: { include: ['shop'] } } } } });
  expect(() => checkNamed(settings, namesOf(named('eu', 'us')))).toThrow('there are eu, us');
  expect(() => checkNamed(settings, namesOf(named('eu')))).toThrow('there is only one, which needs no name');
});

test('what was seen in a cluster is never changed in another one', async () => {
  const open = (name: string) => ({ name, context: name, access: () => readKubeconfig(name, { file: kubeconfig }) });
  const clusters = [open('eu'), open('us')];
  expect((await accessTo(clusters, 'us')).server.host).toBe('us.acme.test:6443');
  // What was asked for before there were several says nothing of it: there was the first.
  expect((await accessTo(clusters, undefined)).server.host).toBe('eu.acme.test:6443');
  const alone = [{ access: () => readKubeconfig(undefined, { file: kubeconfig }) }];
  expect((await accessTo(alone, 'eu')).server.host).toBe('eu.acme.test:6443');
  for (const those of [clusters, alone]) {
    const refused = await accessTo(those, 'gone').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ code: 'cluster_unfollowed' });
  }
  await expect(accessTo([], 'eu')).rejects.toMatchObject({ code: 'cluster_absent' });
});

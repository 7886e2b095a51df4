import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkCatalog } from '../../src/catalog/check.ts';
import { createSchemas } from '../../src/catalog/kubernetes/schemas.ts';
import { loadCatalog } from '../../src/catalog/load.ts';
import { shippedCatalog } from '../../src/config.ts';
import { costOf, outputsOf } from '../../src/core/catalog/amounts.ts';
import { advisedFields, formOf, priorOf, readValues } from '../../src/core/catalog/form.ts';
import type { GoldenPath } from '../../src/core/catalog/path.ts';
import { judge } from '../../src/core/catalog/policy.ts';
import { orderOf } from '../../src/core/catalog/render.ts';
import { sampleFacts } from '../../src/core/catalog/samples.ts';
import type { Json } from '../../src/core/kernel/index.ts';
import { shown } from '../../src/core/kernel/index.ts';
import type { Progress } from '../../src/core/runs/run.ts';
import { makeBackend } from '../actions/contract/making.ts';
import { finish } from '../actions/contract/suite.ts';
import { findTool } from '../support/tools.ts';

const run = promisify(execFile);
const { paths, broken } = await loadCatalog(shippedCatalog);
const pathOf = (name: string): GoldenPath => {
  const path = paths.find((p) => p.name === name);
  if (!path) throw new Error(`there is no path ${name}`);
  return path;
};

test('the catalog that ships is right, whole, and has nothing to improve', async () => {
  expect(broken).toEqual([]);
  expect(paths.map((p) => p.name)).toEqual([
    'app',
    'bucket',
    'cdn',
    'frontend-env',
    'gpu-job',
    'gpu-notebook',
    'kafka-topic',
    'postgres',
    'preview-environment',
    'rabbitmq',
    'redis',
    'service',
    'staging-environment',
    'vpn-access',
  ]);
  const checked = (await checkCatalog(shippedCatalog)) ?? [];
  expect(checked.flatMap((c) => [...c.problems, ...c.advice])).toEqual([]);
  expect(checked.flatMap((c) => c.notChecked)).toEqual([]);
  expect(checked.every((c) => c.samples > 4)).toBe(true);
});

describe.each(paths.map((p) => [p.name, p] as const))('%s', (_, path) => {
  test('asks little, and shows its defaults', () => {
    const form = formOf(path, { id: 'x' });
    const prior = priorOf(path);
    expect(shown(form.fields, prior).length).toBeLessThanOrEqual(advisedFields);
    for (const field of Object.values(form.fields)) expect(field.label.length).toBeLessThanOrEqual(60);
  });

  test('says how to use it, what is good to know, and what the platform team needs', () => {
    expect(path.manual).toMatch(/^# /);
    for (const part of ['## Use it', '## Good to know', '## For the platform team'])
      expect(path.manual).toContain(part);
  });

  test('can be deleted, and is tried by a canary', () => {
    expect(path.operations.map((o) => o.verb)).toContain('delete');
    expect(readValues(path, { ...priorOf(path), ...path.verify?.parameters })).toMatchObject({ ok: true });
  });

  test('takes no secret', () => {
    const free = Object.entries(path.parameters.properties).find(
      ([, p]) => p.type === 'string' && !p.enum && !p.format,
    );
    const raw = { ...priorOf(path), ...path.verify?.parameters, [free?.[0] ?? '']: 'AKIAIOSFODNN7EXAMPLE' };
    expect(readValues(path, raw)).toMatchObject({ ok: false });
  });
});

test('inside the path nobody waits; outside, somebody is asked, and says why', () => {
  const verdict = (name: string, values: Readonly<Record<string, Json>>, change = {}) => {
    const path = pathOf(name);
    const read = readValues(path, { ...priorOf(path), ...path.verify?.parameters, ...values });
    if (!read.ok) throw new Error(JSON.stringify(read.errors));
    const environment = typeof read.values.environment === 'string' ? read.values.environment : '';
    return judge(path.policy, { ...sampleFacts(path, read.values), environment, quota: { amount: 1 }, ...change }).is;
  };
  for (const path of paths) expect(verdict(path.name, {}), path.name).toBe('allow');
  expect(verdict('postgres', { environment: 'prod' })).toBe('deny');
  expect(verdict('postgres', { environment: 'prod', highAvailability: true })).toBe('allow');
  expect(verdict('postgres', { size: 'l' })).toBe('approval');
  expect(verdict('postgres', {}, { team: { name: 'Orders', quotaLeft: 0 } })).toBe('approval');
  expect(verdict('gpu-job', { gpus: 8, hours: 24 })).toBe('approval');
  expect(verdict('vpn-access', { network: 'production' })).toBe('approval');
  expect(verdict('vpn-access', {}, { person: { name: 'Jo', teams: [], roles: [] } })).toBe('deny');
  expect(verdict('app', { imageTag: 'latest' })).toBe('deny');
  expect(verdict('service', { exposed: true })).toBe('approval');
});

test('what things cost', () => {
  const cents = (name: string, values: Readonly<Record<string, Json>>) => {
    const path = pathOf(name);
    return costOf(path, sampleFacts(path, values))?.cents;
  };
  expect(cents('postgres', { size: 's', storage: 10, highAvailability: false })).toBe(1000);
  expect(cents('postgres', { size: 'm', storage: 10, highAvailability: true })).toBe(11_100);
  expect(cents('redis', { size: 'm' })).toBe(1200);
  expect(cents('app', { size: 's', replicas: 3 })).toBe(900);
  expect(cents('kafka-topic', { partitions: 3, retentionDays: 7 })).toBe(105);
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  folders.push(folder);
  return folder;
}
const helm = findTool('helm');
/** Carries an order of a path out with the real tool, here. */
async function carryOut(
  backend: 'terraform' | 'ansible',
  name: string,
  values: Readonly<Record<string, Json>>,
  verb: 'create' | 'restart' | 'delete',
  home: string,
  environment: Record<string, string> = {},
): Promise<{ readonly last: Progress; readonly path: GoldenPath }> {
  const path = pathOf(name);
  const facts = { ...sampleFacts(path, values), verb };
  const order = orderOf(path, facts, { run: `q1-${verb}`, verb });
  const { PATH = '' } = process.env;
  const made = makeBackend({ backend, folder: home, environment: { PATH, ...environment } });
  const said = await finish(made, order);
  const last = said.at(-1);
  if (!last) throw new Error('it said nothing');
  return { last, path };
}

describe.skipIf(!findTool('terraform'))('the CDN, by the real terraform', () => {
  const values = { domain: 'shop.example.com', origin: 'shop-files', price_class: 'world', cache_seconds: 60 };
  test('is made, purged and destroyed', async () => {
    const home = scratch();
    const { last, path } = await carryOut('terraform', 'cdn', values, 'create', home);
    expect([last.state, last.message]).toEqual(['ready', undefined]);
    const outputs = outputsOf(path, sampleFacts(path, values), last.outputs);
    expect(outputs).toEqual([
      { label: 'Address', value: 'https://shop.example.com' },
      {
        label: 'DNS record to set',
        value: expect.stringMatching(/^shop\.example\.com CNAME [0-9a-f]{12}\.cdn\.example\.net$/),
      },
    ]);
    expect((await carryOut('terraform', 'cdn', values, 'restart', home)).last).toMatchObject({ state: 'ready' });
    expect((await carryOut('terraform', 'cdn', values, 'delete', home)).last).toMatchObject({ state: 'ready' });
  }, 120_000);
});

describe.skipIf(!findTool('ansible-playbook'))('VPN access, by the real ansible', () => {
  const reason = "To look at \"{{ lookup('pipe', 'id') }}\": 100 %";
  test('is granted, word for word, and taken back; when it ends is Groundcrew’s to know', async () => {
    const home = scratch();
    const values = { network: 'staging', reason };
    const grants = join(home, 'grants');
    const path = pathOf('vpn-access');
    const environment = { VPN_ACCESS_DIR: grants };
    const granted = await carryOut('ansible', 'vpn-access', values, 'create', home, environment);
    expect([granted.last.state, granted.last.message]).toEqual(['ready', undefined]);
    const [file] = readdirSync(grants);
    expect(JSON.parse(readFileSync(join(grants, file as string), 'utf8'))).toEqual({
      network: 'staging',
      person: 'sample.person@example.com',
      reason,
      request: '1000000',
    });
    expect(path.ttl).toEqual({ lives: 28_800, extend: 14_400, extensions: 2 });
    expect((await carryOut('ansible', 'vpn-access', values, 'delete', home, environment)).last.state).toBe('ready');
    expect(readdirSync(grants)).toEqual([]);
  }, 120_000);
});

describe.skipIf(!helm)('the application, by the real helm', () => {
  const path = pathOf('app');
  const schemas = createSchemas([]);
  async function objects(values: Readonly<Record<string, Json>>): Promise<readonly Json[]> {
    const order = orderOf(path, sampleFacts(path, values), { run: 'q1', verb: 'create' });
    const spec = order.spec as { readonly chart: string; readonly values: Json };
    const file = join(scratch(), 'values.json');
    writeFileSync(file, JSON.stringify(spec.values));
    const { stdout } = await run(helm as string, ['template', 'web', spec.chart, '-f', file, '--namespace', 'orders']);
    return (parseAllDocuments(stdout) as { toJS(): Json }[]).map((d) => d.toJS()).filter((d) => d !== null);
  }
  const usual = {
    name: 'web',
    environment: 'dev',
    imageRepository: 'registry.example.com/shop/web',
    imageTag: '1.4.0',
    port: 8080,
    replicas: 2,
    size: 'm',
  };
  test('makes objects that the API takes, with and without an address', async () => {
    const kinds = async (values: Readonly<Record<string, Json>>) => {
      const made = await objects(values);
      expect(made.map((o) => schemas.check(o))).toEqual(made.map(() => []));
      return made.map((o) => (o as { kind: string }).kind).toSorted();
    };
    expect(await kinds(usual)).toEqual(['Deployment', 'Service']);
    expect(await kinds({ ...usual, host: 'web.apps.example.com' })).toEqual(['Deployment', 'Ingress', 'Service']);
  }, 60_000);

  test('no value gets out of its place', async () => {
    const evil = '1\n  evil: {{ .Release.Name }}" #';
    await expect(objects({ ...usual, imageTag: evil })).rejects.toThrow('does not match pattern');
  }, 60_000);
});

test.each([
  ['preview-environment', { repository: 'web', pullRequest: 7, size: 's', database: true }, true],
  ['preview-environment', { repository: 'web', pullRequest: 7, size: 's', database: false }, false],
  ['staging-environment', { name: 'web', repository: 'web', branch: 'main', size: 'm' }, true],
])('%s lets its database’s operator in and the database to the API: %o', (name, params, open) => {
  const path = pathOf(name);
  const text = JSON.stringify(orderOf(path, sampleFacts(path, params), { run: 'x', verb: 'create' }).spec);
  expect(text.includes('"cnpg-system"') && text.includes('"port":8000')).toBe(open);
  expect(text.includes('{"ports":[{"protocol":"TCP","port":6443}]}')).toBe(open);
});

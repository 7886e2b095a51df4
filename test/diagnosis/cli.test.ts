import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { asText } from '../../src/cli/diagnose-print.ts';
import { objectsIn } from '../../src/cluster/documents.ts';
import { codes, read } from './check.ts';
import { groundcrew } from './command.ts';
import { crashing, now, scene, waiting } from './objects.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundcrew-diagnose-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
  groundcrew(args, { input, env, cwd: folder });

const asList = (items: readonly unknown[]) => ({
  apiVersion: 'v1',
  kind: 'List',
  metadata: { resourceVersion: '' },
  items,
});
const bad = scene({ status: waiting('CreateContainerConfigError', 'configmap "shop-config" not found') });
const at = ['--now', now.toISOString()];

test('--json has the promised shape, and nothing else', async () => {
  const { code, out, err } = await run(['-f', '-', '--json', ...at], stringify(asList(bad)));
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const found = JSON.parse(out);
  expect(found).toEqual([
    {
      code: 'configmap-missing',
      severity: 'warning',
      object: { kind: 'Deployment', namespace: 'shop', name: 'shop' },
      summary: 'shop can’t start: the configuration shop-config (a ConfigMap) that it reads does not exist in shop.',
      evidence: expect.arrayContaining([
        'Pod shop/shop-7c9d5f4b8-n0 status.containerStatuses[shop].state.waiting.message: configmap "shop-config" not found',
        'revision 2 changed containers[shop].image: ghcr.io/acme/shop:1.2.3 → ghcr.io/acme/shop:1.2.4',
      ]),
      fixes: [
        {
          title: 'Roll back to revision 1',
          kind: 'rollback',
          command: 'kubectl -n shop rollout undo deployment/shop --to-revision=1',
        },
        {
          title: 'Create the ConfigMap shop-config',
          kind: 'create',
          command: 'kubectl -n shop create configmap shop-config --from-literal=KEY=VALUE',
        },
      ],
    },
  ]);
  expect(Object.keys(found[0])).toEqual(['code', 'severity', 'object', 'summary', 'evidence', 'fixes']);
});

test('all is well: [] and 0; a list without items too', async () => {
  expect(await run(['-f', '-', '--json'], JSON.stringify(asList(scene())))).toEqual({
    code: 0,
    out: '[]\n',
    err: '',
  });
  expect(await run(['-f', '-', '--json'], JSON.stringify(asList([])))).toEqual({
    code: 0,
    out: '[]\n',
    err: '',
  });
  const { code, out } = await run(['-f', '-'], JSON.stringify(asList(scene())));
  expect({ code, out }).toEqual({ code: 0, out: 'All is well: nothing fails among 7 objects.\n' });
});

/** However the same objects are written down, the same is read. */
test.each([
  ['several YAML documents', bad.map((o) => stringify(o)).join('---\n')],
  ['a JSON list', JSON.stringify(asList(bad))],
  ['an indented JSON list', JSON.stringify(asList(bad), null, 4)],
  ['JSON documents one after the other', bad.map((o) => JSON.stringify(o, null, 4)).join('\n')],
  ['a JSON document a line', bad.map((o) => JSON.stringify(o)).join('\n')],
  ['a JSON array', JSON.stringify(bad)],
  ['two YAML lists without a line between', `${stringify(asList(bad.slice(0, 2)))}${stringify(asList(bad.slice(2)))}`],
  ['lists of lists, with a byte order mark', `\uFEFF${JSON.stringify(asList([asList(bad)]))}`],
  [
    'typed lists, whose items do not say their kind',
    ['Deployment', 'ReplicaSet', 'Pod']
      .map((kind) => {
        const items = bad.filter((o) => o.kind === kind).map(({ kind: _, apiVersion: __, ...rest }) => rest);
        return JSON.stringify({ kind: `${kind}List`, apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1', items });
      })
      .join('\n'),
  ],
])('%s', (_, input) => {
  expect(objectsIn(input, 'x')).toHaveLength(bad.length);
  expect(codes(objectsIn(input, 'x'))).toEqual(['configmap-missing']);
});

test.each([
  ['', [], 'standard input is empty'],
  ['a: [', [], 'standard input, line 1 is neither YAML nor JSON'],
  [JSON.stringify(asList(bad)).slice(0, 500), [], 'Was it cut off?'],
  ['error: the server doesn\'t have a resource type "depoy"', [], 'is no Kubernetes object'],
  ['kind: Pod', ['--now', 'yesterday'], '--now yesterday is no moment'],
  ['kind: Pod', ['--nwo', 'x'], "Unknown option '--nwo'"],
  ['kind: Pod', ['-f', 'absent.yaml'], 'there is no such file'],
  ['kind: Pod', ['-f', '.'], 'it is a folder'],
  ['['.repeat(100_000), [], 'groundcrew diagnose:'],
])('bad input %j %j ends with 2 and says why, without a stack', async (input, args, why) => {
  const { code, out, err } = await run(['-f', '-', ...args], input);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(why);
  expect(err).not.toMatch(/\n\s+at |node:internal|Please report/);
});

test.each([
  ['  \n', 'input_empty'],
  ['a: 1', 'input_not_kubernetes'],
  ['42', 'input_not_kubernetes'],
  ['hello', 'input_not_kubernetes'],
  ['- 1', 'input_not_kubernetes'],
  ['\u0000\u0001', 'input_unreadable'],
  ['a: &a [*a]\nkind: *b', 'input_unreadable'],
  ['{"kind": "Pod"', 'input_unreadable'],
])('%j is refused as %s', (input, code) => {
  expect(() => objectsIn(input, 'x')).toThrow(expect.objectContaining({ code }));
});

test('files, one or more, and only the namespace that is asked for', async () => {
  const file = join(folder, 'dump.yaml');
  await writeFile(file, stringify(asList(bad)));
  const other = join(folder, 'other.json');
  await writeFile(
    other,
    JSON.stringify(asList(scene({ status: crashing(1, 'Error') }))).replaceAll(
      '"namespace":"shop"',
      '"namespace":"cart"',
    ),
  );
  const codesOf = async (...args: string[]) =>
    JSON.parse((await run(['-f', file, '-f', other, '--json', ...at, ...args])).out).map(
      (v: { code: string }) => v.code,
    );
  expect((await codesOf()).toSorted()).toEqual(['app-crash', 'configmap-missing']);
  expect(await codesOf('-n', 'cart')).toEqual(['app-crash']);
  expect((await codesOf('-n', 'cart', '-A')).toSorted()).toEqual(['app-crash', 'configmap-missing']);
});

test('what a person reads names the cause, the change and the commands, without colours in a pipe', async () => {
  const { out } = await run(['-f', '-', ...at], stringify(asList(bad)), { FORCE_COLOR: '1' });
  expect(out).not.toContain('\u001b');
  expect(out).toBe(`! warning  Deployment shop/shop  configmap-missing
  shop can’t start: the configuration shop-config (a ConfigMap) that it reads does not exist in shop.
  3 pods of the version before still serve: users notice nothing yet.
  What revision 2 changed against revision 1, which works
    containers[shop].image: ghcr.io/acme/shop:1.2.3 → ghcr.io/acme/shop:1.2.4
  Evidence
    Pod shop/shop-7c9d5f4b8-n0 status.containerStatuses[shop].state.waiting.reason
      CreateContainerConfigError
    Pod shop/shop-7c9d5f4b8-n0 status.containerStatuses[shop].state.waiting.message
      configmap "shop-config" not found
  What mends it
    Roll back to revision 1
      kubectl -n shop rollout undo deployment/shop --to-revision=1
    Create the ConfigMap shop-config
      kubectl -n shop create configmap shop-config --from-literal=KEY=VALUE

1 finding, in 7 objects.
`);
});

test('on a terminal it is coloured, and a patch is a command that can be copied', () => {
  const verdicts = read(scene({ status: crashing(137, 'OOMKilled'), old: 0 }));
  expect(asText(verdicts, 4, true)).toContain('\u001b[31m✗ critical\u001b[39m');
  const plain = asText(verdicts, 4, false);
  expect(plain).not.toContain('\u001b');
  expect(plain).toContain(
    `kubectl -n shop patch deployment shop --type strategic -p '{"spec":{"template":{"spec":{"containers":[{"name":"shop","resources":{"limits":{"memory":"384Mi"}}}]}}}}'`,
  );
});

test('hostile names end up as words: no escape sequence, no command of their own', async () => {
  const evil = JSON.stringify(asList(bad)).replaceAll('shop-config', "x'; rm -rf / #\\u001b[31m");
  const { out, code } = await run(['-f', '-', ...at], evil);
  expect(code).toBe(1);
  expect(out).not.toContain('\u001b');
  expect(out).toContain(`create configmap 'x'\\''; rm -rf / #`);
});

test('without a kubeconfig it says what to do', async () => {
  const { code, err } = await run(['--context', 'nowhere']);
  expect(code).toBe(2);
  expect(err).toContain('there is no context “nowhere”');
});

test('who stops reading, as head does, ends it without a word', async () => {
  const many = Array.from({ length: 200 }, (_, i) =>
    bad.map((o) => JSON.parse(JSON.stringify(o).replaceAll('"namespace":"shop"', `"namespace":"n${i}"`))),
  ).flat();
  const { err } = await groundcrew(['-f', '-', ...at], { input: JSON.stringify(asList(many)), enough: true });
  expect(err).toBe('');
});

test('help is printed and is no failure', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  expect(out).toContain('groundcrew diagnose -f -');
});

/** Processor time of the whole process with its start, since the wall's depends on who else is on the machine. */
const measured = {
  NODE_OPTIONS:
    "--import=data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.cpuUsage().user)))",
};

test('a thousand objects are read in less than a second, as YAML and as JSON', async () => {
  const items = Array.from({ length: 143 }, () => scene())
    .flat()
    .map((o, i) => ({ ...o, metadata: { ...(o.metadata as object), name: `o${i}` } }));
  expect(items.length).toBeGreaterThan(1_000);
  for (const input of [stringify(asList(items), { aliasDuplicateObjects: false }), JSON.stringify(asList(items))]) {
    // What others do with the caches of the machine costs time here too, and never saves any: the best of a few tries counts.
    let seconds = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 5 && seconds >= 1; tries++) {
      const { code, err } = await run(['-f', '-', '--json', ...at], input, measured);
      expect([0, 1]).toContain(code);
      expect(Number(err)).toBeGreaterThan(0);
      seconds = Math.min(seconds, Number(err) / 1_000_000);
    }
    expect(seconds).toBeLessThan(1);
  }
});

import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { line } from '../../src/catalog/follow.ts';
import { loadCatalog } from '../../src/catalog/load.ts';
import { safePattern } from '../../src/catalog/patterns.ts';
import { shippedCatalog } from '../../src/config.ts';
import { queue, queueObjects, queueYaml, scratchCatalog } from './scratch.ts';

test('a path is read whole', async () => {
  const { root } = scratchCatalog(queue);
  const { paths, broken, found } = await loadCatalog(root);
  expect({ broken, found }).toEqual({ broken: [], found: true });
  expect(paths).toEqual([
    {
      name: 'queue',
      title: 'Message queue',
      summary: 'A queue.',
      version: '1.0.0',
      lifecycle: { is: 'active' },
      owner: 'messaging',
      personas: [],
      docs: 'README.md',
      manual: '# Queue\n',
      aliases: [],
      parameters: {
        required: ['name'],
        properties: {
          name: { type: 'string', title: 'Name', pattern: '^[a-z]{1,20}$', placeholder: 'orders', fixed: true },
          size: {
            type: 'string',
            title: 'Size',
            enum: [
              { value: 's', label: 's' },
              { value: 'm', label: 'm' },
            ],
            default: 's',
          },
        },
      },
      backend: {
        kind: 'kubernetes',
        spec: {
          objects: [
            {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name: '${{ params.name }}' },
              data: { size: '${{ params.size }}' },
            },
          ],
          namespace: '${{ slug(team.name) }}',
        },
      },
      timeoutSeconds: 900,
      called: ['name'],
      identity: 'params.name',
      outputs: [],
      policy: [],
      cost: { currency: 'EUR', monthly: '{"s": 150, "m": 2000}[string(params.size)]' },
      operations: [{ name: 'resize', title: 'Resize', verb: 'change', fields: ['size'], policy: [] }],
    },
  ]);
});

/** What is said about the path with a change in its text. */
async function said(
  from: string,
  to: string,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  expect(queueYaml).toContain(from);
  const { root } = scratchCatalog({ ...queue, 'queue/path.yaml': queueYaml.replace(from, () => to), ...files });
  const { broken } = await loadCatalog(root);
  return broken.flatMap((b) => b.problems.map(line));
}

test.each<readonly [string, string, string, string]>([
  [
    'no docs',
    'docs: README.md',
    'docs: GUIDE.md',
    'queue/path.yaml:6 there is no file “GUIDE.md” with a text in the path’s folder, and a path without docs does not load',
  ],
  ['docs outside', 'docs: README.md', 'docs: ../../etc/hosts', 'queue/path.yaml:6 there is no file “../../etc/hosts”'],
  ['a missing key', 'owner: messaging\n', '', 'queue/path.yaml:1 owner: it is missing'],
  [
    'an unknown key',
    'owner: messaging',
    'ownr: messaging',
    'queue/path.yaml:5 ownr: there is no such key. Write “owner”.',
  ],
  [
    'another name',
    'name: queue',
    'name: queues',
    'queue/path.yaml:1 the name is “queues”, and the folder is “queue”. Give both the same name.',
  ],
  ['a version that is none', 'version: 1.0.0', 'version: 1.0', 'queue/path.yaml:4 version: write it in quotes'],
  ['broken YAML', 'title: Message queue', 'title: "Message queue', 'queue/path.yaml:'],
  ['a doubled key', 'owner: messaging', 'owner: messaging\nowner: x', 'queue/path.yaml:6 Map keys must be unique'],
  [
    'a misspelt parameter in a template',
    'params.name\n',
    'params.nam\n',
    'queue/path.yaml:12 there is no params.nam; did you mean params.name?',
  ],
  [
    'a wrong key of a parameter',
    'placeholder: orders',
    'placehold: orders',
    'queue/path.yaml:10 parameters.properties.name.placehold: there is no such key. Write “placeholder”.',
  ],
  [
    'a wrong value of a parameter',
    'placeholder: orders',
    'maxLength: many',
    'queue/path.yaml:10 parameters.properties.name.maxLength: ',
  ],
  [
    'an unknown backend',
    'kind: kubernetes',
    'kind: kubernets',
    'queue/path.yaml:14 there is no backend “kubernets”. Write one of kubernetes, helm, terraform, ansible, backstage.',
  ],
  [
    'a cluster that could be another one tomorrow',
    'identity: params.name',
    'cluster: "${{ params.size }}"\nidentity: params.name',
    'queue/path.yaml:12 “size” says in which cluster something is made, and can be changed later, when it does not move any more. Write fixed: true under “size”.',
  ],
  [
    'a cluster that no expression gives',
    'identity: params.name',
    'cluster: "${{ params.nam }}"\nidentity: params.name',
    'queue/path.yaml:12 in “${{ params.nam }}”, there is no params.nam; did you mean params.name?',
  ],
  [
    'a cluster that can be no name',
    'identity: params.name',
    'cluster: eu west\nidentity: params.name',
    'queue/path.yaml:14 with usual values, queue: cluster can’t be filled in: "eu west" is no name of a cluster.',
  ],
  [
    'a template that is not there',
    'objects: objects.yaml',
    'objects: object.yaml',
    'queue/object.yaml there is no such file',
  ],
  [
    'a template outside',
    'objects: objects.yaml',
    'objects: ../../../etc/passwd',
    'queue/../../../etc/passwd there is no such file',
  ],
  ['a price that is missing', 'm: 20', 'x: 20', 'queue/path.yaml:17 “m” has no price'],
  [
    'a required parameter that is none',
    'required: [name]',
    'required: [nam]',
    'queue/path.yaml:8 there is no parameter “nam”. Write “name”.',
  ],
  ['a secret', 'size: {', 'password: {}\n    size: {', 'queue/path.yaml:11 “password” asks for a secret'],
  ['an operation on what is fixed', 'fields: [size]', 'fields: [name]', '“name” is fixed and can’t be asked again'],
  [
    'a default that is no option',
    'default: s }',
    'default: x }',
    'queue/path.yaml:11 the default “x” is none of the options',
  ],
  ['a pattern that backtracks', "pattern: '^[a-z]{1,20}$'", "pattern: '^([a-z]+)+$'", 'the pattern can take minutes'],
  ['no example', 'placeholder: orders, fixed', 'pattern: x, fixed', 'Map keys must be unique'],
  [
    'a pattern without an example',
    "'^[a-z]{1,20}$', placeholder: orders",
    "'^Q[0-9]{7}$'",
    'queue/path.yaml:10 no example of “name” could be found that fits it',
  ],
  ['a namespace that cannot be worked out', 'slug(team.name)', 'slug(request.number)', 'found no matching overload'],
  ['an identity that is no text', 'identity: params.name', 'identity: size(params.name)', 'which is not a text'],
  [
    'a timeout',
    'identity: params',
    'timeout: 10 minutes\nidentity: params',
    'timeout: write a time such as 10m, 4h or 14d',
  ],
])('%s is said with its line', async (_, from, to, expected) => {
  expect(await said(from, to)).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
});

test('YAML that is broken in one place is told once, by the first mistake', async () => {
  expect(await said('title: Message queue', 'title: {{ a ? "b" : c }} d: e')).toEqual([
    expect.stringMatching(/^queue\/path\.yaml:2 .*needs quotes\.$/),
  ]);
});

test('a mistake in a template is told with the template’s line', async () => {
  const objects = queueObjects.replace('params.size', 'params.sise');
  expect(await said('title', 'title', { 'queue/objects.yaml': objects })).toEqual([
    'queue/objects.yaml:6 data.size: in “${{ params.sise }}”, there is no params.sise; did you mean params.size? Correct the template; docs/golden-paths.md says how values are placed.',
  ]);
  const second = `${queueObjects}---\nkind: X\n$unless: true\n"\${{ params.name }}": 1\n`;
  expect(await said('title', 'title', { 'queue/objects.yaml': second })).toEqual([
    expect.stringContaining('queue/objects.yaml:9 $unless: $unless has no meaning here'),
    expect.stringContaining('queue/objects.yaml:10 ${{ params.name }}: keys are never worked out'),
  ]);
});

test('what is not JSON is refused in templates', async () => {
  for (const bad of ['.nan', '.inf', '!!binary aGk='])
    expect(await said('title', 'title', { 'queue/objects.yaml': `${queueObjects}  more: ${bad}\n` }), bad).not.toEqual(
      [],
    );
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
    .join('\n')}\n`;
  expect(await said('title', 'title', { 'queue/objects.yaml': bomb })).toEqual([expect.stringContaining('alias')]);
});

test('a broken path never breaks the others', async () => {
  const { root, write } = scratchCatalog(queue);
  write('broken/path.yaml', '][');
  write('empty/path.yaml', '');
  write('notes/README.md', 'not a path');
  write('.git/path.yaml', 'not a path');
  const { paths, broken } = await loadCatalog(root);
  expect(paths.map((p) => p.name)).toEqual(['queue']);
  expect(broken.map((b) => b.name)).toEqual(['broken', 'empty']);
});

test('an alias that means something else already breaks the later path', async () => {
  const other = queueYaml.replace('name: queue', 'name: stream\naliases: [queue]');
  const { root } = scratchCatalog({
    ...queue,
    'stream/path.yaml': other,
    'stream/objects.yaml': queueObjects,
    'stream/README.md': 'x',
  });
  const { paths, broken } = await loadCatalog(root);
  expect(paths.map((p) => p.name)).toEqual(['queue']);
  expect(broken[0]?.problems.map(line)).toEqual([
    'stream/path.yaml aliases: “queue” already means queue. Take another alias.',
  ]);
});

test('a link out of the folder is not followed', async () => {
  const { root, remove } = scratchCatalog(queue);
  const elsewhere = scratchCatalog({ 'secret.yaml': 'kind: Secret\n' });
  remove('queue/objects.yaml');
  symlinkSync(join(elsewhere.root, 'secret.yaml'), join(root, 'queue/objects.yaml'));
  const { broken } = await loadCatalog(root);
  expect(broken[0]?.problems[0]?.what).toBe('there is no such file, or it can’t be read');
});

test('a file that is too large is not read', async () => {
  const { root } = scratchCatalog(queue);
  writeFileSync(join(root, 'queue/objects.yaml'), `# ${'x'.repeat(600_000)}`);
  expect((await loadCatalog(root)).broken).toHaveLength(1);
});

test('no folder is an empty catalog', async () => {
  expect(await loadCatalog(join(shippedCatalog, 'nowhere'))).toEqual({
    paths: [],
    broken: [],
    found: false,
    loaded: [],
  });
});

test('patterns that backtrack are told from those that do not', () => {
  for (const fine of ['^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$', '^([a-z0-9]+\\.)+[a-z]{2,}$', '^https?://\\S+$', '^(a|b)+$'])
    expect(safePattern(fine), fine).toBeUndefined();
  for (const bad of ['^(a+)+$', '^([a-z]+)*$', '^(\\w+\\s?)*$', '^(a|a)*$'])
    expect(safePattern(bad), bad).toContain('minutes');
  expect(safePattern('(')).toContain('not a regular expression');
});

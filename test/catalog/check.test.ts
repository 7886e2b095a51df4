import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { queue, queueObjects, queueYaml, scratchCatalog } from './scratch.ts';

/** `groundcrew …` as CI runs it: the whole process. */
function groundcrew(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const main = join(import.meta.dirname, '../../src/cli/main.ts');
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env: { PATH, HOME } }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
const check = (files: Readonly<Record<string, string>>, ...args: string[]) =>
  groundcrew('catalog', 'check', scratchCatalog(files).root, ...args);

test('what is right', async () => {
  expect(await check(queue)).toEqual({
    status: 0,
    stderr: '',
    stdout: [
      '✓ queue 1.0.0: 5 samples, 1 operation, 12 objects held against the API’s schemas',
      '    ! queue/path.yaml:1 nothing verifies that this path still works. Add “verify”: a canary run that makes, checks and deletes one.',
      '    ! queue/path.yaml:18 nobody can delete what this path makes. Add an operation with verb: delete.',
      '1 golden path: 1 right, 0 to be corrected.',
      '',
      'To make all of it the bot needs these rights (rbac.selfService.rules in the chart’s values):',
      '  - { apiGroups: [""], resources: [configmaps] }',
      '',
    ].join('\n'),
  });
});

test('what the catalog that ships needs to be allowed to make: by the names that the custom resources have', async () => {
  const { stdout } = await groundcrew('catalog', 'check', join(import.meta.dirname, '../../golden-paths'), '--json');
  const all: { readonly paths: readonly { readonly name: string; readonly makes: object[] }[] } = JSON.parse(stdout);
  const makes = (name: string) => all.paths.find((p) => p.name === name)?.makes;
  expect(makes('redis')).toContainEqual({ apiGroup: 'redis.redis.opstreelabs.in', resource: 'redis' });
  expect(makes('preview-environment')).toContainEqual({ apiGroup: 'networking.k8s.io', resource: 'networkpolicies' });
  // Made by Terraform, with rights of its own.
  expect(makes('cdn')).toEqual([]);
});

test('what is not, with file, line and what to do', async () => {
  const result = await check({
    ...queue,
    'queue/path.yaml': queueYaml.replace('[s, m]', '[s, 3]').replace('m: 20', '3: 20').replace('{1,20}', '{1,64}'),
    'queue/objects.yaml': queueObjects
      .replace('\ndata:', '\ndta: {}\ndata:')
      .replace('${{ params.size }}', '\'${{ params.size == "3" ? 3.0 : 1.0 }}\''),
    'broken/path.yaml': 'name: broken\n',
  });
  expect(result.status).toBe(1);
  expect(result.stdout).toContain('✗ broken\n    ✗ broken/path.yaml:1 title: it is missing. Add it;');
  expect(result.stdout).toContain(
    '    ✗ queue/objects.yaml:5 with usual values: dta: Kubernetes knows no field “dta” here, and would drop it. Write “data”.\n',
  );
  expect(result.stdout).toContain('    ✗ queue/objects.yaml:7 with usual values: data.size: 1 must be string.');
  expect(result.stdout).toContain('    ✗ queue/objects.yaml:7 with size = "3": data.size: 3 must be string.');
  expect(result.stdout).toContain('2 golden paths: 0 right, 2 to be corrected.');
});

test('edges: the longest name, and a team with the longest name', async () => {
  const result = await check({
    ...queue,
    'queue/path.yaml': queueYaml.replace('{1,20}', '{1,300}'),
    'queue/objects.yaml': queueObjects.replace('${{ params.name }}', 'q-${{ slug(team.name) }}-${{ params.name }}'),
  });
  expect(result.status).toBe(1);
  expect(result.stdout).toContain('queue/objects.yaml:4 with name = "aaaaaaaaaaaaaaaaaaaa');
  expect(result.stdout).toContain('Too big: expected string to have <=253 characters');
  const team = await check({
    ...queue,
    'queue/path.yaml': queueYaml.replace('slug(team.name)', 'slug(team.name) + "-" + params.name'),
  });
  expect(team.stdout).toContain('with a team called “Team xxx');
  expect(team.status).toBe(1);
});

test('kinds without a schema are named, and a definition beside the template is used', async () => {
  const objects = 'apiVersion: example.com/v1\nkind: Queue\nmetadata: { name: x }\nspec: { partitons: 3 }\n';
  const without = await check({ ...queue, 'queue/objects.yaml': objects });
  expect(without.status).toBe(0);
  expect(without.stdout).toContain('not checked, since there is no schema of them here: example.com/v1 Queue.');
  const crd = `kind: CustomResourceDefinition
spec:
  group: example.com
  names: { kind: Queue }
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { partitions: { type: integer } } } }
`;
  const result = await check({ ...queue, 'queue/objects.yaml': objects, 'queue/crds/queue.yaml': crd });
  expect(result.status).toBe(1);
  expect(result.stdout).toContain('queue/objects.yaml:4 with usual values: spec.partitons: Kubernetes knows no field');
});

test('as JSON', async () => {
  const { status, stdout } = await check(queue, '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    paths: [{ name: 'queue', version: '1.0.0', problems: [], samples: 5, operations: 1, objects: 12, notChecked: [] }],
  });
});

test('a folder without paths, or a command that is none, ends with 2', async () => {
  const empty = await check({});
  expect([empty.status, empty.stdout]).toEqual([2, '']);
  expect(empty.stderr).toContain('There are no golden paths in ');
  expect((await groundcrew('catalog', 'chek')).status).toBe(2);
  expect((await groundcrew('catalog', 'check', '/nowhere')).status).toBe(2);
});

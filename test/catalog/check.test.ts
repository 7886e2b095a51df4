import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findTool, toolPath, toolTest } from '../support/tools.ts';
import { queue, queueObjects, queueYaml, scratchCatalog } from './scratch.ts';

/** `groundcrew …` as CI runs it: the whole process. */
function groundcrew(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return groundcrewOn(toolPath, ...args);
}
function groundcrewOn(PATH: string, ...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const main = join(import.meta.dirname, '../../src/cli/main.ts');
  const { HOME = '' } = process.env;
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
  const all: {
    readonly paths: readonly {
      readonly name: string;
      readonly makes: object[];
      readonly objects: number;
      readonly inputs?: string;
    }[];
  } = JSON.parse(stdout);
  const makes = (name: string) => all.paths.find((p) => p.name === name)?.makes;
  expect(makes('redis')).toContainEqual({ apiGroup: 'redis.redis.opstreelabs.in', resource: 'redis' });
  expect(makes('preview-environment')).toContainEqual({ apiGroup: 'networking.k8s.io', resource: 'networkpolicies' });
  // Made by Terraform, with rights of its own.
  expect(makes('cdn')).toEqual([]);
  // What is looked at and deleted, so that its operator makes it anew, is never made.
  expect(makes('postgres')).toContainEqual({ apiGroup: '', resource: 'secrets', verbs: ['get', 'delete'] });
  if (findTool('helm')) expect(makes('app')).toContainEqual({ apiGroup: 'apps', resource: 'deployments' });
  // Whatever the backend, what it is given is held against something.
  expect(Object.fromEntries(all.paths.flatMap((p) => (p.inputs ? [[p.name, p.inputs]] : [])))).toEqual({
    cdn: 'the module’s variables',
    service: 'the template’s schema',
    'vpn-access': 'the role’s argument spec',
  });
  const bare = all.paths.filter((p) => p.objects === 0 && !p.inputs).map((p) => p.name);
  expect(bare).toEqual(findTool('helm') ? [] : ['app']);
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

/** A path of any backend, with what it needs. */
const other = (backend: string, more = ''): string =>
  `${queueYaml.slice(0, queueYaml.indexOf('backend:'))}${more}backend:\n${backend}`;
const readme = { 'queue/README.md': '# Queue\n' };
const chart = {
  ...readme,
  'queue/chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'queue/chart/values.schema.json': '{ "properties": { "size": { "enum": ["s", "m"] } } }',
  'queue/chart/templates/web.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndta: {}\ndata: { size: {{ .Values.size }} }\n',
};
const ofHelm = (size: string): string =>
  other(`  kind: helm\n  chart: chart\n  release: web\n  namespace: web\n  values: { size: "${size}" }\n`);

toolTest(['helm'], 'a chart is rendered by the real helm, and its objects held against the API’s schemas', async () => {
  const found = await check({ ...chart, 'queue/path.yaml': ofHelm('${{ params.size }}') });
  expect(found.status).toBe(1);
  expect(found.stdout).toContain(
    '✗ queue/chart/templates/web.yaml with usual values: dta: Kubernetes knows no field “dta” here, and would drop it.',
  );
  const refused = await check({ ...chart, 'queue/path.yaml': ofHelm('huge') });
  expect(refused.stdout).toMatch(/✗ queue\/path\.yaml:\d+ with usual values: helm: .*size.* must be one of/s);
});

test('where there is no helm, or the chart is elsewhere, it is said that nothing was rendered', async () => {
  const { root } = scratchCatalog({ ...chart, 'queue/path.yaml': ofHelm('s') });
  const without = await groundcrewOn('/nowhere', 'catalog', 'check', root);
  expect(without.status).toBe(0);
  expect(without.stdout).toContain('    ! its chart is not rendered, since Helm is not installed here: neither');
});

test('what a module does not take, or is not given, is found without Terraform', async () => {
  const backend =
    '  kind: terraform\n  module: module\n  variables: { size: "${{ params.size }}", sise: m, number: many }\n';
  const module = `variable "size" {
  type = string
  validation {
    condition     = contains(["s"], var.size)
    error_message = "No."
  }
}
variable "number" { type = number }
variable "region" { type = string }
variable "groundcrew" { type = any }
`;
  const { status, stdout } = await check({
    ...readme,
    'queue/path.yaml': other(backend),
    'queue/module/main.tf': module,
  });
  expect(status).toBe(1);
  for (const words of [
    'with usual values: region: it is required there, and nothing gives it (the module’s variables).',
    'with usual values: sise: there is no such thing; it has number, region, size, groundcrew',
    'with usual values: number: "many" is no number',
    'with size = "m": size: "m" is none of s',
  ])
    expect(stdout).toContain(words);
});

test('a template whose schema nobody keeps beside the path is said to be held against nothing', async () => {
  const backend = '  kind: backstage\n  template: template:default/queue\n  values: { name: "${{ params.name }}" }\n';
  const { status, stdout } = await check({ ...readme, 'queue/path.yaml': other(backend) });
  expect(status).toBe(0);
  expect(stdout).toContain('    ! its values are held against nothing, since no schema of what takes them');
});

test('a pattern of a template that is none, of something that no form asks, is not what is looked at', async () => {
  const template = `spec:
  parameters:
    - properties:
        name: { type: string, minLength: 3, maxLength: 20, pattern: "^[a-z]+$" }
        owner: { type: string, pattern: "^[\\\\w-.]+$" }
`;
  const parameters = 'parameters: { from: backstage, file: template.yaml, only: [name], required: [name] }\n';
  const backend =
    '  kind: backstage\n  template: template:default/queue\n  values: { name: "${{ params.name }}", owner: shop }\n';
  const path = other(backend).replace(/^parameters:[\s\S]*?(?=^identity)/m, parameters);
  const { status, stdout, stderr } = await check({
    ...readme,
    'queue/path.yaml': path,
    'queue/template.yaml': template,
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('the template’s schema');
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

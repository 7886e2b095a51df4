import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { line } from '../../src/catalog/follow.ts';
import { forgetUnused, readHcl } from '../../src/catalog/imports/hcl.ts';
import { loadCatalog } from '../../src/catalog/load.ts';
import type { Parameters } from '../../src/core/catalog/path.ts';
import { scratchCatalog } from './scratch.ts';

const path = (parameters: string) => `name: thing
title: A thing
summary: A thing.
version: 1.0.0
owner: team
docs: https://docs.example.com/thing
parameters:
${parameters
  .split('\n')
  .map((l) => `  ${l}`)
  .join('\n')}
identity: string(request.number)
backend: { kind: kubernetes, objects: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: x } }] }
`;
async function load(parameters: string, files: Readonly<Record<string, string>>) {
  const inFolder = Object.fromEntries(Object.entries(files).map(([file, text]) => [`thing/${file}`, text]));
  const { root } = scratchCatalog({ 'thing/path.yaml': path(parameters), ...inFolder });
  const { paths, broken } = await loadCatalog(root);
  return { parameters: paths[0]?.parameters, said: broken.flatMap((b) => b.problems.map(line)) };
}
const right = async (parameters: string, files: Readonly<Record<string, string>>): Promise<Parameters | undefined> => {
  const { parameters: read, said } = await load(parameters, files);
  expect(said).toEqual([]);
  return read;
};

const template = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: new-service }
spec:
  parameters:
    - title: What
      required: [name]
      properties:
        name: { title: Name, type: string, pattern: '^[a-z]+$', ui:placeholder: orders, ui:help: Lower case. }
        about: { type: string, ui:widget: textarea, description: "One\\n  sentence.", maxLength: 9000 }
        tags: { type: array, items: { type: string } }
    - title: How
      properties:
        language: { type: string, enum: [go, java], enumNames: [Go, Java], default: go }
        replicas: { type: [integer, 'null'], minimum: 1, maximum: 3, default: 2 }
        start: { type: string, format: date }
        owner: { type: object }
        key: { type: string, ui:field: Secret }
      dependencies:
        language:
          oneOf:
            - properties: { language: { enum: [go] } }
            - properties: { language: { enum: [java] }, jdk: { type: string, enum: ['21', '25'] } }
              required: [jdk]
`;
const expected = {
  required: ['name', 'jdk'],
  properties: {
    name: { type: 'string', title: 'Name', pattern: '^[a-z]+$', placeholder: 'orders', hint: 'Lower case.' },
    about: { type: 'string', title: 'About', hint: 'One sentence.', multiline: true, maxLength: 3000 },
    tags: { type: 'array', title: 'Tags' },
    language: {
      type: 'string',
      title: 'Language',
      enum: [
        { value: 'go', label: 'Go' },
        { value: 'java', label: 'Java' },
      ],
      default: 'go',
    },
    replicas: { type: 'integer', title: 'Replicas', minimum: 1, maximum: 3, default: 2 },
    start: { type: 'string', title: 'Start', format: 'date' },
    jdk: {
      type: 'string',
      title: 'Jdk',
      enum: [
        { value: '21', label: '21' },
        { value: '25', label: '25' },
      ],
      shownIf: { parameter: 'language', is: ['java'] },
    },
  },
};

test('a Backstage template: its entity', async () => {
  expect(await right('from: backstage\nfile: template.yaml', { 'template.yaml': template })).toEqual(expected);
});

test('a Backstage template: the answer of its parameter schema', async () => {
  const answer = {
    title: 'x',
    steps: [{ title: 'y', schema: { required: ['name'], properties: { name: { type: 'string', title: 'Name' } } } }],
  };
  expect(await right('from: backstage\nfile: p.json', { 'p.json': JSON.stringify(answer) })).toEqual({
    required: ['name'],
    properties: { name: { type: 'string', title: 'Name' } },
  });
});

const chart = JSON.stringify({
  type: 'object',
  required: ['image'],
  properties: {
    image: {
      type: 'object',
      required: ['tag'],
      properties: { tag: { type: 'string' }, pullPolicy: { type: 'string', enum: ['Always', 'Never'] } },
    },
    replicas: { type: 'integer', default: 1 },
    annotations: { type: 'object' },
    adminPassword: { type: 'string' },
  },
});

test('a Helm chart’s values: those inside of others by both names', async () => {
  expect(
    await right('from: helm\nfile: values.schema.json\nonly: [imageTag, imagePullPolicy, replicas]', {
      'values.schema.json': chart,
    }),
  ).toMatchObject({
    required: ['imageTag'],
    properties: {
      imageTag: { type: 'string', title: 'Image tag' },
      imagePullPolicy: { enum: [{ value: 'Always' }, { value: 'Never' }] },
      replicas: { type: 'integer', default: 1 },
    },
  });
});

const variables = `
variable "name" {
  type        = string
  description = "How it is called."
  validation {
    condition     = can(regex("^[a-z]{3,}$", var.name))
    error_message = "Lower case."
  }
}
variable "size" {
  type    = string
  default = "s"
  validation {
    condition     = contains(["s", "m"], var.size)
    error_message = "Write s or m."
  }
}
variable "count_of" {
  type    = number
  default = 2
}
variable "public" { type = bool }
variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "password" {
  type      = string
  sensitive = true
  default   = null
}
locals { x = "\${var.name}-\${var.size}" }
`;

test('a Terraform module’s variables, of all its files', async () => {
  const more = JSON.stringify({ variable: { region: { type: 'string', default: 'eu' } } });
  expect(
    await right('from: terraform\nfile: module', {
      'module/variables.tf': variables,
      'module/more.tf.json': more,
      'module/main.tf': 'resource "terraform_data" "x" { input = var.name }\n',
    }),
  ).toEqual({
    required: ['name', 'public'],
    properties: {
      region: { type: 'string', title: 'Region', default: 'eu' },
      name: { type: 'string', title: 'Name', hint: 'How it is called. Lower case.', pattern: '^[a-z]{3,}$' },
      size: {
        type: 'string',
        title: 'Size',
        enum: [
          { value: 's', label: 's' },
          { value: 'm', label: 'm' },
        ],
        default: 's',
      },
      count_of: { type: 'number', title: 'Count of', default: 2 },
      public: { type: 'boolean', title: 'Public' },
      zones: { type: 'array', title: 'Zones', default: ['a', 'b'] },
    },
  });
});

const spec = `argument_specs:
  main:
    options:
      network: { type: str, required: true, choices: [a, b], description: [Which, network.] }
      hours: { type: int, default: 8 }
      level: { type: int, choices: [1, 2], default: 1 }
      force: { type: bool, default: false }
      hosts: { type: list, elements: str }
      extra: { type: dict }
      password: { type: str, no_log: true }
  other: { options: { reason: { required: true } } }
`;

test('an Ansible role’s argument spec', async () => {
  expect(await right('from: ansible\nfile: argument_specs.yml', { 'argument_specs.yml': spec })).toEqual({
    required: ['network'],
    properties: {
      network: {
        type: 'string',
        title: 'Network',
        hint: 'Which network.',
        enum: [
          { value: 'a', label: 'a' },
          { value: 'b', label: 'b' },
        ],
      },
      hours: { type: 'integer', title: 'Hours', default: 8 },
      level: {
        type: 'string',
        title: 'Level',
        enum: [
          { value: '1', label: '1' },
          { value: '2', label: '2' },
        ],
        default: '1',
      },
      force: { type: 'boolean', title: 'Force', default: false },
      hosts: { type: 'array', title: 'Hosts' },
    },
  });
  expect(
    await right('from: ansible\nfile: argument_specs.yml\nentry: other', { 'argument_specs.yml': spec }),
  ).toMatchObject({ required: ['reason'] });
});

test('what is said better in path.yaml wins; only what is named is asked, in that order', async () => {
  const read = await right(
    `from: ansible
file: argument_specs.yml
only: [hours, network]
required: [hours]
properties:
  hours: { title: For how long, unit: hours, minimum: 1, maximum: 8 }
  network: { fixed: true }`,
    { 'argument_specs.yml': spec },
  );
  expect(Object.keys(read?.properties ?? {})).toEqual(['hours', 'network']);
  expect(read).toMatchObject({
    required: ['network', 'hours'],
    properties: {
      hours: { type: 'integer', title: 'For how long', unit: 'hours', maximum: 8, default: 8 },
      network: { type: 'string', fixed: true },
    },
  });
});

test.each<readonly [string, string, Readonly<Record<string, string>>, string]>([
  ['a file that is not there', 'from: helm\nfile: x.json', {}, 'thing/x.json there is no such file'],
  [
    'a schema of nothing',
    'from: helm\nfile: x.json',
    { 'x.json': '{}' },
    'thing/x.json:1 this is not the schema of a chart’s values',
  ],
  [
    'no template',
    'from: backstage\nfile: x.yaml',
    { 'x.yaml': 'a: 1' },
    'thing/x.yaml:1 this is neither a Backstage template',
  ],
  ['no spec', 'from: ansible\nfile: x.yml', { 'x.yml': 'a: 1' }, 'thing/x.yml:1 this is not an argument spec'],
  [
    'no entry',
    'from: ansible\nfile: x.yml\nentry: no',
    { 'x.yml': spec },
    'there is no entry point “no”. Write “entry” as one of main, other.',
  ],
  [
    'broken HCL',
    'from: terraform\nfile: x.tf',
    { 'x.tf': 'variable "x" {\n' },
    'thing/x.tf:1 it can’t be read as Terraform: ',
  ],
  ['no module', 'from: terraform\nfile: m', { 'm/README.md': '' }, 'thing/m there is no Terraform module'],
  [
    'an unknown name',
    'from: helm\nfile: x.json\nonly: [tag]',
    { 'x.json': chart },
    'thing/path.yaml:10 x.json has no “tag”. It has imageTag',
  ],
  [
    'what no form can ask',
    'from: terraform\nfile: x.tf\nonly: [password]',
    { 'x.tf': variables },
    '“password” can’t be asked in a form: it is sensitive',
  ],
  [
    'a required map',
    'from: terraform\nfile: x.tf',
    { 'x.tf': 'variable "m" {\n  type = map(string)\n}\n' },
    'x.tf requires “m”, which can’t be asked in a form: it is of type map(string)',
  ],
  ['a secret by its name', 'from: helm\nfile: x.json', { 'x.json': chart }, '“adminPassword” asks for a secret'],
  [
    'a kind that is none',
    'from: pulumi\nfile: x',
    {},
    'thing/path.yaml:8 parameters.from: write one of backstage, helm, terraform, ansible',
  ],
])('%s is said', async (_, parameters, files, expectedText) => {
  expect((await load(parameters, files)).said).toEqual(expect.arrayContaining([expect.stringContaining(expectedText)]));
});

test('what was read of modules once is forgotten when nobody read it for long', async () => {
  const { root } = scratchCatalog({
    'hcl2json-2/new.json': '{}',
    'hcl2json-2/old.json': '{}',
    'hcl2json-1/other.json': '{}',
  });
  const old = new Date('2026-01-01T00:00:00Z');
  for (const name of ['hcl2json-2/old.json', 'hcl2json-1']) utimesSync(join(root, name), old, old);
  await forgetUnused(join(root, 'hcl2json-2'), old.getTime() + 1000);
  expect([readdirSync(root), readdirSync(join(root, 'hcl2json-2'))]).toEqual([['hcl2json-2'], ['new.json']]);
});

test('HCL that was read is remembered where it can’t be kept', async () => {
  const text = 'variable "size" { default = "small" }';
  const read = await readHcl('main.tf', text);
  expect(read).toHaveProperty('value');
  expect(await readHcl('main.tf', text)).toBe(read);
  expect(await readHcl('main.tf', 'variable {')).toHaveProperty('error');
});

import type { Catalog, GoldenPath } from '../../src/core/catalog/path.ts';

/** A path with everything that a request can meet: rules, a price, a quota, an end, operations. */
export const postgres: GoldenPath = {
  name: 'postgres',
  title: 'PostgreSQL',
  summary: 'A database of your own.',
  version: '1.3.0',
  lifecycle: { is: 'active' },
  owner: 'data',
  personas: ['backend'],
  docs: 'https://docs.acme.test/postgres',
  aliases: ['database', 'db'],
  parameters: {
    required: ['name', 'size'],
    properties: {
      name: { type: 'string', title: 'Name', pattern: '^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$', maxLength: 30, fixed: true },
      size: {
        type: 'string',
        title: 'Size',
        enum: [
          { value: 's', label: 'Small' },
          { value: 'm', label: 'Medium' },
          { value: 'l', label: 'Large' },
        ],
        default: 's',
      },
      storage: { type: 'integer', title: 'Storage', unit: 'GB', minimum: 1, maximum: 500, default: 10 },
      backups: { type: 'boolean', title: 'Backups' },
    },
  },
  backend: { kind: 'stand-in', spec: { name: '${{ params.name }}', size: '${{ params.size }}' } },
  timeoutSeconds: 600,
  called: ['name'],
  identity: 'team.name + "/" + params.name',
  outputs: [
    { label: 'Host', value: '${{ params.name }}-rw.${{ team.name }}.svc' },
    { label: 'User and password', value: 'Secret ${{ params.name }}-app', secret: true },
  ],
  policy: [
    { when: 'params.storage > 400', verdict: 'deny', because: 'Nobody gets that much.' },
    { when: 'params.size == "l"', verdict: 'approval', because: 'Large ones are looked at first.', by: ['owner'] },
  ],
  quota: { kind: 'postgres', amount: '1' },
  cost: { currency: 'EUR', monthly: '{"s": 1800, "m": 6000, "l": 24000}[params.size]' },
  ttl: { lives: 14 * 86_400, extend: 7 * 86_400, extensions: 2 },
  operations: [
    { name: 'resize', title: 'Resize', verb: 'change', fields: ['size'], policy: [], warning: 'It restarts once.' },
    { name: 'delete', title: 'Delete', verb: 'delete', fields: [], policy: [] },
  ],
};

export const gpu: GoldenPath = {
  ...postgres,
  name: 'gpu',
  title: 'GPU job',
  summary: 'A job on a GPU.',
  personas: ['data'],
  aliases: [],
  parameters: { required: [], properties: {} },
  backend: { kind: 'stand-in', spec: {} },
  identity: 'resource.slug',
  outputs: [],
  policy: [{ when: 'true', verdict: 'allow', because: 'Go on.' }],
  operations: [],
};
const { quota: _quota, cost: _cost, ttl: _ttl, ...bare } = gpu;
/** One with nothing but a name. */
export const plain: GoldenPath = { ...bare, name: 'plain', title: 'Plain thing', personas: [] };

export const catalog: Catalog = { paths: [gpu, postgres], broken: [] };

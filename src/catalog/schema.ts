import { z } from 'zod';
import { semver } from '../core/catalog/names.ts';
import { personas } from '../core/kernel/person.ts';
import { verbs } from '../core/runs/run.ts';

/* What stands in `path.yaml`. docs/golden-paths.md describes every key; a test holds the two together. */

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
/** `90s`, `10m`, `4h`, `14d`: in seconds. */
const duration = z.string('write a time such as 10m, 4h or 14d').transform((text, ctx) => {
  const m = /^(\d{1,6})\s*([smhd])$/.exec(text.trim());
  if (m) return Number(m[1]) * units[m[2] as keyof typeof units];
  ctx.addIssue({ code: 'custom', message: 'write a time such as 10m, 4h or 14d' });
  return z.NEVER;
});

const text = (max: number) => z.string('write a text').trim().min(1, 'write something').max(max);
const day = z.iso.date('write a day as YYYY-MM-DD');
const scalar = z.union([z.string(), z.number(), z.boolean()], 'write a text, a number, true or false');
/** Names as people type them in chat, and as backends and labels take them. */
const name = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*[a-z0-9]$/, 'write lower-case letters, digits and dashes, such as preview-environment');
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write letters, digits and underscores');
const expression = z.string('write an expression, in quotes').trim().min(1);
/** Where YAML would make a number of what is an expression. */
const amount = z.union([expression, z.number().min(0).transform(String)]);

const types = z.enum(['string', 'integer', 'number', 'boolean', 'array']);
export const parameter = z.strictObject({
  type: types.default('string'),
  title: text(60).exactOptional(),
  hint: text(300).exactOptional(),
  placeholder: text(150).exactOptional(),
  default: z.union([scalar, z.array(z.string())]).exactOptional(),
  enum: z
    .array(z.union([scalar.transform(String), z.strictObject({ value: scalar.transform(String), label: text(75) })]))
    .min(1)
    .max(100)
    .exactOptional(),
  pattern: z.string().max(500).exactOptional(),
  minLength: z.int().min(0).exactOptional(),
  maxLength: z.int().min(1).max(3000).exactOptional(),
  minimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  unit: text(20).exactOptional(),
  multiline: z.literal(true).exactOptional(),
  format: z.enum(['date', 'time', 'person']).exactOptional(),
  shownIf: z
    .strictObject({ parameter: identifier, is: z.union([scalar.transform((s) => [s]), z.array(scalar)]) })
    .exactOptional(),
  fixed: z.literal(true).exactOptional(),
});
export type RawParameter = z.output<typeof parameter>;

const over = {
  /** Only these, in this order; without it, all that a form can ask. */
  only: z.array(z.string()).min(1).exactOptional(),
  required: z.array(z.string()).exactOptional(),
  /** What is said better, or more strictly, than in the imported schema. */
  properties: z.record(identifier, parameter.extend({ type: types.exactOptional() })).exactOptional(),
};
const file = text(200);

/** Written here, or taken from a schema that is there already. Told apart first, so that a mistake inside is told as such. */
const parameters = z.discriminatedUnion(
  'from',
  [
    z.strictObject({
      from: z.undefined().optional(),
      required: z.array(z.string()).default([]),
      properties: z.record(identifier, parameter),
    }),
    z.strictObject({ from: z.literal('backstage'), file, ...over }),
    z.strictObject({ from: z.literal('helm'), file, ...over }),
    z.strictObject({ from: z.literal('terraform'), file, ...over }),
    z.strictObject({ from: z.literal('ansible'), file, entry: text(100).default('main'), ...over }),
  ],
  'write one of backstage, helm, terraform, ansible',
);
export type Import = Extract<z.output<typeof parameters>, { from: string }>;

const policy = z.array(
  z.strictObject({
    when: z.union([expression, z.boolean().transform(String)]),
    verdict: z.enum(['allow', 'approval', 'deny'], 'write allow, approval or deny'),
    because: text(300),
    by: z.array(text(60)).min(1).exactOptional(),
  }),
);

const operation = z.strictObject({
  name,
  title: text(40),
  verb: z.enum(verbs),
  fields: z.array(z.string()).default([]),
  warning: text(500).exactOptional(),
  offeredWhen: expression.exactOptional(),
  backend: z.record(z.string(), z.json()).exactOptional(),
  policy: policy.default([]),
});

export const pathSchema = z.strictObject({
  name,
  title: text(60),
  summary: text(200),
  version: z.string('write it in quotes').regex(semver, 'write a semantic version, such as 1.0.0'),
  lifecycle: z
    .union(
      [
        z.literal('active').transform(() => ({ is: 'active' as const })),
        z
          .strictObject({
            deprecated: z.strictObject({
              on: day,
              successor: name.exactOptional(),
              because: text(300).exactOptional(),
            }),
          })
          .transform((l) => ({ is: 'deprecated' as const, ...l.deprecated })),
        z.strictObject({ blocked: text(300) }).transform((l) => ({ is: 'blocked' as const, because: l.blocked })),
      ],
      'write active, or deprecated: { on, successor, because }, or blocked: “why”',
    )
    .default({ is: 'active' }),
  owner: text(60),
  personas: z.array(z.enum(personas)).default([]),
  docs: text(500),
  aliases: z.array(text(40)).default([]),
  parameters,
  backend: z.looseObject({ kind: text(40) }),
  cluster: text(300).exactOptional(),
  timeout: duration.default(900),
  called: z.array(text(60)).max(4).default(['name']),
  identity: expression,
  outputs: z
    .array(z.strictObject({ label: text(60), value: text(500), secret: z.literal(true).exactOptional() }))
    .default([]),
  policy: policy.default([]),
  quota: z.strictObject({ kind: text(60), amount: amount.default('1') }).exactOptional(),
  cost: z
    .union(
      [
        z.strictObject({ currency: currency(), monthly: amount }),
        z.strictObject({
          currency: currency(),
          by: identifier,
          /** In the currency's own unit: 18.50 are 18 euros and 50 cents. */
          table: z.record(z.string(), z.number().min(0)),
          times: amount.exactOptional(),
        }),
      ],
      'write currency with monthly (an expression, in cents), or with by and table',
    )
    .exactOptional(),
  ttl: z
    .strictObject({
      lives: duration,
      extend: duration,
      extensions: z.int().min(0).max(100),
      hibernates: duration.exactOptional(),
    })
    .exactOptional(),
  operations: z.array(operation).default([]),
  verify: z
    .strictObject({
      everyDays: z.int().min(1).max(365).default(1),
      parameters: z.record(z.string(), z.json()).default({}),
      hideAfter: z.int().min(1).max(100).default(3),
    })
    .exactOptional(),
});
function currency() {
  return z.string().regex(/^[A-Z]{3}$/, 'write a currency code, such as EUR');
}
export type RawPath = z.output<typeof pathSchema>;

import { z } from 'zod';
import type { RawParameter } from '../schema.ts';
import { hintOf } from './words.ts';

/** What of JSON Schema a form can draw, and the hints of Backstage's forms; everything else is read over. */
const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.json().optional(),
  enum: z.array(z.json()).optional(),
  enumNames: z.array(z.string()).optional(),
  const: z.json().optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  format: z.string().optional(),
  items: z.looseObject({ type: z.string().optional(), enum: z.array(z.json()).optional() }).optional(),
  writeOnly: z.boolean().optional(),
  'ui:widget': z.string().optional(),
  'ui:field': z.string().optional(),
  'ui:placeholder': z.string().optional(),
  'ui:help': z.string().optional(),
});

type Read = { readonly parameter: RawParameter } | { readonly unfit: string };

const options = (values: readonly unknown[], names?: readonly string[]): NonNullable<RawParameter['enum']> =>
  values.map((v, i) => ({ value: String(v), label: (names?.[i] ?? String(v)).slice(0, 75) }));

/** One property of a JSON Schema as a parameter, or why no form can ask for it. */
export function fromJsonSchema(schema: unknown): Read {
  const parsed = property.safeParse(schema);
  if (!parsed.success) return { unfit: 'it is not a schema' };
  const p = parsed.data;
  if (p.writeOnly || p.format === 'password' || p['ui:widget'] === 'password' || p['ui:field'] === 'Secret')
    return { unfit: 'it is a secret' };
  const type = (Array.isArray(p.type) ? p.type.find((t) => t !== 'null') : p.type) ?? (p.enum ? 'string' : undefined);
  const choices = p.enum?.filter((v) => v !== null) ?? p.items?.enum;
  const hint = hintOf([p.description, p['ui:help']].filter(Boolean).join(' '));
  const shared = {
    ...(p.title ? { title: p.title.slice(0, 60) } : {}),
    ...(hint ? { hint } : {}),
    ...(choices && choices.length > 0 ? { enum: options(choices, p.enumNames) } : {}),
  };
  if (type === 'array') {
    const inner = p.items?.type ?? (p.items?.enum ? 'string' : undefined);
    if (inner !== 'string' && inner !== 'number' && inner !== 'integer')
      return { unfit: 'it is a list of something else than texts' };
    const list = Array.isArray(p.default) ? { default: p.default.map(String) } : {};
    return { parameter: { type: 'array', ...shared, ...list } };
  }
  if (type === 'boolean') {
    const { enum: _, ...rest } = shared;
    return { parameter: { type, ...rest, ...(typeof p.default === 'boolean' ? { default: p.default } : {}) } };
  }
  if ((type === 'integer' || type === 'number') && !choices)
    return {
      parameter: {
        type,
        ...shared,
        ...(typeof p.default === 'number' ? { default: p.default } : {}),
        ...(p.minimum === undefined ? {} : { minimum: p.minimum }),
        ...(p.maximum === undefined ? {} : { maximum: p.maximum }),
      },
    };
  if (type !== 'string') return { unfit: type === 'object' ? 'it is a map' : 'it has no type that a form can ask' };
  const format = p.format === 'date' || p.format === 'time' ? p.format : undefined;
  return {
    parameter: {
      type,
      ...shared,
      ...(typeof p.default === 'string' && p.default !== '' ? { default: p.default } : {}),
      ...(choices
        ? {}
        : format
          ? { format }
          : {
              ...(p.pattern === undefined ? {} : { pattern: p.pattern }),
              ...(p.minLength === undefined ? {} : { minLength: p.minLength }),
              ...(p.maxLength === undefined ? {} : { maxLength: Math.min(p.maxLength, 3000) }),
              ...(p['ui:widget'] === 'textarea' ? { multiline: true as const } : {}),
              ...(p['ui:placeholder'] ? { placeholder: p['ui:placeholder'].slice(0, 150) } : {}),
            }),
    },
  };
}

/** Properties of a schema, by the name of each. */
export function collect(properties: Readonly<Record<string, unknown>>) {
  const parameters: Record<string, RawParameter> = {};
  const unfit: Record<string, string> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const read = fromJsonSchema(schema);
    if ('unfit' in read) unfit[name] = read.unfit;
    else if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) parameters[name] = read.parameter;
    else unfit[name] = 'its name has other characters than letters, digits and underscores';
  }
  return { properties: parameters, unfit };
}

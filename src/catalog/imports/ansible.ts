import { z } from 'zod';
import type { Importer } from '../imports.ts';
import type { RawParameter } from '../schema.ts';
import { hintOf } from './words.ts';

const option = z.looseObject({
  type: z.string().default('str'),
  required: z.boolean().default(false),
  default: z.json().optional(),
  choices: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  description: z.union([z.string(), z.array(z.string())]).default(''),
  elements: z.string().optional(),
  no_log: z.boolean().default(false),
});
type Option = z.output<typeof option>;
const specs = z.looseObject({
  argument_specs: z.record(z.string(), z.looseObject({ options: z.record(z.string(), option).default({}) })),
});

const types: Readonly<Record<string, RawParameter['type']>> = {
  str: 'string',
  path: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  list: 'array',
};

function parameterOf(o: Option): { readonly parameter: RawParameter } | { readonly unfit: string } {
  if (o.no_log) return { unfit: 'it is a secret' };
  const type = types[o.type];
  if (!type) return { unfit: `it is of type ${o.type}` };
  if (type === 'array' && o.elements !== undefined && types[o.elements] !== 'string')
    return { unfit: 'it is a list of something else than texts' };
  const hint = hintOf([o.description].flat().join(' '));
  const fits: Readonly<Record<RawParameter['type'], (v: unknown) => boolean>> = {
    string: (v) => typeof v === 'string' && v !== '',
    integer: Number.isInteger,
    number: (v) => typeof v === 'number',
    boolean: (v) => typeof v === 'boolean',
    array: (v) => Array.isArray(v) && v.every((i) => typeof i === 'string'),
  };
  return {
    parameter: {
      // Choices among numbers are drawn as choices, so they are texts; the role casts them back.
      type: o.choices && type !== 'array' ? 'string' : type,
      ...(hint ? { hint } : {}),
      ...(o.choices && type !== 'boolean' ? { enum: o.choices.map(String) } : {}),
      ...(o.choices
        ? o.default === undefined || o.default === null
          ? {}
          : { default: Array.isArray(o.default) ? o.default.map(String) : String(o.default) }
        : fits[type](o.default)
          ? { default: o.default as string }
          : {}),
    },
  };
}

/** The argument spec of a role: `meta/argument_specs.yml`, one of its entry points. */
export const fromAnsible: Importer = async (files, entry, complaints) => {
  const source = await files.source(entry.file, complaints);
  if (!source) return undefined;
  const name = entry.from === 'ansible' ? entry.entry : 'main';
  const parsed = specs.safeParse(source.documents[0]);
  const found = parsed.success ? parsed.data.argument_specs[name] : undefined;
  if (!found) {
    complaints.push({
      file: source.file,
      line: 1,
      what: parsed.success ? `there is no entry point “${name}”` : 'this is not an argument spec of a role',
      todo: parsed.success
        ? `Write “entry” as one of ${Object.keys(parsed.data.argument_specs).join(', ')}.`
        : 'Name the role’s meta/argument_specs.yml.',
    });
    return undefined;
  }
  const properties: Record<string, RawParameter> = {};
  const unfit: Record<string, string> = {};
  for (const [key, o] of Object.entries(found.options)) {
    const read = parameterOf(o);
    if ('unfit' in read) unfit[key] = read.unfit;
    else properties[key] = read.parameter;
  }
  const required = Object.entries(found.options)
    .filter(([, o]) => o.required)
    .map(([key]) => key);
  return { properties, unfit, required };
};

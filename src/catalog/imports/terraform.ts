import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Importer } from '../imports.ts';
import { safePattern } from '../patterns.ts';
import type { RawParameter } from '../schema.ts';
import type { Complaint } from '../source.ts';
import { readHcl } from './hcl.ts';
import { hintOf } from './words.ts';

const validation = z.looseObject({ condition: z.unknown(), error_message: z.string().default('') });
const variable = z.looseObject({
  type: z.string().default('string'),
  default: z.json().optional(),
  description: z.string().default(''),
  sensitive: z.boolean().default(false),
  ephemeral: z.boolean().default(false),
  validation: z.union([z.array(validation), validation.transform((v) => [v])]).default([]),
});
type Variable = z.output<typeof variable>;
/** As HCL in JSON has it: blocks are lists of bodies, or in hand-written `.tf.json` a single body. */
const module_ = z.looseObject({
  variable: z
    .record(
      z.string(),
      z.union([
        z
          .array(variable)
          .min(1)
          .transform((l) => l[0] as Variable),
        variable,
      ]),
    )
    .default({}),
});

const types: Readonly<Record<string, RawParameter['type']>> = {
  string: 'string',
  number: 'number',
  bool: 'boolean',
  'list(string)': 'array',
  'set(string)': 'array',
};

/** A condition that says which values there are, or how they look, becomes part of the form; others stay Terraform's. */
function fromConditions(name: string, v: Variable): Partial<RawParameter> {
  for (const { condition } of v.validation) {
    const text = String(condition)
      .replace(/^\$\{([\s\S]*)\}$/, '$1')
      .trim();
    const among = new RegExp(`^contains\\(\\s*(\\[[\\s\\S]*\\])\\s*,\\s*var\\.${name}\\s*\\)$`).exec(text);
    const like = new RegExp(`^can\\(\\s*regex\\(\\s*("(?:[^"\\\\]|\\\\.)*")\\s*,\\s*var\\.${name}\\s*\\)\\s*\\)$`).exec(
      text,
    );
    try {
      const options = among?.[1] === undefined ? undefined : z.array(z.string()).safeParse(JSON.parse(among[1]));
      if (options?.success && options.data.length > 0) return { enum: options.data };
      const pattern = like?.[1] === undefined ? undefined : z.string().parse(JSON.parse(like[1]));
      // Terraform's patterns are Go's, which are nearly ours.
      if (pattern !== undefined && safePattern(pattern) === undefined) return { pattern };
    } catch {
      // Written in a way that is not JSON's: Terraform checks it.
    }
  }
  return {};
}

function parameterOf(name: string, v: Variable): { readonly parameter: RawParameter } | { readonly unfit: string } {
  if (v.sensitive || v.ephemeral) return { unfit: 'it is sensitive' };
  const type = types[v.type.replace(/^\$\{([\s\S]*)\}$/, '$1').replace(/\s+/g, '')];
  if (!type) return { unfit: `it is of type ${v.type.replace(/^\$\{([\s\S]*)\}$/, '$1').slice(0, 40)}` };
  const told = type === 'string' ? fromConditions(name, v) : {};
  // Who chooses from a list can write nothing else.
  const rules = told.enum ? [] : v.validation.map((r) => r.error_message);
  const hint = hintOf([v.description, ...rules].filter(Boolean).join(' '));
  const given = v.default ?? undefined;
  const fits: Readonly<Record<RawParameter['type'], boolean>> = {
    string: typeof given === 'string' && given !== '',
    integer: false,
    number: typeof given === 'number',
    boolean: typeof given === 'boolean',
    array: Array.isArray(given) && given.every((i) => typeof i === 'string'),
  };
  return {
    parameter: {
      type,
      ...(hint ? { hint } : {}),
      ...told,
      ...(fits[type] ? { default: given as string } : {}),
    },
  };
}

/** A file of HCL or of its JSON, as JSON. */
async function parsed(file: string, text: string): Promise<unknown> {
  if (file.endsWith('.json')) return JSON.parse(text);
  const read = await readHcl(file, text);
  if ('error' in read) throw new Error(read.error);
  return read.value;
}

/** The variables of a Terraform module: a file of it, or its folder. */
export const fromTerraform: Importer = async (files, { file }, complaints) => {
  const found = await files.find(file);
  const listed = found === undefined ? [] : await readdir(found).catch(() => undefined);
  const names =
    listed === undefined
      ? [file]
      : listed.filter((n) => n.endsWith('.tf') || n.endsWith('.tf.json')).map((n) => join(file, n));
  if (names.length === 0) {
    complaints.push({
      file: files.shown(file),
      what: 'there is no Terraform module',
      todo: 'Name a folder with .tf files, or one of them, relative to the path’s folder.',
    });
    return undefined;
  }
  const properties: Record<string, RawParameter> = {};
  const unfit: Record<string, string> = {};
  const required: string[] = [];
  for (const name of names.toSorted()) {
    const variables = await variablesOf(name, files.shown(name), (await files.find(name)) ?? '', complaints);
    for (const [key, v] of Object.entries(variables)) {
      const read = parameterOf(key, v);
      if ('unfit' in read) unfit[key] = read.unfit;
      else properties[key] = read.parameter;
      if (v.default === undefined) required.push(key);
    }
  }
  return { properties, unfit, required };
};

async function variablesOf(
  name: string,
  shown: string,
  path: string,
  complaints: Complaint[],
): Promise<Readonly<Record<string, Variable>>> {
  try {
    return module_.parse(await parsed(name, await readFile(path, 'utf8'))).variable;
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const line = /:(\d+),\d+/.exec(message)?.[1];
    complaints.push({
      file: shown,
      ...(line === undefined ? {} : { line: Number(line) }),
      what: `it can’t be read as Terraform: ${message.replace(/^parse config: /, '').slice(0, 200)}`,
      todo: 'Correct it; “terraform validate” says more.',
    });
    return {};
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { z } from 'zod';
import { closest } from '../../core/catalog/names.ts';
import { isObject } from '../../core/catalog/render.ts';
import type { Json } from '../../core/kernel/inbound.ts';
import { definition, fromCrd } from './crd.ts';
import { enums } from './enums.ts';
import { crossChecks } from './rules/index.ts';
import type { Wrong } from './rules/reading.ts';
import { validations } from './validations.ts';

export type Schemas = {
  /** `unknown`: there is no schema of this kind here. */
  check(object: Json): readonly Wrong[] | 'unknown';
  /** Rules of definitions that objects so far should have been held against, and that can’t be evaluated here. */
  readonly skipped: ReadonlySet<string>;
};

type Schema = { readonly [key: string]: unknown };
const kindsFile = z.object({
  kinds: z.record(z.string(), z.string()),
  models: z.record(z.string(), z.record(z.string(), z.string())),
});

const scalars: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  Date: { type: 'string' },
  V1MicroTime: { type: 'string' },
  IntOrString: { type: ['integer', 'string'] },
  Quantity: {
    type: ['number', 'string'],
    pattern: '^[+-]?[0-9]+(\\.[0-9]*)?([EPTGMk]i?|Ki|[numE]|[eE][+-]?[0-9]+)?$',
  },
  any: {},
};

/** `[V1Container]`, `{string}`, `V1PodSpec` as JSON Schema. */
function schemaOf(type: string): Schema {
  if (type.startsWith('[')) return { type: 'array', items: schemaOf(type.slice(1, -1)) };
  if (type.startsWith('{')) return { type: 'object', additionalProperties: schemaOf(type.slice(1, -1)) };
  return scalars[type] ?? { $ref: `#/$defs/${type}` };
}

/** A field that takes one of a few words, or a list of them. */
function worded(schema: Schema, words: string | undefined): Schema {
  if (words === undefined) return schema;
  const list = words.split(' ');
  // A field that is empty is one that is not there, to the API; in a list nothing is.
  return schema.type === 'array'
    ? { ...schema, items: { type: 'string', enum: list } }
    : { type: 'string', enum: ['', ...list] };
}

function modelSchema(model: string, fields: Readonly<Record<string, string>>): Schema {
  const names = Object.keys(fields).map((f) => f.replace('!', ''));
  return {
    type: 'object',
    // A field that the API does not know is dropped without a word, which is the mistake that takes longest to find.
    additionalProperties: false,
    required: Object.keys(fields)
      .filter((f) => f.endsWith('!'))
      .map((f) => f.slice(0, -1)),
    properties: Object.fromEntries(
      Object.values(fields).map((type, i) => {
        const name = names[i] as string;
        return [name, worded(schemaOf(type), enums[`${model}.${name}`])];
      }),
    ),
  };
}

/** Kubernetes' own kinds, and those of custom resource definitions, of whose rules none may take longer than the limit. */
export function createSchemas(crds: readonly Json[], ruleLimitMs = 5_000): Schemas {
  const { kinds, models } = kindsFile.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'kinds.json'), 'utf8')));
  const $defs = Object.fromEntries(Object.entries(models).map(([name, fields]) => [name, modelSchema(name, fields)]));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, messages: true, verbose: true });
  ajv.addSchema({ $id: 'kinds', $defs });
  const custom = new Map(
    crds.flatMap((crd) => {
      const parsed = definition.safeParse(crd);
      return parsed.success ? fromCrd(parsed.data) : [];
    }),
  );
  const carried = new Map<string, Schema>(
    crds.flatMap((crd) => {
      const { data } = definition.safeParse(crd);
      return (data?.spec.versions ?? []).map(
        (v) => [`${data?.spec.group}/${v.name} ${data?.spec.names.kind}`, v.schema?.openAPIV3Schema ?? {}] as const,
      );
    }),
  );
  const compiled = new Map<string, ValidateFunction | undefined>();
  const validator = (kind: string) => {
    if (!compiled.has(kind)) {
      const model = kinds[kind];
      const own = model === undefined ? custom.get(kind) : { $ref: `kinds#/$defs/${model}` };
      compiled.set(kind, own && ajv.compile(own));
    }
    return compiled.get(kind);
  };
  const skipped = new Set<string>();
  const patience = { limitMs: ruleLimitMs, endless: new Set<string>() };
  return {
    skipped,
    check(object) {
      const { apiVersion, kind } = isObject(object) ? object : {};
      const name = `${String(apiVersion)} ${String(kind)}`;
      const validate = validator(name);
      if (!validate) return 'unknown';
      const shape = validate(object) ? [] : (validate.errors ?? []).map(told);
      // What has the wrong shape breaks rules by that alone.
      const rules =
        shape.length === 0 ? validations(carried.get(name) ?? {}, object, patience) : { wrong: [], skipped: [] };
      const own = kinds[name] === undefined ? [] : crossChecks(object);
      for (const rule of rules.skipped) skipped.add(rule);
      return [...shape, ...named(object), ...own, ...rules.wrong];
    },
  };
}

/** Every object has a name. */
const named = (object: Json): readonly Wrong[] => {
  const metadata = isObject(object) ? object.metadata : undefined;
  return isObject(metadata) && (metadata.name !== undefined || metadata.generateName !== undefined)
    ? []
    : [{ at: ['metadata'], what: 'metadata.name is missing', todo: 'Give the object a name.' }];
};

const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

function told(error: ErrorObject): Wrong {
  const at = error.instancePath
    .split('/')
    .slice(1)
    .map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((p) => (/^\d+$/.test(p) ? Number(p) : p));
  const extra: unknown = error.params.additionalProperty;
  if (typeof extra === 'string') {
    const known = isObject(error.parentSchema?.properties) ? Object.keys(error.parentSchema.properties) : [];
    const meant = closest(extra, known);
    return {
      at: [...at, extra],
      what: `Kubernetes knows no field “${extra}” here, and would drop it`,
      todo: meant ? `Write “${meant}”.` : 'Remove it, or look up where it belongs.',
    };
  }
  const missing: unknown = error.params.missingProperty;
  if (typeof missing === 'string')
    return { at, what: `“${missing}” is missing`, todo: 'Add it: the API refuses the object without it.' };
  const words: unknown = error.params.allowedValues;
  if (Array.isArray(words)) {
    const list = words.flatMap((w) => (w === null || w === '' ? [] : [String(w)]));
    const meant = closest(String(error.data), list);
    return {
      at,
      what: `${shown(error.data)} is none of ${list.join(', ')}`,
      todo: `Write “${meant ?? list.join('” or “')}”.`,
    };
  }
  return {
    at,
    what: `${shown(error.data)} ${error.message ?? 'is not allowed'}`,
    todo: 'Write what the API expects here; a number in quotes is a text.',
  };
}

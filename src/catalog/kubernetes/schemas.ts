import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { z } from 'zod';
import { closest } from '../../core/catalog/names.ts';
import { isObject } from '../../core/catalog/render.ts';
import type { Place } from '../../core/catalog/template.ts';
import type { Json } from '../../core/kernel/inbound.ts';
import { definition, fromCrd } from './crd.ts';

/** Something in an object that the API would refuse, or silently drop. */
export type Wrong = { readonly at: Place; readonly what: string; readonly todo: string };
export type Schemas = {
  /** `unknown`: there is no schema of this kind here. */
  check(object: Json): readonly Wrong[] | 'unknown';
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

function modelSchema(fields: Readonly<Record<string, string>>): Schema {
  const names = Object.keys(fields).map((f) => f.replace('!', ''));
  return {
    type: 'object',
    // A field that the API does not know is dropped without a word, which is the mistake that takes longest to find.
    additionalProperties: false,
    required: Object.keys(fields)
      .filter((f) => f.endsWith('!'))
      .map((f) => f.slice(0, -1)),
    properties: Object.fromEntries(Object.values(fields).map((type, i) => [names[i] as string, schemaOf(type)])),
  };
}

/** Kubernetes' own kinds, and those of custom resource definitions. */
export function createSchemas(crds: readonly Json[]): Schemas {
  const { kinds, models } = kindsFile.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'kinds.json'), 'utf8')));
  const $defs = Object.fromEntries(Object.entries(models).map(([name, fields]) => [name, modelSchema(fields)]));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, messages: true, verbose: true });
  ajv.addSchema({ $id: 'kinds', $defs });
  const custom = new Map(
    crds.flatMap((crd) => {
      const parsed = definition.safeParse(crd);
      return parsed.success ? fromCrd(parsed.data) : [];
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
  return {
    check(object) {
      const { apiVersion, kind } = isObject(object) ? object : {};
      const validate = validator(`${String(apiVersion)} ${String(kind)}`);
      if (!validate) return 'unknown';
      const wrong = validate(object) ? [] : (validate.errors ?? []).map(told);
      return [...wrong, ...named(object)];
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
  return {
    at,
    what: `${shown(error.data)} ${error.message ?? 'is not allowed'}`,
    todo: 'Write what the API expects here; a number in quotes is a text.',
  };
}

import { z } from 'zod';

/** A CustomResourceDefinition, as `kubectl get crd … -o yaml` prints it. */
export const definition = z.looseObject({
  kind: z.literal('CustomResourceDefinition'),
  spec: z.looseObject({
    group: z.string(),
    names: z.looseObject({ kind: z.string() }),
    versions: z.array(
      z.looseObject({
        name: z.string(),
        served: z.boolean().default(true),
        schema: z.looseObject({ openAPIV3Schema: z.record(z.string(), z.unknown()) }).optional(),
      }),
    ),
  }),
});

type Schema = Readonly<Record<string, unknown>>;
const isRecord = (x: unknown): x is Schema => typeof x === 'object' && x !== null && !Array.isArray(x);
const each = (of: unknown, apply: (s: Schema) => Schema): unknown =>
  isRecord(of) ? Object.fromEntries(Object.entries(of).map(([k, v]) => [k, isRecord(v) ? apply(v) : v])) : of;

/**
 * A structural schema as JSON Schema. Where a definition lists the fields of an object, others are dropped by the API, so
 * they are a mistake here, except where it says that unknown ones are preserved.
 */
function strict(schema: Schema): Schema {
  const {
    'x-kubernetes-int-or-string': intOrString,
    'x-kubernetes-preserve-unknown-fields': preserve,
    nullable,
    // No part of the shape: the rules in CEL are evaluated beside it; formats are the server’s business.
    'x-kubernetes-validations': _,
    format: __,
    ...rest
  } = schema;
  if (intOrString) return { type: ['integer', 'string'] };
  const type = nullable && typeof rest.type === 'string' ? [rest.type, 'null'] : rest.type;
  const closed = isRecord(rest.properties) && rest.additionalProperties === undefined && !preserve;
  return {
    ...rest,
    ...(nullable && Array.isArray(rest.enum) ? { enum: [...rest.enum, null] } : {}),
    ...(type === undefined ? {} : { type }),
    ...(rest.properties === undefined ? {} : { properties: each(rest.properties, strict) }),
    ...(isRecord(rest.items) ? { items: strict(rest.items) } : {}),
    ...(isRecord(rest.additionalProperties) ? { additionalProperties: strict(rest.additionalProperties) } : {}),
    ...(closed ? { additionalProperties: false } : {}),
  };
}

/** The schemas of a definition's versions, by `apiVersion kind`. */
export function fromCrd({ spec }: z.output<typeof definition>): readonly (readonly [string, Schema])[] {
  return spec.versions
    .filter((v) => v.served && v.schema)
    .map((v) => {
      const { properties, ...rest } = strict(v.schema?.openAPIV3Schema ?? {});
      return [
        `${spec.group}/${v.name} ${spec.names.kind}`,
        {
          ...rest,
          type: 'object',
          properties: {
            ...(isRecord(properties) ? properties : {}),
            apiVersion: { type: 'string' },
            kind: { type: 'string' },
            metadata: { $ref: 'kinds#/$defs/V1ObjectMeta' },
          },
        },
      ] as const;
    });
}

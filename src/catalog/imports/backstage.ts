import { z } from 'zod';
import type { Importer } from '../imports.ts';
import type { RawParameter } from '../schema.ts';
import { collect } from './json-schema.ts';

const step = z.looseObject({
  required: z.array(z.string()).default([]),
  properties: z.record(z.string(), z.unknown()).default({}),
  dependencies: z.record(z.string(), z.unknown()).default({}),
});
/** The form of the entity, as it stands in template.yaml: one step, or a list of them. */
const entity = z.looseObject({ spec: z.looseObject({ parameters: z.union([z.array(step), step]) }) });
/** What the scaffolder answers for a template's parameter schema. */
const answer = z.looseObject({ steps: z.array(z.looseObject({ schema: step })) });

/** `dependencies: { a: { oneOf: [{ properties: { a: { enum: [x] }, b: … } }] } }`: `b` is shown while `a` is `x`. */
const dependency = z.looseObject({
  oneOf: z.array(
    z.looseObject({ required: z.array(z.string()).default([]), properties: z.record(z.string(), z.unknown()) }),
  ),
});
const decides = z.looseObject({
  enum: z.array(z.union([z.string(), z.boolean(), z.number()])).optional(),
  const: z.union([z.string(), z.boolean(), z.number()]).optional(),
});

function dependent(of: Readonly<Record<string, unknown>>) {
  const out: Record<string, { readonly schema: unknown; readonly shownIf: NonNullable<RawParameter['shownIf']> }> = {};
  const required: string[] = [];
  for (const [on, raw] of Object.entries(of)) {
    const parsed = dependency.safeParse(raw);
    if (!parsed.success) continue;
    for (const branch of parsed.data.oneOf) {
      const test = decides.safeParse(branch.properties[on]);
      const is = test.success ? (test.data.enum ?? (test.data.const === undefined ? [] : [test.data.const])) : [];
      for (const [name, schema] of Object.entries(branch.properties)) {
        if (name === on || is.length === 0) continue;
        const known = out[name]?.shownIf.is ?? [];
        out[name] = { schema, shownIf: { parameter: on, is: [...known, ...is] } };
      }
      required.push(...branch.required.filter((name) => name !== on));
    }
  }
  return { fields: out, required };
}

/** A Backstage template: its entity file, or the saved answer of `…/parameter-schema`. All steps become one form. */
export const fromBackstage: Importer = async (files, { file }, complaints) => {
  const source = await files.source(file, complaints);
  if (!source) return undefined;
  const [document] = source.documents;
  const asEntity = entity.safeParse(document);
  const asAnswer = answer.safeParse(document);
  const steps = asEntity.success
    ? [asEntity.data.spec.parameters].flat()
    : asAnswer.success
      ? asAnswer.data.steps.map((s) => s.schema)
      : undefined;
  if (!steps) {
    complaints.push({
      file: source.file,
      line: 1,
      what: 'this is neither a Backstage template with spec.parameters nor a parameter schema with steps',
      todo: 'Save the template’s YAML here, or the answer of GET …/parameter-schema.',
    });
    return undefined;
  }
  const extra = steps.map((s) => dependent(s.dependencies));
  const later = Object.assign({}, ...extra.map((e) => e.fields)) as ReturnType<typeof dependent>['fields'];
  const own = Object.assign({}, ...steps.map((s) => s.properties)) as Record<string, unknown>;
  const read = collect({ ...own, ...Object.fromEntries(Object.entries(later).map(([n, f]) => [n, f.schema])) });
  const properties = Object.fromEntries(
    Object.entries(read.properties).map(([name, p]) => {
      const on = later[name]?.shownIf;
      return [name, on ? { ...p, shownIf: on } : p];
    }),
  );
  return {
    properties,
    unfit: read.unfit,
    required: [...steps.flatMap((s) => s.required), ...extra.flatMap((e) => e.required)],
  };
};

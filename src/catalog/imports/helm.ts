import { z } from 'zod';
import type { Importer } from '../imports.ts';
import { collect } from './json-schema.ts';

const object = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  required: z.array(z.string()).default([]),
  properties: z.record(z.string(), z.unknown()).default({}),
});

/** `image.tag` as the name of a parameter: imageTag. */
const joined = (parts: readonly string[]) =>
  parts.map((p, i) => (i === 0 ? p : p.charAt(0).toUpperCase() + p.slice(1))).join('');

/** How deep values are looked for: deeper ones are no question for a form. */
const depthMax = 3;

function flat(
  schema: unknown,
  at: readonly string[],
): { readonly properties: Record<string, unknown>; readonly required: string[] } {
  const parsed = object.safeParse(schema);
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  if (!parsed.success) return { properties, required };
  for (const [name, inner] of Object.entries(parsed.data.properties)) {
    const here = [...at, name];
    const nested = object.safeParse(inner);
    if (nested.success && Object.keys(nested.data.properties).length > 0 && here.length < depthMax) {
      const below = flat(inner, here);
      Object.assign(properties, below.properties);
      // A value inside of something that is itself optional is not required.
      if (parsed.data.required.includes(name)) required.push(...below.required);
    } else properties[joined(here)] = inner;
    if (parsed.data.required.includes(name)) required.push(joined(here));
  }
  return { properties, required };
}

/** A chart's `values.schema.json`. Values inside of others are named by both: `image.tag` is `imageTag`. */
export const fromHelm: Importer = async (files, { file }, complaints) => {
  const source = await files.source(file, complaints);
  if (!source) return undefined;
  const { properties, required } = flat(source.documents[0], []);
  if (Object.keys(properties).length === 0) {
    complaints.push({
      file: source.file,
      line: 1,
      what: 'this is not the schema of a chart’s values: it has no properties',
      todo: 'Name the chart’s values.schema.json.',
    });
    return undefined;
  }
  const read = collect(properties);
  return { ...read, required: required.filter((name) => Object.hasOwn(properties, name)) };
};

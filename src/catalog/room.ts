import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../core/catalog/render.ts';
import type { Place } from '../core/catalog/template.ts';
import type { Json } from '../core/kernel/inbound.ts';
import { about } from './complaints.ts';
import { folder } from './folder.ts';
import { type Inputs, inputsOf } from './inputs.ts';
import { createSchemas, type Schemas } from './kubernetes/schemas.ts';
import type { Complaint, Source } from './source.ts';

/** What lies in a path's folder, and what its objects and values are held against. */
export type Room = {
  readonly definition: Source;
  readonly templates: readonly Source[];
  readonly crds: readonly Json[];
  readonly schemas: Schemas;
  readonly inputs: Inputs | 'untold' | undefined;
};

/** A place in the rendered section as a line of the template that it comes from, or else of path.yaml. */
export function placed(room: Room, at: Place, objects: readonly Json[], what: string, todo: string): Complaint {
  const [key, index, ...rest] = at;
  const object = key === 'objects' && typeof index === 'number' ? objects[index] : undefined;
  const kind = isObject(object) ? object.kind : undefined;
  // Repetitions and conditions shift the objects, so the template's document is known by its kind.
  const nth = objects.slice(0, Number(index)).filter((o) => isObject(o) && o.kind === kind).length;
  const documents = room.templates.flatMap((source) =>
    source.documents.map((document, i) => ({ source, document, i })),
  );
  const same = documents.filter(({ document }) => isObject(document) && document.kind === kind);
  const from = kind === undefined ? undefined : (same[nth] ?? same[0]);
  return from ? about(from.source, rest, what, todo, from.i) : about(room.definition, ['backend', ...at], what, todo);
}

/** Undefined when there is no path.yaml to read. */
export async function readRoom(root: string, kind: string, complaints: Complaint[]): Promise<Room | undefined> {
  const files = folder(root);
  const definition = await files.source('path.yaml', complaints);
  if (!definition) return undefined;
  const templates: Source[] = [];
  const section = definition.documents[0];
  const listed = isObject(section) && isObject(section.backend) ? section.backend.objects : undefined;
  for (const file of [listed].flat())
    if (typeof file === 'string') {
      const source = await files.source(file, complaints);
      if (source) templates.push(source);
    }
  const crds: Json[] = [];
  const folderOfCrds = join(root, 'crds');
  const isFolder = await stat(folderOfCrds).then(
    (s) => s.isDirectory(),
    () => false,
  );
  for (const file of isFolder ? await readdir(folderOfCrds) : []) {
    const source = /\.(ya?ml|json)$/.test(file) ? await files.source(join('crds', file), complaints) : undefined;
    crds.push(...(source?.documents ?? []));
  }
  const inputs = await inputsOf(kind, definition, files, complaints);
  return { definition, templates, crds, schemas: createSchemas(crds), inputs };
}

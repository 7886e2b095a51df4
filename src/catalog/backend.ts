import { isObject } from '../core/catalog/render.ts';
import { type Place, templateFaults } from '../core/catalog/template.ts';
import type { Json } from '../core/kernel/inbound.ts';
import { about, aboutFault } from './complaints.ts';
import type { Folder } from './folder.ts';
import { safePattern } from './patterns.ts';
import type { RawPath } from './schema.ts';
import type { Complaint, Source } from './source.ts';

type Section = { readonly [key: string]: Json };
type Reading = {
  readonly section: Section;
  readonly at: Place;
  readonly source: Source;
  readonly files: Folder;
  /** The path's parameters, which templates may name. */
  readonly params: readonly string[];
  readonly complaints: Complaint[];
};

/** Replaces what names files of the path's folder: by their content, or by where they are. */
type Resolve = (reading: Reading) => Promise<Section>;

/** By backend. A new one is added here, or its paths do not load. */
const resolvers: Readonly<Record<string, Resolve>> = {
  kubernetes: async (reading) => ({ ...reading.section, ...(await objects(reading)) }),
  helm: async (reading) => ({ ...reading.section, ...(await local(reading, ['chart'], 'if there')) }),
  terraform: async (reading) => ({ ...reading.section, ...(await local(reading, ['module'], 'always')) }),
  ansible: async (reading) => {
    const { verbs } = reading.section;
    const parts = isObject(verbs) ? Object.entries(verbs) : [];
    const resolved = await Promise.all(
      parts.map(async ([verb, part]): Promise<readonly [string, Json]> => {
        if (!isObject(part)) return [verb, part];
        const inner = { ...reading, section: part, at: [...reading.at, 'verbs', verb] };
        return [verb, { ...part, ...(await local(inner, ['playbook'], 'always')) }];
      }),
    );
    return {
      ...reading.section,
      ...(await local(reading, ['playbook', 'inventory'], 'always')),
      ...(isObject(verbs) ? { verbs: Object.fromEntries(resolved) } : {}),
    };
  },
  backstage: async ({ section }) => section,
};
export const backendKinds = Object.keys(resolvers);

/** The section `backend` as data with expressions in it, ready to be rendered. */
export async function backendOf(
  raw: RawPath,
  source: Source,
  files: Folder,
  params: readonly string[],
  complaints: Complaint[],
): Promise<{ readonly kind: string; readonly spec: Json }> {
  const { kind, ...section } = raw.backend as Section & { kind: string };
  const resolve = resolvers[kind];
  if (!resolve) {
    complaints.push(
      about(source, ['backend', 'kind'], `there is no backend “${kind}”`, `Write one of ${backendKinds.join(', ')}.`),
    );
    return { kind, spec: {} };
  }
  const reading = { section, at: ['backend'], source, files, params, complaints };
  const todo = 'Correct the expression; docs/golden-paths.md says what it may name.';
  const names = { params, pattern: safePattern };
  const own = [
    ...templateFaults(section, names, ['backend']),
    ...raw.operations.flatMap((o, i) => templateFaults(o.backend ?? null, names, ['operations', i, 'backend'])),
  ];
  complaints.push(...own.map((f) => aboutFault(source, f, todo)));
  return { kind, spec: await resolve(reading) };
}

/** Files and folders of the path become absolute; `if there`: what is not there is a name or an address. */
async function local(reading: Reading, keys: readonly string[], when: 'always' | 'if there'): Promise<Section> {
  const out: Record<string, Json> = {};
  for (const key of keys) {
    const named = reading.section[key];
    if (typeof named !== 'string' || named.includes('${' + '{')) continue;
    const found = await reading.files.find(named);
    if (found !== undefined) out[key] = found;
    else if (when === 'always' || named.startsWith('.') || named.startsWith('/'))
      reading.complaints.push(
        about(
          reading.source,
          [...reading.at, key],
          `there is no “${named}” in the path’s folder`,
          'Put it there, and write its name relative to the folder.',
        ),
      );
  }
  return out;
}

/** `objects`: a template file, or a list of such files and of objects written in place. */
async function objects({ section, at, source, files, params, complaints }: Reading): Promise<Section> {
  const listed = section.objects;
  if (listed === undefined) {
    complaints.push(
      about(
        source,
        at,
        'objects is missing',
        'Name the template file with the Kubernetes objects, such as objects.yaml.',
      ),
    );
    return {};
  }
  const made: Json[] = [];
  for (const item of Array.isArray(listed) ? (listed as readonly Json[]) : [listed]) {
    if (typeof item !== 'string') {
      made.push(item);
      continue;
    }
    const template = await files.source(item, complaints);
    if (!template) continue;
    if (template.documents.length === 0)
      complaints.push(about(template, [], 'there is no object in it', 'Write at least one Kubernetes object.'));
    template.documents.forEach((document, i) => {
      const todo = 'Correct the template; docs/golden-paths.md says how values are placed.';
      complaints.push(
        ...templateFaults(document, { params, pattern: safePattern }).map((f) => aboutFault(template, f, todo, i)),
      );
      if (document !== null) made.push(document);
    });
  }
  return { objects: made };
}

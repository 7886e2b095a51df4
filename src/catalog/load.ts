import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BrokenPath, Catalog, GoldenPath } from '../core/catalog/path.ts';
import { backendOf } from './backend.ts';
import { about, aboutIssues } from './complaints.ts';
import { expressionComplaints } from './expressions.ts';
import { type Folder, folder } from './folder.ts';
import { importParameters } from './imports.ts';
import { readParameters } from './parameters.ts';
import { pathSchema, type RawPath } from './schema.ts';
import type { Complaint, Source } from './source.ts';
import { trial } from './trial.ts';

export type Loaded = { readonly path: GoldenPath } | { readonly broken: BrokenPath };

const definition = 'path.yaml';

/** Keys of path.yaml at any depth, to see which was meant by one that is none; docs/golden-paths.md has them all. */
export const keys = [
  ...Object.keys(pathSchema.shape),
  ...'type title hint placeholder default enum pattern minLength maxLength minimum maximum unit multiline format shownIf fixed properties required only file from entry when verdict because by label value secret kind amount currency monthly table times lives extend extensions hibernates verb fields warning offeredWhen backend policy everyDays hideAfter deprecated blocked successor on'.split(
    ' ',
  ),
];

/** Reads one golden path. Everything that is wrong with it is told at once. */
export async function loadPath(root: string): Promise<Loaded> {
  const name = basename(root);
  const files = folder(root);
  const complaints: Complaint[] = [];
  try {
    const path = await read(name, files, complaints);
    if (path && complaints.length === 0) return { path };
  } catch (error) {
    // A fault of ours in one path must not take the others away.
    complaints.push({
      file: `${name}/${definition}`,
      what: `it can’t be read: ${error instanceof Error ? error.message : String(error)}`,
      todo: 'If the files look right, this is a fault of Groundcrew: please tell its developers.',
    });
  }
  return { broken: { name, problems: complaints } };
}

async function read(name: string, files: Folder, complaints: Complaint[]): Promise<GoldenPath | undefined> {
  const source = await files.source(definition, complaints);
  if (!source) return undefined;
  const parsed = pathSchema.safeParse(source.documents[0] ?? null);
  if (!parsed.success) {
    complaints.push(...aboutIssues(source, parsed.error, keys));
    return undefined;
  }
  const raw = parsed.data;
  if (raw.name !== name)
    complaints.push(
      about(source, ['name'], `the name is “${raw.name}”, and the folder is “${name}”`, 'Give both the same name.'),
    );
  const manual = await documentation(raw, source, files, complaints);
  const given =
    raw.parameters.from !== undefined
      ? await importParameters(raw.parameters, source, files, complaints)
      : raw.parameters;
  if (!given) return undefined;
  const { parameters, faults } = readParameters(given, ['parameters']);
  complaints.push(...faults.map((f) => about(source, f.at, f.what, f.todo)));
  const backend = await backendOf(raw, source, files, Object.keys(parameters.properties), complaints);
  complaints.push(...expressionComplaints(raw, parameters, source));
  if (complaints.length > 0) return undefined;
  const { timeout, docs, cost, parameters: _, backend: __, ...rest } = raw;
  const path: GoldenPath = {
    ...rest,
    docs,
    ...(manual === undefined ? {} : { manual }),
    parameters,
    backend,
    timeoutSeconds: timeout,
    ...(cost ? { cost: { currency: cost.currency, monthly: monthly(cost) } } : {}),
  };
  complaints.push(...trial(path, source));
  return path;
}

/** A path without docs does not load: who gets a database wants to know how to use it. */
async function documentation(
  raw: RawPath,
  source: Source,
  files: Folder,
  complaints: Complaint[],
): Promise<string | undefined> {
  if (/^https?:\/\//.test(raw.docs)) {
    if (!URL.canParse(raw.docs)) complaints.push(about(source, ['docs'], 'this is not an address', 'Correct it.'));
    return undefined;
  }
  const text = await files.text(raw.docs);
  if (text === undefined || text.trim() === '')
    complaints.push(
      about(
        source,
        ['docs'],
        `there is no file “${raw.docs}” with a text in the path’s folder, and a path without docs does not load`,
        'Write the file (what it is, how to use it, whom to ask), or give an address that begins with https://.',
      ),
    );
  return text;
}

/** A table of prices as an expression in the smallest unit of the currency. */
function monthly(cost: NonNullable<RawPath['cost']>): string {
  if ('monthly' in cost) return cost.monthly;
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: cost.currency }).resolvedOptions();
  const cents = (price: number) => Math.round(price * 10 ** (digits.maximumFractionDigits ?? 2));
  const table = Object.entries(cost.table).map(([value, price]) => `${JSON.stringify(value)}: ${cents(price)}`);
  return `{${table.join(', ')}}[string(params.${cost.by})]${cost.times === undefined ? '' : ` * (${cost.times})`}`;
}

export type LoadedCatalog = Catalog & {
  readonly found: boolean;
  /** The same, path by path, in the folder's order. */
  readonly loaded: readonly Loaded[];
};

/** Reads a folder of golden paths. What is no folder with a path.yaml in it is left alone. */
export async function loadCatalog(root: string): Promise<LoadedCatalog> {
  const names = await readdir(root).catch(() => undefined);
  if (!names) return { paths: [], broken: [], found: false, loaded: [] };
  const readIfPath = async (name: string): Promise<readonly Loaded[]> => {
    const isPath = await stat(join(root, name, definition)).then(
      (s) => s.isFile(),
      () => false,
    );
    return isPath ? [await loadPath(join(root, name))] : [];
  };
  const all = await Promise.all(
    names
      .filter((n) => !n.startsWith('.'))
      .toSorted()
      .map(readIfPath),
  );
  const loaded = withoutDoubles(all.flat());
  return {
    paths: loaded.flatMap((l) => ('path' in l ? [l.path] : [])),
    broken: loaded.flatMap((l) => ('broken' in l ? [l.broken] : [])),
    found: true,
    loaded,
  };
}

/** An alias that is somebody else's name or alias breaks the later path: it could mean either. */
function withoutDoubles(all: readonly Loaded[]): readonly Loaded[] {
  const taken = new Map(all.flatMap((l) => ('path' in l ? [[l.path.name, l.path.name]] : [])));
  return all.map((loaded) => {
    if ('broken' in loaded) return loaded;
    const { name, aliases } = loaded.path;
    const clash = aliases.find((a) => (taken.get(a.toLowerCase()) ?? name) !== name);
    for (const alias of aliases) if (!taken.has(alias.toLowerCase())) taken.set(alias.toLowerCase(), name);
    if (clash === undefined) return loaded;
    const what = `aliases: “${clash}” already means ${taken.get(clash.toLowerCase())}`;
    return { broken: { name, problems: [{ file: `${name}/${definition}`, what, todo: 'Take another alias.' }] } };
  });
}

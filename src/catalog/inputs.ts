import { z } from 'zod';
import { isObject } from '../core/catalog/render.ts';
import type { Json } from '../core/kernel/inbound.ts';
import type { Folder } from './folder.ts';
import { fromAnsible } from './imports/ansible.ts';
import { fromBackstage } from './imports/backstage.ts';
import { fromTerraform } from './imports/terraform.ts';
import type { Imported, Importer } from './imports.ts';
import { safePattern } from './patterns.ts';
import type { RawParameter } from './schema.ts';
import type { Complaint, Source } from './source.ts';

/*
 * What a path gives to a Terraform module, an Ansible role or a Backstage template, against what that says it takes: without
 * the tool, so in every CI. Where the values go, by backend; and what they are held against, in words.
 */
type Kind = {
  readonly key: string;
  readonly called: string;
  readonly read: Importer;
  /** What is not declared is dropped there without a word. */
  readonly closed: boolean;
  /** Verbs that go to something else than the path's own. */
  readonly elsewhere: readonly string[];
};
const others = ['restart', 'rotate', 'hibernate', 'wake', 'delete'];
const kinds: Readonly<Record<string, Kind>> = {
  terraform: { key: 'variables', called: 'the module’s variables', read: fromTerraform, closed: true, elsewhere: [] },
  ansible: { key: 'vars', called: 'the role’s argument spec', read: fromAnsible, closed: false, elsewhere: others },
  backstage: { key: 'values', called: 'the template’s schema', read: fromBackstage, closed: false, elsewhere: others },
};

export type Inputs = {
  readonly called: string;
  /** What does not fit, in words, with the name of the value. */
  readonly faults: (spec: Json, verb: string) => readonly (readonly [name: string, fault: string])[];
};

const named = z.object({ from: z.string(), file: z.string(), entry: z.string().default('main') });
const laid = z.record(z.string(), z.record(z.string(), z.json()));

/** What the backend of a path declares; `untold` when nothing in the path's folder says so, undefined where that is no question. */
export async function inputsOf(
  kind: string,
  definition: Source,
  files: Folder,
  complaints: Complaint[],
): Promise<Inputs | 'untold' | undefined> {
  const of = kinds[kind];
  if (!of) return undefined;
  const document = definition.documents[0];
  const { parameters, backend } = isObject(document) ? document : {};
  const from = named.safeParse(parameters).data;
  const module = isObject(backend) && typeof backend.module === 'string' ? backend.module : undefined;
  const file = kind === 'terraform' ? module : from?.from === kind ? from.file : undefined;
  if (file === undefined) return 'untold';
  const entry = kind === 'ansible' ? { from: 'ansible' as const, file, entry: from?.entry ?? 'main' } : undefined;
  const declared = await of.read(
    files,
    entry ?? { from: kind === 'terraform' ? 'terraform' : 'backstage', file },
    complaints,
  );
  if (!declared) return 'untold';
  return {
    called: of.called,
    faults(spec, verb) {
      if (of.elsewhere.includes(verb) || !isObject(spec)) return [];
      const over = laid.safeParse(isObject(spec.verbs) ? spec.verbs[verb] : undefined).data?.[of.key];
      const own = spec[of.key];
      const given = { ...(isObject(own) ? own : {}), ...over };
      return faultsIn(given, declared, of.closed);
    },
  };
}

function faultsIn(
  given: Readonly<Record<string, Json>>,
  { properties, unfit, required }: Imported,
  closed: boolean,
): readonly (readonly [string, string])[] {
  const known = [...Object.keys(properties), ...Object.keys(unfit)];
  const found: (readonly [string, string])[] = [];
  // What is shown only sometimes is required only then.
  for (const name of required)
    if ((given[name] ?? null) === null && !properties[name]?.shownIf && name !== 'groundcrew')
      found.push([name, 'it is required there, and nothing gives it']);
  for (const [name, value] of Object.entries(given)) {
    if (closed && !known.includes(name)) found.push([name, `there is no such thing; it has ${known.join(', ')}`]);
    const fault = properties[name] && value !== null ? misfit(value, properties[name]) : undefined;
    if (fault !== undefined) found.push([name, fault]);
  }
  return found;
}

const kindsOf: Readonly<Record<RawParameter['type'], (value: Json) => boolean>> = {
  string: (v) => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean',
  integer: (v) => Number.isInteger(typeof v === 'string' && v !== '' ? Number(v) : v),
  number: (v) => typeof v === 'number' || (typeof v === 'string' && v !== '' && Number.isFinite(Number(v))),
  boolean: (v) => typeof v === 'boolean' || v === 'true' || v === 'false',
  array: Array.isArray,
};
const shown = (value: Json): string => JSON.stringify(value).slice(0, 60);

function misfit(value: Json, p: RawParameter): string | undefined {
  if (!kindsOf[p.type](value)) return `${shown(value)} is no ${p.type}`;
  const options = p.enum?.map((o) => (typeof o === 'object' ? o.value : o));
  const wrong = options && [value].flat().find((one) => !options.includes(String(one)));
  if (options && wrong !== undefined) return `${shown(wrong)} is none of ${options.join(', ')}`;
  // One that we can't read, or that takes minutes, says nothing of the value: it was written for another program.
  if (p.pattern === undefined || typeof value !== 'string' || value === '' || safePattern(p.pattern) !== undefined)
    return undefined;
  if (!new RegExp(p.pattern, 'u').test(value)) return `${shown(value)} does not fit ${p.pattern}`;
  return undefined;
}

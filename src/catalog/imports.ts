import { about } from './complaints.ts';
import type { Folder } from './folder.ts';
import { fromAnsible } from './imports/ansible.ts';
import { fromBackstage } from './imports/backstage.ts';
import { fromHelm } from './imports/helm.ts';
import { fromTerraform } from './imports/terraform.ts';
import type { RawParameters } from './parameters.ts';
import type { Import, RawParameter } from './schema.ts';
import type { Complaint, Source } from './source.ts';

/** What an imported schema asks. `unfit` are those that no form can ask, and why: a map of maps, a password. */
export type Imported = RawParameters & { readonly unfit: Readonly<Record<string, string>> };
export type Importer = (files: Folder, entry: Import, complaints: Complaint[]) => Promise<Imported | undefined>;

const importers: { readonly [K in Import['from']]: Importer } = {
  backstage: fromBackstage,
  helm: fromHelm,
  terraform: fromTerraform,
  ansible: fromAnsible,
};

/** The parameters of a path that takes them from a schema that is there already. */
export async function importParameters(
  entry: Import,
  source: Source,
  files: Folder,
  complaints: Complaint[],
): Promise<RawParameters | undefined> {
  const imported = await importers[entry.from](files, entry, complaints);
  if (!imported) return undefined;
  const all = Object.keys(imported.properties);
  const wanted = entry.only ?? all;
  entry.only?.forEach((name, i) => {
    const why = imported.unfit[name];
    if (!all.includes(name))
      complaints.push(
        about(
          source,
          ['parameters', 'only', i],
          why ? `“${name}” can’t be asked in a form: ${why}` : `${entry.file} has no “${name}”`,
          all.length > 0 ? `It has ${all.join(', ')}.` : 'Nothing in it can be asked in a form.',
        ),
      );
  });
  const required = [...new Set([...imported.required, ...(entry.required ?? [])])];
  for (const name of imported.required)
    if (imported.unfit[name])
      complaints.push(
        about(
          source,
          ['parameters'],
          `${entry.file} requires “${name}”, which can’t be asked in a form: ${imported.unfit[name]}`,
          'Give it a default there, and set it in the section “backend”.',
        ),
      );
  for (const name of Object.keys(entry.properties ?? {}))
    if (!all.includes(name))
      complaints.push(
        about(
          source,
          ['parameters', 'properties', name],
          `${entry.file} has no “${name}”`,
          `It has ${all.join(', ')}.`,
        ),
      );
  const kept = wanted.filter((name) => all.includes(name));
  return {
    required: required.filter((name) => kept.includes(name)),
    properties: Object.fromEntries(
      kept.map((name) => [name, { ...imported.properties[name], ...entry.properties?.[name] } as RawParameter]),
    ),
  };
}

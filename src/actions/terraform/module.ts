import { existsSync } from 'node:fs';
import { cp, readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../core/kernel/problem.ts';
import type { Order } from '../../core/runs/run.ts';
import { partFor, specOf } from '../spec.ts';
import { changeFolder } from '../tools.ts';
import { type TerraformSpec, terraformSpec } from './spec.ts';

/** What Terraform keeps beside a module that names no backend. */
export const isState = (name: string): boolean => name.startsWith('terraform.tfstate');

export async function copyModule(from: string, to: string): Promise<void> {
  const found = await readdir(from).catch(() => undefined);
  if (!found?.some((name) => /\.tf(\.json)?$/.test(name)))
    throw new Problem(
      'module_missing',
      `The golden path names the Terraform module ${basename(from)}, but there is no such folder with .tf files in it. Nothing was done. The path’s owner can correct it.`,
    );
  await changeFolder(() =>
    cp(from, to, { recursive: true, filter: (file) => basename(file) !== '.terraform' && !isState(basename(file)) }),
  );
}

const used = z.object({
  backend: z
    .object({
      type: z.string(),
      config: z.object({ path: z.string().nullish(), workspace_dir: z.string().nullish() }).nullish(),
    })
    .optional(),
});

/** Where the state is, from the module, when it is kept on this machine: by default beside it. */
async function localPlaces(home: string): Promise<readonly string[] | undefined> {
  const text = await readFile(join(home, 'terraform', 'terraform.tfstate'), 'utf8').catch(() => '{}');
  const { backend } = used.parse(JSON.parse(text));
  if (backend !== undefined && backend.type !== 'local') return undefined;
  const { path, workspace_dir: workspaces } = backend?.config ?? {};
  return [path ?? 'terraform.tfstate', workspaces ?? 'terraform.tfstate.d'];
}

/** Whether the state is kept on this machine. */
export const isLocal = async (home: string): Promise<boolean> => (await localPlaces(home)) !== undefined;

/** Whether a state is in the folder itself, which is all that is known of a thing then. */
export async function holdsState(home: string): Promise<boolean> {
  const module = join(home, 'module');
  const places = (await localPlaces(home)) ?? [];
  const inside = places
    .map((place) => resolve(module, place))
    .filter((place) => place.startsWith(`${resolve(home)}${sep}`));
  return inside.some(existsSync) || (places.length > 0 && (await readdir(module).catch(() => [])).some(isState));
}

/** What of the module's folder is no part of the module: the state, where it is kept there; all of it, where nobody can tell. */
export async function outlives(home: string): Promise<(name: string) => boolean> {
  const module = join(home, 'module');
  const places = await localPlaces(home).then(
    (local) => local ?? [],
    () => undefined,
  );
  if (!places) return () => true;
  const states = places.map((place) => relative(module, resolve(module, place)).split(sep)[0]);
  return (name) => isState(name) || states.includes(name);
}

/** The section, with what a verb lays over it. */
export function merged(order: Order): TerraformSpec {
  const spec = specOf(terraformSpec, order);
  const plain = order.verb === 'create' || order.verb === 'change' || order.verb === 'delete';
  return plain ? spec : { ...spec, variables: { ...spec.variables, ...partFor(spec.verbs, order).variables } };
}

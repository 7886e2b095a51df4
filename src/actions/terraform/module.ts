import { cp, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

/** Whether the state is kept in our own folder. */
export async function isLocal(home: string): Promise<boolean> {
  const used = await readFile(join(home, 'terraform', 'terraform.tfstate'), 'utf8').catch(() => '{}');
  const { backend } = z.object({ backend: z.object({ type: z.string() }).optional() }).parse(JSON.parse(used));
  return backend === undefined || backend.type === 'local';
}

/** The section, with what a verb lays over it. */
export function merged(order: Order): TerraformSpec {
  const spec = specOf(terraformSpec, order);
  const plain = order.verb === 'create' || order.verb === 'change' || order.verb === 'delete';
  return plain ? spec : { ...spec, variables: { ...spec.variables, ...partFor(spec.verbs, order).variables } };
}

import { createHash } from 'node:crypto';
import { chmod, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../core/kernel/problem.ts';
import type { Order, Preview } from '../../core/runs/run.ts';
import { changeFolder, writeJson } from '../tools.ts';

/*
 * What a person confirmed is what happens. The plan of a preview is kept beside its state, for nobody else to read, and is
 * what the run applies, when it finds it: another process may have made it, and Terraform itself refuses it once the state
 * has moved on. Then the run plans anew, and stops when that is not what was confirmed.
 */

const kept = z.object({ run: z.string(), order: z.string() });
const print = ({ verb, spec }: Order): string =>
  createHash('sha256')
    .update(JSON.stringify([verb, spec]))
    .digest('hex');

/** Keeps the plan that was just made as the one that a run will be asked to carry out. The latest counts. */
export async function keepPlan(home: string, order: Order): Promise<void> {
  await writeJson(join(home, 'confirmed.json'), { run: order.run, order: print(order) });
  await changeFolder(async () => {
    await chmod(join(home, 'plan'), 0o600);
    await rename(join(home, 'plan'), join(home, 'confirmed'));
  });
}

/** Whether the plan that was shown for this very order is here. */
export async function hasPlan(home: string, order: Order): Promise<boolean> {
  const text = await readFile(join(home, 'confirmed.json'), 'utf8').catch(() => '');
  try {
    const { run, order: of } = kept.parse(JSON.parse(text));
    return order.confirmed !== undefined && run === order.run && of === print(order);
  } catch {
    return false;
  }
}

export const dropPlan = (home: string): Promise<void> =>
  changeFolder(async () => {
    await rm(join(home, 'confirmed.json'), { force: true });
    await rm(join(home, 'confirmed'), { force: true });
  });

const anew = ' (destroyed and made anew)';
const would = { create: 'made', change: 'changed', delete: 'destroyed', keep: 'kept' } as const;

/**
 * A plan may do less than was confirmed, since a part may be done already, and nothing else. What is being made was never
 * ready: what is half made may be made anew.
 */
export function mustBeConfirmed(planned: Preview['changes'], { confirmed, verb }: Order): void {
  if (!confirmed) return;
  const keyOf = ({ what, does }: Preview['changes'][number]) =>
    verb === 'create' ? what.replace(anew, '') : `${does} ${what}`;
  const known = new Set(confirmed.map(keyOf));
  const others = planned.filter((c) => !known.has(keyOf(c))).map((c) => `${c.what} would be ${would[c.does]}`);
  if (others.length === 0) return;
  throw new Problem(
    'plan_differs',
    `It would now do something else than was confirmed: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}. Something has changed since the preview, so nothing was done. Ask again to see what would happen now.`,
  );
}

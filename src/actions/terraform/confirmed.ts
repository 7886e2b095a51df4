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

const note = (home: string): string => join(home, 'confirmed.json');
const shownPlan = (home: string): string => join(home, 'confirmed');
const newPlan = (home: string): string => join(home, 'plan');

/** Keeps the plan that was just made as the one that a run will be asked to carry out. The latest counts. */
export async function keepPlan(home: string, order: Order): Promise<void> {
  // In this order: whenever we are killed, no note is left beside a plan that it is not of.
  await changeFolder(async () => {
    await rm(note(home), { force: true });
    await chmod(newPlan(home), 0o600);
    await rename(newPlan(home), shownPlan(home));
  });
  await writeJson(note(home), { run: order.run, order: print(order) });
}

/** Whether the plan that was shown for this very order is here. */
export async function hasPlan(home: string, order: Order): Promise<boolean> {
  const text = await readFile(note(home), 'utf8').catch(() => '');
  try {
    const { run, order: of } = kept.parse(JSON.parse(text));
    return order.confirmed !== undefined && run === order.run && of === print(order);
  } catch {
    return false;
  }
}

/** No plan is left here, since each holds values in the clear. What can't be removed is out of date, and refused as that. */
export async function dropPlans(home: string): Promise<void> {
  for (const file of [note(home), shownPlan(home), newPlan(home)]) await rm(file, { force: true }).catch(() => {});
}

const anew = ' (destroyed and made anew)';
const would = { create: 'made', change: 'changed', delete: 'destroyed', keep: 'kept' } as const;

/** What was confirmed, and of what is destroyed and made anew each half: a run that was cut off may have done the other. */
const parts = (c: Preview['changes'][number]): Preview['changes'] => {
  const what = c.what.replace(anew, '');
  return what === c.what ? [c] : [c, { what, does: 'create' }, { what, does: 'delete' }];
};

/**
 * A plan may do less than was confirmed, since a part may be done already, and nothing else. What is being made was never
 * ready: what is half made may be made anew.
 */
export function mustBeConfirmed(planned: Preview['changes'], { confirmed, verb }: Order): void {
  if (!confirmed) return;
  const keyOf = ({ what, does }: Preview['changes'][number]) =>
    verb === 'create' ? what.replace(anew, '') : `${does} ${what}`;
  const known = new Set(confirmed.flatMap(parts).map(keyOf));
  const others = planned.filter((c) => !known.has(keyOf(c))).map((c) => `${c.what} would be ${would[c.does]}`);
  if (others.length === 0) return;
  throw new Problem(
    'plan_differs',
    `It would now do something else than was confirmed: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}. Something has changed since the preview, so nothing was done. Ask again to see what would happen now.`,
  );
}

import type { Button, Ctx } from '../kernel/index.ts';
import { presses } from '../requests/keys.ts';

/** Opens the form of the golden path that something is about: who wanted it can have it at once. */
export const tryButton = (path: string, more: Partial<Button> = {}): Button => ({
  label: 'Try it',
  press: { name: presses.create, value: JSON.stringify({ path }) },
  opens: 'form',
  ...more,
});

/** Whether there is something to try: a golden path may be gone since it was named. */
export const canTry = (path: string | undefined, { catalog }: Pick<Ctx<unknown>, 'catalog'>): path is string =>
  path !== undefined && catalog.paths.some((p) => p.name === path);

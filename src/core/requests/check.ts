import { priorOf, readValues } from '../catalog/form.ts';
import type { GoldenPath } from '../catalog/path.ts';
import type { Ctx, FieldErrors, Person } from '../kernel/index.ts';
import { type Assessment, assess } from './assess.ts';
import type { Store } from './keys.ts';
import { pathOf, teamName, teamsOf } from './scope.ts';
import type { Request, Verdict } from './store.ts';

/**
 * Whether a request may go on at this moment, whatever was true when it was last looked at. `left`: who asked is not
 * here any more. `gone`: its path is not there. `moved`: its path has another version. `values`: the path does not take
 * them any more. `team`: it is not theirs any more.
 */
export type Checked =
  | { readonly is: 'fine'; readonly a: Assessment }
  | { readonly is: 'left'; readonly why: string }
  | { readonly is: 'gone'; readonly why: string; readonly broken: boolean }
  | { readonly is: 'moved'; readonly why: string; readonly path: GoldenPath }
  | { readonly is: 'values'; readonly why: string; readonly path: GoldenPath; readonly errors: FieldErrors }
  | { readonly is: 'team'; readonly why: string };

export async function check(request: Request, by: Person | undefined, ctx: Ctx<Store>): Promise<Checked> {
  if (!by || by.accounts.length === 0)
    return { is: 'left', why: 'The person who asked is not here any more, so nothing was made.' };
  const found = pathOf(request, ctx);
  if (!found.ok) return { is: 'gone', why: found.why, broken: found.is === 'broken' };
  const { path } = found;
  if (path.version !== request.version)
    return {
      is: 'moved',
      path,
      why: `${path.title} is at version ${path.version} now (it was ${request.version} when you asked), so I’m looking again.`,
    };
  const before = request.operation === undefined ? undefined : await valuesBefore(request, ctx);
  const read = readValues(path, priorOf(path, request.values), {
    ...(request.operation === undefined ? {} : { operation: request.operation }),
    ...(before ? { before } : {}),
  });
  if (!read.ok)
    return {
      is: 'values',
      path,
      errors: read.errors,
      why: `${path.title} has changed, and doesn’t take what you asked for any more: ${list(path, read.errors)}`,
    };
  if (!(await theirs(request, by, ctx)))
    return { is: 'team', why: `You are not in team ${teamName(request.team)} any more, so this can’t be made for it.` };
  return { is: 'fine', a: await assess(request, path, by, ctx) };
}

const valuesBefore = async (request: Request, ctx: Ctx<Store>) =>
  request.resource === undefined ? undefined : (await ctx.store.resources.byId(request.resource))?.values;

/** What is wrong with values, field by field, in one line. */
export const list = (path: GoldenPath, errors: FieldErrors): string =>
  Object.entries(errors)
    .map(([name, words]) => `${path.parameters.properties[name]?.title ?? name}: ${words}`)
    .join(' ');

/** A thing that is there may also be touched by whom it belongs to, and by the platform's own people. */
async function theirs(request: Request, by: Person, ctx: Ctx<Store>): Promise<boolean> {
  if (teamsOf(by, ctx).includes(request.team)) return true;
  if (request.resource === undefined) return false;
  const resource = await ctx.store.resources.byId(request.resource);
  return resource?.owner === by.id || by.roles.has('platform') || by.roles.has('admin');
}

/** Whether the person saw this verdict before they confirmed. */
export const sameVerdict = (seen: Verdict | undefined, now: Verdict): boolean =>
  seen?.is === now.is && (now.is !== 'approval' || (seen.is === 'approval' && seen.by.join() === now.by.join()));

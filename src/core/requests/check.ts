import type { GoldenPath } from '../catalog/path.ts';
import type { Ctx, Person } from '../kernel/index.ts';
import { type Assessment, assess } from './assess.ts';
import type { Store } from './keys.ts';
import { pathOf, teamName, teamsOf } from './scope.ts';
import type { Request, Verdict } from './store.ts';

/**
 * Whether a request may go on at this moment, whatever was true when it was last looked at. `left`: who asked is not
 * here any more. `gone`: its path is not there. `moved`: its path has another version. `team`: it is not theirs any more.
 * What hinders it beside that stands in the assessment.
 */
export type Checked =
  | { readonly is: 'fine'; readonly a: Assessment }
  | { readonly is: 'left'; readonly why: string }
  | { readonly is: 'gone'; readonly why: string; readonly broken: boolean }
  | { readonly is: 'moved'; readonly why: string; readonly path: GoldenPath }
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
  if (!(await theirs(request, by, ctx)))
    return { is: 'team', why: `You are not in team ${teamName(request.team)} any more, so this can’t be made for it.` };
  return { is: 'fine', a: await assess(request, path, by, ctx) };
}

/** A thing that is there may also be touched by whom it belongs to, and by the platform's own people. */
async function theirs(request: Request, by: Person, ctx: Ctx<Store>): Promise<boolean> {
  if (teamsOf(by, ctx).includes(request.team)) return true;
  if (request.resource === undefined) return false;
  const resource = await ctx.store.resources.byId(request.resource);
  return resource?.owner === by.id || by.roles.has('platform') || by.roles.has('admin');
}

/** Whether the person saw this verdict before they confirmed. */
const sameVerdict = (seen: Verdict | undefined, now: Verdict): boolean =>
  seen?.is === now.is && (now.is !== 'approval' || (seen.is === 'approval' && seen.by.join() === now.by.join()));

type Seen = Pick<Request, 'verdict' | 'cost'>;
/** Whether it costs what was shown, or nothing any more. A path may be edited without another version. */
export const sameCost = ({ cost: seen }: Seen, { cost: now }: Assessment): boolean =>
  now === undefined || (seen?.cents === now.cents && seen.currency === now.currency);
export const sameAsSeen = (seen: Seen, now: Assessment): boolean =>
  sameVerdict(seen.verdict, now.verdict) && sameCost(seen, now);

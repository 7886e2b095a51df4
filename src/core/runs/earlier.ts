import type { Ctx, Json } from '../kernel/index.ts';
import type { Verb, WithRuns } from './run.ts';

/** What was ordered of a thing before, for what takes parts of it away. */
export const earlier = async (
  verb: Verb,
  thing: { readonly slug: string } | undefined,
  ctx: Ctx<WithRuns>,
): Promise<readonly Json[]> =>
  thing && (verb === 'change' || verb === 'delete') ? ctx.store.runs.made(thing.slug) : [];

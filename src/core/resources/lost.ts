import type { Ctx, Effects } from '../kernel/index.ts';
import { about, keys, type Store } from './keys.ts';
import { times } from './lifetime.ts';
import { pathOf } from './parts.ts';
import { tellKeepers } from './reach.ts';
import type { Resource } from './store.ts';
import { missingView } from './told-view.ts';

/**
 * A backend has found that nothing of a thing is there any more, though nobody asked us to remove it. Its keepers are
 * told, once; it stays on their lists until they say what should become of it.
 */
export async function lost(resource: Resource, ctx: Ctx<Store>): Promise<Effects> {
  if (resource.state === 'missing' || resource.state === 'gone') return [];
  await ctx.store.resources.change(resource.id, { state: 'missing' }, ctx.now);
  const view = missingView(resource, pathOf(resource, ctx));
  const effects = await tellKeepers(resource, view, keys.lost(resource.id, ctx.now), ctx);
  await ctx.store.audit.append({
    at: ctx.now,
    who: 'groundcrew',
    what: 'resource.missing',
    about: about(resource),
    details: {},
  });
  return [...effects, ...times({ ...resource, state: 'gone' }, ctx.settings, ctx.now)];
}

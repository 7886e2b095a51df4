import { newer } from '../catalog/names.ts';
import type { GoldenPath, Ttl } from '../catalog/path.ts';
import { type Ctx, Problem, said, type View } from '../kernel/index.ts';
import type { Store } from './keys.ts';
import type { Resource } from './store.ts';

/** The path that made a thing, as the catalog has it now. */
export const pathOf = (resource: Pick<Resource, 'path'>, ctx: Pick<Ctx<unknown>, 'catalog'>): GoldenPath | undefined =>
  ctx.catalog.paths.find((p) => p.name === resource.path);

/** A thing that is there, locked for what is done to it now. */
export async function take(id: string, ctx: Ctx<Pick<Store, 'resources'>>): Promise<Resource> {
  const resource = await ctx.store.resources.take(id);
  if (resource) return resource;
  throw unknown();
}
export const unknown = () =>
  new Problem(
    'resource_unknown',
    'I don’t know this thing: it may be from before my memory was emptied. Ask me for “mine” to see what you have.',
  );

/** The version that a thing could move on to. */
export const upgradeOf = (resource: Resource, path: GoldenPath | undefined): string | undefined =>
  path && newer(path.version, resource.version) ? path.version : undefined;

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** What is this near to the next whole is the next whole: a reminder of “1 day” that is a minute late says so still. */
const nearly = 0.04;

/** A span of time in its largest whole unit, as people say it: “7 days”, “1 hour”. */
export function lasting(seconds: number): string {
  const [unit, size] = units.find(([, s]) => seconds / s + nearly >= 1) ?? units[2];
  const n = Math.max(1, Math.floor(seconds / size + nearly));
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

/** What a press of *Extend* comes to now: past the cap of its path it is a question. */
export const extendLabel = (resource: Resource, { extend, extensions }: Ttl): string =>
  resource.extended < extensions ? `Extend by ${lasting(extend)}` : 'Ask for more time';

/** A few words about a thing, when something did not go as the person expected. */
export const noticeView = (name: string, words: string, tone: 'info' | 'good' | 'warn' = 'warn'): View => ({
  id: 'resources.notice',
  title: name,
  summary: words,
  blocks: [{ kind: 'notice', tone, text: said(words) }],
});

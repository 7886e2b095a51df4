import { type Ctx, type Effects, type Handler, onObserved, onOutcome, shorten } from '../kernel/index.ts';
import { subDays } from '../kernel/instants.ts';
import { ownerOf } from './approval.ts';
import { keys } from './keys.ts';
import { type MergedPull, mergedPull, pullEvent, pullsAction, pullsFound } from './pull.ts';
import { limits } from './rules.ts';
import type { Entry, Pull } from './store.ts';
import type { Store } from './telling.ts';
import type { Changelog } from './week.ts';
import { unreadView } from './week-view.ts';

/** Longer than a week, so that one whose label came late, or that was merged while GitHub was away, is found. */
const lookedBackDays = 8;

/** Webhooks are lost, so each hour it is looked which there are. */
export async function lookForPulls(changelog: Changelog, ctx: Ctx<Store>): Promise<Effects> {
  const { pullRequests } = changelog;
  if (!pullRequests) return [];
  const { repositories, label } = pullRequests;
  const last = (await ctx.store.announcements.lastChangelog()) ?? ctx.now;
  const since = subDays(last, lookedBackDays).toISOString();
  return [{ kind: 'act', action: pullsAction, key: pullsAction, input: { repositories, label, since } }];
}

/** What the week’s list says of it. */
export const pullEntry = ({ repository, number, words, url }: Pull): Entry => ({
  id: `pull/${repository}#${number}`,
  kind: 'changed',
  text: shorten(words.replace(/\s+/g, ' '), limits.title * 2),
  link: url,
});

/** Whether it is news is decided by the settings, here: the label may be taken off again, or the repository be another’s. */
async function note(pull: MergedPull, ctx: Ctx<Store>): Promise<void> {
  const named = ctx.settings.announcements.changelog?.pullRequests;
  const repository = named?.repositories.find((r) => r.toLowerCase() === pull.repository.toLowerCase());
  if (!named || repository === undefined) return;
  const { number, words, url, labels } = pull;
  const at = { merged: new Date(pull.merged), changed: new Date(pull.changed) };
  const news = labels.includes(named.label);
  await ctx.store.announcements.notePull({ repository, number, words, url, ...at }, news);
}

export const pulls: readonly Handler<Store>[] = [
  onObserved(pullEvent, mergedPull, async (pull, ctx: Ctx<Store>) => {
    await note(pull, ctx);
    return [];
  }),
  onOutcome(pullsAction, pullsFound, async (_, found, ctx: Ctx<Store>): Promise<Effects> => {
    if (found.ok) {
      for (const pull of found.pulls) await note(pull, ctx);
      return [];
    }
    const { changelog } = ctx.settings.announcements;
    if (found.passing || !changelog) return [];
    const owner = await ownerOf(changelog, ctx);
    const last = (await ctx.store.announcements.lastChangelog()) ?? ctx.now;
    // Once a week: it is refused each hour until somebody mends it.
    const key = keys.unread(last.toISOString());
    return owner ? [{ kind: 'tell', person: owner.id, key, view: unreadView(found.why) }] : [];
  }),
];

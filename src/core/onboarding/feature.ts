import { z } from 'zod';
import type { GoldenPath } from '../catalog/path.ts';
import {
  type Block,
  type Ctx,
  type Effects,
  type Feature,
  onCommand,
  onDue,
  onObserved,
  onPress,
  type PersonCtx,
  type PersonId,
  personas,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { addHours, subDays } from '../kernel/instants.ts';
import { chosenNotice, presses as people, welcomeView } from '../people/views.ts';
import { closedTo } from '../requests/catalog.ts';
import { usableFor, withDocs } from '../requests/scope.ts';
import { moved, runMoved } from '../runs/report.ts';
import { checklistKey, helpersOf, look, lookAndSay, type Store } from './looking.ts';
import { lookedAfterDays } from './rules.ts';
import type { Page } from './search.ts';
import { checklistView, foundView, shelfView, startView } from './views.ts';

/** How many golden paths somebody begins with, and how much to read they are shown. */
const toBegin = 3;
const toRead = 5;
const found = 8;
/** How many sessions are looked through for office hours. */
const looked = 20;
/** How much of what was typed is looked for and said again. */
const wordsMax = 100;

/** What somebody can make something from now, what is made for people like them first. */
async function usablePaths(ctx: PersonCtx<Store>): Promise<readonly GoldenPath[]> {
  const { by, now } = ctx;
  const health = new Map((await ctx.store.health.all()).map((h) => [h.path, h]));
  const fits = (path: GoldenPath) => (by.persona && path.personas.includes(by.persona) ? 0 : 1);
  return ctx.catalog.paths
    .filter((p) => p.lifecycle.is === 'active' && usableFor(p, health.get(p.name), by, now).ok)
    .filter((p) => closedTo(p, by, now) === undefined)
    .toSorted((a, b) => fits(a) - fits(b));
}

/** The docs that are configured, for everybody or for people like them. */
function docsFor({ by, settings }: PersonCtx<Store>): readonly Page[] {
  const fits = ({ personas }: Page) => personas.length === 0 || (by.persona && personas.includes(by.persona));
  return settings.onboarding.docs.filter(fits).map(({ words: _, ...page }) => page);
}

/** Where to begin, and, the first time, the checklist that stays in their direct messages. */
async function start(ctx: PersonCtx<Store>, news: readonly Block[] = []): Promise<Effects> {
  const { it, fresh } = await ctx.store.onboarding.begin(ctx.by.id, ctx.account, ctx.now);
  const seen = (await look(it, ctx.by, ctx)) ?? it;
  const helpers = await helpersOf(ctx);
  const paths = (await usablePaths(ctx)).slice(0, toBegin);
  const next = (await ctx.store.officeHours.coming(ctx.now, looked)).find(
    ({ series, session }) => series.kind === 'office-hours' && session.state !== 'skipped',
  );
  const view = startView({
    by: ctx.by,
    it: seen,
    helpers,
    paths,
    docs: docsFor(ctx).slice(0, toRead),
    ...(next ? { hours: next } : {}),
  });
  const key = checklistKey(seen);
  const list = checklistView(seen, helpers);
  return [
    whisper({ ...view, blocks: [...news, ...view.blocks] }),
    fresh
      ? { kind: 'tell', person: ctx.by.id, via: ctx.account, key, view: list }
      : { kind: 'edit', key, view: list, leave: true },
  ];
}

async function docs(typed: string, ctx: PersonCtx<Store>): Promise<Effects> {
  const words = shorten(typed.trim(), wordsMax);
  if (words === '') return [whisper(shelfView(docsFor(ctx)))];
  const paths = ctx.catalog.paths.map((p) => withDocs(p, ctx));
  // The library that searches is loaded when somebody does.
  const { findPages } = await import('./search.ts');
  const pages = findPages(words, paths, ctx.settings, found);
  const open = new Set((await usablePaths(ctx)).map((p) => p.name));
  return [whisper(foundView(words, pages, (path) => open.has(path)))];
}

const everyHours = 1;
const batch = 100;
const lookAt = (at: Date, after?: PersonId): Effects => [
  { kind: 'later', job: 'onboarding.look', input: after === undefined ? {} : { after }, at, key: 'onboarding.look' },
];

/** Looks at all that are not through, some at a time: what the cluster shows and which team they are in comes unasked. */
async function lookAround(after: PersonId | undefined, ctx: Ctx<Store>): Promise<Effects> {
  const open = await ctx.store.onboarding.open(subDays(ctx.now, lookedAfterDays), batch, after);
  const said: Effects[] = [];
  for (const it of open) said.push(await lookAndSay(it, ctx));
  const last = open.length === batch ? open.at(-1)?.person : undefined;
  return [...said.flat(), ...(last ? lookAt(ctx.now, last) : lookAt(addHours(ctx.now, everyHours)))];
}

/** The first days of somebody new: where to begin, whom to ask, what to read, and a list that ticks itself. */
export const onboarding: Feature<Store> = {
  name: 'onboarding',
  area: 'You and I',
  handlers: [
    onCommand(
      'start',
      { summary: 'Where to begin, and how far you are', may: 'anyone' },
      async (_, ctx: PersonCtx<Store>) =>
        ctx.by.persona ? start(ctx) : [whisper(welcomeView(ctx.by, ctx.settings.name))],
    ),
    onPress(people.persona, z.enum(personas), 'anyone', async (persona, ctx: PersonCtx<Store>) => {
      await ctx.store.people.choose(ctx.by.id, { persona });
      return start({ ...ctx, by: { ...ctx.by, persona } }, [chosenNotice(persona)]);
    }),
    onCommand(
      'docs',
      { summary: 'Search the docs and the golden paths', usage: '[words]', may: 'anyone' },
      async (args, ctx: PersonCtx<Store>) => docs(args, ctx),
    ),
    // Nobody should have to wait for the hour in which their first thing is ready.
    onObserved(runMoved, moved, async ({ key, progress }, ctx: Ctx<Store>) => {
      if (progress.state !== 'ready') return [];
      const request = await ctx.store.requests.byRun(key);
      const it = request && (await ctx.store.onboarding.of(request.requester));
      return it ? lookAndSay(it, ctx) : [];
    }),
    // At once: a bot that starts again within each hour would put it off for ever.
    onObserved('started', z.object({}), async (_, ctx: Ctx<Store>) => lookAt(ctx.now)),
    onDue('onboarding.look', z.object({ after: z.string().optional() }), async ({ after }, _, ctx: Ctx<Store>) =>
      lookAround(after as PersonId | undefined, ctx),
    ),
  ],
};

import { z } from 'zod';
import { runPress } from '../help/views.ts';
import {
  type Effects,
  type HomePart,
  onCommand,
  onPress,
  type PersonCtx,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import { cardView, whichView } from './card-view.ts';
import { operationFacts } from './day-two.ts';
import { identified, listed, presses, type Store } from './keys.ts';
import { limitRows, listView, mineButton } from './list-view.ts';
import { noticeView, pathOf, unknown } from './parts.ts';
import { operationsFor } from './rules.ts';
import type { Resource, Whose } from './store.ts';

/** How many things a list shows at once: Slack's limit of blocks leaves room for about twice as many. */
const page = 12;
const onHome = 5;
/** How many of the last things that happened stand on a card. */
const remembered = 6;

type Ctx = PersonCtx<Store>;

export async function card(resource: Resource, ctx: Ctx): Promise<View> {
  const path = pathOf(resource, ctx);
  const owner = await ctx.store.people.byId(resource.owner);
  return cardView({
    resource,
    path,
    by: ctx.by,
    now: ctx.now,
    operations: path ? operationsFor(resource, path, ctx.by, (o) => operationFacts(resource, path, o, ctx)) : [],
    owned: (owner?.accounts.length ?? 0) > 0,
    history: await ctx.store.resources.history(resource, remembered),
    team: ctx.settings.name,
  });
}

type Page = { readonly whose: Whose; readonly after?: string | undefined; readonly limit: number };
async function list(
  ctx: Ctx,
  title: string,
  { whose, after, limit }: Page,
  empty: View['blocks'][number] & { kind: 'text' },
): Promise<View> {
  const { resources } = ctx.store;
  const found = await resources.of(whose, limit + 1, after);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const first = after === undefined;
  const teams = whose.teams ?? ctx.by.teams;
  const totals = first
    ? await Promise.all(teams.map(async (team) => ({ team, totals: await resources.totals({ teams: [team] }) })))
    : [];
  return listView(
    title,
    { resources: shown, paths: ctx.catalog.paths, by: ctx.by.id, now: ctx.now },
    {
      ...(first ? { sum: await resources.totals(whose) } : {}),
      limits: limitRows(ctx.settings, teams, totals),
      empty: first ? empty.text : text`That’s all.`,
      ...(found.length > limit && last
        ? {
            more: {
              label: 'Show more',
              press: {
                name: presses.more,
                value: JSON.stringify({ ...(whose.teams ? { teams: whose.teams } : {}), after: last.id }),
              },
            },
          }
        : {}),
      buttons: found.length === 0 && first ? [startButton] : [],
    },
  );
}

/** Runs the command, as if it had been typed. */
const startButton = {
  label: 'See what you can get',
  press: { name: runPress, value: JSON.stringify('catalog') },
} as const;

const nothingYet = (ctx: Ctx) =>
  ({
    kind: 'text',
    text: text`You have nothing yet. Databases, queues, environments and more take a few minutes and no ticket: ${ctx.settings.name} keeps the golden paths to them.`,
  }) as const;
const mine = (ctx: Ctx, limit = page, after?: string) =>
  list(ctx, 'Your things', { whose: { owner: ctx.by.id }, after, limit }, nothingYet(ctx));

async function teams(names: readonly string[], ctx: Ctx, after?: string): Promise<View> {
  const title = names.length === 1 ? `Things of team ${names[0]}` : 'Things of your teams';
  return list(
    ctx,
    title,
    { whose: { teams: names }, after, limit: page },
    {
      kind: 'text',
      text: text`Nothing yet. What people of the team make through me appears here, whoever made it.`,
    },
  );
}

async function team(args: string, ctx: Ctx): Promise<View> {
  const typed = args.trim();
  if (typed !== '') {
    const name = Object.keys(ctx.settings.teams).find((t) => t.toLowerCase() === typed.toLowerCase());
    if (name !== undefined) return teams([name], ctx);
    const known = Object.keys(ctx.settings.teams).slice(0, 20);
    return noticeView(
      'Team',
      `I don’t know a team “${typed.slice(0, 60)}”.${known.length > 0 ? ` There are ${new Intl.ListFormat('en').format(known)}.` : ''}`,
    );
  }
  if (ctx.by.teams.length > 0) return teams(ctx.by.teams, ctx);
  return noticeView(
    'Team',
    `You’re in no team that I know of. Ask ${ctx.settings.name} to put you into one in groundcrew.yaml, or name a team: “team inventory”.`,
  );
}

/** How many things with one name are offered to choose from. */
const namesakes = 10;
async function show(args: string, ctx: Ctx): Promise<View> {
  const typed = args.trim().slice(0, 100);
  if (typed === '') return mine(ctx);
  const found = await ctx.store.resources.named(typed, namesakes);
  // One's own goes before what others gave the same name.
  const own = found.filter((r) => r.owner === ctx.by.id);
  const [only] = found.length === 1 ? found : own.length === 1 ? own : [];
  if (only) return card(only, ctx);
  if (found.length > 0)
    return whichView(
      typed,
      found.map((resource) => ({ resource, title: pathOf(resource, ctx)?.title ?? resource.path })),
    );
  return noticeView(
    'Not found',
    `I don’t know anything called “${typed}”. It may be gone. Ask me for “mine” to see what you have, or for “team” to see what your team has.`,
  );
}

export const inventory = [
  onCommand('mine', { summary: 'What you have: state, cost, when it ends', may: 'anyone' }, async (_, ctx: Ctx) => [
    whisper(await mine(ctx)),
  ]),
  onCommand(
    'team',
    { summary: 'What your team has, and what is left of its limits', usage: '[team]', may: 'anyone' },
    async (args, ctx: Ctx) => [whisper(await team(args, ctx))],
  ),
  onCommand(
    'show',
    { summary: 'One thing: all about it, and what you can do with it', usage: '[name]', may: 'anyone' },
    async (args, ctx: Ctx) => [whisper(await show(args, ctx))],
  ),
  onPress(presses.mine, z.object({}), 'anyone', async (_, ctx: Ctx) => [whisper(await mine(ctx))]),
  onPress(presses.show, identified, 'anyone', async ({ id }, ctx: Ctx) => {
    const resource = await ctx.store.resources.byId(id);
    if (!resource) throw unknown();
    return [whisper(await card(resource, ctx))];
  }),
  onPress(presses.team, z.object({ team: z.string().max(60) }), 'anyone', async ({ team: name }, ctx: Ctx) => [
    whisper(await team(name, ctx)),
  ]),
  onPress(
    presses.more,
    listed,
    'anyone',
    async ({ teams: names, after }, ctx: Ctx): Promise<Effects> => [
      whisper(names ? await teams(names, ctx, after) : await mine(ctx, page, after)),
    ],
  ),
];

export async function home(ctx: Ctx): Promise<HomePart> {
  const view = await mine(ctx, onHome);
  return {
    title: 'Your things',
    blocks: view.blocks.filter((b) => b.kind !== 'buttons'),
    buttons: [mineButton],
  };
}

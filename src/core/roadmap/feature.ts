import { z } from 'zod';
import { presses } from '../feedback/buttons.ts';
import type { Store } from '../feedback/moving.ts';
import type { Feedback } from '../feedback/store.ts';
import {
  type Ctx,
  type Effects,
  type Feature,
  mayDo,
  onCommand,
  onPress,
  type PersonCtx,
  shorten,
  type View,
  whisper,
} from '../kernel/index.ts';
import { type Cut, cuts, lanesOf } from './board.ts';
import { readBoard } from './board-reading.ts';
import { boardPresses, boardView, homeBlocks, roadmapButton } from './board-view.ts';
import { bonds } from './bonds.ts';
import { details } from './details.ts';
import { itemView } from './item-view.ts';
import { reactions } from './reactions.ts';
import { scoreOf } from './score.ts';
import { telling } from './telling.ts';
import { trackerOf, tracking } from './tracking.ts';
import { canTry } from './trying.ts';
import { numbered, rootItem, scoreFor, voices } from './voices.ts';

/** How many a search finds. */
const foundMost = 20;

async function board(cut: Cut, ctx: PersonCtx<Store>): Promise<View> {
  const all = await readBoard(ctx);
  return boardView(cut, lanesOf(cut, all, ctx.now), all.length);
}

/** What somebody asked for or wants too, whatever became of it. */
async function mine(ctx: PersonCtx<Store>): Promise<View> {
  const items = [
    ...(await ctx.store.feedback.mine(ctx.by.id, foundMost)),
    ...(await ctx.store.roadmap.wanted(ctx.by.id, foundMost)),
  ];
  const counts = await ctx.store.roadmap.counts(items.map((item) => item.number));
  const own = items.map((item) => ({ item, score: scoreOf(item, counts.get(item.number) ?? []) }));
  const lane = { title: 'What you asked for, and what you want too', entries: own };
  return boardView('mine', own.length > 0 ? [lane] : [], own.length);
}

/** What each said of how much it hurts, the requester’s among them. */
async function painsOf(items: readonly Feedback[], ctx: Ctx<Store>): Promise<readonly number[]> {
  const pains = [0, 0, 0, 0, 0];
  for (const item of items) {
    const said = [item.pain, ...(await ctx.store.roadmap.voices(item.number)).flatMap((v) => v.pain ?? [])];
    for (const pain of said) pains[pain - 1] = (pains[pain - 1] ?? 0) + 1;
  }
  return pains;
}

async function show(number: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const item = await rootItem(number, ctx);
  const { roadmap, feedback } = ctx.store;
  const merged = await roadmap.merged(item.number);
  const issue = await roadmap.issue(item.number);
  const tracker = trackerOf(ctx);
  return [
    whisper(
      itemView({
        item,
        merged,
        history: await feedback.history(item.number),
        score: await scoreFor(item, ctx),
        relations: await roadmap.relations(item.number),
        verdicts: await roadmap.verdicts(item.number),
        pains: await painsOf([item, ...merged], ctx),
        triage: mayDo(['platform', 'product'], ctx.by.roles),
        ...(issue ? { issue } : {}),
        ...(canTry(item.path, ctx) ? { path: item.path } : {}),
        ...(tracker === undefined ? {} : { tracker }),
      }),
    ),
  ];
}

const isCut = (word: string): word is Cut => (cuts as readonly string[]).includes(word);

export const roadmap: Feature<Store> = {
  name: 'roadmap',
  area: 'Say what would help',
  handlers: [
    onCommand(
      'roadmap',
      {
        summary: 'What is planned, why, and what others want',
        usage: '[mine | quarter | persona | number]',
        may: 'anyone',
      },
      async (args, ctx) => {
        const word = args
          .trim()
          .toLowerCase()
          .replace(/^by\s+/, '');
        const number = /^#?(\d{1,9})$/.exec(word)?.[1];
        if (number !== undefined) return show(Number(number), ctx);
        return [whisper(word === 'mine' ? await mine(ctx) : await board(isCut(word) ? word : 'now', ctx))];
      },
    ),
    onPress(boardPresses.show, z.object({ cut: z.enum(cuts) }), 'anyone', async ({ cut }, ctx: PersonCtx<Store>) => [
      whisper(await board(cut, ctx)),
    ]),
    onPress(presses.more, numbered, 'anyone', ({ number }, ctx: PersonCtx<Store>) => show(number, ctx)),
    ...voices,
    ...reactions,
    ...details,
    ...bonds,
    ...telling,
    ...tracking,
  ],
  sources: {
    'roadmap.items': async (query, ctx) =>
      (await ctx.store.roadmap.find(query, foundMost)).map(({ number, what }) => ({
        value: String(number),
        label: shorten(`#${number} ${what}`, 75),
      })),
  },
  home: async (ctx) => {
    const [now] = lanesOf('now', await readBoard(ctx), ctx.now).filter((lane) => lane.title === 'Now');
    return { title: 'Roadmap', blocks: homeBlocks(now), buttons: [roadmapButton] };
  },
};

import { redraw } from '../feedback/cards.ts';
import type { Store } from '../feedback/moving.ts';
import { type Effects, onCommand, onReacted, onReplied, type PersonCtx, whisper } from '../kernel/index.ts';
import { whichView } from './bond-view.ts';
import type { Way } from './store.ts';
import { countedView } from './voice-view.ts';
import { count, rootItem, scoreFor } from './voices.ts';

/** Reactions that say “me too”, by Slack’s names and by Teams’. Eyes, questions and thumbs down say something else. */
const affirming: ReadonlySet<string> = new Set([
  '+1',
  'thumbsup',
  'heavy_plus_sign',
  'heart',
  'fire',
  '100',
  'raised_hand',
  'raised_hands',
  'hand',
  'point_up',
  'rocket',
  'like',
  'plusOne',
]);

/** Words that say no more than “me too”, as a reply or as the beginning of one. Anything else may say something else. */
const agrees =
  /^(?:\+1|👍|➕|🙋|🙌|:(?:\+1|thumbsup|heavy_plus_sign|raised_hands?):|(?:me|us|we),? too|same(?: here| for (?:me|us))|(?:i|we) (?:also )?(?:need|want|would (?:love|like)) (?:this|it|that)(?: too| as well)?)(?: from [^.!?]{1,60})?$/iu;
const skins = /\p{Emoji_Modifier}|:skin-tone-\d:|\uFE0F/gu;
/** The first thing that is said, which the rest explains. */
export const agreed = (words: string): boolean =>
  agrees.test((words.replaceAll(skins, '').split(/[\n.!?;–—]|,(?! too)/, 1)[0] ?? '').replaceAll(/\s+/g, ' ').trim());

const wayOf = (name: string): Way => `reaction/${name}`;

/** What is said on the card itself: a reaction, or a reply under it. */
export const reactions = [
  onReacted('roadmap.reaction', async ({ native, added, removed }, ctx: PersonCtx<Store>): Promise<Effects> => {
    const number = ctx.place && (await ctx.store.roadmap.cardAt(ctx.place, native));
    const item = number === undefined ? undefined : await ctx.store.roadmap.item(number);
    if (!item) return [];
    let changed = false;
    for (const name of added)
      if (affirming.has(name)) changed = (await count(item, ctx, { way: wayOf(name) }, ctx)) || changed;
    for (const name of removed)
      changed = (await ctx.store.roadmap.unsay(item.number, ctx.by.id, wayOf(name))) || changed;
    return changed ? redraw(item.number, ctx) : [];
  }),
  onReplied('roadmap.reply', async ({ native, text }, ctx: PersonCtx<Store>): Promise<Effects> => {
    const number = ctx.place && agreed(text) ? await ctx.store.roadmap.cardAt(ctx.place, native) : undefined;
    const item = number === undefined ? undefined : await ctx.store.roadmap.item(number);
    return item && (await count(item, ctx, { way: 'reply' }, ctx)) ? redraw(item.number, ctx) : [];
  }),
  onCommand(
    'me too',
    { summary: 'You want it as well: under a card, or by its number', usage: '[number]', may: 'anyone' },
    async (args, ctx: PersonCtx<Store>): Promise<Effects> => {
      const typed = /^#?(\d{1,9})\b/.exec(args.trim())?.[1];
      const here = ctx.place && ctx.under ? await ctx.store.roadmap.cardAt(ctx.place, ctx.under) : undefined;
      const number = typed === undefined ? here : Number(typed);
      if (number === undefined) return [whisper(whichView())];
      const item = await rootItem(number, ctx);
      const fresh = await count(item, ctx, { way: 'reply' }, ctx);
      return [
        whisper(countedView(item, await scoreFor(item, ctx), ctx.by, fresh)),
        ...(fresh ? await redraw(item.number, ctx) : []),
      ];
    },
  ),
];

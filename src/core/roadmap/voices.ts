import { z } from 'zod';
import { file } from '../feedback/asking.ts';
import { presses } from '../feedback/buttons.ts';
import { keys, redraw } from '../feedback/cards.ts';
import type { Store } from '../feedback/moving.ts';
import type { Feedback } from '../feedback/store.ts';
import { type Ctx, type Effects, onPress, onSubmit, type PersonCtx, Problem, whisper } from '../kernel/index.ts';
import { hurtForm, hurtFormFor } from './forms.ts';
import { scoreOf } from './score.ts';
import { similarPresses } from './similar-view.ts';
import type { Way } from './store.ts';
import { countedView, joinedView, mutedView, voicePresses } from './voice-view.ts';

export const numbered = z.object({ number: z.int32().positive() });

/** The item that a number means now: what it was merged into. */
export async function rootItem(number: number, ctx: Ctx<Store>): Promise<Feedback> {
  const root = await ctx.store.roadmap.rootOf(number);
  const item = root === undefined ? undefined : await ctx.store.roadmap.item(root);
  if (item) return item;
  throw new Problem('feedback_unknown', `There is no feedback #${number}. Ask me for “roadmap” to see what there is.`);
}

export async function scoreFor(item: Feedback, ctx: Ctx<Store>) {
  return scoreOf(item, (await ctx.store.roadmap.counts([item.number])).get(item.number) ?? []);
}

type Said = { readonly way: Way; readonly pain?: number; readonly team?: string };
/**
 * Counts somebody who wants an item too, or the whole that it is part of. False when they were counted already, or asked
 * for it themselves.
 */
export async function count(
  item: Pick<Feedback, 'number' | 'requester'>,
  { by, account }: Pick<PersonCtx<Store>, 'by' | 'account'>,
  { way, pain, team = by.teams[0] }: Said,
  ctx: Ctx<Store>,
): Promise<boolean> {
  if (item.requester === by.id) return false;
  const root = (await ctx.store.roadmap.rootOf(item.number)) ?? item.number;
  const before = await ctx.store.roadmap.wants(root, by.id);
  await ctx.store.roadmap.say({
    feedback: item.number,
    person: by.id,
    way,
    account,
    at: ctx.now,
    ...(pain === undefined ? {} : { pain }),
    ...(team === undefined ? {} : { team }),
  });
  return !before;
}

const draftTaken = () =>
  new Problem(
    'draft_unknown',
    'What you wrote was sent already, or it waited for more than a week. Nothing was done a second time. Ask me for “feedback mine” to see yours.',
  );

export const voices = [
  onPress(
    presses.meToo,
    z.object({ number: z.int32().positive(), draft: z.uuid().optional() }),
    'anyone',
    async ({ number, draft: id }, ctx: PersonCtx<Store>) => {
      const item = await rootItem(number, ctx);
      const draft = id === undefined ? undefined : await ctx.store.roadmap.takeDraft(id, ctx.by.id);
      if (id !== undefined && !draft) throw draftTaken();
      const said = draft ? { way: 'button', pain: draft.pain } : { way: 'button' };
      const fresh = await count(item, ctx, said as Said, ctx);
      await ctx.store.roadmap.unmute(item.number, ctx.by.id);
      const effects: Effects = [whisper(countedView(item, await scoreFor(item, ctx), ctx.by, fresh, draft?.pain))];
      if (!fresh) return effects;
      return [
        ...effects,
        ...(await redraw(item.number, ctx)),
        // What they wrote is not lost: the team reads it under the card.
        ...(draft
          ? [
              {
                kind: 'reply' as const,
                to: keys.triage(item.number),
                key: `feedback/${item.number}/voice/${ctx.by.id}`,
                view: joinedView(item, ctx.by.id, draft),
              },
            ]
          : []),
      ];
    },
  ),
  onPress(
    similarPresses.send,
    z.object({ draft: z.uuid() }),
    'anyone',
    async ({ draft: id }, ctx: PersonCtx<Store>) => {
      const draft = await ctx.store.roadmap.takeDraft(id, ctx.by.id);
      if (!draft) throw draftTaken();
      return file(draft, ctx);
    },
  ),
  onPress(voicePresses.hurts, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => [
    {
      kind: 'ask',
      form: hurtFormFor(await rootItem(number, ctx), ctx.by.teams),
      carry: JSON.stringify({ number }),
    },
  ]),
  onSubmit(hurtForm, 'anyone', async ({ pain, team }, carry, ctx: PersonCtx<Store>) => {
    const item = await rootItem(numbered.parse(JSON.parse(carry)).number, ctx);
    const own = team !== undefined && ctx.by.teams.includes(team) ? { team } : {};
    await count(item, ctx, { way: 'button', pain, ...own }, ctx);
    return [
      whisper(countedView(item, await scoreFor(item, ctx), ctx.by, true, pain)),
      ...(await redraw(item.number, ctx)),
    ];
  }),
  onPress(voicePresses.takeBack, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const item = await rootItem(number, ctx);
    const parts = [item, ...(await ctx.store.roadmap.merged(item.number))];
    for (const part of parts) await ctx.store.roadmap.unsay(part.number, ctx.by.id);
    return [whisper(mutedView(item, 'taken')), ...(await redraw(item.number, ctx))];
  }),
  onPress(presses.mute, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const item = await rootItem(number, ctx);
    await ctx.store.roadmap.mute(item.number, ctx.by.id, ctx.now);
    return [whisper(mutedView(item, 'muted'))];
  }),
  onPress(voicePresses.unmute, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const item = await rootItem(number, ctx);
    await ctx.store.roadmap.unmute(item.number, ctx.by.id);
    return [whisper(mutedView(item, 'unmuted'))];
  }),
];

import { z } from 'zod';
import { type Ctx, type Effect, type Effects, onPress, onSubmit, type PersonCtx, whisper } from '../kernel/index.ts';
import { similarView } from '../roadmap/similar-view.ts';
import { presses } from './buttons.ts';
import { requesterCard, triageCard } from './card-view.ts';
import { keys } from './cards.ts';
import { newFeedback } from './forms.ts';
import type { Store } from './moving.ts';
import type { Feedback } from './store.ts';

/** How many items are shown that are like what somebody is about to send. */
const likeMost = 3;

export const ask = (prior: Readonly<Record<string, unknown>> = {}, permalink?: string): Effects => [
  { kind: 'ask', form: newFeedback, carry: JSON.stringify(permalink ? { permalink } : {}), prior },
];

/** Where it is confirmed to whoever asked, and where it is decided. */
export const announce = (item: Feedback, ctx: Ctx<unknown>): Effects => [
  {
    kind: 'tell',
    person: item.requester,
    via: item.account,
    key: keys.requester(item.number),
    view: requesterCard(item, [], ctx.settings.name),
  },
  ...ctx.settings.channels.triage.map(
    (place): Effect => ({ kind: 'say', place, key: keys.triage(item.number), view: triageCard(item, []) }),
  ),
];

type Words = Pick<Feedback, 'what' | 'why' | 'pain' | 'permalink'>;
export async function file({ what, why, pain, permalink }: Words, ctx: PersonCtx<Store>): Promise<Effects> {
  const [team] = ctx.by.teams;
  const item = await ctx.store.feedback.add({
    requester: ctx.by.id,
    account: ctx.account,
    what,
    why,
    pain,
    created: ctx.now,
    ...(permalink === undefined ? {} : { permalink }),
    ...(team === undefined ? {} : { team }),
  });
  return announce(item, ctx);
}

export const asking = [
  onPress(presses.start, z.object({}), 'anyone', async () => ask()),
  onSubmit(newFeedback, 'anyone', async ({ what, why, pain }, carry, ctx: PersonCtx<Store>) => {
    const { permalink } = z.object({ permalink: z.url().optional() }).parse(JSON.parse(carry));
    const words = { what, why, pain, ...(permalink === undefined ? {} : { permalink }) };
    const like = await ctx.store.roadmap.similar(what, ctx.by.id, likeMost);
    if (like.length === 0) return file(words, ctx);
    // What was typed is kept while they look at what is there: one tap joins that, another sends it all the same.
    const id = ctx.id();
    await ctx.store.roadmap.keepDraft({ ...words, id, person: ctx.by.id, account: ctx.account, at: ctx.now });
    return [whisper(similarView(like, id, what))];
  }),
];

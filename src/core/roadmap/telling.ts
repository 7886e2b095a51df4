import { z } from 'zod';
import { redraw } from '../feedback/cards.ts';
import { returnForm, wordForm } from '../feedback/forms.ts';
import { make, type Store } from '../feedback/moving.ts';
import { isOpen, stateNames } from '../feedback/rules.ts';
import type { Feedback } from '../feedback/store.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  onDue,
  onPress,
  onSubmit,
  type PersonCtx,
  Problem,
  whisper,
} from '../kernel/index.ts';
import { savedView } from './bond-view.ts';
import { newsPresses, newsView } from './news-view.ts';
import { returnedView } from './returned-view.ts';
import type { Notice } from './store.ts';
import { canTry } from './trying.ts';
import { numbered, rootItem } from './voices.ts';
import { tellAt, tellJob, tellNow } from './when.ts';

/** How many people one beat of the clock tells: their rows are written in one transaction. */
const peopleAtOnce = 200;

/** What can be tried is tried with a button: what cannot be any more is not offered. */
const offered = (notices: readonly Notice[], ctx: Ctx<Store>): readonly Notice[] =>
  notices.map((n) => {
    const { path, ...item } = n.item;
    return { ...n, item: canTry(path, ctx) ? n.item : item };
  });

/** Everything that waits for one person, in one message. Its key names the first of it, which is told only once. */
async function tell(notices: readonly Notice[], ctx: Ctx<Store>): Promise<Effect | undefined> {
  const [first] = notices;
  if (!first) return undefined;
  const key = `roadmap/told/${first.move}/${first.person}`;
  await ctx.store.roadmap.told(notices, key);
  return {
    kind: 'tell',
    person: first.person,
    key,
    view: newsView(offered(notices, ctx)),
    ...(first.account ? { via: first.account } : {}),
  };
}

/** The message that told somebody, as it is after they said whether it helps. */
async function retold(item: Feedback, ctx: PersonCtx<Store>): Promise<Effects> {
  const key = (await ctx.store.roadmap.toldShipped(item.number, ctx.by.id))?.key;
  if (key === undefined) return [];
  const own = (await ctx.store.roadmap.noticesOf(key)).filter((n) => n.person === ctx.by.id);
  return [{ kind: 'edit', key, view: newsView(offered(own, ctx)) }];
}

/** Only who wanted it can say whether it helps. */
async function wantedItem(number: number, ctx: PersonCtx<Store>): Promise<Feedback> {
  const item = await rootItem(number, ctx);
  if (await ctx.store.roadmap.wants(item.number, ctx.by.id)) return item;
  throw new Problem(
    'feedback_not_asked',
    `You didn’t ask for #${number}, so there is nothing that you could say of it. Nothing was changed. “Me too” on the roadmap counts you in.`,
  );
}

export const telling = [
  onDue(tellJob, z.object({}), async (_, __, ctx: Ctx<Store>): Promise<Effects> => {
    await ctx.store.roadmap.expand(ctx.now);
    const notices = await ctx.store.roadmap.claim(peopleAtOnce);
    const people = Map.groupBy(notices, (n) => n.person);
    const effects: Effect[] = [];
    for (const each of people.values()) {
      const told = await tell(each, ctx);
      if (told) effects.push(told);
    }
    // Those whom another process has just now are looked at once more: it may be gone before it tells them.
    if (await ctx.store.roadmap.untold()) effects.push(tellNow(ctx));
    // Two that ship at once, or by clocks that differ, set one time for this job: what is due after it needs another.
    const next = await ctx.store.roadmap.nextTelling();
    return next ? [...effects, tellAt(next)] : effects;
  }),
  onPress(newsPresses.solved, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const item = await wantedItem(number, ctx);
    await ctx.store.roadmap.judge({ feedback: item.number, person: ctx.by.id, solved: true, at: ctx.now });
    return retold(item, ctx);
  }),
  onPress(newsPresses.notQuite, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const item = await wantedItem(number, ctx);
    return [{ kind: 'ask', form: wordForm('return', item), carry: JSON.stringify({ number: item.number }) }];
  }),
  onSubmit(returnForm, 'anyone', async ({ words }, carry, ctx: PersonCtx<Store>) => {
    const { number } = numbered.parse(JSON.parse(carry));
    const item = await wantedItem(number, ctx);
    await ctx.store.roadmap.judge({ feedback: item.number, person: ctx.by.id, solved: false, words, at: ctx.now });
    const made = await make('return', item.number, { by: ctx.by.id }, ctx, { words });
    const reply: Effect = {
      kind: 'reply',
      to: `feedback/${item.number}/triage`,
      key: `feedback/${item.number}/returned/${ctx.by.id}/${ctx.now.getTime()}`,
      view: returnedView(item, ctx.by.id, words),
      alone: true,
    };
    if (made.ok)
      return [
        ...made.effects,
        ...(await retold(item, ctx)),
        reply,
        whisper(savedView(item, 'Open again', 'Thank you! The team reads your words on its card.')),
      ];
    // Somebody else said so before: their words are kept beside it. It is held since we tried.
    const { state } = (await ctx.store.roadmap.item(item.number)) ?? item;
    const now = isOpen(state) ? 'open again already' : `${stateNames[state].toLowerCase()} now`;
    await ctx.store.feedback.moved(item.number, { by: ctx.by.id, move: 'note', state, words, at: ctx.now });
    return [
      ...(await redraw(item.number, ctx)),
      ...(await retold(item, ctx)),
      reply,
      whisper(savedView(item, 'Thank you', `It’s ${now}; your words stand beside it.`)),
    ];
  }),
];

import { z } from 'zod';
import { presses } from '../feedback/buttons.ts';
import { triageCard } from '../feedback/card-view.ts';
import { keys, redraw } from '../feedback/cards.ts';
import { type Store, take } from '../feedback/moving.ts';
import type { Feedback, Mark, Moved } from '../feedback/store.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  type May,
  onPress,
  onSubmit,
  type PersonCtx,
  type PersonId,
  type Refuse,
  refuse,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { mergedView, refusedView, savedView } from './bond-view.ts';
import { bondForm, linkForm, mergeForm, splitForm } from './forms.ts';
import { bondPresses } from './item-view.ts';
import { numbered, scoreFor } from './voices.ts';
import { tellJoined } from './when.ts';

const triage: May = ['platform', 'product'];

const carriedItem = (carry: string, ctx: Ctx<Store>): Promise<Feedback> =>
  take(numbered.parse(JSON.parse(carry)).number, ctx);

/** A line of the history; returns the item, which is held from here on: what it was before may not be true any more. */
async function note(number: number, move: Mark, more: Pick<Moved, 'words' | 'changes'>, ctx: PersonCtx<Store>) {
  const item = await take(number, ctx);
  await ctx.store.feedback.moved(number, { by: ctx.by.id, move, state: item.state, at: ctx.now, ...more });
  return item;
}
const wordsIn = (words: string | undefined) => (words === undefined ? {} : { words });

/** The item that was picked by a search, or why it can’t be. */
async function picked(value: string, ctx: Ctx<Store>): Promise<Feedback | undefined> {
  const number = z.coerce.number().pipe(z.int32().positive()).safeParse(value);
  return number.success ? ctx.store.roadmap.item(number.data) : undefined;
}
const unknown = refuse({ other: 'There is no such item. Please pick one of those that were found.' });

/** One at a time, and only whole trees: so what is merged can never be merged into itself. */
async function merge(
  part: Feedback,
  other: string,
  words: string | undefined,
  ctx: PersonCtx<Store>,
): Promise<Effects | Refuse> {
  const found = await picked(other, ctx);
  const root = found && (await ctx.store.roadmap.rootOf(found.number));
  const whole = root === undefined ? undefined : await ctx.store.roadmap.item(root);
  if (!found || !whole) return unknown;
  const own = await ctx.store.roadmap.rootOf(part.number);
  if (own !== part.number)
    return refuse({ other: `#${part.number} is part of #${own} already. Take it out again first, or merge #${own}.` });
  if (whole.number === part.number)
    return refuse({
      other:
        found.number === part.number
          ? 'That’s the same one. Please pick another.'
          : `#${found.number} is part of #${part.number} already, so this would be a circle.`,
    });
  await ctx.store.roadmap.setInto(part.number, whole.number);
  // What waits to be told of the part is told, if at all, of the whole.
  const waited = await ctx.store.roadmap.untell(part.number);
  await note(part.number, 'merge', { changes: { into: [null, `#${whole.number}`] }, ...wordsIn(words) }, ctx);
  const now = await note(
    whole.number,
    'merge',
    { changes: { with: [null, `#${part.number}`] }, ...wordsIn(words) },
    ctx,
  );
  return [
    ...(await redraw(whole.number, ctx)),
    ...(waited || now.state !== part.state ? await tellJoined(now, ctx) : []),
    whisper(mergedView(part, whole, (await scoreFor(whole, ctx)).asked)),
  ];
}

async function unmerge(number: number, ctx: PersonCtx<Store>): Promise<Effects> {
  await ctx.store.roadmap.merging();
  const part = await take(number, ctx);
  if (part.into === undefined)
    return [whisper(refusedView(number, `#${number} stands by itself already: there is nothing to take it out of.`))];
  const root = (await ctx.store.roadmap.rootOf(number)) ?? part.into;
  await ctx.store.roadmap.setInto(number, undefined);
  const { into } = part;
  const free = { ...part };
  delete (free as { into?: number }).into;
  await note(number, 'unmerge', { changes: { into: [`#${into}`, null] } }, ctx);
  await note(root, 'unmerge', { changes: { with: [`#${number}`, null] } }, ctx);
  return [
    ...(await redraw(number, ctx)),
    ...(await redraw(root, ctx)),
    whisper(savedView(free, 'Stands by itself again', 'Whoever asked for it, or wanted it too, went along.')),
  ];
}

async function split(whole: Feedback, what: string, why: string, ctx: PersonCtx<Store>): Promise<Effects> {
  const { requester, account, pain, team } = whole;
  const part = await ctx.store.feedback.add({
    requester,
    account,
    pain,
    what,
    why,
    created: whole.created,
    ...(team === undefined ? {} : { team }),
  });
  const people = new Map<PersonId, Parameters<typeof ctx.store.roadmap.say>[0]>();
  const quiet = new Set(await ctx.store.roadmap.mutes(whole.number));
  /** Who hears of the whole by at least one way. */
  const told = new Set<PersonId>();
  for (const item of [whole, ...(await ctx.store.roadmap.merged(whole.number))]) {
    const { requester: person, account: login, created: at } = item;
    people.set(person, { feedback: part.number, person, way: 'split', account: login, at, ...teamOf(item) });
    const voices = await ctx.store.roadmap.voices(item.number);
    for (const voice of voices)
      if (!people.has(voice.person)) people.set(voice.person, { ...voice, feedback: part.number, way: 'split' });
    const mutes = new Set(await ctx.store.roadmap.mutes(item.number));
    for (const each of [person, ...voices.map((v) => v.person)])
      if (!quiet.has(each) && !mutes.has(each)) told.add(each);
  }
  // Who wants to hear nothing of the whole did not ask to hear of its parts.
  for (const each of people.keys()) if (!told.has(each)) await ctx.store.roadmap.mute(part.number, each, ctx.now);
  people.delete(requester);
  for (const voice of people.values()) await ctx.store.roadmap.say(voice);
  await ctx.store.roadmap.relate(whole.number, part.number, 'split');
  await note(whole.number, 'split', { changes: { part: [null, `#${part.number}`] } }, ctx);
  await note(part.number, 'split', { changes: { from: [null, `#${whole.number}`] } }, ctx);
  const history = await ctx.store.feedback.history(part.number);
  const view = triageCard(part, history, await scoreFor(part, ctx));
  return [
    ...ctx.settings.channels.triage.map(
      (place): Effect => ({ kind: 'say', place, key: keys.triage(part.number), view }),
    ),
    ...(await redraw(whole.number, ctx)),
    whisper(savedView(part, 'Split', `It’s an item of its own. Whoever wants #${whole.number} wants it too.`)),
  ];
}
const teamOf = ({ team }: Feedback) => (team === undefined ? {} : { team });

async function relate(
  item: Feedback,
  other: string,
  words: string | undefined,
  ctx: PersonCtx<Store>,
): Promise<Effects | Refuse> {
  const found = await picked(other, ctx);
  if (!found) return unknown;
  if (found.number === item.number) return refuse({ other: 'That’s the same one. Please pick another.' });
  const [first, second] = [Math.min(item.number, found.number), Math.max(item.number, found.number)];
  await ctx.store.roadmap.relate(first, second, 'related');
  const ends = [
    [item, found],
    [found, item],
  ] as const;
  // A part before its whole, as everybody holds them.
  for (const [one, two] of ends.toSorted(([a], [b]) => Number(a.into === undefined) - Number(b.into === undefined)))
    await note(one.number, 'link', { changes: { to: [null, `#${two.number}`] }, ...wordsIn(words) }, ctx);
  return [
    ...(await redraw(item.number, ctx)),
    ...(await redraw(found.number, ctx)),
    whisper(savedView(item, 'Linked', `Each shows the other: #${found.number} ${shorten(found.what, 150)}`)),
  ];
}

/** What ties items to each other: merge and its undoing, split, link. */
export const bonds = [
  onPress(
    bondPresses.bond,
    z.object({ number: z.int32().positive(), bond: z.enum(['merge', 'link', 'split']) }),
    triage,
    async ({ number, bond }, ctx: PersonCtx<Store>) => [
      { kind: 'ask', form: bondForm(bond, await take(number, ctx)), carry: JSON.stringify({ number }) },
    ],
  ),
  onSubmit(mergeForm, triage, async ({ other, words }, carry, ctx: PersonCtx<Store>) => {
    // Before the item is held: who holds one and waits for this would stop those whose history names it.
    await ctx.store.roadmap.merging();
    return merge(await carriedItem(carry, ctx), other, words, ctx);
  }),
  onPress(presses.unmerge, numbered, triage, ({ number }, ctx: PersonCtx<Store>) => unmerge(number, ctx)),
  onSubmit(splitForm, triage, async ({ what, reason }, carry, ctx: PersonCtx<Store>) =>
    split(await carriedItem(carry, ctx), what, reason, ctx),
  ),
  onSubmit(linkForm, triage, async ({ other, words }, carry, ctx: PersonCtx<Store>) => {
    // Whoever holds two items goes through here first, so that no two hold one each.
    await ctx.store.roadmap.merging();
    const item = await ctx.store.roadmap.item(numbered.parse(JSON.parse(carry)).number);
    return item ? relate(item, other, words, ctx) : unknown;
  }),
];

import { z } from 'zod';
import type { Ctx } from '../kernel/index.ts';
import {
  type Effect,
  type Effects,
  type Handler,
  onDue,
  onPress,
  onSubmit,
  type PersonCtx,
  refuse,
  whisper,
} from '../kernel/index.ts';
import { actOn } from './acting.ts';
import { lacking, lostView } from './card-view.ts';
import { spreadLater } from './following.ts';
import { retractForm } from './forms.ts';
import { jobs, keys, numbered, presses } from './keys.ts';
import { stillTakesPlace } from './sessions.ts';
import type { Announcement } from './store.ts';
import { allowed, look, take, writers } from './taking.ts';
import {
  type Check,
  channelsOf,
  checkLater,
  correctIt,
  countLater,
  forgotten,
  goLater,
  keepersOf,
  ownCopies,
  type Store,
  sayIt,
  sightOf,
} from './telling.ts';
import { announcementView, noticeView } from './views.ts';

/** Out to everybody. Its author’s copies say where it went. */
async function post(it: Announcement, ctx: Ctx<Store>): Promise<Effects> {
  const change = { state: 'posted', posted: ctx.now } as const;
  const after = await ctx.store.announcements.change(it.number, change, ctx.now);
  const acts = await actOn(after, ctx);
  const sight = await sightOf(after, ctx);
  const own = await ownCopies('edit', after, sight, ctx);
  return [
    ...sayIt(after, sight, ctx),
    ...own,
    ...acts,
    ...goLater(after),
    ...spreadLater(after, ctx),
    ...checkLater(after.number, ctx),
  ];
}

async function retract(it: Announcement, why: string, ctx: Ctx<Store>): Promise<Effects> {
  const after = await ctx.store.announcements.change(it.number, { state: 'retracted', why }, ctx.now);
  const sight = await sightOf(after, ctx);
  const own = await ownCopies('edit', after, sight, ctx);
  const acts = await actOn(after, ctx);
  return [...correctIt(after, sight, { leave: true }), ...own, ...acts, ...checkLater(after.number, ctx)];
}

const said = (number: number, why: string): Effects => [whisper(noticeView(`Announcement #${number}`, why))];

/** Once more into the channels where it is not, by hand: when somebody has mended what kept it away. */
async function again(it: Announcement, ctx: PersonCtx<Store>): Promise<Effects> {
  const sight = await sightOf(it, ctx);
  if (forgotten(it, sight, ctx))
    return said(
      it.number,
      'It is older than I remember where it stands, so nothing was posted: it might be there twice.',
    );
  if (!lacking(sight))
    return said(it.number, 'It stands everywhere, or is on its way there. Nothing was posted twice.');
  return [
    ...sayIt(it, sight, ctx),
    ...correctIt(it, sight, { leave: true }),
    ...checkLater(it.number, ctx, { attempt: ctx.now.getTime() }),
    whisper(
      noticeView(
        'On its way',
        'It goes once more where it was not. You hear within minutes if it fails again.',
        'good',
      ),
    ),
  ];
}

/** Looks whether it got everywhere; its author hears of each channel that it did not get to, once for each attempt. */
async function check({ number, round, attempt }: Check, ctx: Ctx<Store>): Promise<Effects> {
  const it = await take(number, ctx);
  const sight = await sightOf(it, ctx);
  const lost = sight.copies.filter((c) => c.is === 'lost');
  const there = sight.copies.filter((c) => c.is === 'there' || c.is === 'waiting').length;
  const keepers = lost.length === 0 ? [] : await keepersOf(it, ctx);
  const told = lost.flatMap((copy): readonly Effect[] => {
    const channel = sight.channels.find((c) => c.place === copy.place);
    const key = keys.lost(number, copy.place, attempt);
    const view = channel && lostView(it, channel, copy.why, there);
    return view ? keepers.map((person) => ({ kind: 'tell', person, key, view })) : [];
  });
  const waits = sight.copies.some((c) => c.is === 'waiting');
  return [
    ...told,
    ...(await ownCopies('edit', it, sight, ctx)),
    ...(waits ? checkLater(number, ctx, { round: round + 1, ...(attempt === undefined ? {} : { attempt }) }) : []),
  ];
}

export const posting: readonly Handler<Store>[] = [
  onPress(presses.post, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const found = await allowed('post', number, ctx);
    if ('why' in found) return said(number, found.why);
    if (channelsOf(found.it.content, ctx.settings).length === 0)
      return said(number, 'No channel for news is named in groundcrew.yaml any more. Nothing was posted.');
    const it = await stillTakesPlace(found.it, ctx);
    return 'number' in it ? post(it, ctx) : it;
  }),
  onPress(presses.drop, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const found = await allowed('drop', number, ctx);
    if ('why' in found) return said(number, found.why);
    const after = await ctx.store.announcements.change(number, { state: 'dropped' }, ctx.now);
    return [...(await ownCopies('edit', after, await sightOf(after, ctx), ctx)), ...goLater(after)];
  }),
  onPress(presses.plan, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const found = await allowed('plan', number, ctx);
    if ('why' in found) return said(number, found.why);
    const { planned, content } = found.it;
    if (!planned || planned <= ctx.now)
      return said(
        number,
        `The time that it had is over. Nothing was planned: ${content.kind === 'week' ? 'press Post it now, or Drop' : 'press Change for another one, or Post it now'}.`,
      );
    const after = await ctx.store.announcements.change(number, { state: 'planned' }, ctx.now);
    return [...(await ownCopies('edit', after, await sightOf(after, ctx), ctx)), ...goLater(after)];
  }),
  onDue(jobs.go, numbered, async ({ number }, _, ctx: Ctx<Store>) => {
    const it = await take(number, ctx);
    if (it.state !== 'planned') return [];
    const going = await stillTakesPlace(it, ctx);
    return 'number' in going ? post(going, ctx) : going;
  }),
  onPress(presses.retract, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const found = await allowed('retract', number, ctx);
    if ('why' in found) return said(number, found.why);
    return [{ kind: 'ask', form: retractForm, carry: JSON.stringify({ number }) }];
  }),
  onSubmit(retractForm, writers, async ({ why }, carry, ctx: PersonCtx<Store>) => {
    const found = await allowed('retract', numbered.parse(JSON.parse(carry)).number, ctx);
    return 'why' in found ? refuse({ why: found.why }) : retract(found.it, why, ctx);
  }),
  onPress(presses.seen, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const it = await look(number, ctx);
    if (it.state !== 'posted')
      return said(
        number,
        it.state === 'retracted'
          ? 'This was taken back, so there is nothing to note.'
          : 'This is a preview: nobody is counted yet.',
      );
    const first = await ctx.store.announcements.seen(number, ctx.by.id, ctx.now);
    const thanks = first ? 'Noted, thank you.' : 'You said so before: you’re counted once.';
    return [whisper(noticeView(it.content.title, thanks, 'good')), ...(first ? countLater(number, ctx) : [])];
  }),
  onPress(presses.again, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const found = await allowed('again', number, ctx);
    return 'why' in found ? said(number, found.why) : again(found.it, ctx);
  }),
  onDue(
    jobs.check,
    z.object({ number: z.int32(), round: z.int32(), attempt: z.number().exactOptional() }),
    async (due, _, ctx: Ctx<Store>) => check(due, ctx),
  ),
  onDue(jobs.count, numbered, async ({ number }, _, ctx: Ctx<Store>) => {
    const it = await take(number, ctx);
    if (it.state !== 'posted') return [];
    const sight = await sightOf(it, ctx);
    const view = announcementView(it, sight);
    // A number is no reason to bring back what somebody deleted.
    return [{ kind: 'edit', key: keys.post(number), view, leave: true }, ...(await ownCopies('edit', it, sight, ctx))];
  }),
];

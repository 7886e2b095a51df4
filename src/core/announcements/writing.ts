import { z } from 'zod';
import { wallOf } from '../calendar/index.ts';
import {
  type Effects,
  type Handler,
  onCommand,
  onPress,
  type PersonCtx,
  refuse,
  type SubmitHandler,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { actOn } from './acting.ts';
import { readContent, type Written } from './content.ts';
import { priorOf, writeForm } from './forms.ts';
import { forms, numbered, presses } from './keys.ts';
import { limits } from './rules.ts';
import type { Announcement } from './store.ts';
import { allowed, writers } from './taking.ts';
import { channelsOf, checkLater, everywhere, goLater, ownCopies, type Store, sightOf } from './telling.ts';
import { noticeView } from './views.ts';

const tooOld =
  'It is changed where I show it: in the list and under its link. The messages in the channels stay as they are: they are older than I remember where they stand.';
const nowhere =
  'No channel for news is known, so nobody would read it. Name one under channels.updates in groundcrew.yaml, on each platform that you use; it counts at once.';

/** The empty form, unless nobody would read what is written. */
function ask(ctx: PersonCtx<Store>, title = ''): Effects {
  if (ctx.settings.channels.updates.length === 0) return [whisper(noticeView('Where to?', nowhere))];
  const prior = title === '' ? {} : { title: shorten(title, limits.title) };
  return [{ kind: 'ask', form: writeForm(ctx.settings, ctx.catalog.paths), carry: '{}', prior }];
}

const carried = z.object({ number: z.int32().positive().optional(), seen: z.iso.datetime().optional() });

/** It is shown to its author as it will look, on every platform that they are on. */
async function draft(written: Written, ctx: PersonCtx<Store>): Promise<Effects> {
  const made = await ctx.store.announcements.add({ ...written, author: ctx.by.id }, ctx.now);
  return ownCopies('tell', made, await sightOf(made, ctx), ctx);
}

/**
 * Everybody who reads it reads the same. One that is planned is planned anew, or is a draft again when it has no time any more.
 */
async function rewrite(before: Announcement, { content, planned }: Written, ctx: PersonCtx<Store>): Promise<Effects> {
  const { announcements } = ctx.store;
  if (before.state === 'posted') {
    const after = await announcements.change(before.number, { content, corrected: ctx.now }, ctx.now);
    const sight = await sightOf(after, ctx);
    const copies = everywhere(after, sight, ctx);
    if (copies.length === 0) return [whisper(noticeView(`Announcement #${after.number}`, tooOld))];
    const own = await ownCopies('edit', after, sight, ctx);
    return [...copies, ...own, ...(await actOn(after, ctx)), ...checkLater(after.number, ctx)];
  }
  const state = planned ? before.state : 'draft';
  const after = await announcements.change(before.number, { content, state, planned: planned ?? null }, ctx.now);
  return [...(await ownCopies('edit', after, await sightOf(after, ctx), ctx)), ...goLater(after)];
}

/** What the form offers depends on the settings of its moment, so its answers are read by a schema of their own. */
const written: SubmitHandler<Store> = {
  on: 'submit',
  name: forms.write,
  may: writers,
  async run(answers, carry, ctx) {
    const { number, seen } = carried.parse(JSON.parse(carry));
    const read = readContent(answers, ctx);
    if ('errors' in read) return refuse(read.errors);
    if (channelsOf(read.content, ctx.settings).length === 0) return refuse({ title: nowhere });
    if (number === undefined) return draft(read, ctx);
    const found = await allowed('edit', number, ctx);
    if ('why' in found) return refuse({ title: found.why });
    if (found.it.changed.toISOString() !== seen)
      return refuse({
        title:
          'Somebody changed this announcement while you were writing, so yours would undo what they did. Copy your words, open it again, and put them in.',
      });
    return rewrite(found.it, read, ctx);
  },
};

export const writing: readonly Handler<Store>[] = [
  onCommand(
    'announce',
    { summary: 'Tell everybody what’s new, on both platforms', usage: '[headline]', may: writers },
    async (args, ctx: PersonCtx<Store>) => ask(ctx, args),
  ),
  onPress(presses.write, z.object({}), writers, async (_, ctx: PersonCtx<Store>) => ask(ctx)),
  onPress(presses.edit, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const found = await allowed('edit', number, ctx);
    if ('why' in found) return [whisper(noticeView(`Announcement #${number}`, found.why))];
    const { it } = found;
    const carry = JSON.stringify({ number, seen: it.changed.toISOString() });
    return [
      {
        kind: 'ask',
        form: writeForm(ctx.settings, ctx.catalog.paths, it),
        carry,
        prior: priorOf(it.content, it.planned && wallOf(it.planned, ctx.by.zone)),
      },
    ];
  }),
  written,
];

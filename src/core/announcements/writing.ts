import { z } from 'zod';
import {
  type Effects,
  type Handler,
  onCommand,
  onPress,
  type PersonCtx,
  type Refuse,
  refuse,
  type SubmitHandler,
  safeUrl,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { answersSchema, priorOf, writeForm } from './forms.ts';
import { forms, numbered, presses } from './keys.ts';
import { limits } from './rules.ts';
import type { Announcement, Content } from './store.ts';
import { allowed, writers } from './taking.ts';
import { channelsOf, checkLater, correctIt, ownCopies, type Store, sayIt, sightOf } from './telling.ts';
import { noticeView } from './views.ts';

const nowhere =
  'No channel for news is known, so nobody would read it. Name one under channels.updates in groundcrew.yaml, on each platform that you use; it counts at once.';

/** The empty form, unless nobody would read what is written. */
function ask(ctx: PersonCtx<Store>, title = ''): Effects {
  if (ctx.settings.channels.updates.length === 0) return [whisper(noticeView('Where to?', nowhere))];
  const prior = title === '' ? {} : { title: shorten(title, limits.title) };
  return [{ kind: 'ask', form: writeForm(ctx.settings), carry: '{}', prior }];
}

/** Only web addresses are shown as links: whatever else is typed is told while the form is open. */
function linkFault(link: string): string | undefined {
  const safe = safeUrl(link);
  if (safe !== undefined && /^https?:/.test(safe)) return undefined;
  return 'This is not a web address. Write one that begins with https://, such as https://docs.example.com/previews.';
}

/** What was written, as it is kept. */
function contentOf(answers: unknown): Content | Refuse {
  const { kind, title, text, details, link, ...audience } = answersSchema.parse(answers);
  const wrong = link === undefined ? undefined : linkFault(link);
  if (wrong !== undefined) return refuse({ link: wrong });
  return {
    kind,
    title,
    text,
    ...(details === undefined ? {} : { details }),
    ...(link === undefined ? {} : { link: safeUrl(link) ?? link }),
    audience,
  };
}

const carried = z.object({ number: z.int32().positive().optional(), seen: z.iso.datetime().optional() });

/** It is shown to its author as it will look, on every platform that they are on. */
async function draft(content: Content, ctx: PersonCtx<Store>): Promise<Effects> {
  const made = await ctx.store.announcements.add({ content, author: ctx.by.id }, ctx.now);
  const own = await ownCopies('tell', made, await sightOf(made, ctx), ctx);
  const looked =
    'I’ve sent you a preview in our direct messages, on each platform that you use. Nobody else has seen it.';
  return [...own, whisper(noticeView('Have a look', looked, 'good'))];
}

/** Everybody who reads it reads the same: copies that stand somewhere are changed, those that lack are posted. */
async function rewrite(before: Announcement, content: Content, ctx: PersonCtx<Store>): Promise<Effects> {
  const posted = before.state === 'posted';
  const change = { content, ...(posted ? { corrected: ctx.now } : {}) };
  const after = await ctx.store.announcements.change(before.number, change, ctx.now);
  const sight = await sightOf(after, ctx);
  const own = await ownCopies('edit', after, sight, ctx);
  if (!posted) return own;
  return [...sayIt(after, sight.seen, ctx), ...correctIt(after, sight.seen), ...own, ...checkLater(after.number, ctx)];
}

/** What the form offers depends on the settings of its moment, so its answers are read by a schema of their own. */
const written: SubmitHandler<Store> = {
  on: 'submit',
  name: forms.write,
  may: writers,
  async run(answers, carry, ctx) {
    const { number, seen } = carried.parse(JSON.parse(carry));
    const content = contentOf(answers);
    if ('errors' in content) return content;
    if (channelsOf(content, ctx.settings).length === 0) return refuse({ title: nowhere });
    if (number === undefined) return draft(content, ctx);
    const found = await allowed('edit', number, ctx);
    if ('why' in found) return refuse({ title: found.why });
    if (found.it.changed.toISOString() !== seen)
      return refuse({
        title:
          'Somebody changed this announcement while you were writing, so yours would undo what they did. Copy your words, open it again, and put them in.',
      });
    return rewrite(found.it, content, ctx);
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
    return [{ kind: 'ask', form: writeForm(ctx.settings, it), carry, prior: priorOf(it.content) }];
  }),
  written,
];

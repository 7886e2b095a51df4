import { type Feature, mayDo, onCommand, onPress, type PersonCtx, whisper } from '../kernel/index.ts';
import { acting } from './acting.ts';
import { approval } from './approval.ts';
import { cardView } from './card-view.ts';
import { following } from './following.ts';
import { numbered, presses } from './keys.ts';
import { posting } from './posting.ts';
import { pulls } from './pulls.ts';
import { reactions } from './reactions.ts';
import type { State } from './rules.ts';
import { sessions } from './sessions.ts';
import { look, writers } from './taking.ts';
import { type Store, sightOf } from './telling.ts';
import { listView, noticeView, readView } from './views.ts';
import { weekly } from './weekly.ts';
import { writing } from './writing.ts';

/** How many a list shows. */
const page = 10;
const open: readonly State[] = ['posted'];
const all: readonly State[] = ['draft', 'planned', 'posted', 'retracted'];

/** What is new, told to everybody on both platforms, corrected and taken back everywhere. */
export const announcements: Feature<Store> = {
  name: 'announcements',
  area: 'Hear and be heard',
  handlers: [
    ...writing,
    ...posting,
    ...acting,
    ...following,
    ...weekly,
    ...approval,
    ...pulls,
    ...sessions,
    ...reactions,
    onCommand(
      'announcements',
      { summary: 'What’s new on the platform', usage: '[all]', may: 'anyone' },
      async (args, ctx: PersonCtx<Store>) => {
        const { announcements } = ctx.store;
        if (mayDo(writers, ctx.by.roles))
          return [whisper(listView(await announcements.lately(all, page), { writes: true }))];
        const any = await announcements.lately(open, page);
        if (args.trim().toLowerCase() === 'all') return [whisper(listView(any))];
        const mine = await announcements.lately(open, page, ctx.by);
        return [
          whisper(listView(mine, { fewer: mine.length < any.length || mine.at(-1)?.number !== any.at(-1)?.number })),
        ];
      },
    ),
    onPress(presses.show, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
      const it = await look(number, ctx);
      const sight = await sightOf(it, ctx);
      if (mayDo(writers, ctx.by.roles)) return [whisper(readView(it, sight)), whisper(cardView(it, sight))];
      if (it.state === 'posted' || it.state === 'retracted') return [whisper(readView(it, sight))];
      return [whisper(noticeView('Not posted', 'It isn’t posted, so only those who write announcements can read it.'))];
    }),
  ],
};

import { type Effects, type Handler, onReacted, type PersonCtx } from '../kernel/index.ts';
import { countLater, type Store } from './telling.ts';

/** The platforms’ own names are short. */
const nameMost = 100;

/** Reach that needs no button: who reacts has seen it. It is counted once a person, whatever they think of it. */
export const reactions: readonly Handler<Store>[] = [
  onReacted('announcement.reaction', async ({ native, added, removed }, ctx: PersonCtx<Store>): Promise<Effects> => {
    const { announcements } = ctx.store;
    const number = ctx.place && (await announcements.saidAt(ctx.place, native));
    const it = number === undefined ? undefined : await announcements.look(number);
    if (!it) return [];
    let changed = false;
    for (const name of added)
      changed = (await announcements.react(it.number, ctx.by.id, name.slice(0, nameMost))) || changed;
    for (const name of removed)
      changed = (await announcements.unreact(it.number, ctx.by.id, name.slice(0, nameMost))) || changed;
    return changed ? countLater(it.number, ctx) : [];
  }),
];

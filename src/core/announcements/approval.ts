import { z } from 'zod';
import { type Ctx, type Effect, type Effects, type Handler, onDue, type Person } from '../kernel/index.ts';
import { addHours } from '../kernel/instants.ts';
import { jobs, keys } from './keys.ts';
import type { Announcement } from './store.ts';
import { take } from './taking.ts';
import { keepersOf, type Store } from './telling.ts';
import type { Changelog } from './week.ts';
import { waitingView } from './week-view.ts';

/** Whose draft it is: who is named, else somebody who decides what is built, else a platform engineer. */
export async function ownerOf(changelog: Changelog, ctx: Ctx<Store>): Promise<Person | undefined> {
  const { people } = ctx.store;
  const named = changelog.owner === undefined ? undefined : await people.byEmail(changelog.owner);
  return named ?? (await people.holding(['product'], 1))[0] ?? (await people.holding(['platform'], 1))[0];
}

/** So many hours before its time the owner of a changelog is reminded that it is not approved. */
const hoursBefore = 1;

/** Reminds its owner before its time, while there is some; else says after it that nothing was posted. */
export function waitLater({ number, planned }: Announcement, ctx: Ctx<unknown>): Effects {
  if (!planned) return [];
  const before = addHours(planned, -hoursBefore);
  const over = before <= ctx.now;
  return [
    { kind: 'later', job: jobs.waits, input: { number, over }, at: over ? planned : before, key: keys.waits(number) },
  ];
}

export const approval: readonly Handler<Store>[] = [
  onDue(jobs.waits, z.object({ number: z.int32(), over: z.boolean() }), async (due, _, ctx: Ctx<Store>) => {
    const { number, over } = due;
    const it = await take(number, ctx);
    if (it.state !== 'draft') return [];
    const key = keys.waiting(number, over ? 'after' : 'before');
    const view = waitingView(it, over);
    const told = (await keepersOf(it, ctx)).map((person): Effect => ({ kind: 'tell', person, key, view }));
    return over ? told : [...told, ...waitLater(it, ctx)];
  }),
];

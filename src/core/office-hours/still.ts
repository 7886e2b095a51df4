import { z } from 'zod';
import type { Ctx } from '../kernel/index.ts';
import type { Store } from './keys.ts';
import type { Meeting } from './store.ts';

/** What a job is about: a session, at the time for which it was meant. */
export const meant = z.object({ n: z.int32().positive(), starts: z.iso.datetime() });

/** The session that a job is about, while that is still to come at the time that the job knows; locked. */
export async function still(input: z.output<typeof meant>, ctx: Ctx<Store>): Promise<Meeting | undefined> {
  const meeting = await ctx.store.officeHours.take(input.n);
  if (meeting?.session.state !== 'planned') return undefined;
  return meeting.session.startsAt.toISOString() === new Date(input.starts).toISOString() ? meeting : undefined;
}

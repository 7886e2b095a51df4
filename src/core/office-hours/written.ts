import { z } from 'zod';
import { type Schedule, scheduleSchema } from '../calendar/index.ts';
import { type Ctx, type Effect, type Effects, type PersonId, said } from '../kernel/index.ts';
import type { Store } from './keys.ts';
import { announceNext, plan } from './planning.ts';
import type { WrittenSeries } from './settings.ts';
import type { Series } from './store.ts';
import { passRemoved } from './turns.ts';

/* Series that groundcrew.yaml keeps: made, changed and ended as it says, whenever it is looked at. */

/** Who has never written to the bot is not known yet, and takes turns from the moment when they are. */
async function hostsOf(written: WrittenSeries, ctx: Ctx<Store>): Promise<readonly PersonId[]> {
  const people = await Promise.all(written.hosts.map((email) => ctx.store.people.byEmail(email)));
  return people.flatMap((p) => (p ? [p.id] : []));
}

/** What the file said last. */
const last = z.tuple([z.object({ schedule: scheduleSchema }), z.unknown()]);
const changesOf = (written: string | undefined): readonly string[] => {
  const read = last.safeParse(JSON.parse(written ?? 'null'));
  return read.success ? read.data[0].schedule.changes.map((c) => JSON.stringify(c)) : [];
};

/**
 * What was moved or skipped in chat stays so, unless the file says something else of that day. What the file itself had
 * changed, and says no more, is as the rule has it.
 */
const merged = (written: Schedule, known: Series): Schedule => {
  const days = new Set(written.changes.map((c) => c.on));
  const own = new Set(changesOf(known.written));
  const kept = known.schedule.changes.filter((c) => !days.has(c.on) && !own.has(JSON.stringify(c)));
  return { ...written, changes: [...written.changes, ...kept] };
};

async function follow(slug: string, written: WrittenSeries, ctx: Ctx<Store>): Promise<Effects> {
  const { officeHours } = ctx.store;
  const { slots, channels, kind, title, minutes, queue, about, link } = written;
  const hosts = await hostsOf(written, ctx);
  const print = JSON.stringify([written, hosts]);
  const before = await officeHours.bySlug(slug);
  if (before?.written === print && !before.ended) return [];
  const plain = { title, minutes, queue, hosts, places: channels, written: print };
  if (before) {
    const schedule = merged(written.schedule, before);
    const rest = { slotMinutes: slots ?? null, about: about ?? null, link: link ?? null, ended: null };
    await officeHours.changeSeries(before.number, { ...plain, ...rest, schedule }, ctx.now);
    const after = await officeHours.takeSeries(before.number);
    if (!after) return [];
    const planned = await plan(after, ctx);
    return [...planned, ...(await passRemoved(before, after, said('groundcrew.yaml names other hosts now.'), ctx))];
  }
  const made: Series = await officeHours.addSeries({
    ...plain,
    slug,
    kind,
    schedule: written.schedule,
    created: ctx.now,
    ...(slots === undefined ? {} : { slotMinutes: slots }),
    ...(about === undefined ? {} : { about }),
    ...(link === undefined ? {} : { link }),
  });
  return [...(await plan(made, ctx)), ...(await announceNext(made, ctx))];
}

export async function followSettings(ctx: Ctx<Store>): Promise<Effects> {
  const effects: Effect[] = [];
  const { officeHours: written } = ctx.settings;
  for (const [slug, series] of Object.entries(written)) effects.push(...(await follow(slug, series, ctx)));
  for (const series of await ctx.store.officeHours.running()) {
    if (series.slug === undefined || Object.hasOwn(written, series.slug)) continue;
    await ctx.store.officeHours.changeSeries(series.number, { ended: ctx.now }, ctx.now);
    effects.push(...(await plan({ ...series, ended: ctx.now }, ctx)));
  }
  return effects;
}

import { wallOf } from '../calendar/index.ts';
import { type Ctx, type Effect, type Effects, type PersonId, said, type Text } from '../kernel/index.ts';
import { addDays } from '../kernel/instants.ts';
import { keys, type Store } from './keys.ts';
import { nowHostView, uncoveredView } from './manage-view.ts';
import { refresh } from './refresh.ts';
import type { Meeting, Series, Session } from './store.ts';
import { scheduled } from './times.ts';

/* Whose turn it is to host, and what happens when that changes. */

/** Whose turn it is after somebody, of those who are not away. */
export function nextHost(
  hosts: readonly PersonId[],
  previous: PersonId | undefined,
  away: ReadonlySet<PersonId>,
): PersonId | undefined {
  const from = previous === undefined ? 0 : hosts.indexOf(previous) + 1;
  return [...hosts.slice(from), ...hosts.slice(0, from)].find((h) => !away.has(h));
}

const zoneOf = async (host: PersonId | undefined, series: Series, ctx: Ctx<Store>): Promise<string> =>
  (host && (await ctx.store.people.byId(host))?.zone) ?? series.schedule.zone;

/** The times of a session, in the zone of whoever hosts it. */
export const timesOf = async (session: Session, series: Series, ctx: Ctx<Store>): Promise<Effects> =>
  scheduled(session, series, await zoneOf(session.host, series, ctx), ctx.now);

/** The session is hosted by somebody else from now on, or by nobody, of which those who could are told. */
export async function handTo(
  meeting: Meeting,
  host: PersonId | undefined,
  why: Text,
  ctx: Ctx<Store>,
  quiet = false,
): Promise<Effects> {
  const { number } = meeting.session;
  await ctx.store.officeHours.changeSession(number, { host: host ?? null });
  const { host: _, ...rest } = meeting.session;
  const after: Meeting = { ...meeting, session: { ...rest, ...(host ? { host } : {}) } };
  const at = ctx.now.getTime();
  const others = meeting.series.hosts;
  if (quiet) return [...(await timesOf(after.session, after.series, ctx)), ...(await refresh(after, ctx))];
  return [
    ...(await timesOf(after.session, after.series, ctx)),
    ...(host
      ? [
          {
            kind: 'tell',
            person: host,
            key: keys.told(number, `host/${at}`, host),
            view: nowHostView(after, why),
          } as const,
        ]
      : others.map(
          (p): Effect => ({
            kind: 'tell',
            person: p,
            key: keys.told(number, `uncovered/${at}`, p),
            view: uncoveredView(after),
          }),
        )),
    ...(await refresh(after, ctx)),
  ];
}

/** Whatever somebody would host goes to whoever is next, of those who are there on that day. `only`: of this series. */
export async function passOn(
  host: PersonId,
  fits: (day: string) => boolean,
  why: Text,
  ctx: Ctx<Store>,
  only?: number,
): Promise<readonly [number, Effects]> {
  const effects: Effect[] = [];
  let count = 0;
  let last = host;
  for (const n of await ctx.store.officeHours.hostedBy(host)) {
    if (only !== undefined && (await ctx.store.officeHours.look(n))?.series.number !== only) continue;
    const meeting = await ctx.store.officeHours.take(n);
    if (meeting?.session.state !== 'planned' || meeting.session.host !== host) continue;
    const { day } = wallOf(meeting.session.startsAt, meeting.series.schedule.zone);
    if (!fits(day)) continue;
    count += 1;
    const away = new Set([...(await ctx.store.officeHours.awayOn(day)), host]);
    const to = nextHost(meeting.series.hosts, last, away);
    last = to ?? last;
    effects.push(...(await handTo(meeting, to, why, ctx)));
  }
  return [count, effects];
}

/** Who left the list of hosts hosts nothing of this series any more. Guests were never in it, and keep what they host. */
export async function passRemoved(before: Series, after: Series, why: Text, ctx: Ctx<Store>): Promise<Effects> {
  const effects: Effect[] = [];
  for (const host of before.hosts.filter((h) => !after.hosts.includes(h)))
    effects.push(...(await passOn(host, () => true, why, ctx, after.number))[1]);
  return effects;
}

/** Of what is further away than this, hosts hear the day before, as of what is planned anew. */
const nearDays = 7;

/** Sessions that nobody hosts go to those who are there by now. `last`: who hosts the last one. */
export async function cover(series: Series, rows: readonly Session[], ctx: Ctx<Store>) {
  const effects: Effect[] = [];
  let last: PersonId | undefined;
  for (const { number, host } of rows) {
    last = host ?? last;
    if (host || series.hosts.length === 0) continue;
    const meeting = await ctx.store.officeHours.take(number);
    if (meeting?.session.state !== 'planned') continue;
    const { startsAt } = meeting.session;
    const away = await ctx.store.officeHours.awayOn(wallOf(startsAt, series.schedule.zone).day);
    const to = nextHost(series.hosts, last, away);
    if (!to) continue;
    last = to;
    const quiet = startsAt > addDays(ctx.now, nearDays);
    effects.push(...(await handTo(meeting, to, said('Nobody hosted it so far.'), ctx, quiet)));
  }
  return { effects, last };
}

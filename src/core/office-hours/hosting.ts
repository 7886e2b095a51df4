import { z } from 'zod';
import { instantOf, wallOf, withChange } from '../calendar/index.ts';
import {
  type AccountId,
  type Ctx,
  type Effect,
  type Effects,
  type Handler,
  onCommand,
  onObserved,
  onPress,
  onSubmit,
  type Person,
  type PersonCtx,
  type PersonId,
  person,
  type Refuse,
  refuse,
  type SubmitHandler,
  said,
  shorten,
  text,
  whisper,
} from '../kernel/index.ts';
import { keys, ofSession, presses, type Store } from './keys.ts';
import { awayForm, manageView, moveForm, moveFormId, nowHostView, swapForm, swapFormId } from './manage-view.ts';
import { answer, hostOnly, look, take } from './parts.ts';
import { plan } from './planning.ts';
import type { Meeting } from './store.ts';
import { handTo, passOn } from './turns.ts';

/* Who hosts: taking turns, swapping, being away, leaving; and moving or skipping one session. */

/** The series is locked before its session, as whatever plans it anew does: in another order two would wait for each other. */
async function planned(n: number, ctx: PersonCtx<Store>): Promise<Meeting | Effects> {
  await ctx.store.officeHours.takeSeries((await look(n, ctx)).series.number);
  const meeting = await take(n, ctx);
  hostOnly(ctx.by, meeting.series, meeting.session);
  if (meeting.session.state === 'planned') return meeting;
  return [answer(meeting.series.title, 'This session is not to come any more. Nothing was changed.')];
}
const isMeeting = (found: Meeting | Effects): found is Meeting => !Array.isArray(found);

async function swap(raw: unknown, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> {
  const given = z.object({ host: z.uuid(), other: z.string().optional() }).parse(raw);
  const found = await planned(ofSession.parse(JSON.parse(carry)).n, ctx);
  if (!isMeeting(found)) return found;
  const other = given.other as AccountId | undefined;
  const to =
    other === undefined
      ? (given.host as PersonId)
      : ((await ctx.store.people.byAccount(other)) ?? (await ctx.store.people.arrive(other, {}, ctx.now)).person).id;
  if (to === found.session.host) return refuse({ host: 'They host it already. Please pick somebody else.' });
  const before = found.session.host;
  const { number } = found.session;
  return [
    ...(await handTo(found, to, text`${person(ctx.by.id)} swapped it.`, ctx)),
    ...(before && before !== ctx.by.id
      ? [
          {
            kind: 'tell' as const,
            person: before,
            key: keys.told(number, `swapped/${ctx.now.getTime()}`, before),
            view: {
              ...nowHostView(found, []),
              blocks: [
                {
                  kind: 'notice' as const,
                  tone: 'info' as const,
                  text: text`${person(to)} hosts this one instead of you.`,
                },
              ],
            },
          },
        ]
      : []),
    answer(found.series.title, text`${person(to)} hosts it now.`, 'good'),
  ];
}
const swapped: SubmitHandler<Store> = { on: 'submit', name: swapFormId, may: 'anyone', run: swap };

/** A change of one occurrence is written into the schedule, from which everything else follows. */
async function changeOne(meeting: Meeting, change: Parameters<typeof withChange>[1], ctx: PersonCtx<Store>) {
  const series = await ctx.store.officeHours.takeSeries(meeting.series.number);
  if (!series) return [];
  const schedule = withChange(series.schedule, change);
  await ctx.store.officeHours.changeSeries(series.number, { schedule }, ctx.now);
  return plan({ ...series, schedule }, ctx);
}

async function move(raw: unknown, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> {
  const to = z.object({ day: z.string(), at: z.string() }).parse(raw);
  const found = await planned(ofSession.parse(JSON.parse(carry)).n, ctx);
  if (!isMeeting(found)) return found;
  if (instantOf(to, found.series.schedule.zone) <= ctx.now)
    return refuse({ at: 'This time has passed. Please choose one that is to come.' });
  const effects = await changeOne(found, { kind: 'move', on: found.session.on, to }, ctx);
  return [...effects, answer(found.series.title, 'Moved. Everybody who had signed up was told.', 'good')];
}
const moved: SubmitHandler<Store> = { on: 'submit', name: moveFormId, may: 'anyone', run: move };

/** Somebody who has left hosts nothing any more. */
async function leave(host: PersonId, ctx: Ctx<Store>): Promise<Effects> {
  for (const { number } of await ctx.store.officeHours.running()) {
    const series = await ctx.store.officeHours.takeSeries(number);
    if (!series?.hosts.includes(host)) continue;
    const hosts = series.hosts.filter((h) => h !== host);
    await ctx.store.officeHours.changeSeries(number, { hosts }, ctx.now);
  }
  const [, passed] = await passOn(host, () => true, text`${person(host)} has left.`, ctx);
  return passed;
}

/** A login does not work any more, and it was the last one of a person. */
async function left(account: AccountId, ctx: Ctx<Store>): Promise<Effects> {
  const gone = await ctx.store.people.byAccount(account);
  return !gone || gone.accounts.some((a) => a !== account) ? [] : leave(gone.id, ctx);
}

/** However it became known that their logins do not work: not every directory tells of it by itself. */
export async function leaveDeparted(ctx: Ctx<Store>): Promise<Effects> {
  const effects: Effect[] = [];
  for (const host of await ctx.store.officeHours.departed()) effects.push(...(await leave(host, ctx)));
  return effects;
}

const changed = z.object({ profile: z.object({ account: z.string(), active: z.boolean() }) });

async function hostOptions(meeting: Meeting, ctx: PersonCtx<Store>) {
  const people: Person[] = [ctx.by];
  for (const id of meeting.series.hosts) {
    const each = await ctx.store.people.byId(id);
    if (each && each.id !== ctx.by.id) people.push(each);
  }
  return people.map((p) => ({ value: p.id, label: shorten(p.name, 75) }));
}

export const hosting: readonly Handler<Store>[] = [
  onPress(presses.manage, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const meeting = await look(n, ctx);
    hostOnly(ctx.by, meeting.series, meeting.session);
    return [whisper(manageView(meeting))];
  }),
  onPress(presses.move, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const found = await planned(n, ctx);
    if (!isMeeting(found)) return found;
    const { day, at } = wallOf(found.session.startsAt, found.series.schedule.zone);
    return [{ kind: 'ask', form: moveForm(found), carry: JSON.stringify({ n }), prior: { day, at } }];
  }),
  moved,
  onPress(presses.skip, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const found = await planned(n, ctx);
    if (!isMeeting(found)) return found;
    const effects = await changeOne(found, { kind: 'skip', on: found.session.on }, ctx);
    return [
      ...effects,
      answer(found.series.title, 'It does not take place. Everybody who had signed up was told.', 'good'),
    ];
  }),
  onPress(presses.swap, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const found = await planned(n, ctx);
    if (!isMeeting(found)) return found;
    const hosts = await hostOptions(found, ctx);
    return [{ kind: 'ask', form: swapForm(hosts), carry: JSON.stringify({ n }), prior: { host: ctx.by.id } }];
  }),
  swapped,
  onCommand(
    'office-hours away',
    { summary: 'Days on which you host nothing', may: ['platform', 'product'] },
    async (): Promise<Effects> => [{ kind: 'ask', form: awayForm, carry: '' }],
  ),
  onPress(
    presses.away,
    z.object({}),
    'anyone',
    async (): Promise<Effects> => [{ kind: 'ask', form: awayForm, carry: '' }],
  ),
  onSubmit(awayForm, 'anyone', async ({ since, until }, _, ctx: PersonCtx<Store>) => {
    if (until < since) return refuse({ until: 'This is before the first day. Please choose a later one.' });
    await ctx.store.officeHours.away(ctx.by.id, since, until);
    const fits = (day: string) => since <= day && day <= until;
    const [count, effects] = await passOn(ctx.by.id, fits, text`${person(ctx.by.id)} is away.`, ctx);
    const words = count === 0 ? 'You hosted nothing on these days.' : `${count} went to whoever is next.`;
    return [...effects, answer('You’re away', said(`Noted. ${words}`), 'good')];
  }),
  onObserved('account.gone', z.object({ account: z.string() }), ({ account }, ctx: Ctx<Store>) =>
    left(account as AccountId, ctx),
  ),
  onObserved('account.changed', changed, async ({ profile }, ctx: Ctx<Store>) =>
    profile.active ? [] : left(profile.account as AccountId, ctx),
  ),
];

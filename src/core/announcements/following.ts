import { z } from 'zod';
import { civilIn, nextCivil } from '../calendar/index.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Form,
  form,
  type Handler,
  onCommand,
  onDue,
  onPress,
  type PersonCtx,
  type PersonId,
  refuse,
  type SubmitHandler,
  whisper,
} from '../kernel/index.ts';
import { isFor } from './audience.ts';
import { digestView, followedView, followingView } from './following-view.ts';
import { forms, jobs, keys, presses } from './keys.ts';
import type { Announcement, Following } from './store.ts';
import { take } from './taking.ts';
import type { Store } from './telling.ts';
import { noticeView } from './views.ts';

/** When people are told, where they are, unless they say otherwise; never on weekends. */
const usual = { from: '09:00', to: '17:00' } as const;
/** Followers are told some at a time: each transaction stays small. */
const batch = 200;

const nothing =
  'There is nothing to follow yet: parts of the platform are named under announcements.areas in groundcrew.yaml.';

function followForm(areas: readonly string[]): Form {
  const options = areas.map((value) => ({ value, label: value }));
  return form({
    id: forms.follow,
    title: 'What do you follow?',
    submit: 'Save',
    intro: 'You’re told in a direct message of what is announced about it. Nothing chosen: nothing is told.',
    fields: {
      once: { kind: 'choices', label: 'Tell me at once', options, optional: true },
      digest: {
        kind: 'choices',
        label: 'Tell me once a day',
        hint: 'In one message, at the beginning of your day.',
        options,
        optional: true,
      },
      from: { kind: 'time', label: 'Not before', hint: 'In your time zone. Never on weekends.' },
      to: { kind: 'time', label: 'Not after' },
    },
  });
}
const answersSchema = z.object({
  once: z.array(z.string()).default([]),
  digest: z.array(z.string()).default([]),
  from: z.string(),
  to: z.string(),
});

const of = async (ctx: PersonCtx<Store>): Promise<Following> =>
  (await ctx.store.announcements.following(ctx.by.id)) ?? { once: [], digest: [], hours: usual };

async function ask(ctx: PersonCtx<Store>): Promise<Effects> {
  const { areas } = ctx.settings.announcements;
  if (areas.length === 0) return [whisper(noticeView('Nothing to follow', nothing))];
  const { once, digest, hours } = await of(ctx);
  return [{ kind: 'ask', form: followForm(areas), carry: '', prior: { once, digest, ...hours } }];
}

const followed: SubmitHandler<Store> = {
  on: 'submit',
  name: forms.follow,
  may: 'anyone',
  async run(answers, _, ctx) {
    const { once, digest, from, to } = answersSchema.parse(answers);
    if (to <= from) return refuse({ to: 'Choose a time that is later than the one before.' });
    // Who wants both hears of it at once: twice would be once too often.
    const following = { once, digest: digest.filter((a) => !once.includes(a)), hours: { from, to } };
    await ctx.store.announcements.follow(ctx.by.id, following);
    return [whisper(followingView(following, true))];
  },
};

const toldLater = (number: number, person: PersonId, at: Date): Effect => ({
  kind: 'later',
  job: jobs.follower,
  input: { number, person },
  at,
  key: keys.follower(number, person),
});
const digestLater = (person: PersonId, at: Date): Effect => ({
  kind: 'later',
  job: jobs.digest,
  input: { person },
  at,
  key: keys.digest(person),
});
const tell = (a: Announcement, person: PersonId): Effect => ({
  kind: 'tell',
  person,
  key: keys.followed(a.number),
  view: followedView(a),
});

/** Whoever follows what it is about is told, each at their time, or with the rest of their day. */
export const spreadLater = (a: Announcement, ctx: Ctx<Store>): Effects =>
  a.content.audience.areas.length === 0
    ? []
    : [{ kind: 'later', job: jobs.spread, input: { number: a.number }, at: ctx.now, key: keys.spread(a.number) }];

async function spread(number: number, after: PersonId | undefined, ctx: Ctx<Store>): Promise<Effects> {
  const a = await take(number, ctx);
  if (a.state !== 'posted') return [];
  const { announcements } = ctx.store;
  const followers = await announcements.followers(a.content.audience.areas, batch, after);
  const people = new Map((await ctx.store.people.several(followers.map((f) => f.person))).map((p) => [p.id, p]));
  const concerned = followers.filter((f) => {
    const who = people.get(f.person);
    return who !== undefined && f.person !== a.author && isFor(a.content.audience, who);
  });
  const told: Effect[] = [];
  for (const { person, zone, how, hours } of concerned) {
    const civil = civilIn(zone, hours, ctx.settings);
    const at = nextCivil(ctx.now, civil);
    if (how === 'once') told.push(at <= ctx.now ? tell(a, person) : toldLater(number, person, at));
    else {
      await announcements.putBy(number, person);
      const morning = nextCivil(at <= ctx.now ? endOf(ctx.now, zone, hours.to) : ctx.now, civil);
      told.push(digestLater(person, morning));
    }
  }
  const last = followers.length === batch ? followers.at(-1)?.person : undefined;
  if (last === undefined) return told;
  return [
    ...told,
    { kind: 'later', job: jobs.spread, input: { number, after: last }, at: ctx.now, key: keys.spread(number) },
  ];
}

/** The first moment at which their day is over: what comes during it is told with the next one. */
function endOf(now: Date, zone: string, to: string): Date {
  const rest = { zone, hours: { from: to, to: '24:00' } };
  return nextCivil(now, rest);
}

/**
 * Who is to be told, and when, if that is not now: we were down at their hour, or they have other hours since. Two logins
 * may have become one person since it was put by: what is for them is the one’s by now.
 */
async function hearing(former: string, ctx: Ctx<Store>): Promise<{ person: PersonId; later: Date | undefined }> {
  const who = await ctx.store.people.byId(former as PersonId);
  const person = who?.id ?? (former as PersonId);
  const { hours = usual } = (await ctx.store.announcements.following(person)) ?? {};
  const at = nextCivil(ctx.now, civilIn(who?.zone, hours, ctx.settings));
  return { person, later: at > ctx.now ? at : undefined };
}

async function digest(person: PersonId, ctx: Ctx<Store>): Promise<Effects> {
  const items = (await ctx.store.announcements.takePutBy(person)).filter((a) => a.state === 'posted');
  const last = items.at(-1);
  if (!last) return [];
  return [{ kind: 'tell', person, key: keys.digestOf(person, last.number), view: digestView(items) }];
}

const personal = z.object({ person: z.uuid() });
export const following: readonly Handler<Store>[] = [
  onCommand(
    'follow',
    { summary: 'Hear of news about parts of the platform, at once or once a day', may: 'anyone' },
    async (_, ctx: PersonCtx<Store>) => ask(ctx),
  ),
  onPress(presses.follow, z.object({}), 'anyone', async (_, ctx: PersonCtx<Store>) => ask(ctx)),
  followed,
  onDue(jobs.spread, z.object({ number: z.int32(), after: z.uuid().optional() }), async (input, _, ctx: Ctx<Store>) =>
    spread(input.number, input.after as PersonId | undefined, ctx),
  ),
  onDue(jobs.follower, personal.extend({ number: z.int32() }), async (input, _, ctx: Ctx<Store>) => {
    const a = await take(input.number, ctx);
    if (a.state !== 'posted') return [];
    const { person, later } = await hearing(input.person, ctx);
    return later ? [toldLater(a.number, person, later)] : [tell(a, person)];
  }),
  onDue(jobs.digest, personal, async (input, _, ctx: Ctx<Store>) => {
    const { person, later } = await hearing(input.person, ctx);
    return later ? [digestLater(person, later)] : digest(person, ctx);
  }),
];

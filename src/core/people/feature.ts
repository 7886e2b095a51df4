import { z } from 'zod';
import { isZone } from '../calendar/zone.ts';
import {
  type AccountId,
  type Ctx,
  type Effect,
  type Effects,
  type Feature,
  onCommand,
  onDue,
  onObserved,
  onOutcome,
  onPress,
  onSubmit,
  type Person,
  type PersonCtx,
  platformNames,
  refuse,
  whisper,
} from '../kernel/index.ts';
import { addMinutes } from '../kernel/instants.ts';
import type { WithPeople } from './store.ts';
import { changeButton, meForm, meView, presses } from './views.ts';
import { findZones, wallTime } from './zones.ts';

const account = z.string().transform((a) => a as AccountId);

/** What a platform's directory says of a login, as the adapters report it. */
const profile = z.object({
  account,
  name: z.string().min(1),
  // An address of an unusual form must not keep the rest, such as that the login was closed, from being known.
  email: z
    .string()
    .regex(/^\S+@\S+$/)
    .optional()
    .catch(undefined),
  zone: z.string().optional(),
  active: z.boolean(),
  guest: z.literal(true).optional(),
});

/** A Slack user group or a Teams team that gives a role or makes a developers' team. */
const group = z.object({ platform: z.enum(platformNames), group: z.string().min(1) });
type Group = z.output<typeof group>;

const rosterMinutes = 5;
const readRoster = (g: Group): Effect => ({
  kind: 'act',
  action: 'people.roster',
  input: g,
  key: `people.roster/${g.platform}/${g.group}`,
});

/** How long a login that could not be reached is left alone. */
const returnMinutes = 24 * 60;
const lookUp = (login: AccountId): Effect => ({
  kind: 'act',
  action: 'people.lookup',
  input: login,
  key: `people.lookup/${login}`,
});

function readRosters(ctx: Ctx<WithPeople>): Effects {
  const { roles, teams } = ctx.settings;
  const members = [...Object.values(roles), ...Object.values(teams)];
  const groups: readonly Group[] = [
    ...new Set(members.flatMap((m) => m.slackUserGroups))
      .values()
      .map((g) => ({ platform: 'slack', group: g }) as const),
    ...new Set(members.flatMap((m) => m.teams)).values().map((g) => ({ platform: 'teams', group: g }) as const),
  ];
  const at = addMinutes(ctx.now, rosterMinutes);
  return [...groups.map(readRoster), { kind: 'later', job: 'people.rosters', input: {}, at, key: 'people.rosters' }];
}

const askMe = (by: Person): Effects => [
  { kind: 'ask', form: meForm, carry: '', prior: { zone: by.zone, ...(by.persona ? { persona: by.persona } : {}) } },
];

/** Who people are, on both platforms. */
export const people: Feature<WithPeople> = {
  name: 'people',
  area: 'You and I',
  handlers: [
    onCommand('me', { summary: 'Your time zone, roles and what I know of you', may: 'anyone' }, async (_, ctx) => [
      whisper(meView(ctx.by, ctx.now)),
    ]),
    onPress(presses.change, z.object({}), 'anyone', async (_, ctx) => askMe(ctx.by)),
    onSubmit(meForm, 'anyone', async (answers, _, ctx: PersonCtx<WithPeople>) => {
      if (!isZone(answers.zone)) return refuse({ zone: 'I don’t know this zone. Please pick one from the list.' });
      const choice = { zone: answers.zone, ...(answers.persona ? { persona: answers.persona } : {}) };
      await ctx.store.people.choose(ctx.by.id, choice);
      return [whisper(meView({ ...ctx.by, ...choice }, ctx.now, true))];
    }),
    onOutcome('people.lookup', profile.nullable(), async (_, result, ctx) => {
      return result ? learn(result, ctx) : [];
    }),
    onObserved('account.changed', z.object({ profile }), async (changed, ctx) => learn(changed.profile, ctx)),
    onObserved('account.gone', z.object({ account }), async (gone, ctx) => {
      await ctx.store.people.left(gone.account);
      // It may have been of the moment: who is there after all is told again, without having to write first.
      const at = addMinutes(ctx.now, returnMinutes);
      return [{ kind: 'later', job: 'people.return', input: gone.account, at, key: `people.return/${gone.account}` }];
    }),
    onDue('people.return', account, async (login) => [lookUp(login)]),
    // Roles follow groups without a restart: rosters are read anew every few minutes, and when a platform tells of a change.
    onObserved('started', z.object({}), async (_, ctx) => readRosters(ctx)),
    onDue('people.rosters', z.object({}), async (_, __, ctx) => readRosters(ctx)),
    onObserved('group.changed', group, async (changed) => [readRoster(changed)]),
    onOutcome(
      'people.roster',
      group.extend({ members: z.array(account) }),
      async (_, { platform, group, members }, ctx) => {
        await ctx.store.people.setGroup(platform, group, members);
        return [];
      },
    ),
  ],
  sources: { 'people.zones': async (query, ctx) => findZones(query, ctx.now) },
  home: async (ctx) => ({
    title: 'You',
    blocks: [
      {
        kind: 'note',
        text: [
          { kind: 'plain', text: `Times are shown in ${ctx.by.zone}, where it is ${wallTime(ctx.by.zone, ctx.now)}.` },
        ],
      },
    ],
    buttons: [changeButton],
  }),
};

/** Writes it down, and asks for the logins that may now be the same person, or may not be it any more. */
async function learn(told: z.output<typeof profile>, ctx: Ctx<WithPeople>): Promise<Effects> {
  await ctx.store.people.learn(known(told), ctx.now);
  const doubted = await ctx.store.people.inDoubt(told.account, ctx.now);
  return doubted.map(lookUp);
}

/** Absent is absent: an `undefined` from JSON is not carried along. */
function known(p: z.output<typeof profile>) {
  const { email, zone, guest, ...rest } = p;
  return {
    ...rest,
    ...(email === undefined ? {} : { email }),
    ...(zone === undefined ? {} : { zone }),
    ...(guest ? { guest } : {}),
  };
}

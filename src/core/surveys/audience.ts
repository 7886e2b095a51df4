import { civilIn, nextCivil } from '../calendar/index.ts';
import { shortHash } from '../catalog/names.ts';
import { type Ctx, type Person, type PersonId, type PlatformName, platformOf } from '../kernel/index.ts';
import type { Members, Settings } from '../settings.ts';
import type { Store } from './keys.ts';
import type { Audience, Survey } from './model.ts';
import type { Invited } from './store.ts';

/** More people than any platform team serves. */
const most = 100_000;
/** When somebody is asked, in their own zone: late enough to have begun, early enough to answer today. */
const hours = { from: '10:00', to: '16:00' } as const;

/** The next moment at which this person may be asked. Where we know no zone it is that of UTC. */
export const askAt = ({ zone }: Pick<Person, 'zone'>, from: Date, settings: Pick<Settings, 'holidays'>): Date =>
  nextCivil(from, civilIn(zone, hours, settings));

function setsOf(audience: Audience, ctx: Ctx<Store>): readonly Members[] {
  const teams = audience.teams.flatMap((name) =>
    Object.hasOwn(ctx.settings.teams, name) ? (ctx.settings.teams[name] ?? []) : [],
  );
  const named = (platform: PlatformName) =>
    sourcesOf(audience).flatMap((s) => (s.platform === platform ? [s.group] : []));
  return [...teams, { emails: audience.emails, slackUserGroups: named('slack'), teams: named('teams') }];
}

/** A Slack user group, a Teams team, or a channel by its place: whoever is in it when a run opens is looked up then. */
export type Source = { readonly platform: PlatformName; readonly group: string };
export const sourcesOf = ({ slackUserGroups, microsoftTeams, channels = [] }: Audience): readonly Source[] => [
  ...slackUserGroups.map((group) => ({ platform: 'slack', group }) as const),
  ...microsoftTeams.map((group) => ({ platform: 'teams', group }) as const),
  ...channels.map((group) => ({ platform: platformOf(group), group })),
];

/** Teams of an audience that groundcrew.yaml does not have. */
export const unknownTeams = (audience: Audience, ctx: Ctx<Store>): readonly string[] =>
  audience.teams.filter((name) => !Object.hasOwn(ctx.settings.teams, name));

/** Everybody whom an audience means, each human once however many logins they have. Guests are of another company. */
export async function peopleOf(audience: Audience, ctx: Ctx<Store>): Promise<readonly Person[]> {
  const found = audience.everyone
    ? await ctx.store.people.everybody(most)
    : await ctx.store.people.among(setsOf(audience, ctx), most);
  const all = found.filter((p) => !p.guest);
  return audience.personas.length === 0
    ? all
    : all.filter((p) => p.persona !== undefined && audience.personas.includes(p.persona));
}

/** So many by lot: the same seed draws the same people, and another one others. */
export const drawn = <P extends { readonly id: PersonId }>(
  people: readonly P[],
  size: number,
  seed: string,
): readonly P[] =>
  people
    .map((p) => ({ p, lot: shortHash(`${seed}/${p.id}`) }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : a.lot > b.lot ? 1 : 0))
    .slice(0, size)
    .map(({ p }) => p);

/** Whom it could ask now, before lots are drawn, and how many more rest, since they were asked lately. */
export async function ableTo(survey: Survey, ctx: Ctx<Store>) {
  const since = new Date(ctx.now.getTime() - survey.restDays * 86_400_000);
  const resting = await ctx.store.surveys.rested(survey.name, survey.sample?.rest ?? 0, since);
  const all = await peopleOf(survey.audience, ctx);
  const able = all.filter((p) => !resting.has(p.id));
  return { able, resting: all.length - able.length };
}

/** Who is asked in this run, and from when on. */
export async function invitedTo(survey: Survey, seed: string, ctx: Ctx<Store>): Promise<readonly Invited[]> {
  const { able } = await ableTo(survey, ctx);
  const asked = survey.sample ? drawn(able, survey.sample.size, seed) : able;
  return asked.map((p) => ({
    token: ctx.id(),
    person: p.id,
    at: askAt(p, ctx.now, ctx.settings),
    ...(p.teams[0] === undefined ? {} : { team: p.teams[0] }),
    ...(p.persona === undefined ? {} : { persona: p.persona }),
  }));
}

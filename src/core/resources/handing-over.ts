import { z } from 'zod';
import {
  type AccountId,
  type Effect,
  type Effects,
  type FieldErrors,
  money,
  onDue,
  onPress,
  onSubmit,
  type Person,
  type PersonCtx,
  type PersonId,
  person,
  type Refuse,
  refuse,
  strong,
  type Text,
  type Ctx as Timed,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import { teamName, teamsOf } from '../requests/scope.ts';
import { acceptForm, handOverForm } from './forms.ts';
import { offerView, orphansView, settledView } from './hands-view.ts';
import { about, identified, jobs, keys, offered, presses, type Store } from './keys.ts';
import { noticeView, pathOf, take } from './parts.ts';
import { reachable, tellTeam } from './reach.ts';
import { room } from './room.ts';
import { manages, whoManages } from './rules.ts';
import type { Offer, Resource } from './store.ts';

/*
 * Handing over. Within the team it is done at once, and both are told. To anybody else it is an offer, which counts from
 * the moment when they take it: nobody gets what costs their team something without having said yes.
 */

type Ctx = PersonCtx<Store>;

/** An offer that nobody answers ends after this long. */
const offerDays = 7;

/** Why a thing cannot change hands now. */
function hindrance(resource: Resource, by: Person): string | undefined {
  if (!manages(by, resource)) return whoManages(resource);
  if (resource.state === 'gone' || resource.state === 'deleting') return 'It’s gone, or being deleted.';
  return undefined;
}

const priceOf = ({ cost }: Resource) => (cost ? money(cost.cents, cost.currency) : undefined);

/** Gives a thing to its new owner. */
async function give(resource: Resource, to: Person, team: string, ctx: Ctx): Promise<Resource> {
  await ctx.store.resources.change(resource.id, { owner: to.id, team, offer: null }, ctx.now);
  await ctx.store.audit.append({
    at: ctx.now,
    who: to.id,
    what: 'resource.handed-over',
    about: about(resource),
    details: { from: resource.owner, to: to.id, team, by: ctx.by.id },
  });
  const { offer: _, ...rest } = resource;
  return { ...rest, owner: to.id, team };
}

async function start(resource: Resource, to: Offer['to'], ctx: Ctx): Promise<Effects> {
  const offer: Offer = { to, by: ctx.by.id, at: ctx.now };
  await ctx.store.resources.change(resource.id, { offer }, ctx.now);
  await ctx.store.audit.append({
    at: ctx.now,
    who: ctx.by.id,
    what: 'resource.offered',
    about: about(resource),
    details: { ...to },
  });
  const view = offerView(resource, pathOf(resource, ctx), ctx.by.id, ctx.now, priceOf(resource));
  const key = keys.offer(resource.id, ctx.now);
  const at = new Date(ctx.now.getTime() + offerDays * 86_400_000);
  const who: Text = 'person' in to ? [person(to.person)] : text`team ${to.team}`;
  const words = text`I asked ${who}. Until they take ${strong(resource.name)}, nothing changes; after ${offerDays} days the offer ends.`;
  return [
    ...('person' in to
      ? [{ kind: 'tell', person: to.person, view, key } as const]
      : await tellTeam(to.team, view, key, ctx)),
    {
      kind: 'later',
      job: jobs.offer,
      input: { id: resource.id, at: ctx.now.toISOString() },
      at,
      key: keys.offerEnds(resource.id),
    },
    whisper(settledView(resource, words, 'info', `${resource.name} was offered.`)),
  ];
}

/** Whoever was chosen: known already, or met now, when they never said a word to the bot. */
async function chosen(account: AccountId, ctx: Ctx): Promise<{ readonly to: Person; readonly effects: Effects }> {
  const known = await ctx.store.people.byAccount(account);
  if (known) return { to: known, effects: [] };
  const { person: to } = await ctx.store.people.arrive(account, {}, ctx.now);
  return { to, effects: [{ kind: 'act', action: 'people.lookup', input: account, key: `people.lookup/${account}` }] };
}

async function toPerson(resource: Resource, account: AccountId, ctx: Ctx): Promise<Effects | Refuse> {
  const { to, effects } = await chosen(account, ctx);
  if (to.id === resource.owner) return refuse({ person: 'It’s theirs already. Please pick somebody else.' });
  if (!reachable(to))
    return refuse({ person: 'They have no login here that works any more. Please pick somebody else.' });
  if (to.id === ctx.by.id || to.teams.includes(resource.team)) {
    const after = await give(resource, to, resource.team, ctx);
    return [...effects, ...told(resource, after, ctx)];
  }
  return [...effects, ...(await start(resource, { person: to.id }, ctx))];
}

/** Everybody concerned hears of it once, and nobody of what they did themselves. */
function told(before: Resource, after: Resource, ctx: Ctx): Effects {
  const key = keys.handed(before.id, ctx.now);
  const words = text`${strong(before.name)} belongs to ${person(after.owner)} now, in team ${teamName(after.team)}.`;
  const view = settledView(after, words, 'good', `${before.name} has a new owner.`);
  const others = new Set<PersonId>([before.owner, after.owner, ...(before.offer?.by ? [before.offer.by] : [])]);
  others.delete(ctx.by.id);
  return [
    whisper(view),
    ...[...others].map((p): Effect => ({ kind: 'tell', person: p, view, key })),
    ...(before.offer ? settled(before, view) : []),
    { kind: 'never', key: keys.offerEnds(before.id) },
  ];
}
const settled = (resource: Resource, view: View): Effects =>
  resource.offer ? [{ kind: 'edit', key: keys.offer(resource.id, resource.offer.at), view }] : [];

type Standing = { readonly resource: Resource; readonly offer: Offer };
/** The offer that a press is about, or why it is not there any more. */
async function standing(id: string, at: string, ctx: Ctx): Promise<Standing | { readonly why: View }> {
  const resource = await take(id, ctx);
  const { offer } = resource;
  const no = (words: string) => ({ why: noticeView(resource.name, words) });
  if (resource.state === 'gone' || resource.state === 'deleting') return no('It’s gone, or being deleted.');
  if (!offer || offer.at.toISOString() !== new Date(at).toISOString())
    return no(
      resource.owner === ctx.by.id
        ? 'It’s yours already.'
        : 'Somebody was faster, or the offer was taken back. Nothing was changed.',
    );
  const forThem =
    'person' in offer.to
      ? offer.to.person === ctx.by.id
      : ctx.by.teams.includes(offer.to.team) || (!offer.by && manages(ctx.by, resource));
  return forThem ? { resource, offer } : no('This was offered to somebody else.');
}

/** In which of their teams somebody takes a thing: in its own where they are in it. */
function homes({ team }: Resource, offer: Offer, ctx: Ctx): readonly string[] {
  if ('team' in offer.to && ctx.by.teams.includes(offer.to.team)) return [offer.to.team];
  return ctx.by.teams.includes(team) ? [team] : teamsOf(ctx.by, ctx);
}

async function accept(
  { resource, offer }: Standing,
  team: string,
  ctx: Ctx,
): Promise<Effects | { readonly why: string }> {
  if (team !== resource.team) {
    const { quota, cost } = resource;
    const usage = await ctx.store.resources.usage(team, quota?.kind, ctx.settings.budgets.currency);
    const left = room(ctx.settings, usage, { team, ...(quota ? { quota } : {}), ...(cost ? { cost } : {}) });
    if (left.verdict)
      return { why: `${left.verdict.because} Make room first, or ask ${ctx.settings.name} for more; the offer stays.` };
  }
  const after = await give(resource, ctx.by, team, ctx);
  return offer.by ? told(resource, after, ctx) : adopted(resource, after, ctx);
}

/** One of those that somebody left behind has an owner: the team's message says what is still without. */
async function adopted(before: Resource, after: Resource, ctx: Ctx): Promise<Effects> {
  const { offer, owner, team } = before;
  if (!offer) return [];
  const rest = await ctx.store.resources.left(owner, team, offer.at);
  const words = text`${strong(before.name)} is yours now. Thank you!`;
  return [
    {
      kind: 'edit',
      key: keys.orphans(owner, team, offer.at),
      view: orphansView(owner, team, rest, ctx.catalog.paths, { by: ctx.by.id, name: before.name }),
    },
    whisper(settledView(after, words, 'good', `${before.name} is yours now.`)),
  ];
}

const carried = z.object({ id: z.uuid(), at: z.iso.datetime() });
export const handingOver = [
  onPress(presses.handOver, identified, 'anyone', async ({ id }, ctx: Ctx): Promise<Effects> => {
    const resource = await take(id, ctx);
    const why = hindrance(resource, ctx.by);
    if (why !== undefined) return [whisper(noticeView(resource.name, why))];
    return [{ kind: 'ask', form: handOverForm(resource.name), carry: JSON.stringify({ id }) }];
  }),
  onSubmit(handOverForm(''), 'anyone', async (answers, carry, ctx: Ctx): Promise<Effects | Refuse> => {
    const resource = await take(identified.parse(JSON.parse(carry)).id, ctx);
    const why = hindrance(resource, ctx.by);
    if (why !== undefined) return refuse({ to: why } satisfies FieldErrors);
    if (answers.to === 'person')
      return answers.person ? toPerson(resource, answers.person, ctx) : refuse({ person: 'Please pick a person.' });
    const team = answers.team ?? '';
    if (!Object.hasOwn(ctx.settings.teams, team))
      return refuse({ team: 'I don’t know this team. Please pick one from the list.' });
    return start(resource, { team }, ctx);
  }),
  onPress(presses.accept, offered, 'anyone', async ({ id, at }, ctx: Ctx): Promise<Effects> => {
    const found = await standing(id, at, ctx);
    if ('why' in found) return [whisper(found.why)];
    const { name } = found.resource;
    const teams = homes(found.resource, found.offer, ctx);
    const [team] = teams;
    if (team === undefined)
      return [
        whisper(
          noticeView(
            name,
            `You’re in no team that I know of, and things belong to teams. ${ctx.settings.name} can put you into one; the offer stays.`,
          ),
        ),
      ];
    if (teams.length > 1) return [{ kind: 'ask', form: acceptForm(name, teams), carry: JSON.stringify({ id, at }) }];
    const made = await accept(found, team, ctx);
    return 'why' in made ? [whisper(noticeView(name, made.why))] : made;
  }),
  onSubmit(acceptForm('', ['']), 'anyone', async (answers, carry, ctx: Ctx): Promise<Effects | Refuse> => {
    const { id, at } = carried.parse(JSON.parse(carry));
    const found = await standing(id, at, ctx);
    if ('why' in found) return refuse({ team: found.why.summary });
    if (!homes(found.resource, found.offer, ctx).includes(answers.team))
      return refuse({ team: 'You’re not in this team.' });
    const made = await accept(found, answers.team, ctx);
    return 'why' in made ? refuse({ team: made.why }) : made;
  }),
  onPress(presses.decline, offered, 'anyone', async ({ id, at }, ctx: Ctx): Promise<Effects> => {
    const found = await standing(id, at, ctx);
    if ('why' in found) return [whisper(found.why)];
    const { resource, offer } = found;
    if (!offer.by) return [whisper(noticeView(resource.name, 'It waits for somebody of the team.'))];
    await ctx.store.resources.change(id, { offer: null }, ctx.now);
    const words = text`${person(ctx.by.id)} would rather not take ${strong(resource.name)}. It stays with ${person(resource.owner)}.`;
    const view = settledView(resource, words, 'info', `${resource.name} stays where it is.`);
    return [
      ...settled(resource, view),
      { kind: 'tell', person: offer.by, view, key: keys.handed(id, offer.at) },
      { kind: 'never', key: keys.offerEnds(id) },
    ];
  }),
  onPress(presses.takeBack, offered, 'anyone', async ({ id, at }, ctx: Ctx): Promise<Effects> => {
    const resource = await take(id, ctx);
    const why = hindrance(resource, ctx.by);
    if (why !== undefined) return [whisper(noticeView(resource.name, why))];
    if (!resource.offer?.by || resource.offer.at.toISOString() !== new Date(at).toISOString())
      return [whisper(noticeView(resource.name, 'This offer isn’t open any more.'))];
    await ctx.store.resources.change(id, { offer: null }, ctx.now);
    const view = settledView(
      resource,
      text`${person(ctx.by.id)} took the offer back: ${strong(resource.name)} stays with ${person(resource.owner)}.`,
      'info',
      'The offer was taken back.',
    );
    return [...settled(resource, view), whisper(view), { kind: 'never', key: keys.offerEnds(id) }];
  }),
  onDue(jobs.offer, carried, async ({ id, at }, _, ctx: Timed<Store>) => {
    const { resources } = ctx.store;
    const resource = await resources.take(id);
    if (!resource?.offer?.by || resource.offer.at.toISOString() !== at) return [];
    await resources.change(id, { offer: null }, ctx.now);
    const view = settledView(
      resource,
      text`Nobody took ${strong(resource.name)} within ${offerDays} days, so it stays with ${person(resource.owner)}.`,
      'info',
      `${resource.name} stays where it is.`,
    );
    return [
      ...settled(resource, view),
      { kind: 'tell', person: resource.offer.by, view, key: keys.handed(id, resource.offer.at) },
    ];
  }),
];

import { z } from 'zod';
import {
  type AccountId,
  type Effect,
  type Effects,
  money,
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
import { teamName } from '../requests/scope.ts';
import { offerView, settledView } from './hands-view.ts';
import { about, jobs, keys, type Store } from './keys.ts';
import { noticeView, pathOf, take } from './parts.ts';
import { reachable, tellTeam } from './reach.ts';
import { manages, whoManages } from './rules.ts';
import type { Offer, Resource } from './store.ts';

/*
 * Handing over. Within the team it is done at once, and both are told. To anybody else it is an offer, which counts from
 * the moment when they take it: nobody gets what costs their team something without having said yes.
 */

export type Ctx = PersonCtx<Store>;

/** An offer that nobody answers ends after this long. */
export const offerDays = 7;

/** Why a thing cannot change hands now. */
export function hindrance(resource: Resource, by: Person): string | undefined {
  if (!manages(by, resource)) return whoManages(resource);
  if (resource.state === 'gone' || resource.state === 'deleting') return 'It’s gone, or being deleted.';
  return undefined;
}

const priceOf = ({ cost }: Resource) => (cost ? money(cost.cents, cost.currency) : undefined);

/** Gives a thing to its new owner. */
export async function give(resource: Resource, to: Person, team: string, ctx: Ctx): Promise<Resource> {
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

export async function start(resource: Resource, to: Offer['to'], ctx: Ctx): Promise<Effects> {
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

/** Gives it to somebody of the team, or offers it to anybody else. */
async function toSomebody(resource: Resource, to: Person, ctx: Ctx): Promise<Effects | Refuse> {
  if (to.id === resource.owner) return refuse({ person: 'It’s theirs already. Please pick somebody else.' });
  if (!reachable(to))
    return refuse({ person: 'They have no login here that works any more. Please pick somebody else.' });
  if (to.id !== ctx.by.id && !to.teams.includes(resource.team)) return start(resource, { person: to.id }, ctx);
  return told(resource, await give(resource, to, resource.team, ctx), ctx);
}

/** How often their directory is looked for, each time after twice as long: a minute in all. */
const lookups = 6;
export const wanted = z.object({ id: z.uuid(), account: z.string(), by: z.string(), via: z.string(), tries: z.int() });
const lookAgain = (input: z.output<typeof wanted>, now: Date): Effect => {
  const at = new Date(now.getTime() + 1000 * 2 ** input.tries);
  return { kind: 'later', job: jobs.hand, input, at, key: keys.hand(input.id) };
};

export async function toPerson(resource: Resource, account: AccountId, ctx: Ctx): Promise<Effects | Refuse> {
  const { person: to, known } = await ctx.store.people.named(account, ctx.now);
  if (known) return toSomebody(resource, to, ctx);
  // Whether they are of the team, and whether they are on the other platform already, only their directory can say.
  const words = text`I’m finding out who that is, and tell you in a moment. Until then ${strong(resource.name)} stays as it is.`;
  return [
    { kind: 'act', action: 'people.lookup', input: account, key: `people.lookup/${account}` },
    lookAgain({ id: resource.id, account, by: ctx.by.id, via: ctx.account, tries: 0 }, ctx.now),
    whisper(settledView(resource, words, 'info', 'I’m finding out who that is.')),
  ];
}

/** Whoever was chosen is known by now, or will not be. */
export async function decided(input: z.output<typeof wanted>, ctx: Timed<Store>): Promise<Effects> {
  const resource = await take(input.id, ctx);
  const by = await ctx.store.people.byId(input.by as PersonId);
  const { person: to, known } = await ctx.store.people.named(input.account as AccountId, ctx.now);
  if (!by) return [];
  if (!known && input.tries < lookups) return [lookAgain({ ...input, tries: input.tries + 1 }, ctx.now)];
  const via = input.via as AccountId;
  const tell = (view: View): Effect => ({
    kind: 'tell',
    person: by.id,
    via,
    view,
    key: keys.handed(resource.id, ctx.now),
  });
  const why = hindrance(resource, by);
  if (why !== undefined) return [tell(noticeView(resource.name, why))];
  const made = await toSomebody(resource, to, { ...ctx, by, account: via });
  if ('kind' in made) return [tell(noticeView(resource.name, Object.values(made.errors).join(' ')))];
  return made.map((effect) => (effect.kind === 'whisper' ? tell(effect.view) : effect));
}

/** Everybody concerned hears of it once, and nobody of what they did themselves. */
export function told(before: Resource, after: Resource, ctx: Ctx): Effects {
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
export const settled = (resource: Resource, view: View): Effects =>
  resource.offer ? [{ kind: 'edit', key: keys.offer(resource.id, resource.offer.at), view }] : [];

import { z } from 'zod';
import {
  type Effects,
  type FieldErrors,
  onDue,
  onPress,
  onSubmit,
  person,
  type Refuse,
  refuse,
  strong,
  type Ctx as Timed,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import { teamsOf } from '../requests/scope.ts';
import { acceptForm, handOverForm } from './forms.ts';
import { type Ctx, decided, give, hindrance, offerDays, settled, start, told, toPerson, wanted } from './hands.ts';
import { orphansView, settledView } from './hands-view.ts';
import { identified, jobs, keys, offered, presses, type Store } from './keys.ts';
import { noticeView, take } from './parts.ts';
import { room } from './room.ts';
import { manages } from './rules.ts';
import type { Offer, Resource } from './store.ts';

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
            `You’re in no team that I know of, and things belong to teams. Ask ${ctx.settings.name} to put you into one; the offer stays.`,
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
  onDue(jobs.hand, wanted, async (input, _, ctx: Timed<Store>) => decided(input, ctx)),
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

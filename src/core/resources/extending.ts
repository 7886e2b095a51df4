import { type Effect, type Effects, onPress, type PersonCtx, whisper } from '../kernel/index.ts';
import { about, asking, ending as endingValue, keys, presses, reminderSlots, type Store } from './keys.ts';
import { extension, times } from './lifetime.ts';
import { noticeView, pathOf, take } from './parts.ts';
import { tellKeepers, tellTeam } from './reach.ts';
import { manages, whoManages } from './rules.ts';
import type { Resource } from './store.ts';
import { askedView, decidedView, extendedView, waitingView } from './told-view.ts';

type Ctx = PersonCtx<Store>;

/** All messages that were sent about an end, which is another one now. */
const reminders = ({ id }: Resource, expires: Date, view: ReturnType<typeof extendedView>): Effects => [
  ...Array.from(
    { length: reminderSlots },
    (_, slot): Effect => ({ kind: 'edit', key: keys.reminder(id, slot, expires), view }),
  ),
  { kind: 'edit', key: keys.ended(id, 'sleep', expires), view },
];

/** Moves the end, and every time that hangs on it. */
async function move(resource: Resource, expires: Date, extended: number, ctx: Ctx): Promise<Effects> {
  await ctx.store.resources.change(resource.id, { expires, extended, asked: null }, ctx.now);
  return times({ ...resource, expires }, ctx.settings, ctx.now);
}

async function extend(id: string, seen: Date, slot: number | undefined, ctx: Ctx): Promise<Effects> {
  const resource = await take(id, ctx);
  const say = (words: string, tone?: 'good') => whisper(noticeView(resource.name, words, tone));
  if (!manages(ctx.by, resource)) return [say(whoManages(resource))];
  const path = pathOf(resource, ctx);
  const decision = extension(resource, path, seen, ctx.now);
  if (decision.is === 'refused') return [say(decision.why)];
  if (decision.is === 'asked') {
    if (!path) return [];
    if (resource.asked)
      return [say(`Team ${path.owner} was asked already. You’ll hear from me when they have decided.`)];
    return ask(resource, path.owner, decision.expires, slot, ctx);
  }
  const { expires, left } = decision;
  const after = { ...resource, expires, extended: resource.extended + 1 };
  const effects = await move(resource, expires, after.extended, ctx);
  await ctx.store.audit.append({
    at: ctx.now,
    who: ctx.by.id,
    what: 'resource.extended',
    about: about(resource),
    details: { from: seen.toISOString(), to: expires.toISOString() },
  });
  const view = extendedView(after, ctx.by.id, left);
  // Whoever pressed on a reminder sees that one change.
  return [...effects, ...reminders(resource, seen, view), ...(slot === undefined ? [whisper(view)] : [])];
}

/** Past the cap the path's owner decides. */
async function ask(
  resource: Resource,
  owner: string,
  until: Date,
  slot: number | undefined,
  ctx: Ctx,
): Promise<Effects> {
  const path = pathOf(resource, ctx);
  if (!path || !resource.expires) return [];
  await ctx.store.resources.change(resource.id, { asked: { by: ctx.by.id, until } }, ctx.now);
  await ctx.store.audit.append({
    at: ctx.now,
    who: ctx.by.id,
    what: 'resource.extension-asked',
    about: about(resource),
    details: { to: until.toISOString() },
  });
  const waiting = waitingView(resource, owner, until);
  return [
    ...(await tellTeam(owner, askedView(resource, path, ctx.by.id, until), keys.asked(resource.id, until), ctx)),
    ...reminders(resource, resource.expires, waiting),
    ...(slot === undefined ? [whisper(waiting)] : []),
  ];
}

async function decide(id: string, until: Date, allowed: boolean, ctx: Ctx): Promise<Effects> {
  const resource = await take(id, ctx);
  const say = (words: string) => [whisper(noticeView(resource.name, words))];
  const owner = pathOf(resource, ctx)?.owner;
  const decides =
    (owner !== undefined && ctx.by.teams.includes(owner)) || ctx.by.roles.has('platform') || ctx.by.roles.has('admin');
  if (!decides)
    return say(`Only team ${owner ?? 'that owns the golden path'} and the platform engineers decide on this.`);
  const { asked, expires } = resource;
  if (!asked || asked.until.getTime() !== until.getTime())
    return say('This was decided already, or isn’t asked any more.');
  if (asked.by === ctx.by.id) return say('You asked for it yourself, so somebody else has to decide.');
  if (resource.state === 'deleting' || resource.state === 'gone')
    return say('It’s too late: it was deleted meanwhile.');
  const view = decidedView(resource, ctx.by.id, allowed, until);
  const effects = allowed ? await move(resource, until, resource.extended + 1, ctx) : [];
  if (!allowed) await ctx.store.resources.change(id, { asked: null }, ctx.now);
  await ctx.store.audit.append({
    at: ctx.now,
    who: ctx.by.id,
    what: allowed ? 'resource.extended' : 'resource.extension-refused',
    about: about(resource),
    details: { asked: asked.by, to: until.toISOString() },
  });
  return [
    ...effects,
    { kind: 'edit', key: keys.asked(id, until), view },
    { kind: 'tell', person: asked.by, view, key: keys.decided(id, until) },
    ...(expires ? reminders(resource, expires, view) : []),
    ...(asked.by === resource.owner ? [] : await tellKeepers(resource, view, keys.decided(id, until), ctx)),
  ];
}

export const extending = [
  onPress(presses.extend, endingValue, 'anyone', async ({ id, expires, slot }, ctx: Ctx) =>
    extend(id, new Date(expires), slot, ctx),
  ),
  onPress(presses.allow, asking, 'anyone', async ({ id, until }, ctx: Ctx) => decide(id, new Date(until), true, ctx)),
  onPress(presses.deny, asking, 'anyone', async ({ id, until }, ctx: Ctx) => decide(id, new Date(until), false, ctx)),
];

import { z } from 'zod';
import type { Fix, Ref } from '../diagnosis/index.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Handler,
  type Json,
  onDue,
  onOutcome,
  onPress,
  type PersonCtx,
  Problem,
  person,
  said,
  text,
  whisper,
} from '../kernel/index.ts';
import { inGitView, lastsFor, moreView, noticed, presses, triedWords } from './fixing-view.ts';
import { type MindingStore, mine, note } from './holding.ts';
import { nameOf } from './incident-view.ts';
import { gist } from './life.ts';
import { clusterFix, clusterPreflight, fixed, preflown, type Undo } from './seen.ts';
import type { Incident, Mending, Tried, WithIncidents } from './store.ts';
import { history, redraw } from './telling.ts';

type Fixing = Ctx<MindingStore>;
const check = 'incident.fix-check';
/** A fix that works shows within this time: pods are pulled, started and probed. */
const checkMs = 3 * 60_000;
/** What crashed is told of for a quarter of an hour, and watched for five minutes more. */
const patienceMs = 25 * 60_000;

/** Has its fixes tried out, so that what is offered is known to be possible. */
export const tryFixes = (i: Incident, ctx: Ctx<unknown>): Effects => [
  {
    kind: 'act',
    action: clusterPreflight,
    input: { incident: i.id, ...placeOf(i), gist: gist(i.verdict), verdict: i.verdict as unknown as Json },
    key: `preflight/${i.id}/${ctx.now.getTime()}`,
  },
];

/** Its cluster, which may be another one by the time that something is done in it. */
const placeOf = ({ cluster, uid }: Incident) => ({ cluster, ...(uid === undefined ? {} : { uid }) });

const none: Mending = { offers: [] };
const drawn = (i: Incident, ctx: Ctx<WithIncidents>) => redraw(i.message === undefined ? [] : [i.message], ctx);

type TheirName = { readonly user: string; readonly groups: readonly string[] };

/** For whom the cluster is asked, and in whose name it is done, where the settings say so: somebody whom it can't know may not. */
function reviewed({ by, settings }: PersonCtx<MindingStore>): { review?: TheirName; as?: TheirName } {
  const { subjectAccessReview, impersonate } = settings.doctor;
  if (!subjectAccessReview && !impersonate) return {};
  if (by.email === undefined)
    throw new Problem(
      'fix_unreviewed',
      'The cluster knows people by their e-mail addresses, and I don’t know yours. Nothing was done. Ask somebody of your team, or your workspace’s admins to confirm your address.',
    );
  const name = { user: by.email, groups: by.teams };
  return { ...(subjectAccessReview ? { review: name } : {}), ...(impersonate ? { as: name } : {}) };
}

/** Begins it: written down before it is done, so that a second press finds it. */
async function begin(
  i: Incident,
  title: string,
  todo: ({ readonly fix: Fix } | { readonly undo: Undo }) & { readonly print?: string },
  ctx: PersonCtx<MindingStore>,
): Promise<Effects> {
  const review = reviewed(ctx);
  const key = `fix/${i.id}/${ctx.now.getTime()}`;
  const tried: Tried = {
    key,
    title,
    by: ctx.by.id,
    at: ctx.now.toISOString(),
    state: 'doing',
    ...('undo' in todo ? { back: true as const } : lastsFor(todo.fix)),
  };
  await ctx.store.incidents.change(i.id, { mending: { ...(i.mending ?? none), tried } }, ctx.now);
  await note('fix-pressed', i, ctx, { title, key });
  const target: Ref = i.verdict.object;
  const input = { incident: i.id, ...placeOf(i), target, todo, at: ctx.now.toISOString(), note: true, ...review };
  return [
    { kind: 'act', action: clusterFix, input: input as unknown as Json, key },
    ...(await drawn(i, ctx)),
    ...history(i, 'fix', title, text`${person(ctx.by.id)} pressed “${title}”.`, ctx),
  ];
}

const printed = ({ print }: { readonly print?: string }): { print?: string } => (print === undefined ? {} : { print });

const busy = (i: Incident): Effects | undefined => {
  const tried = i.mending?.tried;
  return tried?.state === 'doing'
    ? [
        whisper(
          noticed(
            nameOf(i),
            text`${person(tried.by)} pressed “${tried.title}” a moment ago: that is being done first.`,
          ),
        ),
      ]
    : undefined;
};

async function press(id: string, offered: string, ctx: PersonCtx<MindingStore>): Promise<Effects> {
  const i = await mine(id, ctx);
  const under = busy(i);
  if (under) return under;
  const offer = i.mending?.offers.find((o) => o.id === offered);
  // What is done was written down by us: a button only names it.
  const fix = offer && i.verdict.fixes.find((f) => f.title === offer.title && f.kind === offer.kind);
  if (i.state !== 'open' || offer === undefined || fix === undefined || i.mending?.gist !== gist(i.verdict))
    throw new Problem(
      'fix_stale',
      `How ${nameOf(i)} fares has changed since this was offered. Nothing was done; look at its message as it is now.`,
    );
  if (offer.hindered !== undefined) return [whisper(noticed(offer.title, said(offer.hindered)))];
  if (offer.managedBy !== undefined) return [whisper(inGitView(i, offer))];
  return begin(i, offer.title, { fix, ...printed(offer) }, ctx);
}

/** What was there is written down: now it may be changed. */
async function goOn(
  i: Incident,
  tried: Tried,
  { noted, next }: Extract<z.output<typeof fixed>, { noted: unknown }>,
  ctx: Fixing,
): Promise<Effects> {
  const key = `${tried.key}/do`;
  await ctx.store.incidents.change(
    i.id,
    { mending: { ...(i.mending ?? none), tried: { ...tried, ...noted, key } } },
    ctx.now,
  );
  return [{ kind: 'act', action: clusterFix, input: next, key }];
}

async function ended(key: string, result: z.output<typeof fixed>, ctx: Fixing): Promise<Effects> {
  const i = await ctx.store.incidents.take(result.incident);
  const tried = i?.mending?.tried;
  if (!i || tried?.key !== key || tried.state !== 'doing') return [];
  if ('noted' in result) return goOn(i, tried, result, ctx);
  const resolved = i.state === 'resolved';
  // Without what was there before it had been begun, by a process that died: then what was noted counts, since what is
  // there by now may be somebody else's.
  const after: Tried = result.ok
    ? {
        ...tried,
        state: resolved && !tried.back ? 'helped' : 'done',
        ...(result.undo === undefined ? {} : { undo: result.undo, ...printed(result) }),
      }
    : { ...tried, state: 'failed', said: result.message };
  await ctx.store.incidents.change(i.id, { mending: { ...(i.mending ?? none), tried: after } }, ctx.now);
  await ctx.store.audit.append({
    at: ctx.now,
    who: tried.by,
    what: result.ok ? 'incident.fixed' : 'incident.fix-failed',
    about: `incident/${i.number}`,
    details: {
      cluster: i.cluster,
      subject: i.subject,
      title: tried.title,
      ...(result.ok ? {} : { said: result.message }),
    },
  });
  return [
    ...(result.ok && !tried.back ? [checkLater(i, key, ctx)] : []),
    ...(await drawn(i, ctx)),
    ...history(i, 'fixed', tried.title, triedWords(after), ctx),
  ];
}

const checkLater = (i: Incident, key: string, ctx: Fixing): Effect => ({
  kind: 'later',
  job: check,
  input: { id: i.id, key },
  at: new Date(ctx.now.getTime() + checkMs),
  key: `${check}/${i.id}`,
});

/** Whether it helped: when it is over that is said then, and when it is not after a while, now. */
async function checked(id: string, key: string, ctx: Fixing): Promise<Effects> {
  const i = await ctx.store.incidents.take(id);
  const tried = i?.mending?.tried;
  if (!i || tried?.key !== key || tried.state !== 'done' || i.state !== 'open') return [];
  // What ended again and again is ready now: whether it goes on ending is not known before it has run for a while.
  const since = ctx.now.getTime() - Date.parse(tried.at);
  if (i.verdict.blast.reach === 'none' && since < patienceMs) return [checkLater(i, key, ctx)];
  const after: Tried = { ...tried, state: 'useless' };
  await ctx.store.incidents.change(id, { mending: { ...(i.mending ?? none), tried: after } }, ctx.now);
  return [...(await drawn(i, ctx)), ...history(i, 'useless', tried.title, triedWords(after), ctx)];
}

/** What mends it, by a button. */
export const fixing: readonly Handler<MindingStore>[] = [
  onOutcome(clusterPreflight, preflown, async (_, found, ctx: Fixing): Promise<Effects> => {
    const i = await ctx.store.incidents.take(found.incident);
    // It has changed meanwhile: then another try is under way.
    if (!i || i.state === 'resolved' || gist(i.verdict) !== found.gist) return [];
    const { gist: of, offers, untried, words } = found;
    const tried = i.mending?.tried;
    const mending: Mending = {
      gist: of,
      offers,
      ...(untried === undefined ? {} : { untried }),
      ...(words === undefined ? {} : { words }),
      ...(tried === undefined ? {} : { tried }),
    };
    await ctx.store.incidents.change(i.id, { mending }, ctx.now);
    // A message that several share shows no fixes.
    return (offers.length > 0 || untried !== undefined || words !== undefined) &&
      i.message?.startsWith('incidents/') !== true
      ? drawn(i, ctx)
      : [];
  }),
  onPress(
    presses.fix,
    z.object({ id: z.uuid(), offer: z.string() }),
    'anyone',
    async ({ id, offer }, ctx: PersonCtx<MindingStore>) => press(id, offer, ctx),
  ),
  onPress(
    presses.fixAsked,
    z.object({ id: z.uuid(), offer: z.string() }),
    'anyone',
    async ({ id, offer }, ctx: PersonCtx<MindingStore>): Promise<Effects> => {
      const effects = await press(id, offer, ctx);
      if (effects.some((e) => e.kind === 'whisper')) return effects;
      const i = await ctx.store.incidents.take(id);
      const where = i?.message === undefined ? text`Ask again in a moment` : text`The message of #${i.number} tells`;
      return [...effects, whisper(noticed('I’m doing it', text`${where} whether it helps.`))];
    },
  ),
  onPress(presses.more, z.object({ id: z.uuid() }), 'anyone', async ({ id }, ctx: PersonCtx<MindingStore>) => [
    whisper(moreView(await mine(id, ctx))),
  ]),
  onPress(
    presses.undo,
    z.object({ id: z.uuid(), key: z.string() }),
    'anyone',
    async ({ id, key }, ctx: PersonCtx<MindingStore>): Promise<Effects> => {
      const i = await mine(id, ctx);
      const under = busy(i);
      if (under) return under;
      const tried = i.mending?.tried;
      if (tried?.key !== key || tried.undo === undefined)
        throw new Problem('fix_stale', `“Undo” was for another change of ${nameOf(i)}. Nothing was done.`);
      return begin(i, `Undo: ${tried.title}`, { undo: tried.undo, ...printed(tried) }, ctx);
    },
  ),
  onOutcome(clusterFix, fixed, ended),
  onDue(check, z.object({ id: z.string(), key: z.string() }), async ({ id, key }, _, ctx: Fixing) =>
    checked(id, key, ctx),
  ),
];

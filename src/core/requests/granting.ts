import { type Effect, type Effects, money, type PersonCtx, type View } from '../kernel/index.ts';
import { accept } from './accept.ts';
import { decidedView, glassView, refusedView } from './approval-view.ts';
import { approvalBy, approversOf, closeCopies, mayDecide } from './approvers.ts';
import { replan } from './begin.ts';
import { type Checked, check, sameCost } from './check.ts';
import { hindrance } from './confirm-view.ts';
import { keys, type Store } from './keys.ts';
import { editLive, subjectOf } from './live.ts';
import { note } from './note.ts';
import type { Request } from './store.ts';
import { answer, notice, type Subject, thingOf } from './view-parts.ts';

/* What follows from a yes and from a no, and when neither can be carried out. */

const title = (number: number) => `Request #${number}`;
const plain = (words: View['blocks']) =>
  words.flatMap((b) => ('text' in b && Array.isArray(b.text) ? b.text : [])).map((s) => ('text' in s ? s.text : ''));

/** What was waited for cannot be done as it was asked: the person hears why, and all copies say so. */
async function thwarted(
  request: Request,
  checked: Exclude<Checked, { is: 'fine' }>,
  ctx: PersonCtx<Store>,
): Promise<Effects> {
  const { why } = checked;
  if (checked.is === 'gone' && checked.broken) return [answer(title(request.number), why)];
  const subject = await subjectOf(request, ctx);
  if (checked.is === 'left' || checked.is === 'gone') {
    const after: Request = { ...request, state: 'cancelled', said: why };
    await ctx.store.requests.change(request.number, { state: 'cancelled', said: why }, ctx.now);
    const effects = [
      await editLive(after, ctx),
      ...closeCopies(request, decidedView(after, subject)),
      { kind: 'never' as const, key: keys.nudge(request.number) },
      ...(checked.is === 'gone' ? [told(after, subject, why)] : []),
    ];
    await note('abandoned', after, 'groundcrew', ctx, { because: why });
    return effects;
  }
  if (checked.is === 'moved') {
    const by = await ctx.store.people.byId(request.requester);
    if (!by) return [];
    const again = await replan(request, checked.path, by, ctx, { said: `${why} Then please confirm once more.` });
    return [...again.effects, ...handedBack(request, subject, why)];
  }
  return giveBack(request, subject, why, ctx);
}

/** Back to the person who asked, with the reason. A later yes is asked anew, so old buttons count no more. */
async function giveBack(request: Request, subject: Subject, why: string, ctx: PersonCtx<Store>): Promise<Effects> {
  const change = { state: 'confirming' as const, plans: request.plans + 1, said: why };
  await ctx.store.requests.change(request.number, change, ctx.now);
  return [await editLive({ ...request, ...change }, ctx), ...handedBack(request, subject, why)];
}

const handedBack = (request: Request, subject: Subject, why: string): Effects => [
  ...closeCopies(request, decidedView({ ...request, said: `${why} It went back to the person who asked.` }, subject)),
  { kind: 'never', key: keys.nudge(request.number) },
  told(request, subject, why),
];

const told = (request: Request, subject: Subject, why: string): Effect => ({
  kind: 'tell',
  person: request.requester,
  via: request.account,
  key: keys.decision(request.number, request.plans),
  view: {
    id: 'request.given-back',
    title: thingOf(request, subject),
    summary: `Request #${request.number} can’t go on as you asked: ${why}`,
    blocks: [notice('warn', [{ kind: 'plain', text: `${why} The message above shows how it stands.` }])],
  },
});

/** Carries out a yes: of an approver, or of an admin on their own request. */
export async function granted(
  request: Request,
  decided: NonNullable<Request['decided']>,
  ctx: PersonCtx<Store>,
): Promise<Effects> {
  const requester = await ctx.store.people.byId(request.requester);
  const checked = await check(request, requester, ctx);
  if (checked.is !== 'fine') return thwarted(request, checked, ctx);
  const { a } = checked;
  const subject = { path: a.path, ...(a.resource ? { resource: a.resource } : {}) };
  const against = hindrance(request, a);
  if (against) return giveBack(request, subject, plain([{ kind: 'text', text: against }]).join(''), ctx);
  const { verdict, cost } = a;
  if (!sameCost(request, a))
    return giveBack(
      request,
      subject,
      `It would cost ${cost ? `${money(cost.cents, cost.currency)} a month` : 'nothing'} now, which is not what was asked for.`,
      ctx,
    );
  if (verdict.is === 'deny') return giveBack(request, subject, verdict.because, ctx);
  if (
    verdict.is === 'approval' &&
    !decided.breakGlass &&
    !(await mayDecide(ctx.by, verdict.by, request.requester, ctx))
  )
    return giveBack(request, subject, `Somebody else has to say yes by now: ${verdict.because}`, ctx);
  const accepted = await accept(request, a, ctx, decided);
  if (!accepted) return giveBack(request, subject, 'Somebody else took the name at this moment.', ctx);
  const effects = [
    ...accepted.effects,
    ...closeCopies(request, decidedView(accepted.request, subject)),
    ...(decided.breakGlass ? await announce(accepted.request, subject, ctx) : []),
  ];
  await note(decided.breakGlass ? 'glass-broken' : 'approved', accepted.request, ctx.by.id, ctx, {
    verdict,
    ...(decided.words === undefined ? {} : { words: decided.words }),
  });
  return effects;
}

/** Everybody who could have decided hears of it. */
async function announce(request: Request, subject: Subject, ctx: PersonCtx<Store>): Promise<Effects> {
  const { first, rest } = await approversOf(approvalBy(request), request.requester, ctx);
  const key = keys.glass(request.number, request.plans);
  const view = glassView(request, subject);
  return [
    ...[...first, ...rest].map((p): Effect => ({ kind: 'tell', person: p.id, key, view })),
    ...ctx.settings.channels.approvals.map((place): Effect => ({ kind: 'say', place, key, view })),
  ];
}

export async function refused(request: Request, words: string, ctx: PersonCtx<Store>): Promise<Effects> {
  const decided = { by: ctx.by.id, words };
  const after: Request = { ...request, state: 'refused', decided };
  await ctx.store.requests.change(request.number, { state: 'refused', decided }, ctx.now);
  const subject = await subjectOf(request, ctx);
  const effects: Effects = [
    await editLive(after, ctx),
    ...closeCopies(request, decidedView(after, subject)),
    {
      kind: 'tell',
      person: request.requester,
      via: request.account,
      key: keys.decision(request.number, request.plans),
      view: refusedView(after, subject),
    },
    { kind: 'never', key: keys.nudge(request.number) },
  ];
  await note('refused', after, ctx.by.id, ctx, { words });
  return effects;
}

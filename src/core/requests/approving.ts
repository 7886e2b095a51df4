import { z } from 'zod';
import {
  type Block,
  type Effect,
  type Effects,
  type Handler,
  type May,
  onPress,
  onSubmit,
  type PersonCtx,
  Problem,
  type Refuse,
  refuse,
  strong,
  text,
} from '../kernel/index.ts';
import { approvalView, decidedView } from './approval-view.ts';
import { approvalBy, approversOf, closeCopies, mayDecide } from './approvers.ts';
import type { Assessment } from './assess.ts';
import { glassForm, refuseForm } from './forms.ts';
import { granted, refused } from './granting.ts';
import { deciding, keys, planned, presses, type Store } from './keys.ts';
import { waitingView } from './listing.ts';
import { editLive, mineOnly, subjectOf, take } from './live.ts';
import { note } from './note.ts';
import { firstNudge } from './nudging.ts';
import { decide } from './rules.ts';
import type { Request, RequestChange, Verdict } from './store.ts';
import { answer, press, type Subject } from './view-parts.ts';

type Approval = Extract<Verdict, { is: 'approval' }>;
const title = (number: number) => `Request #${number}`;
/** Asks the smallest set of people who can say yes, where they are, and in the channels for it. */
export async function askApproval(
  request: Request,
  a: Assessment,
  verdict: Approval,
  ctx: PersonCtx<Store>,
): Promise<Effects> {
  const { first } = await approversOf(verdict.by, request.requester, ctx);
  const alone = first.length === 0;
  if (alone && !ctx.by.roles.has('admin')) {
    const said = `Nobody but you could say yes to this, and nobody decides on their own request. Ask ${ctx.settings.name} to name somebody in groundcrew.yaml.`;
    await ctx.store.requests.change(request.number, { verdict, said }, ctx.now);
    return [await editLive({ ...request, verdict, said }, ctx)];
  }
  const state = 'awaiting-approval' as const;
  const change: RequestChange = { state, verdict, said: '', ...(a.cost ? { cost: a.cost } : {}) };
  await ctx.store.requests.change(request.number, change, ctx.now);
  const { said: _, ...rest } = request;
  const after: Request = { ...rest, state, verdict, ...(a.cost ? { cost: a.cost } : {}) };
  const subject = {
    path: a.path,
    ...(a.resource ? { resource: a.resource } : {}),
    ...(a.cluster === undefined ? {} : { cluster: a.cluster }),
  };
  const view = approvalView(after, subject);
  const key = keys.approval(request.number, request.plans);
  const effects: Effects = [
    await editLive(after, ctx),
    ...first.map((p): Effect => ({ kind: 'tell', person: p.id, key, view })),
    ...ctx.settings.channels.approvals.map((place): Effect => ({ kind: 'say', place, key, view })),
    { kind: 'never', key: keys.expiry(request.number) },
    firstNudge(after, ctx),
  ];
  await note('approval-asked', after, ctx.by.id, ctx, { verdict, asked: first.map((p) => p.id) });
  return effects;
}

/** The request, when this person may decide on it now; else what they are answered. */
async function decidable(
  move: 'approve' | 'refuse',
  number: number,
  plans: number,
  ctx: PersonCtx<Store>,
): Promise<
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly effects: Effects; readonly why: string }
> {
  const request = await take(number, ctx);
  if (request.requester === ctx.by.id)
    throw new Problem(
      'approval_own',
      `Request #${number} is your own, and nobody decides on their own request. An admin who can’t wait breaks the glass, in the message of the request.`,
    );
  if (!(await mayDecide(ctx.by, approvalBy(request), request.requester, ctx)))
    throw new Problem(
      'approval_not_yours',
      `You can’t decide on request #${number}: that is for those who were asked. Nothing was changed.`,
    );
  const decision = decide(move, request);
  const late =
    plans !== request.plans ? 'It has changed since you saw this, and is asked anew if it still needs a yes.' : '';
  const why = decision.ok ? late : decision.why;
  if (why === '') return { ok: true, request };
  const subject = await subjectOf(request, ctx);
  // Whoever presses late sees what became of it, also in a copy that could not be edited.
  const copy =
    request.state === 'awaiting-approval' ? [] : closeCopies({ ...request, plans }, decidedView(request, subject));
  return { ok: false, why, effects: [answer(title(number), why), ...copy] };
}

/** Whoever decided in a list sees what became of it, in place of the list: it has no button for what is decided. */
async function heard(number: number, ctx: PersonCtx<Store>): Promise<Effect> {
  const request = await take(number, ctx);
  const { title: what, blocks } = decidedView(request, await subjectOf(request, ctx));
  const head: Block = { kind: 'text', text: text`${strong(what)}` };
  return { kind: 'whisper', over: 'private', view: await waitingView(ctx, [head, ...blocks]) };
}

/** The form that asks why can’t change the list that it was opened from: so its buttons are gone by then. */
async function refusing(number: number, ctx: PersonCtx<Store>): Promise<Effect> {
  const words = text`To refuse ${strong(`request #${number}`)}, say why in the form.`;
  const back: Block = { kind: 'buttons', buttons: [press('Show the list again', presses.waiting, {})] };
  return {
    kind: 'whisper',
    over: 'private',
    view: await waitingView(ctx, [{ kind: 'text', text: words }, back], number),
  };
}

/** Before a form is opened the move is tried, so that nobody types a reason for nothing. */
const carryOf = (number: number, plans: number) => JSON.stringify({ number, plans });
const admins: May = ['admin'];

async function glassable(number: number, plans: number, ctx: PersonCtx<Store>) {
  const request = await take(number, ctx);
  mineOnly(request, ctx.by.id);
  const decision = decide('approve', request);
  if (!decision.ok) return { ok: false, why: decision.why } as const;
  if (plans !== request.plans)
    return { ok: false, why: 'It has changed since you saw this. Please look again.' } as const;
  return { ok: true, request } as const;
}

export const approving: readonly Handler<Store>[] = [
  onPress(presses.approve, deciding, 'anyone', async ({ number, plans, list }, ctx: PersonCtx<Store>) => {
    const found = await decidable('approve', number, plans, ctx);
    if (!found.ok) return found.effects;
    const effects = await granted(found.request, { by: ctx.by.id }, ctx);
    return list ? [...effects, await heard(number, ctx)] : effects;
  }),
  onPress(presses.refuse, deciding, 'anyone', async (value, ctx: PersonCtx<Store>) => {
    const found = await decidable('refuse', value.number, value.plans, ctx);
    if (!found.ok) return found.effects;
    const ask: Effect = { kind: 'ask', form: refuseForm, carry: JSON.stringify(value) };
    return value.list === 'own' ? [ask, await refusing(value.number, ctx)] : [ask];
  }),
  onPress(presses.waiting, z.object({}), 'anyone', async (_, ctx: PersonCtx<Store>) => [
    { kind: 'whisper', over: 'private', view: await waitingView(ctx) },
  ]),
  onSubmit(refuseForm, 'anyone', async ({ words }, carry, ctx: PersonCtx<Store>): Promise<Effects | Refuse> => {
    const { number, plans, list } = deciding.parse(JSON.parse(carry));
    const found = await decidable('refuse', number, plans, ctx);
    if (!found.ok) return refuse({ words: found.why });
    const effects = await refused(found.request, words, ctx);
    return list ? [...effects, await heard(number, ctx)] : effects;
  }),
  onPress(presses.glass, planned, admins, async ({ number, plans }, ctx: PersonCtx<Store>) => {
    const found = await glassable(number, plans, ctx);
    return found.ok
      ? [{ kind: 'ask', form: glassForm, carry: carryOf(number, plans) }]
      : [answer(title(number), found.why)];
  }),
  onSubmit(glassForm, admins, async ({ words }, carry, ctx: PersonCtx<Store>): Promise<Effects | Refuse> => {
    const { number, plans } = planned.parse(JSON.parse(carry));
    const found = await glassable(number, plans, ctx);
    return found.ok
      ? granted(found.request, { by: ctx.by.id, words, breakGlass: true }, ctx)
      : refuse({ words: found.why });
  }),
];

/** Who may look at the whole plan: whom it concerns. */
export async function mayRead(request: Request, ctx: PersonCtx<Store>): Promise<void> {
  const concerned =
    request.requester === ctx.by.id ||
    ctx.by.teams.includes(request.team) ||
    ctx.by.roles.has('platform') ||
    (await mayDecide(ctx.by, approvalBy(request), request.requester, ctx));
  if (!concerned)
    throw new Problem(
      'request_not_yours',
      `Request #${request.number} is somebody else’s. Ask them to show it to you.`,
    );
}

/** When the person takes it back or changes it while others decide, these need not any more. */
export const withdrawn = (before: Request, after: Request, subject: Subject): Effects =>
  before.state === 'awaiting-approval'
    ? [
        ...closeCopies(before, decidedView({ ...after, said: withdrawnWords(after) }, subject)),
        { kind: 'never', key: keys.nudge(before.number) },
      ]
    : [];
const withdrawnWords = ({ state }: Request) =>
  state === 'cancelled'
    ? 'The person who asked took it back.'
    : 'The person who asked is changing it. You hear from me again if it still has to be decided.';

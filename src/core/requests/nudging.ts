import { z } from 'zod';
import { type Ctx, type Effect, type Effects, type Handler, onDue } from '../kernel/index.ts';
import { approvalView, decidedView, expiredView, reminderView } from './approval-view.ts';
import { approvalBy, approversOf, closeCopies } from './approvers.ts';
import { keys, type Store } from './keys.ts';
import { editLive, subjectOf } from './live.ts';
import { note } from './note.ts';
import type { Request } from './store.ts';

const steps = ['remind', 'escalate', 'expire'] as const;
type Step = (typeof steps)[number];
const nudge = z.object({
  number: z.int32().positive(),
  plans: z.int32(),
  step: z.enum(steps),
  /** Since when it waits: each step is so long after that. */
  since: z.iso.datetime(),
});
type Nudge = z.output<typeof nudge>;

const after: Readonly<Record<Step, 'remindAfter' | 'escalateAfter' | 'expireAfter'>> = {
  remind: 'remindAfter',
  escalate: 'escalateAfter',
  expire: 'expireAfter',
};

const at = (input: Nudge, ctx: Ctx<unknown>): Effect => ({
  kind: 'later',
  job: 'request.nudge',
  input,
  at: new Date(new Date(input.since).getTime() + ctx.settings.requests[after[input.step]] * 1000),
  key: keys.nudge(input.number),
});

/** Nobody is left waiting in silence: after a while somebody is reminded. */
export const firstNudge = ({ number, plans }: Request, ctx: Ctx<unknown>): Effect =>
  at({ number, plans, step: 'remind', since: ctx.now.toISOString() }, ctx);

type Do = (request: Request, input: Nudge, ctx: Ctx<Store>) => Promise<Effects>;

const doing: { readonly [K in Step]: Do } = {
  remind: async (request, input, ctx) => {
    const { first } = await approversOf(approvalBy(request), request.requester, ctx);
    const view = reminderView(request, await subjectOf(request, ctx));
    const key = keys.reminder(request.number, request.plans);
    return [
      ...first.map((p): Effect => ({ kind: 'tell', person: p.id, key, view })),
      at({ ...input, step: 'escalate' }, ctx),
    ];
  },
  // Who was asked already has a copy, which is edited; the others get theirs now.
  escalate: async (request, input, ctx) => {
    const { first, rest } = await approversOf(approvalBy(request), request.requester, ctx);
    const view = approvalView(request, await subjectOf(request, ctx), true);
    const key = keys.approval(request.number, request.plans);
    const effects: Effects = [
      { kind: 'edit', key, view },
      ...[...first, ...rest].map((p): Effect => ({ kind: 'tell', person: p.id, key, view })),
      at({ ...input, step: 'expire' }, ctx),
    ];
    await note('escalated', request, 'groundcrew', ctx, { asked: rest.map((p) => p.id) });
    return effects;
  },
  expire: async (request, _, ctx) => {
    const said = 'Nobody decided in time, so it was closed. Nothing was made.';
    const closed: Request = { ...request, state: 'expired', said };
    await ctx.store.requests.change(request.number, { state: 'expired', said }, ctx.now);
    const subject = await subjectOf(request, ctx);
    const effects: Effects = [
      await editLive(closed, ctx),
      ...closeCopies(request, decidedView(closed, subject)),
      {
        kind: 'tell',
        person: request.requester,
        via: request.account,
        key: keys.decision(request.number, request.plans),
        view: expiredView(closed, subject),
      },
    ];
    await note('expired', closed, 'groundcrew', ctx);
    return effects;
  },
};

export const nudging: readonly Handler<Store>[] = [
  onDue('request.nudge', nudge, async (input, _late, ctx: Ctx<Store>) => {
    const request = await ctx.store.requests.take(input.number);
    if (request?.state !== 'awaiting-approval' || request.plans !== input.plans) return [];
    return doing[input.step](request, input, ctx);
  }),
];

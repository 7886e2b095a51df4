/**
 * Where a request stands. `planning`: what would happen is being found out. `confirming`: it waits for the person who
 * asked. From `queued` on a run carries it out. `cleaning`: what a failed try left behind is removed. `expired`: nobody
 * confirmed or decided in time.
 */
export const requestStates = [
  'planning',
  'confirming',
  'awaiting-approval',
  'queued',
  'running',
  'cleaning',
  'ready',
  'failed',
  'refused',
  'cancelled',
  'expired',
] as const;
export type RequestState = (typeof requestStates)[number];

/** What can happen to it. */
export const moves = [
  'plan',
  'planned',
  'confirm',
  'ask',
  'approve',
  'refuse',
  'giveBack',
  'abandon',
  'undo',
  'expire',
  'start',
  'finish',
  'fail',
  'halt',
  'retry',
  'clean',
  'cleaned',
] as const;
export type Move = (typeof moves)[number];

/** Who makes a move: the person who asked; who decides on approvals; those who may touch the thing; or time and runs. */
export type Actor = 'requester' | 'approver' | 'team' | 'nobody';

type Rule = {
  readonly from: readonly RequestState[];
  readonly to: RequestState;
  readonly who: Actor;
  /** Only before it was accepted, or only after: an ended request is taken up again in one way or the other. */
  readonly only?: 'before' | 'after';
  /** As in “it can’t be … any more”. */
  readonly wish: string;
};

const before = ['planning', 'confirming', 'awaiting-approval'] as const;
const underWay = ['queued', 'running'] as const;

/** The one table of allowed moves. */
export const rules: Readonly<Record<Move, Rule>> = {
  plan: { from: before, to: 'planning', who: 'requester', wish: 'changed' },
  planned: { from: ['planning'], to: 'confirming', who: 'nobody', wish: 'shown' },
  confirm: { from: ['confirming'], to: 'queued', who: 'requester', wish: 'confirmed' },
  ask: { from: ['confirming'], to: 'awaiting-approval', who: 'requester', wish: 'sent for approval' },
  approve: { from: ['awaiting-approval'], to: 'queued', who: 'approver', wish: 'approved' },
  refuse: { from: ['awaiting-approval'], to: 'refused', who: 'approver', wish: 'refused' },
  /** What was asked can’t be carried out any more as it was asked. */
  giveBack: { from: ['awaiting-approval'], to: 'confirming', who: 'nobody', wish: 'given back' },
  abandon: { from: before, to: 'cancelled', who: 'requester', wish: 'taken back' },
  undo: { from: ['cancelled'], to: 'planning', who: 'requester', only: 'before', wish: 'taken up again' },
  expire: { from: before, to: 'expired', who: 'nobody', wish: 'closed' },
  start: { from: ['queued'], to: 'running', who: 'nobody', wish: 'started' },
  finish: { from: underWay, to: 'ready', who: 'nobody', wish: 'finished' },
  fail: { from: [...underWay, 'cleaning'], to: 'failed', who: 'nobody', wish: 'failed' },
  halt: { from: [...underWay, 'cleaning'], to: 'cancelled', who: 'team', wish: 'stopped' },
  retry: { from: ['failed', 'cancelled'], to: 'queued', who: 'team', only: 'after', wish: 'tried again' },
  clean: { from: ['failed', 'cancelled'], to: 'cleaning', who: 'team', only: 'after', wish: 'cleaned up' },
  cleaned: { from: ['cleaning'], to: 'cancelled', who: 'nobody', wish: 'cleaned up' },
};

export const stateNames: Readonly<Record<RequestState, string>> = {
  planning: 'Looking ahead',
  confirming: 'Waiting for you',
  'awaiting-approval': 'Waiting for approval',
  queued: 'Queued',
  running: 'Under way',
  cleaning: 'Cleaning up',
  ready: 'Ready',
  failed: 'Failed',
  refused: 'Refused',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

/** Nothing more happens to it by itself. */
export const isOver = (state: RequestState): boolean =>
  state === 'ready' || state === 'failed' || state === 'refused' || state === 'cancelled' || state === 'expired';

/** How a state reads inside a sentence about a request that cannot be moved any more. */
const stands: Readonly<Record<RequestState, string>> = {
  planning: 'is still being looked at',
  confirming: 'waits for the person who asked',
  'awaiting-approval': 'waits for approval',
  queued: 'has been accepted already',
  running: 'is under way already',
  cleaning: 'is being cleaned up',
  ready: 'is ready already',
  failed: 'has failed',
  refused: 'was refused already',
  cancelled: 'was cancelled',
  expired: 'has expired',
};

export type Decision =
  | { readonly ok: true; readonly state: RequestState }
  | { readonly ok: false; readonly why: string };

/** What a move makes of a request, or why it may not be made. */
export function decide(
  move: Move,
  request: { readonly number: number; readonly state: RequestState; readonly accepted?: Date },
): Decision {
  const rule = rules[move];
  const fits = rule.only === undefined || (rule.only === 'after') === (request.accepted !== undefined);
  if (rule.from.includes(request.state) && fits) return { ok: true, state: rule.to };
  return { ok: false, why: `Request #${request.number} ${stands[request.state]}, so it can’t be ${rule.wish} now.` };
}

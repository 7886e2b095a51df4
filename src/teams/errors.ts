import type { Delivered } from '../core/kernel/index.ts';
import type { Outcome } from './connector.ts';

/**
 * What was tried. Posts are the ones that must not be made twice; `open` finds or makes the 1:1 chat with a person, and
 * like an edit may be repeated freely.
 */
export type Job = 'post' | 'reply' | 'direct' | 'edit' | 'open';
type Failure = Exclude<Outcome, { is: 'ok' }>;
type Refused = Extract<Failure, { is: 'refused' }>;

const repeatable: Readonly<Record<Job, boolean>> = { post: false, reply: false, direct: false, edit: true, open: true };
/** What is not there any more when a conversation is not. */
const target: Readonly<Record<Job, 'place' | 'person'>> = {
  post: 'place',
  reply: 'place',
  direct: 'person',
  edit: 'place',
  open: 'person',
};

const words = (o: Refused): string =>
  `Teams answered ${o.status}${o.code ? ` ${o.code}` : o.foreign ? ' (no JSON)' : ''}`;
const later = (o: Refused): Delivered => ({
  is: 'later',
  ...(o.after === undefined ? {} : { after: o.after }),
  why: words(o),
});
/** The call may have been carried out before the answer went wrong. */
const laterUnsure = (o: Refused, job: Job): Delivered => ({
  ...(later(o) as Extract<Delivered, { is: 'later' }>),
  ...(repeatable[job] ? {} : { unknown: true }),
});
const gone = (o: Refused, job: Job): Delivered => ({ is: 'gone', what: target[job], why: words(o) });
const refused = (o: Refused): Delivered => ({ is: 'refused', why: words(o) });

/** What Teams says where the bot is not, or may not write. Other refusals are of the moment, such as a policy's. */
const removals: ReadonlySet<string> = new Set([
  'BotNotInConversationRoster',
  'BotDisabledByAdmin',
  'BotDisabledByUser',
  'MessageWritesBlocked',
  'ForbiddenOperationException',
  'ConversationBlockedByUser',
  'ConversationNotFound',
]);
const forbiddenMs = 5 * 60_000;

/** By status, with Teams' own code where one status means several things. */
const table: Readonly<Record<number, (o: Refused, job: Job) => Delivered>> = {
  // Most 400s are faults of what we sent; a conversation id that Teams cannot read is a place that is not there.
  400: (o, job) =>
    o.code === 'ConversationNotFound' || (o.code === 'BadArgument' && job === 'open') ? gone(o, job) : refused(o),
  401: (o) => ({ is: 'parked', why: `${words(o)}: Teams does not accept this bot's token` }),
  403: (o, job) =>
    removals.has(o.code ?? '') ? gone(o, job) : { is: 'later', after: o.after ?? forbiddenMs, why: words(o) },
  // A thread is a conversation of its own: it goes with the message that began it, and the channel stays.
  404: (o, job) =>
    job === 'reply' || (job === 'edit' && o.code !== 'ConversationNotFound')
      ? { is: 'gone', what: 'message', why: words(o) }
      : gone(o, job),
  408: laterUnsure,
  412: later,
  413: refused,
  429: later,
  500: laterUnsure,
  502: laterUnsure,
  503: later,
  504: laterUnsure,
};

const shapes: { readonly [K in Failure['is']]: (o: Extract<Failure, { is: K }>, job: Job) => Delivered } = {
  refused: (o, job) => {
    // Something on the way answered in Teams' place: it says nothing about what we asked for.
    if (o.foreign && o.status < 500 && o.status !== 429) return later(o);
    const known = table[o.status];
    if (known) return known(o, job);
    // A redirect is never followed; it is a proxy's, and it passes.
    if (o.status < 400) return later(o);
    return o.status >= 500 ? laterUnsure(o, job) : refused(o);
  },
  lost: (o, job) => ({
    is: 'later',
    ...(o.sent && !repeatable[job] ? { unknown: true as const } : {}),
    why: `Teams could not be reached: ${o.why}`,
  }),
  'no token': (o) => (o.denied ? { is: 'parked', why: o.why } : { is: 'later', why: o.why }),
  'no address': () => ({ is: 'refused', why: 'the conversation is at an address that messages may not be sent to' }),
};

/** What a failed call means for a delivery. */
export const deliveredBy = (failure: Failure, job: Job): Delivered =>
  (shapes[failure.is] as (o: Failure, job: Job) => Delivered)(failure, job);

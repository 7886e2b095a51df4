import {
  type Answer,
  type Door,
  type Inbound,
  type Option,
  type Reply,
  shorten,
  type View,
} from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { answer } from './answer.ts';
import type { Decoded } from './arrival.ts';
import { decode } from './decode.ts';
import { LIMITS } from './limits.ts';
import { fromOrigin, type SlackOrigin } from './origin.ts';
import type { Handled, Receive, Request } from './receiver.ts';
import { plainText } from './rich-text.ts';

type Parts = {
  readonly door: () => Door;
  readonly clock: { now(): Date };
  readonly log: Log;
  readonly noted: (origin: SlackOrigin) => void;
};
type Search = Extract<Inbound, { kind: 'search' }>;

const drawOption = (o: Option) => ({
  text: plainText(shorten(o.label || o.value, LIMITS.optionText)),
  value: o.value,
});

/** Slack delivers an event that was not accepted three times more: at once, after a minute, after five. */
const lastRetry = 3;
const isEvent = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && 'type' in payload && payload.type === 'event_callback';

/** From a payload to its answer: the same for HTTP and for Socket Mode. Never rejects. */
export function createArrive({ door, clock, log, noted }: Parts): Receive {
  async function search(inbound: Search): Promise<Handled> {
    let options: readonly Option[] = [];
    try {
      options = await door().search(inbound);
    } catch (error) {
      log.error({ delivery: inbound.delivery, source: inbound.source, err: error }, 'slack: a search failed');
    }
    const fitting = options.filter((o) => o.value.length > 0 && o.value.length <= LIMITS.optionValue);
    return { status: 200, body: { options: fitting.slice(0, LIMITS.selectOptions).map(drawOption) } };
  }

  /** What cannot be drawn must still be acknowledged: the replies are then made, and refused, one by one. */
  function answered(inbound: Inbound, made: Answer): ReturnType<typeof answer> {
    try {
      return answer(inbound, made);
    } catch (error) {
      log.error({ delivery: inbound.delivery, kind: inbound.kind, err: error }, 'slack: an answer cannot be drawn');
      return { status: 200, taken: [] };
    }
  }

  async function settled(made: Answer, taken: readonly Reply[]): Promise<void> {
    try {
      await door().settle(made, taken);
    } catch (error) {
      log.error({ delivery: made.inbound.delivery, err: error }, 'slack: settling failed');
    }
  }

  /** An event that was not done: Slack is not told that it was, and delivers it again. Who wrote hears so, once. */
  function notYet(made: Answer, again: View, retry: number): Handled {
    const { inbound } = made;
    const writes = 'origin' in inbound && fromOrigin(inbound.origin)?.surface === 'chat';
    const words: Answer = { ...made, repeated: false, replies: [{ kind: 'whisper', view: again }] };
    const after = writes && retry === 0 ? { after: () => settled(words, []) } : {};
    return { status: 503, body: { error: 'not now' }, ...after };
  }

  async function dispatched(inbound: Inbound, { payload, retry }: Request): Promise<Handled> {
    const origin = 'origin' in inbound ? fromOrigin(inbound.origin) : undefined;
    if (origin) noted(origin);
    if (inbound.kind === 'search') return search(inbound);
    const made = await door().dispatch(inbound);
    if (made.again && retry < lastRetry && isEvent(payload)) return notYet(made, made.again, retry);
    const { status, body, taken } = answered(inbound, made);
    return { status, after: (sent) => settled(made, sent ? taken : []), ...(body ? { body } : {}) };
  }

  const outcomes: {
    readonly [K in Decoded['is']]: (d: Extract<Decoded, { is: K }>, request: Request) => Promise<Handled>;
  } = {
    inbound: (d, request) => dispatched(d.inbound, request),
    challenge: async (d) => ({ status: 200, body: { challenge: d.challenge } }),
    ignored: async (d) => {
      log.info({ why: d.why }, 'slack: ignored');
      return { status: 200 };
    },
    malformed: async (d) => {
      log.warn({ why: d.why }, 'slack: a payload that cannot be read');
      return { status: 400, body: { error: d.why } };
    },
  };

  return async (request) => {
    try {
      const decoded = decode(request.payload, { at: clock.now(), digest: request.digest });
      return await outcomes[decoded.is](decoded as never, request);
    } catch (error) {
      // Only a fault of the program comes here. A 200 would lose it in silence, a 500 lets Slack try again.
      log.error({ err: error }, 'slack: an arrival failed');
      return { status: 500, body: { error: 'this failed on our side' } };
    }
  };
}

import { type Answer, type Door, type Inbound, type Option, shorten } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { answer } from './answer.ts';
import type { Decoded } from './arrival.ts';
import { decode } from './decode.ts';
import { LIMITS } from './limits.ts';
import { fromOrigin, type SlackOrigin } from './origin.ts';
import type { Handled, Receive } from './receiver.ts';
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

  async function dispatched(inbound: Inbound): Promise<Handled> {
    const origin = 'origin' in inbound ? fromOrigin(inbound.origin) : undefined;
    if (origin) noted(origin);
    if (inbound.kind === 'search') return search(inbound);
    const made = await door().dispatch(inbound);
    const { status, body, taken } = answered(inbound, made);
    const after = async () => {
      try {
        await door().settle(made, taken);
      } catch (error) {
        log.error({ delivery: inbound.delivery, err: error }, 'slack: settling failed');
      }
    };
    return { status, after, ...(body ? { body } : {}) };
  }

  const outcomes: { readonly [K in Decoded['is']]: (d: Extract<Decoded, { is: K }>) => Promise<Handled> } = {
    inbound: (d) => dispatched(d.inbound),
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

  return async ({ payload, digest }) => {
    try {
      const decoded = decode(payload, { at: clock.now(), digest });
      return await outcomes[decoded.is](decoded as never);
    } catch (error) {
      // Only a fault of the program comes here. A 200 would lose it in silence, a 500 lets Slack try again.
      log.error({ err: error }, 'slack: an arrival failed');
      return { status: 500, body: { error: 'this failed on our side' } };
    }
  };
}

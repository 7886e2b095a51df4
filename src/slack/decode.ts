import { type Arrival, arrived, type Decoded, malformed } from './arrival.ts';
import { decodeEvent } from './events.ts';
import { decodeCommand, interactionDecoders } from './interactions.ts';
import { command, type InteractionType, interactions } from './payloads.ts';

const isInteraction = (type: string): type is InteractionType => Object.hasOwn(interactionDecoders, type);

/** One payload, whatever way it came, as an inbound. Pure; never throws. */
export function decode(payload: unknown, arrival: Arrival): Decoded {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return { is: 'malformed', why: 'the payload is not an object' };
  const type = 'type' in payload && typeof payload.type === 'string' ? payload.type : undefined;
  if (type === undefined) {
    const parsed = command.safeParse(payload);
    return parsed.success ? arrived(decodeCommand(parsed.data, arrival)) : malformed('command', parsed.error);
  }
  if (!isInteraction(type)) return decodeEvent(type, payload, arrival);
  const parsed = interactions[type].safeParse(payload);
  if (!parsed.success) return malformed(type, parsed.error);
  return interactionDecoders[type](parsed.data as never, arrival);
}

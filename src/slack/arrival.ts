import type { z } from 'zod';
import { type Inbound, type PlaceId, placeId } from '../core/kernel/index.ts';

/** What a payload is to us. `malformed` is the sender's fault (400), `ignored` is nobody's (200). */
export type Decoded =
  | { readonly is: 'inbound'; readonly inbound: Inbound }
  | { readonly is: 'challenge'; readonly challenge: string }
  | { readonly is: 'ignored'; readonly why: string }
  | { readonly is: 'malformed'; readonly why: string };

/** `digest`: what tells an arrival from another when Slack gave it no id of its own. Computed only when needed. */
export type Arrival = { readonly at: Date; readonly digest: () => string };

export const ignored = (why: string): Decoded => ({ is: 'ignored', why });
export const arrived = (inbound: Inbound): Decoded => ({ is: 'inbound', inbound });

/** The first thing wrong, by its path: never what stood there. */
export const malformed = (what: string, error: z.core.$ZodError): Decoded => ({
  is: 'malformed',
  why: `${what}: ${error.issues[0]?.path.join('.') || 'the payload'} is missing or not as expected`,
});

export const placed = (team: string, channel: string | undefined): { readonly place?: PlaceId } =>
  channel === undefined ? {} : { place: placeId('slack', team, channel) };

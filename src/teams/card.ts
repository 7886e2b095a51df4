import { Buffer } from 'node:buffer';
import type { Json } from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';

/** One element or action of an Adaptive Card, as plain JSON. */
export type Element = { readonly type: string; readonly [key: string]: Json };
export type Mention = {
  readonly type: 'mention';
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
};
export type Card = {
  readonly type: 'AdaptiveCard';
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly version: string;
  readonly msteams: { readonly width: 'Full'; readonly entities?: readonly Mention[] };
  readonly body: readonly Element[];
  readonly actions?: readonly Element[];
};

export const adaptiveCard = (
  body: readonly Element[],
  entities: readonly Mention[],
  actions: readonly Element[] = [],
): Card => ({
  type: 'AdaptiveCard',
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  version: LIMITS.cardVersion,
  msteams: { width: 'Full', ...(entities.length > 0 ? { entities } : {}) },
  body,
  ...(actions.length > 0 ? { actions } : {}),
});

export const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';
export const attachment = (card: Card) => ({ contentType: CARD_TYPE, content: card }) as const;

/** A message as it is posted. `summary` is what notifications and screen readers say. */
export type Message = {
  readonly type: 'message';
  readonly summary: string;
  readonly attachments: readonly [ReturnType<typeof attachment>];
};
export const cardMessage = (card: Card, summary: string): Message => ({
  type: 'message',
  summary,
  attachments: [attachment(card)],
});

/** The size that Teams counts: UTF-16. */
export const bytesOf = (value: Message | Card): number => Buffer.byteLength(JSON.stringify(value), 'utf16le');

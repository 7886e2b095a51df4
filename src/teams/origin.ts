import { z } from 'zod';
import type { AccountId, Origin } from '../core/kernel/index.ts';
import { scopes } from './activity.ts';

/** How an inbound came, which decides what its HTTP answer can carry. */
export const vias = [
  /** A typed message. */
  'message',
  /** Action.Submit of a view's button: arrives as a message. */
  'button',
  /** Action.Submit of a form in a message. */
  'form',
  /** Action.Execute of a view's button. */
  'press',
  /** Action.Execute of a form in a message. */
  'inline',
  /** A button that opens a dialog. */
  'open',
  /** A dialog that was sent. */
  'dialog',
  /** A message extension that was called, and its dialog. */
  'extension',
  'extensionForm',
  'search',
  'reaction',
  'install',
  /** The page of the personal tab. */
  'tab',
] as const;
export type Via = (typeof vias)[number];

const shape = z.object({
  platform: z.literal('teams'),
  via: z.enum(vias),
  serviceUrl: z.string(),
  tenant: z.string(),
  /** As it arrived: in a channel with the thread. */
  conversation: z.string(),
  scope: z.enum(scopes),
  /** What to call the conversation, when the answer must go elsewhere. */
  where: z.string(),
  account: z.string().transform((a) => a as AccountId),
  /** Teams' own id of the person for this bot, which targeted messages need. */
  user: z.string(),
  bot: z.string(),
  /** The message whose card was pressed. */
  card: z.string().optional(),
});
export type TeamsOrigin = z.output<typeof shape>;

/** An origin as this adapter wrote it. Throws when another adapter, or an older version, did. */
export const readOrigin = (origin: Origin): TeamsOrigin => shape.parse(origin);
export const writeOrigin = (origin: TeamsOrigin): Origin => {
  const { card, ...rest } = origin;
  return { ...rest, ...(card === undefined ? {} : { card }) };
};

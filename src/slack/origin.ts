import { z } from 'zod';
import type { Json, Origin } from '../core/kernel/index.ts';

/**
 * Where a person acted, and what is needed to answer there. It is stored until the answer is confirmed, so it passes zod
 * again when it comes back.
 */
const schema = z.object({
  platform: z.literal('slack'),
  /**
   * `command`: a slash command, answered in its HTTP response. `message`: a button on a message. `modal`: a form, or a
   * button in a modal. `home`: a button on the App Home. `menu`: a shortcut. `chat`: words written to the bot, which
   * carry neither a trigger nor an address to answer to. `reaction`: something that people do or say among themselves, which
   * is not answered.
   */
  surface: z.enum(['command', 'message', 'modal', 'home', 'menu', 'chat', 'reaction']),
  team: z.string(),
  user: z.string(),
  /** Opens one modal, within 3 s. */
  trigger: z.string().optional(),
  /** Takes five answers within 30 minutes. */
  response: z.string().optional(),
  channel: z.string().optional(),
  /** The message is one that only this person sees. */
  own: z.boolean().optional(),
  /** The `ts` of the thread's first message. */
  thread: z.string().optional(),
  /** The view that is open; `hash` is its state, to reject a stale update. */
  view: z.string().optional(),
  hash: z.string().optional(),
  /** The names of the fields that the open form shows. */
  fields: z.array(z.string()).optional(),
  /** When a field changed (`action_ts`): the form is to be drawn again. */
  changed: z.string().optional(),
});
export type SlackOrigin = z.output<typeof schema>;

type Parts = { readonly [K in keyof Omit<SlackOrigin, 'platform'>]: SlackOrigin[K] | undefined };

/** An origin without what is absent: it is stored as JSON. */
export function toOrigin(parts: Parts): Origin {
  const origin: Record<string, Json> & { platform: 'slack' } = { platform: 'slack' };
  for (const [key, value] of Object.entries(parts)) if (value !== undefined) origin[key] = value;
  return origin;
}

/** Reads an origin that this adapter made; undefined for any other. */
export const fromOrigin = (origin: Origin): SlackOrigin | undefined => schema.safeParse(origin).data;

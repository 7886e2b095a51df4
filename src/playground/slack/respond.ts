import { z } from 'zod';
import { parseJson } from './json.ts';
import { LIMITS } from './limits.ts';
import { Refusal } from './method.ts';
import { contentOf } from './methods/chat.ts';
import type { Hook, State } from './state.ts';

const body = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  attachments: z.unknown().optional(),
  metadata: z.unknown().optional(),
  thread_ts: z.string().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
});

export type Said = z.output<typeof body>;

/** The body of a response URL post, or of the answer to a slash command. */
export function parseSaid(source: string): Said {
  const parsed = body.safeParse(parseJson(source));
  if (!parsed.success) throw new Refusal('invalid_payload');
  return parsed.data;
}

/** Posts what the app says in the place of a hook: to the person alone, unless it says `in_channel`. It need not be a member there. */
export function sayAt(state: State, hook: Pick<Hook, 'channel' | 'user'>, said: Said): void {
  state.post({
    channel: hook.channel,
    user: state.bot.userId,
    ...contentOf(said),
    threadTs: said.thread_ts,
    visibleTo: said.response_type === 'in_channel' ? undefined : hook.user,
  });
}

function live(state: State, id: string): Hook {
  const hook = state.hook(id);
  if (!hook) throw new Refusal('no_service');
  if (state.now().getTime() - hook.at > LIMITS.responseUrlMs) throw new Refusal('expired_url');
  if (hook.uses >= LIMITS.responseUrlUses) throw new Refusal('used_url');
  return hook;
}

/** The message that a hook's button stands on. A slash command has none to replace or delete. */
function original(state: State, hook: Hook): string | undefined {
  if (hook.messageTs === undefined) return undefined;
  const message = state.shown(hook.channel, hook.messageTs);
  if (!message || message.deleted) throw new Refusal('message_not_found');
  return message.ts;
}

/** One use of a `response_url`. Throws a `Refusal` for what Slack would not take; a refused post does not count as a use. */
export function useHook(state: State, id: string, source: string): void {
  const hook = live(state, id);
  const said = parseSaid(source);
  if (said.delete_original === true) {
    const ts = original(state, hook);
    if (ts === undefined) throw new Refusal('cant_delete_message');
    state.remove(hook.channel, ts);
  } else if (said.replace_original === true && hook.messageTs !== undefined) {
    const ts = original(state, hook) ?? hook.messageTs;
    const { blocks = [], attachments = [], ...rest } = contentOf(said);
    state.change(hook.channel, ts, { ...rest, blocks, attachments, edited: state.nextTs() });
  } else {
    sayAt(state, hook, said);
  }
  state.useHook(hook);
}

/** Slack answers a dead hook with 404 and other refusals with 400; the word is in the JSON body. */
export const statusOf = (error: string): number =>
  ['no_service', 'expired_url', 'used_url', 'message_not_found'].includes(error) ? 404 : 400;

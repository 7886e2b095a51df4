import { z } from 'zod';
import { checkBlocks } from '../check.ts';
import { isObject, type JsonObject, objects, stringAt, textOf } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { type Context, channelOf, flag, json, type Method, method, Refusal, withMessages, word } from '../method.ts';
import { withIds } from '../state.ts';
import type { Message, MessageMetadata, SlackBlock, SlackChannel } from '../types.ts';
import { wireMessage } from '../wire.ts';

const content = {
  text: word.optional(),
  blocks: json.optional(),
  attachments: json.optional(),
  metadata: json.optional(),
  markdown_text: z.string().optional(),
  thread_ts: word.optional(),
  reply_broadcast: flag,
  parse: z.string().optional(),
  link_names: flag,
};

type Content = {
  readonly text?: string | undefined;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly metadata?: unknown;
  readonly markdown_text?: string | undefined;
  readonly parse?: string | undefined;
  readonly link_names?: boolean | undefined;
};

type Said = Pick<Message, 'text'> & Partial<Pick<Message, 'blocks' | 'attachments' | 'metadata' | 'parsesNames'>>;

/** Whether a Slack file may stand in an image block. Nobody's may in what is not posted by the bot itself. */
export type Showable = (file: string) => boolean;
const none: Showable = () => false;

function filesIn(blocks: readonly JsonObject[], showable: Showable): readonly string[] {
  return blocks.flatMap((block, i) => {
    const places = [block, block.accessory, ...objects(block.elements)].filter(isObject);
    return places
      .filter((each) => isObject(each.slack_file) && !showable(stringAt(each.slack_file, 'id') ?? ''))
      .map(() => `invalid slack file [json-pointer:/blocks/${i}/slack_file]`);
  });
}

function blocksIn(given: Content, showable: Showable): readonly SlackBlock[] | undefined {
  const blocks = given.markdown_text === undefined ? given.blocks : [{ type: 'markdown', text: given.markdown_text }];
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format');
  const checked = checkBlocks(blocks, 'message', '/blocks');
  const found = checked.length > 0 ? checked : filesIn(objects(blocks), showable);
  if (found.length > 0) throw new Refusal('invalid_blocks', { errors: found, ...withMessages(found) });
  if (textOf(blocks) > LIMITS.messageBlocksText) throw new Refusal('msg_blocks_too_long');
  return withIds(objects(blocks));
}

function metadataIn(given: unknown): MessageMetadata | undefined {
  if (given === undefined || (isObject(given) && Object.keys(given).length === 0)) return undefined;
  const type = stringAt(given, 'event_type');
  const payload = isObject(given) ? given.event_payload : undefined;
  if (!type || !isObject(payload)) throw new Refusal('invalid_metadata_format');
  return { event_type: type, event_payload: payload };
}

function attachmentsIn(given: unknown): readonly JsonObject[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw new Refusal('invalid_attachments');
  if (given.length > LIMITS.attachments) throw new Refusal('too_many_attachments');
  return objects(given);
}

/** What a call says, checked as Slack checks it. Used by the chat methods and by response URLs. */
export function contentOf(given: Content, showable: Showable = none): Said {
  const blocks = blocksIn(given, showable);
  const attachments = attachmentsIn(given.attachments);
  const metadata = metadataIn(given.metadata);
  const text = given.text ?? '';
  if (text === '' && !blocks?.length && !attachments?.length) throw new Refusal('no_text');
  return {
    // A message of blocks alone still has a text: what notifications and screen readers get.
    text: text === '' ? "This content can't be displayed." : [...text].slice(0, LIMITS.messageText).join(''),
    ...(blocks ? { blocks } : {}),
    ...(attachments ? { attachments } : {}),
    ...(metadata ? { metadata } : {}),
    parsesNames: given.parse === 'full' || given.link_names === true,
  };
}

/** Where a post goes. A person's id means the direct conversation with them. */
function destination(context: Context, name: string): SlackChannel {
  const { state } = context;
  const person = state.users.get(name);
  const channel = person && !person.isBot ? state.dmOf(person.id) : channelOf(context, name);
  if (channel.isArchived) throw new Refusal('is_archived');
  if (channel.kind === 'im' && state.users.get(channel.members[0] ?? '')?.deleted)
    throw new Refusal('account_inactive');
  return channel;
}

function threadOf(context: Context, channel: SlackChannel, ts: string | undefined): string | undefined {
  if (ts === undefined) return undefined;
  const parent = context.state.message(channel.id, ts);
  if (!parent) throw new Refusal('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

function own(context: Context, channel: string, ts: string, foreign: string): Message {
  const message = context.state.message(channelOf(context, channel).id, ts);
  if (!message) throw new Refusal('message_not_found');
  if (!message.fromBot) throw new Refusal(foreign);
  return message;
}

export const CHAT: { readonly [name: string]: Method } = {
  'chat.postMessage': method(
    { tier: 'special', scopes: ['chat:write'], args: z.object({ channel: word, ...content }) },
    (args, context) => {
      const channel = destination(context, args.channel);
      // A public channel needs no invitation when the app holds chat:write.public; a private one it is not in was not found above.
      if (!channel.botIsMember && !context.has('chat:write.public')) throw new Refusal('not_in_channel');
      const said = contentOf(args, context.files.showable);
      const threadTs = threadOf(context, channel, args.thread_ts);
      const message = context.state.post({
        channel: channel.id,
        user: context.state.bot.userId,
        ...said,
        threadTs,
        broadcast: threadTs !== undefined && args.reply_broadcast === true ? true : undefined,
      });
      const cut = [...(args.text ?? '')].length > LIMITS.messageText;
      return {
        channel: channel.id,
        ts: message.ts,
        message: wireMessage(context.state, message),
        ...(cut ? { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } } : {}),
      };
    },
  ),

  'chat.update': method(
    { tier: 'tier3', scopes: ['chat:write'], args: z.object({ channel: word, ts: word, ...content }) },
    (args, context) => {
      const message = own(context, args.channel, args.ts, 'cant_update_message');
      if ([...(args.text ?? '')].length > LIMITS.updateText) throw new Refusal('msg_too_long');
      const said = contentOf(args, context.files.showable);
      // Blocks and attachments that are not given stay; an empty list removes them. Text alone does not replace blocks.
      const after = context.state.change(message.channel, message.ts, {
        text: args.text ?? message.text,
        ...(said.blocks ? { blocks: said.blocks } : {}),
        ...(said.attachments ? { attachments: said.attachments } : {}),
        ...(args.metadata === undefined ? {} : { metadata: said.metadata }),
        edited: context.state.nextTs(),
      });
      return {
        channel: message.channel,
        ts: message.ts,
        text: after?.text,
        message: after ? wireMessage(context.state, after) : {},
      };
    },
  ),

  'chat.delete': method(
    { tier: 'tier3', scopes: ['chat:write'], args: z.object({ channel: word, ts: word }) },
    (args, context) => {
      const message = own(context, args.channel, args.ts, 'cant_delete_message');
      context.state.remove(message.channel, message.ts);
      return { channel: message.channel, ts: message.ts };
    },
  ),

  'chat.postEphemeral': method(
    { tier: 'tier4', scopes: ['chat:write'], args: z.object({ channel: word, user: word, ...content }) },
    (args, context) => {
      const channel = destination(context, args.channel);
      if (!channel.botIsMember) throw new Refusal('not_in_channel');
      if (!context.state.users.has(args.user)) throw new Refusal('user_not_found');
      if (!channel.members.includes(args.user)) throw new Refusal('user_not_in_channel');
      const message = context.state.post({
        channel: channel.id,
        user: context.state.bot.userId,
        ...contentOf(args),
        threadTs: args.thread_ts,
        visibleTo: args.user,
      });
      return { message_ts: message.ts };
    },
  ),

  'chat.getPermalink': method(
    { tier: 'special', args: z.object({ channel: word, message_ts: word }) },
    (args, context) => {
      const channel = channelOf(context, args.channel);
      const message = context.state.message(channel.id, args.message_ts);
      if (!message) throw new Refusal('message_not_found');
      return { channel: channel.id, permalink: permalink(context.state.team.domain, message) };
    },
  ),
};

function permalink(domain: string, message: Message): string {
  const inThread =
    message.threadTs && message.threadTs !== message.ts ? `?thread_ts=${message.threadTs}&cid=${message.channel}` : '';
  return `https://${domain}.slack.com/archives/${message.channel}/p${message.ts.replace('.', '')}${inThread}`;
}

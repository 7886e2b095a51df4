import { z } from 'zod';
import {
  type Context,
  channelOf,
  count,
  flag,
  type Method,
  method,
  page,
  Refusal,
  scopeFor,
  userOf,
  word,
} from '../method.ts';
import type { Message, SlackChannel } from '../types.ts';
import { wireChannel, wireMessage } from '../wire.ts';

const paged = { limit: count, cursor: z.string().optional() };
const window = {
  ...paged,
  oldest: word.optional(),
  latest: word.optional(),
  inclusive: flag,
  include_all_metadata: flag,
};

const TYPES = { public_channel: 'public', private_channel: 'private', im: 'im', mpim: 'mpim' } as const;
const isType = (type: string): type is keyof typeof TYPES => Object.hasOwn(TYPES, type);

function seen(context: Context, name: string, what: 'read' | 'history'): SlackChannel {
  const channel = channelOf(context, name);
  context.need(scopeFor(channel, what));
  return channel;
}

/** Messages that stand in the conversation, oldest first: no ephemeral ones, no tombstones. */
function standing(context: Context, channel: SlackChannel): readonly Message[] {
  return context.state.messagesIn(channel.id).filter((each) => !each.deleted && each.visibleTo === undefined);
}

function within(
  message: Message,
  args: { oldest?: string | undefined; latest?: string | undefined; inclusive?: boolean | undefined },
): boolean {
  const ts = Number(message.ts);
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Number.POSITIVE_INFINITY);
  return args.inclusive === true ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
}

/** A parent as Slack lists it: with the size of its thread. */
function withThread(context: Context, message: Message, all: readonly Message[], metadata: boolean) {
  const replies = all.filter((each) => each.threadTs === message.ts && each.ts !== message.ts);
  const wire = wireMessage(context.state, message, metadata);
  if (replies.length === 0) return wire;
  const users = [...new Set(replies.map((each) => each.user))];
  const latest = replies.at(-1)?.ts;
  return {
    ...wire,
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users: users,
    reply_users_count: users.length,
    latest_reply: latest,
  };
}

export const CONVERSATIONS: { readonly [name: string]: Method } = {
  'conversations.open': method(
    { tier: 'tier3', args: z.object({ channel: word.optional(), users: z.string().optional(), return_im: flag }) },
    (args, context) => {
      if (args.channel !== undefined) {
        const known = channelOf(context, args.channel);
        context.need('im:write');
        return { no_op: true, already_open: true, channel: args.return_im ? wireChannel(known) : { id: known.id } };
      }
      const ids = (args.users ?? '').split(',').flatMap((id) => id.trim() || []);
      if (ids.length === 0) throw new Refusal('users_list_not_supplied');
      if (ids.length > 8) throw new Refusal('too_many_users');
      context.need(ids.length === 1 ? 'im:write' : 'mpim:write');
      const people = ids.map((id) => userOf(context, id));
      if (people.some((each) => each.deleted)) throw new Refusal('user_disabled');
      const [first] = people;
      if (first?.isBot && people.length === 1) throw new Refusal('cannot_dm_bot');
      const channel = first && people.length === 1 ? context.state.dmOf(first.id) : context.state.groupOf(ids);
      return { channel: args.return_im ? wireChannel(channel) : { id: channel.id } };
    },
  ),

  'conversations.info': method(
    { tier: 'tier3', args: z.object({ channel: word, include_num_members: flag }) },
    (args, context) => ({
      channel: wireChannel(seen(context, args.channel, 'read')),
    }),
  ),

  'conversations.list': method(
    { tier: 'tier2', args: z.object({ ...paged, types: z.string().optional(), exclude_archived: flag }) },
    (args, context) => {
      const types = (args.types ?? 'public_channel').split(',').map((type) => type.trim());
      const kinds = types.map((type) => {
        if (!isType(type)) throw new Refusal('invalid_types');
        return TYPES[type];
      });
      const all = [...context.state.channels.values()].filter(
        (each) =>
          kinds.includes(each.kind) &&
          (each.kind === 'public' || each.botIsMember) &&
          !(args.exclude_archived && each.isArchived),
      );
      for (const kind of kinds) context.need(scopeFor({ kind }, 'read'));
      const { items, response_metadata } = page(all, args.limit, args.cursor);
      return { channels: items.map(wireChannel), response_metadata };
    },
  ),

  'conversations.members': method({ tier: 'tier4', args: z.object({ channel: word, ...paged }) }, (args, context) => {
    const channel = seen(context, args.channel, 'read');
    const { items, response_metadata } = page(channel.members, args.limit, args.cursor);
    return { members: items, response_metadata };
  }),

  'conversations.history': method({ tier: 'tier3', args: z.object({ channel: word, ...window }) }, (args, context) => {
    const channel = seen(context, args.channel, 'history');
    if (!channel.botIsMember) throw new Refusal('not_in_channel');
    const all = standing(context, channel);
    const roots = all.filter(
      (each) => (each.threadTs === undefined || each.threadTs === each.ts || each.broadcast) && within(each, args),
    );
    const { items, response_metadata } = page([...roots].reverse(), args.limit, args.cursor);
    return {
      messages: items.map((each) => withThread(context, each, all, args.include_all_metadata === true)),
      has_more: response_metadata.next_cursor !== '',
      pin_count: 0,
      response_metadata,
    };
  }),

  'conversations.replies': method(
    { tier: 'tier3', args: z.object({ channel: word, ts: word, ...window }) },
    (args, context) => {
      const channel = seen(context, args.channel, 'history');
      if (!channel.botIsMember) throw new Refusal('not_in_channel');
      const all = standing(context, channel);
      const asked = all.find((each) => each.ts === args.ts);
      const root = asked && all.find((each) => each.ts === (asked.threadTs ?? asked.ts));
      if (!root) throw new Refusal('thread_not_found');
      const replies = all.filter((each) => each.threadTs === root.ts && each.ts !== root.ts && within(each, args));
      const { items, response_metadata } = page([root, ...replies], args.limit, args.cursor);
      const metadata = args.include_all_metadata === true;
      return {
        messages: items.map((each) =>
          each === root ? withThread(context, each, all, metadata) : wireMessage(context.state, each, metadata),
        ),
        has_more: response_metadata.next_cursor !== '',
        response_metadata,
      };
    },
  ),
};

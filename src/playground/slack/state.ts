import { randomBytes } from 'node:crypto';
import { isObject, type JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import type {
  BotIdentity,
  Change,
  Message,
  SlackBlock,
  SlackChannel,
  SlackUser,
  SlackUsergroup,
  WorkspaceOptions,
} from './types.ts';

/** A `response_url`: whom and what it answers, how often it was used. */
export type Hook = {
  readonly id: string;
  readonly user: string;
  readonly channel: string;
  readonly at: number;
  readonly uses: number;
  /** The message whose button was pressed; a slash command has none. */
  readonly messageTs: string | undefined;
};

type Draft = Pick<Message, 'channel' | 'user' | 'text'> & Partial<Omit<Message, 'ts'>>;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** An id in Slack's style. Random, so that a bot that remembers deliveries over restarts never takes a new one for an old one. */
export function newId(prefix: string, length = 10): string {
  return prefix + [...randomBytes(length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Blocks as Slack keeps them: every block has a block_id and every element an action_id, made up where the app gave none. */
export function withIds(blocks: readonly JsonObject[]): readonly SlackBlock[] {
  const named = (element: unknown): unknown =>
    isObject(element) && typeof element.type === 'string' && !['image', 'plain_text', 'mrkdwn'].includes(element.type)
      ? { action_id: newId('', 5), ...element }
      : element;
  return blocks.map((block) => {
    const type = String(block.type);
    const filled: { [key: string]: unknown } = { ...block };
    if (type === 'actions' && Array.isArray(block.elements)) filled.elements = block.elements.map(named);
    if (block.accessory !== undefined) filled.accessory = named(block.accessory);
    if (type === 'input') filled.element = named(block.element);
    return { ...filled, type, block_id: typeof block.block_id === 'string' ? block.block_id : newId('', 5) };
  });
}

export type State = ReturnType<typeof createState>;

/** What the workspace holds: people, conversations, messages, triggers and response URLs. Modals and Home tabs are in `views.ts`. */
export function createState(options: WorkspaceOptions) {
  const now = () => options.clock.now();
  const bot: BotIdentity = {
    userId: 'U0CREWBOT',
    botId: 'B0CREWBOT',
    appId: 'A0CREWAPP',
    name: 'groundcrew',
    ...options.bot,
  };
  const users = new Map<string, SlackUser>(options.users.map((user) => [user.id, user]));
  users.set(bot.userId, { id: bot.userId, name: bot.name, realName: bot.name, isBot: true });
  const channels = new Map<string, SlackChannel>();
  for (const { id, name, isPrivate, members, botIsMember } of options.channels) {
    const all = botIsMember
      ? [...new Set([...members, bot.userId])]
      : members.filter((member) => member !== bot.userId);
    channels.set(id, {
      id,
      name,
      kind: isPrivate ? 'private' : 'public',
      members: all,
      botIsMember,
      isArchived: false,
    });
  }
  const usergroups = new Map<string, SlackUsergroup>(options.usergroups?.map((group) => [group.id, group]));
  const messages = new Map<string, Message[]>();
  const reads = new Map<string, string>();
  const triggers = new Map<string, { readonly user: string; readonly at: number; used: boolean }>();
  const hooks = new Map<string, Hook>();
  const listeners = new Set<(change: Change) => void>();
  let lastMicros = 0n;

  const notify = (change: Change) => {
    for (const listener of listeners) listener(change);
  };

  /** A ts: the clock's seconds with six digits, never the same twice and never going back. */
  const nextTs = (): string => {
    const micros = BigInt(now().getTime()) * 1000n;
    lastMicros = micros > lastMicros ? micros : lastMicros + 1n;
    return `${lastMicros / 1_000_000n}.${String(lastMicros % 1_000_000n).padStart(6, '0')}`;
  };

  /** The direct conversation of a person with the bot. It always exists. */
  const dmOf = (user: string): SlackChannel => {
    const id = `D${user.slice(1)}`;
    const known = channels.get(id);
    if (known) return known;
    const made: SlackChannel = {
      id,
      name: '',
      kind: 'im',
      members: [user, bot.userId],
      botIsMember: true,
      isArchived: false,
    };
    channels.set(id, made);
    return made;
  };
  for (const user of options.users) if (!user.isBot) dmOf(user.id);

  const messagesIn = (channel: string): Message[] => {
    const list = messages.get(channel) ?? [];
    messages.set(channel, list);
    return list;
  };
  const stored = (channel: string, ts: string): Message | undefined =>
    messagesIn(channel).find((each) => each.ts === ts);

  const change = (channel: string, ts: string, patch: Partial<Message>): Message | undefined => {
    const list = messagesIn(channel);
    const index = list.findIndex((each) => each.ts === ts);
    const before = list[index];
    if (!before) return undefined;
    const after = { ...before, ...patch };
    list[index] = after;
    notify({ kind: 'message', channel, ts });
    return after;
  };

  return {
    team: options.team,
    bot,
    now,
    nextTs,
    users,
    channels,
    usergroups,
    dmOf,
    notify,
    subscribe(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** The conversation several people share with the bot, made at the first call. */
    groupOf(people: readonly string[]): SlackChannel {
      const members = [...new Set([...people, bot.userId])].sort();
      const known = [...channels.values()].find(
        (each) => each.kind === 'mpim' && each.members.join() === members.join(),
      );
      if (known) return known;
      const name = `mpdm-${members.map((id) => users.get(id)?.name ?? id).join('--')}-1`;
      const made: SlackChannel = {
        id: newId('C', 8),
        name,
        kind: 'mpim',
        members,
        botIsMember: true,
        isArchived: false,
      };
      channels.set(made.id, made);
      notify({ kind: 'channel', channel: made.id });
      return made;
    },
    changeChannel(id: string, patch: Partial<SlackChannel>): void {
      const before = channels.get(id);
      if (!before) throw new Error(`There is no channel ${id} in this workspace.`);
      channels.set(id, { ...before, ...patch });
      notify({ kind: 'channel', channel: id });
    },
    changeUser(id: string, patch: Partial<SlackUser>): SlackUser {
      const before = users.get(id);
      if (!before) throw new Error(`There is no user ${id} in this workspace.`);
      const after = { ...before, ...patch };
      users.set(id, after);
      notify({ kind: 'user', user: id });
      return after;
    },

    /** All messages of a conversation in order, ephemeral ones and tombstones included. */
    messagesIn: (channel: string): readonly Message[] => messagesIn(channel),
    /** A message that stands: not deleted, not ephemeral. */
    message(channel: string, ts: string): Message | undefined {
      const found = stored(channel, ts);
      return found && !found.deleted && found.visibleTo === undefined ? found : undefined;
    },
    /** A message as a client may still show it, ephemeral or deleted meanwhile. */
    shown: stored,
    post(draft: Draft): Message {
      const ts = nextTs();
      const message: Message = {
        fromBot: draft.user === bot.userId,
        blocks: [],
        attachments: [],
        reactions: [],
        ...draft,
        ts,
      };
      messagesIn(draft.channel).push(message);
      notify({ kind: 'message', channel: draft.channel, ts });
      return message;
    },
    change,
    remove: (channel: string, ts: string): Message | undefined => change(channel, ts, { deleted: true }),

    readUpTo: (user: string, channel: string): string => reads.get(`${user}/${channel}`) ?? '',
    read(user: string, channel: string): void {
      reads.set(`${user}/${channel}`, nextTs());
      notify({ kind: 'channel', channel });
    },

    newTrigger(user: string): string {
      const id = `${now().getTime()}.${options.team.id.replace(/\D/g, '') || '1'}.${randomBytes(16).toString('hex')}`;
      triggers.set(id, { user, at: now().getTime(), used: false });
      return id;
    },
    /** Who may be shown a view by this trigger, or the error that Slack gives. `exchange` uses it up. */
    trigger(id: string): { readonly user: string; exchange(): void } | { readonly error: string } {
      const found = triggers.get(id);
      if (!found) return { error: 'invalid_trigger_id' };
      if (found.used) return { error: 'exchanged_trigger_id' };
      if (now().getTime() - found.at > LIMITS.triggerMs) return { error: 'expired_trigger_id' };
      return {
        user: found.user,
        exchange() {
          found.used = true;
        },
      };
    },

    newHook(hook: Pick<Hook, 'user' | 'channel' | 'messageTs'>): Hook {
      const made: Hook = { ...hook, id: randomBytes(12).toString('hex'), at: now().getTime(), uses: 0 };
      hooks.set(made.id, made);
      return made;
    },
    hook: (id: string): Hook | undefined => hooks.get(id),
    useHook(hook: Hook): void {
      hooks.set(hook.id, { ...hook, uses: hook.uses + 1 });
    },
  };
}

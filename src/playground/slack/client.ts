import type { Delivery } from './deliver.ts';
import { stateOf } from './inputs.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { Refusal } from './method.ts';
import {
  action,
  aim,
  chosen,
  eventCallback,
  interaction,
  messageAction,
  onMessage,
  slashCommand,
  type Target,
} from './payloads.ts';
import { parseSaid, sayAt } from './respond.ts';
import { newId, type State } from './state.ts';
import { compose, typedBlocks } from './typed.ts';
import type { Answer, Message, SlackChannel, SlackUser, StateValues } from './types.ts';
import type { Views } from './views.ts';
import { wireMessage, wireUser, wireView } from './wire.ts';

export type ClientParts = {
  readonly state: State;
  readonly views: Views;
  readonly delivery: Delivery;
  origin(): string;
};

/** The message, and the bot's answer where it heard of it. */
export type Posted = { readonly message: Message; readonly answer: Answer | undefined };

const SLACKBOT = 'USLACKBOT';

/** What people do in conversations. Each act reaches the bot as Slack would send it; its answer comes back raw and has its effect here. */
export function createClient({ state, views, delivery, origin }: ClientParts) {
  const entered = new Map<string, StateValues>();

  const channelFor = (user: string, id: string | undefined): SlackChannel => {
    const channel = id === undefined ? state.dmOf(user) : state.channels.get(id);
    if (!channel) throw new Error(`There is no channel ${id} in this workspace.`);
    if (!state.users.has(user)) throw new Error(`There is no user ${user} in this workspace.`);
    if (!channel.members.includes(user))
      throw new Error(`${user} is not in ${channel.name || channel.id}, so they cannot act there.`);
    return channel;
  };

  const shownTo = (user: string, channel: string, ts: string): Message => {
    const message = state.shown(channel, ts);
    if (!message || (message.visibleTo !== undefined && message.visibleTo !== user)) {
      throw new Error(`${user} sees no message ${ts} in ${channel}.`);
    }
    return message;
  };

  const hookUrl = (
    path: 'actions' | 'commands',
    hook: { readonly user: string; readonly channel: string; readonly messageTs: string | undefined },
  ) => `${origin()}/${path}/${state.team.id}/${state.newHook(hook).id}`;

  const event = (body: JsonObject): Promise<Answer> =>
    delivery.send({ type: 'events_api', payload: eventCallback(state, body), acceptsResponse: false });

  const tell = (user: string, channel: string, command: string, problem: string) =>
    state.post({ channel, user: SLACKBOT, text: `${command} failed with the error "${problem}"`, visibleTo: user });

  /** A command's answer: nothing, plain text for the person alone, or a message in JSON. */
  const answered = (user: string, channel: string, answer: Answer): string | undefined => {
    if (answer.problem) return answer.problem;
    if (answer.body === '') return undefined;
    try {
      const said = isObject(parseJson(answer.body)) ? parseSaid(answer.body) : { text: answer.body };
      if (Object.keys(said).length > 0) sayAt(state, { user, channel }, said);
      return undefined;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return 'invalid_command_response';
    }
  };

  return {
    event,

    /** Types a slash command; `channel` defaults to the person's conversation with the bot. */
    async command(given: { user: string; channel?: string; command?: string; text: string }): Promise<Answer> {
      const { user, command = '/platform' } = given;
      const channel = channelFor(user, given.channel);
      const responseUrl = hookUrl('commands', { user, channel: channel.id, messageTs: undefined });
      const payload = slashCommand(state, {
        user,
        channel,
        command,
        text: compose(state, given.text, 'command'),
        responseUrl,
      });
      const answer = await delivery.send({ type: 'slash_commands', payload, acceptsResponse: true });
      const problem = answered(user, channel.id, answer);
      if (!problem) return answer;
      tell(user, channel.id, command, problem);
      return { ...answer, problem };
    },

    /** Presses a button, or chooses in a menu, of a message that this person sees (even one deleted meanwhile: their client may be stale). */
    async press(given: { user: string; channel: string; messageTs: string } & Target): Promise<Answer> {
      const { user, messageTs } = given;
      const channel = channelFor(user, given.channel);
      const message = shownTo(user, channel.id, messageTs);
      const held = aim(message.blocks, given);
      const left = chosen(held, given.value);
      const key = `${user}/${channel.id}/${messageTs}`;
      const before = stateOf(message.blocks, entered.get(key));
      const values =
        left && held.element.type !== 'overflow'
          ? { ...before, [held.blockId]: { ...before[held.blockId], [held.actionId]: left } }
          : before;
      entered.set(key, values);
      const payload = {
        ...interaction(state, 'block_actions', user),
        ...onMessage(state, message, channel),
        trigger_id: state.newTrigger(user),
        state: { values },
        response_url: hookUrl('actions', { user, channel: channel.id, messageTs }),
        actions: [action(state, held, given.value, left)],
      };
      return delivery.send({ type: 'interactive', payload, acceptsResponse: false });
    },

    /** Picks the app's global shortcut. */
    globalShortcut(given: { user: string; callbackId: string }): Promise<Answer> {
      const payload = {
        ...interaction(state, 'shortcut', given.user),
        action_ts: state.nextTs(),
        callback_id: given.callbackId,
        trigger_id: state.newTrigger(given.user),
      };
      return delivery.send({ type: 'interactive', payload, acceptsResponse: false });
    },

    /** Picks the app's shortcut in the menu of a message. */
    messageShortcut(given: { user: string; channel: string; messageTs: string; callbackId: string }): Promise<Answer> {
      const channel = channelFor(given.user, given.channel);
      const message = shownTo(given.user, channel.id, given.messageTs);
      const payload = {
        ...interaction(state, 'message_action', given.user),
        action_ts: state.nextTs(),
        ...messageAction(channel),
        callback_id: given.callbackId,
        trigger_id: state.newTrigger(given.user),
        response_url: hookUrl('actions', { user: given.user, channel: channel.id, messageTs: undefined }),
        message_ts: message.ts,
        message: wireMessage(state, message),
      };
      return delivery.send({ type: 'interactive', payload, acceptsResponse: false });
    },

    /** Opens the app's Home tab. */
    openHome({ user }: { user: string }): Promise<Answer> {
      const home = views.home(user);
      const view = home ? { view: wireView(state, home) } : {};
      return event({
        type: 'app_home_opened',
        user,
        channel: channelFor(user, undefined).id,
        tab: 'home',
        ...view,
        event_ts: state.nextTs(),
      });
    },

    /** Posts a message. The bot hears of it in its direct conversations, and where it is a member. */
    async postMessage(given: { user: string; channel: string; text: string; threadTs?: string }): Promise<Posted> {
      const channel = channelFor(given.user, given.channel);
      const text = compose(state, given.text, 'message');
      const message = state.post({
        channel: channel.id,
        user: given.user,
        text,
        blocks: typedBlocks(text, newId('', 5)),
        threadTs: given.threadTs,
      });
      const said = {
        ...wireMessage(state, message),
        client_msg_id: newId('', 16),
        channel: channel.id,
        event_ts: message.ts,
      };
      const mentioned = channel.botIsMember && text.includes(`<@${state.bot.userId}>`);
      if (channel.kind === 'im') return { message, answer: await event({ ...said, channel_type: 'im' }) };
      const parent = given.threadTs === undefined ? undefined : state.shown(channel.id, given.threadTs)?.user;
      const under = parent === undefined ? {} : { parent_user_id: parent };
      const heard = channel.botIsMember
        ? await event({ ...said, ...under, channel_type: channel.kind === 'private' ? 'group' : 'channel' })
        : undefined;
      return { message, answer: mentioned ? await event({ ...said, type: 'app_mention' }) : heard };
    },

    /** Adds a reaction. The bot hears of it where it is a member. */
    async react(given: {
      user: string;
      channel: string;
      messageTs: string;
      name: string;
    }): Promise<Answer | undefined> {
      const channel = channelFor(given.user, given.channel);
      const message = shownTo(given.user, channel.id, given.messageTs);
      const others = message.reactions.filter((each) => each.name !== given.name);
      const users = message.reactions.find((each) => each.name === given.name)?.users ?? [];
      state.change(channel.id, message.ts, {
        reactions: [...others, { name: given.name, users: [...new Set([...users, given.user])] }],
      });
      if (!channel.botIsMember) return undefined;
      return event({
        type: 'reaction_added',
        user: given.user,
        reaction: given.name,
        item: { type: 'message', channel: channel.id, ts: message.ts },
        item_user: message.user,
        event_ts: state.nextTs(),
      });
    },

    /** Changes a person's profile, zone, or whether they are still here. */
    userChange({ user, ...patch }: { user: string } & Partial<Omit<SlackUser, 'id'>>): Promise<Answer> {
      const after = state.changeUser(user, patch);
      const cacheTs = Math.floor(state.now().getTime() / 1000);
      return event({
        type: 'user_change',
        user: wireUser(state, after, true),
        cache_ts: cacheTs,
        event_ts: state.nextTs(),
      });
    },
  };
}

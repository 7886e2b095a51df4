import type { Activities, Json } from './activities.ts';
import { cardOutcome, turnOutcome } from './answers.ts';
import type { Apply, Courier } from './courier.ts';
import { refreshAction } from './snapshot.ts';
import type { State } from './state.ts';
import type { Answer, MessageContent, TeamsTenantOptions, TeamsUser } from './types.ts';

/** What people do in their clients: `user` is any id of a person, `conversation` is `personal` or a conversation's id. */
export type In = { readonly user: string; readonly conversation: string };
export type OnMessage = In & { readonly activityId: string };

export type Saying = In & {
  readonly text: string;
  /** Default true outside the 1:1 chat. A message without the mention is posted, but the bot never hears of it. */
  readonly mentionBot?: boolean;
  /** Other people to mention: `@Name` in the text becomes a mention of them. */
  readonly mention?: readonly string[];
  /** Only the bot sees it: how a slash command arrives. */
  readonly targeted?: boolean;
};

/** An answer that never was: the bot is not told. */
export const undelivered = (activityId: string): Answer => ({
  status: 0,
  headers: {},
  body: undefined,
  raw: '',
  ms: 0,
  activityId,
  outcome: { kind: 'undelivered' },
});

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const mark = (name: string): string => `<at>${name}</at>`;

/** The same words as the client's HTML. */
function html(marked: string, mentioned: readonly { readonly name: string }[]): string {
  const spans = mentioned.reduce(
    (t, { name }, i) =>
      t.replaceAll(
        escapeHtml(mark(name)),
        () => `<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="${i}">${escapeHtml(name)}</span>`,
      ),
    escapeHtml(marked),
  );
  return `<p>${spans}</p>`;
}

/** Where a press on a message happens: in the thread that the message stands in. */
export function seenIn(state: State, user: TeamsUser, { conversation, activityId }: OnMessage) {
  const { conversation: c, root: named } = state.placeFor(user, conversation);
  const message = state.find(c.id, activityId);
  const root = message?.root ?? named;
  return { message, place: { conversation: c, ...(root === undefined ? {} : { root }) } };
}

/** Writing, pressing and reacting. */
export function createPeople(options: TeamsTenantOptions, state: State, activities: Activities, courier: Courier) {
  const { targeted: hasTargeted = true } = options;

  function written({ text, mention = [] }: Saying, withBot: boolean): MessageContent {
    const people = mention.map((ref) => state.user(ref));
    const marked = people.reduce((t, p) => t.replaceAll(`@${p.name}`, () => mark(p.name)), text);
    const full = withBot ? `${mark(state.bot.name)} ${marked}` : marked;
    const mentioned = [...(withBot ? [state.bot] : []), ...people];
    return {
      // Real clients end a message that mentions the bot with a line break.
      text: withBot ? `${full}\n` : full,
      textFormat: 'plain',
      summary: undefined,
      attachments: [{ contentType: 'text/html', content: html(full, mentioned) }],
      entities: mentioned.map(({ id, name }) => ({ type: 'mention', text: mark(name), mentioned: { id, name } })),
    };
  }

  /** Writes a message. In a channel, the channel's id starts a thread and `<channel>;messageid=<root>` replies in one. */
  async function say(saying: Saying): Promise<Answer> {
    const user = state.user(saying.user);
    const place = state.placeFor(user, saying.conversation);
    const personal = place.conversation.kind === 'personal';
    if (saying.targeted && (personal || !hasTargeted))
      throw new Error(
        'This client offers no slash command here: targeted messages exist in channels and group chats only.',
      );
    if (personal && !state.isAdded(user)) throw new Error(`${user.name} has to install the bot before writing to it.`);
    const mentionsBot = saying.mentionBot ?? !personal;
    if (place.root !== undefined && !state.threadExists(place.conversation.id, place.root))
      throw new Error(`There is no thread ${place.root} in ${place.conversation.name}.`);
    const content = written(saying, mentionsBot && !saying.targeted);
    const author = { kind: 'person' as const, id: user.id, name: user.name };
    const message = state.post(place, author, content, saying.targeted ? user : undefined);
    const heard = personal || saying.targeted || mentionsBot;
    if (!heard || !state.botIsIn(place.conversation)) return undelivered(message.id);
    const there = message.root === undefined ? place : { ...place, root: message.root };
    return courier.deliver(activities.message(user, there, message), turnOutcome);
  }

  /** Presses a button that is an Action.Submit: its data with the card's inputs beside it comes as a message's value. */
  async function submit(press: OnMessage & { readonly data?: Json; readonly inputs?: Json }): Promise<Answer> {
    const user = state.user(press.user);
    const { place } = seenIn(state, user, press);
    const value = { ...press.data, ...press.inputs };
    return courier.deliver(activities.submit(user, place, press.activityId, value), turnOutcome);
  }

  function act(user: TeamsUser, where: OnMessage, action: Json, inputs: Json, trigger: string): Promise<Answer> {
    const { message, place } = seenIn(state, user, where);
    // The client lays the inputs over the button's data; data that is no object goes as it is.
    const { data: own = {} } = action;
    const data = typeof own === 'object' && !Array.isArray(own) ? { ...own, ...inputs } : own;
    const value = { action: { ...action, data }, trigger };
    const apply: Apply = (answer) => cardOutcome(state, user, message, answer);
    return courier.deliver(activities.invoke('adaptiveCard/action', user, place, value, where.activityId), apply);
  }

  /** Presses an Action.Execute: `action` is the button's JSON from the card, or whatever an attacker makes of it. */
  async function execute(press: OnMessage & { readonly action: Json; readonly inputs?: Json }): Promise<Answer> {
    return act(state.user(press.user), press, press.action, press.inputs ?? {}, 'manual');
  }

  /** What the client does by itself when a card with `refresh` comes into view; undelivered when it has nothing to do. */
  async function refresh(where: OnMessage): Promise<Answer> {
    const user = state.user(where.user);
    const { message } = seenIn(state, user, where);
    const action = message ? refreshAction(state, message, user) : undefined;
    return action ? act(user, where, action as Json, {}, 'automatic') : undelivered(where.activityId);
  }

  /** Reacts to a message, or takes the reaction back. Bots hear of reactions on their own messages only. */
  async function react(on: OnMessage & { readonly type: string; readonly remove?: boolean }): Promise<Answer> {
    const user = state.user(on.user);
    const { message, place } = seenIn(state, user, on);
    if (!message) throw new Error(`There is no message ${on.activityId} in ${on.conversation}.`);
    if (message.onlyFor) throw new Error('Nobody can react to a targeted message.');
    state.react(message, user, on.type, !on.remove);
    if (message.from.kind !== 'bot' || !state.botIsIn(place.conversation)) return undelivered(on.activityId);
    const fields = { [on.remove ? 'reactionsRemoved' : 'reactionsAdded']: [{ type: on.type }], replyToId: message.id };
    return courier.deliver(activities.event('messageReaction', user, place, fields), turnOutcome);
  }

  /** Somebody deletes a message in their client. The bot is not told; its next edit finds nothing. */
  function deleteMessage({ conversation, activityId }: { conversation: string; activityId: string }): void {
    const message = state.find(conversation.split(';')[0] ?? '', activityId);
    if (!message) throw new Error(`There is no message ${activityId} in ${conversation}.`);
    state.remove(message);
  }

  return { say, submit, execute, refresh, react, deleteMessage };
}

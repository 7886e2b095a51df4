import { answeredValue, type Held, heldBy } from './inputs.ts';
import { compact, isObject, type JsonObject, stringAt } from './json.ts';
import { newId, type State } from './state.ts';
import type { InputAnswer, Message, SlackBlock, SlackChannel, StateValue } from './types.ts';
import { nameInPayload, wireMessage } from './wire.ts';

/** The payloads that Slack sends, with every field that a real one has. */

/** Deprecated by Slack but still sent: the token that once stood in for a signature. */
const VERIFICATION = 'playground-verification-token';

const teamOf = (state: State) => ({ id: state.team.id, domain: state.team.domain });
const channelIn = (channel: SlackChannel) => ({ id: channel.id, name: nameInPayload(channel) });

/** What every interaction carries. */
export function interaction(state: State, type: string, userId: string): JsonObject {
  const name = state.users.get(userId)?.name ?? '';
  return {
    type,
    user: { id: userId, username: name, name, team_id: state.team.id },
    api_app_id: state.bot.appId,
    token: VERIFICATION,
    team: teamOf(state),
    enterprise: null,
    is_enterprise_install: false,
  };
}

export function slashCommand(
  state: State,
  given: {
    readonly user: string;
    readonly channel: SlackChannel;
    readonly command: string;
    readonly text: string;
    readonly responseUrl: string;
  },
): JsonObject {
  return {
    token: VERIFICATION,
    team_id: state.team.id,
    team_domain: state.team.domain,
    channel_id: given.channel.id,
    channel_name: nameInPayload(given.channel),
    user_id: given.user,
    user_name: state.users.get(given.user)?.name ?? '',
    command: given.command,
    text: given.text,
    api_app_id: state.bot.appId,
    is_enterprise_install: 'false',
    response_url: given.responseUrl,
    trigger_id: state.newTrigger(given.user),
  };
}

export function eventCallback(state: State, event: JsonObject): JsonObject {
  const authorization = {
    enterprise_id: null,
    team_id: state.team.id,
    user_id: state.bot.userId,
    is_bot: true,
    is_enterprise_install: false,
  };
  return {
    token: VERIFICATION,
    team_id: state.team.id,
    context_team_id: state.team.id,
    context_enterprise_id: null,
    api_app_id: state.bot.appId,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(state.now().getTime() / 1000),
    authorizations: [authorization],
    is_ext_shared_channel: false,
    event_context: `4-${newId('', 24)}`,
  };
}

/** Interaction payloads give plain text back with `&`, `<`, `>` escaped (slackapi/bolt-python#513). */
function escaped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(escaped);
  if (!isObject(value)) return value;
  const inside = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escaped(each)]));
  return value.type === 'plain_text' && typeof value.text === 'string'
    ? { ...inside, text: escapeText(value.text) }
    : inside;
}

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The message part of an interaction. An ephemeral message is not given back: only its place is. */
export function onMessage(state: State, message: Message, channel: SlackChannel): JsonObject {
  const isEphemeral = message.visibleTo !== undefined;
  return compact({
    container: compact({
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      thread_ts: message.threadTs,
    }),
    channel: channelIn(channel),
    message: isEphemeral ? undefined : escaped(wireMessage(state, message)),
  });
}

export const messageAction = (channel: SlackChannel): JsonObject => ({ channel: channelIn(channel) });

/** What a person aims at. `value` picks one of several elements with the same action_id, or is what they choose in a menu. */
export type Target = { readonly actionId: string; readonly blockId?: string; readonly value?: InputAnswer };

/** The element that is meant. Several blocks may repeat an action_id: then the block, or a button's value, decides. */
export function aim(blocks: readonly SlackBlock[], target: Target): Held {
  const all = heldBy(blocks);
  // A message that was drawn again meanwhile, while a question stood before the press, has other block ids.
  const redrawn = !all.some((each) => each.blockId === target.blockId);
  const named = all.filter((each) => each.actionId === target.actionId && (redrawn || each.blockId === target.blockId));
  const found = named.find((each) => target.value !== undefined && each.element.value === target.value) ?? named[0];
  if (found) return found;
  const there = all.map((each) => `${each.blockId}/${each.actionId}`).join(', ') || 'nothing to press';
  throw new Error(`There is no element ${target.blockId ?? '*'}/${target.actionId} here; there is: ${there}.`);
}

const BUTTONS = ['button', 'workflow_button', 'icon_button', 'feedback_buttons'];

/** The state that pressing this element leaves behind, `undefined` for a button. A value it never offered stands for a tampering client. */
export function chosen(
  held: Held,
  value: InputAnswer | undefined,
  known: readonly JsonObject[] = [],
): StateValue | undefined {
  return BUTTONS.includes(stringAt(held.element, 'type') ?? '')
    ? undefined
    : answeredValue(held.element, value ?? null, known);
}

const KEPT = [
  'placeholder',
  'initial_option',
  'initial_options',
  'initial_date',
  'initial_time',
  'initial_user',
  'confirm',
  'text',
  'url',
  'style',
  'icon',
];

/** One entry of `actions` in a block_actions payload. */
export function action(
  state: State,
  held: Held,
  value: InputAnswer | undefined,
  left: StateValue | undefined,
): JsonObject {
  const { element, blockId, actionId } = held;
  const kept = Object.fromEntries(
    KEPT.flatMap((key) => (element[key] === undefined ? [] : [[key, escaped(element[key])] as const])),
  );
  const pressed = left ? left : compact({ value: typeof value === 'string' ? value : element.value });
  return { ...kept, ...pressed, type: element.type, action_id: actionId, block_id: blockId, action_ts: state.nextTs() };
}

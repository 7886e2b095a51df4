import {
  type AccountId,
  accountId,
  clean,
  type FieldKind,
  type Inbound,
  type Quoted,
  type Raw,
} from '../core/kernel/index.ts';
import { type Arrival, arrived, type Decoded, ignored, placed } from './arrival.ts';
import { typedText } from './markup.ts';
import { toOrigin } from './origin.ts';
import type { CommandPayload, InputState, Interaction, InteractionType, OpenView } from './payloads.ts';

type Actor = Pick<Interaction<'shortcut'>, 'user' | 'team' | 'enterprise' | 'trigger_id'>;
/** The workspace where it happened; an organisation-wide install names none, so the person's own it is. */
const homeOf = (by: Actor): string => by.team?.id ?? by.user.team_id ?? by.enterprise?.id ?? 'unknown';

function from(by: Actor, arrival: Arrival) {
  const team = homeOf(by);
  const name = by.user.name || by.user.username;
  return {
    delivery: `slack/${by.trigger_id ?? arrival.digest()}`,
    at: arrival.at,
    account: accountId('slack', team, by.user.id),
    ...(name ? { hints: { name: clean(name) } } : {}),
  };
}
export function decodeCommand(p: CommandPayload, arrival: Arrival): Inbound {
  const origin = toOrigin({
    surface: 'command',
    team: p.team_id,
    user: p.user_id,
    trigger: p.trigger_id,
    response: p.response_url,
    channel: p.channel_id,
  });
  return {
    kind: 'command',
    text: typedText(p.text).trim(),
    delivery: `slack/${p.trigger_id ?? arrival.digest()}`,
    at: arrival.at,
    account: accountId('slack', p.team_id, p.user_id),
    ...placed(p.team_id, p.channel_id),
    ...(p.user_name ? { hints: { name: clean(p.user_name) } } : {}),
    origin,
  };
}

/** An input's answer in the shape that the kernel reads, by the kind of its field. */
const answers: {
  readonly [K in FieldKind]: (state: InputState, team: string) => string | boolean | string[] | undefined;
} = {
  text: (s) => s.value ?? undefined,
  number: (s) => s.value ?? undefined,
  toggle: (s) => (s.selected_option ? s.selected_option.value === 'true' : undefined),
  date: (s) => s.selected_date ?? undefined,
  time: (s) => s.selected_time ?? undefined,
  person: (s, team): AccountId | undefined =>
    s.selected_user === undefined ? undefined : accountId('slack', team, s.selected_user),
  scale: (s) => s.selected_option?.value ?? undefined,
  choice: (s) => s.selected_option?.value ?? undefined,
  choices: (s) => s.selected_options?.flatMap((o) => o?.value ?? []) ?? [],
  search: (s) => s.selected_option?.value ?? undefined,
};
const isKind = (kind: string): kind is FieldKind => Object.hasOwn(answers, kind);

/** What was typed into a form: block_id is the field's name, action_id its kind (`drawForm`). */
function rawOf(view: OpenView, team: string): Raw {
  const typed = Object.entries(view.state?.values ?? {}).flatMap(([name, actions]) =>
    Object.entries(actions).flatMap(([action, state]) => {
      const kind = action.split(':', 1)[0] ?? '';
      const answer = isKind(kind) ? answers[kind](state, team) : undefined;
      return answer === undefined ? [] : [[name, answer] as const];
    }),
  );
  return Object.fromEntries(typed);
}
const fieldsOf = (view: OpenView): string[] =>
  (view.blocks ?? []).flatMap((b) => (b.type === 'input' && b.block_id ? [b.block_id] : []));

const formOrigin = (by: Actor, view: OpenView, changed?: string) =>
  toOrigin({
    surface: 'modal',
    team: homeOf(by),
    user: by.user.id,
    trigger: by.trigger_id,
    view: view.id,
    hash: view.hash,
    fields: fieldsOf(view),
    changed,
  });

/** A press's name: the action id without what made it unique in its message. */
const pressName = (actionId: string): string => actionId.replace(/#\d+$/, '');

function decodeActions(p: Interaction<'block_actions'>, arrival: Arrival): Decoded {
  const [action] = p.actions;
  const team = homeOf(p);
  if (!action) return ignored('no action');
  if (action.type !== 'button') {
    const asked = p.view?.private_metadata;
    if (!p.view || !asked || !isKind(action.action_id.split(':', 1)[0] ?? '')) return ignored(`a ${action.type}`);
    const changed = action.action_ts ?? String(arrival.at.getTime() / 1000);
    const origin = formOrigin(p, p.view, changed);
    return arrived({ ...from(p, arrival), kind: 'changed', asked, raw: rawOf(p.view, team), origin });
  }
  const channel = p.container?.channel_id ?? p.channel?.id;
  const surface = p.view ? (p.view.type === 'home' ? 'home' : 'modal') : 'message';
  const origin = toOrigin({
    surface,
    team,
    user: p.user.id,
    trigger: p.trigger_id,
    response: p.response_url,
    channel,
    own: p.container?.is_ephemeral || undefined,
    thread: p.container?.thread_ts ?? p.message?.thread_ts,
    view: p.view?.id,
  });
  const press = { name: pressName(action.action_id), value: action.value ?? '' };
  return arrived({ ...from(p, arrival), kind: 'press', press, ...placed(team, channel), origin });
}

/** The address of a message. `undefined` when the payload does not name the workspace's own domain. */
function permalink(
  domain: string | null | undefined,
  channel: string,
  ts: string | undefined,
  thread: string | undefined,
) {
  if (!domain || !/^[a-z0-9-]{1,60}$/i.test(domain) || !ts || !/^\d+\.\d+$/.test(ts)) return undefined;
  const inThread = thread && thread !== ts && /^\d+\.\d+$/.test(thread) ? `?thread_ts=${thread}&cid=${channel}` : '';
  return `https://${domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}${inThread}`;
}

function quoted(p: Interaction<'message_action'>): Quoted {
  const { message } = p;
  const attached = (message.attachments ?? []).map((a) => a.text || a.fallback || '').find((t) => t !== '');
  const link = permalink(p.team?.domain, p.channel.id, message.ts ?? p.message_ts, message.thread_ts);
  return {
    text: typedText(message.text || attached || ''),
    ...(link ? { permalink: link } : {}),
    ...(message.user && !message.bot_id ? { author: accountId('slack', homeOf(p), message.user) } : {}),
  };
}

/** Every kind of interaction. */
export const interactionDecoders: {
  readonly [K in InteractionType]: (p: Interaction<K>, arrival: Arrival) => Decoded;
} = {
  block_actions: decodeActions,
  view_submission: (p, arrival) => {
    const asked = p.view.private_metadata;
    if (!asked) return ignored('a view that asks nothing');
    const raw = rawOf(p.view, homeOf(p));
    const form = p.view.callback_id ? { form: clean(p.view.callback_id) } : {};
    return arrived({ ...from(p, arrival), kind: 'submit', asked, raw, ...form, origin: formOrigin(p, p.view) });
  },
  shortcut: (p, arrival) => {
    const origin = toOrigin({ surface: 'menu', team: homeOf(p), user: p.user.id, trigger: p.trigger_id });
    return arrived({ ...from(p, arrival), kind: 'shortcut', name: p.callback_id, origin });
  },
  message_action: (p, arrival) => {
    const team = homeOf(p);
    const origin = toOrigin({
      surface: 'menu',
      team,
      user: p.user.id,
      trigger: p.trigger_id,
      response: p.response_url,
      channel: p.channel.id,
      thread: p.message.thread_ts,
    });
    const message = quoted(p);
    const place = placed(team, p.channel.id);
    return arrived({ ...from(p, arrival), kind: 'shortcut', name: p.callback_id, message, ...place, origin });
  },
  block_suggestion: (p, arrival) => {
    const [kind, source] = p.action_id.split(':', 2);
    if (kind !== 'search' || !source) return ignored('a search that is not ours');
    const origin = toOrigin({ surface: 'modal', team: homeOf(p), user: p.user.id });
    return arrived({ ...from(p, arrival), kind: 'search', source, query: clean(p.value ?? ''), origin });
  },
};

import { compact, type JsonObject } from './json.ts';
import type { State } from './state.ts';
import type { Message, OpenView, SlackChannel, SlackUser, SlackUsergroup } from './types.ts';

/** The workspace's things as Slack writes them on the wire. */

/** Seconds east of UTC in an IANA zone at an instant, and the zone's English name. */
function zone(tz: string, at: Date): { readonly offset: number; readonly label: string } {
  const part = (timeZoneName: 'longOffset' | 'long') =>
    new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName })
      .formatToParts(at)
      .find((each) => each.type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(part('longOffset')) ?? [];
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return { offset: sign === '-' ? -seconds : seconds, label: part('long') };
}

/** `email` only when the token has `users:read.email`, as on Slack. */
export function wireUser(state: State, user: SlackUser, withEmail: boolean): JsonObject {
  const tz = user.tz ?? 'Etc/UTC';
  const { offset, label } = zone(tz, state.now());
  const isOurs = user.id === state.bot.userId;
  return compact({
    id: user.id,
    team_id: state.team.id,
    name: user.name,
    deleted: user.deleted === true,
    color: '4bbe2e',
    real_name: user.realName,
    tz,
    tz_label: label,
    tz_offset: offset,
    profile: compact({
      title: user.title ?? '',
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.displayName ?? user.name,
      display_name_normalized: user.displayName ?? user.name,
      first_name: user.realName.split(' ')[0],
      last_name: user.realName.split(' ').slice(1).join(' '),
      email: withEmail ? user.email : undefined,
      image_72: user.image,
      team: state.team.id,
      ...(isOurs ? { bot_id: state.bot.botId, api_app_id: state.bot.appId } : {}),
    }),
    is_admin: user.isAdmin === true,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.isGuest === true,
    is_ultra_restricted: false,
    is_bot: user.isBot === true,
    is_app_user: false,
    is_email_confirmed: user.email !== undefined,
    updated: Math.floor(state.now().getTime() / 1000),
    locale: user.locale,
  });
}

export function wireChannel(channel: SlackChannel): JsonObject {
  const { id, name, kind, isArchived } = channel;
  const common = {
    id,
    created: 1_700_000_000,
    is_archived: isArchived,
    is_im: kind === 'im',
    is_mpim: kind === 'mpim',
    is_org_shared: false,
  };
  if (kind === 'im') return { ...common, user: channel.members[0] ?? '', is_user_deleted: false, priority: 0 };
  return {
    ...common,
    name,
    name_normalized: name,
    is_channel: kind === 'public' || kind === 'private',
    is_group: kind === 'private',
    is_private: kind !== 'public',
    is_member: channel.botIsMember,
    is_general: name === 'general',
    is_shared: false,
    is_ext_shared: false,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: channel.members.length,
  };
}

/** Slack leaves `metadata` out of what it reads back unless it was asked for, and always gives it to the app's own interactions. */
export function wireMessage(state: State, message: Message, withMetadata = true): JsonObject {
  const { bot, team } = state;
  const ofBot = {
    bot_id: bot.botId,
    app_id: bot.appId,
    bot_profile: {
      id: bot.botId,
      app_id: bot.appId,
      user_id: bot.userId,
      name: bot.name,
      deleted: false,
      updated: 1_700_000_000,
      team_id: team.id,
    },
  };
  return compact({
    type: 'message',
    user: message.user,
    ts: message.ts,
    ...(message.fromBot ? ofBot : {}),
    text: message.text,
    team: team.id,
    thread_ts: message.threadTs,
    subtype: message.broadcast ? 'thread_broadcast' : undefined,
    blocks: message.blocks.length > 0 ? message.blocks : undefined,
    attachments: message.attachments.length > 0 ? message.attachments : undefined,
    edited: message.edited ? { user: message.user, ts: message.edited } : undefined,
    reactions:
      message.reactions.length > 0
        ? message.reactions.map(({ name, users }) => ({ name, users, count: users.length }))
        : undefined,
    metadata: withMetadata ? message.metadata : undefined,
  });
}

/** A view as payloads and `views.*` answers carry it. */
export function wireView(state: State, open: OpenView): JsonObject {
  const { view } = open;
  const isModal = view.type === 'modal';
  return {
    id: open.id,
    team_id: state.team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: open.values },
    hash: open.hash,
    title: isModal ? view.title : { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view.clear_on_close === true,
    notify_on_close: view.notify_on_close === true,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: open.previousId ?? null,
    root_view_id: open.rootId,
    app_id: state.bot.appId,
    external_id: view.external_id ?? '',
    app_installed_team_id: state.team.id,
    bot_id: state.bot.botId,
  };
}

export function wireUsergroup(state: State, group: SlackUsergroup, withUsers: boolean): JsonObject {
  return compact({
    id: group.id,
    team_id: state.team.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    handle: group.handle,
    description: '',
    is_external: false,
    date_create: 1_700_000_000,
    date_update: 1_700_000_000,
    date_delete: 0,
    auto_type: null,
    created_by: group.users[0] ?? '',
    prefs: { channels: [], groups: [] },
    users: withUsers ? group.users : undefined,
    user_count: group.users.length,
  });
}

/** How Slack names a conversation in commands and interactions: only public channels by their name. */
export function nameInPayload(channel: SlackChannel): string {
  if (channel.kind === 'im') return 'directmessage';
  return channel.kind === 'public' ? channel.name : 'privategroup';
}

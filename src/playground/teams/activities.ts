import { randomUUID } from 'node:crypto';
import type { Place } from './roster.ts';
import type { Message, State } from './state.ts';
import type { TeamsTenantOptions, TeamsUser } from './types.ts';

export type Json = Readonly<Record<string, unknown>>;
/** An activity as Teams posts it to a bot. */
export type OutgoingActivity = Json & { readonly id: string; readonly type: string };

/** Builds the activities that Teams sends, with everything real Teams puts beside what they say. */
export function createActivities(options: TeamsTenantOptions, state: State, serviceUrl: () => string) {
  const { clock, tenantId } = options;

  /** Events carry no client: only messages and invokes come from one, so only they know the person's zone. */
  function client({ timezone, locale }: TeamsUser): Json {
    const country = locale.split('-')[1];
    const info = { type: 'clientInfo', locale, ...(country ? { country } : {}), platform: 'Web', timezone };
    return { locale, localTimezone: timezone, localTimestamp: localTimestamp(clock.now(), timezone), entities: [info] };
  }

  function conversation({ conversation: c, root }: Place): Json {
    const id = root === undefined ? c.id : `${c.id};messageid=${root}`;
    const group = c.kind === 'personal' ? {} : { isGroup: true };
    return { id, ...group, conversationType: c.kind, tenantId, ...(c.kind === 'groupChat' ? { name: c.name } : {}) };
  }

  function channelData({ conversation: c }: Place): Json {
    if (c.kind !== 'channel') return { tenant: { id: tenantId } };
    const channel = { id: c.id };
    const team = { id: c.home.id, name: c.home.name };
    return { tenant: { id: tenantId }, team, channel, teamsTeamId: team.id, teamsChannelId: channel.id };
  }

  function base(type: string, id: string, from: TeamsUser, place: Place): OutgoingActivity {
    return {
      type,
      id,
      timestamp: clock.now().toISOString(),
      serviceUrl: serviceUrl(),
      channelId: 'msteams',
      from: { id: from.id, name: from.name, aadObjectId: from.aadObjectId },
      conversation: conversation(place),
      recipient: { id: state.bot.id, name: state.bot.name },
      channelData: channelData(place),
    };
  }

  const eventId = (): string => `f:${randomUUID()}`;

  return {
    /** A message that a person wrote. */
    message(from: TeamsUser, place: Place, written: Message): OutgoingActivity {
      const { entities: clientInfo, ...clientFields } = client(from);
      const { bot } = state;
      return {
        ...base('message', written.id, from, place),
        ...clientFields,
        text: written.text,
        textFormat: 'plain',
        attachments: written.attachments,
        entities: [...written.entities, ...(clientInfo as readonly unknown[])],
        // Also the form of a slash command: to Teams that is a message targeted at the bot.
        ...(written.onlyFor ? { recipient: { id: bot.id, name: bot.name, isTargeted: true } } : {}),
      };
    },

    /** Action.Submit: a message without text, in reply to its card. */
    submit(from: TeamsUser, place: Place, activityId: string, value: unknown): OutgoingActivity {
      const activity = base('message', state.nextId(), from, place);
      const legacy = { source: { name: 'message' }, legacy: { replyToId: activityId } };
      const channelData = { ...(activity.channelData as Json), ...legacy };
      return { ...activity, ...client(from), channelData, replyToId: activityId, value };
    },

    invoke(name: string, from: TeamsUser, place: Place, value: unknown, replyToId?: string): OutgoingActivity {
      const activity = base('invoke', eventId(), from, place);
      const source = { source: { name: replyToId === undefined ? 'compose' : 'message' } };
      const channelData = { ...(activity.channelData as Json), ...source };
      const reply = replyToId === undefined ? {} : { replyToId };
      return { ...activity, ...client(from), channelData, ...reply, name, value };
    },

    /** `conversationUpdate`, `installationUpdate` and `messageReaction`: what happened, without a client. */
    event(type: string, from: TeamsUser, place: Place, fields: Json, eventType?: string): OutgoingActivity {
      const activity = base(type, eventId(), from, place);
      const channelData = { ...(activity.channelData as Json), ...(eventType ? { eventType } : {}) };
      return { ...activity, channelData, ...fields };
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;

/** An instant on the wall clock of a zone, with its offset: `2026-11-23T14:05:00.000+02:00`. */
function localTimestamp(at: Date, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' }).formatToParts(at);
  const [, sign = '+', hours = '00', minutes = '00'] =
    /GMT([+-])(\d\d):(\d\d)/.exec(parts.find((p) => p.type === 'timeZoneName')?.value ?? '') ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return `${new Date(at.getTime() + offset * 60_000).toISOString().slice(0, -1)}${sign}${hours}:${minutes}`;
}

import { z } from 'zod';
import { accountId, type Json } from '../core/kernel/index.ts';
import { type Arrival, arrived, type Decoded, ignored, malformed, placed } from './arrival.ts';
import type { EventName } from './manifest.ts';
import { typedText, withoutMention } from './markup.ts';
import { toOrigin } from './origin.ts';
import { envelope, homeOpened, reacted, said, tokensRevoked, userChanged } from './payloads.ts';
import { profileOf } from './profile.ts';

/** What the envelope says about an event. */
type About = { readonly team: string; readonly bot: string | undefined; readonly delivery: string; readonly at: Date };
type DecodeEvent = (event: unknown, about: About) => Decoded;

/** Parses an event, or says what is wrong with it. */
const event =
  <T extends z.ZodType>(name: EventName, schema: T, use: (event: z.output<T>, about: About) => Decoded): DecodeEvent =>
  (raw, about) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? use(parsed.data, about) : malformed(name, parsed.error);
  };

/** Words to the bot are a command. Its own words, those of other bots, edits and joins are not. */
function written(message: z.output<typeof said>, text: string, { team, delivery, at }: About): Decoded {
  if (message.bot_id || message.subtype || message.edited || !message.user) return ignored('not words of a person');
  const origin = toOrigin({
    surface: 'chat',
    team,
    user: message.user,
    channel: message.channel,
    thread: message.thread_ts,
  });
  const account = accountId('slack', team, message.user);
  const under = message.thread_ts === undefined ? {} : { under: message.thread_ts };
  return arrived({ kind: 'command', text, delivery, at, account, ...placed(team, message.channel), ...under, origin });
}

const observed = (what: string, input: Json, { delivery, at }: About): Decoded =>
  arrived({ kind: 'observed', what, input, delivery, at });

/** A skin tone is no other reaction. */
const reaction = (name: 'reaction_added' | 'reaction_removed') =>
  event(name, reacted, ({ user, reaction: raw, item, item_user: author }, { team, bot, delivery, at }) => {
    if (item.type !== 'message' || !item.channel || !item.ts) return ignored('a reaction to no message');
    if (user === bot) return ignored('a reaction of our own');
    // Slack tells of every reaction where we are: what people say to each other is not for us.
    if (author !== undefined && bot !== undefined && author !== bot) return ignored('a reaction to somebody else');
    const said = [raw.split('::', 1)[0] as string];
    const [added, removed] = name === 'reaction_added' ? [said, []] : [[], said];
    return arrived({
      kind: 'reacted',
      native: item.ts,
      added,
      removed,
      delivery,
      at,
      account: accountId('slack', team, user),
      ...placed(team, item.channel),
      origin: toOrigin({ surface: 'reaction', team, user }),
    });
  });

/** A reply in a thread, to whoever is in it. What names the bot comes as `app_mention`, too. */
const replied = (name: 'message.channels' | 'message.groups') =>
  event(name, said, (message, { team, bot, delivery, at }) => {
    const { user, channel, thread_ts: native, parent_user_id: author } = message;
    // Slack tells of every message where we are: what does not stand under one of ours is not for us.
    if (native === undefined || native === null || (author && bot && author !== bot)) return ignored('words to others');
    if (message.bot_id || message.edited || !user || user === bot) return ignored('not words of a person');
    if (message.subtype && message.subtype !== 'thread_broadcast') return ignored('not words of a person');
    const text = message.text ?? '';
    if (bot && text.includes(`<@${bot}`)) return ignored('words to the bot, which come by themselves');
    return arrived({
      kind: 'replied',
      native,
      text: typedText(text).trim(),
      delivery,
      at,
      account: accountId('slack', team, user),
      ...placed(team, channel),
      origin: toOrigin({ surface: 'reaction', team, user }),
    });
  });

const accountChanged = (name: EventName) =>
  event(name, userChanged, ({ user }, about) => {
    const profile = profileOf(user, about.team);
    return observed('account.changed', { account: profile.account, profile }, about);
  });

/** Every event that the manifest subscribes to. */
const decoders: { readonly [K in EventName]: DecodeEvent } = {
  app_home_opened: event('app_home_opened', homeOpened, ({ user, tab }, { team, delivery, at }) => {
    if (tab !== 'home') return ignored('another tab of the app');
    const origin = toOrigin({ surface: 'home', team, user });
    return arrived({ kind: 'home', delivery, at, account: accountId('slack', team, user), origin });
  }),
  app_mention: event('app_mention', said, (message, about) =>
    written(message, typedText(withoutMention(message.text ?? '', about.bot)), about),
  ),
  'message.channels': replied('message.channels'),
  'message.groups': replied('message.groups'),
  'message.im': event('message.im', said, (message, about) =>
    written(message, typedText(message.text ?? '').trim(), about),
  ),
  reaction_added: reaction('reaction_added'),
  reaction_removed: reaction('reaction_removed'),
  user_change: accountChanged('user_change'),
  team_join: accountChanged('team_join'),
  app_uninstalled: (_event, about) => observed('platform.revoked', { platform: 'slack', team: about.team }, about),
  tokens_revoked: event('tokens_revoked', tokensRevoked, ({ tokens }, about) =>
    // `oauth` lists tokens of people, which this app does not use.
    tokens?.bot?.length
      ? observed('platform.revoked', { platform: 'slack', team: about.team }, about)
      : ignored('tokens that are not ours'),
  ),
};
const isEvent = (name: string): name is EventName => Object.hasOwn(decoders, name);

const challenge = z.object({ challenge: z.string().max(1000) });
const typed = z.object({ channel_type: z.string().nullish() });
/** The subscriptions, by the kind of conversation. */
const messages: Readonly<Record<string, EventName>> = {
  channel: 'message.channels',
  group: 'message.groups',
  im: 'message.im',
};

/** The Events API: the address check, and the events. Types that nobody subscribed to are ignored. */
export function decodeEvent(type: string, payload: object, arrival: Arrival): Decoded {
  if (type === 'url_verification') {
    const parsed = challenge.safeParse(payload);
    return parsed.success
      ? { is: 'challenge', challenge: parsed.data.challenge }
      : malformed('url_verification', parsed.error);
  }
  if (type !== 'event_callback') return ignored(`a payload of type ${type.slice(0, 60)}`);
  const parsed = envelope.safeParse(payload);
  if (!parsed.success) return malformed('event', parsed.error);
  const { event: inner, event_id: id, team_id, authorizations } = parsed.data;
  const own = authorizations?.[0];
  const team = team_id ?? own?.team_id;
  if (team === undefined) return { is: 'malformed', why: 'event: team_id is missing or not as expected' };
  const where = inner.type === 'message' ? (typed.safeParse(inner).data?.channel_type ?? '') : '';
  const name = inner.type === 'message' ? (messages[where] ?? `message.${where}`) : inner.type;
  if (!isEvent(name)) return ignored(`the event ${name.slice(0, 60)}`);
  return decoders[name](inner, {
    team,
    bot: own?.user_id,
    delivery: `slack/${id ?? arrival.digest()}`,
    at: arrival.at,
  });
}

import { type Offers, Problem, shorten } from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';

type Use = {
  /** Bot scopes it needs. */
  readonly scopes: readonly string[];
  /** What does not work without it, as `/readyz` and the log name it. */
  readonly does: string;
};

/** Every Web API method that this adapter calls: `web.call` takes no other. */
export const METHODS = {
  'auth.test': { scopes: [], does: 'checking the connection' },
  'chat.postMessage': { scopes: ['chat:write', 'chat:write.public'], does: 'posting messages' },
  'chat.postEphemeral': { scopes: ['chat:write'], does: 'answering in private in a channel' },
  'chat.update': { scopes: ['chat:write'], does: 'keeping messages up to date' },
  'conversations.history': {
    scopes: ['channels:history', 'groups:history', 'im:history'],
    does: 'finding a message again after a lost answer',
  },
  'conversations.replies': {
    scopes: ['channels:history', 'groups:history', 'im:history'],
    does: 'finding a reply again after a lost answer',
  },
  'conversations.members': { scopes: ['channels:read', 'groups:read'], does: 'surveys for the members of a channel' },
  'conversations.open': { scopes: ['im:write'], does: 'finding a direct message again after a lost answer' },
  'dnd.teamInfo': { scopes: ['dnd:read'], does: 'leaving those alone who want no disturbance' },
  'files.completeUploadExternal': { scopes: ['files:write'], does: 'pictures of charts' },
  'files.getUploadURLExternal': { scopes: ['files:write'], does: 'pictures of charts' },
  'usergroups.list': { scopes: ['usergroups:read'], does: 'roles by user group' },
  'usergroups.users.list': { scopes: ['usergroups:read'], does: 'roles by user group' },
  'users.info': { scopes: ['users:read', 'users:read.email'], does: 'names, time zones and e-mail addresses' },
  'views.open': { scopes: [], does: 'opening forms' },
  'views.publish': { scopes: [], does: 'the home page' },
  'views.push': { scopes: [], does: 'opening forms from forms' },
  'views.update': { scopes: [], does: 'forms whose fields depend on each other' },
} as const satisfies Readonly<Record<string, Use>>;
export type Method = keyof typeof METHODS;

/** Every event that `decode` understands, with the scopes its subscription needs. */
export const EVENTS = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  app_uninstalled: [],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  team_join: ['users:read'],
  tokens_revoked: [],
  user_change: ['users:read'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type EventName = keyof typeof EVENTS;

/** The bot scopes of all that, and `commands` for the slash command and the shortcuts. */
export const SCOPES: readonly string[] = [
  ...new Set(['commands', ...Object.values(METHODS).flatMap((m) => [...m.scopes]), ...Object.values(EVENTS).flat()]),
].sort();

/** What a missing scope costs, in words for the health page. */
export function scopeUse(scope: string): string {
  const method = Object.values<Use>(METHODS).find((m) => m.scopes.includes(scope));
  const event = Object.entries<readonly string[]>(EVENTS).find(([, scopes]) => scopes.includes(scope));
  const does = method?.does ?? (event ? `the event ${event[0]}` : 'commands and shortcuts');
  return `${does} (needs the scope ${scope})`;
}

/** The one slash command, under which all others stand. */
export const slashCommand = '/platform';

/** The one path that Slack calls. */
export const slackPath = '/slack/events';

export type ManifestOptions = {
  /** Where the bot is reached, for the HTTP form: `https://bot.example.com`. Not used in Socket Mode. */
  readonly baseUrl?: string;
  readonly socketMode: boolean;
  readonly name?: string;
  readonly shortcuts: Offers['shortcuts'];
  /** The slash command, with its slash. */
  readonly command: string;
};

/** Slack gives a shortcut's name 24 characters: an article is the first thing to go. */
function shortcutName(title: string): string {
  const short = title.length <= LIMITS.shortcutName ? title : title.replace(/\b(?:the|an?) /gi, '');
  if (short.length > LIMITS.shortcutName)
    throw new Problem(
      'shortcut_too_long',
      `The shortcut “${title}” is longer than Slack’s ${LIMITS.shortcutName} characters. Give it a shorter title.`,
    );
  return short;
}

/** The Slack app manifest (https://docs.slack.dev/reference/app-manifest): what the code uses, and nothing else. */
export function slackManifest(options: ManifestOptions) {
  const { socketMode, name = 'Groundcrew' } = options;
  if (!socketMode && !options.baseUrl)
    throw new Problem(
      'manifest_incomplete',
      'A Slack manifest for HTTP needs the address at which Slack reaches the bot, such as https://bot.example.com. Give it, or use Socket Mode.',
    );
  const url = socketMode ? undefined : new URL(slackPath, options.baseUrl).href;
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name,
      description: 'Ask the platform team for what you need, and see what became of it.',
      background_color: '#1F3A5F',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: name, always_online: true },
      shortcuts: options.shortcuts.map((s) => ({
        name: shortcutName(s.title),
        type: s.where,
        callback_id: s.name,
        description: shorten(s.summary, LIMITS.shortcutDescription),
      })),
      slash_commands: [
        {
          command: options.command,
          ...(url ? { url } : {}),
          description: 'Ask the platform team for something',
          usage_hint: 'help, or what you need',
          // Mentions arrive as ids, so that a person can be told from a word.
          should_escape: true,
        },
      ],
    },
    oauth_config: { scopes: { bot: [...SCOPES] } },
    settings: {
      event_subscriptions: { ...(url ? { request_url: url } : {}), bot_events: Object.keys(EVENTS).sort() },
      interactivity: {
        is_enabled: true,
        ...(url ? { request_url: url, message_menu_options_url: url } : {}),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
    },
  };
}

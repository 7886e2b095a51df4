import { strToU8, zipSync } from 'fflate';
import { z } from 'zod';
import { Problem } from '../core/kernel/problem.ts';
import { ACCENT_COLOUR, colourIcon, outlineIcon } from './icons.ts';

/** The schema versions we write, with what each allows. Lengths in characters, from Microsoft's schema files. */
const FORMS = {
  /** The first with slash commands and messages that only one person sees. */
  current: { schema: '1.29', commands: 12, title: 128 },
  /** For tenants and tools that do not know 1.29 yet. */
  legacy: { schema: '1.19', commands: 10, title: 32 },
} as const;
/** Of one bot. The schema allows descriptions of 4,000, but the clients' menus show one line. */
const COMMAND_LISTS = 3;
const COMMAND_DESCRIPTION = 128;

const SCOPES = ['personal', 'team', 'groupChat'] as const;

const guid = z.string().regex(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'must be an id like 00000000-0000-…');
const page = z.url({ protocol: /^https$/, error: 'must be an https address' }).max(2048);
const optionsShape = z.object({
  appId: guid,
  botId: guid,
  baseUrl: page.refine((url) => URL.parse(url)?.href === `${URL.parse(url)?.origin}/`, 'must be https://host, no path'),
  version: z.string().regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'must have three numbers, like 1.0.0'),
  name: z.string().trim().min(1).max(30).default('Groundcrew'),
  developer: z
    .object({ name: z.string().trim().min(1).max(32), websiteUrl: page, privacyUrl: page, termsOfUseUrl: page })
    .optional(),
  commands: z
    .array(z.object({ title: z.string().trim().min(1), description: z.string().trim().min(1) }))
    .min(1)
    .readonly(),
  legacy: z.boolean().default(false),
});

/**
 * `appId` is the Teams app's own id, `botId` the app registration's (MICROSOFT_APP_ID); they may be the same.
 * `baseUrl` is where the bot is reached, as `https://host`. `commands` fill the menu that Teams shows after `@bot` and
 * `/`: choosing one only inserts its title. `developer` defaults to pages under `baseUrl`: `/`, `/privacy`, `/terms`.
 */
export type ManifestOptions = z.input<typeof optionsShape>;

const refused = (why: string): Problem =>
  new Problem('teams_manifest_invalid', `The Teams app package cannot be written: ${why}`);

/** One list where it has room for all, else a second and third for the same scopes. Drops nothing in silence. */
function commandLists(commands: readonly { title: string; description: string }[], legacy: boolean) {
  const form = legacy ? FORMS.legacy : FORMS.current;
  const room = form.commands * COMMAND_LISTS;
  if (commands.length > room)
    throw refused(
      `it has ${commands.length} commands, and manifest ${form.schema} has room for ${room}. List the most used ones; the bot understands the others all the same.`,
    );
  for (const { title, description } of commands) {
    if (title.length > form.title)
      throw refused(`the command “${title}” is longer than ${form.title} characters. Shorten its title.`);
    if (description.length > COMMAND_DESCRIPTION)
      throw refused(`what “${title}” does is described in over ${COMMAND_DESCRIPTION} characters. Shorten that.`);
  }
  return Array.from({ length: Math.ceil(commands.length / form.commands) }, (_, nth) => ({
    scopes: [...SCOPES],
    ...(legacy ? {} : { triggers: ['mention', 'slash'] }),
    commands: commands.slice(nth * form.commands, (nth + 1) * form.commands),
  }));
}

/** The app manifest, as the object that manifest.json holds. Throws `Problem` (teams_manifest_invalid). */
export function teamsManifest(options: ManifestOptions) {
  const parsed = optionsShape.safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}. Correct it and run the command again.`);
  }
  const { appId, botId, version, name, commands, legacy } = parsed.data;
  const url = new URL(parsed.data.baseUrl);
  const { schema } = legacy ? FORMS.legacy : FORMS.current;
  /** Only what 1.29 knows; earlier schemas refuse properties that they do not know. */
  const current = <T extends object>(properties: T): Partial<T> => (legacy ? {} : properties);
  return {
    $schema: `https://developer.microsoft.com/json-schemas/teams/v${schema}/MicrosoftTeams.schema.json`,
    manifestVersion: schema,
    version,
    id: appId,
    developer: parsed.data.developer ?? {
      name: 'Platform team',
      websiteUrl: `${url.origin}/`,
      privacyUrl: `${url.origin}/privacy`,
      termsOfUseUrl: `${url.origin}/terms`,
    },
    name: { short: name, full: `${name}, the platform team’s bot` },
    description: {
      short: 'Ask the platform team for anything, and see what became of it.',
      full: 'Send feedback to the platform team and be told when it is planned and shipped. Ask for what the platform offers, in a chat with the bot, in a group chat or in a channel. The bot reads only the messages that mention it or are sent to it.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: ACCENT_COLOUR,
    // Everyone has dealings of their own with the bot; a team adds it for the channels of its choice.
    defaultInstallScope: 'personal',
    defaultGroupCapability: { team: 'bot', groupchat: 'bot' },
    ...current({ supportsChannelFeatures: 'tier1' }),
    bots: [
      {
        botId,
        scopes: [...SCOPES],
        isNotificationOnly: false,
        ...current({ supportsTargetedMessages: true }),
        commandLists: commandLists(commands, legacy),
      },
    ],
    staticTabs: [
      {
        entityId: 'home',
        name: 'Home',
        contentUrl: `${url.origin}/tabs/home`,
        scopes: ['personal'],
      },
      // The chat stands beside it.
      { entityId: 'conversations', scopes: ['personal'] },
    ],
    // Teams' single sign-on: who looks at the tab. The app registration exposes this id with the scope access_as_user.
    webApplicationInfo: { id: botId, resource: `api://${url.host}/${botId}` },
    composeExtensions: [
      {
        botId,
        commands: [
          {
            id: 'feedback',
            type: 'action',
            title: 'Send feedback',
            description: 'Tell the platform team what you need, and why',
            context: ['compose', 'commandBox'],
            // The only way in Teams from a slash command to a form: a typed command cannot open a dialog.
            ...current({ triggers: ['slash'] }),
            fetchTask: true,
          },
          {
            id: 'backlog',
            type: 'action',
            title: 'Send to the platform backlog',
            description: 'Send this message to the platform team as feedback',
            context: ['message'],
            fetchTask: true,
          },
        ],
      },
    ],
    // No resource-specific consent: the bot hears only what is addressed to it, and owners are asked for nothing more.
    // `identity`: it reads members' e-mail addresses. `messageTeamMembers`: it writes to them about their requests.
    permissions: ['identity', 'messageTeamMembers'],
    validDomains: [url.host],
  };
}

/**
 * The app package to upload in Teams: a zip of manifest.json and the two icons, the same bytes for the same options.
 * Throws `Problem` (teams_manifest_invalid).
 */
export function teamsPackage(options: ManifestOptions): Uint8Array {
  const manifest = strToU8(`${JSON.stringify(teamsManifest(options), null, 2)}\n`);
  // A zip holds local time without a zone: a date written without one gives the same bytes everywhere.
  const mtime = '2026-01-01T12:00:00';
  return zipSync(
    {
      'manifest.json': manifest,
      'color.png': [colourIcon(), { level: 0 }],
      'outline.png': [outlineIcon(), { level: 0 }],
    },
    { level: 9, mtime },
  );
}

import { stringify } from 'yaml';
import { features } from '../core/features.ts';
import { Problem } from '../core/kernel/problem.ts';
import { createHandlers } from '../engine/handlers.ts';
import { slackManifest, slashCommand } from '../slack/manifest.ts';
import { teamsPackage } from '../teams/manifest.ts';
import { version } from '../version.ts';

const { offers } = createHandlers(features);

/** Both platforms call us over https, at the root of a host. */
function publicAddress(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return new URL(url).origin;
  throw new Problem(
    'config_invalid',
    `“${url}” is not an address that Slack and Teams can call. Give one that begins with https://, such as --url https://bot.example.com.`,
  );
}

/** The Slack app manifest as YAML: Socket Mode, or HTTP at an address. */
export const slackManifestText = (url: string | undefined): string =>
  stringify(
    slackManifest({
      socketMode: url === undefined,
      shortcuts: offers.shortcuts,
      command: slashCommand,
      ...(url === undefined ? {} : { baseUrl: publicAddress(url) }),
    }),
  );

/** The Teams app package: a zip with the manifest and two icons. */
export function teamsPackageBytes(options: {
  readonly appId: string | undefined;
  readonly url: string | undefined;
  readonly legacy: boolean;
}): Uint8Array {
  const { appId, url, legacy } = options;
  if (!appId)
    throw new Problem(
      'config_invalid',
      'MICROSOFT_APP_ID is missing: the app package names the bot by it. Set it in the environment or in .env.',
    );
  if (!url)
    throw new Problem(
      'config_invalid',
      'The address of the bot is missing: give --url https://bot.example.com, or set PUBLIC_URL.',
    );
  // An older schema has no room for all of them: what only some may do is left out of the menu, and still understood.
  const commands = offers.commands
    .filter((c) => c.forAll || !legacy)
    .map(({ name, summary }) => ({ title: name, description: summary }));
  return teamsPackage({ appId, botId: appId, baseUrl: publicAddress(url), version, commands, legacy });
}

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { features } from '../../src/core/features.ts';
import { createHandlers } from '../../src/engine/handlers.ts';
import { EVENTS, METHODS, SCOPES, slackManifest } from '../../src/slack/manifest.ts';

const root = new URL('../../', import.meta.url);
const { offers } = createHandlers(features);
const given = { shortcuts: offers.shortcuts, command: '/platform' };

test('manifest.yml is what the code makes of what the features offer', () => {
  const file = parse(readFileSync(new URL('manifest.yml', root), 'utf8'));
  expect(file).toEqual(slackManifest({ socketMode: true, ...given }));
});

test('the scopes and events are exactly these', () => {
  const { oauth_config, settings } = slackManifest({ socketMode: true, ...given });
  expect(oauth_config.scopes.bot).toEqual([
    'app_mentions:read',
    'channels:history',
    'channels:read',
    'chat:write',
    'chat:write.public',
    'commands',
    'dnd:read',
    'files:write',
    'groups:history',
    'groups:read',
    'im:history',
    'im:write',
    'reactions:read',
    'usergroups:read',
    'users:read',
    'users:read.email',
  ]);
  expect(settings.event_subscriptions.bot_events).toEqual([
    'app_home_opened',
    'app_mention',
    'app_uninstalled',
    'message.channels',
    'message.groups',
    'message.im',
    'reaction_added',
    'reaction_removed',
    'team_join',
    'tokens_revoked',
    'user_change',
  ]);
  expect(SCOPES).toEqual(oauth_config.scopes.bot);
});

test('every method and event in the tables is used by the code', () => {
  // That the code uses no others is checked by the compiler: `web.call` and the table of events take no other names.
  const folder = new URL('src/slack/', root);
  const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'manifest.ts')
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  for (const method of Object.keys(METHODS)) expect(code).toMatch(new RegExp(`'${method.replaceAll('.', '\\.')}'`));
  for (const event of Object.keys(EVENTS)) expect(code).toMatch(new RegExp(`${event.replaceAll('.', '\\.')}'?[:,)]`));
});

test('in Socket Mode no address stands in it, over HTTP every one', () => {
  const socket = JSON.stringify(slackManifest({ socketMode: true, baseUrl: 'https://bot.example.com', ...given }));
  expect(socket).not.toContain('url');
  const http = slackManifest({ socketMode: false, baseUrl: 'https://bot.example.com', ...given });
  const url = 'https://bot.example.com/slack/events';
  expect(http.features.slash_commands).toMatchObject([{ command: '/platform', url, should_escape: true }]);
  expect(http.settings).toMatchObject({
    socket_mode_enabled: false,
    event_subscriptions: { request_url: url },
    interactivity: { is_enabled: true, request_url: url, message_menu_options_url: url },
  });
  expect(() => slackManifest({ socketMode: false, ...given })).toThrow(/address/);
});

test('both shortcuts are offered, by names that Slack takes', () => {
  const { features: made } = slackManifest({ socketMode: true, ...given });
  expect(made.shortcuts.map(({ name, type, callback_id }) => [name, type, callback_id])).toEqual([
    ['Send feedback', 'global', 'feedback'],
    ['Send to platform backlog', 'message', 'backlog'],
  ]);
  const long = [{ name: 'x', title: 'A title that is far too long for it', summary: 's', where: 'global' as const }];
  expect(() => slackManifest({ socketMode: true, ...given, shortcuts: long })).toThrow(/24 characters/);
});

test('nothing in it is longer than Slack takes', () => {
  const { display_information, features: made, oauth_config, settings } = slackManifest({ socketMode: true, ...given });
  expect(display_information.name.length).toBeLessThanOrEqual(35);
  expect(display_information.description.length).toBeLessThanOrEqual(140);
  expect(made.bot_user.display_name.length).toBeLessThanOrEqual(80);
  expect(made.shortcuts.length).toBeLessThanOrEqual(10);
  for (const { name, description } of made.shortcuts) {
    expect(name.length).toBeLessThanOrEqual(24);
    expect(description.length).toBeLessThanOrEqual(150);
  }
  for (const { command, description } of made.slash_commands) {
    expect(command.length).toBeLessThanOrEqual(32);
    expect(description.length).toBeLessThanOrEqual(2_000);
  }
  expect(oauth_config.scopes.bot.length).toBeLessThanOrEqual(255);
  expect(settings.event_subscriptions.bot_events.length).toBeLessThanOrEqual(100);
});

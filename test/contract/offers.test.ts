import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { features } from '../../src/core/features.ts';
import { createHandlers } from '../../src/engine/handlers.ts';
import { slackManifest } from '../../src/slack/manifest.ts';
import { teamsManifest } from '../../src/teams/manifest.ts';
import { both } from './both.ts';

/* Everything that the product offers can be reached on both platforms, and nothing is offered that nobody answers. */

const { offers } = createHandlers(features);
const appId = '11111111-1111-4111-8111-111111111111';
/** What a menu lists: all of it, or what is open to everyone where an older schema has no more room. */
const listedFor = (legacy: boolean) => offers.commands.filter((c) => c.forAll || !legacy);
const manifestOf = (legacy: boolean) => {
  const commands = listedFor(legacy).map(({ name, summary }) => ({ title: name, description: summary }));
  return teamsManifest({ appId, botId: appId, baseUrl: 'https://bot.example.com', version: '1.0.0', commands, legacy });
};
const slack = slackManifest({ socketMode: true, shortcuts: offers.shortcuts, command: '/platform' });

test('there are commands and shortcuts of both sorts to look at', () => {
  expect(offers.commands.map((c) => c.name)).toEqual(
    expect.arrayContaining(['feedback', 'feedback mine', 'help', 'me', 'start']),
  );
  expect(new Set(offers.shortcuts.map((s) => s.where))).toEqual(new Set(['global', 'message']));
});

describe('Slack', () => {
  test('has every shortcut in its menus, where it belongs, and no other', () => {
    const menus = slack.features.shortcuts.map(({ callback_id, type }) => ({ name: callback_id, where: type }));
    expect(menus).toEqual(offers.shortcuts.map(({ name, where }) => ({ name, where })));
  });

  test('has one slash command, behind which all commands stand', () => {
    expect(slack.features.slash_commands.map((c) => c.command)).toEqual(['/platform']);
    // Also as words in a direct message and by a mention: both must be heard.
    expect(slack.settings.event_subscriptions.bot_events).toEqual(
      expect.arrayContaining(['app_mention', 'message.im']),
    );
    expect(slack.features.app_home.messages_tab_enabled).toBe(true);
    expect(slack.features.app_home.messages_tab_read_only_enabled).toBe(false);
  });

  test('is installed by a file that offers the same', () => {
    const file: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));
    expect(file).toEqual(slack);
  });
});

describe.each([
  ['Teams', false],
  ['Teams with an older schema', true],
])('%s', (_, legacy) => {
  const manifest = manifestOf(legacy);
  const [bot] = manifest.bots;

  test('has every command in its menu, and no other', () => {
    const listed = bot?.commandLists.flatMap((list) => list.commands.map((c) => c.title));
    expect(listed).toEqual(listedFor(legacy).map((c) => c.name));
    for (const list of bot?.commandLists ?? []) expect(list.scopes).toEqual(['personal', 'team', 'groupChat']);
  });

  test('has every shortcut as a message extension, where it belongs, and no other', () => {
    const contexts = { global: ['compose', 'commandBox'], message: ['message'] };
    const extensions = manifest.composeExtensions.flatMap((e) => e.commands);
    expect(extensions.map(({ id, context }) => ({ id, context }))).toEqual(
      offers.shortcuts.map(({ name, where }) => ({ id: name, context: contexts[where] })),
    );
    // Each opens a form: the bot is asked for it.
    expect(extensions.every((e) => e.type === 'action' && e.fetchTask)).toBe(true);
    for (const { name, title } of offers.shortcuts) expect(extensions.find((e) => e.id === name)?.title).toBe(title);
  });
});

both((world) => {
  test.each(offers.commands.map((c) => c.name))('the command “%s” comes to the door by its name', async (name) => {
    const w = world();
    for (const way of Object.values(w.ways)) {
      await way.type('ann', name);
      expect(w.door.last('command').text).toBe(name);
    }
  });

  test.each(offers.shortcuts)('the shortcut “$name” comes to the door by its name', async ({ name, where }) => {
    const w = world();
    await (where === 'global' ? w.shortcut('ann', name) : w.shortcutOn('ann', await w.say('ben', 'words'), name));
    const shortcut = w.door.last('shortcut');
    expect(shortcut.name).toBe(name);
    expect(shortcut.message !== undefined).toBe(where === 'message');
  });
});

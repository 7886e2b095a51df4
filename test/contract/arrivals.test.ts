import { describe, expect, test } from 'vitest';
import type { Inbound } from '../../src/core/kernel/index.ts';
import { both } from './both.ts';
import { asks, formOf, press, reads, viewOf, type World, whisper, wordsView } from './world.ts';

/** What every arrival of a person says, whatever platform it came from. */
function expectFrom(world: World, inbound: Inbound, who: 'ann' | 'ben') {
  expect(inbound).toMatchObject({ account: world.account(who), at: world.now(), hints: expect.anything() });
  expect(inbound.delivery).toMatch(new RegExp(`^${world.name}/`));
  const { platform, ...opaque } = (inbound as Extract<Inbound, { kind: 'command' }>).origin;
  expect(platform).toBe(world.name);
  // It is stored until the answer is confirmed.
  expect(JSON.parse(JSON.stringify(opaque))).toEqual(opaque);
}
const ways = ['in a channel', 'in a thread', 'in a direct chat', 'in a group chat', 'by a slash'] as const;

both((world) => {
  describe('a command', () => {
    test.each(ways)('typed %s arrives as it was typed, without the mention', async (way) => {
      const w = world();
      await w.ways[way].type('ann', 'feedback mine  and more');
      const command = w.door.last('command');
      expect(command.text).toBe('feedback mine  and more');
      expect(command.place).toBe(w.place(w.ways[way].where));
      if (way === 'by a slash' || w.name === 'teams') expectFrom(w, command, 'ann');
      expect(command.account).toBe(w.account('ann'));
      expect(w.complaint()).toBeUndefined();
    });

    test.each(ways)('typed %s is answered so that the person alone sees it', async (way) => {
      const w = world();
      const words = `For Ann alone, ${way}.`;
      w.door.answer([whisper(words)]);
      await w.ways[way].type('ann', 'help');
      expect(reads(w, 'ann', words)).toBe(true);
      expect(reads(w, 'ben', words)).toBe(false);
      expect(w.door.delivered.every((d) => d.is === 'done')).toBe(true);
    });

    test('with nothing after the mention is an empty one', async () => {
      const w = world();
      await w.ways['by a slash'].type('ann', '');
      expect(w.door.last('command').text).toBe('');
    });

    test.each([
      ['characters that are markup elsewhere', 'why & <how> *now* "so" \'it\' _is_ `x`'],
      ['what looks like a mention or a broadcast', '<!channel> <@U0NOBODY> <at>Ben</at> @here'],
      ['an address', 'see https://acme.test/a?b=1&c=2'],
      ['two lines', 'one\ntwo'],
      ['forty thousand characters', 'x'.repeat(40_000)],
    ])('says literally what was typed: %s', async (_, typed) => {
      const w = world();
      await w.ways['in a direct chat'].type('ann', typed);
      expect(w.door.last('command').text).toBe(typed);
    });

    test('of halves of characters is well formed when it arrives', async () => {
      const w = world();
      await w.ways['in a direct chat'].type('ann', 'a \ud83d b \udc00\u0000 c');
      const { text } = w.door.last('command');
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain('\u0000');
      expect(text).toMatch(/^a . b .* c$/u);
    });
  });

  describe('a press', () => {
    const hard = ['', '{}', '{"number":7,"move":"plan"}', '"quoted" & <b>', 'ünïcødé 👩‍👩‍👧', 'x'.repeat(1_900)];
    test.each(hard)('arrives with exactly its name and value: %#', async (value) => {
      const w = world();
      const view = viewOf([{ kind: 'buttons', buttons: [press('Go', 'thing.move', value)] }]);
      await w.platform.deliver({ kind: 'post', place: w.place('channel'), view, key: 'press' }, w.door.names());
      await w.press('ben', 'Go');
      const inbound = w.door.last('press');
      expect(inbound.press).toEqual({ name: 'thing.move', value });
      expect(inbound.place).toBe(w.place('channel'));
      expectFrom(w, inbound, 'ben');
      expect(w.complaint()).toBeUndefined();
    });

    test.each(['channel', 'direct', 'group'] as const)('in the %s is answered to the person alone', async (where) => {
      const w = world();
      const view = viewOf([{ kind: 'buttons', buttons: [press('Go', 'thing.move')] }]);
      await w.platform.deliver({ kind: 'post', place: w.place(where), view, key: where }, w.door.names());
      const words = `Pressed in the ${where}.`;
      w.door.answer([whisper(words)]);
      await w.press('ann', 'Go');
      expect(reads(w, 'ann', words)).toBe(true);
      expect(reads(w, 'ben', words)).toBe(false);
    });

    test('of a button that asks first arrives when the answer is yes', async () => {
      const w = world();
      const button = { ...press('Drop it', 'thing.drop', '7'), tone: 'danger', confirm: 'Really?' } as const;
      const view = viewOf([{ kind: 'buttons', buttons: [button] }]);
      await w.platform.deliver({ kind: 'post', place: w.place('channel'), view, key: 'confirm' }, w.door.names());
      await w.press('ann', 'Drop it');
      expect(w.door.last('press').press).toEqual({ name: 'thing.drop', value: '7' });
    });

    test('of a button in a private answer arrives too, and is answered again', async () => {
      const w = world();
      const view = viewOf([{ kind: 'buttons', buttons: [press('Mine', 'thing.mine', '1')] }]);
      w.door.answer([{ kind: 'whisper', view }]);
      await w.ways['by a slash'].type('ann', 'help');
      w.door.answer([whisper('And that was it.')]);
      await w.press('ann', 'Mine');
      expect(w.door.last('press').press).toEqual({ name: 'thing.mine', value: '1' });
      expect(reads(w, 'ann', 'And that was it.')).toBe(true);
      expect(reads(w, 'ben', 'And that was it.')).toBe(false);
    });

    test('whose answer is nothing is taken without a complaint', async () => {
      const w = world();
      const view = viewOf([{ kind: 'buttons', buttons: [press('Go', 'a'), { ...press('Ask', 'b'), opens: 'form' }] }]);
      await w.platform.deliver({ kind: 'post', place: w.place('channel'), view, key: 'nothing' }, w.door.names());
      for (const label of ['Go', 'Ask']) {
        await w.press('ann', label);
        expect(w.complaint()).toBeUndefined();
      }
    });

    test('of a button that may open a form, answered with words, shows the words', async () => {
      const w = world();
      const view = viewOf([{ kind: 'buttons', buttons: [{ ...press('Ask', 'b'), opens: 'form' }] }]);
      await w.platform.deliver({ kind: 'post', place: w.place('channel'), view, key: 'words' }, w.door.names());
      w.door.answer([whisper('Not for you.')]);
      await w.press('ann', 'Ask');
      expect(w.complaint()).toBeUndefined();
      expect(reads(w, 'ann', 'Not for you.')).toBe(true);
      expect(reads(w, 'ben', 'Not for you.')).toBe(false);
    });
  });

  describe('a shortcut', () => {
    test('anywhere arrives by its name', async () => {
      const w = world();
      await w.shortcut('ann', 'feedback');
      const shortcut = w.door.last('shortcut');
      expect(shortcut).toMatchObject({ name: 'feedback' });
      expect(shortcut).not.toHaveProperty('message');
      expect(shortcut).not.toHaveProperty('place');
      expectFrom(w, shortcut, 'ann');
    });

    test('on a message brings the message, its address and who wrote it', async () => {
      const w = world();
      const words = 'It takes <ten> minutes & *hurts*:\nevery time';
      const id = await w.say('ben', words);
      await w.shortcutOn('ann', id, 'backlog');
      const shortcut = w.door.last('shortcut');
      expect(shortcut.name).toBe('backlog');
      expect(shortcut.message?.text).toBe(words);
      expect(shortcut.message?.author).toBe(w.account('ben'));
      expect(shortcut.message?.permalink).toMatch(/^https:\/\/\S+$/);
      expectFrom(w, shortcut, 'ann');
    });

    test('on a message of the bot has no author', async () => {
      const w = world();
      const made = await w.platform.deliver(
        { kind: 'post', place: w.place('channel'), view: wordsView('Mine'), key: 'own' },
        w.door.names(),
      );
      await w.shortcutOn('ann', (made as { native: string }).native, 'backlog');
      expect(w.door.last('shortcut').message).not.toHaveProperty('author');
    });

    test('a reaction to our own message says who, where and which', async () => {
      const w = world();
      const made = await w.platform.deliver(
        { kind: 'post', place: w.place('channel'), view: wordsView('card'), key: 'k' },
        { people: new Map(), places: new Map() },
      );
      const { native } = made as { native: string };
      const name = await w.thumb('ben', native);
      const reacted = w.door.last('reacted');
      expect(reacted).toMatchObject({ native, added: [name], removed: [], place: w.place('channel') });
      expect(reacted.account).toBe(w.account('ben'));
      expect(w.complaint()).toBeUndefined();
    });

    test.each(['anywhere', 'on a message'])('%s is answered with words to the person alone', async (where) => {
      const w = world();
      const words = `You may not, ${where}.`;
      const id = await w.say('ben', 'words');
      w.door.answer([whisper(words)]);
      await (where === 'anywhere' ? w.shortcut('ann', 'feedback') : w.shortcutOn('ann', id, 'backlog'));
      expect(reads(w, 'ann', words)).toBe(true);
      expect(reads(w, 'ben', words)).toBe(false);
    });
  });

  test('the home page, when it is opened or stands for a first meeting', async () => {
    const w = world();
    await w.goHome('ann');
    const home = w.door.last('home');
    expect(home.account).toBe(w.account('ann'));
    expect(home.origin.platform).toBe(w.name);
  });

  describe('what the platform delivers twice', () => {
    type Act = (w: World) => Promise<void>;
    const acts: Readonly<Record<string, Act>> = {
      'a command by a slash': (w) => w.ways['by a slash'].type('ann', 'help'),
      'a command in a channel': (w) => w.ways['in a channel'].type('ann', 'help'),
      'a command in a direct chat': (w) => w.ways['in a direct chat'].type('ann', 'help'),
      'a press': async (w) => {
        const view = viewOf([{ kind: 'buttons', buttons: [press('Go', 'thing.move')] }]);
        await w.platform.deliver({ kind: 'post', place: w.place('channel'), view, key: 'twice' }, w.door.names());
        await w.press('ann', 'Go');
      },
      'a shortcut': (w) => w.shortcut('ann', 'feedback'),
      'a shortcut on a message': async (w) => w.shortcutOn('ann', await w.say('ben', 'words'), 'backlog'),
      'the home page': (w) => w.goHome('ann'),
      'a form that was sent': async (w) => {
        w.door.answer(asks(formOf({ what: { kind: 'text', label: 'What?' } })).script);
        await w.shortcut('ann', 'feedback');
        await w.fill('ann', 'what', 'this');
        await w.send('ann');
      },
    };
    test.each(Object.keys(acts))('%s comes to the door with the same id, and is answered once', async (name) => {
      const w = world();
      w.door.answer([whisper('Once.')]);
      await acts[name]?.(w);
      const first = w.door.inbounds.at(-1);
      const seen = w.sees('ann').filter((s) => s.words.includes('Once.')).length;
      await w.again();
      const [again, count] = [w.door.inbounds.at(-1), w.door.inbounds.length];
      expect(again?.delivery).toBe(first?.delivery);
      expect(again?.kind).toBe(first?.kind);
      expect(again).not.toBe(first);
      expect(w.sees('ann').filter((s) => s.words.includes('Once.'))).toHaveLength(seen);
      // Another act is another delivery.
      await w.ways['in a direct chat'].type('ann', 'help');
      expect(w.door.inbounds).toHaveLength(count + 1);
      expect(w.door.inbounds.at(-1)?.delivery).not.toBe(first?.delivery);
    });
  });
});

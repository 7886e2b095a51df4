import { describe, expect, test } from 'vitest';
import type { Fields, Form, Reply } from '../../src/core/kernel/index.ts';
import { stillOpen } from '../../src/engine/still-open.ts';
import { both } from './both.ts';
import { asks, formOf, press, reads, type Screen, viewOf, type World } from './world.ts';

const options = (...values: readonly string[]) => values.map((value) => ({ value, label: value.toUpperCase() }));
/** A form with a field of every kind. */
const everything: Fields = {
  text: { kind: 'text', label: 'Text' },
  many: { kind: 'text', label: 'Many lines', multiline: true },
  number: { kind: 'number', label: 'Number' },
  toggle: { kind: 'toggle', label: 'Toggle' },
  untouched: { kind: 'toggle', label: 'Untouched' },
  date: { kind: 'date', label: 'Date' },
  time: { kind: 'time', label: 'Time' },
  person: { kind: 'person', label: 'Person' },
  scale: { kind: 'scale', label: 'Scale', from: 1, to: 5, labels: ['low', 'high'] },
  choice: { kind: 'choice', label: 'Choice', options: options('a', 'b') },
  list: { kind: 'choice', label: 'List', options: options(...'abcdefg') },
  choices: { kind: 'choices', label: 'Choices', options: options('a', 'b', 'c') },
  many_choices: { kind: 'choices', label: 'Many choices', options: options(...'abcdefg') },
  search: { kind: 'search', label: 'Search', source: 'people.zones' },
};
/** What a person answers in it, and how the kernel reads that, on either platform. */
const typed = {
  text: ' A *word* & <more> ',
  many: 'one\ntwo',
  number: '12.5',
  toggle: true,
  date: '2026-03-02',
  time: '09:05',
  scale: '4',
  choice: 'b',
  list: 'g',
  choices: ['a', 'c'],
  many_choices: ['b', 'g'],
};
const read = {
  ...typed,
  text: 'A *word* & <more>',
  number: 12.5,
  untouched: false,
  scale: 4,
  search: 'Europe/Kyiv',
};

/** The ways in which a form comes to a person. */
const openings: Readonly<Record<string, (w: World) => Promise<void>>> = {
  'a command by a slash': (w) => w.ways['by a slash'].type('ann', 'feedback'),
  'a command in a channel': (w) => w.ways['in a channel'].type('ann', 'feedback'),
  'a command in a direct chat': (w) => w.ways['in a direct chat'].type('ann', 'feedback'),
  'a command in a group chat': (w) => w.ways['in a group chat'].type('ann', 'feedback'),
  'a press in a channel': (w) => pressed(w, 'channel', 'form'),
  'a press in a direct chat': (w) => pressed(w, 'direct', 'form'),
  'a press on a button that did not say so': (w) => pressed(w, 'channel'),
  'a shortcut': (w) => w.shortcut('ann', 'feedback'),
  'a shortcut on a message': async (w) => w.shortcutOn('ann', await w.say('ben', 'words'), 'backlog'),
};
async function pressed(w: World, where: 'channel' | 'direct', opens?: 'form'): Promise<void> {
  const button = { ...press('Open', 'form.start'), ...(opens ? { opens } : {}) };
  const view = viewOf([{ kind: 'buttons', buttons: [button] }]);
  await w.platform.deliver({ kind: 'post', place: w.place(where), view, key: where }, w.door.names());
  await w.press('ann', 'Open');
}
/** Words to the bot carry nothing that could open a window in Slack: there is the offer to open it, and one press more. */
function needsOffer(w: World): boolean {
  return w.door.delivered.some((d) => d.is === 'gone' && d.what === 'trigger');
}
async function opened(w: World, form: Form, how: Parameters<typeof asks>[1] = {}, opening = 'a shortcut') {
  const asking = asks(form, how);
  w.door.answer(asking.script);
  await openings[opening]?.(w);
  if (needsOffer(w)) {
    const inbound = w.door.last('command');
    const offer = viewOf([{ kind: 'buttons', buttons: [{ ...press('Open the form', 'form.open'), opens: 'form' }] }]);
    const reply: Reply = { kind: 'whisper', view: offer };
    expect(await w.platform.reply(reply, inbound.origin, w.door.names())).toEqual({ is: 'done' });
    w.door.delivered.length = 0;
    await w.press('ann', 'Open the form');
  }
  expect(w.complaint()).toBeUndefined();
  return asking;
}
function screenOf(w: World): Screen {
  const screen = w.screen('ann');
  if (!screen) throw new Error('Ann sees no form');
  return screen;
}
/** Goes on to the next page, where a form has pages. */
async function onward(w: World): Promise<void> {
  if (screenOf(w).button === 'Next') await w.send('ann');
}

both((world) => {
  describe('a form', () => {
    test.each(Object.keys(openings))('is opened by %s, for the person alone, and sent', async (opening) => {
      const w = world();
      const form = formOf({ what: { kind: 'text', label: 'What would help?' } }, { title: 'Ask for it' });
      const { id, answered } = await opened(w, form, { prior: { what: 'before' } }, opening);
      const screen = screenOf(w);
      expect(screen).toMatchObject({ title: 'Ask for it', button: 'Send', errors: {} });
      expect(screen.words).toContain('What would help?');
      expect(screen.fields).toEqual({ what: { kind: 'text', holds: 'before' } });
      expect(w.screen('ben')).toBeUndefined();
      expect(reads(w, 'ben', 'What would help?')).toBe(false);

      await w.fill('ann', 'what', 'Faster builds');
      expect(await w.send('ann')).toBe(true);
      const submit = w.door.last('submit');
      expect(submit).toMatchObject({ asked: id, account: w.account('ann'), raw: { what: 'Faster builds' } });
      expect(answered).toEqual([{ what: 'Faster builds' }]);
      expect(w.complaint()).toBeUndefined();
      expect(reads(w, 'ann', 'Thank you, it was sent.')).toBe(true);
      expect(reads(w, 'ben', 'Thank you, it was sent.')).toBe(false);
      // It was sent: it does not stand open to be sent again.
      expect(w.screen('ann')).toBeUndefined();
    });

    test('draws a field of every kind, and brings every answer in the same shape', async () => {
      const w = world();
      w.door.offer([{ value: 'Europe/Kyiv', label: 'Kyiv' }]);
      const { answered } = await opened(w, formOf(everything));
      const kinds = Object.entries(screenOf(w).fields).map(([name, { kind }]) => [name, kind]);
      expect(kinds).toEqual(Object.entries(everything).map(([name, { kind }]) => [name, kind]));
      for (const [name, answer] of Object.entries(typed)) await w.fill('ann', name, answer);
      await w.fill('ann', 'person', w.account('ben'));
      const found = await w.lookFor('ann', 'search', 'kyi');
      await w.fill('ann', 'search', found[0]?.value);
      expect(await w.send('ann')).toBe(true);
      const raw = { ...typed, untouched: false, person: w.account('ben'), search: 'Europe/Kyiv' };
      expect(w.door.last('submit').raw).toEqual(raw);
      expect(answered).toEqual([{ ...read, person: w.account('ben') }]);
    });

    test('shows again whatever was typed in it before', async () => {
      const w = world();
      const prior = { ...typed, text: 'A *word* & <more>', person: w.account('ben'), search: 'Europe/Kyiv' };
      await opened(w, formOf(everything), { prior });
      const { fields } = screenOf(w);
      const held = Object.fromEntries(
        Object.entries(fields).flatMap(([n, { holds }]) => (holds === undefined ? [] : [[n, holds]])),
      );
      expect(held).toEqual({ ...prior, untouched: false });
    });

    test('whose optional fields are left empty brings nothing for them', async () => {
      const w = world();
      const optional = Object.fromEntries(
        Object.entries(everything).flatMap(([name, field]) =>
          field.kind === 'toggle' ? [] : [[name, { ...field, optional: true } as const]],
        ),
      );
      const { answered } = await opened(w, formOf(optional));
      expect(await w.send('ann')).toBe(true);
      expect(answered).toEqual([{}]);
    });

    test('that is emptied again brings nothing either', async () => {
      const w = world();
      const fields: Fields = {
        text: { kind: 'text', label: 'Text', optional: true },
        date: { kind: 'date', label: 'Date', optional: true },
        choices: { kind: 'choices', label: 'Choices', options: options('a', 'b'), optional: true },
      };
      const prior = { text: 'words', date: '2026-03-02', choices: ['a'] };
      const { answered } = await opened(w, formOf(fields), { prior });
      for (const name of Object.keys(fields)) await w.fill('ann', name, null);
      expect(await w.send('ann')).toBe(true);
      expect(answered).toEqual([{}]);
    });

    test('is not sent by the client while what is required is empty', async () => {
      const w = world();
      const { answered } = await opened(w, formOf({ what: { kind: 'text', label: 'What?' } }));
      const before = w.door.inbounds.length;
      expect(await w.send('ann')).toBe(false);
      expect(w.door.inbounds).toHaveLength(before);
      expect(answered).toEqual([]);
    });

    test.each([
      'a shortcut',
      'a press in a channel',
      'a press on a button that did not say so',
      'a command in a channel',
    ])('that is refused stays open with all that was typed, and says what is wrong: by %s', async (opening) => {
      const w = world();
      w.door.offer([{ value: 'Europe/Kyiv', label: 'Kyiv' }]);
      let good = false;
      const check = () => (good ? {} : { text: 'No, not this.', scale: 'Nor this.' });
      const { answered } = await opened(w, formOf(everything), { check }, opening);
      for (const [name, answer] of Object.entries(typed)) await w.fill('ann', name, answer);
      await w.fill('ann', 'person', w.account('ben'));
      const [zone] = await w.lookFor('ann', 'search', 'kyi');
      await w.fill('ann', 'search', zone?.value);
      const before = screenOf(w).fields;
      expect(await w.send('ann')).toBe(true);
      expect(w.complaint()).toBeUndefined();
      expect(answered).toEqual([]);

      const refused = screenOf(w);
      expect(Object.keys(refused.errors).sort()).toEqual(['scale', 'text']);
      expect(refused.errors.text).toContain('No, not this.');
      expect(refused.errors.scale).toContain('Nor this.');
      const trimmed = { ...before, text: { kind: 'text', holds: expect.stringContaining('A *word* & <more>') } };
      expect(refused.fields).toEqual(trimmed);

      good = true;
      expect(await w.send('ann')).toBe(true);
      expect(answered).toEqual([{ ...read, person: w.account('ben') }]);
      expect(w.screen('ann')).toBeUndefined();
    });

    test.each(['a shortcut', 'a command in a channel'])(
      'that is not kept any more stays open with what was written, so that it can be copied: by %s',
      async (opening) => {
        const w = world();
        const form = formOf({ words: { kind: 'text', label: 'In your words', multiline: true } });
        await opened(w, form, {}, opening);
        w.door.answer((inbound) => {
          if (inbound.kind !== 'submit' || inbound.form !== form.id) return [];
          const asked = stillOpen(inbound, { form, gone: 'It is closed. Copy your words.' });
          return asked ? [{ kind: 'ask', asked, reopened: true }] : [];
        });
        await w.fill('ann', 'words', 'One\n*two* <three>');
        for (let n = 0; n < 2; n++) {
          expect(await w.send('ann')).toBe(true);
          expect(w.complaint()).toBeUndefined();
          expect(screenOf(w).errors.words).toContain('It is closed. Copy your words.');
          expect(screenOf(w).fields.words?.holds).toBe('One\n*two* <three>');
        }
      },
    );

    test('with answers over the limits is refused in words, whatever the client let through', async () => {
      const w = world();
      const fields: Fields = {
        name: { kind: 'text', label: 'Name', pattern: '^[a-z]+$', hint: 'Small letters only.' },
        size: { kind: 'number', label: 'Size', min: 1, max: 64, whole: true, unit: 'GB' },
      };
      const { answered } = await opened(w, formOf(fields));
      await w.fill('ann', 'name', 'Big One');
      await w.fill('ann', 'size', '8');
      expect(await w.send('ann')).toBe(true);
      expect(screenOf(w).errors.name).toContain('“Big One” isn’t of the form that is asked for here.');
      await w.fill('ann', 'name', 'small');
      await w.send('ann');
      expect(answered).toEqual([{ name: 'small', size: 8 }]);
    });

    test('that goes on to another form shows that one', async () => {
      const w = world();
      const first = formOf({ a: { kind: 'text', label: 'A' } }, { title: 'First' });
      const second = asks(formOf({ b: { kind: 'text', label: 'B' } }, { title: 'Second' }), { prior: { b: 'kept' } });
      const { id } = await opened(w, first);
      w.door.answer((inbound) =>
        inbound.kind === 'submit' && inbound.asked === id
          ? second.script({ ...inbound, kind: 'home' })
          : second.script(inbound),
      );
      await w.fill('ann', 'a', '1');
      await w.send('ann');
      expect(screenOf(w)).toMatchObject({ title: 'Second', fields: { b: { kind: 'text', holds: 'kept' } } });
      await w.send('ann');
      expect(second.answered).toEqual([{ b: 'kept' }]);
    });
  });

  describe('fields that depend on others', () => {
    const fields: Fields = {
      size: { kind: 'choice', label: 'Size', options: options('small', 'large') },
      why: { kind: 'text', label: 'Why so large?', shownIf: { field: 'size', is: ['large'] } },
      backup: { kind: 'toggle', label: 'Backups?' },
      days: { kind: 'number', label: 'For how many days?', shownIf: { field: 'backup', is: ['true'] } },
      name: { kind: 'text', label: 'Name' },
    };

    test.each(['a shortcut', 'a press in a channel', 'a command in a channel'])(
      'appear once the other is answered, and keep what was typed: by %s',
      async (opening) => {
        const w = world();
        const { answered } = await opened(w, formOf(fields), {}, opening);
        expect(Object.keys(screenOf(w).fields)).toEqual(['size', 'backup', 'name']);
        await w.fill('ann', 'name', 'orders');
        await w.fill('ann', 'size', 'large');
        await w.fill('ann', 'backup', true);
        await onward(w);
        // Nothing is wrong yet: it was a change, not an attempt to send.
        expect(w.door.inbounds.map((i) => i.kind)).not.toContain('submit');
        expect(w.door.last('changed').raw).toMatchObject({ size: 'large', backup: true, name: 'orders' });
        expect(screenOf(w).errors).toEqual({});
        expect(screenOf(w).fields).toMatchObject({
          size: { holds: 'large' },
          why: { kind: 'text' },
          backup: { holds: true },
          days: { kind: 'number' },
          name: { holds: 'orders' },
        });
        await w.fill('ann', 'why', 'Many orders');
        await w.fill('ann', 'days', '7');
        expect(await w.send('ann')).toBe(true);
        expect(answered).toEqual([{ size: 'large', why: 'Many orders', backup: true, days: 7, name: 'orders' }]);
      },
    );

    test('stay away while the other is answered otherwise', async () => {
      const w = world();
      const { answered } = await opened(w, formOf(fields));
      await w.fill('ann', 'name', 'orders');
      await w.fill('ann', 'size', 'small');
      await w.send('ann');
      expect(answered).toEqual([{ size: 'small', backup: false, name: 'orders' }]);
    });

    test('disappear with their answers when the other is changed again', async () => {
      const w = world();
      const prior = { size: 'large', why: 'Many orders', backup: true, days: '7', name: 'orders' };
      const { answered } = await opened(w, formOf(fields), { prior });
      expect(Object.keys(screenOf(w).fields)).toEqual(Object.keys(fields));
      await w.fill('ann', 'size', 'small');
      await w.fill('ann', 'backup', false);
      await w.send('ann');
      expect(answered).toEqual([{ size: 'small', backup: false, name: 'orders' }]);
    });

    test('of fields that depend on others come one after the other', async () => {
      const w = world();
      const chain: Fields = {
        a: { kind: 'toggle', label: 'A' },
        b: { kind: 'choice', label: 'B', options: options('x', 'y'), shownIf: { field: 'a', is: ['true'] } },
        c: { kind: 'text', label: 'C', shownIf: { field: 'b', is: ['y'] } },
      };
      const { answered } = await opened(w, formOf(chain));
      await w.fill('ann', 'a', true);
      await onward(w);
      await w.fill('ann', 'b', 'y');
      await onward(w);
      expect(Object.keys(screenOf(w).fields)).toEqual(['a', 'b', 'c']);
      await w.fill('ann', 'c', 'end');
      await w.send('ann');
      expect(answered).toEqual([{ a: true, b: 'y', c: 'end' }]);
    });

    test('that are missing when the form is sent are asked for', async () => {
      const w = world();
      const { answered } = await opened(w, formOf(fields), { prior: { size: 'large', name: 'orders' } });
      await w.fill('ann', 'backup', true);
      await onward(w);
      await w.fill('ann', 'days', '3');
      // Nothing was typed for `why`: whether the client or the server says so, the form stays.
      await w.send('ann');
      expect(answered).toEqual([]);
      expect(screenOf(w).fields).toMatchObject({ size: { holds: 'large' }, days: { holds: '3' } });
      await w.fill('ann', 'why', 'Because');
      await w.send('ann');
      expect(answered).toEqual([{ size: 'large', why: 'Because', backup: true, days: 3, name: 'orders' }]);
    });
  });

  describe('a search field', () => {
    const fields: Fields = { zone: { kind: 'search', label: 'Time zone', source: 'people.zones' } };

    test('asks the door by its source and what was typed, and offers what it finds', async () => {
      const w = world();
      const found = [
        { value: 'Europe/Kyiv', label: 'Kyiv <now *11:05*>' },
        { value: 'Asia/Tokyo', label: 'Tokyo' },
      ];
      w.door.offer(found);
      await opened(w, formOf(fields));
      expect(await w.lookFor('ann', 'zone', 'ky & <b>')).toEqual(found);
      const search = w.door.last('search');
      expect(search).toMatchObject({ source: 'people.zones', query: 'ky & <b>', account: w.account('ann') });
      expect(w.complaint()).toBeUndefined();
    });

    test('that finds nothing offers nothing, and one that finds too much offers as much as fits', async () => {
      const w = world();
      await opened(w, formOf(fields));
      expect(await w.lookFor('ann', 'zone', 'nowhere')).toEqual([]);
      expect(w.complaint()).toBeUndefined();
      w.door.offer(Array.from({ length: 500 }, (_, i) => ({ value: `zone-${i}`, label: `${'Zone '.repeat(30)}${i}` })));
      const many = await w.lookFor('ann', 'zone', 'zone');
      expect(w.complaint()).toBeUndefined();
      expect(many.length).toBeGreaterThanOrEqual(100);
      expect(many[0]?.value).toBe('zone-0');
    });
  });
});

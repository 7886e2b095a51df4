import { describe, expect, test } from 'vitest';
import { type Block, type Delivered, person, text, time, type View } from '../../src/core/kernel/index.ts';
import { both } from './both.ts';
import { asks, deliver, formOf, personId, posted, press, say, tell, viewOf, type World, wordsView } from './world.ts';

both((world) => {
  /** Views that are over every limit there is. They are shortened, say so, and are taken. */
  describe('a view over the limits', () => {
    const long = 'Long words of every kind. '.repeat(2_000);
    const many = (n: number) => Array.from({ length: n }, (_, i) => i);
    const over: Readonly<Record<string, readonly Block[]>> = {
      text: [{ kind: 'text', text: text`${long}` }],
      'many texts': many(30).map(() => ({ kind: 'text', text: text`${long}` })),
      'many lines': [{ kind: 'text', text: text`${'line\n'.repeat(5_000)}` }],
      'many mentions': [
        { kind: 'text', text: many(2_000).flatMap(() => text`${person(personId('ann'))}, ${time(new Date(0))} `) },
      ],
      notice: [{ kind: 'notice', tone: 'warn', text: text`${long}` }],
      note: [{ kind: 'note', text: text`${long}` }],
      quote: [{ kind: 'quote', text: text`${long}` }],
      'rows of facts': [{ kind: 'facts', rows: many(2_000).map((i) => [`Label ${i}`, text`value ${i}`] as const) }],
      'long facts': [{ kind: 'facts', rows: [[long, text`${long}`]] }],
      steps: [
        {
          kind: 'steps',
          steps: many(1_000).map((i) => ({ label: `Step ${i}`, state: 'done', note: long.slice(0, 300) })),
        },
      ],
      items: [
        {
          kind: 'items',
          items: many(300).map((i) => ({
            title: text`Item ${i}`,
            note: text`${long.slice(0, 400)}`,
            buttons: [press('Go', 'x', `${i}`)],
          })),
        },
      ],
      'long items': [{ kind: 'items', items: [{ title: text`${long}`, note: text`${long}` }] }],
      code: [{ kind: 'code', language: 'yaml', text: 'key: value # and some more\n'.repeat(10_000) }],
      'one line of code': [{ kind: 'code', language: 'json', text: long }],
      diff: [
        {
          kind: 'diff',
          before: many(400)
            .map((i) => `line ${i} of a file`)
            .join('\n'),
          after: many(400)
            .map((i) => `line ${i * 2} of a file`)
            .join('\n'),
        },
      ],
      'a fold that leads to the whole': [
        {
          kind: 'fold',
          title: long,
          blocks: [{ kind: 'code', language: '', text: 'a line of output\n'.repeat(5_000) }],
          more: press('Show all', 'x', '1'),
        },
      ],
      'a fold': [
        { kind: 'fold', title: 'All of it', blocks: [{ kind: 'diff', before: '', after: 'a line\n'.repeat(5_000) }] },
      ],
      'many blocks': many(400).map((i) => ({ kind: 'note', text: text`Note ${i}` })),
      'one grapheme without end': [{ kind: 'text', text: text`${`a${'\u0301'.repeat(40_000)}`}` }],
      emoji: [{ kind: 'text', text: text`${'👩‍👩‍👧‍👦'.repeat(4_000)}` }],
    };
    const ways = {
      say: (w: World, view: View) => deliver(w, say(w, view)),
      tell: (w: World, view: View) => deliver(w, tell(w, view)),
      edit: async (w: World, view: View) =>
        deliver(w, { kind: 'edit', ...(await posted(w, say(w, wordsView('Before.')))), view }),
      home: (w: World, view: View) => deliver(w, { kind: 'home', account: w.account('ann'), view }),
      async whisper(w: World, view: View): Promise<Delivered> {
        w.door.answer([{ kind: 'whisper', view }]);
        await w.ways['by a slash'].type('ann', 'help');
        return w.door.delivered[0] ?? { is: 'done' };
      },
      async 'an answer to a form'(w: World, view: View): Promise<Delivered> {
        const { script } = asks(formOf({ what: { kind: 'text', label: 'What?' } }));
        w.door.answer((inbound) => (inbound.kind === 'submit' ? [{ kind: 'whisper', view }] : script(inbound)));
        await w.shortcut('ann', 'feedback');
        await w.fill('ann', 'what', 'x');
        await w.send('ann');
        return w.door.delivered[0] ?? { is: 'done' };
      },
    } as const;

    test.each(Object.keys(over))('is shortened, says so, and is taken: %s', async (kind) => {
      const w = world();
      const view = viewOf(over[kind] ?? [], { title: 'A long one' });
      expect(await deliver(w, say(w, view))).toMatchObject({ is: 'done' });
      const [seen] = w.sees('ann');
      expect(seen?.words).toContain('A long one');
      expect(seen?.words).toMatch(/…/);
      expect(seen?.words.isWellFormed()).toBe(true);
    });

    test.each(Object.keys(ways) as readonly (keyof typeof ways)[])(
      'is taken in every way it can come: %s',
      async (way) => {
        const w = world();
        const blocks = ['many texts', 'items', 'rows of facts', 'code', 'diff'].flatMap((kind) => over[kind] ?? []);
        const made = await ways[way](w, viewOf(blocks, { title: long, summary: long }));
        expect(made).toMatchObject({ is: 'done' });
        expect(w.complaint()).toBeUndefined();
        expect(w.sees('ann').some((s) => s.words.includes('Long words of every kind') && /…/.test(s.words))).toBe(true);
      },
    );

    test('keeps the buttons at its end, where they are few', async () => {
      const w = world();
      const view = viewOf([
        ...(over.items ?? []),
        ...(over.code ?? []),
        { kind: 'buttons', buttons: [press('Last', 'x.last', '1')] },
      ]);
      expect(await deliver(w, say(w, view))).toMatchObject({ is: 'done' });
      await w.press('ann', 'Last');
      expect(w.door.last('press').press).toEqual({ name: 'x.last', value: '1' });
    });

    test.each([
      ['a title', { title: long }],
      ['a summary', { summary: long }],
      ['no title', { title: '' }],
      ['no summary', { summary: '' }],
      ['no block', { blocks: [] }],
      ['a title of blanks', { title: ' \n ' }],
      ['a title of nothing that can be seen', { title: '\u202e\u0007' }],
      ['nothing but an empty text', { blocks: [{ kind: 'text', text: [] }] }],
      [
        'empty lists',
        {
          blocks: [
            { kind: 'facts', rows: [] },
            { kind: 'items', items: [] },
            { kind: 'steps', steps: [] },
            { kind: 'buttons', buttons: [] },
            { kind: 'fold', title: 'Nothing', blocks: [], more: press('Show all', 'x') },
          ],
        },
      ],
      [
        'empty words everywhere',
        {
          blocks: [
            { kind: 'quote', text: [] },
            { kind: 'note', text: text` ` },
            { kind: 'code', language: '', text: '' },
            { kind: 'diff', before: 'a', after: 'a' },
            { kind: 'facts', rows: [['', []]] },
            { kind: 'items', items: [{ title: [] }] },
            { kind: 'steps', steps: [{ label: '', state: 'todo' }] },
            { kind: 'fold', title: '', blocks: [{ kind: 'code', language: '', text: '' }] },
          ],
        },
      ],
      [
        'labels',
        {
          blocks: [
            {
              kind: 'buttons',
              buttons: [
                { ...press(long, 'x'), confirm: long },
                press('', 'y'),
                { ...press('\u202e', 'z'), confirm: '\u0007' },
              ],
            },
          ],
        },
      ],
    ] satisfies readonly (readonly [string, Partial<View>])[])(
      'or with nothing in it is taken all the same: %s',
      async (_, more) => {
        const w = world();
        expect(await deliver(w, say(w, wordsView('Words.', more)))).toMatchObject({ is: 'done' });
        expect(
          await deliver(w, { kind: 'home', account: w.account('ann'), view: wordsView('Words.', more) }),
        ).toMatchObject({ is: 'done' });
      },
    );
  });
});

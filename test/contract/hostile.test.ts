import { describe, expect, test } from 'vitest';
import {
  clean,
  code,
  emphasis,
  type Fields,
  link,
  type Names,
  type PersonId,
  type PlaceId,
  person,
  place,
  said,
  strong,
  type Text,
  text,
  textMax,
  time,
  type View,
} from '../../src/core/kernel/index.ts';
import { both } from './both.ts';
import { hostile } from './hostile.ts';
import { askedOf, asks, formOf, type Seen, type World, whisper, wordsView } from './world.ts';

/*
 * Whatever people type is shown as they typed it, wherever it stands. Each place is marked with a number behind the
 * words, so that what is missing or changed is told by its place.
 */
const strings = hostile(300);
/** A handful of the worst, for what takes longer. */
const worst = [
  '<!channel> <@U0ANN> <https://evil.example|x>',
  '<at>Ann</at> [x](https://evil.example)',
  '*b* _i_ ~~s~~ `c` {{TIME(1)}}',
  '- one\n# two\n> three',
  '&lt;!here&gt; &amp;lt; &#60;',
  '\ud800\u202e\u0007 \\',
  '<@U0ANN>'.repeat(5_000),
];
const good = 'https://good.example/';
const ann = 'p-ann' as PersonId;
const leo = 'p-leo' as PersonId;
const design = 'teams:t9/19:design' as PlaceId;
const mark = (n: number): string => `⟦${n}⟧`;

/** A view with these words in every place that holds words. */
function everywhere(words: string): View {
  const marked = (n: number): string => `${words}${mark(n)}`;
  const both = (n: number): Text => [{ kind: 'plain', text: marked(n) }];
  const at = time(new Date('2026-03-02T09:05:00Z'));
  return {
    id: 'hostile',
    title: marked(1),
    summary: words,
    blocks: [
      { kind: 'text', text: said(words) },
      {
        kind: 'text',
        text: text`${marked(2)}${strong(marked(3))}${emphasis(marked(4))}${code(marked(5))}${link(marked(6), good)}`,
      },
      // Beside a time and a mention Teams can only draw Markdown.
      { kind: 'text', text: text`${words} ${at}` },
      {
        kind: 'text',
        text: text`${marked(7)}${at}${marked(8)} ${strong(marked(9))}${emphasis(marked(10))}${code(marked(11))}${link(marked(12), good)}`,
      },
      { kind: 'text', text: text`${person(ann)}${marked(13)}${person(leo)}${place(design)}` },
      { kind: 'text', text: [{ kind: 'link', text: marked(14), url: `javascript:${words}` }] },
      { kind: 'notice', tone: 'bad', text: both(15) },
      { kind: 'note', text: both(16) },
      { kind: 'note', text: text`${marked(17)} ${person(ann)} ${marked(18)}` },
      { kind: 'quote', text: both(19) },
      { kind: 'facts', rows: [[marked(20), both(21)]] },
      { kind: 'steps', steps: [{ label: marked(22), state: 'doing', note: marked(23) }] },
      {
        kind: 'items',
        items: [
          {
            title: both(24),
            note: text`${marked(25)} ${at}`,
            buttons: [{ label: marked(26), press: { name: 'a', value: 'x' } }],
          },
        ],
      },
      { kind: 'code', language: words, text: marked(27) },
      { kind: 'diff', before: marked(28), after: marked(29) },
      { kind: 'buttons', buttons: [{ label: marked(30), press: { name: 'b', value: 'x' }, confirm: words }] },
      {
        kind: 'fold',
        title: marked(31),
        blocks: [
          { kind: 'items', items: [{ title: both(32) }] },
          { kind: 'code', language: words, text: marked(33) },
        ],
      },
    ],
  };
}
const places = Array.from({ length: 33 }, (_, i) => i + 1);

/** People and places have the names that others gave them. */
const namesOf = (w: World, words: string): Names => ({
  people: new Map([
    [ann, { name: words, accounts: [w.account('ann')] }],
    [leo, { name: `${words}${mark(34)}`, accounts: [] }],
  ]),
  places: new Map([[design, `${words}${mark(35)}`]]),
});

/** Without what the eye does not tell apart: kinds and runs of blanks, and characters that have no width. */
const plain = (words: string): string =>
  clean(words)
    .replace(/[\u200b-\u200d\ufeff]/g, '')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim();

/** What may be alive in it: what the program itself put there. */
function expectHarmless(w: World, seen: Seen | undefined, words: string): void {
  const legal = new Set([`person ${w.account('ann').split('/')[1]}`, `link ${good}`]);
  expect(
    seen?.live.filter((l) => !legal.has(l)),
    words,
  ).toEqual([]);
  // No halves of characters, and nothing that turns the direction of a line.
  expect(clean(seen?.words ?? '') === seen?.words, words.slice(0, 100)).toBe(true);
}
function expectLiteral(seen: Seen | undefined, words: string, marks: readonly number[]): void {
  const shown = plain([seen?.words, ...(seen?.buttons ?? [])].join('\n'));
  // A diff puts its signs before each line.
  const whole = words.includes('\n') ? marks.filter((n) => n !== 28 && n !== 29) : marks;
  const missing = whole.filter((n) => !shown.includes(plain(`${words}${mark(n)}`)));
  expect(missing, words.slice(0, 100)).toEqual([]);
}

both((world) => {
  test('in a message: nothing of it is alive, and it reads as it was typed', async () => {
    const w = world();
    for (const words of strings) {
      w.pass(3);
      const names = namesOf(w, words);
      const made = await w.platform.deliver(
        { kind: 'post', place: w.place('channel'), view: everywhere(words), key: 'h' },
        names,
      );
      expect(made, words.slice(0, 100)).toMatchObject({ is: 'done' });
      const [seen] = w.sees('ben');
      if (seen?.id !== undefined) w.deleteMessage('channel', 'ann', seen.id);
      expectHarmless(w, seen, words);
      // Longer ones are shortened where labels stand.
      if (plain(words).length > 30) continue;
      expectLiteral(seen, words, [...places, 34, 35]);
      expect(seen?.live).toContain(`person ${w.account('ann').split('/')[1]}`);
    }
  });

  /** The other ways in which words reach a screen, with a handful of the worst. */
  describe.each(worst)('%j', (words) => {
    const ways: Readonly<Record<string, (w: World) => Promise<unknown>>> = {
      'told to a person': (w) =>
        w.platform.deliver(
          { kind: 'direct', account: w.account('ann'), view: everywhere(words), key: 'h' },
          namesOf(w, words),
        ),
      'on the home page': (w) =>
        w.platform.deliver({ kind: 'home', account: w.account('ann'), view: everywhere(words) }, namesOf(w, words)),
      async 'edited in'(w) {
        const made = await w.platform.deliver(
          { kind: 'post', place: w.place('channel'), view: wordsView('Before.'), key: 'h' },
          w.door.names(),
        );
        const native = made.is === 'done' ? (made.native ?? '') : '';
        return w.platform.deliver(
          { kind: 'edit', place: w.place('channel'), native, view: everywhere(words) },
          namesOf(w, words),
        );
      },
      async 'whispered after a command'(w) {
        w.door.know(namesOf(w, words));
        w.door.answer([{ kind: 'whisper', view: everywhere(words) }]);
        await w.ways['by a slash'].type('ann', 'help');
        return w.door.delivered[0] ?? { is: 'done' };
      },
      async 'whispered after a shortcut'(w) {
        w.door.know(namesOf(w, words));
        w.door.answer([{ kind: 'whisper', view: everywhere(words) }]);
        await w.shortcut('ann', 'feedback');
        return w.door.delivered[0] ?? { is: 'done' };
      },
    };
    test.each(Object.keys(ways))('%s', async (way) => {
      const w = world();
      expect(await ways[way]?.(w)).toMatchObject({ is: 'done' });
      expect(w.complaint()).toBeUndefined();
      const seen = w.sees('ann').findLast((s) => s.words.includes('⟦2⟧') || s.words.includes('…'));
      expectHarmless(w, seen, words);
      // A window and a page have room for less than the whole title.
      if (plain(words).length <= 30) expectLiteral(seen, words, places.slice(1));
    });

    test('in a form', async () => {
      const w = world();
      const of = (n: number): string => `${words}${mark(n)}`;
      const option = (n: number) => ({ value: `o${n}`, label: of(n) });
      const fields: Fields = {
        text: { kind: 'text', label: of(2), hint: of(3), placeholder: of(4) },
        toggle: { kind: 'toggle', label: of(5) },
        choice: { kind: 'choice', label: of(6), options: [option(7), option(8)] },
        list: { kind: 'choice', label: of(9), options: [10, 11, 12, 13, 14, 15].map(option) },
        choices: { kind: 'choices', label: of(16), options: [option(17)] },
        scale: { kind: 'scale', label: of(18), from: 1, to: 3, labels: [of(19), of(20)] },
        number: { kind: 'number', label: of(21), unit: of(22) },
        search: { kind: 'search', label: of(23), source: 'x', placeholder: of(24) },
      };
      const form = formOf(fields, { title: of(1), submit: 'Send', intro: of(25) });
      const asked = askedOf(form, {
        prior: { text: words, search: words.slice(0, 70) },
        errors: { text: of(26), scale: of(27) },
      });
      w.door.answer([{ kind: 'ask', asked }]);
      await w.shortcut('ann', 'feedback');
      expect(w.complaint()).toBeUndefined();
      const seen = w.sees('ann').findLast((s) => s.words.includes('⟦2⟧') || s.words.includes('…'));
      expectHarmless(w, seen, words);
      if (plain(words).length <= 30)
        expectLiteral(
          seen,
          words,
          Array.from({ length: 26 }, (_, i) => i + 2),
        );
      const held = plain(String(w.screen('ann')?.fields.text?.holds ?? ''));
      expect(held.length).toBeLessThanOrEqual(textMax);
      expect(plain(words).startsWith(held)).toBe(true);
      if (words.length <= textMax) expect(held).toBe(plain(words));
    });

    test('in the words that answer a press and a form', async () => {
      const w = world();
      const { script } = asks(formOf({ what: { kind: 'text', label: 'What?' } }));
      w.door.answer((inbound) => (inbound.kind === 'submit' ? [whisper(`${words}${mark(1)}`)] : script(inbound)));
      await w.shortcut('ann', 'feedback');
      await w.fill('ann', 'what', words.trim() === '' ? 'x' : words);
      await w.send('ann');
      const [seen] = w.sees('ann').slice(-1);
      expectHarmless(w, seen, words);
      if (plain(words).length <= 30) expectLiteral(seen, words, [1]);
    });
  });
});

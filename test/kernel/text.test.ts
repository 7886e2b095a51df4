import { expect, expectTypeOf, test } from 'vitest';
import {
  clean,
  code,
  command,
  emphasis,
  join,
  link,
  type PersonId,
  type PlaceId,
  person,
  place,
  type Span,
  safeUrl,
  said,
  shorten,
  strong,
  text,
  time,
} from '../../src/core/kernel/index.ts';

/** Written as code points, so that no editor and no reviewer can lose or miss one. */
const at = (...points: number[]) => String.fromCodePoint(...points);
const ZWJ = 0x200d;
const family = at(0x1f468, ZWJ, 0x1f469, ZWJ, 0x1f467);

test.each([
  ['plain words', 'Faster builds', 'Faster builds'],
  ['an empty text', '', ''],
  ['a line break and a tab', 'a\n\tb', 'a\n\tb'],
  ['the line breaks of Windows and of old Macs', 'a\r\nb\rc', 'a\nb\nc'],
  ['NUL, bell, escape, delete', `a${at(0, 7, 0x1b, 0x7f)}b`, 'ab'],
  ['control characters of the upper half', `a${at(0x80, 0x9b, 0x9f)}b`, 'ab'],
  ['a lone high surrogate', 'a\ud800b', 'a\ufffdb'],
  ['a lone low surrogate', 'a\udc00b', 'a\ufffdb'],
  ['surrogates the wrong way round', '\udc00\ud800', '\ufffd\ufffd'],
  ['a pair of surrogates', `a${at(0x1f600)}b`, `a${at(0x1f600)}b`],
  ['the override that turns a line around', `pay ${at(0x202e)}evil${at(0x202c)} now`, 'pay evil now'],
  ['isolates and marks of direction', at(0x61, 0x2066, 0x62, 0x2069, 0x200e, 0x200f), 'ab'],
  ['the joiners inside one emoji', family, family],
  ['Arabic and Hebrew themselves', 'شكرا תודה', 'شكرا תודה'],
])('clean: %s', (_, raw, expected) => {
  const cleaned = clean(raw);
  expect(cleaned).toBe(expected);
  expect(cleaned.isWellFormed()).toBe(true);
  expect(clean(cleaned)).toBe(cleaned);
});

const hostile = [
  '<!channel> <!here> <@U123> <#C1> <!subteam^S1> <https://evil.test|bank>',
  '*bold* _it_ ~st~ `code` ```block``` > quote',
  '[text](https://evil.test) ![i](x) <at>Everyone</at> **b** # h',
  '{{DATE(2020-01-01T00:00:00Z)}} %s &lt;b&gt; <script>alert(1)</script>',
];

test.each(hostile)('what a person typed becomes one plain span, letter for letter: %s', (raw) => {
  expect(text`${raw}`).toEqual([{ kind: 'plain', text: raw }]);
  expect(text`They said: ${raw}!`).toEqual([{ kind: 'plain', text: `They said: ${raw}!` }]);
  expect(strong(raw)).toEqual({ kind: 'strong', text: raw });
  expect(link(raw, 'https://acme.test')).toEqual({ kind: 'link', text: raw, url: 'https://acme.test' });
});

test('every way to make a span cleans its words', () => {
  const dirty = `a${at(0x202e)}\ud800${at(0)}b`;
  const words: readonly Span[] = [
    ...said(dirty),
    ...text`${dirty}`,
    strong(dirty),
    emphasis(dirty),
    code(dirty),
    command(dirty),
    link(dirty, 'https://acme.test'),
  ];
  expect(words.map((s) => ('text' in s ? s.text : ''))).toEqual(Array(7).fill('a\ufffdb'));
});

test('a template takes words, numbers, spans and texts, and drops what is empty', () => {
  const ada = 'p1' as PersonId;
  const channel = 'slack:T1/C1' as PlaceId;
  const moment = new Date('2026-03-02T09:00:00Z');
  expect(
    text`${person(ada)} in ${place(channel)} at ${time(moment)}, ${3} times, ${text`${strong('now')}!`}${''}`,
  ).toEqual([
    { kind: 'person', person: ada },
    { kind: 'plain', text: ' in ' },
    { kind: 'place', place: channel },
    { kind: 'plain', text: ' at ' },
    { kind: 'time', at: '2026-03-02T09:00:00.000Z', style: 'both' },
    { kind: 'plain', text: ', 3 times, ' },
    { kind: 'strong', text: 'now' },
    { kind: 'plain', text: '!' },
  ]);
  expect(text``).toEqual([]);
  expect(said('')).toEqual([]);
});

test('join puts a separator between texts, not around them', () => {
  expect(
    join([said('a'), said('b'), said('c')], ', ')
      .map((s) => ('text' in s ? s.text : ''))
      .join(''),
  ).toBe('a, b, c');
  expect(join([said('a')], ', ')).toEqual(said('a'));
  expect(join([], ', ')).toEqual([]);
});

test.each([
  ['what fits stays', 'abc', 3, 'abc'],
  ['one too many', 'abcd', 3, 'ab…'],
  ['no space before the ellipsis', 'ab cd', 4, 'ab…'],
  ['a pair of surrogates is not cut in two', `ab${at(0x1f600)}c`, 4, 'ab…'],
  ['a pair that just fits', `ab${at(0x1f600)}cd`, 5, `ab${at(0x1f600)}…`],
  ['a family of five units is one', `${family}x${family}`, 9, `${family}…`],
  ['and is dropped whole', `a${family}bc`, 8, 'a…'],
  ['a flag is not cut into its letters', `a${at(0x1f1e9, 0x1f1ea)}b`, 4, 'a…'],
  ['an accent stays on its letter', `ae${at(0x301)}bc`, 3, 'a…'],
  ['a letter with a thousand accents', `a${at(0x301).repeat(1000)}`, 10, '…'],
  ['a limit of one', 'ab', 1, '…'],
])('shorten: %s', (_, raw, max, expected) => {
  const short = shorten(raw, max);
  expect(short).toBe(expected);
  expect(short.length).toBeLessThanOrEqual(max);
  expect(short.isWellFormed()).toBe(true);
});

test('shorten keeps every limit for every cut of a text of all sorts', () => {
  const mixed = `Zoë ${family} ${at(0x1f1e9, 0x1f1ea)}\n${at(0x65, 0x301)} שלום ${at(0x1f44d, 0x1f3fd)} end`;
  for (let max = 1; max <= mixed.length + 1; max++) {
    const short = shorten(mixed, max);
    expect(short.length, `max ${max}`).toBeLessThanOrEqual(max);
    expect(short.isWellFormed(), `max ${max}`).toBe(true);
    if (max < mixed.length) expect(mixed.startsWith(short.slice(0, -1)), `max ${max}`).toBe(true);
    else expect(short).toBe(mixed);
  }
});

test('40,000 characters are cut at the head alone, not read to their end', () => {
  const long = `${'Ω'.repeat(300)}${family.repeat(5_000)}`;
  expect(shorten(long, 200)).toBe(`${'Ω'.repeat(199)}…`);
});

test.each([
  ['https://acme.test/a?b=c#d', 'https://acme.test/a?b=c#d'],
  ['http://acme.test', 'http://acme.test/'],
  ['mailto:ada@acme.test', 'mailto:ada@acme.test'],
  ['javascript:alert(1)', undefined],
  ['JaVaScRiPt:alert(1)', undefined],
  [' \u0000javascript:alert(1)', undefined],
  ['java\nscript:alert(1)', undefined],
  ['data:text/html,<script>', undefined],
  ['file:///etc/passwd', undefined],
  ['//acme.test', undefined],
  ['acme.test', undefined],
  ['', undefined],
])('safeUrl(%j) is %j', (url, expected) => {
  expect(safeUrl(url)).toBe(expected);
});

test('what a span holds is known to the compiler', () => {
  expectTypeOf(person).parameter(0).toEqualTypeOf<PersonId>();
  expectTypeOf<string>().not.toExtend<PersonId>();
  expectTypeOf<PlaceId>().not.toExtend<PersonId>();
  expectTypeOf<Date>().not.toExtend<Parameters<typeof text>[1]>();
  expectTypeOf<{ kind: 'html'; text: string }>().not.toExtend<Span>();
});

import { expect, test } from 'vitest';
import { diffLines } from '../../src/core/kernel/diff.ts';

const shown = (before: string, after: string) => diffLines(before, after).map((l) => `${l.sign}${l.text}`);

test.each([
  ['nothing', 'a\nb', 'a\nb', []],
  ['one line', 'a\nb\nc', 'a\nB\nc', [' a', '-b', '+B', ' c']],
  ['new text', '', 'a\nb', ['+a', '+b']],
  ['no text any more', 'a', '', ['-a']],
  ['a line in between', 'a\nb', 'a\nx\nb', [' a', '+x', ' b']],
  ['moved lines', 'a\nb\nc', 'c\na\nb', ['+c', ' a', ' b', '-c']],
  [
    'far apart',
    '1\n2\n3\n4\n5\n6\n7\n8\n9',
    '1!\n2\n3\n4\n5\n6\n7\n8\n9!',
    ['-1', '+1!', ' 2', ' 3', '⋯', ' 7', ' 8', '-9', '+9!'],
  ],
])('%s', (_, before, after, expected) => {
  expect(shown(before, after)).toEqual(expected);
});

test('two texts without a line in common are still compared at once', () => {
  const many = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word}${i}`).join('\n');
  const lines = shown(many('a'), many('b'));
  expect(lines).toHaveLength(6000);
  expect([lines[0], lines.at(-1)]).toEqual(['-a0', '+b2999']);
});

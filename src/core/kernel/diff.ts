// Its index brings fifteen modules more, for words, CSS and JSON.
import { structuredPatch } from 'diff/lib/patch/create.js';

export type DiffLine = { readonly sign: ' ' | '-' | '+' | '⋯'; readonly text: string };

/** Unchanged lines shown around a change. */
const around = 2;
/** Beyond so many edits a finer comparison costs more than it tells: then everything was replaced. */
const maxEditLength = 200;

/** What changed from one text to another, line by line; `⋯` stands for lines that are far from every change. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  // A final line break would come back as a remark of its own.
  const ended = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  const patch = structuredPatch('', '', ended(before), ended(after), '', '', { context: around, maxEditLength });
  if (!patch) return [...replaced('-', before), ...replaced('+', after)];
  return patch.hunks.flatMap((hunk, i): readonly DiffLine[] => [
    ...(i > 0 ? [{ sign: '⋯', text: '' } as const] : []),
    ...hunk.lines.map((line): DiffLine => ({ sign: line[0] as ' ' | '-' | '+', text: line.slice(1) })),
  ]);
}

const replaced = (sign: '-' | '+', text: string): readonly DiffLine[] =>
  text === '' ? [] : text.split('\n').map((line) => ({ sign, text: line }));

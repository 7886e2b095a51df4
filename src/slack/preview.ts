import { type Draw, diffLines, draw, type Folded, type Span, shorten, type Text } from '../core/kernel/index.ts';

/** Lines of what is folded that a message shows, and characters of one line or text. */
const previewLines = 6;
const lineMax = 160;
const textMax = 400;

/** The lines that differ, with their signs. */
export const diffText = (before: string, after: string): string =>
  diffLines(before, after)
    .map((l) => `${l.sign} ${l.text}`.trimEnd())
    .join('\n');

/** `held`: something is not shown, be it only the end of a line; `left` counts whole lines. */
type Preview = { readonly shown: readonly Folded[]; readonly left: number; readonly held: boolean };
type Head = Preview & { readonly used: number };

function headOfList<T>(list: readonly T[], room: number, made: (first: readonly T[]) => Folded): Head {
  const first = list.slice(0, room);
  const left = list.length - first.length;
  return { shown: first.length > 0 ? [made(first)] : [], used: first.length, left, held: left > 0 };
}

function headOfCode(language: string, text: string, room: number): Head {
  const head = headOfList(text.trimEnd().split('\n'), room, (first) => ({
    kind: 'code',
    language,
    text: first.map((line) => shorten(line, lineMax)).join('\n'),
  }));
  const wide = text.split('\n', room).some((line) => line.length > lineMax);
  return { ...head, held: head.held || wide };
}

function headOfText(text: Text, room: number): Head {
  if (room === 0) return { shown: [], used: 0, left: 1, held: true };
  const kept: Span[] = [];
  let max = textMax;
  for (const span of text) {
    if (max <= 0) return { shown: [{ kind: 'text', text: kept }], used: 1, left: 0, held: true };
    kept.push('text' in span ? { ...span, text: shorten(span.text, Math.max(2, max)) } : span);
    max -= 'text' in span ? span.text.length : 20;
  }
  return { shown: [{ kind: 'text', text: kept }], used: 1, left: 0, held: max < 0 };
}

const heads: Draw<Folded, Head, [room: number]> = {
  text: (b, room) => headOfText(b.text, room),
  facts: (b, room) => headOfList(b.rows, room, (rows) => ({ ...b, rows })),
  steps: (b, room) => headOfList(b.steps, room, (steps) => ({ ...b, steps })),
  items: (b, room) => headOfList(b.items, room, (items) => ({ ...b, items })),
  code: (b, room) => headOfCode(b.language, b.text, room),
  diff: (b, room) => headOfCode('', diffText(b.before, b.after), room),
};

/** The first lines of what is folded, as blocks again. */
export function preview(blocks: readonly Folded[]): Preview {
  let room = previewLines;
  const drawn = blocks.map((block) => {
    const head = draw<Folded, Head, [number]>(heads, block, room);
    room -= head.used;
    return head;
  });
  return {
    shown: drawn.flatMap((head) => head.shown),
    left: drawn.reduce((sum, head) => sum + head.left, 0),
    held: drawn.some((head) => head.held),
  };
}

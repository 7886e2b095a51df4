import {
  type Answer,
  type Block,
  type Draw,
  draw,
  type Text,
  tableOf,
  type View,
} from '../../src/core/kernel/index.ts';

/** A text as one line: people as `@id`, places as `#id`, times as instants. */
export const line = (text: Text): string =>
  text
    .map((s) => {
      if ('text' in s) return s.text;
      if (s.kind === 'person') return `@${s.person}`;
      return s.kind === 'place' ? `#${s.place}` : s.at;
    })
    .join('');

const lines: Draw<Block, readonly string[]> = {
  text: (b) => [line(b.text)],
  notice: (b) => [line(b.text)],
  note: (b) => [line(b.text)],
  quote: (b) => [line(b.text)],
  facts: (b) => b.rows.map(([label, value]) => `${label}: ${line(value)}`),
  steps: (b) => b.steps.map((s) => `${s.state}: ${s.label}`),
  chart: (b) => [b.chart.title, b.chart.alt, ...tableOf(b.chart).rows.map((row) => row.join(': '))],
  picture: (b) => [`(${b.alt})`],
  items: (b) => b.items.flatMap((i) => [line(i.title), ...(i.note ? [line(i.note)] : [])]),
  code: (b) => [b.text],
  diff: (b) => [b.before, b.after],
  buttons: (b) => b.buttons.map((button) => `[${button.label}]`),
  fold: (b) => [b.title, ...b.blocks.flatMap((each) => draw<Block, readonly string[]>(lines, each))],
};

/** What a view says, line by line, as a person reads it. */
export const linesOf = (view: View): readonly string[] => view.blocks.flatMap((b) => draw(lines, b));
export const wordsOf = (view: View): string => linesOf(view).join('\n');

/** The whispers of an answer, as words. */
export const whisperedIn = (answer: Answer): readonly string[] =>
  answer.replies.flatMap((r) => (r.kind === 'whisper' ? [wordsOf(r.view)] : []));

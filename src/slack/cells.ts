import { type ChartTable, clean, shorten } from '../core/kernel/index.ts';

/** Short enough for a phone, which shows about forty characters of a line. */
const labelWidth = 26;
const cellWidth = 24;
/** The only one beside the label may say more: why something is hidden. */
const onlyWidth = 40;

/** A table in characters: labels to the left, figures to the right. */
export function cellsOf({ head, rows }: ChartTable): string {
  const all = (head ? [head, ...rows] : rows).map((row) =>
    row.map((cell, i) =>
      shorten(clean(cell).replaceAll('\n', ' '), i === 0 ? labelWidth : row.length === 2 ? onlyWidth : cellWidth),
    ),
  );
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

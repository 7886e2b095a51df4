/* What the bench prints. */

export type Cell = string | number | undefined;
/** One line of a row: what was measured, its numbers, and whether an aim was reached where there is one. */
export type Line = { readonly cells: readonly Cell[]; readonly aim?: string; readonly reached?: boolean };
export type Table = { readonly title: string; readonly head: readonly string[]; readonly lines: readonly Line[] };

/** Three digits that mean something. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toFixed(digits);
}
const text = (cell: Cell): string => (cell === undefined ? '' : typeof cell === 'number' ? number(cell) : cell);
const verdict = ({ aim, reached }: Line): string =>
  aim === undefined ? '' : `${aim}: ${reached ? 'reached' : 'MISSED'}`;

/** As a Markdown table, which reads well in a terminal too. */
export function printed({ title, head, lines }: Table): string {
  const rows = [[...head, 'aim'], ...lines.map((line) => [...line.cells.map(text), verdict(line)])];
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const print = (row: readonly string[], numbers: boolean) =>
    `| ${widths.map((w, i) => (numbers && i > 0 && i < head.length ? (row[i] ?? '').padStart(w) : (row[i] ?? '').padEnd(w))).join(' | ')} |`;
  const [first = [], ...rest] = rows;
  const rule = `|${widths.map((w, i) => `${'-'.repeat(w + 1)}${i > 0 && i < head.length ? ':' : '-'}`).join('|')}|`;
  return [`## ${title}`, '', print(first, true), rule, ...rest.map((row) => print(row, true)), ''].join('\n');
}

import { type Chart, type ChartRow, type ChartScale, figure } from '../../core/kernel/index.ts';
import { box, colors, fitted, framed, labelled, plot, stroke, tones, top, widthOf, words, wrapped } from './marks.ts';

type Bars = Extract<Chart, { shape: 'bars' }>;
type Distribution = Extract<Chart, { shape: 'distribution' }>;

const sizeOf = (row: ChartRow) => Math.max(0, row.value ?? 0);
const most = (rows: readonly ChartRow[]) => Math.max(0, ...rows.map(sizeOf)) || 1;
const fill = (row: ChartRow) => (row.tone ? tones[row.tone] : colors.accent);

const rowHeight = 40;
const size = 16;

/** From nothing to the longest bar, unless there is something below nothing, or the chart says its ends. */
function axisOf({ rows, scale }: Bars): ChartScale {
  const values = rows.map((row) => row.value ?? 0);
  const [from, to] = [Math.min(0, ...values), Math.max(0, ...values)];
  return scale ?? (from === to ? { from: 0, to: 1 } : { from, to });
}

/** One line a row: label, bar, value. Bars below nothing go to the left of it. */
export function bars(chart: Bars): string {
  const { title, rows, unit, scale } = chart;
  const labels = rows.map((row, i) => labelled(row.label, i));
  const labelRoom = Math.min(230, Math.max(...labels.map((l) => widthOf(l, size)), 40) + 12);
  const said = rows.map((row) => (row.value === null ? (row.note ?? '–') : figure(row.value, unit)));
  const valueRoom = Math.max(...said.map((s, i) => (rows[i]?.value === null ? 0 : widthOf(s, size))), 20) + 12;
  const left = plot.left + labelRoom;
  const room = plot.right - valueRoom - left;
  const axis = axisOf(chart);
  const at = (value: number) => left + (room * (value - axis.from)) / (axis.to - axis.from);
  const zero = at(0);
  const marks = rows.flatMap((row, i) => {
    const y = top + i * rowHeight;
    const long = row.value ? Math.max(4, Math.abs(at(row.value) - zero)) : 0;
    const label = words(fitted(labels[i] ?? '', size, labelRoom - 8), { x: plot.left, y: y + 19 });
    if (row.value === null)
      return [label, words(fitted(said[i] ?? '', 15, room), { x: left, y: y + 19 }, { size: 15, color: colors.muted })];
    return [
      label,
      box({ x: left, y: y + 2 }, room, 24, colors.empty),
      box({ x: row.value < 0 ? zero - long : zero, y: y + 2 }, long, 24, fill(row)),
      ...(axis.from < 0 ? [stroke({ x: zero, y: y - 6 }, { x: zero, y: y + 34 }, colors.muted, 2)] : []),
      words(said[i] ?? '', { x: plot.right, y: y + 20 }, { bold: true, at: 'end' }),
    ];
  });
  const floor = top + rows.length * rowHeight;
  const ends = scale ? [axis.from, ...(axis.from < 0 ? [0] : []), axis.to] : [];
  const named = ends.map((value) =>
    words(figure(value, unit), { x: at(value), y: floor + 12 }, { size: 14, color: colors.muted, at: 'middle' }),
  );
  return framed(title, floor + (named.length > 0 ? 30 : 14), [...marks, ...named]);
}

const columnsHeight = 190;

/** One column a step of the scale, its count on it. */
export function distribution({ title, rows, unit }: Distribution): string {
  const slot = (plot.right - plot.left) / Math.max(1, rows.length);
  const wide = Math.min(64, slot * 0.72);
  const small = slot < 60 ? 14 : 15;
  const floor = top + 24 + columnsHeight;
  const marks = rows.flatMap((row, i) => {
    const middle = plot.left + slot * (i + 0.5);
    const tall = (sizeOf(row) / most(rows)) * columnsHeight;
    const high = row.value ? Math.max(3, tall) : 0;
    const over = row.value === null ? '–' : figure(row.value, unit);
    return [
      box({ x: middle - wide / 2, y: floor - high }, wide, high, fill(row)),
      words(over, { x: middle, y: floor - high - 8 }, { size: small, bold: true, at: 'middle' }),
      ...wrapped(labelled(row.label, i), 14, slot - 6).map((line, n) =>
        words(line, { x: middle, y: floor + 24 + n * 18 }, { size: 14, color: colors.muted, at: 'middle' }),
      ),
    ];
  });
  return framed(title, floor + 58, [
    ...marks,
    stroke({ x: plot.left, y: floor }, { x: plot.right, y: floor }, colors.edge, 2),
  ]);
}

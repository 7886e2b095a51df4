import {
  type Chart,
  type ChartRow,
  type ChartShape,
  type ChartTone,
  drawChart,
  tableOf,
} from '../core/kernel/index.ts';
import type { Element } from './card.ts';
import { LIMITS } from './limits.ts';
import { cut, firstOf, type Pen } from './pen.ts';
import { line, note } from './rich-text.ts';

/** Teams’ names for colours of charts, which it draws to suit the theme. */
const colors: { readonly [T in ChartTone]: string } = { good: 'good', warn: 'warning', bad: 'attention' };

type Shaped<S extends ChartShape> = Extract<Chart, { shape: S }>;
/** Teams writes a number as it comes, with all its digits. */
const rounded = (value: number): number => Math.round(value * 10) / 10;
const label = (pen: Pen, text: string): string => cut(pen, 'chart', text, LIMITS.factLabel);
/** A value that may not be said is in the table only, with its reason. */
const points = (pen: Pen, rows: readonly ChartRow[]) =>
  rows.flatMap((row) =>
    row.value === null
      ? []
      : [{ x: label(pen, row.label), y: rounded(row.value), ...(row.tone ? { color: colors[row.tone] } : {}) }],
  );

/**
 * Teams’ own charts. What lacks them (old phones) drops them: the table under each says the same. A line over points that
 * are no dates is drawn over categories; a gap has no point.
 */
const charts: { readonly [S in ChartShape]: (chart: Shaped<S>, pen: Pen, title: string) => Element } = {
  bars: ({ rows }, pen, title) => ({
    type: 'Chart.HorizontalBar',
    title,
    displayMode: 'AbsoluteWithAxis',
    data: points(pen, rows),
    fallback: 'drop',
  }),
  distribution: ({ rows }, pen, title) => ({
    type: 'Chart.VerticalBar',
    title,
    showBarValues: true,
    data: points(pen, rows),
    fallback: 'drop',
  }),
  trend: (chart, pen, title) => ({
    type: 'Chart.Line',
    title,
    data: chart.series.map((s) => ({
      legend: label(pen, s.name),
      values: chart.points.flatMap((point, i) => {
        const value = s.values[i];
        return typeof value === 'number' ? [{ x: label(pen, point), y: rounded(value) }] : [];
      }),
    })),
    fallback: 'drop',
  }),
  gauge: ({ value, from, to, bands, unit }, _, title) => ({
    type: 'Chart.Gauge',
    title,
    value: rounded(value),
    min: from,
    max: to,
    valueFormat: unit === '%' ? 'Percentage' : 'Fraction',
    showLegend: false,
    segments: bands.map((band, i) => ({
      legend: `up to ${band.to}`,
      size: band.to - (bands[i - 1]?.to ?? from),
      color: colors[band.tone],
    })),
    fallback: 'drop',
  }),
};

/** A chart, what it shows in a sentence (Teams’ charts take no alternative text), and its figures. */
export function chart(pen: Pen, shown: Chart): readonly Element[] {
  const { head, rows } = tableOf(shown);
  const { first, left } = firstOf(pen, 'table rows', rows, LIMITS.tableRows);
  const title = label(pen, shown.title);
  const columns = Math.max(head?.length ?? 0, ...first.map((row) => row.length));
  if (columns === 0) return [line(title, { weight: 'Bolder' }), note(cut(pen, 'chart', shown.alt, LIMITS.text))];
  const cells = (row: readonly string[], style: object): Element => ({
    type: 'TableRow',
    cells: row.map((cell, i) => ({
      type: 'TableCell',
      items: [{ ...line(label(pen, cell) || '\u00a0', style), ...(i > 0 ? { horizontalAlignment: 'Right' } : {}) }],
    })),
  });
  return [
    drawChart(charts, shown, pen, title),
    note(cut(pen, 'chart', shown.alt, LIMITS.text)),
    {
      type: 'Table',
      showGridLines: false,
      firstRowAsHeaders: head !== undefined,
      columns: Array.from({ length: columns }, (_, i) => ({ width: i === 0 ? 2 : 1 })),
      rows: [...(head ? [cells(head, { weight: 'Bolder' })] : []), ...first.map((row) => cells(row, {}))],
    },
    ...(left > 0 ? [note(`… and ${left} more`)] : []),
  ];
}

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
import { line, note, type Style } from './rich-text.ts';

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

/** How many signs the axis of a bar of text has. */
const signs = 20;
/**
 * Bars of text to the left and to the right of nothing. Teams’ own begin at nothing: those below it are left out by some
 * clients, and drawn as if they were above by others; and a column in a colour is never narrower than its padding.
 */
function aroundNothing({ rows, scale, title }: Shaped<'bars'>, pen: Pen): readonly Element[] {
  const known = rows.flatMap((row) => (row.value === null ? [] : [{ label: row.label, value: row.value }]));
  const values = known.map((row) => row.value);
  const { from, to } = scale ?? { from: Math.min(...values), to: Math.max(0, ...values) };
  const below = Math.round((signs * -from) / (to - from));
  const above = signs - below;
  const bar = (value: number): string => {
    const most = value < 0 ? below : above;
    const long = value === 0 ? 0 : Math.min(most, Math.max(1, Math.round((signs * Math.abs(value)) / (to - from))));
    const [full, rest] = ['█'.repeat(long), '░'.repeat(most - long)];
    return value < 0 ? `${rest}${full}│${'░'.repeat(above)}` : `${'░'.repeat(below)}│${full}${rest}`;
  };
  const style: Style = { fontType: 'Monospace', size: 'Small' };
  return [
    line(title, { weight: 'Bolder' }),
    ...known.map((row) => ({ ...line(label(pen, `${bar(row.value)} ${row.label}`), style), spacing: 'None' })),
  ];
}

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

/**
 * Weights of columns: of two the label has more; of more the label has what it needs, and each other its longest word, so
 * that no word breaks on a phone.
 */
function weights(rows: readonly (readonly string[])[], columns: number): readonly number[] {
  if (columns < 3) return [2, 1].slice(0, columns);
  const least = 4;
  return Array.from({ length: columns }, (_, i) => {
    const words = rows.flatMap((row) => (i === 0 ? row[i] : row[i]?.split(/[\s-]/)) ?? []);
    return Math.max(least, Math.min(LIMITS.tableWord, Math.max(...words.map((word) => word.length))));
  });
}

/** A chart, what it shows in a sentence (Teams’ charts take no alternative text), and its figures. */
export function chart(pen: Pen, shown: Chart): readonly Element[] {
  const { head, rows } = tableOf(shown);
  const { first, left } = firstOf(pen, 'table rows', rows, LIMITS.tableRows);
  const title = label(pen, shown.title);
  const more = left > 0 ? [note(`… and ${left} more`)] : [];
  const columns = Math.max(head?.length ?? 0, ...first.map((row) => row.length));
  if (columns === 0) return [line(title, { weight: 'Bolder' }), note(cut(pen, 'chart', shown.alt, LIMITS.text))];
  const signed = shown.shape === 'bars' && shown.rows.some((row) => (row.value ?? 0) < 0);
  const small: Style = columns > 3 ? { size: 'Small' } : {};
  const cells = (row: readonly string[], style: Style): Element => ({
    type: 'TableRow',
    cells: row.map((cell, i) => ({
      type: 'TableCell',
      items: [{ ...line(label(pen, cell) || '\u00a0', style), ...(i > 0 ? { horizontalAlignment: 'Right' } : {}) }],
    })),
  });
  return [
    ...(signed ? aroundNothing({ ...shown, title }, pen) : [drawChart(charts, shown, pen, title)]),
    note(cut(pen, 'chart', shown.alt, LIMITS.text)),
    {
      type: 'Table',
      showGridLines: false,
      firstRowAsHeaders: head !== undefined,
      columns: weights(head ? [head, ...first] : first, columns).map((width) => ({ width })),
      rows: [...(head ? [cells(head, { weight: 'Bolder', ...small })] : []), ...first.map((row) => cells(row, small))],
    },
    ...more,
  ];
}

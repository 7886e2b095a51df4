/** What a figure means for the reader, beside its colour. */
export type ChartTone = 'good' | 'warn' | 'bad';
/** `null` is what may not or cannot be said; `note` says why, or adds a word to a value. */
export type ChartRow = {
  readonly label: string;
  readonly value: number | null;
  readonly tone?: ChartTone;
  readonly note?: string;
};
export type ChartRange = { readonly low: number; readonly high: number };
export type ChartScale = { readonly from: number; readonly to: number };
export type ChartSeries = {
  readonly name: string;
  /** One for each point; `null` where there is none, which breaks the line. */
  readonly values: readonly (number | null)[];
  /** The margin of each value. */
  readonly margins?: readonly (ChartRange | null)[];
};

type About = {
  readonly title: string;
  /** What the picture shows, in a sentence: for those who do not see it. */
  readonly alt: string;
  /** Behind every value: `%`, `h`, ` requests`. */
  readonly unit?: string;
};
/** Figures as a picture. Every client also gets them as a table, so a picture that cannot be shown costs nothing. */
export type Chart = About &
  /** `scale`: the ends of the axis, where they are not nothing and the longest bar. */
  (
    | { readonly shape: 'bars'; readonly rows: readonly ChartRow[]; readonly scale?: ChartScale }
    /** How many chose each step of a scale, in the scale’s order. */
    | { readonly shape: 'distribution'; readonly rows: readonly ChartRow[] }
    /** Over time, oldest first. */
    | { readonly shape: 'trend'; readonly points: readonly string[]; readonly series: readonly ChartSeries[] }
    /** Where one value stands on its scale; `bands` up to the end of it, worst or best first. */
    | {
        readonly shape: 'gauge';
        readonly value: number;
        readonly from: number;
        readonly to: number;
        readonly margin?: ChartRange;
        readonly bands: readonly { readonly to: number; readonly tone: ChartTone }[];
      }
  );
export type ChartShape = Chart['shape'];

/** A value as it is written everywhere: one decimal where it has one. */
export function figure(value: number | null, unit = ''): string {
  if (value === null) return '–';
  const rounded = Math.round(value * 10) / 10;
  // -0 is written as it is meant.
  return `${(rounded === 0 ? 0 : rounded).toLocaleString('en')}${unit}`;
}

type Shapes = { readonly [S in ChartShape]: Extract<Chart, { shape: S }> };
export type ChartTable = { readonly head?: readonly string[]; readonly rows: readonly (readonly string[])[] };

const ofRows = (chart: Shapes['bars'] | Shapes['distribution']): ChartTable => ({
  rows: chart.rows.map(({ label, value, note }) => [
    label,
    value === null ? (note ?? figure(null)) : `${figure(value, chart.unit)}${note ? ` (${note})` : ''}`,
  ]),
});

const span = ({ low, high }: ChartRange, unit?: string) => `${figure(low, unit)} to ${figure(high, unit)}`;

const tables: { readonly [S in ChartShape]: (chart: Shapes[S]) => ChartTable } = {
  bars: ofRows,
  distribution: ofRows,
  trend: ({ points, series, unit }) => ({
    head: ['', ...series.map((s) => s.name)],
    rows: points.map((point, i) => [
      point,
      ...series.map((s) => {
        const margin = s.margins?.[i];
        return `${figure(s.values[i] ?? null, unit)}${margin ? ` (${span(margin, unit)})` : ''}`;
      }),
    ]),
  }),
  gauge: ({ title, value, margin, from, to, unit }) => ({
    rows: [
      [title, figure(value, unit)],
      ...(margin ? [['Margin (95%)', span(margin, unit)]] : []),
      ['Scale', span({ low: from, high: to }, unit)],
    ],
  }),
};

/** The same figures in cells, the label first. */
export const tableOf = (chart: Chart): ChartTable => drawChart(tables, chart);

/** As `draw` for blocks: one entry a shape and no `default`. */
export const drawChart = <Out, Extra extends readonly unknown[] = []>(
  table: { readonly [S in ChartShape]: (chart: Shapes[S], ...extra: Extra) => Out },
  chart: Chart,
  ...extra: Extra
): Out => table[chart.shape](chart as never, ...extra);

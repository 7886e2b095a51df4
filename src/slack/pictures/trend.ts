import { type Chart, type ChartSeries, figure } from '../../core/kernel/index.ts';
import {
  colors,
  fitted,
  framed,
  labelled,
  series as looks,
  type Place,
  path,
  plot,
  point,
  stroke,
  ticks,
  top,
  widthOf,
  words,
} from './marks.ts';

type Trend = Extract<Chart, { shape: 'trend' }>;
type Look = (typeof looks)[number];

const high = 210;
const lookOf = (nth: number): Look => looks[nth % looks.length] ?? looks[0];

/** Runs of neighbours that have a value: a gap stays a gap. */
function runs(places: readonly (Place | undefined)[]): readonly (readonly Place[])[] {
  const found: Place[][] = [[]];
  for (const place of places) {
    if (place) found.at(-1)?.push(place);
    else found.push([]);
  }
  return found.filter((run) => run.length > 0);
}

/** Lines over the points, with the margin of each value as a whisker. */
export function trend({ title, points, series, unit }: Trend): string {
  const named = series.length > 1;
  const all = series.flatMap((s) => [
    ...s.values.filter((v) => v !== null),
    ...(s.margins ?? []).flatMap((m) => (m ? [m.low, m.high] : [])),
  ]);
  // Counts, times and shares start at nothing; only what can be negative has a scale that does.
  const scale = ticks(Math.min(0, ...all), Math.max(...all, 0) || 1);
  const [low, up] = [scale[0] ?? 0, scale.at(-1) ?? 1];
  const legend = named ? 30 : 0;
  const floor = top + legend + high;
  const left = plot.left + Math.max(...scale.map((t) => widthOf(figure(t, unit), 14))) + 10;
  const right = plot.right - 26;
  const x = (i: number) =>
    points.length === 1 ? (left + right) / 2 : left + 26 + (i / (points.length - 1)) * (right - left - 26);
  const y = (value: number) => floor - ((value - low) / (up - low)) * high;

  const grid = scale.flatMap((t) => [
    stroke({ x: left, y: y(t) }, { x: plot.right, y: y(t) }, t === 0 ? colors.edge : colors.grid, t === 0 ? 2 : 1),
    words(figure(t, unit), { x: left - 10, y: y(t) + 5 }, { size: 14, color: colors.muted, at: 'end' }),
  ]);
  // As many labels as there is room for, the newest always.
  const every = Math.ceil((points.length * 78) / (right - left));
  const below = points.flatMap((label, i) =>
    (points.length - 1 - i) % every === 0
      ? [
          words(
            fitted(labelled(label, i), 14, 92),
            { x: x(i), y: floor + 26 },
            { size: 14, color: colors.muted, at: 'middle' },
          ),
        ]
      : [],
  );
  const drawn = (s: ChartSeries, nth: number): readonly string[] => {
    const { color, dash } = lookOf(nth);
    const places = points.map((_, i) => {
      const value = s.values[i];
      return typeof value === 'number' ? { x: x(i), y: y(value) } : undefined;
    });
    const whiskers = points.flatMap((_, i) => {
      const m = s.margins?.[i];
      if (!m || !places[i]) return [];
      const cap = (at: number) => stroke({ x: x(i) - 6, y: at }, { x: x(i) + 6, y: at }, color, 2);
      return [stroke({ x: x(i), y: y(m.low) }, { x: x(i), y: y(m.high) }, color, 2), cap(y(m.low)), cap(y(m.high))];
    });
    const lines = runs(places).map((run) =>
      path(
        `M${run.map(point).join('L')}`,
        `fill="none" stroke="${color}" stroke-width="3" stroke-linejoin="round"${dash ? ` stroke-dasharray="${dash}"` : ''}`,
      ),
    );
    const dots = places.flatMap((p) =>
      p
        ? [
            `<circle cx="${point(p).replace(' ', '" cy="')}" r="5" fill="${color}" stroke="${colors.ground}" stroke-width="2"/>`,
          ]
        : [],
    );
    const last = places.findLastIndex((p) => p !== undefined);
    const at = places[last];
    // One line names its newest value; several would write over each other, and the table has them all.
    const said =
      at && !named
        ? [
            words(
              figure(s.values[last] ?? null, unit),
              { x: at.x - 14, y: Math.max(top + 4, at.y - 10) },
              { bold: true, at: 'end' },
            ),
          ]
        : [];
    return [...whiskers, ...lines, ...dots, ...said];
  };
  const room = (plot.right - plot.left) / Math.max(1, series.length);
  const names = named
    ? series.flatMap((s, i) => {
        const { color, dash } = lookOf(i);
        const at = plot.left + i * room;
        return [
          stroke({ x: at + 2, y: top - 5 }, { x: at + 30, y: top - 5 }, color, 4, dash),
          words(fitted(labelled(s.name, i), 15, room - 48), { x: at + 40, y: top }, { size: 15 }),
        ];
      })
    : [];
  return framed(title, floor + 48, [...names, ...grid, ...below, ...series.flatMap(drawn)]);
}

import { h } from '../dom.ts';
import type { Json } from '../wire.ts';
import { type AdaptiveCards, cards } from './library.ts';

/** The charts that Teams draws and Microsoft's published renderer lacks, as far as our cards use them. */

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const rows = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

const space = 'http://www.w3.org/2000/svg';
function mark(tag: string, attributes: { readonly [name: string]: string | number }, ...inside: readonly Node[]) {
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...inside);
  return made;
}
const written = (said: string, x: number, y: number, anchor = 'middle'): Node =>
  mark('text', { x, y, 'text-anchor': anchor }, document.createTextNode(said));
const shade = (color: unknown): string => `chart-${text(color) || 'plain'}`;

function figureOf(title: string, drawn: Element): HTMLElement {
  const figure = h('figure', { class: 'chart' }, title && h('figcaption', {}, title));
  figure.append(drawn);
  return figure;
}

/** One kind of chart: how its JSON becomes a drawing. */
function chart(type: string, draw: (source: Json) => Element): new () => AdaptiveCards.CardElement {
  return class extends cards.CardElement {
    private source: Json = {};

    override getJsonTypeName(): string {
      return type;
    }
    protected override internalParse(source: Json, context: AdaptiveCards.SerializationContext): void {
      super.internalParse(source, context);
      this.source = source;
    }
    protected override internalRender(): HTMLElement {
      return figureOf(text(this.source.title), draw(this.source));
    }
  };
}

function columns({ data }: Json): Element {
  const bars = rows(data);
  const most = Math.max(1, ...bars.map((bar) => number(bar.y)));
  // As many labels as have room on one line; each figure stands in the table below.
  const every = bars.some((bar) => text(bar.x).length > 2) ? Math.ceil(bars.length / 6) : 1;
  return h(
    'div',
    { class: every > 1 ? 'columns sparse' : 'columns' },
    bars.map((bar, i) => {
      const column = h('span', { class: `column ${shade(bar.color)}` });
      column.style.blockSize = `${(Math.max(0, number(bar.y)) / most) * 110}px`;
      return h(
        'div',
        {},
        h('div', { class: 'rise' }, h('b', {}, text(bar.y)), column),
        h('span', {}, i % every === 0 ? text(bar.x) : ''),
      );
    }),
  );
}

const [wide, high] = [460, 200];
const plot = { left: 44, right: wide - 16, top: 14, bottom: high - 30 };

function lines({ data }: Json): Element {
  const series = rows(data).map((each) => ({ legend: text(each.legend), values: rows(each.values) }));
  const points = [...new Set(series.flatMap((s) => s.values.map((v) => text(v.x))))];
  const all = series.flatMap((s) => s.values.map((v) => number(v.y)));
  const [low, up] = [Math.min(0, ...all), Math.max(1, ...all)];
  const x = (at: string) =>
    plot.left + ((points.indexOf(at) + 0.5) / Math.max(1, points.length)) * (plot.right - plot.left);
  const y = (value: number) => plot.bottom - ((value - low) / (up - low)) * (plot.bottom - plot.top);
  const every = Math.ceil(points.length / 7);
  const drawn = mark(
    'svg',
    { viewBox: `0 0 ${wide} ${high}`, class: 'lines', role: 'img' },
    ...[low, (low + up) / 2, up].flatMap((tick) => [
      mark('line', { x1: plot.left, x2: plot.right, y1: y(tick), y2: y(tick), class: 'grid' }),
      written(String(Math.round(tick * 10) / 10), plot.left - 8, y(tick) + 4, 'end'),
    ]),
    ...points.flatMap((point, i) => (i % every === 0 ? [written(point, x(point), high - 10)] : [])),
    ...series.flatMap((s, nth) => [
      mark('polyline', {
        points: s.values.map((v) => `${x(text(v.x))},${y(number(v.y))}`).join(' '),
        class: `line line-${nth % 4}`,
      }),
      ...s.values.map((v) => mark('circle', { cx: x(text(v.x)), cy: y(number(v.y)), r: 3.5, class: `dot-${nth % 4}` })),
    ]),
  );
  return h(
    'div',
    {},
    drawn,
    series.length > 1 &&
      h(
        'div',
        { class: 'legend' },
        series.map((s, nth) => h('span', { class: `legend-${nth % 4}` }, s.legend)),
      ),
  );
}

function gauge({ value, min, max, segments, valueFormat }: Json): Element {
  const [from, to] = [number(min), typeof max === 'number' ? max : 100];
  const share = (v: number) => Math.min(1, Math.max(0, (v - from) / (to - from || 1)));
  const on = (s: number, r: number) => {
    const angle = Math.PI * (1 - s);
    return `${120 + r * Math.cos(angle)} ${120 - r * Math.sin(angle)}`;
  };
  let reached = from;
  const bands = rows(segments).map((each) => {
    const start = share(reached);
    reached += number(each.size);
    return mark('path', {
      d: `M${on(start, 90)}A90 90 0 0 1 ${on(share(reached), 90)}`,
      class: `band ${shade(each.color)}`,
    });
  });
  const said = valueFormat === 'Percentage' ? `${text(value)}%` : `${text(value)}/${to}`;
  return mark(
    'svg',
    { viewBox: '0 0 240 150', class: 'gauge', role: 'img' },
    ...bands,
    mark('path', { d: `M${on(share(number(value)), 108)}L${on(share(number(value)), 68)}`, class: 'needle' }),
    mark('text', { x: 120, y: 120, 'text-anchor': 'middle', class: 'gauge-value' }, document.createTextNode(said)),
    written(String(from), 30, 140),
    written(String(to), 210, 140),
  );
}

export const chartElements: readonly (readonly [type: string, element: new () => AdaptiveCards.CardElement])[] = (
  [
    ['Chart.VerticalBar', columns],
    ['Chart.Line', lines],
    ['Chart.Gauge', gauge],
  ] as const
).map(([type, draw]) => [type, chart(type, draw)]);

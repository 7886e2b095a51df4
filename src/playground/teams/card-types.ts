import { LIMITS } from './limits.ts';

/** What may stand in one place of a card. */
export type Kind = 'card' | 'element' | 'action' | 'column' | 'row' | 'cell' | 'run' | 'page' | 'image' | 'layout';

type Json = Readonly<Record<string, unknown>>;
/** Says what is wrong with a property's value, for the sentence "Type.property …"; undefined when nothing is. */
type Check = (value: unknown, node: Json) => string | undefined;
export type Slot = {
  readonly kind: Kind;
  readonly many?: true;
  readonly required?: true;
  /** Clients that do not know this property pass over it, so what stands in it needs no fallback. */
  readonly silent?: true;
};

export type Shape = {
  readonly kind: Kind;
  /** A second place it may stand in. */
  readonly also?: Kind;
  /** The minor schema version (1.x) that brought it. */
  readonly since?: number;
  /** Teams' own, outside schema 1.5. */
  readonly extra?: true;
  readonly input?: true;
  readonly props?: Readonly<Record<string, Check>>;
  readonly slots?: Readonly<Record<string, Slot>>;
  /** Ids of other elements that it acts on. */
  readonly targets?: (node: Json) => readonly string[];
};

const isText = (value: unknown): value is string => typeof value === 'string';
const found = (value: unknown): string =>
  value === undefined ? 'is missing' : `is ${JSON.stringify(value).slice(0, 60)}`;
const optional =
  (check: Check): Check =>
  (value, node) =>
    value === undefined ? undefined : check(value, node);
const text: Check = (v) => (isText(v) ? undefined : `${found(v)}, must be text`);
const number: Check = (v) => (typeof v === 'number' ? undefined : `${found(v)}, must be a number`);
const list: Check = (v) => (Array.isArray(v) ? undefined : `${found(v)}, must be a list`);
const matching =
  (pattern: RegExp, what: string): Check =>
  (v) =>
    isText(v) && (v === '' || pattern.test(v)) ? undefined : `${found(v)}, must be ${what}`;
const date = optional(matching(/^\d{4}-\d\d-\d\d$/, 'a date (YYYY-MM-DD)'));
const time = optional(matching(/^\d\d:\d\d$/, 'a time (HH:MM)'));
/** Clients load pictures over https only, and inline PNG, JPEG and GIF. */
const picture = matching(
  /^(https:\/\/|data:image\/(png|jpe?g|gif);base64,)/,
  'an https address or an inline PNG, JPEG or GIF',
);
const address = matching(/^(https?:\/\/|mailto:|msteams:)/, 'a web or mail address');
const pairs =
  (first: string, second: string): Check =>
  (v) =>
    Array.isArray(v) && v.every((p: unknown) => isPair(p, first, second))
      ? undefined
      : `${found(v)}, must be a list of {${first}, ${second}}, both text`;
const isPair = (p: unknown, first: string, second: string): boolean =>
  typeof p === 'object' && p !== null && isText((p as Json)[first]) && isText((p as Json)[second]);

const data: Check = (v) => {
  if (v === undefined) return undefined;
  if (!isText(v) && (typeof v !== 'object' || v === null || Array.isArray(v)))
    return `${found(v)}, must be an object or text`;
  const bytes = Buffer.byteLength(JSON.stringify(v));
  return bytes > LIMITS.actionDataBytes ? `holds ${bytes} bytes, at most ${LIMITS.actionDataBytes}` : undefined;
};
const choices: Check = (v, node) =>
  v === undefined && node['choices.data'] !== undefined ? undefined : pairs('title', 'value')(v, node);
const query = optional((v) => {
  const { type, dataset } = (typeof v === 'object' && v !== null ? v : {}) as Json;
  return type === 'Data.Query' && isText(dataset) && dataset !== ''
    ? undefined
    : 'must be {type: "Data.Query", dataset}';
});

const many = (kind: Kind, required?: true): Slot => ({ kind, many: true, ...(required ? { required } : {}) });
const one = (kind: Kind): Slot => ({ kind, silent: true });
const pressable = { selectAction: one('action') };
const box = { ...pressable, items: many('element', true), layouts: many('layout') };

const element = (shape: Omit<Shape, 'kind'> = {}): Shape => ({ kind: 'element', ...shape });
const extra = (shape: Omit<Shape, 'kind'> = {}): Shape => ({ kind: 'element', extra: true, ...shape });
const input = (props: Shape['props'] = {}, slots: Shape['slots'] = {}): Shape => ({
  kind: 'element',
  input: true,
  props: { ...props, label: optional(text), errorMessage: optional(text) },
  slots: { ...slots, valueChangedAction: one('action') },
});
const action = (shape: Omit<Shape, 'kind'> = {}): Shape => ({
  kind: 'action',
  ...shape,
  props: { title: optional(text), iconUrl: optional(text), ...shape.props },
});

const idsIn =
  (name: string) =>
  (node: Json): readonly string[] =>
    (Array.isArray(node[name]) ? node[name] : []).flatMap((t: unknown) => {
      const id = isText(t) ? t : (t as Json | null)?.elementId;
      return isText(id) ? [id] : [];
    });

const chart = extra({ props: { data: list, title: optional(text) } });

const shapes: Readonly<Record<string, Shape>> = {
  AdaptiveCard: {
    kind: 'card',
    slots: { ...pressable, body: many('element'), actions: many('action'), layouts: many('layout') },
  },
  TextBlock: element({ props: { text } }),
  RichTextBlock: element({ since: 2, slots: { inlines: many('run', true) } }),
  TextRun: { kind: 'run', props: { text }, slots: pressable },
  IconRun: { kind: 'run', extra: true, props: { name: text }, slots: pressable },
  ImageRun: { kind: 'run', extra: true, props: { url: picture }, slots: pressable },
  Image: element({ also: 'image', props: { url: picture }, slots: pressable }),
  ImageSet: element({ slots: { images: many('image', true) } }),
  Media: element({ since: 1, props: { sources: list } }),
  Container: element({ slots: box }),
  ColumnSet: element({ slots: { ...pressable, columns: many('column') } }),
  Column: { kind: 'column', slots: { ...box, items: many('element') } },
  FactSet: element({ props: { facts: pairs('title', 'value') } }),
  ActionSet: element({ since: 2, slots: { actions: many('action', true) } }),
  Table: element({ since: 5, props: { columns: list }, slots: { rows: many('row', true) } }),
  TableRow: { kind: 'row', slots: { cells: many('cell', true) } },
  TableCell: { kind: 'cell', slots: box },
  'Input.Text': input({ value: optional(text), regex: optional(text) }, { inlineAction: one('action') }),
  'Input.Number': input({ value: optional(number), min: optional(number), max: optional(number) }),
  'Input.Date': input({ value: date, min: date, max: date }),
  'Input.Time': input({ value: time, min: time, max: time }),
  'Input.Toggle': input({ title: text, value: optional(text), valueOn: optional(text), valueOff: optional(text) }),
  'Input.ChoiceSet': input({ choices, value: optional(text), 'choices.data': query }),
  'Input.Rating': { ...input({ value: optional(number), max: optional(number) }), extra: true },
  Rating: extra({ props: { value: optional(number) } }),
  Icon: extra({ props: { name: text }, slots: pressable }),
  Badge: extra({ props: { text: optional(text), icon: optional(text) } }),
  CodeBlock: extra({ props: { codeSnippet: text, language: optional(text) } }),
  ProgressBar: extra({ props: { value: optional(number), max: optional(number) } }),
  ProgressRing: extra({ props: { label: optional(text) } }),
  Carousel: extra({ slots: { pages: many('page', true) } }),
  CarouselPage: { kind: 'page', slots: box },
  CompoundButton: extra({ props: { title: text }, slots: pressable }),
  'Chart.Donut': chart,
  'Chart.Pie': chart,
  'Chart.Line': chart,
  'Chart.VerticalBar': chart,
  'Chart.VerticalBar.Grouped': chart,
  'Chart.HorizontalBar': chart,
  'Chart.HorizontalBar.Stacked': chart,
  'Chart.Gauge': extra({ props: { value: number, segments: optional(list) } }),
  'Layout.Stack': { kind: 'layout' },
  'Layout.Flow': { kind: 'layout' },
  'Layout.AreaGrid': { kind: 'layout', props: { areas: list } },
  'Action.Submit': action({ props: { data } }),
  'Action.Execute': action({ since: 4, props: { data, verb: optional(text) } }),
  'Action.OpenUrl': action({ props: { url: address } }),
  'Action.ShowCard': action({ slots: { card: { kind: 'card', required: true } } }),
  'Action.ToggleVisibility': action({ since: 2, props: { targetElements: list }, targets: idsIn('targetElements') }),
  'Action.Popover': action({ extra: true, slots: { content: { kind: 'element', required: true } } }),
  'Action.ResetInputs': action({ extra: true, props: { targetInputIds: list }, targets: idsIn('targetInputIds') }),
  'Action.OpenUrlDialog': action({ extra: true, props: { url: address } }),
  'Action.InsertImage': action({ extra: true, props: { url: picture } }),
};

// No prototype: a card may say `"type": "constructor"`.
const byType: Record<string, Shape> = Object.assign(Object.create(null), shapes);

/** The type a place implies where the card leaves it out. */
const implied: { readonly [K in Kind]?: string } = {
  card: 'AdaptiveCard',
  column: 'Column',
  row: 'TableRow',
  cell: 'TableCell',
  page: 'CarouselPage',
  image: 'Image',
};

/** The shape that stands in a place of this kind under this type name, and the name; `misplaced` when it stands elsewhere. */
export function shapeOf(kind: Kind, type: unknown): { name: string; shape?: Shape; misplaced?: true } {
  const name = type === undefined ? implied[kind] : type;
  if (typeof name !== 'string') return { name: name === undefined ? 'missing' : JSON.stringify(name).slice(0, 60) };
  const shape = byType[name];
  if (!shape) return { name };
  return shape.kind === kind || shape.also === kind ? { name, shape } : { name, shape, misplaced: true };
}

/*
 * The JSON of both platforms in few words, so that two drawings of one view fit on a screen. One word stands for one
 * piece of JSON, written out once here. Nothing of the adapters is used: a golden must not agree with the code by
 * sharing it.
 */
export type Json = { readonly type: string; readonly [key: string]: unknown };
type More = { readonly [key: string]: unknown };

/** Block Kit (https://docs.slack.dev/reference/block-kit). */
export const slack = {
  plain: (text: string): Json => ({ type: 'plain_text', text, emoji: false }),
  header: (text: string): Json => ({ type: 'header', text: slack.plain(text) }),
  /** Bare words are a `text` element. */
  rich: (...elements: readonly (string | Json)[]): Json => richText('rich_text_section', elements),
  quote: (...elements: readonly (string | Json)[]): Json => richText('rich_text_quote', elements),
  /** Lines of a label and its value. */
  facts: (...rows: readonly (readonly [label: string, ...value: readonly (string | Json)[]])[]): Json =>
    slack.rich(
      ...rows.flatMap(([label, ...value], i) => [...(i === 0 ? [] : ['\n']), slack.bold(`${label}:`), ' ', ...value]),
    ),
  pre: (text: string): Json => richText('rich_text_preformatted', [text]),
  bold: (text: string): Json => ({ type: 'text', text, style: { bold: true } }),
  italic: (text: string): Json => ({ type: 'text', text, style: { italic: true } }),
  mono: (text: string): Json => ({ type: 'text', text, style: { code: true } }),
  emoji: (name: string): Json => ({ type: 'emoji', name }),
  user: (user_id: string): Json => ({ type: 'user', user_id }),
  channel: (channel_id: string): Json => ({ type: 'channel', channel_id }),
  link: (text: string, url: string): Json => ({ type: 'link', url, text }),
  date: (timestamp: number, format: string, fallback: string): Json => ({ type: 'date', timestamp, format, fallback }),
  /** The same inside of a sentence: Slack’s “Today” is small where something unseen stands before it. */
  within: (date: Json): Json => ({ ...date, format: `\u200b${String(date['format'])}` }),
  /** Bare words are plain text; `mrkdwn` holds nothing but our own tokens. */
  context: (...elements: readonly (string | Json)[]): Json => ({
    type: 'context',
    elements: elements.map((e) => (typeof e === 'string' ? slack.plain(e) : e)),
  }),
  token: (text: string): Json => ({ type: 'mrkdwn', text, verbatim: true }),
  actions: (...elements: readonly Json[]): Json => ({ type: 'actions', elements }),
  button: (text: string, action_id: string, value: string, more: More = {}): Json => ({
    type: 'button',
    action_id,
    text: slack.plain(text),
    ...(value === '' ? {} : { value }),
    ...more,
  }),
  confirm: (question: string, button: string, more: More = {}) => ({
    confirm: {
      title: slack.plain('Are you sure?'),
      text: slack.plain(question),
      confirm: slack.plain(button),
      deny: slack.plain('Cancel'),
      ...more,
    },
  }),
  input: (block_id: string, label: string, element: Json, more: More = {}): Json => ({
    type: 'input',
    block_id,
    label: slack.plain(label),
    element,
    optional: false,
    ...more,
  }),
  option: (value: string, text: string) => ({ text: slack.plain(text), value }),
} as const;

const richText = (type: string, elements: readonly (string | Json)[]): Json => ({
  type: 'rich_text',
  elements: [{ type, elements: elements.map((e) => (typeof e === 'string' ? { type: 'text', text: e } : e)) }],
});

const cells = (widths: readonly number[], headed: boolean, look: More, rows: readonly (readonly string[])[]): Json => ({
  type: 'Table',
  showGridLines: false,
  firstRowAsHeaders: headed,
  columns: widths.map((width) => ({ width })),
  rows: rows.map((row, nth) => ({
    type: 'TableRow',
    cells: row.map((cell, i) => ({
      type: 'TableCell',
      items: [
        {
          ...teams.words(teams.run(cell, { ...look, ...(headed && nth === 0 ? bolder : {}) })),
          ...(i > 0 ? { horizontalAlignment: 'Right' } : {}),
        },
      ],
    })),
  })),
});

const grey = (inlines: readonly (string | Json)[]): Json =>
  teams.words(...inlines.map((r) => (typeof r === 'string' ? teams.run(r, muted) : r)));

/** Bare words of a row’s title are bold. */
const titled = (title: Json): Json => ({
  ...title,
  ...(Array.isArray(title.inlines)
    ? { inlines: title.inlines.map((r: Json) => (Object.keys(r).join() === 'type,text' ? { ...r, ...bolder } : r)) }
    : {}),
});

/** Adaptive Cards 1.5 (https://adaptivecards.io/explorer). */
export const teams = {
  /** A RichTextBlock of runs; bare words are a run without a style. */
  words: (...inlines: readonly (string | Json)[]): Json => ({
    type: 'RichTextBlock',
    inlines: inlines.map((r) => (typeof r === 'string' ? teams.run(r) : r)),
  }),
  run: (text: string, more: More = {}): Json => ({ type: 'TextRun', text, ...more }),
  mono: (text: string, more: More = {}): Json => teams.run(text, { ...more, fontType: 'Monospace' }),
  link: (text: string, url: string, more: More = {}): Json =>
    teams.run(text, { ...more, color: 'Accent', underline: true, selectAction: { type: 'Action.OpenUrl', url } }),
  /** Small and grey, a little apart from what is above. */
  note: (...inlines: readonly (string | Json)[]): Json => ({ ...grey(inlines), spacing: 'Small' }),
  /** Small and grey, right below what it belongs to. */
  under: (...inlines: readonly (string | Json)[]): Json => ({ ...grey(inlines), spacing: 'None' }),
  /** Where a mention or a time stands: everything else in it is escaped. */
  markdown: (text: string, more: More = {}): Json => ({ type: 'TextBlock', text, wrap: true, ...more }),
  box: (style: string, ...items: readonly Json[]): Json => ({ type: 'Container', style, items }),
  row: (spacing: string, ...columns: readonly Json[]): Json => ({ type: 'ColumnSet', spacing, columns }),
  col: (width: string | number, ...items: readonly Json[]): Json => ({ type: 'Column', width, items }),
  /** A label and its value; the first of several has the usual space above it. */
  fact: (spacing: 'Default' | 'Small', label: string, ...value: readonly Json[]): Json =>
    teams.row(
      spacing,
      teams.col('110px', teams.words(teams.run(label, { isSubtle: true }))),
      teams.col('stretch', ...value),
    ),
  /** A row of a list; all but the first have a line above them. */
  item: (separator: boolean, title: Json, ...more: readonly Json[]): Json => ({
    type: 'Container',
    separator,
    items: [titled(title), ...more],
  }),
  /** The same, with a button on the right. */
  entry: (separator: boolean, button: Json, title: Json, ...more: readonly Json[]): Json =>
    teams.item(
      separator,
      teams.row('Default', teams.col('stretch', titled(title), ...more), {
        ...teams.col('auto', teams.buttons(button)),
        verticalContentAlignment: 'Center',
      }),
    ),
  buttons: (...actions: readonly Json[]): Json => ({ type: 'ActionSet', actions }),
  code: (language: string, ...lines: readonly string[]): Json => ({
    type: 'CodeBlock',
    codeSnippet: lines.join('\n'),
    language,
    fallback: teams.box(
      'emphasis',
      ...lines.map((l, i) => ({
        ...teams.words(teams.mono(l, { size: 'Small' })),
        ...(i === 0 ? {} : { spacing: 'None' }),
      })),
    ),
  }),
  /** Lines that went (`- `) and came (`+ `). */
  change: (...lines: readonly `${'-' | '+'}\u00a0${string}`[]): Json =>
    teams.box(
      'emphasis',
      ...lines.map((l, i) => ({
        ...teams.words(teams.mono(l, { color: l.startsWith('-') ? 'Attention' : 'Good', size: 'Small' })),
        ...(i === 0 ? {} : { spacing: 'None' }),
      })),
    ),
  /** Figures in cells: the label first, everything else to the right. */
  table: (headed: boolean, ...rows: readonly (readonly string[])[]): Json => cells([2, 1], headed, {}, rows),
  /** More than one figure beside the label: the first row is their head. Four columns and more are small. */
  wide: (widths: readonly number[], ...rows: readonly (readonly string[])[]): Json =>
    cells(widths, true, widths.length > 3 ? { size: 'Small' } : {}, rows),
  /** A title that opens and shuts what is under it. */
  fold: (id: string, title: string, ...items: readonly Json[]): readonly Json[] => {
    const sign = { color: 'Accent', weight: 'Bolder' };
    return [
      {
        type: 'ColumnSet',
        selectAction: {
          type: 'Action.ToggleVisibility',
          title,
          targetElements: [`${id}-shut`, `${id}-open`, id],
        },
        columns: [
          teams.col(
            '20px',
            { ...teams.words(teams.run('▸', sign)), id: `${id}-shut` },
            { ...teams.words(teams.run('▾', sign)), id: `${id}-open`, isVisible: false },
          ),
          teams.col('stretch', teams.words(teams.run(title, sign))),
        ],
      },
      { type: 'Container', id, isVisible: false, spacing: 'Small', items },
    ];
  },
  /** Action.Execute, with the Action.Submit that stands in for it on clients that lack it. */
  does: (title: string, verb: string, value: string, more: More = {}): Json => ({
    type: 'Action.Execute',
    title,
    ...more,
    verb,
    data: { value },
    fallback: { type: 'Action.Submit', title, ...more, data: { press: verb, value } },
  }),
  opens: (title: string, press: string, value: string, more: More = {}): Json => ({
    type: 'Action.Submit',
    title,
    ...more,
    data: { msteams: { type: 'task/fetch' }, press, value },
  }),
  asks: (question: string, title: string, action: Json, more: More = {}): Json => ({
    type: 'Action.ShowCard',
    title,
    ...more,
    card: {
      type: 'AdaptiveCard',
      body: [teams.words(teams.run(question, { weight: 'Bolder' }))],
      actions: [action],
    },
  }),
} as const;

/** The look of what is small and grey in Teams. */
export const muted = { size: 'Small', isSubtle: true } as const;
/** The same of a text with marks: a little apart from what is above, and right below it. */
export const apart = { ...muted, spacing: 'Small' } as const;
export const below = { ...muted, spacing: 'None' } as const;
export const bolder = { weight: 'Bolder' } as const;
export const required = { isRequired: true, errorMessage: 'Please fill this in.' } as const;

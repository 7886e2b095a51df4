import { expect, test } from 'vitest';
import { type Asked, type Field, type FieldKind, type Option, Problem, type Raw } from '../../src/core/kernel/index.ts';
import { checkView } from '../../src/playground/slack/index.ts';
import { drawForm } from '../../src/slack/render.ts';
import { asked } from './world.ts';

const formOf = (fields: Record<string, Field>, prior: Raw = {}, more: Partial<Asked> = {}): Asked => ({
  id: 'asked-1',
  form: { id: 'f', title: 'Form', submit: 'Send', fields },
  prior,
  errors: {},
  ...more,
});
type Input = { type: string; block_id: string; element: Record<string, unknown>; dispatch_action?: boolean };
/** The one input of a form with one field; the whole modal must be legal. */
function input(field: Field, prior?: unknown): Input {
  const modal = drawForm(formOf({ field }, prior === undefined ? {} : { field: prior }));
  expect(checkView(modal, 'modal')).toEqual([]);
  return modal.blocks.find((b) => b.type === 'input') as unknown as Input;
}
const options = (n: number): Option[] =>
  Array.from({ length: n }, (_, i) => ({ value: `v${i}`, label: `Option ${i}` }));
const label = 'Label';

/** One field of each kind: what it is drawn as, what fills it, and what it must not be filled with. */
const kinds: {
  readonly [K in FieldKind]: {
    readonly field: Extract<Field, { kind: K }>;
    readonly element: string;
    readonly action: string;
    readonly prior: readonly [value: unknown, drawn: Record<string, unknown>];
    readonly bad: readonly unknown[];
  };
} = {
  text: {
    field: { kind: 'text', label, multiline: true, max: 40, placeholder: 'What?' },
    element: 'plain_text_input',
    action: 'text',
    prior: ['hello', { initial_value: 'hello' }],
    bad: ['', 7n, {}],
  },
  number: {
    field: { kind: 'number', label, min: 1, max: 10, whole: true, unit: 'GiB' },
    element: 'number_input',
    action: 'number',
    prior: ['4', { initial_value: '4' }],
    bad: ['x', '4.5', '11', '0', '1e3', '9'.repeat(400)],
  },
  toggle: {
    field: { kind: 'toggle', label },
    element: 'radio_buttons',
    action: 'toggle',
    prior: [true, { initial_option: { text: { type: 'plain_text', text: 'Yes', emoji: false }, value: 'true' } }],
    bad: [],
  },
  date: {
    field: { kind: 'date', label },
    element: 'datepicker',
    action: 'date',
    prior: ['2026-03-02', { initial_date: '2026-03-02' }],
    bad: ['2026-13-02', 'tomorrow', ''],
  },
  time: {
    field: { kind: 'time', label },
    element: 'timepicker',
    action: 'time',
    prior: ['09:30', { initial_time: '09:30' }],
    bad: ['24:00', '9:30', 'noon'],
  },
  person: {
    field: { kind: 'person', label },
    element: 'users_select',
    action: 'person',
    prior: ['slack:T1/U2', { initial_user: 'U2' }],
    bad: ['teams:x/y', 'U2', 'slack:T1/<!channel>'],
  },
  scale: {
    field: { kind: 'scale', label, from: 1, to: 5, labels: ['a little', 'a lot'] },
    element: 'radio_buttons',
    action: 'scale',
    prior: [3, { initial_option: { text: { type: 'plain_text', text: '3', emoji: false }, value: '3' } }],
    bad: [6, 'x'],
  },
  choice: {
    field: { kind: 'choice', label, options: options(5) },
    element: 'radio_buttons',
    action: 'choice',
    prior: ['v1', { initial_option: { text: { type: 'plain_text', text: 'Option 1', emoji: false }, value: 'v1' } }],
    bad: ['v9', ''],
  },
  choices: {
    field: { kind: 'choices', label, options: options(3) },
    element: 'checkboxes',
    action: 'choices',
    prior: [
      ['v0', 'v9'],
      { initial_options: [{ text: { type: 'plain_text', text: 'Option 0', emoji: false }, value: 'v0' }] },
    ],
    bad: [['v9'], 'v0', []],
  },
  search: {
    field: { kind: 'search', label, source: 'services', placeholder: 'Type…' },
    element: 'external_select',
    action: 'search:services',
    prior: [
      'orders',
      {
        initial_option: { text: { type: 'plain_text', text: 'orders', emoji: false }, value: 'orders' },
        min_query_length: 1,
      },
    ],
    bad: ['x'.repeat(76), ''],
  },
};

test.each(Object.keys(kinds) as FieldKind[])('a field of kind %s', (kind) => {
  const { field, element, action, prior, bad } = kinds[kind];
  const fresh = input(field);
  expect(fresh.block_id).toBe('field');
  expect(fresh.element).toMatchObject({ type: element, action_id: action });
  expect(input(field, prior[0]).element).toMatchObject(prior[1]);
  // Slack refuses the whole view for one impossible initial value.
  for (const value of bad) {
    const initial = Object.keys(input(field, value).element).filter((key) => key.startsWith('initial_'));
    expect(initial, String(value)).toEqual([]);
  }
});

test('the numbers of a field', () => {
  expect(input(kinds.number.field)).toMatchObject({
    label: { text: 'Label (GiB)' },
    element: { is_decimal_allowed: false, min_value: '1', max_value: '10' },
  });
  expect(input({ kind: 'number', label }).element).toMatchObject({ is_decimal_allowed: true });
  expect(input({ kind: 'text', label, max: 9_000 }).element).toMatchObject({ max_length: 3_000 });
});

test('a scale says what its ends mean, and becomes a menu when it is long', () => {
  const { options: drawn } = input(kinds.scale.field).element as { options: { text: { text: string } }[] };
  expect(drawn.map((o) => o.text.text)).toEqual(['1 – a little', '2', '3', '4', '5 – a lot']);
  expect(input({ kind: 'scale', label, from: 0, to: 10, labels: ['no', 'yes'] }).element.type).toBe('static_select');
});

test('more options than are quick to read are a menu; more than a menu takes are an error', () => {
  expect(input({ kind: 'choice', label, options: options(6) }).element.type).toBe('static_select');
  expect(input({ kind: 'choices', label, options: options(100) }).element.type).toBe('multi_static_select');
  expect(() => input({ kind: 'choice', label, options: options(101) })).toThrow(Problem);
  expect(() => input({ kind: 'choices', label, options: options(101) })).toThrow(/search/);
});

test('a toggle nobody touched stands at No, and what waits for that No is shown', () => {
  const fields = {
    public: { kind: 'toggle', label: 'Public?' },
    who: { kind: 'text', label: 'Who may see it?', shownIf: { field: 'public', is: ['false'] } },
  } as const;
  const modal = drawForm(formOf(fields));
  expect(modal.blocks.map((b) => b.block_id)).toEqual(['public', 'who']);
  expect(modal.blocks[0]).toMatchObject({ dispatch_action: true, element: { initial_option: { value: 'false' } } });
});

test('only what is shown is drawn, and only what others depend on reports its changes', () => {
  const small = drawForm(asked({ prior: { size: 'small' } }));
  expect(small.blocks.map((b) => b.block_id)).toEqual(['size', 'name']);
  const large = drawForm(asked({ prior: { size: 'large' } }));
  expect(large.blocks.map((b) => b.block_id)).toEqual(['size', 'why', 'name']);
  expect(large.blocks.map((b) => (b as unknown as Input).dispatch_action)).toEqual([true, undefined, undefined]);
});

test('the modal carries the id of the form as asked, and nothing else', () => {
  const modal = drawForm(asked());
  expect(modal).toMatchObject({ private_metadata: 'asked-1', callback_id: 'request', submit: { text: 'Send' } });
  expect(checkView(modal, 'modal')).toEqual([]);
});

test('introductions, hints, optional fields and errors', () => {
  const given = formOf(
    { what: { kind: 'text', label: 'What', hint: 'One line.', optional: true }, why: { kind: 'text', label: 'Why' } },
    {},
    { errors: { why: 'Please fill <this> in.' } },
  );
  const modal = drawForm({ ...given, form: { ...given.form, intro: 'Tell us <!here>', title: 'T'.repeat(60) } });
  expect(checkView(modal, 'modal')).toEqual([]);
  expect(modal.title.text).toHaveLength(24);
  expect(modal.blocks).toMatchObject([
    { type: 'header', text: { text: 'T'.repeat(60) } },
    { type: 'context', elements: [{ type: 'plain_text', text: 'Tell us <!here>' }] },
    { block_id: 'what', optional: true, hint: { text: 'One line.' } },
    { block_id: 'why', optional: false },
    { type: 'context', elements: [{ type: 'plain_text', text: '⚠️ Please fill <this> in.' }] },
  ]);
});

test('a form that no modal holds is an error', () => {
  const fields = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, { kind: 'text', label } as const]));
  expect(() => drawForm(formOf(fields))).toThrow(/Split it/);
});

import type { InputBlock, InputBlockElement, KnownBlock, ModalView, PlainTextElement } from '@slack/types';
import {
  type Asked,
  clean,
  decides,
  type Field,
  type FieldKind,
  type Option,
  Problem,
  partsOf,
  pointsOf,
  type Raw,
  shorten,
  shown,
  textMax,
} from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';
import { plainText } from './rich-text.ts';

/**
 * A form as a modal. Names carry what decoding needs and nothing more: block_id is the field's name, action_id its
 * kind (a search names its source behind a colon), private_metadata the id of the form as it was asked.
 */

type Kind<K extends FieldKind> = Extract<Field, { readonly kind: K }>;
type DrawField<K extends FieldKind> = (field: Kind<K>, prior: unknown) => InputBlockElement;

const label = (text: string, max: number) => plainText(shorten(clean(text), max) || '…');
type SlackOption = { readonly text: PlainTextElement; readonly value: string };
const option = (o: Option): SlackOption => ({
  text: label(o.label, LIMITS.optionText),
  value: o.value,
});
/** What was typed before, when it is what the element could have sent: Slack refuses a view with any other initial value. */
const typed = (prior: unknown): string | undefined =>
  typeof prior === 'number' ? String(prior) : typeof prior === 'string' && prior !== '' ? clean(prior) : undefined;
const matching = (prior: unknown, pattern: RegExp): string | undefined => {
  const text = typed(prior);
  return text !== undefined && pattern.test(text) ? text : undefined;
};

/** As many options as one input takes. */
function offered(field: Field, options: readonly Option[]): readonly SlackOption[] {
  if (options.length === 0 || options.length > LIMITS.selectOptions)
    throw new Problem(
      'form_malformed',
      `${field.label} has ${options.length} options; Slack takes 1 to ${LIMITS.selectOptions}. Use a field of kind search.`,
    );
  return options.map(option);
}

function oneOf(field: Field, options: readonly Option[], radios: number, prior: unknown): InputBlockElement {
  const drawn = [...offered(field, options)];
  const chosen = drawn.find((o) => o.value === typed(prior));
  const common = { action_id: field.kind, options: drawn, ...(chosen ? { initial_option: chosen } : {}) };
  return drawn.length <= radios ? { type: 'radio_buttons', ...common } : { type: 'static_select', ...common };
}

/** A toggle is two radio buttons: Slack calls a single checkbox that may stay empty “optional”. */
const yesNo: readonly Option[] = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

const inputs: { readonly [K in FieldKind]: DrawField<K> } = {
  text: (f, prior) => {
    const max = Math.min(f.max ?? textMax, LIMITS.inputText);
    const before = typed(prior);
    return {
      type: 'plain_text_input',
      action_id: 'text',
      multiline: f.multiline === true,
      max_length: max,
      ...(before ? { initial_value: before.slice(0, max).toWellFormed() } : {}),
      ...(f.placeholder ? { placeholder: label(f.placeholder, LIMITS.placeholder) } : {}),
    };
  },
  number: (f, prior) => {
    const before = matching(prior, /^-?\d{1,15}(\.\d{1,6})?$/);
    const fits = before && Number(before) >= (f.min ?? -Infinity) && Number(before) <= (f.max ?? Infinity);
    const allowed = fits && (!f.whole || Number.isInteger(Number(before)));
    return {
      type: 'number_input',
      action_id: 'number',
      is_decimal_allowed: f.whole !== true,
      ...(f.min === undefined ? {} : { min_value: String(f.min) }),
      ...(f.max === undefined ? {} : { max_value: String(f.max) }),
      ...(allowed ? { initial_value: before } : {}),
    };
  },
  toggle: (f, prior) => oneOf(f, yesNo, yesNo.length, String(prior === true || prior === 'true')),
  date: (_f, prior) => {
    const before = matching(prior, /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
    return { type: 'datepicker', action_id: 'date', ...(before ? { initial_date: before } : {}) };
  },
  time: (_f, prior) => {
    const before = matching(prior, /^([01]\d|2[0-3]):[0-5]\d$/);
    return { type: 'timepicker', action_id: 'time', ...(before ? { initial_time: before } : {}) };
  },
  person: (_f, prior) => {
    const before = matching(prior, /^slack:[^/\s]+\/[UW][A-Z0-9]+$/);
    const user = before && partsOf(before as Parameters<typeof partsOf>[0]).local;
    return { type: 'users_select', action_id: 'person', ...(user ? { initial_user: user } : {}) };
  },
  scale: (f, prior) => oneOf(f, pointsOf(f), LIMITS.scaleOptions, prior),
  choice: (f, prior) => oneOf(f, f.options, LIMITS.radioOptions, prior),
  choices: (f, prior) => {
    const drawn = [...offered(f, f.options)];
    const before = Array.isArray(prior) ? prior.map(String) : [];
    const chosen = drawn.filter((o) => before.includes(o.value));
    const initial = chosen.length > 0 ? { initial_options: chosen } : {};
    return drawn.length <= LIMITS.radioOptions
      ? { type: 'checkboxes', action_id: 'choices', options: drawn, ...initial }
      : { type: 'multi_static_select', action_id: 'choices', options: drawn, ...initial };
  },
  search: (f, prior) => {
    const before = typed(prior);
    return {
      type: 'external_select',
      action_id: `search:${f.source}`,
      min_query_length: 1,
      // Only the value is kept of what was chosen before, so the value is shown.
      ...(before && before.length <= LIMITS.optionValue
        ? { initial_option: option({ value: before, label: before }) }
        : {}),
      ...(f.placeholder ? { placeholder: label(f.placeholder, LIMITS.placeholder) } : {}),
    };
  },
};

const unitOf = (field: Field): string => (field.kind === 'number' && field.unit ? ` (${field.unit})` : '');

function input(asked: Asked, name: string, field: Field, prior: Raw): InputBlock {
  return {
    type: 'input',
    block_id: name,
    label: label(field.label + unitOf(field), LIMITS.inputLabel),
    element: inputs[field.kind](field as never, prior[name]),
    optional: field.optional === true,
    ...(field.hint ? { hint: label(field.hint, LIMITS.inputHint) } : {}),
    ...(decides(asked.form.fields, name) ? { dispatch_action: true } : {}),
  };
}

/** What the fields hold when the form is shown: a toggle nobody touched stands at No. */
export function startingFrom(asked: Asked): Raw {
  const toggles = Object.entries(asked.form.fields).filter(([, field]) => field.kind === 'toggle');
  return { ...Object.fromEntries(toggles.map(([name]) => [name, false])), ...asked.prior };
}

/** The names of the fields that `drawForm` draws, in order. */
export const drawnFields = (asked: Asked): readonly string[] => shown(asked.form.fields, startingFrom(asked));

/**
 * The modal of a form as asked: only the fields that are shown, filled with what was typed before. Errors stand under
 * their fields in words, for the times when Slack's own red ones cannot be used (a field that was not there before).
 */
export function drawForm(asked: Asked): ModalView {
  const prior = startingFrom(asked);
  const { form } = asked;
  const blocks: KnownBlock[] = [];
  if (form.title.length > LIMITS.modalTitle)
    blocks.push({ type: 'header', text: label(form.title, LIMITS.headerText) });
  if (form.intro) blocks.push({ type: 'context', elements: [label(form.intro, LIMITS.contextText)] });
  for (const name of drawnFields(asked)) {
    const field = form.fields[name];
    if (!field) continue;
    blocks.push(input(asked, name, field, prior));
    const error = asked.errors[name];
    if (error) blocks.push({ type: 'context', elements: [label(`⚠️ ${error}`, LIMITS.contextText)] });
  }
  if (blocks.length > LIMITS.viewBlocks)
    throw new Problem('form_malformed', `The form ${form.id} has ${blocks.length} blocks; Slack takes 100. Split it.`);
  return {
    type: 'modal',
    callback_id: form.id.slice(0, LIMITS.identifier),
    private_metadata: asked.id,
    title: label(form.title, LIMITS.modalTitle),
    submit: label(form.submit, LIMITS.modalButton),
    close: plainText('Cancel'),
    blocks,
  };
}

import { elementsOf } from './check.ts';
import { characters, isObject, type JsonObject, objects, stringAt } from './json.ts';
import type { InputAnswer, SlackBlock, StateValue, StateValues } from './types.ts';

/** How a person's answer becomes `view.state.values`, element by element, in the shapes that Slack sends. */

type Kind = {
  /** The value when the view is first shown. */
  initial(element: JsonObject): JsonObject;
  /** The value after the person has answered. `known` are options an external source has offered. */
  answered(element: JsonObject, answer: InputAnswer, known: readonly JsonObject[]): JsonObject;
};

const orNull = (value: unknown): unknown => (value === undefined || value === '' ? null : value);
const asList = (answer: InputAnswer): readonly (string | JsonObject)[] =>
  Array.isArray(answer)
    ? answer
    : answer === null || answer === ''
      ? []
      : [typeof answer === 'number' ? String(answer) : (answer as string | JsonObject)];

/** The option with that value. One that was never offered is made up, as a tampering client would. */
function optionOf(element: JsonObject, choice: string | JsonObject, known: readonly JsonObject[]): JsonObject {
  if (isObject(choice)) return choice;
  const offered = [
    ...objects(element.options),
    ...objects(element.option_groups).flatMap((group) => objects(group.options)),
    ...known,
  ];
  return (
    offered.find((each) => each.value === choice) ?? {
      text: { type: 'plain_text', text: choice, emoji: true },
      value: choice,
    }
  );
}

const typed: Kind = {
  initial: (element) => ({ value: orNull(element.initial_value) }),
  answered: (_element, answer) => ({ value: answer === null || answer === '' ? null : String(answer) }),
};

const oneOption: Kind = {
  initial: (element) => ({ selected_option: element.initial_option ?? null }),
  answered(element, answer, known) {
    const [choice] = asList(answer);
    return { selected_option: choice === undefined ? null : optionOf(element, choice, known) };
  },
};

const manyOptions: Kind = {
  initial: (element) => ({ selected_options: objects(element.initial_options) }),
  answered: (element, answer, known) => ({
    selected_options: asList(answer).map((choice) => optionOf(element, choice, known)),
  }),
};

const one = (name: string, from: string): Kind => ({
  initial: (element) => ({ [name]: element[from] ?? null }),
  answered: (_element, answer) => ({ [name]: orNull(asList(answer)[0]) }),
});

const many = (name: string, from: string): Kind => ({
  initial: (element) => ({ [name]: element[from] ?? [] }),
  answered: (_element, answer) => ({ [name]: asList(answer) }),
});

/** Every element kind that keeps a state. Buttons and overflow menus keep none. */
const KINDS: { readonly [type: string]: Kind } = {
  plain_text_input: typed,
  number_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  static_select: oneOption,
  external_select: oneOption,
  radio_buttons: oneOption,
  multi_static_select: manyOptions,
  multi_external_select: manyOptions,
  checkboxes: manyOptions,
  users_select: one('selected_user', 'initial_user'),
  channels_select: one('selected_channel', 'initial_channel'),
  conversations_select: one('selected_conversation', 'initial_conversation'),
  multi_users_select: many('selected_users', 'initial_users'),
  multi_channels_select: many('selected_channels', 'initial_channels'),
  multi_conversations_select: many('selected_conversations', 'initial_conversations'),
  datepicker: one('selected_date', 'initial_date'),
  timepicker: {
    initial: (element) => ({
      selected_time: element.initial_time ?? null,
      ...(element.timezone ? { timezone: element.timezone } : {}),
    }),
    answered: (element, answer) => ({
      selected_time: orNull(answer),
      ...(element.timezone ? { timezone: element.timezone } : {}),
    }),
  },
  datetimepicker: {
    initial: (element) => ({ selected_date_time: element.initial_date_time ?? null }),
    answered: (_element, answer) => ({ selected_date_time: answer === null || answer === '' ? null : Number(answer) }),
  },
  rich_text_input: {
    initial: (element) => (element.initial_value ? { rich_text_value: element.initial_value } : {}),
    answered: (_element, answer) => (isObject(answer) ? { rich_text_value: answer } : {}),
  },
  file_input: { initial: () => ({ files: [] }), answered: (_element, answer) => ({ files: asList(answer) }) },
};

/** An overflow menu keeps no state, but its press carries the option. */
const overflow: Kind = oneOption;

export type Held = {
  readonly block: SlackBlock;
  readonly element: JsonObject;
  readonly blockId: string;
  readonly actionId: string;
};

/** Every interactive element of the blocks, with its ids. */
export function heldBy(blocks: readonly SlackBlock[]): readonly Held[] {
  return blocks.flatMap((block) =>
    elementsOf(block).map(({ element }) => ({
      block,
      element,
      blockId: block.block_id ?? '',
      actionId: stringAt(element, 'action_id') ?? '',
    })),
  );
}

/** The state of freshly shown blocks; `kept` is what the person had already entered, and survives where block, action and kind are the same. */
export function stateOf(blocks: readonly SlackBlock[], kept: StateValues = {}): StateValues {
  const values: { [blockId: string]: { [actionId: string]: StateValue } } = {};
  for (const { element, blockId, actionId } of heldBy(blocks)) {
    const type = stringAt(element, 'type') ?? '';
    const kind = KINDS[type];
    if (!kind) continue;
    const before = kept[blockId]?.[actionId];
    values[blockId] = {
      ...values[blockId],
      [actionId]: before?.type === type ? before : { type, ...kind.initial(element) },
    };
  }
  return values;
}

/** The state value of one element after the person's answer. */
export function answeredValue(element: JsonObject, answer: InputAnswer, known: readonly JsonObject[] = []): StateValue {
  const type = stringAt(element, 'type') ?? '';
  const kind = type === 'overflow' ? overflow : KINDS[type];
  if (!kind) throw new Error(`An element of type ${type || 'unknown'} takes no answer: press it instead.`);
  return { type, ...kind.answered(element, answer, known) };
}

/** Is nothing entered? An empty required field is refused by Slack's client before the app hears of it. */
function isEmpty(value: StateValue | undefined): boolean {
  return (
    !value ||
    Object.entries(value).every(
      ([key, each]) =>
        key === 'type' || key === 'timezone' || each === null || (Array.isArray(each) && each.length === 0),
    )
  );
}

const at = (element: JsonObject, key: string): number | undefined => {
  const found = element[key];
  return found === undefined ? undefined : Number(found);
};

function problemOf(element: JsonObject, value: StateValue): string | undefined {
  const text = stringAt(value, 'value') ?? '';
  const min = at(element, 'min_length') ?? 0;
  const max = at(element, 'max_length') ?? Number.POSITIVE_INFINITY;
  const length = characters(text);
  if (element.type === 'plain_text_input' && length < min) return `Please enter at least ${min} characters.`;
  if (element.type === 'plain_text_input' && length > max) return `Please enter at most ${max} characters.`;
  if (element.type === 'number_input') {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(number)) return 'Please enter a number.';
    if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.';
    if (number < (at(element, 'min_value') ?? -Infinity))
      return `Please enter a number that is at least ${element.min_value}.`;
    if (number > (at(element, 'max_value') ?? Infinity))
      return `Please enter a number that is at most ${element.max_value}.`;
  }
  if (element.type === 'email_text_input' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
    return 'Please enter a valid email address.';
  if (element.type === 'url_text_input' && !URL.canParse(text)) return 'Please enter a valid URL.';
  const chosen = Object.values(value).find(Array.isArray);
  const most = at(element, 'max_selected_items');
  return chosen && most !== undefined && chosen.length > most ? `Please choose at most ${most}.` : undefined;
}

/** What Slack's client itself refuses before it submits: block_id -> the words under the field. Empty when the form may go. */
export function clientErrors(
  blocks: readonly SlackBlock[],
  values: StateValues,
): { readonly [blockId: string]: string } {
  const errors: { [blockId: string]: string } = {};
  for (const { block, element, blockId, actionId } of heldBy(blocks)) {
    if (block.type !== 'input') continue;
    const value = values[blockId]?.[actionId];
    if (isEmpty(value)) {
      if (block.optional !== true) errors[blockId] = 'Please complete this required field.';
      continue;
    }
    const problem = value && problemOf(element, value);
    if (problem) errors[blockId] = problem;
  }
  return errors;
}

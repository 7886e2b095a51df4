import { confirm, optionGroup, picture, plainOption, plainText, richOption } from './composition.ts';
import { isObject, type JsonObject, objects } from './json.ts';
import { LIMITS } from './limits.ts';
import { richText } from './rich-text.ts';
import {
  also,
  boolean,
  byType,
  type Check,
  type Fields,
  integer,
  list,
  number,
  object,
  oneOf,
  pattern,
  required,
  shape,
  string,
  wrong,
} from './schema.ts';

/** The elements of Block Kit, and where each may stand. */

const base = (type: string): Fields => ({ type: required(oneOf(type)), action_id: string(LIMITS.actionId, 1) });
const focus: Fields = { focus_on_load: boolean };
const confirmable: Fields = { confirm };
const hinted: Fields = { placeholder: plainText(LIMITS.placeholder) };
const dispatched: Fields = {
  dispatch_action_config: shape({ trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2, 1) }),
};
const several: Fields = { max_selected_items: integer(1, LIMITS.selectOptions) };
const select = (type: string, fields: Fields): Check =>
  shape({ ...base(type), ...focus, ...confirmable, ...hinted, ...fields });

const key = (choice: unknown): string => JSON.stringify(isObject(choice) ? [choice.value, choice.text] : choice);

/** Options stand either flat or in groups, and what is chosen at first is among them. */
function withOptions(check: Check): Check {
  return also(check, (value, at) => {
    if ((value.options === undefined) === (value.option_groups === undefined)) {
      return [wrong('must define either `options` or `option_groups`', at)];
    }
    const offered = [
      ...objects(value.options),
      ...objects(value.option_groups).flatMap((group) => objects(group.options)),
    ].map(key);
    const initial = [
      ...objects(value.initial_options),
      ...(isObject(value.initial_option) ? [value.initial_option] : []),
    ];
    return initial.some((choice) => !offered.includes(key(choice)))
      ? [wrong('initial option must exactly match one of the options', at)]
      : [];
  });
}

const options: Fields = {
  options: list(plainOption, LIMITS.selectOptions, 1),
  option_groups: list(optionGroup, LIMITS.optionGroups, 1),
};
const choices: Fields = { options: required(list(richOption, LIMITS.choiceOptions, 1)) };
const url: Check = string(LIMITS.buttonUrl);
const id: Check = string(255, 1);
const filter = shape({
  include: list(oneOf('im', 'mpim', 'private', 'public'), 4, 1),
  exclude_external_shared_channels: boolean,
  exclude_bot_users: boolean,
});
const conversations: Fields = { default_to_current_conversation: boolean, filter };

/** One check per element kind. */
const ELEMENTS: { readonly [type: string]: Check } = {
  button: shape({
    ...base('button'),
    ...confirmable,
    text: required(plainText(LIMITS.buttonText)),
    value: string(LIMITS.buttonValue),
    url,
    style: oneOf('primary', 'danger'),
    accessibility_label: string(LIMITS.accessibilityLabel),
  }),
  workflow_button: shape({
    ...base('workflow_button'),
    ...confirmable,
    text: required(plainText(LIMITS.buttonText)),
    workflow: required(object),
    style: oneOf('primary', 'danger'),
    accessibility_label: string(LIMITS.accessibilityLabel),
  }),
  overflow: shape({
    ...base('overflow'),
    ...confirmable,
    options: required(list(plainOption, LIMITS.overflowOptions, 1)),
  }),
  image: picture({}),
  checkboxes: withOptions(
    shape({
      ...base('checkboxes'),
      ...focus,
      ...confirmable,
      ...choices,
      initial_options: list(richOption, LIMITS.choiceOptions, 1),
    }),
  ),
  radio_buttons: withOptions(
    shape({ ...base('radio_buttons'), ...focus, ...confirmable, ...choices, initial_option: richOption }),
  ),
  static_select: withOptions(select('static_select', { ...options, initial_option: plainOption })),
  multi_static_select: withOptions(
    select('multi_static_select', {
      ...several,
      ...options,
      initial_options: list(plainOption, LIMITS.selectOptions, 1),
    }),
  ),
  external_select: select('external_select', { initial_option: plainOption, min_query_length: integer(0, 3000) }),
  multi_external_select: select('multi_external_select', {
    ...several,
    initial_options: list(plainOption, LIMITS.selectOptions, 1),
    min_query_length: integer(0, 3000),
  }),
  users_select: select('users_select', { initial_user: id }),
  multi_users_select: select('multi_users_select', { ...several, initial_users: list(id, LIMITS.selectOptions) }),
  channels_select: select('channels_select', { initial_channel: id, response_url_enabled: boolean }),
  multi_channels_select: select('multi_channels_select', {
    ...several,
    initial_channels: list(id, LIMITS.selectOptions),
  }),
  conversations_select: select('conversations_select', {
    ...conversations,
    initial_conversation: id,
    response_url_enabled: boolean,
  }),
  multi_conversations_select: select('multi_conversations_select', {
    ...several,
    ...conversations,
    initial_conversations: list(id, LIMITS.selectOptions),
  }),
  datepicker: select('datepicker', { initial_date: pattern(/^\d{4}-\d{2}-\d{2}$/) }),
  timepicker: select('timepicker', { initial_time: pattern(/^([01]\d|2[0-3]):[0-5]\d$/), timezone: string(255) }),
  datetimepicker: shape({
    ...base('datetimepicker'),
    ...focus,
    ...confirmable,
    initial_date_time: integer(1_000_000_000, 9_999_999_999),
  }),
  plain_text_input: shape({
    ...base('plain_text_input'),
    ...focus,
    ...hinted,
    ...dispatched,
    initial_value: string(LIMITS.plainTextInput),
    multiline: boolean,
    min_length: integer(0, LIMITS.plainTextInput),
    max_length: integer(1, LIMITS.plainTextInput),
  }),
  number_input: shape({
    ...base('number_input'),
    ...focus,
    ...hinted,
    ...dispatched,
    is_decimal_allowed: required(boolean),
    initial_value: string(255),
    min_value: string(255),
    max_value: string(255),
  }),
  email_text_input: shape({
    ...base('email_text_input'),
    ...focus,
    ...hinted,
    ...dispatched,
    initial_value: string(LIMITS.plainTextInput),
  }),
  url_text_input: shape({
    ...base('url_text_input'),
    ...focus,
    ...hinted,
    ...dispatched,
    initial_value: string(LIMITS.plainTextInput),
  }),
  rich_text_input: shape({
    ...base('rich_text_input'),
    ...focus,
    ...hinted,
    ...dispatched,
    initial_value: richText,
    min_lines: integer(1, 100),
    max_lines: integer(1, 100),
  }),
  file_input: shape({
    ...base('file_input'),
    filetypes: list(string(255), 100),
    max_files: integer(1, LIMITS.fileInputFiles),
  }),
  feedback_buttons: shape({
    ...base('feedback_buttons'),
    positive_button: required(object),
    negative_button: required(object),
  }),
  icon_button: shape({
    ...base('icon_button'),
    ...confirmable,
    icon: required(string(255, 1)),
    text: required(plainText(LIMITS.buttonText)),
    value: string(LIMITS.buttonValue),
    accessibility_label: string(LIMITS.accessibilityLabel),
    visible_to_user_ids: list(id, LIMITS.selectOptions),
  }),
  url: shape({ type: required(oneOf('url')), url: required(url), text: required(string(LIMITS.sectionText)) }),
  raw_text: shape({ type: required(oneOf('raw_text')), text: required(string(LIMITS.tableCharacters, 1)) }),
  raw_number: shape({
    type: required(oneOf('raw_number')),
    text: required(string(LIMITS.tableCharacters, 1)),
    value: required(number),
  }),
};

const menus = ['static_select', 'external_select', 'users_select', 'channels_select', 'conversations_select'] as const;
const multiMenus = menus.map((menu) => `multi_${menu}`);
const pickers = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker'] as const;

/** Which elements each block takes. */
export const PLACES = {
  // Slack refuses multi-select menus in an actions block ("unsupported element: multiselect"), although @slack/types lists them.
  actions: ['button', 'workflow_button', 'overflow', ...pickers, 'datetimepicker', ...menus, 'rich_text_input'],
  accessory: ['button', 'workflow_button', 'overflow', 'image', ...pickers, ...menus, ...multiMenus],
  input: [
    ...['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'rich_text_input', 'file_input'],
    ...[...pickers, 'datetimepicker', ...menus, ...multiMenus],
  ],
  contextActions: ['feedback_buttons', 'icon_button'],
  cell: ['raw_text', 'raw_number'],
} as const;

/** The check for an element that stands in `place`. */
export function elementIn(place: keyof typeof PLACES, more: { readonly [type: string]: Check } = {}): Check {
  const allowed = Object.fromEntries(
    PLACES[place].flatMap((type) => (ELEMENTS[type] ? [[type, ELEMENTS[type]] as const] : [])),
  );
  return byType(
    { ...allowed, ...more },
    (type) => `unsupported element: ${type.startsWith('multi_') ? 'multiselect' : type}`,
  );
}

/** Does this element wait for a person? Those without are pictures and table cells. */
export function isInteractive(element: JsonObject): boolean {
  return (
    typeof element.type === 'string' &&
    ELEMENTS[element.type] !== undefined &&
    !['image', 'url', 'raw_text', 'raw_number'].includes(element.type)
  );
}

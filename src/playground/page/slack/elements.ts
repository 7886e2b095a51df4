import { combobox } from '../combobox.ts';
import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import { openMenu } from '../menu.ts';
import { confirm } from '../sheet.ts';
import { store } from '../store.ts';
import type { Choice, InputAnswer, Json } from '../wire.ts';
import { isObject, list, object, objects, text, words } from './json.ts';
import { drawText } from './text.ts';

/** Where an element stands, and what becomes of what a person does with it. */
export type Use = {
  readonly client: HTMLElement;
  readonly block: string;
  /** The element's state where the server keeps one; `undefined` when it is as the app drew it. */
  readonly state: Json | undefined;
  /** How it is called when it has no label of its own. */
  readonly label: string;
  readonly labelledBy?: string;
  readonly describedBy?: string;
  /** Names this element among all that can wait for an answer. */
  readonly wait: string;
  /** A button was pressed, or something was chosen. */
  readonly answer: (value: InputAnswer | undefined) => void;
  /** Something was typed, but the person has not left the field yet. */
  readonly typed: (value: InputAnswer) => void;
  readonly suggest: (typed: string) => Promise<readonly Choice[]>;
};
type Draw = (element: Json, use: Use) => HTMLElement;

const named = (use: Use): Record<string, string> => ({
  ...(use.labelledBy ? { 'aria-labelledby': use.labelledBy } : { 'aria-label': use.label }),
  ...(use.describedBy ? { 'aria-describedby': use.describedBy } : {}),
});

/** Asks first, when the element says so. */
const guarded =
  (element: Json, use: Use, act: () => void): (() => void) =>
  () => {
    if (!isObject(element.confirm)) return act();
    const asked = element.confirm;
    void confirm(use.client, {
      title: words(asked, 'title') || 'Are you sure?',
      text: h('p', {}, drawText(asked.text)),
      yes: words(asked, 'confirm') || 'Yes',
      no: words(asked, 'deny') || 'No',
      danger: text(asked, 'style') === 'danger',
    }).then((yes) => yes && act());
  };

const choice = (option: Json): Choice => ({ title: words(option, 'text'), value: text(option, 'value') });
const choices = (element: Json): readonly Choice[] =>
  [...list(element, 'options'), ...list(element, 'option_groups').flatMap((group) => list(group, 'options'))].map(
    choice,
  );
const matching = (all: readonly Choice[], typed: string): readonly Choice[] =>
  all.filter((each) => each.title.toLowerCase().includes(typed.toLowerCase()));

type Finds = (element: Json, use: Use) => (typed: string) => Promise<readonly Choice[]> | readonly Choice[];
const fromOptions: Finds = (element) => (typed) => matching(choices(element), typed);
const fromApp: Finds = (_, use) => use.suggest;
const fromPeople: Finds = () => (typed) =>
  matching(
    (store.state?.slack.users ?? []).map(({ id, realName }) => ({ title: realName, value: id })),
    typed,
  );
const fromChannels: Finds = () => (typed) =>
  matching(
    (store.state?.slack.channels ?? []).filter((c) => c.name).map(({ id, name }) => ({ title: `#${name}`, value: id })),
    typed,
  );

const optionOf = (value: unknown): readonly Choice[] => objects(Array.isArray(value) ? value : [value]).map(choice);
const idOf =
  (find: Finds) =>
  (value: unknown, element: Json, use: Use): readonly Choice[] => {
    const ids = (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');
    const known = find(element, use)('') as readonly Choice[];
    return ids.map((id) => known.find((each) => each.value === id) ?? { title: id, value: id });
  };

/** A menu: how it is searched, and under which key its choice is kept and first given. */
function menu(find: Finds, read: (value: unknown, element: Json, use: Use) => readonly Choice[], key: string): Draw {
  return (element, use) => {
    const many = text(element, 'type').startsWith('multi_');
    const kept = `selected_${key}${many ? 's' : ''}`;
    const first = `initial_${key}${many ? 's' : ''}`;
    const given = use.state ? use.state[kept] : element[first];
    const external = find === fromApp;
    return combobox({
      label: use.label,
      ...(use.labelledBy ? { labelledBy: use.labelledBy } : {}),
      placeholder: words(element, 'placeholder') || (external ? 'Type to search' : 'Choose'),
      chosen: read(given, element, use),
      many,
      find: find(element, use),
      from: external ? Number(element.min_query_length ?? 3) : 0,
      onChange: (chosen) => {
        const values = chosen.map((each) => each.value);
        use.answer(many ? values : (values[0] ?? null));
      },
    });
  };
}

function boxes(kind: 'radio' | 'checkbox'): Draw {
  const [kept, first] =
    kind === 'radio' ? ['selected_option', 'initial_option'] : ['selected_options', 'initial_options'];
  return (element, use) => {
    const chosen = new Set(optionOf(use.state ? use.state[kept] : element[first]).map((each) => each.value));
    const group = h('div', { class: 'boxes', role: kind === 'radio' ? 'radiogroup' : 'group', ...named(use) });
    group.append(
      ...list(element, 'options').map((option) => {
        const value = text(option, 'value');
        const box = h('input', { type: kind, name: use.wait, value, checked: chosen.has(value) });
        return h(
          'label',
          { class: 'box' },
          box,
          h(
            'span',
            {},
            drawText(option.text),
            isObject(option.description) && h('small', {}, drawText(option.description)),
          ),
        );
      }),
    );
    group.addEventListener('change', () => {
      const values = [...group.querySelectorAll<HTMLInputElement>('input:checked')].map((each) => each.value);
      use.answer(kind === 'radio' ? (values[0] ?? null) : values);
    });
    return group;
  };
}

/** A field in which one types. */
const field = (type: 'text' | 'number' | 'email' | 'url'): Draw => {
  return (element, use) => {
    const value = use.state ? text(use.state, 'value') : text(element, 'initial_value');
    const props = {
      ...named(use),
      class: 'field',
      placeholder: words(element, 'placeholder') || undefined,
      value,
    };
    const long = element.multiline === true;
    const made = long
      ? h('textarea', { ...props, rows: 4 })
      : // The bot's own answer to a wrong number is the one to be seen, not the browser's.
        h('input', {
          ...props,
          type: type === 'number' ? 'text' : type,
          ...(type === 'number' ? { inputmode: 'decimal' } : {}),
        });
    const max = Number(element.max_length ?? 0);
    const left = h('small', { class: 'left', 'aria-hidden': 'true' });
    const count = (): void => {
      const room = max - [...made.value].length;
      left.textContent = max > 0 && room < Math.max(20, max * 0.1) ? String(room) : '';
      left.classList.toggle('over', room < 0);
    };
    made.addEventListener('input', () => {
      use.typed(made.value);
      count();
    });
    made.addEventListener('change', () => {
      if (!made.closest('[data-closing]')) use.answer(made.value);
    });
    count();
    return h('span', { class: 'typing' }, made, left);
  };
};

const picker =
  (type: 'date' | 'time', key: string): Draw =>
  (element, use) => {
    const value = use.state ? text(use.state, `selected_${key}`) : text(element, `initial_${key}`);
    const made = h('input', { ...named(use), class: 'field picker', type, value });
    made.addEventListener('change', () => use.answer(made.value === '' ? null : made.value));
    return made;
  };

const button: Draw = (element, use) => {
  const style = text(element, 'style');
  const url = text(element, 'url');
  const made = h(
    'button',
    {
      type: 'button',
      class: `button ${style ? `button-${style}` : ''}`,
      'data-busy': use.wait,
      'aria-label': text(element, 'accessibility_label') || undefined,
      onclick: guarded(element, use, () => {
        if (/^https?:\/\//i.test(url)) open(url, '_blank', 'noopener');
        // A button without a value sends none: the workspace knows what it carries.
        use.answer(text(element, 'value') || undefined);
      }),
    },
    h('span', {}, drawText(element.text)),
  );
  return made;
};

const overflow: Draw = (element, use) => {
  const made = h(
    'button',
    {
      type: 'button',
      class: 'button overflow',
      'aria-label': 'More options',
      'aria-haspopup': 'menu',
      'data-busy': use.wait,
    },
    icon('more'),
  );
  made.addEventListener('click', () =>
    openMenu(
      made,
      'More options',
      choices(element).map(({ title, value }) => ({ title, pick: guarded(element, use, () => use.answer(value)) })),
    ),
  );
  return made;
};

export const picture = (element: Json): HTMLElement =>
  h('img', {
    src: text(element, 'image_url') || `/playground/file/${text(object(element, 'slack_file'), 'id')}`,
    alt: text(element, 'alt_text'),
    loading: 'lazy',
  });

const draws: { readonly [type: string]: Draw } = {
  button,
  overflow,
  image: (element) => picture(element),
  static_select: menu(fromOptions, optionOf, 'option'),
  multi_static_select: menu(fromOptions, optionOf, 'option'),
  external_select: menu(fromApp, optionOf, 'option'),
  multi_external_select: menu(fromApp, optionOf, 'option'),
  users_select: menu(fromPeople, idOf(fromPeople), 'user'),
  multi_users_select: menu(fromPeople, idOf(fromPeople), 'user'),
  channels_select: menu(fromChannels, idOf(fromChannels), 'channel'),
  multi_channels_select: menu(fromChannels, idOf(fromChannels), 'channel'),
  conversations_select: menu(fromChannels, idOf(fromChannels), 'conversation'),
  multi_conversations_select: menu(fromChannels, idOf(fromChannels), 'conversation'),
  radio_buttons: boxes('radio'),
  checkboxes: boxes('checkbox'),
  plain_text_input: field('text'),
  number_input: field('number'),
  email_text_input: field('email'),
  url_text_input: field('url'),
  datepicker: picker('date', 'date'),
  timepicker: picker('time', 'time'),
};

/** One element of Block Kit. */
export function drawElement(element: Json, use: Use): Child {
  const type = text(element, 'type');
  return Object.hasOwn(draws, type) ? draws[type]?.(element, use) : h('code', { class: 'unknown' }, type);
}

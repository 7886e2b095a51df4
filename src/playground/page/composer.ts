import { h, newId } from './dom.ts';
import { icon } from './icons.ts';
import { store } from './store.ts';

export type Suggestion = {
  readonly title: string;
  /** What can follow it. */
  readonly hint?: string;
  readonly note: string;
  readonly insert: string;
};

type Options = {
  /** Controls beside the field: shortcuts, mentions. */
  readonly tools: readonly HTMLElement[];
  /** What could be meant by what is typed so far. */
  readonly suggest: (typed: string) => readonly Suggestion[];
  /** Sends it; false when it can't be sent, and stays. */
  readonly send: (text: string) => Promise<boolean>;
};

export type Composer = {
  readonly element: HTMLElement;
  /** Moves to a place, with what was half-written there. */
  use(place: { readonly key: string; readonly label: string; readonly placeholder: string }): void;
  /** Writes for the person, who can still change it. */
  write(text: string): void;
  focus(): void;
};

/** Where messages are written. Enter sends, Shift and Enter begins a new line, Esc closes what is suggested. */
export function createComposer({ tools, suggest, send }: Options): Composer {
  let key = '';
  let offered: readonly Suggestion[] = [];
  let at = 0;
  let closed = false;
  const listId = newId();
  const field = h('textarea', {
    rows: 1,
    class: 'composer-field',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': listId,
    'aria-expanded': 'false',
  });
  const list = h('div', {
    class: 'suggestions',
    id: listId,
    role: 'listbox',
    'aria-label': 'Suggestions',
    hidden: true,
  });
  const submit = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', disabled: true }, icon('send'));
  const element = h(
    'form',
    { class: 'composer', autocomplete: 'off' },
    list,
    field,
    h('div', { class: 'composer-tools' }, tools, submit),
  );

  const point = (to: number): void => {
    at = (to + offered.length) % offered.length;
    [...list.children].forEach((row, nth) => {
      row.classList.toggle('pointed', nth === at);
      row.setAttribute('aria-selected', String(nth === at));
      if (nth === at) field.setAttribute('aria-activedescendant', row.id);
    });
  };
  const write = (text: string): void => {
    field.value = text;
    changed();
  };
  const take = (nth: number): void => {
    const chosen = offered[nth];
    if (chosen) write(chosen.insert);
    field.focus();
  };
  function changed(): void {
    store.drafts.set(key, field.value);
    submit.disabled = field.value.trim() === '';
    field.style.height = 'auto';
    // A client that is not shown has no height to go by; and a field's own borders are no part of what scrolls in it.
    const height = field.scrollHeight + field.offsetHeight - field.clientHeight;
    if (height > 0) field.style.height = `${Math.min(160, height)}px`;
    offered = closed ? [] : suggest(field.value);
    list.hidden = offered.length === 0;
    field.setAttribute('aria-expanded', String(offered.length > 0));
    if (offered.length === 0) field.removeAttribute('aria-activedescendant');
    list.replaceChildren(
      ...offered.map((each, nth) =>
        h(
          'div',
          {
            id: `${listId}-${nth}`,
            role: 'option',
            onpointerdown: (event: PointerEvent) => {
              event.preventDefault();
              take(nth);
            },
          },
          h('strong', {}, each.title, each.hint && h('i', {}, ` [${each.hint}]`)),
          h('span', {}, each.note),
        ),
      ),
    );
    if (offered.length > 0) point(0);
  }

  const whileOffered = (act: () => void) => (event: KeyboardEvent) => {
    if (offered.length === 0) return;
    event.preventDefault();
    act();
  };
  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowDown: whileOffered(() => point(at + 1)),
    ArrowUp: whileOffered(() => point(at - 1)),
    Tab: whileOffered(() => take(at)),
    Escape(event) {
      if (offered.length === 0) return;
      event.preventDefault();
      closed = true;
      changed();
    },
    Enter(event) {
      if (event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (offered.length > 0 && offered[at]?.insert.trim() !== field.value.trim()) take(at);
      else element.requestSubmit();
    },
  };
  field.addEventListener('keydown', (event) => {
    if (Object.hasOwn(keys, event.key)) keys[event.key]?.(event);
  });
  field.addEventListener('input', () => {
    closed = false;
    changed();
  });
  field.addEventListener('blur', () => {
    list.hidden = true;
  });
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '') return;
    const from = key;
    write('');
    void send(text).then((sent) => {
      // What could not be sent is not lost, wherever the person is by now.
      if (sent || store.drafts.get(from)) return;
      store.drafts.set(from, text);
      if (from === key) write(text);
    });
  });

  return {
    element,
    use(place) {
      if (place.key === key) return;
      key = place.key;
      field.setAttribute('aria-label', place.label);
      field.placeholder = place.placeholder;
      closed = true;
      write(store.drafts.get(key) ?? '');
      closed = false;
    },
    write(text) {
      write(text);
      field.focus();
    },
    focus: () => field.focus(),
  };
}

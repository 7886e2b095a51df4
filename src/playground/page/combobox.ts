import { h, newId } from './dom.ts';
import { icon } from './icons.ts';
import { place } from './menu.ts';
import type { Choice } from './wire.ts';

type Options = {
  readonly label: string;
  readonly labelledBy?: string;
  readonly placeholder: string;
  readonly chosen: readonly Choice[];
  readonly many: boolean;
  /** What there is for what was typed; nothing is typed yet when it is first opened. */
  readonly find: (typed: string) => Promise<readonly Choice[]> | readonly Choice[];
  /** How much must be typed before `find` is asked. */
  readonly from: number;
  readonly onChange: (chosen: readonly Choice[]) => void;
  readonly class?: string;
};

/** Wait this long after a key before asking the server. */
const rest = 150;

/** A field in which one chooses by typing: one of many, or several. */
export function combobox(options: Options): HTMLElement {
  const { many, find, from, onChange } = options;
  let chosen = options.chosen;
  let found: readonly Choice[] = [];
  let at = -1;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listId = newId();
  const chips = h('span', { class: 'chips' });
  const input = h('input', {
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': listId,
    placeholder: options.placeholder,
    ...(options.labelledBy ? { 'aria-labelledby': options.labelledBy } : { 'aria-label': options.label }),
  });
  const list = h('div', {
    id: listId,
    class: 'options',
    role: 'listbox',
    'aria-label': options.label,
    popover: 'manual',
  });
  const field = h('span', { class: `combobox ${options.class ?? ''}` }, chips, input, icon('down', 16), list);

  const isOpen = (): boolean => list.matches(':popover-open');
  const close = (): void => {
    if (isOpen()) list.hidePopover();
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    at = -1;
  };
  const rested = (): void => {
    input.value = many ? '' : (chosen[0]?.title ?? '');
  };
  const change = (next: readonly Choice[]): void => {
    chosen = next;
    draw();
    onChange(chosen);
  };
  const isChosen = (choice: Choice): boolean => chosen.some((each) => each.value === choice.value);
  const pick = (choice: Choice): void => {
    if (!many) change([choice]);
    else change(isChosen(choice) ? chosen.filter((each) => each.value !== choice.value) : [...chosen, choice]);
    rested();
    close();
  };
  const draw = (): void => {
    if (!many) return;
    chips.replaceChildren(
      ...chosen.map((each) =>
        h(
          'button',
          {
            type: 'button',
            class: 'chip',
            'aria-label': `Remove ${each.title}`,
            onclick: () => change(chosen.filter((other) => other.value !== each.value)),
          },
          each.title,
          icon('close', 12),
        ),
      ),
    );
  };
  const point = (to: number): void => {
    const rows = [...list.querySelectorAll('[role=option]')];
    at = rows.length === 0 ? -1 : (to + rows.length) % rows.length;
    rows.forEach((row, nth) => {
      row.classList.toggle('pointed', nth === at);
      if (nth !== at) return;
      input.setAttribute('aria-activedescendant', row.id);
      row.scrollIntoView({ block: 'nearest' });
    });
  };
  const show = (words: string | undefined): void => {
    list.replaceChildren(
      ...(words === undefined
        ? found.map((each, nth) =>
            h(
              'div',
              {
                id: `${listId}-${nth}`,
                role: 'option',
                'aria-selected': String(isChosen(each)),
                onpointerdown: (event: PointerEvent) => {
                  event.preventDefault();
                  pick(each);
                },
              },
              each.title,
            ),
          )
        : [h('div', { class: 'options-note' }, words)]),
    );
    if (!isOpen()) list.showPopover();
    input.setAttribute('aria-expanded', 'true');
    place(list, field, true);
  };
  const ask = async (typed: string): Promise<void> => {
    asked += 1;
    const mine = asked;
    if (typed.length < from) return show(from === 1 ? 'Type to search' : `Type at least ${from} characters`);
    const answer = find(typed);
    if (answer instanceof Promise) show('Searching…');
    const next = await answer;
    if (mine !== asked || document.activeElement !== input) return;
    found = next;
    at = -1;
    show(found.length === 0 ? 'Nothing found' : undefined);
  };
  const typed = (): string => (!many && input.value === chosen[0]?.title ? '' : input.value.trim());
  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowDown: () => (isOpen() ? point(at + 1) : void ask(typed())),
    ArrowUp: () => point(at - 1),
    Enter(event) {
      const choice = isOpen() ? (found[at] ?? (found.length === 1 ? found[0] : undefined)) : undefined;
      if (isOpen()) event.preventDefault();
      if (choice) pick(choice);
    },
    Escape(event) {
      if (!isOpen()) return;
      event.preventDefault();
      event.stopPropagation();
      rested();
      close();
    },
    Backspace() {
      if (many && input.value === '' && chosen.length > 0) change(chosen.slice(0, -1));
    },
  };

  input.addEventListener('keydown', (event) => {
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!act) return;
    if (event.key.startsWith('Arrow')) event.preventDefault();
    act(event);
  });
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(typed()), rest);
  });
  input.addEventListener('pointerdown', () => void (isOpen() || setTimeout(() => ask(typed()))));
  input.addEventListener('focus', () => input.select());
  input.addEventListener('blur', () => {
    if (!many && input.value === '' && chosen.length > 0) change([]);
    rested();
    close();
  });
  rested();
  draw();
  return field;
}

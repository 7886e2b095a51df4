import { h } from './dom.ts';

/** Puts something that floats over the page under what it belongs to, or above when there is no room. */
export function place(floating: HTMLElement, anchor: Element, wide = false): void {
  const box = anchor.getBoundingClientRect();
  if (wide) floating.style.width = `${box.width}px`;
  const { offsetHeight: height, offsetWidth: width } = floating;
  const below = box.bottom + 4 + height <= innerHeight || box.top < height + 8;
  floating.style.top = `${below ? box.bottom + 4 : box.top - height - 4}px`;
  // It stays over the client that it belongs to.
  const edge = Math.min(innerWidth, anchor.closest('.client')?.getBoundingClientRect().right ?? innerWidth) - 8;
  floating.style.left = `${Math.max(8, box.left + width <= edge ? box.left : box.right - width)}px`;
}

export type Item = {
  readonly title: string;
  readonly note?: string;
  readonly danger?: boolean;
  readonly pick: () => void;
};

/** Opens a menu at a button. Esc and a click beside it close it; arrows move. */
export function openMenu(anchor: HTMLElement, label: string, items: readonly Item[]): void {
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': label, popover: 'auto' });
  for (const { title, note, danger, pick } of items) {
    menu.append(
      h(
        'button',
        {
          type: 'button',
          role: 'menuitem',
          class: danger ? 'menu-item danger' : 'menu-item',
          'aria-label': title,
          onclick: () => {
            menu.hidePopover();
            pick();
          },
        },
        h('span', {}, title),
        note ? h('small', {}, note) : false,
      ),
    );
  }
  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  });
  menu.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (document.activeElement === document.body) anchor.focus({ preventScroll: true });
  });
  document.body.append(menu);
  menu.showPopover();
  place(menu, anchor);
  anchor.setAttribute('aria-expanded', 'true');
  menu.querySelector<HTMLElement>('[role=menuitem]')?.focus({ preventScroll: true });
}

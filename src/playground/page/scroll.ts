import { h } from './dom.ts';
import { icon } from './icons.ts';

/**
 * Keeps a list of messages at its end while the person reads there, and where they are when they have scrolled up: then
 * a button says that there is something new below.
 */
export function stickToEnd(list: HTMLElement, holder: HTMLElement) {
  let atEnd = true;
  let place = '';
  let last = '';
  const toEnd = (): void => {
    list.scrollTop = list.scrollHeight;
  };
  const pill = h(
    'button',
    { type: 'button', class: 'new-below', hidden: true, onclick: () => toEnd() },
    'New messages',
    icon('down', 14),
  );
  holder.append(pill);
  list.addEventListener('scroll', () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    if (atEnd) pill.hidden = true;
  });
  // Fonts and pictures that load, cards that unfold and windows that shrink move the end.
  const observer = new ResizeObserver(() => atEnd && toEnd());
  observer.observe(list);

  return {
    /** After the list was drawn. @param newest names its newest message */
    drawn(where: string, newest: string): void {
      for (const each of list.children) observer.observe(each);
      const moved = where !== place;
      if (moved || atEnd) toEnd();
      else if (newest !== last) pill.hidden = false;
      if (moved) {
        atEnd = true;
        pill.hidden = true;
      }
      place = where;
      last = newest;
    },
  };
}

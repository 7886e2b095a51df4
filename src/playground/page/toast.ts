import { h } from './dom.ts';
import { icon } from './icons.ts';

const patience = 9_000;
const looks = { bad: 'warn', info: 'info', good: 'check' } as const;

const shelf = h('div', { class: 'toasts', role: 'region', 'aria-label': 'Notices' });
document.body.append(shelf);

/** Says something that belongs to no place on the page. */
export function toast(words: string, tone: keyof typeof looks): void {
  const known = [...shelf.children].find((each) => each.getAttribute('data-words') === words);
  known?.remove();
  const gone = (): void => box.remove();
  const box = h(
    'div',
    { class: `toast toast-${tone}`, role: tone === 'bad' ? 'alert' : 'status', 'data-words': words },
    icon(looks[tone]),
    h('p', {}, words),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Dismiss', onclick: gone }, icon('close', 16)),
  );
  shelf.append(box);
  setTimeout(gone, patience);
}

import { h } from './dom.ts';
import { me, now, store } from './store.ts';
import { ago, full } from './time.ts';

/** A person's initials on a colour of their own. It always stands beside the name, so it says nothing by itself. */
export function avatar(name: string, size: number): HTMLElement {
  const known = store.world?.people.find((each) => each.name === name);
  const initials = known?.initials ?? name.slice(0, 1).toUpperCase();
  const face = h('span', { class: 'avatar', 'aria-hidden': 'true' }, initials);
  face.style.setProperty('--hue', String(known?.hue ?? 220));
  face.style.setProperty('--size', `${size}px`);
  return face;
}

/** The bot's own picture. */
export function botAvatar(size: number): HTMLElement {
  const face = h('img', { class: 'avatar', src: '/playground/page/mark.svg', alt: '', width: size, height: size });
  face.style.setProperty('--size', `${size}px`);
  return face;
}

export const zone = (): string => me()?.zone ?? 'Etc/UTC';

/** When something was said, growing older by itself. */
export function stamp(at: number): HTMLElement {
  const place = zone();
  const element = h(
    'time',
    { datetime: new Date(at).toISOString(), title: `${full(at, place)} (${place})`, 'data-ago': true },
    ago(at, now(), place),
  );
  element.addEventListener('tick', () => {
    element.textContent = ago(at, now(), place);
  });
  return element;
}

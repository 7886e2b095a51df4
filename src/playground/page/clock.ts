import { isBusy, perform } from './act.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';
import { openMenu } from './menu.ts';
import { me, now, store } from './store.ts';
import { nearDay } from './time.ts';

const steps = [
  { title: 'An hour later', minutes: 60 },
  { title: 'A day later', minutes: 24 * 60 },
  { title: 'A week later', minutes: 7 * 24 * 60 },
] as const;
const wait = 'clock';

/** Sets the clock of the bot and of both platforms ahead, so that nobody waits for Thursday to see what comes on Thursdays. */
export function createClock() {
  const opener = h('button', {
    type: 'button',
    class: 'opener',
    'aria-haspopup': 'menu',
    'data-busy': wait,
    onclick: (event: MouseEvent) =>
      openMenu(
        event.currentTarget as HTMLElement,
        'Set the clock ahead',
        steps.map(({ title, minutes }) => ({
          title,
          pick: () => void perform({ act: 'clock.jump', minutes }, { wait }),
        })),
      ),
  });
  return {
    opener,
    draw(): void {
      const zone = me()?.zone ?? 'UTC';
      const set = (store.state?.ahead ?? 0) > 0;
      const shown = set ? nearDay(now(), zone) : 'Clock';
      fill(opener, `${shown} ${isBusy(wait)}`, () => [icon('clock', 16), h('span', {}, shown)]);
      opener.setAttribute('aria-label', set ? `Clock, set to ${shown}` : 'Clock');
      opener.title = 'Set the clock ahead, for the bot and for both platforms';
    },
  };
}

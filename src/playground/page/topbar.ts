import { avatar } from './avatar.ts';
import { fill, h } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { remember, type Shown, store, type Theme, touch } from './store.ts';
import { follow } from './stream.ts';

/** A row of which one is chosen: arrows move in it, as in every set of radio buttons. */
function choice<T extends string>(
  label: string,
  options: readonly { readonly value: T; readonly title: string; readonly icon: IconName }[],
  chosen: T,
  onChange: (value: T) => void,
): HTMLElement {
  const name = label.toLowerCase().replaceAll(' ', '-');
  return h(
    'fieldset',
    { class: 'segments' },
    h('legend', { class: 'unseen' }, label),
    options.map((each) =>
      h(
        'label',
        { class: 'segment', title: each.title },
        h('input', {
          type: 'radio',
          name,
          value: each.value,
          checked: each.value === chosen,
          'aria-label': each.title,
          onchange: () => onChange(each.value),
        }),
        icon(each.icon, 16),
        h('span', { 'aria-hidden': 'true' }, each.title),
      ),
    ),
  );
}

export function applyTheme(): void {
  if (store.theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = store.theme;
}

function people(): HTMLElement {
  return h(
    'fieldset',
    { class: 'people' },
    h('legend', {}, 'You are'),
    (store.world?.people ?? []).map((each) => {
      const news = each.id === store.person ? 0 : (store.state?.news[each.id] ?? 0);
      return h(
        'label',
        { class: 'person', title: `${each.name}, ${each.title.toLowerCase()}` },
        h('input', {
          type: 'radio',
          name: 'person',
          value: each.id,
          checked: each.id === store.person,
          'aria-label': `${each.name}, ${each.title}${news > 0 ? `, ${news} new` : ''}`,
          'data-focus': each.id,
          onchange: () => follow(each.id),
        }),
        h(
          'span',
          { class: 'face' },
          avatar(each.name, 30),
          news > 0 && h('span', { class: 'count' }, Math.min(news, 9)),
        ),
        h('span', { class: 'person-words', 'aria-hidden': 'true' }, h('b', {}, each.name), h('small', {}, each.title)),
      );
    }),
  );
}

/** Who one is, which clients are shown, light or dark. */
export function createTopbar(...openers: readonly HTMLElement[]) {
  const who = h('div', { class: 'who-slot' });
  const shown = h('div', {});
  const theme = h('div', {});
  const away = h('span', { class: 'away', role: 'status', hidden: true }, 'Reconnecting…');
  const bar = h(
    'header',
    { class: 'topbar' },
    h('img', { class: 'brand-mark', src: '/playground/page/mark.svg', alt: '' }),
    h('h1', {}, 'Groundcrew', h('span', {}, ' playground')),
    who,
    away,
    openers,
    shown,
    theme,
  );
  const hint = h(
    'p',
    { class: 'hint' },
    h(
      'span',
      {},
      'This is a local Slack workspace and a local Teams tenant. The bot under it is the real one. All but what the bot remembers is new at each start.',
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': 'Close the hint',
        onclick: () => {
          store.hint = false;
          remember('hint', 'closed');
          touch();
        },
      },
      icon('close', 14),
    ),
  );

  return {
    elements: [bar, hint],
    draw(): void {
      fill(who, JSON.stringify([store.world?.boot, store.person, store.state?.news]), people);
      fill(shown, store.shown, () =>
        choice<Shown>(
          'Clients shown',
          [
            { value: 'both', title: 'Both', icon: 'columns' },
            { value: 'slack', title: 'Slack', icon: 'hash' },
            { value: 'teams', title: 'Teams', icon: 'people' },
          ],
          store.shown,
          (value) => {
            store.shown = value;
            remember('shown', value);
            touch();
          },
        ),
      );
      fill(theme, store.theme, () =>
        choice<Theme>(
          'Colours',
          [
            { value: 'auto', title: 'As the system', icon: 'auto' },
            { value: 'light', title: 'Light', icon: 'sun' },
            { value: 'dark', title: 'Dark', icon: 'moon' },
          ],
          store.theme,
          (value) => {
            store.theme = value;
            remember('theme', value);
            applyTheme();
            touch();
          },
        ),
      );
      away.hidden = store.connected;
      hint.hidden = !store.hint;
      document.body.dataset.shown = store.shown;
    },
  };
}

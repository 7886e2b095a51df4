import { perform } from '../act.ts';
import { avatar, botAvatar } from '../avatar.ts';
import { createComposer, type Suggestion } from '../composer.ts';
import { type Child, fill, h, type Keyed, reconcile } from '../dom.ts';
import { icon } from '../icons.ts';
import { openMenu } from '../menu.ts';
import { stickToEnd } from '../scroll.ts';
import { me, places, store, touch } from '../store.ts';
import { toast } from '../toast.ts';
import type { SlackChannel, SlackState } from '../wire.ts';
import { keyedBlocks } from './blocks.ts';
import { drawMessages } from './messages.ts';
import { createModals } from './modal.ts';

/** What one could do where nothing was said yet. */
const tries = ['/platform catalog', '/platform create postgres', '/platform feedback'] as const;

/** Where commands go: to the channel that is open. */
const openChannel = (state: SlackState): SlackChannel | undefined =>
  state.channels.find((each) => each.id === places().slack) ?? state.channels.find((each) => each.kind === 'im');

function suggest(typed: string): readonly Suggestion[] {
  if (!/^\/\S*$/.test(typed)) return [];
  return (store.world?.slack.commands ?? [])
    .filter((each) => each.name.startsWith(typed))
    .map(({ name, summary, hint }) => ({ title: name, hint, note: summary, insert: `${name} ` }));
}

async function send(text: string): Promise<boolean> {
  const { state } = store;
  const channel = state && openChannel(state.slack)?.id;
  if (!channel) return false;
  const [, command, rest = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (!command) return !(await perform({ act: 'slack.say', channel, text })).error;
  if (!store.world?.slack.commands.some((each) => each.name === command)) {
    toast(`${command} is not a valid command here. Groundcrew’s is /platform.`, 'bad');
    return false;
  }
  return !(await perform({ act: 'slack.command', channel, command, text: rest })).error;
}

function go(channel: string): void {
  places().slack = channel;
  touch();
}

/** The client of Slack: its channels on the left, what is open on the right. */
export function createSlackWindow(): { readonly element: HTMLElement; draw(state: SlackState): void } {
  const sidebar = h('nav', { class: 'sidebar', 'aria-label': 'Slack channels' });
  const head = h('header', { class: 'place' });
  const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Groundcrew' });
  const list = h('ol', { class: 'messages', 'aria-label': 'Messages', tabindex: 0 });
  const empty = h('div', { class: 'empty' });
  const homeBlocks = h('div', { class: 'home-blocks' });
  const homeWait = h('p', { class: 'home-wait' }, 'Groundcrew is drawing this page…');
  const home = h('div', { class: 'home', role: 'tabpanel', 'aria-label': 'Home' }, homeWait, homeBlocks);
  const scroller = h('div', { class: 'scroller' }, list, empty);
  const shortcuts = h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': 'Shortcuts', 'aria-haspopup': 'menu', title: 'Shortcuts' },
    icon('bolt'),
  );
  shortcuts.addEventListener('click', () =>
    openMenu(
      shortcuts,
      'Shortcuts',
      (store.world?.slack.shortcuts ?? []).map(({ name, title, summary }) => ({
        title,
        note: summary,
        pick: () => void perform({ act: 'slack.shortcut', name }),
      })),
    ),
  );
  const composer = createComposer({ tools: [shortcuts], suggest, send });
  const bar = h('header', { class: 'client-bar' });
  const main = h('div', { class: 'main' }, head, tabs, scroller, home, composer.element);
  const element = h(
    'section',
    { class: 'client slack', 'aria-label': 'Slack' },
    bar,
    h('div', { class: 'client-body' }, sidebar, main),
  );
  const stick = stickToEnd(list, scroller);
  const drawModals = createModals(element);
  let reading = '';

  const link = (channel: SlackChannel, name: string, face: Child, isOpen: boolean): Keyed => ({
    key: channel.id,
    made: JSON.stringify([name, channel.unread, isOpen]),
    build: () =>
      h(
        'button',
        {
          type: 'button',
          class: channel.unread > 0 ? 'link unread' : 'link',
          'aria-current': isOpen ? 'page' : undefined,
          'aria-label': channel.unread > 0 ? `${name}, ${channel.unread} unread` : name,
          'data-focus': channel.id,
          onclick: () => go(channel.id),
        },
        face,
        h('span', { class: 'link-name' }, name),
        channel.unread > 0 && h('span', { class: 'count' }, Math.min(channel.unread, 99)),
      ),
  });
  const title = (words: string): Keyed => ({
    key: `title ${words}`,
    made: '',
    build: () => h('h3', {}, words),
  });

  function drawSidebar(state: SlackState, open: SlackChannel): void {
    const channels = state.channels.filter((each) => each.kind === 'public' || each.kind === 'private');
    const groups = state.channels.filter((each) => each.kind === 'mpim');
    const direct = state.channels.filter((each) => each.kind === 'im');
    reconcile(sidebar, [
      title('Channels'),
      ...channels.map((each) => link(each, each.name, icon('hash', 16), each.id === open.id)),
      ...(groups.length > 0 ? [title('Direct messages')] : []),
      ...groups.map((each) => link(each, each.name, icon('people', 16), each.id === open.id)),
      title('Apps'),
      ...direct.map((each) => link(each, store.world?.bot.name ?? '', botAvatar(20), each.id === open.id)),
    ]);
  }

  function drawHead(open: SlackChannel, isDirect: boolean): void {
    const { tab } = places();
    fill(head, JSON.stringify([open.id, open.members.length]), () => [
      isDirect ? botAvatar(24) : icon('hash', 18),
      h('h2', {}, isDirect ? (store.world?.bot.name ?? '') : open.name),
      isDirect
        ? h('span', { class: 'badge' }, 'App')
        : h('span', { class: 'members', title: 'Members' }, icon('people', 16), open.members.length),
    ]);
    tabs.hidden = !isDirect;
    const choose = (name: 'home' | 'messages') => (): void => {
      places().tab = name;
      touch();
      if (name === 'home') void perform({ act: 'slack.home' });
    };
    fill(tabs, tab, () =>
      (['home', 'messages'] as const).map((name) =>
        h(
          'button',
          { type: 'button', role: 'tab', 'aria-selected': String(tab === name), onclick: choose(name) },
          name === 'home' ? 'Home' : 'Messages',
        ),
      ),
    );
  }

  function drawEmpty(open: SlackChannel, isDirect: boolean): void {
    fill(empty, open.id, () => [
      isDirect ? botAvatar(44) : icon('hash', 36),
      h('h3', {}, isDirect ? 'Talk to Groundcrew' : `This is the beginning of #${open.name}`),
      h('p', {}, isDirect ? 'What you write here, only you and the app see.' : 'Commands work in every channel.'),
      h(
        'div',
        { class: 'tries' },
        h('span', {}, 'Try'),
        tries.map((words) =>
          h('button', { type: 'button', class: 'try', onclick: () => composer.write(words) }, words),
        ),
      ),
    ]);
  }

  return {
    element,
    draw(state) {
      const person = me();
      const open = openChannel(state);
      if (!open || !person) return;
      const isDirect = open.kind === 'im';
      const onHome = isDirect && places().tab === 'home';
      fill(bar, JSON.stringify([state.team.name, person.id]), () => [
        h('span', { class: 'workspace', 'aria-hidden': 'true' }, state.team.name.slice(0, 1)),
        h('strong', {}, state.team.name),
        h('span', { class: 'kind' }, 'Slack'),
        h('span', { class: 'who' }, person.name, avatar(person.name, 24)),
      ]);
      drawSidebar(state, open);
      drawHead(open, isDirect);
      const messages = state.messages[open.id] ?? [];
      drawMessages(list, messages, element);
      scroller.hidden = onHome;
      composer.element.hidden = onHome;
      home.hidden = !onHome;
      list.hidden = messages.length === 0;
      empty.hidden = messages.length > 0;
      drawEmpty(open, isDirect);
      const { home: view } = state;
      homeWait.hidden = view !== undefined;
      reconcile(homeBlocks, view ? keyedBlocks(view, { client: element, on: 'home', view }) : []);
      const name = isDirect ? 'Groundcrew' : `#${open.name}`;
      composer.use({ key: `slack/${person.id}/${open.id}`, label: `Message ${name}`, placeholder: `Message ${name}` });
      stick.drawn(`${person.id}/${open.id}`, messages.at(-1)?.ts ?? '');
      drawModals(state.modals);
      if (!onHome) read(open, messages.at(-1)?.ts ?? '');
    },
  };

  /** What is on the screen counts as read, once. */
  function read(open: SlackChannel, newest: string): void {
    const mark = `${store.person}/${open.id}/${newest}`;
    if (open.unread === 0 || store.shown === 'teams' || document.hidden || mark === reading) return;
    reading = mark;
    void perform({ act: 'slack.read', channel: open.id }, { silent: true });
  }
}

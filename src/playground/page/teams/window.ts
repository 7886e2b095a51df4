import { perform } from '../act.ts';
import { avatar, botAvatar } from '../avatar.ts';
import { createComposer, type Suggestion } from '../composer.ts';
import { fill, h, type Keyed, reconcile } from '../dom.ts';
import { icon } from '../icons.ts';
import { openMenu } from '../menu.ts';
import { stickToEnd } from '../scroll.ts';
import { me, places, store, touch } from '../store.ts';
import type { TeamsConversation, TeamsState } from '../wire.ts';
import { createDialogs } from './dialog.ts';
import { drawMessages } from './messages.ts';
import { createTab } from './tab.ts';

const tries = ['catalog', 'create postgres', 'feedback'] as const;

const openConversation = (state: TeamsState): TeamsConversation | undefined =>
  state.conversations.find((each) => each.id === places().teams) ??
  state.conversations.find((each) => each.kind === 'personal');

/** What can be typed after `/`, or after the mention. */
function suggest(typed: string): readonly Suggestion[] {
  const [, lead, words] = /^(\/|@Groundcrew )([\w -]*)$/i.exec(typed) ?? [];
  if (lead === undefined) return [];
  return (store.world?.teams.commands ?? [])
    .filter(({ title }) => title.startsWith((words ?? '').trimStart()) && title !== words)
    .slice(0, 8)
    .map(({ title, summary }) => ({ title, note: summary, insert: `${lead}${title} ` }));
}

function go(conversation: string): void {
  places().teams = conversation;
  touch();
}

/** The client of Teams: chats and channels on the left, what is open on the right. */
export function createTeamsWindow(): { readonly element: HTMLElement; draw(state: TeamsState): void } {
  const sidebar = h('nav', { class: 'sidebar', 'aria-label': 'Teams chats and channels' });
  const head = h('header', { class: 'place' });
  const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Groundcrew' });
  const page = h('div', { class: 'tab-page', role: 'tabpanel', 'aria-label': 'Home' });
  const list = h('ol', { class: 'messages', 'aria-label': 'Messages', tabindex: 0 });
  const empty = h('div', { class: 'empty' });
  const scroller = h('div', { class: 'scroller' }, list, empty);
  let mentions = true;
  const mention = h(
    'button',
    {
      type: 'button',
      class: 'mention-toggle',
      'aria-pressed': 'true',
      title: 'In channels and group chats an app hears only what mentions it',
      onclick: () => {
        mentions = !mentions;
        mention.setAttribute('aria-pressed', String(mentions));
      },
    },
    '@Groundcrew',
  );
  const more = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': 'Actions and apps',
      'aria-haspopup': 'menu',
      title: 'Actions and apps',
    },
    icon('plus'),
  );
  more.addEventListener('click', () => {
    const conversation = store.state && openConversation(store.state.teams)?.id;
    if (!conversation) return;
    openMenu(
      more,
      'Actions and apps',
      (store.world?.teams.composeActions ?? []).map(({ name, title, summary }) => ({
        title,
        note: summary,
        pick: () => void perform({ act: 'teams.compose', conversation, name }),
      })),
    );
  });

  async function send(text: string): Promise<boolean> {
    const conversation = store.state && openConversation(store.state.teams);
    if (!conversation) return false;
    const isDirect = conversation.kind === 'personal';
    const named = /^@Groundcrew\b\s*/i.exec(text)?.[0] ?? '';
    // Outside the 1:1 chat a slash command is a message that only the bot sees.
    const isCommand = named === '' && text.startsWith('/');
    const acted = await perform({
      act: 'teams.say',
      conversation: conversation.id,
      text: isCommand ? text.slice(1) : text.slice(named.length),
      mentionsBot: !isDirect && !isCommand && (mentions || named !== ''),
      onlyBot: !isDirect && isCommand,
    });
    return !acted.error;
  }
  const composer = createComposer({ tools: [more, mention], suggest, send });
  const bar = h('header', { class: 'client-bar' });
  const main = h('div', { class: 'main' }, head, tabs, page, scroller, composer.element);
  const element = h(
    'section',
    { class: 'client teams', 'aria-label': 'Microsoft Teams' },
    bar,
    h('div', { class: 'client-body' }, sidebar, main),
  );
  const stick = stickToEnd(list, scroller);
  const drawDialog = createDialogs(element);
  let reading = '';

  const faces = {
    personal: () => botAvatar(24),
    groupChat: () => icon('people', 18),
    channel: () => icon('hash', 16),
  } as const;
  const link = (c: TeamsConversation, isOpen: boolean): Keyed => ({
    key: c.id,
    made: JSON.stringify([c.name, c.unread, isOpen]),
    build: () =>
      h(
        'button',
        {
          type: 'button',
          class: `link link-${c.kind} ${c.unread > 0 ? 'unread' : ''}`,
          'aria-current': isOpen ? 'page' : undefined,
          'aria-label': c.unread > 0 ? `${c.name}, ${c.unread} unread` : c.name,
          'data-focus': c.id,
          onclick: () => go(c.id),
        },
        faces[c.kind](),
        h('span', { class: 'link-name' }, c.name),
        c.unread > 0 && h('span', { class: 'dot' }),
      ),
  });

  function drawSidebar(state: TeamsState, open: TeamsConversation): void {
    const chats = state.conversations.filter((each) => each.kind !== 'channel');
    const teams = [...new Set(state.conversations.flatMap((each) => each.team?.name ?? []))];
    const title = (words: string, kind = 'section'): Keyed => ({
      key: `${kind} ${words}`,
      made: '',
      build: () =>
        kind === 'team'
          ? h(
              'div',
              { class: 'team' },
              h('span', { class: 'team-face', 'aria-hidden': 'true' }, words.slice(0, 1)),
              h('span', { class: 'team-name' }, words),
            )
          : h('h3', {}, words),
    });
    reconcile(sidebar, [
      title('Chats'),
      ...chats.map((each) => link(each, each.id === open.id)),
      title('Teams and channels'),
      ...teams.flatMap((team) => [
        title(team, 'team'),
        ...state.conversations
          .filter((each) => each.team?.name === team)
          .map((each) => link(each, each.id === open.id)),
      ]),
    ]);
  }

  /** Beside the chat with the app stands its tab. It is the person's own, and made anew for another one. */
  function drawTabs(isDirect: boolean, person: string): boolean {
    const chosen = places().teamsTab;
    const onTab = isDirect && chosen === 'home';
    tabs.hidden = !isDirect;
    page.hidden = !onTab;
    const choose = (name: 'chat' | 'home') => (): void => {
      places().teamsTab = name;
      touch();
    };
    fill(tabs, chosen, () =>
      (['chat', 'home'] as const).map((name) =>
        h(
          'button',
          { type: 'button', role: 'tab', 'aria-selected': String(chosen === name), onclick: choose(name) },
          name === 'home' ? 'Home' : 'Chat',
        ),
      ),
    );
    fill(page, onTab ? person : '', () => onTab && createTab());
    return onTab;
  }

  function drawEmpty(open: TeamsConversation, isDirect: boolean): void {
    fill(empty, open.id, () => [
      isDirect ? botAvatar(44) : icon('chat', 36),
      h('h3', {}, isDirect ? 'Talk to Groundcrew' : `Nothing in ${open.name} yet`),
      h('p', {}, isDirect ? 'Write as you would to a colleague.' : 'Groundcrew hears what mentions it.'),
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

  function read(open: TeamsConversation): void {
    const newest = open.messages.at(-1)?.id;
    const mark = `${store.person}/${open.id}/${newest}`;
    if (
      !newest ||
      open.unread === 0 ||
      (open.kind === 'personal' && places().teamsTab === 'home') ||
      store.shown === 'slack' ||
      document.hidden ||
      mark === reading
    )
      return;
    reading = mark;
    void perform({ act: 'teams.read', conversation: open.id, upTo: newest }, { silent: true });
  }

  return {
    element,
    draw(state) {
      const person = me();
      const open = openConversation(state);
      if (!open || !person) return;
      const isDirect = open.kind === 'personal';
      fill(bar, person.id, () => [
        h('strong', {}, store.world?.company),
        h('span', { class: 'kind' }, 'Microsoft Teams'),
        h('span', { class: 'who' }, person.name, avatar(person.name, 24)),
      ]);
      drawSidebar(state, open);
      fill(head, JSON.stringify([open.id, open.members.length]), () => [
        faces[open.kind](),
        h('h2', {}, open.name),
        open.team ? h('span', { class: 'muted' }, open.team.name) : false,
        !isDirect && h('span', { class: 'members', title: 'Members' }, icon('people', 16), open.members.length),
      ]);
      drawMessages(list, open, state.viewer);
      const onTab = drawTabs(isDirect, person.id);
      scroller.hidden = onTab;
      composer.element.hidden = onTab;
      list.hidden = open.messages.length === 0;
      empty.hidden = open.messages.length > 0;
      drawEmpty(open, isDirect);
      mention.hidden = isDirect;
      const placeholder = open.kind === 'channel' ? `Start a post in ${open.name}` : 'Type a message';
      const label = isDirect ? 'Message Groundcrew' : `Message ${open.name}`;
      composer.use({ key: `teams/${person.id}/${open.id}`, label, placeholder });
      stick.drawn(`${person.id}/${open.id}`, open.messages.at(-1)?.id ?? '');
      drawDialog(state.dialog, open.id);
      read(open);
    },
  };
}

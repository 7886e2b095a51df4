import { perform } from '../act.ts';
import { zone } from '../avatar.ts';
import { type Composer, createComposer } from '../composer.ts';
import { h, type Keyed, reconcile } from '../dom.ts';
import { icon } from '../icons.ts';
import { now, store, touch } from '../store.ts';
import { day } from '../time.ts';
import type { TeamsConversation, TeamsMessage, TeamsState } from '../wire.ts';
import { drawMessage, emptyMessage, faceOf } from './message.ts';

const together = 5 * 60_000;

/** Cards that were refreshed on this page already: once for each version of each. */
const refreshed = new Set<string>();
function refresh(conversation: TeamsConversation, message: TeamsMessage): void {
  const key = `${store.person}/${conversation.id}/${message.id}/${message.editedAt ?? ''}`;
  if (!message.refreshes || refreshed.has(key)) return;
  refreshed.add(key);
  void perform({ act: 'teams.refresh', conversation: conversation.id, message: message.id }, { silent: true });
}

function item(
  conversation: TeamsConversation,
  message: TeamsMessage,
  before: TeamsMessage | undefined,
  isMine: boolean,
): Keyed {
  const follows =
    before?.from.id === message.from.id &&
    before.targeted === message.targeted &&
    Date.parse(message.at) - Date.parse(before.at) < together;
  return {
    key: `${store.person}/${message.id}`,
    made: 'message',
    build: () => h('li', { class: 'message' }, h('div', { class: 'gutter' }, faceOf(message, 32)), emptyMessage()),
    update(element) {
      element.classList.toggle('mine', isMine);
      element.classList.toggle('follows', follows);
      element.classList.toggle('targeted', message.targeted);
      drawMessage(element.lastElementChild as HTMLElement, conversation, message, isMine);
      refresh(conversation, message);
    },
  };
}

const composers = new WeakMap<Element, Composer>();

/** A post of a channel with its replies, and where one writes another. */
function post(conversation: TeamsConversation, root: TeamsMessage, replies: readonly TeamsMessage[]): Keyed {
  const key = `${store.person}/${conversation.id}/${root.id}`;
  return {
    key,
    made: 'post',
    build: () => {
      const reply = h(
        'button',
        {
          type: 'button',
          class: 'reply',
          onclick: () => {
            store.unfolded.add(key);
            touch();
          },
        },
        icon('reply', 16),
        'Reply',
      );
      return h('li', { class: 'post' }, h('ol', { class: 'post-messages' }), h('div', { class: 'post-reply' }, reply));
    },
    update(element) {
      const all = [root, ...replies];
      reconcile(
        element.querySelector('.post-messages') as HTMLElement,
        all.map((each, nth) => item(conversation, each, nth > 1 ? all[nth - 1] : undefined, false)),
      );
      const box = element.querySelector('.post-reply') as HTMLElement;
      if (!store.unfolded.has(key) || composers.has(box)) return;
      const composer = replyComposer(conversation, root);
      composers.set(box, composer);
      box.replaceChildren(composer.element);
      composer.use({ key: `teams/${key}`, label: 'Reply', placeholder: 'Reply (it mentions @Groundcrew)' });
      composer.focus();
    },
  };
}

const replyComposer = (conversation: TeamsConversation, root: TeamsMessage): Composer =>
  createComposer({
    tools: [],
    suggest: () => [],
    send: async (text) =>
      !(
        await perform({
          act: 'teams.say',
          conversation: conversation.id,
          thread: root.id,
          text: text.replace(/^@Groundcrew\s*/i, ''),
          mentionsBot: true,
          onlyBot: false,
        })
      ).error,
  });

/** The messages of a chat, or the posts of a channel, oldest first. */
export function drawMessages(list: HTMLElement, conversation: TeamsConversation, viewer: TeamsState['viewer']): void {
  const isChannel = conversation.kind === 'channel';
  const rows: Keyed[] = [];
  let called = '';
  let before: TeamsMessage | undefined;
  for (const message of conversation.messages) {
    if (isChannel && message.root !== undefined && message.root !== message.id) continue;
    const next = day(Date.parse(message.at), now(), zone());
    if (next !== called) {
      rows.push({
        key: `${store.person}/${next}`,
        made: next,
        build: () => h('li', { class: 'day' }, h('span', {}, next)),
      });
      before = undefined;
    }
    called = next;
    const replies = conversation.messages.filter((each) => each.root === message.id && each.id !== message.id);
    rows.push(
      isChannel
        ? post(conversation, message, replies)
        : item(conversation, message, before, message.from.id === viewer.id),
    );
    before = message;
  }
  list.classList.toggle('posts', isChannel);
  reconcile(list, rows);
}

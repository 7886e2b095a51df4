import { perform } from '../act.ts';
import { avatar, botAvatar, stamp, zone } from '../avatar.ts';
import { fill, h } from '../dom.ts';
import { icon } from '../icons.ts';
import { openMenu } from '../menu.ts';
import { store } from '../store.ts';
import type { TeamsConversation, TeamsMessage } from '../wire.ts';
import { drawCard } from './card.ts';
import { cardsOf, drawWords } from './parts.ts';
import { pressOnMessage, searchFrom } from './presses.ts';

const faces: Readonly<Record<string, string>> = {
  like: '👍',
  heart: '❤️',
  laugh: '😆',
  surprised: '😮',
  sad: '😢',
  angry: '😠',
};

function toolbar(conversation: string, message: TeamsMessage): HTMLElement {
  const more = h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': 'More options', 'aria-haspopup': 'menu' },
    icon('more'),
  );
  more.addEventListener('click', () =>
    openMenu(
      more,
      'Message options',
      (store.world?.teams.messageActions ?? []).map(({ name, title, summary }) => ({
        title,
        note: summary,
        pick: () => void perform({ act: 'teams.messageAction', conversation, message: message.id, name }),
      })),
    ),
  );
  return h('div', { class: 'message-tools' }, more);
}

export const faceOf = (message: TeamsMessage, size: number): HTMLElement =>
  message.from.kind === 'bot' ? botAvatar(size) : avatar(message.from.name, size);

/** An empty message: its parts are drawn, each by itself, by `drawMessage`. */
export const emptyMessage = (): HTMLElement =>
  h(
    'article',
    { class: 'message-main' },
    h('div', { class: 'byline' }),
    h('div', { class: 'bubble' }, h('div', { class: 'bubble-content' }), h('div', { class: 'bubble-notice' })),
    h('div', { class: 'reactions' }),
  );

/**
 * Who and when, the words, the cards, and what the bot said under them to this person. A part that did not change is not
 * touched: what is unfolded or half-typed in a card stays when something is said under it.
 */
export function drawMessage(
  article: HTMLElement,
  conversation: TeamsConversation,
  message: TeamsMessage,
  isMine: boolean,
): void {
  const [byline, bubble, reactions] = [...article.children] as [HTMLElement, HTMLElement, HTMLElement];
  const [content, notice] = [...bubble.children] as [HTMLElement, HTMLElement];
  const cards = cardsOf(message);
  bubble.classList.toggle('with-card', cards.length > 0);
  fill(byline, JSON.stringify([message.from, message.at, message.editedAt, isMine]), () => [
    !isMine && h('strong', {}, message.from.name),
    stamp(Date.parse(message.at)),
    message.editedAt && h('span', { class: 'edited' }, 'Edited'),
  ]);
  fill(content, JSON.stringify([message.text, message.entities, message.targeted, cards]), () => [
    message.targeted && h('div', { class: 'only-you' }, icon('eye', 14), 'Only you can see this'),
    message.text?.trim() ? h('div', { class: 'words' }, drawWords(message)) : false,
    cards.map((card) => drawOn(conversation, message, card)),
    toolbar(conversation.id, message),
  ]);
  fill(notice, message.notice ?? '', () =>
    message.notice === undefined
      ? false
      : h('div', { class: 'card-notice', role: 'status' }, icon('info', 14), h('span', {}, message.notice)),
  );
  fill(reactions, JSON.stringify(message.reactions), () =>
    message.reactions.map((each) => h('span', { class: 'reaction' }, faces[each.type] ?? each.type)),
  );
}

const drawOn = (conversation: TeamsConversation, message: TeamsMessage, card: unknown): HTMLElement =>
  drawCard(card, {
    onPress: (pressed) => pressOnMessage({ conversation: conversation.id, message: message.id }, pressed),
    search: searchFrom(conversation.id, message.id),
    zone: zone(),
  });

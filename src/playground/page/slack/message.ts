import { perform } from '../act.ts';
import { avatar, botAvatar, stamp, zone } from '../avatar.ts';
import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import { type Item, openMenu } from '../menu.ts';
import { store, touch } from '../store.ts';
import { clock } from '../time.ts';
import type { SlackMessage } from '../wire.ts';
import { drawBlocks } from './blocks.ts';
import { emoji } from './emoji.ts';
import { list as listAt, text } from './json.ts';
import { drawMrkdwn, userName } from './text.ts';

export const instant = (ts: string): number => Number(ts) * 1000;

export const threadKey = (message: SlackMessage): string => `${store.person}/${message.channel}/${message.ts}`;

function menuItems(message: SlackMessage): readonly Item[] {
  const dismiss: Item = {
    title: 'Dismiss message',
    pick: () => {
      store.dismissed.add(threadKey(message));
      touch();
    },
  };
  if (message.visibleTo !== undefined) return [dismiss];
  return (store.world?.slack.messageShortcuts ?? []).map(({ name, title, summary }) => ({
    title,
    note: summary,
    pick: () =>
      void perform(
        { act: 'slack.messageShortcut', channel: message.channel, message: message.ts, name },
        { wait: name },
      ),
  }));
}

/** What floats over a message while one points at it or has the focus in it. */
function toolbar(message: SlackMessage, reply: (() => void) | undefined): HTMLElement {
  const more = h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': 'More actions', 'aria-haspopup': 'menu' },
    icon('more'),
  );
  more.addEventListener('click', () => openMenu(more, 'Message actions', menuItems(message)));
  return h(
    'div',
    { class: 'message-tools' },
    reply &&
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Reply in thread', onclick: reply },
        icon('reply'),
      ),
    more,
  );
}

const attachments = (message: SlackMessage, client: HTMLElement): Child =>
  message.attachments.map((each) =>
    h(
      'div',
      { class: 'attachment' },
      text(each, 'pretext') && h('div', {}, drawMrkdwn(text(each, 'pretext'))),
      text(each, 'title') && h('strong', {}, text(each, 'title')),
      text(each, 'text') && h('div', {}, drawMrkdwn(text(each, 'text'))),
      drawBlocks(listAt(each, 'blocks'), { client, on: 'message', channel: message.channel, message: message.ts }),
    ),
  );

/** The inside of a message. `follows`: it comes right after another one of the same author. */
export function drawMessage(
  message: SlackMessage,
  options: { readonly client: HTMLElement; readonly follows: boolean; readonly reply?: () => void },
): Child {
  const { client, follows } = options;
  const isBot = message.user === store.world?.bot.slack;
  const isSlackbot = message.user === 'USLACKBOT';
  const name = isSlackbot ? 'Slackbot' : isBot ? (store.world?.bot.name ?? '') : userName(message.user);
  const at = instant(message.ts);
  const surface = { client, on: 'message', channel: message.channel, message: message.ts } as const;
  return [
    h(
      'div',
      { class: 'gutter' },
      follows
        ? h('time', { class: 'side-time', datetime: new Date(at).toISOString() }, clock(at, zone()))
        : isBot
          ? botAvatar(36)
          : avatar(name, 36),
    ),
    h(
      'div',
      { class: 'message-body' },
      message.visibleTo !== undefined && h('div', { class: 'only-you' }, icon('eye', 14), 'Only visible to you'),
      !follows &&
        h(
          'div',
          { class: 'byline' },
          h('strong', {}, name),
          (isBot || isSlackbot) && h('span', { class: 'badge' }, 'App'),
          stamp(at),
        ),
      h(
        'div',
        { class: 'content' },
        message.blocks.length > 0
          ? drawBlocks(message.blocks, surface)
          : h('div', { class: 'block' }, drawMrkdwn(message.text)),
        attachments(message, client),
        message.edited && h('span', { class: 'edited' }, '(edited)'),
      ),
      message.reactions.length > 0 &&
        h(
          'div',
          { class: 'reactions' },
          message.reactions.map((each) =>
            h(
              'span',
              { class: 'reaction', title: each.users.map(userName).join(', ') },
              emoji(each.name),
              ` ${each.users.length}`,
            ),
          ),
        ),
    ),
    toolbar(message, options.reply),
  ];
}

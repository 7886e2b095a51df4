import { perform } from '../act.ts';
import { avatar, botAvatar, zone } from '../avatar.ts';
import { type Composer, createComposer } from '../composer.ts';
import { fill, h, type Keyed, reconcile } from '../dom.ts';
import { now, store, touch } from '../store.ts';
import { day } from '../time.ts';
import type { SlackMessage } from '../wire.ts';
import { drawMessage, instant, threadKey } from './message.ts';
import { userName } from './text.ts';

/** Messages of one author within this time stand under one name. */
const together = 5 * 60_000;

type Thread = { readonly root: SlackMessage; readonly replies: readonly SlackMessage[] };

const isRoot = (message: SlackMessage): boolean =>
  message.threadTs === undefined || message.threadTs === message.ts || message.broadcast === true;

function threads(messages: readonly SlackMessage[]): readonly Thread[] {
  const shown = messages.filter((each) => !store.dismissed.has(threadKey(each)));
  return shown.filter(isRoot).map((root) => ({
    root,
    replies: shown.filter((each) => each.threadTs === root.ts && each.ts !== root.ts),
  }));
}

const follows = (message: SlackMessage, before: SlackMessage | undefined): boolean =>
  before !== undefined &&
  before.user === message.user &&
  before.visibleTo === message.visibleTo &&
  instant(message.ts) - instant(before.ts) < together;

/** Composers of unfolded threads: each keeps what is half-written in it. */
const composers = new WeakMap<Element, Composer>();

function drawReplies(element: HTMLElement, { root, replies }: Thread, client: HTMLElement): void {
  const key = threadKey(root);
  const unfolded = store.unfolded.has(key);
  const bar = element.querySelector('.thread-bar') as HTMLElement;
  const box = element.querySelector('.thread') as HTMLElement;
  const toggle = (): void => {
    if (unfolded) store.unfolded.delete(key);
    else store.unfolded.add(key);
    touch();
  };
  const faces = [...new Set(replies.map((each) => each.user))].slice(0, 3);
  fill(bar, JSON.stringify([replies.length, faces, unfolded]), () =>
    replies.length > 0
      ? h(
          'button',
          { type: 'button', class: 'thread-toggle', 'aria-expanded': String(unfolded), onclick: toggle },
          faces.map((id) => (id === store.world?.bot.slack ? botAvatar(20) : avatar(userName(id), 20))),
          h('span', {}, `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`),
        )
      : false,
  );
  box.hidden = !unfolded;
  if (!unfolded) return;
  reconcile(
    box.querySelector('.replies') as HTMLElement,
    replies.map((each, nth) => item(each, replies[nth - 1], client)),
  );
  const composer =
    composers.get(box) ??
    createComposer({
      tools: [],
      suggest: () => [],
      send: async (text) => !(await perform({ act: 'slack.say', channel: root.channel, text, thread: root.ts })).error,
    });
  if (!composers.has(box)) {
    composers.set(box, composer);
    box.append(composer.element);
    composer.use({ key: `slack/${key}`, label: 'Reply in thread', placeholder: 'Reply…' });
    composer.focus();
  }
}

function item(message: SlackMessage, before: SlackMessage | undefined, client: HTMLElement, thread?: Thread): Keyed {
  const compact = follows(message, before);
  const reply = thread && {
    reply: () => {
      store.unfolded.add(threadKey(message));
      touch();
    },
  };
  return {
    // Each person has their own zone, and is mentioned by their own name.
    key: `${store.person}/${message.ts}`,
    made: 'message',
    build: () =>
      h(
        'li',
        { class: 'message' },
        h('article', { class: 'message-main' }),
        thread && [
          h('div', { class: 'thread-bar' }),
          h('div', { class: 'thread', hidden: true }, h('ol', { class: 'replies' })),
        ],
      ),
    update(element) {
      element.classList.toggle('follows', compact);
      element.classList.toggle('ephemeral', message.visibleTo !== undefined);
      fill(element.firstElementChild as HTMLElement, JSON.stringify([message, compact]), () =>
        drawMessage(message, { client, follows: compact, ...(message.visibleTo === undefined ? reply : {}) }),
      );
      if (thread) drawReplies(element, thread, client);
    },
  };
}

/** The messages of a channel, oldest first, with the days between them. */
export function drawMessages(list: HTMLElement, messages: readonly SlackMessage[], client: HTMLElement): void {
  const place = zone();
  const rows: Keyed[] = [];
  let called = '';
  let before: SlackMessage | undefined;
  for (const thread of threads(messages)) {
    const { root } = thread;
    const next = day(instant(root.ts), now(), place);
    if (next !== called) {
      rows.push({
        key: `${store.person}/${next}`,
        made: next,
        build: () => h('li', { class: 'day' }, h('span', {}, next)),
      });
      before = undefined;
    }
    called = next;
    rows.push(item(root, before, client, thread));
    before = thread.replies.length > 0 ? undefined : root;
  }
  reconcile(list, rows);
}

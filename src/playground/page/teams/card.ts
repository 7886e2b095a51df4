import { h } from '../dom.ts';
import type { Json } from '../wire.ts';
import { contextFor, type Search } from './extras.ts';
import { hostConfig } from './host-config.ts';
import { type AdaptiveCards, cards } from './library.ts';
import { prepare } from './prepare.ts';

/** What a person did with a card. `action` is the button as the app wrote it. */
export type Pressed = { readonly action: Json; readonly inputs: Json; readonly button: HTMLElement | undefined };

type Options = {
  readonly onPress: (pressed: Pressed) => void;
  readonly search: Search;
  /** The reader's, by IANA's name. */
  readonly zone: string;
};

const nonce = Math.random().toString(36).slice(2);

/** Puts the names where the marks of mentions stand. */
function showMentions(element: HTMLElement, mentions: ReadonlyMap<string, string>): void {
  if (mentions.size === 0) return;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const holders: Text[] = [];
  while (walker.nextNode())
    if (walker.currentNode.nodeValue?.includes('\u{e000}')) holders.push(walker.currentNode as Text);
  for (const holder of holders) {
    const parts = holder.data.split(/(\u{e000}\w+\u{e001})/u);
    holder.replaceWith(
      ...parts.map((part) => {
        const name = mentions.get(part);
        return name === undefined ? part : h('span', { class: 'at' }, name);
      }),
    );
  }
}

const answers = (card: AdaptiveCards.AdaptiveCard): Json =>
  Object.fromEntries(
    card.getAllInputs().flatMap((input) => (input.id && input.value !== undefined ? [[input.id, input.value]] : [])),
  );

/** An Adaptive Card as Teams would draw it. */
export function drawCard(source: unknown, { onPress, search, zone }: Options): HTMLElement {
  const { card: json, mentions, actions } = prepare(source, zone, nonce);
  const card = new cards.AdaptiveCard();
  card.hostConfig = hostConfig;
  card.parse(json, contextFor(search));
  card.onExecuteAction = (pressed) => {
    const action = actions.get(pressed.id ?? '');
    // The renderer opens and shuts what is folded by itself.
    if (!action || action.type === 'Action.ToggleVisibility') return;
    if (action.type !== 'Action.OpenUrl')
      return onPress({ action, inputs: answers(card), button: pressed.renderedElement });
    const url = String(action.url);
    if (/^(?:https?:\/\/|mailto:)/i.test(url)) open(url, '_blank', 'noopener');
  };
  const drawn = card.render();
  if (!drawn) return h('p', { class: 'card-broken' }, 'This card can’t be drawn.');
  showMentions(drawn, mentions);
  return h('div', { class: 'card' }, drawn);
}

import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import { clean, draw, type Names, noNames, Problem, shorten, type View } from '../core/kernel/index.ts';
import { createPen, draws, type Group, type Pen, type Pictures } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { escaped, plainText } from './rich-text.ts';

export { drawForm } from './modal.ts';

/** `strict`: what would be shortened or left out is a Problem instead. Tests set it. */
export type DrawOptions = { readonly strict?: boolean; readonly pictures?: Pictures; readonly remote?: boolean };
/** A message: `text` is what notifications and screen readers say, in mrkdwn with everything escaped. */
export type SlackMessage = { readonly text: string; readonly blocks: readonly KnownBlock[] };

const count = (parts: readonly (readonly Group[])[]): number => parts.flat(2).length;
const more = (n: number): Group => [{ type: 'context', elements: [plainText(`…and ${n.toLocaleString('en')} more`)] }];

const hasButtons = (groups: readonly Group[]): boolean => groups.flat().some((b) => b.type === 'actions');

/**
 * At most `max` blocks: as long as there are more, the part with the most rows gives up its last one and says how many
 * are not shown; then whole parts go from the end, save the title and what can be pressed.
 */
function withinLimit(parts: readonly (readonly Group[])[], max: number, strict: boolean): readonly KnownBlock[] {
  if (count(parts) <= max) return parts.flat(2);
  if (strict)
    throw new Problem('view_overflow', `A view has ${count(parts)} blocks; Slack takes ${max}. Shorten the view.`);
  const kept = parts.map((groups) => ({ groups: [...groups], dropped: 0 }));
  let hidden = 0;
  const drawn = () => [
    ...kept.map(({ groups, dropped }) => (dropped > 0 ? [...groups, more(dropped)] : groups)),
    ...(hidden > 0 ? [[more(hidden)]] : []),
  ];
  while (count(drawn()) > max) {
    const longest = kept.reduce((a, b) => (b.groups.length > a.groups.length ? b : a));
    const last = kept.findLastIndex(({ groups }, i) => i > 0 && groups.length > 0 && !hasButtons(groups));
    if (longest.groups.length > 1) {
      longest.groups.pop();
      longest.dropped += 1;
    } else if (last > 0) {
      kept[last] = { groups: [], dropped: 0 };
      hidden += 1;
    } else break;
  }
  return drawn().flat(2).slice(0, max);
}

function blocksOf(view: View, title: boolean, pen: Pen, max: number, strict: boolean): readonly KnownBlock[] {
  const heading: readonly Group[] =
    title && clean(view.title).trim()
      ? [[{ type: 'header', text: plainText(pen.short(view.title, LIMITS.headerText)) }]]
      : [];
  return withinLimit([heading, ...view.blocks.map((block) => draw(draws, block, pen))], max, strict);
}

/** The fallback of a view, so that its escaped form fits too (an `&` becomes five characters). */
function fallback(view: View): string {
  const said = clean(view.summary || view.title).trim() || 'Groundcrew';
  const whole = escaped(shorten(said, LIMITS.fallbackText));
  return whole.length <= LIMITS.fallbackText ? whole : escaped(shorten(said, LIMITS.fallbackText / 5));
}

/** A view as a message. */
export function render(view: View, names: Names = noNames, options: DrawOptions = {}): SlackMessage {
  const pen = createPen(names, { text: LIMITS.messageText, ...options });
  return { text: fallback(view), blocks: blocksOf(view, true, pen, LIMITS.messageBlocks, options.strict === true) };
}

/** Whether a message holds all of it. What is longer is better shown in a modal, which holds five times as much. */
export function fitsMessage(view: View, names: Names): boolean {
  try {
    render(view, names, { strict: true });
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'view_overflow') return false;
    throw error;
  }
}

/** A view as a small modal with nothing but Close: how something is whispered where no message is. */
export function renderModal(view: View, names: Names = noNames, options: DrawOptions = {}): ModalView {
  const pen = createPen(names, { text: LIMITS.viewText, block: LIMITS.viewText, ...options });
  const fits = view.title.length <= LIMITS.modalTitle;
  return {
    type: 'modal',
    title: plainText(shorten(clean(view.title), LIMITS.modalTitle) || 'Groundcrew'),
    close: plainText('Close'),
    blocks: [...blocksOf(view, !fits, pen, LIMITS.viewBlocks, options.strict === true)],
  };
}

/** A view as the App Home of one person. */
export function renderHome(view: View, names: Names = noNames, options: DrawOptions = {}): HomeView {
  const pen = createPen(names, { text: LIMITS.viewText, ...options });
  return { type: 'home', blocks: [...blocksOf(view, true, pen, LIMITS.viewBlocks, options.strict === true)] };
}

import { type Block, type Names, Problem, type Span, said, shorten, text, type View } from '../core/kernel/index.ts';
import { drawBlocks } from './blocks.ts';
import { adaptiveCard, bytesOf, type Card, cardMessage, type Message } from './card.ts';
import { LIMITS } from './limits.ts';
import { createPen, oneLine } from './pen.ts';
import { heading, note } from './rich-text.ts';

export { drawForm } from './dialog.ts';

export type How = {
  /** Tests: what does not fit throws instead of being shortened. */
  readonly strict?: true;
  /** False where nobody can be mentioned: dialogs and answers to a press. */
  readonly mentioning?: boolean;
  /** At most this share of the usual size; 1 when absent. */
  readonly scale?: number;
  /** False in a dialog, which has its own title bar. */
  readonly titled?: boolean;
};

/** Each try is a third of the one before, until the card weighs little enough. */
const scales = [1, 1 / 3, 1 / 9, 1 / 27, 1 / 81] as const;

function drawCard(view: View, names: Names, how: How, scale: number): { card: Card; cuts: readonly string[] } {
  const pen = createPen(names, { scale, mentioning: how.mentioning ?? true });
  const title = how.titled === false ? [] : [heading(pen, view.title)];
  const body = [...title, ...drawBlocks(pen, view.blocks)];
  return { card: adaptiveCard(body, [...pen.mentions.values()]), cuts: pen.cuts };
}

/** Draws a view as an Adaptive Card. What is over a limit of Teams is shortened and says so; in strict mode it throws. */
export function render(view: View, names: Names, how: How = {}): Card {
  for (const share of scales) {
    if (share > (how.scale ?? 1)) continue;
    const { card, cuts } = drawCard(view, names, how, share);
    const bytes = bytesOf(card);
    if (how.strict && (cuts.length > 0 || bytes > LIMITS.activityBytes))
      throw new Problem(
        'view_too_large',
        `The view ${view.id} does not fit into Teams (${bytes} bytes; ${cuts.join('; ')}). Show less of it, or in pages.`,
      );
    if (bytes <= LIMITS.activityBytes) return card;
  }
  return fewer(view, names, how);
}

/** So many blocks that even small they are too large: the first ones, how many are left out, and all that can be pressed. */
function fewer(view: View, names: Names, how: How): Card {
  const smallest = Math.min(how.scale ?? 1, scales.at(-1) ?? 1);
  for (let shown = view.blocks.length >> 1; shown > 0; shown >>= 1) {
    const rest = view.blocks.slice(shown);
    const more: Block = { kind: 'note', text: said(`… and ${rest.length} more`) };
    const blocks = [...view.blocks.slice(0, shown), more, ...rest.filter((b) => b.kind === 'buttons')];
    const { card } = drawCard({ ...view, blocks }, names, how, smallest);
    if (bytesOf(card) <= LIMITS.activityBytes) return card;
  }
  const pen = createPen(names);
  return adaptiveCard([heading(pen, view.title), note('This is too long for Teams to show.')], []);
}

/** The message that shows a view. */
export const messageOf = (view: View, names: Names, how: How = {}): Message =>
  cardMessage(render(view, names, how), shorten(oneLine(view.summary), LIMITS.summary));

/** The same view, saying first where it was asked for: private answers can end up in another conversation. */
export const askedElsewhere = (view: View, where: string): View => ({
  ...view,
  blocks: [{ kind: 'note', text: text`You asked for this in ${where}.` }, ...view.blocks],
});

/** What replaces a form that was sent and has nothing to say. */
export const sentView: View = {
  id: 'teams.sent',
  title: 'Sent',
  summary: 'Your answers were sent.',
  blocks: [{ kind: 'notice', tone: 'good', text: said('Your answers were sent.') }],
};

/** Clients may make links and mentions out of these in a one-line answer, so such text is drawn as a card. */
const lively = /[<>[\]]|\w:\/\/|www\./;
const speakable = (span: Span): boolean => 'text' in span && span.kind !== 'link';
const words = (block: Block): readonly Span[] | undefined =>
  block.kind === 'text' || block.kind === 'notice' || block.kind === 'note' ? block.text : undefined;

/**
 * A view as the one line of text that Teams shows under a pressed card or in a closing dialog; undefined when the view
 * says more than plain text can: lists, buttons, people, times, or many words.
 */
export function plainText(view: View): string | undefined {
  if (view.blocks.length === 0 || view.blocks.length > 2) return undefined;
  const texts = view.blocks.map(words);
  if (texts.some((t) => t === undefined || !t.every(speakable))) return undefined;
  const sentences = [said(view.title), ...texts]
    .map((t) => oneLine((t ?? []).map((s) => ('text' in s ? s.text : '')).join('')))
    .map((t) => (/[.!?:…]$/.test(t) || t === '' ? t : `${t}.`));
  const line = oneLine(sentences.join(' '));
  return line.length <= LIMITS.answerText && !lively.test(line) ? line : undefined;
}

import { person, said, shorten, strong, type Text, text, type View } from '../kernel/index.ts';
import { muteButton } from './buttons.ts';
import { quarterName } from './history-view.ts';
import type { Feedback, Moved } from './store.ts';

type Told = {
  readonly title: string;
  readonly tone: 'info' | 'good' | 'warn';
  readonly text: (item: Feedback, by: Text) => Text;
  readonly next: (item: Feedback) => string;
};

/**
 * What the requester is told at once, by move. What ships is told to all together; a question has a card of its own; and
 * the rest is no news that anybody must be called for: their own card says it.
 */
const told: Readonly<Record<'plan' | 'decline', Told>> = {
  plan: {
    title: 'Planned',
    tone: 'good',
    text: (i, by) => text`${by} planned what you asked for: ${strong(i.what)}`,
    next: ({ quarter }) =>
      quarter
        ? `It’s meant for ${quarterName(quarter)}. I’ll tell you when it’s here.`
        : 'I’ll tell you when it’s here.',
  },
  decline: {
    title: 'Declined',
    tone: 'warn',
    text: (i, by) => text`${by} decided not to do this: ${strong(i.what)}`,
    next: () => 'If something changes on your side, send it again and say what’s new.',
  },
};

/** The direct message to the requester after a move. */
export function toldView(item: Feedback, move: keyof typeof told, { by, words }: Pick<Moved, 'by' | 'words'>): View {
  const { title, tone, text: sentence, next } = told[move];
  return {
    id: 'feedback.told',
    title: `${title}: #${item.number}`,
    summary: `${title}: ${shorten(item.what, 120)}${words ? `. ${shorten(words, 200)}` : ''}`,
    blocks: [
      { kind: 'notice', tone, text: sentence(item, by ? [person(by)] : said('The team')) },
      ...(words ? [{ kind: 'quote', text: said(words) } as const] : []),
      { kind: 'note', text: said(next(item)) },
      ...(move === 'plan' ? [{ kind: 'buttons', buttons: [muteButton(item.number)] } as const] : []),
    ],
  };
}

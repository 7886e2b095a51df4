import { type Button, shorten, strong, type Text, text, time, type View } from '../kernel/index.ts';
import { startButton } from './buttons.ts';
import { pain } from './history-view.ts';
import { stateNames, waiting } from './rules.ts';
import type { Feedback, Moved } from './store.ts';

/** How much of a reason or a question a list shows. */
const remarkMax = 200;
/** What the requester most wants to know of an item beside its state: why it was declined, or what is asked. */
function remark(item: Feedback, history: readonly Moved[]): string {
  const [move, label] = waiting(item, history)
    ? (['ask', 'Question'] as const)
    : item.state === 'declined'
      ? (['decline', 'Reason'] as const)
      : [];
  const words = history.findLast((h) => h.move === move)?.words;
  return words ? `\n${label}: ${shorten(words.replace(/\s+/g, ' '), remarkMax)}` : '';
}

/** A person's own items, or what is open. */
export function listView(
  title: string,
  items: readonly Feedback[],
  empty: Text,
  options: {
    readonly buttons: (item: Feedback) => readonly Button[];
    readonly more: boolean;
    /** Whether to offer to ask for something new. */
    readonly start?: true;
    /** By number; without it no reasons and questions are shown. */
    readonly histories?: ReadonlyMap<number, readonly Moved[]>;
  },
): View {
  return {
    id: 'feedback.list',
    title,
    summary:
      items.length === 0 ? `${title}: nothing yet` : `${title}: ${items.length}${options.more ? ' or more' : ''}`,
    blocks: [
      ...(items.length === 0
        ? [{ kind: 'text', text: empty } as const]
        : [
            {
              kind: 'items',
              items: items.map((item) => ({
                title: text`#${item.number} ${shorten(item.what, 150)}`,
                note: text`${strong(stateNames[item.state])} · ${pain(item.pain)} · changed ${time(item.changed, 'date')}${remark(item, options.histories?.get(item.number) ?? [])}`,
                buttons: options.buttons(item),
              })),
            } as const,
          ]),
      ...(options.more ? [{ kind: 'note', text: text`Only the first ${items.length} are shown.` } as const] : []),
      ...(options.start ? [{ kind: 'buttons', buttons: [startButton] } as const] : []),
    ],
  };
}

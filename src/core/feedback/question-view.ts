import { type Block, type PersonId, person, said, shorten, strong, text, type View } from '../kernel/index.ts';
import { answerButton } from './buttons.ts';
import { rules, stateNames } from './rules.ts';
import type { Feedback, Moved } from './store.ts';

/**
 * The question to the requester: with its button while it is open, with the answer after that. `history` has the
 * question at `at`.
 */
export function questionView(item: Feedback, history: readonly Moved[], at: number): View {
  const asked = history[at];
  const next = history.slice(at + 1).find((h) => h.move === 'answer' || h.move === 'ask');
  const words = asked?.words ?? '';
  const closed = rules.answer.from.includes(item.state) ? undefined : stateNames[item.state].toLowerCase();
  const ends = (): readonly Block[] => {
    if (next?.move === 'answer')
      return [
        { kind: 'text', text: said('You answered:') },
        { kind: 'quote', text: said(next.words ?? '') },
        {
          kind: 'note',
          text: said('Thank you! The team reads it on their card. I’ll tell you when something changes.'),
        },
      ];
    if (next) return [{ kind: 'note', text: said('They asked again since then: please answer the newer question.') }];
    if (closed) return [{ kind: 'note', text: text`It is ${closed} now, so no answer is needed any more.` }];
    return [{ kind: 'buttons', buttons: [answerButton(item.number)] }];
  };
  const title = next?.move === 'answer' ? 'Your answer' : 'A question for you';
  return {
    id: 'feedback.question',
    title: `${title}: #${item.number}`,
    summary: `${title}: ${shorten(item.what, 120)}. ${shorten(words, 200)}`,
    blocks: [
      {
        kind: 'notice',
        tone: 'info',
        text: text`${asked?.by ? person(asked.by) : ''} ${next?.move === 'answer' ? 'had' : 'has'} a question about what you asked for: ${strong(item.what)}`,
      },
      { kind: 'quote', text: said(words) },
      ...ends(),
    ],
  };
}

/** What is said under the triage card when an answer comes: an edited card alone would call nobody. */
export function answeredView(item: Feedback, asker: PersonId, answer: Moved): View {
  const words = answer.words ?? '';
  return {
    id: 'feedback.answered',
    title: `Answer to #${item.number}`,
    summary: `Answer to #${item.number}: ${shorten(words, 200)}`,
    blocks: [
      {
        kind: 'text',
        text: text`${person(asker)}, ${answer.by ? person(answer.by) : 'somebody'} answered your question:`,
      },
      { kind: 'quote', text: said(words) },
    ],
  };
}

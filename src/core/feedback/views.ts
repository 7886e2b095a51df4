import {
  type Block,
  type Button,
  link,
  type PersonId,
  person,
  said,
  shorten,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { type Move, pains, possibleMoves, rules, type State, stateNames, waiting } from './rules.ts';
import type { Feedback, Moved } from './store.ts';

/** The names of the presses; their values are JSON. */
export const presses = { move: 'feedback.move', answer: 'feedback.answer', start: 'feedback.start' } as const;

export const startButton: Button = {
  label: 'Send feedback',
  press: { name: presses.start, value: '{}' },
  tone: 'primary',
  opens: 'form',
};

export const answerButton = (number: number): Button => ({
  label: 'Answer',
  press: { name: presses.answer, value: JSON.stringify({ number }) },
  tone: 'primary',
  opens: 'form',
});

const labels: Readonly<Record<Move, string>> = {
  plan: 'Plan',
  start: 'In progress',
  ship: 'Ship',
  decline: 'Decline',
  ask: 'Ask back',
  answer: 'Answer',
  reopen: 'Reopen',
};

/** The move that usually comes next: its button stands out. */
const usual: Readonly<Record<State, Move>> = {
  received: 'plan',
  planned: 'start',
  'in-progress': 'ship',
  shipped: 'reopen',
  declined: 'reopen',
};

export function moveButton(number: number, move: Move, state: State): Button {
  const closed = state === 'shipped' || state === 'declined';
  return {
    label: labels[move],
    press: { name: presses.move, value: JSON.stringify({ number, move }) },
    ...(move === 'decline'
      ? { tone: 'danger' as const }
      : usual[state] === move && !closed
        ? { tone: 'primary' as const }
        : {}),
    ...(rules[move].words ? { opens: 'form' as const } : {}),
  };
}

const pain = (n: number): Text => text`${'●'.repeat(n)}${'○'.repeat(5 - n)} ${pains[n - 1] ?? ''}`;

const origin = (item: Feedback): Text => (item.permalink ? [link('the message it came from', item.permalink)] : []);

const happened: Readonly<Record<Move, string>> = {
  plan: 'planned it',
  start: 'started on it',
  ship: 'shipped it',
  decline: 'declined it',
  ask: 'asked',
  answer: 'answered',
  reopen: 'reopened it',
};

const line = (moved: Moved): Text =>
  moved.words === undefined
    ? text`${time(moved.at, 'date')} ${person(moved.by)} ${happened[moved.move]}`
    : text`${time(moved.at, 'date')} ${person(moved.by)} ${happened[moved.move]}: ${moved.words}`;

/** How many lines of the history stand on a card; the whole is kept. */
const recent = 5;
function historyBlocks(history: readonly Moved[]): readonly Block[] {
  const earlier = history.length - recent;
  return [
    ...(earlier > 0 ? [{ kind: 'note', text: text`${earlier} earlier step${earlier === 1 ? '' : 's'}` } as const] : []),
    ...history.slice(-recent).map((moved): Block => ({ kind: 'note', text: line(moved) })),
  ];
}

const status = (item: Feedback, history: readonly Moved[], whose: 'an' | 'your'): Text =>
  waiting(item, history)
    ? text`${strong(stateNames[item.state])}, waiting for ${whose} answer`
    : [strong(stateNames[item.state])];

/** The card in the triage channel. */
export function triageCard(item: Feedback, history: readonly Moved[]): View {
  return {
    id: 'feedback.triage',
    title: `Feedback #${item.number}`,
    summary: `Feedback #${item.number}, ${stateNames[item.state].toLowerCase()}: ${shorten(item.what, 120)}`,
    blocks: [
      { kind: 'text', text: [strong(item.what)] },
      { kind: 'quote', text: said(item.why) },
      {
        kind: 'facts',
        rows: [
          ['From', [person(item.requester)]],
          ['Pain', pain(item.pain)],
          ['State', status(item, history, 'an')],
          ['Asked', [time(item.created, 'date')]],
          ...(item.permalink ? [['Source', origin(item)] as const] : []),
        ],
      },
      ...historyBlocks(history),
      { kind: 'buttons', buttons: possibleMoves(item.state).map((move) => moveButton(item.number, move, item.state)) },
    ],
  };
}

/** The requester's own copy, in their direct messages. */
export function requesterCard(item: Feedback, history: readonly Moved[], team: string): View {
  const open = waiting(item, history);
  return {
    id: 'feedback.requester',
    title: `Your feedback #${item.number}`,
    summary: `Your feedback #${item.number} is ${stateNames[item.state].toLowerCase()}: ${shorten(item.what, 120)}`,
    blocks: [
      ...(history.length === 0
        ? [
            {
              kind: 'notice',
              tone: 'good',
              text: text`Thank you! It’s with ${team}. I’ll tell you here when something changes.`,
            } as const,
          ]
        : []),
      { kind: 'text', text: [strong(item.what)] },
      {
        kind: 'facts',
        rows: [
          ['State', status(item, history, 'your')],
          ['Pain', pain(item.pain)],
          ...(item.permalink ? [['Source', origin(item)] as const] : []),
        ],
      },
      ...historyBlocks(history),
      ...(open ? [{ kind: 'buttons', buttons: [answerButton(item.number)] } as const] : []),
    ],
  };
}

type Told = {
  readonly title: string;
  readonly tone: 'info' | 'good' | 'warn';
  readonly text: (item: Feedback, by: PersonId) => Text;
  readonly next?: string;
};

/** What the requester is told, by move. Their own answers are no news to them; a question has a card of its own. */
const told: Readonly<Record<Exclude<Move, 'answer' | 'ask'>, Told>> = {
  plan: {
    title: 'Planned',
    tone: 'good',
    text: (i, by) => text`${person(by)} planned what you asked for: ${strong(i.what)}`,
    next: 'I’ll tell you when work starts and when it’s here.',
  },
  start: {
    title: 'In progress',
    tone: 'info',
    text: (i, by) => text`${person(by)} started on what you asked for: ${strong(i.what)}`,
    next: 'I’ll tell you when it’s here.',
  },
  ship: {
    title: 'It’s here',
    tone: 'good',
    text: (i, by) => text`${person(by)} shipped what you asked for: ${strong(i.what)}`,
    next: 'Thank you for asking. If it doesn’t help, send feedback again and say what’s missing.',
  },
  decline: {
    title: 'Declined',
    tone: 'warn',
    text: (i, by) => text`${person(by)} decided not to do this: ${strong(i.what)}`,
    next: 'If something changes on your side, send it again and say what’s new.',
  },
  reopen: {
    title: 'Open again',
    tone: 'info',
    text: (i, by) => text`${person(by)} reopened what you asked for: ${strong(i.what)}`,
    next: 'I’ll tell you when something changes.',
  },
};

/** The direct message to the requester after a move. */
export function toldView(item: Feedback, move: keyof typeof told, by: PersonId, words: string | undefined): View {
  const { title, tone, text: sentence, next } = told[move];
  return {
    id: 'feedback.told',
    title: `${title}: #${item.number}`,
    summary: `${title}: ${shorten(item.what, 120)}${words ? `. ${shorten(words, 200)}` : ''}`,
    blocks: [
      { kind: 'notice', tone, text: sentence(item, by) },
      ...(words ? [{ kind: 'quote', text: said(words) } as const] : []),
      ...(next ? [{ kind: 'note', text: said(next) } as const] : []),
    ],
  };
}

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
        text: text`${asked ? person(asked.by) : ''} ${next?.move === 'answer' ? 'had' : 'has'} a question about what you asked for: ${strong(item.what)}`,
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
      { kind: 'text', text: text`${person(asker)}, ${person(answer.by)} answered your question:` },
      { kind: 'quote', text: said(words) },
    ],
  };
}

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

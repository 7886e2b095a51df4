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
import { type Move, possibleMoves, rules, type State, stateNames, waiting } from './rules.ts';
import type { Feedback, Moved } from './store.ts';

/** The names of the presses; their values are JSON. */
export const presses = { move: 'feedback.move', answer: 'feedback.answer', start: 'feedback.start' } as const;

export const startButton: Button = {
  label: 'Send feedback',
  press: { name: presses.start, value: '{}' },
  tone: 'primary',
  opens: 'form',
};

const answerButton = (number: number): Button => ({
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

const pains = ['a papercut', 'annoying', 'slows us down', 'hurts every week', 'it blocks us'] as const;
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

const status = (item: Feedback, history: readonly Moved[]): Text =>
  waiting(history) ? text`${strong(stateNames[item.state])}, waiting for an answer` : [strong(stateNames[item.state])];

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
          ['State', status(item, history)],
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
  const open = waiting(history);
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
          ['State', status(item, history)],
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

/** What the requester is told, by move. Their own answers are no news to them. */
const told: Readonly<Record<Exclude<Move, 'answer'>, Told>> = {
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
  ask: {
    title: 'A question for you',
    tone: 'info',
    text: (i, by) => text`${person(by)} has a question about what you asked for: ${strong(i.what)}`,
  },
  reopen: {
    title: 'Open again',
    tone: 'info',
    text: (i, by) => text`${person(by)} reopened what you asked for: ${strong(i.what)}`,
    next: 'I’ll tell you when something changes.',
  },
};

/** The direct message to the requester after a move. */
export function toldView(item: Feedback, move: Exclude<Move, 'answer'>, by: PersonId, words: string | undefined): View {
  const { title, tone, text: sentence, next } = told[move];
  return {
    id: 'feedback.told',
    title: `${title}: #${item.number}`,
    summary: `${title}: ${shorten(item.what, 120)}${words ? `. ${shorten(words, 200)}` : ''}`,
    blocks: [
      { kind: 'notice', tone, text: sentence(item, by) },
      ...(words ? [{ kind: 'quote', text: said(words) } as const] : []),
      ...(next ? [{ kind: 'note', text: said(next) } as const] : []),
      ...(move === 'ask' ? [{ kind: 'buttons', buttons: [answerButton(item.number)] } as const] : []),
    ],
  };
}

/** A person's own items, or what is open. */
export function listView(
  title: string,
  items: readonly Feedback[],
  empty: Text,
  options: { readonly buttons: (item: Feedback) => readonly Button[]; readonly more: boolean },
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
                note: text`${strong(stateNames[item.state])} · ${pain(item.pain)} · changed ${time(item.changed, 'date')}`,
                buttons: options.buttons(item),
              })),
            } as const,
          ]),
      ...(options.more ? [{ kind: 'note', text: text`Only the first ${items.length} are shown.` } as const] : []),
      { kind: 'buttons', buttons: [startButton] },
    ],
  };
}

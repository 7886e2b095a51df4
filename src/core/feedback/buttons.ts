import type { Button } from '../kernel/index.ts';
import { isOpen, type Move, rules, type State } from './rules.ts';

/** The names of the presses; their values are JSON. */
export const presses = {
  move: 'feedback.move',
  answer: 'feedback.answer',
  start: 'feedback.start',
  details: 'roadmap.details',
  more: 'roadmap.item',
  meToo: 'roadmap.me-too',
  unmerge: 'roadmap.unmerge',
  mute: 'roadmap.mute',
} as const;

export const startButton: Button = {
  label: 'Send feedback',
  press: { name: presses.start, value: '{}' },
  tone: 'primary',
  opens: 'form',
};

const about = (name: string, number: number) => ({ name, value: JSON.stringify({ number }) });

export const answerButton = (number: number): Button => ({
  label: 'Answer',
  press: about(presses.answer, number),
  tone: 'primary',
  opens: 'form',
});

export const meTooButton = (number: number): Button => ({ label: 'Me too', press: about(presses.meToo, number) });
export const muteButton = (number: number): Button => ({
  label: 'Don’t tell me more',
  press: about(presses.mute, number),
});
export const moreButton = (number: number): Button => ({ label: 'More', press: about(presses.more, number) });
export const unmergeButton = (number: number): Button => ({
  label: 'Take it out again',
  press: about(presses.unmerge, number),
});
export const detailsButton = (number: number, state: State): Button => ({
  label: state === 'received' ? 'Triage' : 'Details',
  press: about(presses.details, number),
  ...(state === 'received' ? { tone: 'primary' as const } : {}),
  opens: 'form',
});

const labels: Readonly<Record<Move, string>> = {
  triage: 'Triage',
  plan: 'Plan',
  start: 'In progress',
  review: 'In review',
  ship: 'Ship',
  decline: 'Decline',
  ask: 'Ask back',
  answer: 'Answer',
  reopen: 'Reopen',
  return: 'Not quite',
};

/** The move that usually comes next: its button stands out. */
const usual: Readonly<Record<State, Move>> = {
  received: 'triage',
  triaged: 'plan',
  planned: 'start',
  'in-progress': 'ship',
  'in-review': 'ship',
  shipped: 'reopen',
  declined: 'reopen',
};

export const moveButton = (number: number, move: Move, state: State): Button => ({
  label: labels[move],
  press: { name: presses.move, value: JSON.stringify({ number, move }) },
  ...(move === 'decline'
    ? { tone: 'danger' as const }
    : usual[state] === move && isOpen(state)
      ? { tone: 'primary' as const }
      : {}),
  ...(rules[move].words ? { opens: 'form' as const } : {}),
});

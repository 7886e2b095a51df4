import { type Block, person, said, shorten, strong, type Text, text, time, type View } from '../kernel/index.ts';
import type { Score } from '../roadmap/score.ts';
import { scoreRows } from '../roadmap/score-view.ts';
import { answerButton, detailsButton, meTooButton, moreButton, moveButton, unmergeButton } from './buttons.ts';
import { historyBlocks, origin, pain, quarterName, status } from './history-view.ts';
import { cardMoves, isOpen, stateNames } from './rules.ts';
import type { Feedback, Moved } from './store.ts';

type Rows = readonly (readonly [string, Text])[];

/** What triage has found out so far. */
export const detailRows = (item: Feedback): Rows => [
  ...(item.outcome ? [['Outcome', said(item.outcome)] as const] : []),
  ...(item.quarter ? [['When', said(quarterName(item.quarter))] as const] : []),
  ...(item.owner ? [['Owner', [person(item.owner)]] as const] : []),
];

const partOf = (root: Feedback): Block => ({
  kind: 'notice',
  tone: 'info',
  text: text`It is part of #${root.number} ${strong(shorten(root.what, 120))}, which is ${stateNames[root.state].toLowerCase()}.`,
});

/** The card in the triage channel; `root` is what it is merged into. */
export function triageCard(item: Feedback, history: readonly Moved[], score?: Score, root?: Feedback): View {
  const state = root?.state ?? item.state;
  return {
    id: 'feedback.triage',
    title: `Feedback #${item.number}`,
    summary: `Feedback #${item.number}, ${stateNames[state].toLowerCase()}: ${shorten(item.what, 120)}`,
    blocks: [
      { kind: 'text', text: [strong(item.what)] },
      ...(root ? [partOf(root)] : []),
      { kind: 'quote', text: said(item.why) },
      {
        kind: 'facts',
        rows: [
          ['From', [person(item.requester)]],
          ['Pain', pain(item.pain)],
          ['State', status({ ...item, state }, history, 'an')],
          ['Asked', [time(item.created, 'date')]],
          ...(item.permalink ? [['Source', origin(item)] as const] : []),
          ...(score ? scoreRows(score) : []),
          ...detailRows(item),
        ],
      },
      ...historyBlocks(history),
      {
        kind: 'buttons',
        buttons: root
          ? [unmergeButton(item.number), moreButton(root.number)]
          : [
              ...(item.state === 'received' ? [detailsButton(item.number, item.state)] : []),
              ...cardMoves(item.state).map((move) => moveButton(item.number, move, item.state)),
              ...(isOpen(item.state) ? [meTooButton(item.number)] : []),
              moreButton(item.number),
            ],
      },
    ],
  };
}

/** The requester's own copy, in their direct messages. */
export function requesterCard(item: Feedback, history: readonly Moved[], team: string, root?: Feedback): View {
  const now = root ? { ...item, state: root.state } : item;
  const open = status(now, history, 'your').length > 1;
  return {
    id: 'feedback.requester',
    title: `Your feedback #${item.number}`,
    summary: `Your feedback #${item.number} is ${stateNames[now.state].toLowerCase()}: ${shorten(item.what, 120)}`,
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
      ...(root ? [partOf(root)] : []),
      {
        kind: 'facts',
        rows: [
          ['State', status(now, history, 'your')],
          ['Pain', pain(item.pain)],
          ...(item.permalink ? [['Source', origin(item)] as const] : []),
          ...detailRows(root ?? item),
        ],
      },
      ...historyBlocks(history),
      ...(open ? [{ kind: 'buttons', buttons: [answerButton(item.number)] } as const] : []),
    ],
  };
}

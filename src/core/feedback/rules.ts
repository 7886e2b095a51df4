/** Where an item stands. */
export const states = ['received', 'triaged', 'planned', 'in-progress', 'in-review', 'shipped', 'declined'] as const;
export type State = (typeof states)[number];

/** What can be done with it. */
export const moves = [
  'triage',
  'plan',
  'start',
  'review',
  'ship',
  'decline',
  'ask',
  'answer',
  'reopen',
  'return',
] as const;
export type Move = (typeof moves)[number];

type Rule = {
  readonly from: readonly State[];
  /** `same`: the state stays, only words are exchanged. */
  readonly to: State | 'same';
  /** `asker`: whoever asked for it, or wanted it too. */
  readonly who: 'triage' | 'requester' | 'asker';
  /** Whether a reason, a question or an answer must come with it. */
  readonly words: boolean;
  /** Whether those who asked are told: only of what decides it. */
  readonly told: boolean;
};

const open = ['received', 'triaged', 'planned', 'in-progress', 'in-review'] as const;

/** The one table of allowed moves. */
export const rules: Readonly<Record<Move, Rule>> = {
  triage: { from: ['received'], to: 'triaged', who: 'triage', words: false, told: false },
  plan: {
    from: ['received', 'triaged', 'in-progress', 'in-review'],
    to: 'planned',
    who: 'triage',
    words: false,
    told: true,
  },
  start: {
    from: ['received', 'triaged', 'planned', 'in-review'],
    to: 'in-progress',
    who: 'triage',
    words: false,
    told: false,
  },
  review: { from: ['planned', 'in-progress'], to: 'in-review', who: 'triage', words: false, told: false },
  ship: { from: open, to: 'shipped', who: 'triage', words: true, told: true },
  decline: { from: open, to: 'declined', who: 'triage', words: true, told: true },
  ask: { from: open, to: 'same', who: 'triage', words: true, told: false },
  answer: { from: open, to: 'same', who: 'requester', words: true, told: false },
  reopen: { from: ['shipped', 'declined'], to: 'received', who: 'triage', words: false, told: false },
  return: { from: ['shipped'], to: 'received', who: 'asker', words: true, told: false },
};

export const stateNames: Readonly<Record<State, string>> = {
  received: 'Received',
  triaged: 'Triaged',
  planned: 'Planned',
  'in-progress': 'In progress',
  'in-review': 'In review',
  shipped: 'Shipped',
  declined: 'Declined',
};

export const isOpen = (state: State): boolean => (open as readonly State[]).includes(state);

/** How much it hurts, from 1 to 5, in words. */
export const pains = ['a papercut', 'annoying', 'slows us down', 'hurts every week', 'it blocks us'] as const;

/** Whether a question is open: the last exchange of words is an `ask`, and the item is not closed. */
export const waiting = ({ state }: { readonly state: State }, history: readonly { readonly move: string }[]): boolean =>
  rules.answer.from.includes(state) && history.findLast((h) => h.move === 'ask' || h.move === 'answer')?.move === 'ask';

export type Decision = { readonly ok: true; readonly state: State } | { readonly ok: false; readonly why: string };

const wishes: Readonly<Record<Move, string>> = {
  triage: 'triaged',
  plan: 'planned',
  start: 'started',
  review: 'put in review',
  ship: 'shipped',
  decline: 'declined',
  ask: 'asked about',
  answer: 'answered',
  reopen: 'reopened',
  return: 'sent back',
};

/** What a move does to an item, or why it may not be made. */
export function decide(
  move: Move,
  item: { readonly state: State },
  history: readonly { readonly move: string }[],
): Decision {
  const rule = rules[move];
  if (move === 'answer' && rule.from.includes(item.state) && !waiting(item, history))
    return { ok: false, why: 'No question is open on this one: it was answered already.' };
  if (rule.from.includes(item.state)) return { ok: true, state: rule.to === 'same' ? item.state : rule.to };
  if (rule.to === item.state) return { ok: false, why: `It is ${stateNames[item.state].toLowerCase()} already.` };
  const possible = possibleMoves(item.state).map((m) => wishes[m]);
  return {
    ok: false,
    why: `It is ${stateNames[item.state].toLowerCase()}, and from there it can’t be ${wishes[move]}. It can be ${new Intl.ListFormat('en', { type: 'disjunction' }).format(possible)}.`,
  };
}

/** The moves that triage can make from a state, in the order of their buttons. */
export const possibleMoves = (state: State): readonly Move[] =>
  moves.filter((m) => rules[m].who === 'triage' && rules[m].from.includes(state));

/** What stands on a card: the way that most take. The rest is behind “More”. */
const usualMoves: Readonly<Record<State, readonly Move[]>> = {
  received: ['plan', 'decline', 'ask'],
  triaged: ['plan', 'decline', 'ask'],
  planned: ['start', 'ship', 'decline', 'ask'],
  'in-progress': ['review', 'ship', 'ask'],
  'in-review': ['ship', 'ask'],
  shipped: ['reopen'],
  declined: ['reopen'],
};
export const cardMoves = (state: State): readonly Move[] => usualMoves[state];

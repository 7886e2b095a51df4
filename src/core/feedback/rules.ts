/** Where an item stands. */
export const states = ['received', 'planned', 'in-progress', 'shipped', 'declined'] as const;
export type State = (typeof states)[number];

/** What can be done with it. */
export const moves = ['plan', 'start', 'ship', 'decline', 'ask', 'answer', 'reopen'] as const;
export type Move = (typeof moves)[number];

type Rule = {
  readonly from: readonly State[];
  /** `same`: the state stays, only words are exchanged. */
  readonly to: State | 'same';
  readonly who: 'triage' | 'requester';
  /** Whether a reason, a question or an answer must come with it. */
  readonly words: boolean;
};

const open = ['received', 'planned', 'in-progress'] as const;

/** The one table of allowed moves. */
export const rules: Readonly<Record<Move, Rule>> = {
  plan: { from: ['received', 'in-progress'], to: 'planned', who: 'triage', words: false },
  start: { from: ['received', 'planned'], to: 'in-progress', who: 'triage', words: false },
  ship: { from: open, to: 'shipped', who: 'triage', words: false },
  decline: { from: open, to: 'declined', who: 'triage', words: true },
  ask: { from: open, to: 'same', who: 'triage', words: true },
  answer: { from: open, to: 'same', who: 'requester', words: true },
  reopen: { from: ['shipped', 'declined'], to: 'received', who: 'triage', words: false },
};

export const stateNames: Readonly<Record<State, string>> = {
  received: 'Received',
  planned: 'Planned',
  'in-progress': 'In progress',
  shipped: 'Shipped',
  declined: 'Declined',
};

/** How much it hurts, from 1 to 5, in words. */
export const pains = ['a papercut', 'annoying', 'slows us down', 'hurts every week', 'it blocks us'] as const;

/** Whether a question is open: the last exchange of words is an `ask`, and the item is not closed. */
export const waiting = ({ state }: { readonly state: State }, history: readonly { readonly move: Move }[]): boolean =>
  rules.answer.from.includes(state) && history.findLast((h) => h.move === 'ask' || h.move === 'answer')?.move === 'ask';

export type Decision = { readonly ok: true; readonly state: State } | { readonly ok: false; readonly why: string };

const wishes: Readonly<Record<Move, string>> = {
  plan: 'planned',
  start: 'started',
  ship: 'shipped',
  decline: 'declined',
  ask: 'asked about',
  answer: 'answered',
  reopen: 'reopened',
};

/** What a move does to an item, or why it may not be made. */
export function decide(
  move: Move,
  item: { readonly state: State },
  history: readonly { readonly move: Move }[],
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

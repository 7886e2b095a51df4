/** What kind of news it is. `event` comes from other features, such as a demo that is announced. */
export const kinds = ['new', 'changed', 'fixed', 'deprecated', 'action', 'event', 'week'] as const;
export type Kind = (typeof kinds)[number];

export const kindNames: Readonly<Record<Kind, string>> = {
  new: 'New',
  changed: 'Changed',
  fixed: 'Fixed',
  deprecated: 'Deprecated',
  action: 'Action required',
  event: 'Come along',
  week: 'What’s new',
};

/** Where it stands. A `draft` is seen by those who write; `planned` goes out by itself; what is `posted` can be `retracted`. */
export const states = ['draft', 'planned', 'posted', 'retracted', 'dropped'] as const;
export type State = (typeof states)[number];

export const moves = ['post', 'plan', 'edit', 'drop', 'retract', 'again'] as const;
export type Move = (typeof moves)[number];

/** The one table of allowed moves. */
const rules: Readonly<Record<Move, { readonly from: readonly State[]; readonly done: string }>> = {
  post: { from: ['draft', 'planned'], done: 'posted' },
  plan: { from: ['draft'], done: 'planned' },
  edit: { from: ['draft', 'planned', 'posted'], done: 'changed' },
  drop: { from: ['draft', 'planned'], done: 'dropped' },
  retract: { from: ['posted'], done: 'retracted' },
  again: { from: ['posted'], done: 'tried again' },
};

export const stateNames: Readonly<Record<State, string>> = {
  draft: 'Draft',
  planned: 'Planned',
  posted: 'Posted',
  retracted: 'Retracted',
  dropped: 'Dropped',
};

export const may = (move: Move, state: State): boolean => rules[move].from.includes(state);

/** Why a move may not be made; undefined when it may. */
export function fault(move: Move, state: State): string | undefined {
  if (may(move, state)) return undefined;
  const is = stateNames[state].toLowerCase();
  return rules[move].done === is
    ? `It is ${is} already: somebody was faster, or pressed twice. Nothing was done again.`
    : `It is ${is}, so it can’t be ${rules[move].done} any more. Nothing was changed.`;
}

/** Long enough to say it, short enough to be read in a channel. */
export const limits = { title: 120, text: 1500, details: 3000, link: 1000, alt: 300, why: 500 } as const;

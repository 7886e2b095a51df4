import { type Block, counting, type Json, link, person, said, strong, type Text, text, time } from '../kernel/index.ts';
import { type Move, pains, stateNames, waiting } from './rules.ts';
import type { Feedback, Mark, Moved } from './store.ts';

export const pain = (n: number): Text => text`${'●'.repeat(n)}${'○'.repeat(5 - n)} ${pains[n - 1] ?? ''}`;

export const origin = (item: Feedback): Text =>
  item.permalink ? [link('the message it came from', item.permalink)] : [];

/** `2026Q1`, as people say it. */
export const quarterName = (quarter: string): string => `${quarter.slice(4)} ${quarter.slice(0, 4)}`;

const happened: Readonly<Record<Move | Mark, string>> = {
  triage: 'triaged it',
  plan: 'planned it',
  start: 'started on it',
  review: 'put it in review',
  ship: 'shipped it',
  decline: 'declined it',
  ask: 'asked',
  answer: 'answered',
  reopen: 'reopened it',
  return: 'said that it doesn’t help yet',
  detail: 'changed it',
  merge: 'merged it',
  unmerge: 'took it out again',
  split: 'split it',
  link: 'linked it',
  note: 'said',
};

const value = (of: Json): string => (of === null ? 'none' : typeof of === 'string' ? of : JSON.stringify(of));
/** What changed beside the state: `impact 2 → 4`. Long words are kept, and not shown here. */
function changed({ changes }: Moved): string {
  const parts = Object.entries(changes ?? {}).map(([name, [before, after]]) =>
    name === 'owner' || value(before).length + value(after).length > 60
      ? name
      : before === null
        ? `${name} ${value(after)}`
        : `${name} ${value(before)} → ${value(after)}`,
  );
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

/** How trackers are called. */
export const trackerNames: Readonly<Record<string, string>> = { github: 'GitHub', jira: 'Jira', linear: 'Linear' };

export function line(moved: Moved): Text {
  const who = moved.by ? [person(moved.by)] : said(trackerNames[moved.via ?? ''] ?? moved.via ?? 'Somebody');
  const what = text`${time(moved.at, 'date')} ${who} ${happened[moved.move]}${changed(moved)}`;
  return moved.words === undefined ? what : text`${what}: ${moved.words}`;
}

/** How many lines of the history stand on a card; the whole is kept. */
const recent = 5;
export function historyBlocks(history: readonly Moved[]): readonly Block[] {
  const earlier = history.length - recent;
  return [
    ...(earlier > 0 ? [{ kind: 'note', text: said(counting(earlier, 'earlier step')) } as const] : []),
    ...history.slice(-recent).map((moved): Block => ({ kind: 'note', text: line(moved) })),
  ];
}

export const status = (item: Feedback, history: readonly Moved[], whose: 'an' | 'your'): Text =>
  waiting(item, history)
    ? text`${strong(stateNames[item.state])}, waiting for ${whose} answer`
    : [strong(stateNames[item.state])];

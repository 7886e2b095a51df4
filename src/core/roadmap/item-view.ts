import { detailsButton, meTooButton, moveButton, muteButton, unmergeButton } from '../feedback/buttons.ts';
import { detailRows } from '../feedback/card-view.ts';
import { line, origin, pain } from '../feedback/history-view.ts';
import { isOpen, possibleMoves, stateNames } from '../feedback/rules.ts';
import type { Feedback, Moved } from '../feedback/store.ts';
import {
  type Block,
  type Button,
  link,
  person,
  said,
  shorten,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import type { Bond } from './forms.ts';
import type { Score } from './score.ts';
import { scoreWords, standing } from './score-view.ts';
import type { Issue, Relation, Verdict } from './store.ts';
import { tryButton } from './trying.ts';

export const bondPresses = { bond: 'roadmap.bond', issue: 'roadmap.issue' } as const;

const bondLabels: Readonly<Record<Bond, string>> = { merge: 'Merge', link: 'Link', split: 'Split' };
const bondButton = (number: number, bond: Bond): Button => ({
  label: bondLabels[bond],
  press: { name: bondPresses.bond, value: JSON.stringify({ number, bond }) },
  opens: 'form',
});

/** All that is known of one item. */
export type Whole = {
  readonly item: Feedback;
  readonly history: readonly Moved[];
  readonly score: Score;
  readonly merged: readonly Feedback[];
  readonly relations: readonly Relation[];
  readonly verdicts: readonly Verdict[];
  readonly issue?: Issue;
  /** How many said each pain, from 1 to 5. */
  readonly pains: readonly number[];
  /** Whether the person who looks may decide. */
  readonly triage: boolean;
  /** The golden path that it is about, where there is one to try. */
  readonly path?: string;
  /** What an issue can be made in; absent when no tracker is connected. */
  readonly tracker?: string;
};

const relationWords = { related: 'Has to do with', part: 'Was split off', whole: 'Was split from' } as const;

/** Whether it helped: `5 of 9 say it solved it, 1 not quite`. */
function solved(verdicts: readonly Verdict[], asked: number): string {
  const yes = verdicts.filter((v) => v.solved).length;
  const no = verdicts.length - yes;
  return `${yes} of ${asked} say it solved it${no > 0 ? `, ${no} not quite` : ''}`;
}

/** From the first ask to the last word of whether it helped. */
function timeline({ item, history, verdicts, score }: Whole): readonly Text[] {
  return [
    text`${time(item.created, 'date')} ${person(item.requester)} asked for it`,
    ...history.map(line),
    ...(verdicts.length > 0 ? [said(solved(verdicts, score.asked))] : []),
  ];
}

/** How many lines of the timeline are shown: the first one always, then the last ones. */
const linesMost = 15;
function shortened(lines: readonly Text[]): readonly Text[] {
  if (lines.length <= linesMost) return lines;
  return [...lines.slice(0, 1), text`… ${lines.length - linesMost} more …`, ...lines.slice(1 - linesMost)];
}

function buttons({ item, triage, tracker, issue, path }: Whole): readonly Block[] {
  const rest = triage ? possibleMoves(item.state).filter((m) => m !== 'triage') : [];
  const own: readonly Button[] = [
    ...(isOpen(item.state) ? [meTooButton(item.number)] : []),
    ...(item.state === 'shipped' && path !== undefined ? [tryButton(path, { tone: 'primary' })] : []),
    ...rest.map((move) => moveButton(item.number, move, item.state)),
  ];
  const ties: readonly Button[] = triage
    ? [
        detailsButton(item.number, item.state),
        ...(['merge', 'split', 'link'] as const).map((bond) => bondButton(item.number, bond)),
        ...(tracker && !issue
          ? [
              {
                label: `${tracker} issue`,
                opens: 'form' as const,
                press: { name: bondPresses.issue, value: JSON.stringify({ number: item.number }) },
              },
            ]
          : []),
      ]
    : [];
  return [
    { kind: 'buttons', buttons: [...own, ...(triage ? [] : [muteButton(item.number)])] },
    ...(ties.length > 0 ? [{ kind: 'buttons', buttons: ties } as const] : []),
  ];
}

export function itemView(whole: Whole): View {
  const { item, score, merged, relations, issue, pains } = whole;
  const here = item.state === 'shipped';
  const severe = pains.reduce((sum, n, i) => (i >= 3 ? sum + n : sum), 0);
  return {
    id: 'roadmap.item',
    title: `Feedback #${item.number}`,
    summary: `#${item.number} ${shorten(item.what, 120)}: ${stateNames[item.state].toLowerCase()}, ${standing(score)}`,
    blocks: [
      { kind: 'text', text: [strong(item.what)] },
      { kind: 'quote', text: said(item.problem ?? item.why) },
      {
        kind: 'facts',
        rows: [
          ['State', [strong(stateNames[item.state])]],
          ['Voices', said(standing(score))],
          ['Score', said(scoreWords(score))],
          [
            'Pain',
            severe > 1
              ? text`${pain(item.pain)}; ${severe} say that it hurts every week or blocks them`
              : pain(item.pain),
          ],
          ...detailRows(item),
          // What was said when it shipped is not so any more once it is open again.
          ...(item.help && here ? [['How', said(shorten(item.help, 500))] as const] : []),
          ...(item.link && here
            ? [['Where', [link(whole.path === undefined ? 'Try it' : 'Read how', item.link)]] as const]
            : []),
          ...(issue ? [['Issue', [link(issue.ref, issue.url)]] as const] : []),
          ...(item.permalink ? [['Source', origin(item)] as const] : []),
        ],
      },
      ...merged.map((m): Block => ({ kind: 'note', text: text`With #${m.number} ${shorten(m.what, 120)}` })),
      ...relations.map(
        (r): Block => ({ kind: 'note', text: text`${relationWords[r.kind]} #${r.number} ${shorten(r.what, 120)}` }),
      ),
      ...shortened(timeline(whole)).map((t): Block => ({ kind: 'note', text: t })),
      ...(whole.triage && merged.length > 0
        ? [
            {
              kind: 'buttons',
              buttons: merged
                .filter((m) => m.into === item.number)
                .slice(0, 3)
                .map((m) => ({ ...unmergeButton(m.number), label: `Take #${m.number} out` })),
            } as const,
          ]
        : []),
      ...buttons(whole),
    ],
  };
}

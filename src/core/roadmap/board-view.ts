import { meTooButton, moreButton } from '../feedback/buttons.ts';
import { isOpen } from '../feedback/rules.ts';
import { type Block, type Button, command, counting, said, shorten, strong, text, type View } from '../kernel/index.ts';
import { type Cut, cuts, type Entry, type Lane, stateWords } from './board.ts';
import { standing } from './score-view.ts';

export const boardPresses = { show: 'roadmap.show' } as const;

const cutNames: Readonly<Record<Cut, string>> = {
  now: 'Now, next, later',
  quarter: 'By quarter',
  persona: 'By persona',
};
const cutButton = (cut: Cut): Button => ({
  label: cutNames[cut],
  press: { name: boardPresses.show, value: JSON.stringify({ cut }) },
});
export const roadmapButton: Button = { ...cutButton('now'), label: 'Roadmap' };

/** How many entries are shown: each is two of Slack’s blocks, and a message has fifty. */
const shownMost = 15;

const entryNote = ({ item, score }: Entry) => text`${stateWords(item)} · ${standing(score)} · score ${score.score}`;

/** The roadmap as everybody sees it. */
export function boardView(cut: Cut | 'mine', lanes: readonly Lane[], total: number): View {
  let room = shownMost;
  const blocks = lanes.flatMap(({ title, entries }): readonly Block[] => {
    const shown = entries.slice(0, room);
    room -= shown.length;
    if (shown.length === 0) return [];
    const hidden = entries.length - shown.length;
    return [
      { kind: 'text', text: [strong(title)] },
      {
        kind: 'items',
        items: shown.map((entry) => ({
          title: text`#${entry.item.number} ${shorten(entry.item.outcome ?? entry.item.what, 150)}`,
          note: entryNote(entry),
          buttons: [
            ...(isOpen(entry.item.state) ? [meTooButton(entry.item.number)] : []),
            moreButton(entry.item.number),
          ],
        })),
      },
      ...(hidden > 0 ? [{ kind: 'note', text: text`and ${hidden} more` } as const] : []),
    ];
  });
  return {
    id: 'roadmap.board',
    title: 'Roadmap',
    summary: total === 0 ? 'Roadmap: nothing yet' : `Roadmap: ${counting(total, 'item')}`,
    blocks: [
      ...(blocks.length > 0
        ? blocks
        : [
            {
              kind: 'text',
              text: text`Nothing here yet. ${command('feedback')} asks for something; what’s decided stands here.`,
            } as const,
          ]),
      ...(blocks.length > 0
        ? [
            { kind: 'buttons', buttons: cuts.filter((c) => c !== cut).map(cutButton) } as const,
            {
              kind: 'note',
              text: said(
                'The score is the impact times how many people it touches, once each. “More” shows its parts.',
              ),
            } as const,
          ]
        : cut === 'mine'
          ? [{ kind: 'buttons', buttons: [roadmapButton] } as const]
          : []),
    ],
  };
}

/** On the home page: what is worked on now. */
export const homeBlocks = (lane: Lane | undefined): readonly Block[] =>
  lane
    ? [
        {
          kind: 'items',
          items: lane.entries.slice(0, 3).map((entry) => ({
            title: text`#${entry.item.number} ${shorten(entry.item.outcome ?? entry.item.what, 150)}`,
            note: entryNote(entry),
          })),
        },
      ]
    : [{ kind: 'text', text: said('Nothing is worked on just now.') }];

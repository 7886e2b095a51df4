import {
  type Block,
  type Button,
  join,
  type PlaceId,
  type PlatformName,
  platformOf,
  platformTitles,
  said,
  shorten,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { presses } from './keys.ts';
import { type Kind, kindNames, may, stateNames } from './rules.ts';
import type { Announcement, Copy } from './store.ts';
import { button, openButton, people, type Reach, share, times } from './views.ts';
import { workBlocks } from './week-view.ts';

/* What those who write announcements see of one: how it fares, and what can be done with it. */

/** A channel as people of both platforms know it: what it is for, and on which platform it is. */
export type Channel = { readonly place: PlaceId; readonly called: string };
const whereIs = ({ place, called }: Channel): string => `${called} in ${platformTitles[platformOf(place)]}`;

const copyMarks: Readonly<Record<Copy['is'], string>> = {
  there: 'posted',
  waiting: 'on its way',
  deleted: 'deleted there',
  lost: 'not there',
};
function copyLine(channel: Channel, copies: readonly Copy[], a: Announcement): Text {
  const copy = copies.find((c) => c.place === channel.place);
  if (!copy) return said(whereIs(channel));
  // What is left there says that it was taken back.
  const mark = a.state === 'retracted' && copy.is === 'there' ? 'taken back' : copyMarks[copy.is];
  return text`${whereIs(channel)}: ${copy.is === 'lost' ? [strong(mark)] : mark}`;
}

/** What the card of one announcement shows beside its words. */
export type Sight = Reach & { readonly channels: readonly Channel[]; readonly copies: readonly Copy[] };

/** Whether it is not where it should be, and not on its way there either. */
export const lacking = ({ channels, copies }: Pick<Sight, 'channels' | 'copies'>): boolean =>
  copies.some((c) => c.is === 'lost' || c.is === 'deleted') ||
  // Before it is said anywhere it is lacking nowhere.
  (copies.length > 0 && channels.some(({ place }) => !copies.some((c) => c.place === place)));

const againButton = (number: number): Button => button('Try again', presses.again, number, { tone: 'primary' });

const states = (a: Announcement): Text => {
  if (a.state === 'posted' && a.posted) return text`${strong(stateNames.posted)} ${time(a.posted)}`;
  if (a.state === 'retracted') return text`${strong(stateNames.retracted)} ${time(a.changed)}`;
  if (a.planned && a.state === 'planned') return text`${strong(stateNames.planned)} for ${time(a.planned)}`;
  if (a.planned && a.state === 'draft') return text`${strong(stateNames.draft)}, to be posted ${time(a.planned)}`;
  return text`${strong(stateNames[a.state])}${a.why === undefined ? '' : `: ${a.why}`}`;
};

/** These are changed where they are made. */
const ownWay: readonly Kind[] = ['event', 'week'];

function moveButtons(a: Announcement, sight: Sight): readonly Button[] {
  const channels = sight.channels.length;
  const where = channels === 1 ? 'one channel' : `${channels} channels`;
  const all: readonly (Button | undefined)[] = [
    may('again', a.state) && lacking(sight) ? againButton(a.number) : undefined,
    may('plan', a.state) && a.planned
      ? button(a.content.kind === 'week' ? 'Approve' : 'Post it then', presses.plan, a.number, { tone: 'primary' })
      : undefined,
    may('post', a.state)
      ? button(a.planned ? 'Post it now' : 'Post it', presses.post, a.number, {
          ...(a.planned ? {} : { tone: 'primary' }),
          confirm: `Post this in ${where} now?`,
        })
      : undefined,
    may('edit', a.state) && !ownWay.includes(a.content.kind)
      ? button('Change', presses.edit, a.number, { opens: 'form' })
      : undefined,
    may('drop', a.state)
      ? button('Drop', presses.drop, a.number, { tone: 'danger', confirm: 'Drop this draft?' })
      : undefined,
    may('retract', a.state)
      ? button('Retract', presses.retract, a.number, { tone: 'danger', opens: 'form' })
      : undefined,
    a.content.action && a.state === 'posted' ? button('Still outstanding', presses.outstanding, a.number) : undefined,
  ];
  return all.filter((b) => b !== undefined);
}

/** What can be done with an announcement, and how it fares: for those who write them. `on`: where the author looks at it. */
export function cardView(a: Announcement, sight: Sight, on?: PlatformName): View {
  const { details, title } = a.content;
  const open = may('post', a.state);
  const buttons = moveButtons(a, sight);
  const intro =
    open && on ? text`Above is how it will look in ${platformTitles[on]}. Nobody else has seen it yet.` : undefined;
  return {
    id: 'announcement.card',
    title: `Announcement #${a.number}`,
    summary: `Announcement #${a.number}, ${stateNames[a.state].toLowerCase()}: ${title}`,
    blocks: [
      ...(intro ? [{ kind: 'notice', tone: 'info', text: intro } as const] : []),
      { kind: 'text', text: [strong(`${kindNames[a.content.kind]}: ${title}`)] },
      {
        kind: 'facts',
        rows: [
          ['State', states(a)],
          [
            'Where',
            join(
              sight.channels.map((c) => copyLine(c, sight.copies, a)),
              ' · ',
            ),
          ],
          ...(sight.owners ? [['Done', said(share(sight.owners))] as const] : []),
          ...(sight.follows === undefined ? [] : [['Link followed', said(times(sight.follows))] as const]),
          ...(sight.reacted ? [['Reacted', said(people(sight.reacted))] as const] : []),
          ...(a.state === 'posted' ? [['Got it', said(people(sight.seen))] as const] : []),
        ],
      },
      ...(details && open ? [detailsFold(details)] : []),
      ...(a.content.entries ? workBlocks(a) : []),
      ...(buttons.length > 0 ? [{ kind: 'buttons', buttons } as const] : []),
    ],
  };
}

const detailsFold = (details: string): Block => ({
  kind: 'fold',
  title: 'In the thread',
  blocks: [{ kind: 'text', text: said(details) }],
});

/** Told to the author: one channel did not take it, the others did. */
export function lostView(a: Announcement, channel: Channel, why: string, others: number): View {
  const where = whereIs(channel);
  return {
    id: 'announcement.lost',
    title: `Not posted in ${where}`,
    summary: `“${shorten(a.content.title, 100)}” could not be posted in ${where}.`,
    blocks: [
      {
        kind: 'notice',
        tone: 'bad',
        text: text`I could not bring ${strong(a.content.title)} to ${where}: ${why}. ${others > 0 ? 'Everywhere else it stands as you wrote it.' : 'It stands nowhere else either.'}`,
      },
      {
        kind: 'text',
        text: said(
          'Is the channel archived or deleted? Name another one in groundcrew.yaml. Am I not a member? Add me. Then press Try again: it goes where it is not, and nowhere twice.',
        ),
      },
      { kind: 'buttons', buttons: [againButton(a.number), openButton(a.number)] },
    ],
  };
}

import { type Button, said, shorten, strong, text, time, type View } from '../kernel/index.ts';
import { presses } from './keys.ts';
import { kindNames } from './rules.ts';
import type { Announcement, Following } from './store.ts';
import { announcementView, openButton } from './views.ts';

const list = (words: readonly string[]): string =>
  words.length === 0 ? 'nothing' : new Intl.ListFormat('en').format(words);
const changeButton: Button = {
  label: 'Change what I follow',
  press: { name: presses.follow, value: '{}' },
  opens: 'form',
};

/** What somebody follows, and when they are told. */
export const followingView = ({ once, digest, hours }: Following, saved: boolean): View => ({
  id: 'announcement.following',
  title: 'What you follow',
  summary: `At once: ${list(once)}. Once a day: ${list(digest)}.`,
  blocks: [
    ...(saved ? [{ kind: 'notice', tone: 'good', text: said('Saved.') } as const] : []),
    {
      kind: 'facts',
      rows: [
        ['At once', said(list(once))],
        ['Once a day', said(list(digest))],
        ['Between', said(`${hours.from} and ${hours.to}, Monday to Friday`)],
      ],
    },
    { kind: 'buttons', buttons: [changeButton] },
  ],
});

/** The message to somebody who follows what it is about. It is not counted on it who got it: it would be edited all day. */
export function followedView(a: Announcement): View {
  const view = announcementView(a, { seen: 0 });
  return {
    ...view,
    blocks: view.blocks.map((b) => (b.kind === 'buttons' ? { ...b, buttons: [...b.buttons, changeButton] } : b)),
  };
}

/** What came about what somebody follows since they were told last. */
export const digestView = (items: readonly Announcement[]): View => ({
  id: 'announcement.digest',
  title: 'What’s new for you',
  summary: items.map((a) => a.content.title).join(', '),
  blocks: [
    {
      kind: 'items',
      items: items.slice(0, shown).map((a) => ({
        title: [strong(`${kindNames[a.content.kind]}: ${a.content.title}`)],
        note: text`${a.posted ? time(a.posted, 'date') : ''} · ${shorten(a.content.text.replace(/\s+/g, ' '), 300)}`,
        buttons: [openButton(a.number)],
      })),
    },
    ...(items.length > shown ? [{ kind: 'note', text: text`and ${items.length - shown} more` } as const] : []),
    { kind: 'buttons', buttons: [changeButton] },
  ],
});
/** Slack’s limit of blocks leaves room for about as many. */
const shown = 15;

import {
  type Block,
  type Button,
  type Item,
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
import { presses } from './keys.ts';
import { kindNames } from './rules.ts';
import type { Announcement, Entry } from './store.ts';
import { grouped, raised } from './week.ts';

/** What a channel shows of one kind; the rest stands in the thread. */
const shown = 5;

function thanks({ thanks: by = [], asked = 0 }: Entry): Text {
  if (by.length === 0) return [];
  const others = asked - by.length;
  const names = by.flatMap(
    (p, i): Text => [...said(i === 0 ? '' : i === by.length - 1 && others <= 0 ? ' and ' : ', '), person(p)],
  );
  return text` — asked for by ${names}${others > 0 ? ` and ${others} more` : ''}`;
}
const when = ({ at, off }: Entry): Text =>
  at === undefined ? [] : text`, ${time(new Date(at))}${off ? ', does not take place' : ''}`;
const line = (e: Entry): Text => text`• ${e.link === undefined ? e.text : link(e.text, e.link)}${when(e)}${thanks(e)}`;
const lines = (entries: readonly Entry[]): Text =>
  entries.flatMap((e, i): Text => [...said(i === 0 ? '' : '\n'), ...line(e)]);

/** The headlines: some of each kind, and how many more there are. */
export function weekBlocks(entries: readonly Entry[]): readonly Block[] {
  const { groups, minor } = grouped(entries);
  const more = minor.length + groups.reduce((sum, g) => sum + Math.max(0, g.entries.length - shown), 0);
  return [
    ...groups.flatMap((g): readonly Block[] => [
      { kind: 'text', text: [strong(kindNames[g.kind])] },
      { kind: 'text', text: lines(g.entries.slice(0, shown)) },
    ]),
    ...(more > 0
      ? [{ kind: 'note', text: text`and ${more} more ${more === 1 ? 'thing' : 'things'}, in the thread` } as const]
      : []),
  ];
}

/** What the headlines leave out; empty when they leave out nothing. */
export function restBlocks(entries: readonly Entry[]): readonly Block[] {
  const { groups, minor } = grouped(entries);
  const rest = [...groups.flatMap((g) => g.entries.slice(shown)), ...minor];
  return rest.length === 0 ? [] : [{ kind: 'text', text: lines(rest) }];
}

/** So many can be worked on in a card: Slack’s limit of blocks. */
const worked = 12;
const press = (label: string, name: string, number: number, id: string, more: Partial<Button> = {}): Button => ({
  label,
  press: { name, value: JSON.stringify({ number, id }) },
  ...more,
});

/** The draft, entry by entry: its owner orders, words and drops. */
export function workBlocks(a: Announcement): readonly Block[] {
  const { entries = [] } = a.content;
  const open = a.state === 'draft' || a.state === 'planned';
  if (!open && a.state !== 'posted') return [];
  const items = entries.slice(0, worked).map(
    (e): Item => ({
      title: text`${kindNames[e.kind]}: ${shorten(e.text, 150)}`,
      ...(e.minor ? { note: said('Small: it stands in the thread.') } : {}),
      buttons: [
        ...(open && raised(entries, e.id) !== entries ? [press('Up', presses.up, a.number, e.id)] : []),
        press('Word it', presses.word, a.number, e.id, { opens: 'form' }),
        ...(open ? [press('Leave out', presses.omit, a.number, e.id)] : []),
      ],
    }),
  );
  const more = entries.length - items.length;
  const pick: Button = {
    label: 'Leave out several',
    press: { name: presses.pick, value: JSON.stringify({ number: a.number }) },
    opens: 'form',
  };
  return [
    { kind: 'items', items, ...(more > 0 && open ? { more: pick } : {}) },
    ...(more > 0
      ? [
          {
            kind: 'note',
            text: text`and ${more} more: each is worded here once it is among the first ${worked}`,
          } as const,
        ]
      : []),
  ];
}

/** Why nothing of a changelog is seen yet; undefined when something was done about it. */
function unapproved(a: Announcement, over: boolean): Text {
  if (!over)
    return a.planned
      ? text`It goes out ${time(a.planned)}, if you approve it. Otherwise nobody sees it.`
      : said('Nobody sees it until you approve it.');
  return said('Its time is over and nobody approved it, so it was not posted. It can be posted now, or dropped.');
}
const became: Readonly<Record<'planned' | 'posted' | 'retracted' | 'dropped', string>> = {
  planned: 'It was approved.',
  posted: 'It was posted.',
  retracted: 'It was posted, and taken back.',
  dropped: 'It was dropped.',
};

/** A changelog that waits for the one who approves it. `over`: the time at which it would have gone out is. */
export function waitingView(a: Announcement, over: boolean): View {
  const open = a.state === 'draft';
  const move = (label: string, name: string, more: Partial<Button> = {}): Button => ({
    label,
    press: { name, value: JSON.stringify({ number: a.number }) },
    ...more,
  });
  const buttons = [
    ...(over ? [] : [move('Approve', presses.plan, { tone: 'primary' })]),
    move('Post it now', presses.post, { confirm: 'Post this in all channels now?' }),
    move('Open', presses.show),
    move('Drop', presses.drop, { tone: 'danger', confirm: 'Drop this draft?' }),
  ];
  const title = over ? 'The changelog was not posted' : 'The changelog waits for you';
  return {
    id: 'announcement.waits',
    title: `${title}: ${a.content.title}`,
    summary: `${title}: ${a.content.title}`,
    blocks: [
      a.state === 'draft'
        ? { kind: 'notice', tone: over ? 'bad' : 'warn', text: unapproved(a, over) }
        : {
            kind: 'notice',
            tone: 'good',
            text: said(a.state === 'dropped' && a.why !== undefined ? `It was dropped: ${a.why}.` : became[a.state]),
          },
      ...(open ? [{ kind: 'buttons', buttons } as const] : []),
    ],
  };
}

/** Told to the owner of the changelog: what was merged is missing from it. */
export const unreadView = (why: string): View => ({
  id: 'announcement.unread',
  title: 'Merged pull requests are missing from the changelog',
  summary: `I can’t read which pull requests were merged: ${why}`,
  blocks: [
    { kind: 'notice', tone: 'warn', text: text`I can’t read which pull requests were merged: ${why}.` },
    {
      kind: 'text',
      text: said(
        'Everything else is in the changelog all the same. Once it works again, what is missing comes with the next one: GITHUB_TOKEN has to be allowed to read issues and pull requests of the repositories under announcements.changelog.pullRequests.',
      ),
    },
  ],
});

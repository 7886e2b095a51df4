import {
  type Block,
  type Button,
  command,
  counting,
  join,
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
import { personaNames } from '../people/views.ts';
import { presses } from './keys.ts';
import { kindNames, stateNames } from './rules.ts';
import { sessionBlocks, sessionButtons } from './session-view.ts';
import type { Announcement, Audience } from './store.ts';
import { restBlocks, weekBlocks } from './week-view.ts';

const list = (words: readonly string[]): string => new Intl.ListFormat('en').format(words);
export const button = (label: string, name: string, number: number, more: Partial<Button> = {}): Button => ({
  label,
  press: { name, value: JSON.stringify({ number }) },
  ...more,
});

export const openButton = (number: number): Button => button('Open', presses.show, number);

export const writeButton: Button = {
  label: 'Announce something',
  press: { name: presses.write, value: '{}' },
  tone: 'primary',
  opens: 'form',
};

/** Whom it concerns, in words; undefined: everybody. */
function concerns({ areas, personas, teams }: Audience): string | undefined {
  const whom = [...teams, ...personas.map((p) => `${personaNames[p].toLowerCase()} developers`)];
  const parts = [
    ...(whom.length > 0 ? [`For ${list(whom)}`] : []),
    ...(areas.length > 0 ? [`About ${list(areas)}`] : []),
  ];
  return parts.length > 0 ? parts.join(' · ') : undefined;
}

export const times = (n: number): string => (n === 1 ? 'once' : `${n.toLocaleString('en')} times`);
export const people = (n: number): string =>
  n === 0 ? 'nobody yet' : n === 1 ? 'one person' : `${n.toLocaleString('en')} people`;

/** How far it got: who said that they have read it, and of those who have to do something, how many have. */
export type Reach = {
  readonly seen: number;
  /** How many people reacted to it on their platform. */
  readonly reacted?: number;
  readonly owners?: { readonly done: number; readonly all: number };
  /** How often its link was followed. */
  readonly follows?: number;
  /** Of ours: the one that leads on and counts, and the one under which it can always be read. */
  readonly go?: string;
  readonly page?: string;
};
export const share = ({ done, all }: { readonly done: number; readonly all: number }): string =>
  all === 0 ? 'nobody has to' : `${done} of ${all} (${Math.floor((done / all) * 100)}%)`;

/** The end of a day, as people of a place understand it: a day, not an instant. */
export const untilDay = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${day}T12:00:00Z`));

/** The message in the channels. */
export function announcementView(a: Announcement, reach: Reach): View {
  const { kind, title, text: words, link: url, picture, audience, action, entries, event } = a.content;
  const { seen, owners, go, page } = reach;
  const ways = [
    ...(url === undefined ? [] : [[link('Read more', go ?? url)]]),
    ...(page === undefined ? [] : [[link('Link to share', page)]]),
  ];
  const heading = event?.state === 'skipped' ? `Does not take place: ${title}` : `${kindNames[kind]}: ${title}`;
  if (a.state === 'retracted') return retractedView(a, heading);
  // What a notification says of a changelog, which has no words of its own.
  const headlines = (entries ?? []).flatMap((e) => (e.minor ? [] : [e.text])).join(' · ');
  const whom = concerns(audience);
  const loud = kind === 'deprecated' || kind === 'action';
  return {
    id: 'announcement',
    title: heading,
    summary: `${heading}. ${shorten((words || headlines).replace(/\s+/g, ' '), 200)}`,
    blocks: [
      ...(whom === undefined ? [] : [{ kind: 'note', text: said(whom) } as const]),
      ...(words === ''
        ? []
        : [
            loud
              ? ({ kind: 'notice', tone: 'warn', text: said(words) } as const)
              : ({ kind: 'text', text: said(words) } as const),
          ]),
      ...(picture ? [{ kind: 'picture', ...picture } as const] : []),
      ...(event ? sessionBlocks(event) : []),
      ...(entries ? weekBlocks(entries) : []),
      ...(ways.length === 0 ? [] : [{ kind: 'text', text: join(ways, ' · ') } as const]),
      ...(action
        ? [
            {
              kind: 'facts',
              rows: [
                ['Until', [strong(untilDay(action.deadline))]],
                ...(owners ? [['Done', said(share(owners))] as const] : []),
              ],
            } as const,
            { kind: 'note', text: said('Whoever has to do something is told in a direct message.') } as const,
          ]
        : []),
      {
        kind: 'note',
        text: text`From ${person(a.author)}${a.corrected ? text` · corrected ${time(a.corrected)}` : ''}${seen > 0 ? ` · ${people(seen)} got it` : ''}`,
      },
      { kind: 'buttons', buttons: [...(event ? sessionButtons(event) : []), button('Got it', presses.seen, a.number)] },
    ],
  };
}

/** What is left of one that was taken back: that, and why. What it said is gone, since it was wrong. */
const retractedView = (a: Announcement, heading: string): View => ({
  id: 'announcement',
  title: `Taken back: ${shorten(heading, 130)}`,
  summary: `Taken back: ${heading}. ${shorten(a.why ?? '', 200)}`,
  blocks: [
    {
      kind: 'notice',
      tone: 'warn',
      text: text`Taken back: ${time(a.changed, 'date')}. Please don’t rely on it.`,
    },
    ...(a.why === undefined ? [] : [{ kind: 'quote', text: said(a.why) } as const]),
    { kind: 'note', text: text`From ${person(a.author)}` },
  ],
});

/** What stands in the thread. */
export function detailsView(a: Announcement): View {
  const gone = a.state === 'retracted' ? 'It was taken back.' : 'There are no details any more.';
  const words = a.state === 'retracted' ? undefined : a.content.details;
  const rest = a.state === 'retracted' ? [] : restBlocks(a.content.entries ?? []);
  return {
    id: 'announcement.details',
    title: `Details: ${a.content.title}`,
    summary: `Details: ${a.content.title}`,
    blocks: [
      ...(words === undefined ? [] : [{ kind: 'text', text: said(words) } as const]),
      ...rest,
      ...(words === undefined && rest.length === 0 ? [{ kind: 'note', text: said(gone) } as const] : []),
    ],
  };
}

/** Of what was taken back only that is said: its words are not to be relied on. */
function itemNote(a: Announcement): Text {
  if (a.state === 'retracted') return text`${strong(stateNames.retracted)} ${time(a.changed, 'date')}`;
  const words = shorten(a.content.text.replace(/\s+/g, ' '), 160);
  return text`${a.posted ? time(a.posted, 'date') : [strong(stateNames[a.state])]} · ${words}`;
}

/**
 * The last announcements. `writes`: for somebody who may write them, with drafts. `fewer`: without those that concern
 * others.
 */
export function listView(
  items: readonly Announcement[],
  { writes = false, fewer = false }: { readonly writes?: boolean; readonly fewer?: boolean } = {},
): View {
  return {
    id: 'announcement.list',
    title: 'What’s new',
    summary: items.length === 0 ? 'Nothing was announced yet' : `The last ${counting(items.length, 'announcement')}`,
    blocks: [
      ...(items.length === 0
        ? [
            {
              kind: 'text',
              text: writes
                ? said('Nothing was announced yet. Write the first: you see it before anybody else does.')
                : text`Nothing was announced yet. ${command('follow')} chooses what you hear of, and when.`,
            } as const,
          ]
        : [
            {
              kind: 'items',
              items: items.map((a) => ({
                title: text`${kindNames[a.content.kind]}: ${a.content.title}`,
                note: itemNote(a),
                buttons: [openButton(a.number)],
              })),
            } as const,
          ]),
      ...(fewer
        ? [
            {
              kind: 'note',
              text: text`Without what concerns others: ${command('announcements all')} shows it.`,
            } as const,
          ]
        : []),
      ...(writes ? [{ kind: 'buttons', buttons: [writeButton] } as const] : []),
    ],
  };
}

/** One announcement, for somebody who asked for it: with its details, which are in no thread here. */
export function readView(a: Announcement, reach: Reach): View {
  const view = announcementView(a, reach);
  const { details, entries = [] } = a.content;
  const more: readonly Block[] = [
    ...(details === undefined ? [] : [{ kind: 'text', text: said(details) } as const]),
    ...restBlocks(entries),
  ];
  if (more.length === 0 || a.state === 'retracted') return view;
  const buttons = view.blocks.filter((b) => b.kind === 'buttons');
  return {
    ...view,
    blocks: [...view.blocks.filter((b) => b.kind !== 'buttons'), ...more, ...buttons],
  };
}

export const noticeView = (title: string, words: string, tone: 'info' | 'good' | 'warn' = 'warn'): View => ({
  id: 'announcement.notice',
  title,
  summary: words,
  blocks: [{ kind: 'notice', tone, text: said(words) }],
});

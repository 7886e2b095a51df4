import {
  type Block,
  type Button,
  code,
  command,
  counting,
  type Item,
  link,
  said,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { feedPress, presses } from './presses.ts';
import type { Entry, Mailing, Scope } from './store.ts';

const button = (label: string, press: Button['press'], more: Partial<Button> = {}): Button => ({
  label,
  press,
  ...more,
});
const isMine = (scope: Pick<Scope, 'series'>) => scope.series === undefined;
const buttons = (list: readonly Button[]): readonly Block[] =>
  list.length === 0 ? [] : [{ kind: 'buttons', buttons: list }];

/** Nobody can reach us from outside, so no calendar can either. */
const unreachable: Block = {
  kind: 'notice',
  tone: 'warn',
  text: text`Calendars can’t reach me yet: whoever runs me has to set ${code('PUBLIC_URL')} to the address that the world knows me by.`,
};

const mailButton: Readonly<Record<Exclude<Mailing, 'never'>, Button>> = {
  on: button('No more mails', { name: presses.mails, value: JSON.stringify({ on: false }) }),
  off: button('Mail me again', { name: presses.mails, value: JSON.stringify({ on: true }) }),
};
const mailWords: Readonly<Record<Exclude<Mailing, 'never'>, string>> = {
  on: 'You’re mailed when you have a place, when it moves, and when it is gone.',
  off: 'You get no mails. What a mail put into your calendar stays there as it is.',
};

export type Offered = { readonly series: number; readonly title: string };
export type Taken = { readonly entry: Entry; readonly url?: string };

/** One’s own sessions, each with its file, and the addresses to subscribe to. */
export function calendarView(given: {
  readonly entries: readonly Taken[];
  readonly offered: readonly Offered[];
  readonly held: readonly Pick<Scope, 'series'>[];
  readonly reachable: boolean;
  readonly mailing: Mailing;
}): View {
  const { entries, offered, held, reachable, mailing } = given;
  const has = (series?: number) => held.some((h) => h.series === series);
  const feed = (series: number | undefined, label: string): readonly Button[] =>
    has(series)
      ? [
          button('New address', feedPress(presses.renew, series), {
            confirm: 'The address that you have stops. Your calendar then needs the new one.',
          }),
          button('Stop', feedPress(presses.stop, series), {
            tone: 'danger',
            confirm: 'Calendars that have the address stop seeing anything.',
          }),
        ]
      : [button(label, feedPress(presses.subscribe, series))];
  const session = ({ entry, url }: Taken): Item => ({
    title: text`${time(entry.startsAt)}: ${entry.title}`,
    note: url === undefined ? said(entry.topic ?? '') : text`${link('Add to my calendar', url)}`,
  });
  const subscriptions: readonly Item[] = [
    {
      title: said('What I take part in or host'),
      note: said(has() ? 'You have an address for it.' : 'It follows when something is moved or cancelled.'),
      buttons: feed(undefined, 'Get my address'),
    },
    ...offered.map(
      ({ series, title }): Item => ({
        title: said(title),
        note: said(has(series) ? 'You have an address for it.' : 'All sessions of this series.'),
        buttons: feed(series, 'Get the address'),
      }),
    ),
  ];
  return {
    id: 'calendar.mine',
    title: 'Your calendar',
    summary:
      entries.length === 0 ? 'You have no sessions ahead.' : `You have ${counting(entries.length, 'session')} ahead.`,
    blocks: [
      ...(entries.length === 0
        ? [
            {
              kind: 'text',
              text: text`You have no sessions ahead. ${command('office-hours')} shows what there is.`,
            } as const,
          ]
        : [{ kind: 'items', items: entries.map(session) } as const]),
      ...(reachable
        ? ([
            { kind: 'text', text: said('Your calendar can follow by itself, by an address that only you know:') },
            { kind: 'items', items: subscriptions },
          ] as const)
        : [unreachable]),
      ...(mailing === 'never'
        ? []
        : [
            {
              kind: 'items',
              items: [
                { title: said('Invitations by mail'), note: said(mailWords[mailing]), buttons: [mailButton[mailing]] },
              ],
            } as const,
          ]),
    ],
  };
}

/** What was just chosen, and the way back. */
export const mailsView = (mailing: 'on' | 'off'): View => ({
  id: 'calendar.mails',
  title: 'Invitations by mail',
  summary: mailing === 'on' ? 'You’re mailed again' : 'You get no more mails',
  blocks: [
    { kind: 'notice', tone: 'good', text: said(mailWords[mailing]) },
    ...(mailing === 'off'
      ? [{ kind: 'note', text: said('In chat you hear of everything as before.') } as const]
      : [{ kind: 'note', text: said('What has changed meanwhile is mailed in a minute.') } as const]),
    ...buttons([mailButton[mailing]]),
  ],
});

/** Shown once: we keep only a print of it. */
export const addressView = (what: string, url: string): View => ({
  id: 'calendar.address',
  title: 'Your calendar address',
  summary: 'An address for your calendar',
  blocks: [
    { kind: 'text', text: text`Subscribe to this address in your calendar, to see ${what}:` },
    { kind: 'text', text: [code(url)] },
    {
      kind: 'note',
      text: text`In Outlook: Add calendar, Subscribe from web. In Google Calendar: Other calendars, From URL. On a Mac: File, New Calendar Subscription. Whoever has the address sees what is in it, and I can’t show it again: ${command('calendar')} makes a new one, or stops it.`,
    },
  ],
});

export const stoppedView = (scope: Pick<Scope, 'series'>): View => ({
  id: 'calendar.stopped',
  title: 'Your calendar address',
  summary: 'The address does not work any more',
  blocks: [
    {
      kind: 'notice',
      tone: 'good',
      text: said(
        isMine(scope)
          ? 'The address of your sessions does not work any more.'
          : 'The address of this series does not work any more.',
      ),
    },
  ],
});

export const cannotView = (words: string): View => ({
  id: 'calendar.cannot',
  title: 'Your calendar',
  summary: words,
  blocks: [{ kind: 'notice', tone: 'warn', text: said(words) }],
});
export const unreachableView: View = {
  id: 'calendar.cannot',
  title: 'Your calendar',
  summary: 'Calendars can’t reach me yet',
  blocks: [unreachable],
};

/** The file of one session, from a message about it. */
export function fileView(entry: Entry, url: string): View {
  const words: Text = text`${time(entry.startsAt)}, ${entry.minutes} minutes. ${link('Add to my calendar', url)}`;
  return {
    id: 'calendar.file',
    title: entry.title,
    summary: `${entry.title}: for your calendar`,
    blocks: [
      { kind: 'text', text: words },
      {
        kind: 'note',
        text: text`A file stays as it is when a session is moved. ${command('calendar')} gives you an address that follows.`,
      },
      ...buttons([button('Let my calendar follow', { name: presses.open, value: '{}' })]),
    ],
  };
}

/** For who should have had a mail that their server did not take. */
export const notMailedView = (why: string): View => ({
  id: 'calendar.not-mailed',
  title: 'Your invitation could not be mailed',
  summary: 'Your mail server did not take an invitation',
  blocks: [
    { kind: 'notice', tone: 'warn', text: text`Your mail server did not take the invitation: ${code(why)}.` },
    { kind: 'text', text: text`Your place is safe. ${command('calendar')} shows your sessions, with a file for each.` },
    ...buttons([mailButton.on]),
  ],
});

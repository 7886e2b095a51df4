import { muteButton } from '../feedback/buttons.ts';
import { quarterName } from '../feedback/history-view.ts';
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
import type { Notice } from './store.ts';
import { tryButton } from './trying.ts';

export const newsPresses = { solved: 'roadmap.solved', notQuite: 'roadmap.not-quite' } as const;

const about = (label: string, name: string, { item }: Notice, more: Partial<Button> = {}): Button => ({
  label,
  press: { name, value: JSON.stringify({ number: item.number }) },
  ...more,
});

const who = ({ by }: Notice): Text => (by ? [person(by)] : said('The team'));
const asked = ({ asked: own, since }: Notice): Text =>
  own ? text`You asked on ${time(since, 'date')}` : text`You wanted it too on ${time(since, 'date')}`;

type Kind = {
  readonly title: string;
  readonly tone: 'good' | 'warn';
  readonly lead: (n: Notice) => Text;
  readonly more: (n: Notice) => readonly Block[];
  readonly buttons: (n: Notice) => readonly Button[];
};

const kinds: Readonly<Record<Notice['kind'], Kind>> = {
  plan: {
    title: 'Planned',
    tone: 'good',
    lead: (n) =>
      text`${asked(n)}: ${strong(n.item.what)}. ${who(n)} planned it${n.item.quarter ? ` for ${quarterName(n.item.quarter)}` : ''}.`,
    more: () => [{ kind: 'note', text: said('I’ll tell you when it’s here.') }],
    buttons: ({ item }) => [muteButton(item.number)],
  },
  ship: {
    title: 'It’s here',
    tone: 'good',
    lead: (n) =>
      text`${asked(n)}: ${strong(n.item.what)}. It is here${n.words ? `: ${n.words}` : '.'}${n.item.link ? text` ${link(n.item.path ? 'Read how' : 'Try it', n.item.link)}` : ''}`,
    more: (n) =>
      n.solved === undefined
        ? [{ kind: 'note', text: said('Does it help? One tap tells the team.') }]
        : [{ kind: 'note', text: said(verdictWords(n.solved)) }],
    buttons: (n) =>
      n.solved === undefined
        ? [
            ...(n.item.path === undefined ? [] : [tryButton(n.item.path)]),
            about('Solved', newsPresses.solved, n, { tone: 'primary' }),
            about('Not quite', newsPresses.notQuite, n, { opens: 'form' }),
          ]
        : [],
  },
  decline: {
    title: 'Declined',
    tone: 'warn',
    lead: (n) => text`${asked(n)}: ${strong(n.item.what)}. ${who(n)} decided not to do this.`,
    more: (n) => [
      ...(n.words ? [{ kind: 'quote', text: said(n.words) } as const] : []),
      { kind: 'note', text: said('If something changes on your side, send it again and say what’s new.') },
    ],
    buttons: () => [],
  },
};

const verdictWords = (solved: boolean): string =>
  solved
    ? 'You said that it helps. Thank you for asking!'
    : 'You said what’s missing: it is open again, with your words.';

/** How much of what was said of each stands in a message that tells of several. */
const together = 300;

/** What one person is told: one thing in full, or several in one message. */
export function newsView(notices: readonly Notice[]): View {
  const [only] = notices;
  if (only && notices.length === 1) {
    const { title, tone, lead, more, buttons } = kinds[only.kind];
    const pressed = buttons(only);
    return {
      id: 'roadmap.news',
      title: `${title}: #${only.item.number}`,
      summary: `${title}: ${shorten(only.item.what, 120)}${only.words ? `. ${shorten(only.words, 200)}` : ''}`,
      blocks: [
        { kind: 'notice', tone, text: lead(only) },
        ...more(only),
        ...(pressed.length > 0 ? [{ kind: 'buttons', buttons: pressed } as const] : []),
      ],
    };
  }
  const shipped = notices.filter((n) => n.kind === 'ship').length;
  const title =
    shipped === notices.length
      ? `${shipped} things that you wanted are here`
      : `News of ${notices.length} things that you wanted`;
  return {
    id: 'roadmap.news',
    title,
    summary: `${title}: ${shorten(notices.map((n) => n.item.what).join(', '), 250)}`,
    blocks: [
      {
        kind: 'items',
        items: notices.map((n) => {
          const kind = kinds[n.kind];
          const short = n.words === undefined ? n : { ...n, words: shorten(n.words, together) };
          return {
            title: text`${kind.title}: #${n.item.number} ${shorten(n.item.what, 150)}`,
            note: n.solved === undefined ? kind.lead(short) : said(verdictWords(n.solved)),
            buttons: kind.buttons(n),
          };
        }),
      },
    ],
  };
}

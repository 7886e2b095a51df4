import type { Fix } from '../diagnosis/index.ts';
import {
  type Block,
  type Button,
  code,
  duration,
  person,
  said,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import type { Offer } from './seen.ts';
import type { Incident, Mute } from './store.ts';
import { commandBlocks, groundBlocks, tone, verdictBlocks } from './verdict-view.ts';

/*
 * The one message of an incident, which lives until it is over; or of several that came at once.
 */

export const presses = {
  take: 'incident.take',
  mute: 'incident.mute',
  unmute: 'incident.unmute',
  show: 'incident.show',
  details: 'incident.details',
} as const;

export const button = (label: string, name: string, value: unknown, more: Partial<Button> = {}): Button => ({
  label,
  press: { name, value: JSON.stringify(value) },
  ...more,
});

/** What something is called where there are several clusters. */
export const inCluster = (name: string, called: string | undefined): string =>
  called === undefined ? name : `${name} in ${called}`;

const ownName = ({ verdict: { object } }: Incident): string =>
  object.kind === 'Node' ? `Machine ${object.name}` : object.name;
/** Where it fails: of a cluster that is not ours any more only the context is known. */
const placeOf = (i: Incident): string | undefined => i.called ?? (i.unfollowed ? i.cluster : undefined);
/** What fails, as people call it. */
export const nameOf = (i: Incident): string => inCluster(ownName(i), placeOf(i));

export const plain = (words: Text): string => words.map((s) => ('text' in s ? s.text : '')).join('');

const lasted = ({ opened, well, resolved }: Incident): string =>
  duration(((well ?? resolved ?? opened).getTime() - opened.getTime()) / 1000);

export function titleOf(i: Incident): string {
  if (i.unfollowed) return `${nameOf(i)} is not watched any more`;
  if (i.state === 'resolved') return `${nameOf(i)} is well again`;
  if (i.state === 'recovering') return `${nameOf(i)} recovers`;
  return i.verdict.severity === 'critical' ? `${nameOf(i)} is down` : `${nameOf(i)} has a problem`;
}

const muteWords = (mute: Mute): Text =>
  'until' in mute
    ? text`🔕 ${person(mute.who)} muted this until ${time(mute.until)}.`
    : text`🔕 ${person(mute.who)} muted this until its next revision.`;

/** Its number, whose it is, and since when: small, at the end. */
const footer = (i: Incident): Block => ({
  kind: 'note',
  text: text`#${i.number}${placeOf(i) === undefined ? '' : ` · ${placeOf(i)}`} · ${code(i.subject)}${i.team === undefined ? '' : ` · team ${i.team}`} · since ${time(i.opened)}`,
});

const affected = ({ verdict: v }: Incident): readonly Block[] =>
  v.affected.length === 0
    ? []
    : [
        {
          kind: 'facts',
          rows: [
            [
              'Affected',
              v.affected.slice(0, 20).flatMap((r, n): Text => (n === 0 ? [code(r.name)] : text`, ${code(r.name)}`)),
            ],
          ],
        },
      ];

export type Shown = {
  readonly mute?: Mute | undefined;
  /** What can be pressed to mend it, and what is said of what was pressed. */
  readonly fixes?: { readonly blocks: readonly Block[]; readonly buttons: readonly Button[] } | undefined;
};

/** One incident, as it stands now. */
export function incidentView(i: Incident, { mute, fixes }: Shown = {}): View {
  const blocks = i.unfollowed ? unfollowed(i) : bodies[i.state](i, { mute, fixes });
  return { id: 'incident', title: titleOf(i), summary: summaryOf(i), blocks };
}

export function summaryOf(i: Incident): string {
  if (i.unfollowed) return `${titleOf(i)}.`;
  return i.state === 'resolved' ? `${nameOf(i)} is well again, after ${lasted(i)}.` : inShort(i);
}
const inShort = (i: Incident): string => `${i.called === undefined ? '' : `${i.called}: `}${plain(i.verdict.summary)}`;

const taken = (i: Incident): readonly Block[] =>
  i.taken === undefined ? [] : [{ kind: 'note', text: text`👀 ${person(i.taken)} is on it.` }];

/** To be copied: without what was found out not to help. */
export const helpful = (fixes: readonly Fix[], offers: readonly Offer[] = []): readonly Fix[] =>
  fixes.filter((f) => !offers.some((o) => o.futile && o.title === f.title && o.kind === f.kind));
const commandsOf = ({ verdict, mending }: Incident): readonly Fix[] => helpful(verdict.fixes, mending?.offers);

/** Slack’s messages cannot fold: there the whole is shown to who asks. */
const details = (i: Incident): Button => button('Show all', presses.details, { id: i.id });

/** `changes`: what buttons would change, where a question is too short for it. */
export const detailsView = (i: Incident, changes: readonly Block[] = []): View => ({
  id: 'incident.details',
  title: titleOf(i),
  summary: inShort(i),
  blocks: [...changes, ...commandBlocks(commandsOf(i), undefined, i.called), ...groundBlocks(i.verdict), footer(i)],
});

const bodies: { readonly [S in Incident['state']]: (i: Incident, shown: Shown) => readonly Block[] } = {
  open: (i, { mute, fixes }) => [
    ...verdictBlocks(i.verdict),
    ...affected(i),
    ...(fixes?.blocks ?? []),
    {
      kind: 'buttons',
      buttons: [
        ...(fixes?.buttons ?? []),
        i.taken === undefined
          ? button('I’m on it', presses.take, { id: i.id })
          : button('I let go of it', presses.take, { id: i.id, off: true }),
        mute
          ? button('Unmute', presses.unmute, { id: i.id })
          : button('Mute…', presses.mute, { id: i.id }, { opens: 'form' }),
      ],
    },
    ...taken(i),
    ...(mute ? [{ kind: 'note', text: muteWords(mute) } as const] : []),
    ...commandBlocks(commandsOf(i), details(i), i.called),
    ...groundBlocks(i.verdict, details(i)),
    footer(i),
  ],
  recovering: (i, { fixes }) => [
    {
      kind: 'notice',
      tone: 'info',
      text: text`Nothing is wrong with ${strong(nameOf(i))} right now. I wait a little before I say that it’s over.`,
    },
    { kind: 'quote', text: i.verdict.summary },
    ...(fixes?.blocks ?? []),
    ...(fixes && fixes.buttons.length > 0 ? [{ kind: 'buttons', buttons: fixes.buttons } as const] : []),
    ...taken(i),
    footer(i),
  ],
  resolved: (i, { fixes }) => [
    i.into === undefined
      ? { kind: 'notice', tone: 'good', text: text`${strong(nameOf(i))} is well again. It took ${lasted(i)}.` }
      : {
          kind: 'notice',
          tone: tone(i.verdict),
          text: text`${strong(nameOf(i))} is part of a larger problem: see #${i.into}.`,
        },
    { kind: 'quote', text: i.verdict.summary },
    ...(fixes?.blocks ?? []),
    ...(fixes && fixes.buttons.length > 0 ? [{ kind: 'buttons', buttons: fixes.buttons } as const] : []),
    footer(i),
  ],
};

/** Nothing can be pressed, and what was pressed is not watched: there is no way to its cluster. */
const unfollowed = (i: Incident): readonly Block[] => [
  {
    kind: 'notice',
    tone: 'warn',
    text: text`I don’t look at ${strong(placeOf(i) ?? '')} any more, so I can’t tell how ${strong(ownName(i))} fares. This is what I knew last:`,
  },
  { kind: 'quote', text: i.verdict.summary },
  ...taken(i),
  {
    kind: 'text',
    text: text`The cluster was taken out of those that I follow. The platform engineers know why; whoever operates me can name it in ${code('KUBE_CONTEXTS')} again.`,
  },
  footer(i),
];

const marks = { open: { critical: '🔴', warning: '🟠' }, recovering: '🔵', resolved: '🟢' } as const;
function markOf(i: Incident): string {
  if (i.unfollowed) return '⚪';
  return i.state === 'open' ? marks.open[i.verdict.severity] : marks[i.state];
}
function endOf(i: Incident): string {
  if (i.unfollowed) return 'not watched any more';
  return i.state === 'resolved' ? `well again after ${lasted(i)}` : 'recovers';
}
const shownAtOnce = 20;

/** Several that opened at once: a line each, so that a bad minute is one message. */
export function digestView(all: readonly Incident[]): View {
  const open = all.filter((i) => i.state !== 'resolved');
  const critical = open.some((i) => i.verdict.severity === 'critical');
  const [left] = all.filter((i) => i.unfollowed);
  const words =
    open.length === 0
      ? left
        ? `I don’t look at ${placeOf(left)} any more, so I can’t tell how they fare. The platform engineers know why.`
        : `All ${all.length} are well again.`
      : `${open.length} of ${all.length} that broke at once still ${open.length === 1 ? 'has' : 'have'} a problem.`;
  const many = inCluster(`${all.length} services`, left ? placeOf(left) : all[0]?.called);
  const over = left ? 'are not watched any more' : 'are well again';
  const same = new Set(all.map((i) => i.verdict.code)).size === 1;
  return {
    id: 'incident.digest',
    title: open.length === 0 ? `${many} ${over}` : `${many} have a problem`,
    summary: words,
    blocks: [
      { kind: 'notice', tone: open.length === 0 && !left ? 'good' : critical ? 'bad' : 'warn', text: said(words) },
      ...(same && open.length > 0
        ? [
            {
              kind: 'text',
              text: said('They all fail for the same kind of reason: look for one cause first.'),
            } as const,
          ]
        : []),
      {
        kind: 'items',
        items: all.slice(0, shownAtOnce).map((i) => ({
          title: text`${markOf(i)} ${strong(ownName(i))} #${i.number}${i.taken === undefined ? '' : text` · ${person(i.taken)} is on it`}`,
          note: i.state === 'open' ? i.verdict.summary : said(endOf(i)),
          ...(i.state === 'open' ? { buttons: [button('Show', presses.show, { id: i.id })] } : {}),
        })),
      },
      ...(all.length > shownAtOnce
        ? [{ kind: 'note', text: said(`And ${all.length - shownAtOnce} more.`) } as const]
        : []),
    ],
  };
}

/** For whoever rolled it out: theirs to know first. */
export const yoursView = (i: Incident): View => ({
  id: 'incident.yours',
  title: `What you rolled out: ${titleOf(i)}`,
  summary: inShort(i),
  blocks: [
    ...verdictBlocks(i.verdict),
    { kind: 'buttons', buttons: [button('Show it all', presses.show, { id: i.id })] },
    footer(i),
  ],
});

/** A line of its history, under its message. */
export const historyView = (title: string, words: Text): View => ({
  id: 'incident.history',
  title,
  summary: plain(words),
  blocks: [{ kind: 'text', text: words }],
});

import type { Fix } from '../diagnosis/index.ts';
import {
  type Block,
  type Button,
  code,
  command,
  person,
  said,
  shorten,
  strong,
  type Text,
  text,
  type View,
} from '../kernel/index.ts';
import { button, presses as incidentPresses, nameOf, type Shown } from './incident-view.ts';
import type { Offer, Undo } from './seen.ts';
import type { Incident, Tried } from './store.ts';

/** `fixAsked`: in an answer, which does not show what comes of it. */
export const presses = {
  fix: 'incident.fix',
  fixAsked: 'doctor.fix',
  more: 'incident.more-fixes',
  undo: 'incident.undo',
} as const;

/** How many fixes are buttons of the message itself: one with more of them is not read. The others are a press away. */
const atOnce = 2;

/** Slack asks in at most 300 characters. */
const questionMax = 290;

/** The exact change, in a question. */
function question({ title, before, after, forGood, resumes }: Offer): string {
  const [old, now] = [before.split('\n'), after.split('\n')].map((lines) => lines.filter((l) => l !== ''));
  const sets = now?.filter((l) => !old?.includes(l)) ?? [];
  const pathOf = (l: string) => l.split(': ', 1)[0];
  const removes = old?.filter((l) => !now?.some((n) => pathOf(n) === pathOf(l))) ?? [];
  // Of an object that is made new, there is its name and no field.
  const makes = old?.length === 0 && sets.every((l) => !l.includes(': '));
  const does = [
    ...(sets.length > 0 ? [`${makes ? 'creates' : 'sets'} ${sets.join('; ')}`] : []),
    ...(removes.length > 0 ? [`removes ${removes.join('; ')}`] : []),
  ];
  const last = forGood ? ' This can’t be taken back: a volume does not shrink.' : '';
  const goesOn = resumes ? ' Its rollout is paused: this lets it go on.' : '';
  return `${title}?${last}${goesOn}${does.length === 0 ? '' : ` It ${does.join(', and ')}`}`;
}
const isLong = (offer: Offer): boolean => question(offer).length > questionMax;
const whole = ' … The message shows all of it.';
const asked = (offer: Offer): string =>
  isLong(offer) ? `${question(offer).slice(0, questionMax - whole.length)}${whole}` : question(offer);

/** A change that is too long for a question is read before the button is pressed. */
export const longChanges = (i: Incident, more?: Button): readonly Block[] =>
  openOffers(i)
    .slice(0, atOnce)
    .filter((o) => o.managedBy === undefined && isLong(o))
    .map((o) => ({
      kind: 'fold',
      title: `What “${shorten(o.title, 60)}” changes`,
      blocks: [{ kind: 'diff', before: o.before, after: o.after }],
      ...(more ? { more } : {}),
    }));

const lasting = ({ lasts }: Tried): string => (lasts === undefined ? '' : ` ${lasts}`);

/** Why a fix has no “Undo”: said instead of a button that is missing. */
export function lastsFor(fix: Fix): { readonly lasts?: string } {
  const volume = fix.kind === 'patch' && fix.patch?.kind === 'PersistentVolumeClaim';
  const why: { readonly [K in Fix['kind']]?: string } = {
    restart: 'There is nothing to undo: the same runs as before, started anew.',
    delete: 'There is nothing to undo: a pod that is deleted does not come back, another one takes its place.',
    ...(volume ? { patch: 'There is no “Undo”: a volume does not shrink.' } : {}),
  };
  const lasts = why[fix.kind];
  return lasts === undefined ? {} : { lasts };
}

const words: Readonly<Record<Tried['state'], (t: Tried) => Text>> = {
  doing: (t) => text`⏳ ${person(t.by)}: ${strong(t.title)}…`,
  done: (t) =>
    t.back
      ? text`↩️ ${person(t.by)}: ${strong(t.title)}. It’s done: all is as it was before.`
      : text`🔧 ${person(t.by)}: ${strong(t.title)}. It’s done; I’m watching whether it helps.${lasting(t)}`,
  helped: (t) => text`✅ ${person(t.by)}: ${strong(t.title)}. It helped.`,
  useless: (t) => text`❌ ${person(t.by)}: ${strong(t.title)}. It was done, but did not help.${lasting(t)}`,
  failed: (t) =>
    text`❌ ${person(t.by)}: ${strong(t.title)}. It could not be done: ${t.said ?? 'the cluster does not say why'}`,
};
export const triedWords = (t: Tried): Text => words[t.state](t);

/** Why what cannot be pressed cannot, and what is to be changed in Git instead. */
const hindrances = (offers: readonly Offer[]): readonly Block[] =>
  offers
    .filter((o) => o.hindered !== undefined)
    .map((o) => ({ kind: 'note', text: text`${strong(o.title)}: not offered. ${said(o.hindered ?? '')}` }));

/** To who may not press them, or where nothing can be pressed yet: what was found not to help, so that nobody tries. */
export const hindrancesOf = (offers: readonly Offer[]): NonNullable<Shown['fixes']> => ({
  blocks: hindrances(offers),
  buttons: [],
});

/** Nothing is offered that could not be tried out. */
export const untriedFixes = (why: string): NonNullable<Shown['fixes']> => ({
  blocks: [
    {
      kind: 'note',
      text: text`I could not try out what would mend it, so there are no buttons for it now: ${why} ${command('why')} tries again.`,
    },
  ],
  buttons: [],
});

/** Nothing is offered before it was tried out. */
export const tryingFixes: NonNullable<Shown['fixes']> = {
  blocks: [{ kind: 'note', text: said('⏳ What would mend it is still being tried out. Look again in a moment.') }],
  buttons: [],
};

/** What can be pressed, the first to be tried first: what was done in vain comes last. */
function openOffers({ state, mending }: Incident): readonly Offer[] {
  const { offers, tried } = mending ?? { offers: [] };
  if (state !== 'open' || tried?.state === 'doing') return [];
  const vain = ({ title }: Offer) => tried?.title === title && (tried.state === 'useless' || tried.state === 'failed');
  return offers.filter((o) => o.hindered === undefined).toSorted((a, b) => Number(vain(a)) - Number(vain(b)));
}

function fixButton(i: Incident, o: Offer, press: string, first: boolean): Button {
  const value = { id: i.id, offer: o.id };
  if (o.managedBy !== undefined) return button(shorten(`${o.title} in Git`, 60), press, value);
  return button(shorten(o.title, 60), press, value, {
    confirm: asked(o),
    ...(first ? { tone: 'primary' as const } : {}),
  });
}

const takenBack = (undo: Undo): string =>
  'made' in undo
    ? `It deletes ${undo.on.kind} ${undo.on.name}, which it made, unless somebody has changed that since.`
    : 'It puts back what was there before.';

function buttonsOf(i: Incident, press: string): readonly Button[] {
  const { tried } = i.mending ?? {};
  const undo =
    tried?.undo !== undefined && tried.state !== 'doing' && tried.state !== 'failed'
      ? [
          button(
            'Undo',
            presses.undo,
            { id: i.id, key: tried.key },
            { confirm: `Take back “${shorten(tried.title, 120)}”? ${takenBack(tried.undo)}` },
          ),
        ]
      : [];
  const open = openOffers(i);
  const more = open.length > atOnce ? [button('More fixes…', presses.more, { id: i.id })] : [];
  return [...open.slice(0, atOnce).map((o, n) => fixButton(i, o, press, n === 0)), ...more, ...undo];
}

/** What else would mend it, for who asks: each with what it changes. */
export function moreView(i: Incident): View {
  const more = openOffers(i).slice(atOnce);
  const title = `What else mends ${nameOf(i)}`;
  if (more.length === 0) return noticed(title, said('There is nothing else by now: look at its message as it is.'));
  return {
    id: 'incident.more-fixes',
    title,
    summary: more.map((o) => o.title).join(', '),
    blocks: more.flatMap((o): readonly Block[] => [
      { kind: 'text', text: text`${strong(o.title)}` },
      { kind: 'diff', before: o.before, after: o.after },
      { kind: 'buttons', buttons: [fixButton(i, o, presses.fixAsked, false)] },
    ]),
  };
}

/** Marked as what it is: rules found the cause, a model only speaks of it. */
const byModel = (words: string): readonly Block[] => [
  { kind: 'quote', text: said(words) },
  {
    kind: 'note',
    text: said('🤖 In a language model’s words, which may be wrong. The cause above was found by rules.'),
  },
];

/** What can be pressed to mend it. */
export function fixesFor(i: Incident, press: string = presses.fix): NonNullable<Shown['fixes']> {
  const { offers, untried, tried, words } = i.mending ?? { offers: [] };
  return {
    blocks: [
      ...(words === undefined || i.state !== 'open' ? [] : byModel(words)),
      ...(tried === undefined ? [] : [{ kind: 'text', text: triedWords(tried) } as const]),
      ...(i.state === 'open'
        ? [
            ...hindrances(offers),
            ...(untried === undefined ? [] : untriedFixes(untried).blocks),
            ...longChanges(i, button('Show all', incidentPresses.details, { id: i.id })),
          ]
        : []),
    ],
    buttons: buttonsOf(i, press),
  };
}

/** Somebody else takes care of this object: what to change where it is taken from. */
export const inGitView = (i: Incident, offer: Offer): View => ({
  id: 'incident.git',
  title: offer.title,
  summary: `${offer.managedBy ?? 'Something'} manages ${nameOf(i)}: make this change in Git.`,
  blocks: [
    {
      kind: 'text',
      text: text`${strong(offer.managedBy ?? 'Something else')} manages ${code(nameOf(i))} and would undo it within seconds if I changed it here. Make this change where ${offer.managedBy ?? 'it'} takes it from:`,
    },
    { kind: 'diff', before: offer.before, after: offer.after },
    { kind: 'note', text: text`I see it when it’s rolled out. ${command('why')} tells how it fares meanwhile.` },
  ],
});

export const noticed = (title: string, what: Text): View => ({
  id: 'incident.notice',
  title,
  summary: what.map((s) => ('text' in s ? s.text : '')).join(''),
  blocks: [{ kind: 'notice', tone: 'info', text: what }],
});

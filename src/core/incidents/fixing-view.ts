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
import type { Offer } from './seen.ts';
import type { Incident, Tried } from './store.ts';

/** `fixAsked`: in an answer, which does not show what comes of it. */
export const presses = { fix: 'incident.fix', fixAsked: 'doctor.fix', undo: 'incident.undo' } as const;

/** Slack asks in at most 300 characters. */
const questionMax = 290;

/** The exact change, in a question. */
function question({ title, before, after, forGood, resumes }: Offer): string {
  const [old, now] = [before.split('\n'), after.split('\n')].map((lines) => lines.filter((l) => l !== ''));
  const sets = now?.filter((l) => !old?.includes(l)) ?? [];
  const pathOf = (l: string) => l.split(': ', 1)[0];
  const removes = old?.filter((l) => !now?.some((n) => pathOf(n) === pathOf(l))) ?? [];
  const does = [
    ...(sets.length > 0 ? [`sets ${sets.join('; ')}`] : []),
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
  (i.mending?.offers ?? [])
    .filter((o) => o.hindered === undefined && o.managedBy === undefined && isLong(o))
    .map((o) => ({
      kind: 'fold',
      title: `What “${shorten(o.title, 60)}” changes`,
      blocks: [{ kind: 'diff', before: o.before, after: o.after }],
      ...(more ? { more } : {}),
    }));

const words: Readonly<Record<Tried['state'], (t: Tried) => Text>> = {
  doing: (t) => text`⏳ ${person(t.by)}: ${strong(t.title)}…`,
  done: (t) =>
    t.back
      ? text`↩️ ${person(t.by)}: ${strong(t.title)}. It’s done: what was there before is there again.`
      : text`🔧 ${person(t.by)}: ${strong(t.title)}. It’s done; I’m watching whether it helps.`,
  helped: (t) => text`✅ ${person(t.by)}: ${strong(t.title)}. It helped.`,
  useless: (t) => text`❌ ${person(t.by)}: ${strong(t.title)}. It was done, but did not help.`,
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

/** Nothing is offered before it was tried out. */
export const tryingFixes: NonNullable<Shown['fixes']> = {
  blocks: [{ kind: 'note', text: said('⏳ What would mend it is still being tried out. Look again in a moment.') }],
  buttons: [],
};

function buttonsOf(i: Incident, press: string): readonly Button[] {
  const { offers, tried } = i.mending ?? { offers: [] };
  const undo =
    tried?.undo !== undefined && tried.state !== 'doing' && tried.state !== 'failed'
      ? [
          button(
            'Undo',
            presses.undo,
            { id: i.id, key: tried.key },
            { confirm: `Take back “${shorten(tried.title, 120)}”? It puts back what was there before.` },
          ),
        ]
      : [];
  if (i.state !== 'open' || tried?.state === 'doing') return undo;
  const open = offers
    .filter((o) => o.hindered === undefined)
    .map((o, n) => {
      const value = { id: i.id, offer: o.id };
      if (o.managedBy !== undefined) return button(shorten(`${o.title} in Git`, 60), press, value);
      return button(shorten(o.title, 60), press, value, {
        confirm: asked(o),
        ...(n === 0 ? { tone: 'primary' as const } : {}),
      });
    });
  return [...open, ...undo];
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
  const { offers, tried, words } = i.mending ?? { offers: [] };
  return {
    blocks: [
      ...(words === undefined || i.state !== 'open' ? [] : byModel(words)),
      ...(tried === undefined ? [] : [{ kind: 'text', text: triedWords(tried) } as const]),
      ...(i.state === 'open'
        ? [...hindrances(offers), ...longChanges(i, button('Show all', incidentPresses.details, { id: i.id }))]
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

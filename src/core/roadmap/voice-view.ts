import { muteButton } from '../feedback/buttons.ts';
import { pain as painText } from '../feedback/history-view.ts';
import { isOpen, stateNames } from '../feedback/rules.ts';
import type { Feedback } from '../feedback/store.ts';
import {
  type Button,
  link,
  type Person,
  type PersonId,
  person,
  said,
  shorten,
  strong,
  type Text,
  text,
  type View,
} from '../kernel/index.ts';
import type { Score } from './score.ts';
import { standing } from './score-view.ts';
import type { Draft } from './store.ts';

export const voicePresses = {
  hurts: 'roadmap.hurts',
  takeBack: 'roadmap.take-back',
  unmute: 'roadmap.unmute',
} as const;

const about = (label: string, name: string, number: number, opens?: 'form'): Button => ({
  label,
  press: { name, value: JSON.stringify({ number }) },
  ...(opens ? { opens } : {}),
});

/** What they will hear of it, or can read now. */
function next(item: Feedback): Text {
  if (item.state === 'shipped')
    return text`It’s here already${item.help ? `: ${shorten(item.help, 300)}` : '.'} ${item.link ? [link('Try it', item.link)] : ''}`;
  if (item.state === 'declined')
    return said('It was declined. Your voice is kept: if more people want it, the team sees that on its card.');
  return said('I’ll tell you when it’s planned and when it’s here, and nothing in between.');
}

/** To whoever pressed Me too. */
export function countedView(item: Feedback, score: Score, by: Person, fresh: boolean, pain?: number): View {
  const mine = item.requester === by.id;
  const title = mine ? 'That’s yours' : fresh ? 'Counted' : 'You’re counted already';
  return {
    id: 'roadmap.counted',
    title: `${title}: #${item.number}`,
    summary: `${title}: ${shorten(item.what, 120)}, ${standing(score)}`,
    blocks: [
      { kind: 'notice', tone: fresh ? 'good' : 'info', text: text`${strong(item.what)}: ${standing(score)}.` },
      ...(pain === undefined ? [] : [{ kind: 'facts', rows: [['Your pain', painText(pain)]] } as const]),
      { kind: 'note', text: next(item) },
      ...(mine || !isOpen(item.state)
        ? []
        : [
            {
              kind: 'buttons',
              buttons: [
                about('Say how much it hurts', voicePresses.hurts, item.number, 'form'),
                about('Take it back', voicePresses.takeBack, item.number),
                muteButton(item.number),
              ],
            } as const,
          ]),
    ],
  };
}

/** Under the triage card: what somebody was about to send, who joined this instead. */
export const joinedView = (item: Feedback, by: PersonId, { what, why }: Pick<Draft, 'what' | 'why'>): View => ({
  id: 'roadmap.joined',
  title: `Also wanted: #${item.number}`,
  summary: `Somebody else wants #${item.number}: ${shorten(what, 120)}`,
  blocks: [
    { kind: 'text', text: text`${person(by)} wants this too, and wrote: ${strong(what)}` },
    { kind: 'quote', text: said(why) },
  ],
});

const muting = {
  muted: ['You won’t hear of it any more', 'Your voice still counts. Ask me for “roadmap” when you want to know.'],
  unmuted: ['You hear of it again', 'When it’s planned, and when it’s here.'],
  taken: ['Taken back', 'You’re not counted any more, and won’t hear of it.'],
} as const;

export function mutedView(item: Feedback, what: keyof typeof muting): View {
  const [title, words] = muting[what];
  return {
    id: 'roadmap.muted',
    title: `${title}: #${item.number}`,
    summary: `${title}: ${stateNames[item.state]}, ${shorten(item.what, 120)}`,
    blocks: [
      { kind: 'notice', tone: 'info', text: text`${title}: ${strong(item.what)}` },
      { kind: 'note', text: said(words) },
      ...(what === 'muted'
        ? [{ kind: 'buttons', buttons: [about('Tell me again', voicePresses.unmute, item.number)] } as const]
        : []),
    ],
  };
}

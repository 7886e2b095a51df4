import { type Form, form, shorten } from '../kernel/index.ts';
import { type Move, pains } from './rules.ts';
import type { Feedback } from './store.ts';

/** Limits of what is typed: long enough to explain, short enough to read on a card. */
export const limits = { what: 300, why: 2000, words: 1000 } as const;

export const newFeedback = form({
  id: 'feedback.new',
  title: 'Send feedback',
  submit: 'Send',
  intro: 'It goes to the people who own the platform. You’ll hear back here, whatever they decide.',
  fields: {
    what: {
      kind: 'text',
      label: 'What would help you?',
      max: limits.what,
      placeholder: 'Preview environments that start in under a minute',
    },
    why: {
      kind: 'text',
      label: 'Why? What happens today?',
      multiline: true,
      max: limits.why,
      placeholder: 'I wait ten minutes for each pull request, so I review without running it.',
    },
    pain: {
      kind: 'scale',
      label: 'How much does it hurt?',
      from: 1,
      to: 5,
      labels: pains,
    },
  },
});

export const declineForm = form({
  id: 'feedback.decline',
  title: 'Decline with a reason',
  submit: 'Decline',
  fields: {
    words: {
      kind: 'text',
      label: 'Why not?',
      hint: 'The person who asked reads this, word for word.',
      multiline: true,
      max: limits.words,
    },
  },
});

export const askForm = form({
  id: 'feedback.ask',
  title: 'Ask back',
  submit: 'Ask',
  fields: {
    words: {
      kind: 'text',
      label: 'What do you need to know?',
      hint: 'It’s sent as a direct message; the answer appears on this card.',
      multiline: true,
      max: limits.words,
    },
  },
});

export const answerForm = form({
  id: 'feedback.answer',
  title: 'Your answer',
  submit: 'Send',
  fields: { words: { kind: 'text', label: 'Your answer', multiline: true, max: limits.words } },
});

export const shipForm = form({
  id: 'feedback.ship',
  title: 'It’s here',
  submit: 'Ship',
  fields: {
    words: {
      kind: 'text',
      label: 'What can people do now, and how?',
      hint: 'Everybody who asked reads this, word for word.',
      multiline: true,
      max: limits.words,
      placeholder: 'Open a pull request: its environment is ready within a minute.',
    },
    link: { kind: 'text', label: 'Where can they try it?', optional: true, max: 500, placeholder: 'https://…' },
  },
});

export const returnForm = form({
  id: 'feedback.return',
  title: 'Not quite',
  submit: 'Send',
  fields: {
    words: {
      kind: 'text',
      label: 'What’s still missing?',
      hint: 'It opens again, with your words on the team’s card.',
      multiline: true,
      max: limits.words,
    },
  },
});

const wordForms = {
  decline: declineForm,
  ask: askForm,
  answer: answerForm,
  ship: shipForm,
  return: returnForm,
} as const;
/** The moves that come with words, each with its form. */
export type Wordy = keyof typeof wordForms;
export const needsWords = (move: Move): move is Wordy => Object.hasOwn(wordForms, move);

/** How much of an item and of a question a form shows. */
const named = { what: 120, question: 600 } as const;
const intros: { readonly [M in Wordy]: (what: string, question: string | undefined) => string } = {
  decline: (what) => `You’re declining ${what}.`,
  ask: (what) => `You’re asking back about ${what}.`,
  ship: (what) => `You’re shipping ${what}. Those who asked are told in some minutes, all of it in one message.`,
  return: (what) => `About ${what}, which we thought was done.`,
  answer: (what, question) => (question ? `About ${what} you were asked: “${question}”` : `About ${what}.`),
};

/** The form of a move for one item, which it names: whoever opens it by mistake sees so. */
export function wordForm(move: Wordy, item: Feedback, question?: string): Form {
  const what = `#${item.number} “${shorten(item.what, named.what)}”`;
  return { ...wordForms[move], intro: intros[move](what, question && shorten(question, named.question)) };
}

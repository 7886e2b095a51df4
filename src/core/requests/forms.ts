import { form } from '../kernel/index.ts';
import { forms } from './keys.ts';

/** Long enough for a reason, short enough to be read on a card. */
const words = 1000;

export const refuseForm = form({
  id: forms.refuse,
  title: 'Refuse with a reason',
  submit: 'Refuse',
  fields: {
    words: {
      kind: 'text',
      label: 'Why not?',
      hint: 'The person who asked reads this, word for word. Say what they could do instead.',
      multiline: true,
      max: words,
    },
  },
});

export const glassForm = form({
  id: forms.glass,
  title: 'Break the glass',
  submit: 'Approve it myself',
  intro:
    'You approve your own request. Everybody who could have decided is told, with your reason, and it stands in the audit.',
  fields: {
    words: { kind: 'text', label: 'Why can’t it wait?', multiline: true, max: words },
  },
});

import type { Button } from '../core/kernel/index.ts';
import type { Element } from './card.ts';
import { LIMITS } from './limits.ts';
import { cut, type Pen } from './pen.ts';
import { line } from './rich-text.ts';

const tones = { primary: { style: 'positive' }, danger: { style: 'destructive' } } as const;

/** A dialog opens only from an Action.Submit of this type, so such a button says beforehand that it opens a form. */
const opensForm = (b: Button, title: string, look: object): Element => ({
  type: 'Action.Submit',
  title,
  ...look,
  data: { msteams: { type: 'task/fetch' }, press: b.press.name, value: b.press.value },
});

/** Action.Submit stands in on clients without Action.Execute, and arrives as a message. */
const acts = (b: Button, title: string, look: object): Element => ({
  type: 'Action.Execute',
  title,
  ...look,
  verb: b.press.name,
  data: { value: b.press.value },
  fallback: { type: 'Action.Submit', title, ...look, data: { press: b.press.name, value: b.press.value } },
});

/** Cards know no "are you sure": the button unfolds the question, and the same button under it does it. */
const asksFirst = (question: string, title: string, look: object, action: Element): Element => ({
  type: 'Action.ShowCard',
  title,
  ...look,
  card: { type: 'AdaptiveCard', body: [line(question, { weight: 'Bolder' })], actions: [action] },
});

function button(pen: Pen, b: Button): Element {
  const title = cut(pen, 'button', b.label, LIMITS.buttonTitle);
  const look = b.tone ? tones[b.tone] : {};
  const action = b.opens === 'form' ? opensForm(b, title, look) : acts(b, title, look);
  return b.confirm === undefined
    ? action
    : asksFirst(cut(pen, 'question', b.confirm, LIMITS.title), title, look, action);
}

/** One row of buttons; those that would be dropped from the row stand in its overflow menu. None for no buttons. */
export const buttonRow = (pen: Pen, buttons: readonly Button[], more: object = {}): readonly Element[] =>
  buttons.length === 0
    ? []
    : [
        {
          type: 'ActionSet',
          ...more,
          actions: buttons.map((b, i) => ({
            ...button(pen, b),
            ...(i < LIMITS.primaryActions ? {} : { mode: 'secondary' }),
          })),
        },
      ];

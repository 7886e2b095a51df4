import { type Child, h } from '../dom.ts';
import type { Json, TeamsMessage } from '../wire.ts';

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

type Mention = { readonly text: string; readonly name: string };
const mentionsOf = (message: TeamsMessage): readonly Mention[] =>
  message.entities.filter(isObject).flatMap((each) => {
    const name = isObject(each.mentioned) ? each.mentioned.name : undefined;
    return each.type === 'mention' && typeof each.text === 'string' && typeof name === 'string' && each.text !== ''
      ? [{ text: each.text, name }]
      : [];
  });

/** What somebody wrote, with the mentions that Teams vouches for. All else is text. */
export function drawWords(message: TeamsMessage): Child {
  let parts: readonly (string | Node)[] = [(message.text ?? '').replace(/\n$/, '')];
  for (const { text, name } of mentionsOf(message))
    parts = parts.flatMap((part): readonly (string | Node)[] =>
      typeof part === 'string'
        ? part.split(text).flatMap((piece, nth) => (nth === 0 ? [piece] : [h('span', { class: 'at' }, name), piece]))
        : [part],
    );
  return parts;
}

export const cardsOf = (message: TeamsMessage): readonly unknown[] =>
  message.attachments
    .filter((each) => each.contentType === 'application/vnd.microsoft.card.adaptive')
    .map((each) => each.content);

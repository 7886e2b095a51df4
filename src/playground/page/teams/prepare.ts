import { teamsMacros } from '../time.ts';
import type { Json } from '../wire.ts';

/*
 * What Teams does with a card before it draws it, and Microsoft's own renderer does not: mentions, dates in the reader's
 * zone, and lists that are searched on the server. Pure.
 */

export type Prepared = {
  readonly card: Json;
  /** The mark that stands in the text for a mention -> the name to show. */
  readonly mentions: ReadonlyMap<string, string>;
  /** The id given to each action -> the action as the app wrote it. */
  readonly actions: ReadonlyMap<string, Json>;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The texts of an element that may hold mentions and macros. */
const texts: Readonly<Record<string, readonly string[]>> = { TextBlock: ['text'], Fact: ['title', 'value'] };

function entities(card: Json): readonly { readonly text: string; readonly name: string }[] {
  const given = isObject(card.msteams) && Array.isArray(card.msteams.entities) ? card.msteams.entities : [];
  return given.filter(isObject).flatMap((each) => {
    const name = isObject(each.mentioned) ? each.mentioned.name : undefined;
    return each.type === 'mention' && typeof each.text === 'string' && each.text !== '' && typeof name === 'string'
      ? [{ text: each.text, name }]
      : [];
  });
}

/** @param nonce something that no text can hold by chance */
export function prepare(card: unknown, zone: string, nonce: string): Prepared {
  const source = isObject(card) ? card : {};
  const mentions = new Map<string, string>();
  const actions = new Map<string, Json>();
  const named = entities(source).map(({ text, name }, nth) => {
    const mark = `\u{e000}${nonce}${nth}\u{e001}`;
    mentions.set(mark, name);
    return { text, mark };
  });
  const said = (text: string): string =>
    named.reduce((t, each) => t.replaceAll(each.text, () => each.mark), teamsMacros(text, zone));

  function walk(value: unknown, kind?: string): unknown {
    if (Array.isArray(value)) return value.map((each: unknown) => walk(each, kind));
    if (!isObject(value)) return value;
    const type = typeof value.type === 'string' ? value.type : (kind ?? '');
    const made: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value)) {
      // What a button carries is the app's own affair.
      if (key === 'data' || key === 'msteams') made[key] = each;
      else if (typeof each === 'string' && Object.hasOwn(texts, type) && texts[type]?.includes(key))
        made[key] = said(each);
      else made[key] = walk(each, key === 'facts' ? 'Fact' : undefined);
    }
    if (type.startsWith('Action.')) {
      const id = `action-${actions.size}`;
      actions.set(id, value);
      made.id = id;
    }
    if (type === 'Input.ChoiceSet' && isObject(value['choices.data'])) made.type = 'Input.Search';
    return made;
  }

  return { card: walk(source) as Json, mentions, actions };
}

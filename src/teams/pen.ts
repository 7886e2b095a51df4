import { clean, type Names, type PersonId, partsOf, platformOf, shorten } from '../core/kernel/index.ts';
import type { Mention } from './card.ts';

/**
 * What the drawing functions share while one card is drawn. `scale` shrinks all limits (1 is full size), `cuts` says
 * what did not fit, `mentions` collects whom the card mentions.
 */
export type Pen = {
  readonly names: Names;
  readonly scale: number;
  /** Dialogs cannot mention anybody: there people are names in bold. */
  readonly mentioning: boolean;
  readonly mentions: Map<string, Mention>;
  readonly cuts: string[];
  /** The ids of the folds drawn so far: each is unique in the card. */
  readonly folds: string[];
};
export const createPen = (names: Names, how: { readonly scale?: number; readonly mentioning?: boolean } = {}): Pen => ({
  names,
  scale: how.scale ?? 1,
  mentioning: how.mentioning ?? true,
  mentions: new Map(),
  cuts: [],
  folds: [],
});

/** A limit of entries or lines at the pen's scale. */
export const room = (pen: Pen, limit: number): number => Math.max(3, Math.floor(limit * pen.scale));
/** A limit of characters at the pen's scale: a few words are always left, so that no button loses its name. */
export const letters = (pen: Pen, limit: number): number =>
  Math.max(Math.min(limit, 40), Math.floor(limit * pen.scale));

/** At most `limit` characters, all of them printable, and a note of it when something was cut. */
export function cut(pen: Pen, what: string, raw: string, limit: number): string {
  const max = letters(pen, limit);
  const text = clean(raw);
  if (text.length > max) pen.cuts.push(`${what}: ${text.length} characters, at most ${max}`);
  return shorten(text, max);
}

/** The first of a list, and how many were left out. */
export function firstOf<T>(
  pen: Pen,
  what: string,
  list: readonly T[],
  limit: number,
): { first: readonly T[]; left: number } {
  const max = room(pen, limit);
  if (list.length > max) pen.cuts.push(`${what}: ${list.length}, at most ${max}`);
  return { first: list.slice(0, max), left: Math.max(0, list.length - max) };
}

/** Words that stand in the middle of a line: others gave people and places their names. */
export const oneLine = (words: string): string => clean(words).replace(/\s+/g, ' ').trim();
export const nameOf = (pen: Pen, person: PersonId): string =>
  oneLine(pen.names.people.get(person)?.name ?? '') || 'someone';

/**
 * The `<at>…</at>` text that mentions a person, or undefined when they have no account in Teams. The text must equal
 * that of its entity to the letter, so it holds nothing that Markdown could change; two people of one name are told
 * apart by a number, which clients do not show: they show the entity's name.
 */
export function mention(pen: Pen, person: PersonId): string | undefined {
  const account = pen.names.people.get(person)?.accounts.find((a) => platformOf(a) === 'teams');
  if (!pen.mentioning || !account) return undefined;
  const known = pen.mentions.get(account);
  if (known) return known.text;
  const name = nameOf(pen, person);
  const safe = name.replace(/[^\p{L}\p{M}\p{N} ,.'’-]+/gu, ' ').trim() || 'someone';
  const taken = new Set([...pen.mentions.values()].map((m) => m.text));
  let text = `<at>${safe}</at>`;
  for (let n = 2; taken.has(text); n += 1) text = `<at>${safe} ${n}</at>`;
  pen.mentions.set(account, { type: 'mention', text, mentioned: { id: partsOf(account).local, name } });
  return text;
}

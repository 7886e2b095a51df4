import { clean } from '../core/kernel/index.ts';

/** `<@U1|ann>` and its like, and the three entities: Slack escapes what people type into these. */
const escapes = /<([^<>]*)>|&(amp|lt|gt);/g;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
const decoded = (text: string) => text.replace(/&(amp|lt|gt);/g, (_, name: string) => entities[name] ?? '');

/** What stood between `<` and `>`, as a person would have written it. */
function readable(inner: string): string {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : inner.slice(bar + 1);
  const sigil = target[0];
  if (sigil === '@' || sigil === '#') return `${sigil}${label.replace(/^[@#]/, '') || target.slice(1)}`;
  // <!here>, <!subteam^S1|@crew>, <!date^…|then>
  if (sigil === '!') return label || `@${target.slice(1).split('^')[0]}`;
  const address = target.replace(/^mailto:/, '');
  // Slack links bare domains by itself: `<http://example.com|example.com>` was typed without the scheme.
  if (!label || address === label || address.endsWith(`//${label}`)) return label || address;
  return `${label} (${address})`;
}

/** Text as Slack sends it (`text` of commands, messages and events), back to what was typed. */
export const typedText = (text: string): string =>
  clean(
    text.replace(escapes, (_, inner: string | undefined, entity: string | undefined) =>
      entity === undefined ? decoded(readable(inner ?? '')) : (entities[entity] ?? ''),
    ),
  );

/** Takes the mention of the bot out of a message; without an id, the one that it begins with. */
export function withoutMention(text: string, bot: string | undefined): string {
  const mention = bot === undefined ? /^\s*<@[A-Z0-9]+(?:\|[^<>]*)?>/ : new RegExp(`<@${bot}(?:\\|[^<>]*)?> ?`, 'g');
  return text.replace(mention, '').trim();
}

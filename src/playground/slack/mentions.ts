import { isObject, type JsonObject, stringAt } from './json.ts';
import type { Message } from './types.ts';

/** Something in a message that is alive: it notifies, names or leads somewhere. `at` is the json-pointer of the text that holds it. */
export type Mention = { readonly at: string } & (
  | { readonly kind: 'user' | 'group' | 'place'; readonly id: string }
  | { readonly kind: 'broadcast'; readonly range: 'here' | 'channel' | 'everyone' }
  /** `auto`: Slack made the link from a bare address; no markup asked for it. */
  | { readonly kind: 'link'; readonly url: string; readonly auto: boolean }
);

type Found<M> = M extends Mention ? Omit<M, 'at'> : never;
type Live = Found<Mention>;

const ranges = { here: 'here', channel: 'channel', everyone: 'everyone', group: 'channel' } as const;
const isRange = (name: string): name is keyof typeof ranges => Object.hasOwn(ranges, name);
const broadcast = (name: string): Live => ({ kind: 'broadcast', range: isRange(name) ? ranges[name] : 'here' });

/** What stands between `<` and `>`: the parts of Slack's markup that are live. */
function control(inner: string): Live | undefined {
  const [target = ''] = inner.split('|');
  const user = /^@([UW][A-Z0-9]+)$/.exec(target)?.[1];
  if (user) return { kind: 'user', id: user };
  const place = /^#([CGD][A-Z0-9]+)$/.exec(target)?.[1];
  if (place) return { kind: 'place', id: place };
  const group = /^!subteam\^(S[A-Z0-9]+)$/.exec(target)?.[1];
  if (group) return { kind: 'group', id: group };
  const command = target.startsWith('!') ? target.slice(1) : '';
  if (isRange(command)) return broadcast(command);
  const dated = /^!date\^\d+\^[^^]*\^(.+)$/.exec(target)?.[1];
  if (dated) return { kind: 'link', url: dated, auto: false };
  return /^(mailto:|tel:|[a-z][a-z0-9+.-]*:\/\/)/i.test(target)
    ? { kind: 'link', url: target, auto: false }
    : undefined;
}

// Every repetition is bounded: hostile text of 40,000 characters must not cost quadratic time.
const BARE = /\bhttps?:\/\/[^\s<>|)\]]+|\b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,255}\b/gi;

type Reading = { readonly verbatim: boolean; readonly names: boolean; readonly markdown: boolean };

/**
 * Live parts of a text in mrkdwn. Markup inside back-ticks counts too: whether Slack spares it differs by client,
 * and text that was escaped never depends on it. Bare domains without a scheme are not looked for.
 */
function inText(text: string, reading: Reading): readonly Live[] {
  const marked = [...text.matchAll(/<([^<>]+)>/g)].flatMap(([, inner = '']) => control(inner) ?? []);
  const links = reading.markdown ? [...text.matchAll(/\[[^\]]{0,3000}\]\(\s{0,9}([^\s)]{1,3000})[^)]{0,3000}\)/g)] : [];
  const named = links.map(([, url = '']): Live => ({ kind: 'link', url, auto: false }));
  const rest = text.replace(/<[^<>]+>/g, ' ').replace(/\]\([^)]{0,3000}\)/g, reading.markdown ? ' ' : '$&');
  const bare = reading.verbatim
    ? []
    : [...rest.matchAll(BARE)].map(([url]): Live => ({ kind: 'link', url, auto: true }));
  const names = reading.names ? [...rest.matchAll(/@(here|channel|everyone)\b/g)] : [];
  const called = names.map(([, name = 'here']) => broadcast(name));
  return [...marked, ...named, ...bare, ...called];
}

const RICH: { readonly [type: string]: (part: JsonObject) => Live | undefined } = {
  user: (part) => ({ kind: 'user', id: String(part.user_id) }),
  usergroup: (part) => ({ kind: 'group', id: String(part.usergroup_id) }),
  channel: (part) => ({ kind: 'place', id: String(part.channel_id) }),
  broadcast: (part) => broadcast(String(part.range)),
  link: (part) => ({ kind: 'link', url: String(part.url), auto: false }),
  date: (part) => (part.url === undefined ? undefined : { kind: 'link', url: String(part.url), auto: false }),
};

/** Walks blocks: mrkdwn objects anywhere, markdown blocks, and the parts of rich text. Plain text is never alive. */
function inTree(value: unknown, at: string, rich: boolean, names: boolean): readonly Mention[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => inTree(each, `${at}/${index}`, rich, names));
  if (!isObject(value)) return [];
  const type = stringAt(value, 'type') ?? '';
  const text = stringAt(value, 'text');
  const here = rich ? RICH[type]?.(value) : undefined;
  const marked = type === 'mrkdwn' || type === 'markdown';
  const reading = { verbatim: value.verbatim === true, names, markdown: type === 'markdown' };
  const read =
    marked && text !== undefined ? inText(text, reading).map((live): Mention => ({ ...live, at: `${at}/text` })) : [];
  const inside = rich || type === 'rich_text';
  return [
    ...(here ? [{ ...here, at }] : []),
    ...read,
    ...Object.entries(value).flatMap(([key, each]) => inTree(each, `${at}/${key}`, inside, names)),
  ];
}

/**
 * Every live mention and link that Slack would make of a message: from the top-level text, from mrkdwn in any block or attachment,
 * and from rich text elements. A message whose hostile text was escaped or put into plain or rich text has none.
 */
export function mentions(
  message: Pick<Message, 'text' | 'blocks' | 'attachments' | 'parsesNames'>,
): readonly Mention[] {
  const names = message.parsesNames === true;
  const reading = { verbatim: false, names, markdown: false };
  const attached = message.attachments.flatMap((each, index) => {
    const fields = Array.isArray(each.fields)
      ? each.fields.filter(isObject).map((field) => stringAt(field, 'value'))
      : [];
    const texts = [stringAt(each, 'text'), stringAt(each, 'pretext'), stringAt(each, 'title_link'), ...fields];
    const read = texts.flatMap((text) => (text === undefined ? [] : inText(text, reading)));
    return [
      ...read.map((live): Mention => ({ ...live, at: `/attachments/${index}` })),
      ...inTree(each.blocks, `/attachments/${index}/blocks`, false, names),
    ];
  });
  return [
    ...inText(message.text, reading).map((live): Mention => ({ ...live, at: '/text' })),
    ...inTree(message.blocks, '/blocks', false, names),
    ...attached,
  ];
}

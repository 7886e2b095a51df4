import { zone } from '../avatar.ts';
import { type Child, h } from '../dom.ts';
import { now, store } from '../store.ts';
import { full, slackDate } from '../time.ts';
import type { Json } from '../wire.ts';
import { emoji } from './emoji.ts';
import { list, object, text } from './json.ts';
import { type Marks, mrkdwn, type Piece } from './mrkdwn.ts';

export const userName = (id: string): string =>
  store.state?.slack.users.find((each) => each.id === id)?.realName ?? 'somebody';
const channelName = (id: string): string =>
  store.state?.slack.channels.find((each) => each.id === id)?.name ?? 'a channel';

function marked(words: string, marks: Marks): Child {
  let made: Child = words;
  if (marks.code) made = h('code', {}, made);
  if (marks.strike) made = h('s', {}, made);
  if (marks.italic) made = h('em', {}, made);
  if (marks.bold) made = h('strong', {}, made);
  return made;
}

const mention = (words: string, own = false): HTMLElement =>
  h('span', { class: own ? 'mention mention-me' : 'mention' }, words);

/** Only addresses that lead somewhere: never a script. */
function anchor(url: string, words: Child): Child {
  return /^(?:https?:\/\/|mailto:)/i.test(url)
    ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, words)
    : words;
}

const date = (at: number, format: string): HTMLElement =>
  h('time', { datetime: new Date(at).toISOString(), title: full(at, zone()) }, slackDate(format, at, now(), zone()));

const draws: { readonly [K in Piece['kind']]: (piece: Extract<Piece, { kind: K }>) => Child } = {
  text: (p) => marked(p.text, p),
  emoji: (p) => h('span', { class: 'emoji', title: `:${p.name}:` }, emoji(p.name)),
  user: (p) => mention(`@${userName(p.id)}`, p.id === store.state?.slack.viewer.id),
  channel: (p) => mention(`#${p.label ?? channelName(p.id)}`),
  group: (p) => mention(p.label ?? '@group'),
  broadcast: (p) => mention(`@${p.range}`, true),
  link: (p) => anchor(p.url, marked(p.text, p)),
  date: (p) => date(p.at, p.format),
};
const piece = (p: Piece): Child => draws[p.kind](p as never);

/** A text in mrkdwn, as elements. */
export function drawMrkdwn(source: string): Child {
  return mrkdwn(source).map((part, nth, all): Child => {
    if (part.kind === 'code') return h('pre', {}, part.text);
    if (part.kind === 'quote') return h('blockquote', {}, part.pieces.map(piece));
    const next = all[nth + 1];
    return [part.pieces.map(piece), next?.kind === 'line' ? h('br') : false];
  });
}

/** A text object: `plain_text` as it is (but for emoji), `mrkdwn` read. */
export function drawText(value: unknown): Child {
  const words = text(value, 'text');
  if (text(value, 'type') === 'mrkdwn') return drawMrkdwn(words);
  if (object({ value }, 'value').emoji === false) return words;
  const parts = words.split(/(:[a-z0-9_+-]+:)/);
  return parts.map((part, nth) => (nth % 2 === 1 ? emoji(part.slice(1, -1)) : part));
}

const marksOf = (style: Json): Marks => ({
  ...(style.bold === true ? { bold: true } : {}),
  ...(style.italic === true ? { italic: true } : {}),
  ...(style.strike === true ? { strike: true } : {}),
  ...(style.code === true ? { code: true } : {}),
});

/** The elements inside rich text. */
const rich: { readonly [type: string]: (e: Json) => Child } = {
  text: (e) => marked(text(e, 'text'), marksOf(object(e, 'style'))),
  link: (e) => anchor(text(e, 'url'), marked(text(e, 'text') || text(e, 'url'), marksOf(object(e, 'style')))),
  user: (e) => piece({ kind: 'user', id: text(e, 'user_id') }),
  usergroup: (e) => piece({ kind: 'group', id: text(e, 'usergroup_id') }),
  channel: (e) => piece({ kind: 'channel', id: text(e, 'channel_id') }),
  broadcast: (e) => piece({ kind: 'broadcast', range: text(e, 'range') }),
  emoji: (e) => piece({ kind: 'emoji', name: text(e, 'name') }),
  date: (e) => date(Number(e.timestamp) * 1000, text(e, 'format')),
  color: (e) => h('code', {}, text(e, 'value')),
};
const run = (elements: readonly Json[]): Child =>
  elements.map((e) => {
    const type = text(e, 'type');
    return Object.hasOwn(rich, type) ? rich[type]?.(e) : h('code', {}, type);
  });

const inside = (e: Json): Child => run(list(e, 'elements'));
const boxes: { readonly [type: string]: (e: Json) => Child } = {
  rich_text_section: (e) => h('div', { class: 'rich' }, inside(e)),
  rich_text_quote: (e) => h('blockquote', { class: 'rich' }, inside(e)),
  rich_text_preformatted: (e) => h('pre', {}, inside(e)),
  rich_text_list: (e) => {
    const items = list(e, 'elements').map((item) => h('li', {}, inside(item)));
    const made = h(text(e, 'style') === 'ordered' ? 'ol' : 'ul', { class: 'rich' }, items);
    made.style.marginInlineStart = `${Number(e.indent ?? 0) * 24}px`;
    if (made instanceof HTMLOListElement) made.start = Number(e.offset ?? 0) + 1;
    return made;
  },
};

/** A `rich_text` block. */
export const drawRichText = (block: Json): Child =>
  list(block, 'elements').map((e) => {
    const type = text(e, 'type');
    return Object.hasOwn(boxes, type) ? boxes[type]?.(e) : h('code', {}, type);
  });

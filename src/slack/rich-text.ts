import type { MrkdwnElement, PlainTextElement, RichTextElement } from '@slack/types';
import {
  clean,
  type Names,
  type PersonId,
  type PlaceId,
  partsOf,
  platformOf,
  type Span,
  safeUrl,
  type Text,
} from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';
import { slashCommand } from './manifest.ts';

/** One entry per kind of span, no default. What stands before it matters to a date alone. */
type Inline<Out> = {
  readonly [K in Span['kind']]: (span: Span & { readonly kind: K }, names: Names, before: Span | undefined) => Out;
};
const inline = <Out>(table: Inline<Out>, text: Text, names: Names): readonly Out[] =>
  text.map((span, i) =>
    (table[span.kind] as (span: Span, names: Names, before: Span | undefined) => Out)(span, names, text[i - 1]),
  );

/** `emoji: false`: a typed `:smile:` stays what was typed. */
export const plainText = (text: string): PlainTextElement => ({ type: 'plain_text', text: clean(text), emoji: false });

export const words = (text: string): RichTextElement => ({ type: 'text', text: clean(text) });
const styled = (text: string, style: 'bold' | 'italic' | 'code'): RichTextElement => ({
  type: 'text',
  text: clean(text),
  style: { [style]: true },
});
export const bold = (text: string) => styled(text, 'bold');
export const italic = (text: string) => styled(text, 'italic');
export const emoji = (name: string): RichTextElement => ({ type: 'emoji', name });

const slackUser = (id: PersonId, names: Names): string | undefined => {
  const account = names.people.get(id)?.accounts.find((a) => platformOf(a) === 'slack');
  return account && partsOf(account).local;
};
const nameOf = (id: PersonId, names: Names): string => names.people.get(id)?.name || 'someone';

/** A channel can be mentioned, a direct conversation (`D…`) cannot. */
const slackChannel = (id: PlaceId): string | undefined => {
  const { platform, local } = partsOf(id);
  return platform === 'slack' && /^[CG]/.test(local) ? local : undefined;
};
const placeName = (id: PlaceId, names: Names): string => {
  const name = names.places.get(id);
  return name ? (/^\w/.test(name) ? `#${name}` : name) : 'a direct message';
};

const dateFormats = {
  date: '{date_short_pretty}',
  time: '{time}',
  both: '{date_short_pretty} at {time}',
} as const;
/** Slack writes the first letter of a date large (“until Tomorrow”), unless something stands before it, seen or not. */
const unseen = '\u200b';
const dateFormat = ({ style }: Extract<Span, { kind: 'time' }>, before: Span | undefined): string => {
  const begins = before === undefined || ('text' in before && /(?:\n|[.!?]\s+)$/.test(before.text));
  return begins || style === 'time' ? dateFormats[style] : `${unseen}${dateFormats[style]}`;
};
/** For clients that cannot draw a date: UTC, and saying so. */
function inUtc(at: string, style: keyof typeof dateFormats): string {
  const [date = '', time = ''] = at.slice(0, 16).split('T');
  return { date, time: `${time} UTC`, both: `${date} ${time} UTC` }[style];
}
const seconds = (at: string) => Math.floor(Date.parse(at) / 1000);

const rich: Inline<RichTextElement> = {
  plain: (s) => words(s.text),
  strong: (s) => bold(s.text),
  emphasis: (s) => italic(s.text),
  code: (s) => styled(s.text, 'code'),
  command: (s) => styled(`${slashCommand} ${s.text}`, 'code'),
  link: (s) => {
    const url = safeUrl(s.url);
    return url && url.length <= LIMITS.url ? { type: 'link', url, text: clean(s.text) || url } : words(s.text || s.url);
  },
  person: (s, names) => {
    const user = slackUser(s.person, names);
    return user ? { type: 'user', user_id: user } : bold(nameOf(s.person, names));
  },
  place: (s, names) => {
    const channel = slackChannel(s.place);
    return channel ? { type: 'channel', channel_id: channel } : bold(placeName(s.place, names));
  },
  time: (s, _, before) => ({
    type: 'date',
    timestamp: seconds(s.at),
    format: dateFormat(s, before),
    fallback: inUtc(s.at, s.style),
  }),
};

/** Text as elements of a rich_text block, the only place where a person's words may stand beside mentions. */
export const richText = (text: Text, names: Names): readonly RichTextElement[] =>
  inline(rich, text, names).filter((e) => e.type !== 'text' || e.text !== '');

/** mrkdwn that holds ids, numbers and such words as can be no markup, so it needs no escaping. */
const token = (text: string): MrkdwnElement => ({ type: 'mrkdwn', text, verbatim: true });
type Muted = string | MrkdwnElement | undefined;
const muted: Inline<Muted> = {
  plain: (s) => s.text,
  strong: (s) => s.text,
  emphasis: (s) => s.text,
  code: (s) => s.text,
  command: (s) => `${slashCommand} ${s.text}`,
  // A link has its text inside mrkdwn, where what a person typed must not stand: only bare words may.
  link: (s) => {
    const url = safeUrl(s.url);
    const bare = url && url.length <= LIMITS.url && /^[^\s<>|]+$/.test(url) && /^[\p{L}\p{N} ,.’-]+$/u.test(s.text);
    return bare ? token(`<${url.replaceAll('&', '&amp;')}|${s.text}>`) : undefined;
  },
  person: (s, names) => {
    const user = slackUser(s.person, names);
    return user ? token(`<@${user}>`) : nameOf(s.person, names);
  },
  place: (s, names) => {
    const channel = slackChannel(s.place);
    return channel ? token(`<#${channel}>`) : placeName(s.place, names);
  },
  time: (s, _, before) => token(`<!date^${seconds(s.at)}^${dateFormat(s, before)}|${inUtc(s.at, s.style)}>`),
};

/** Words that mrkdwn takes as they are: no mark, no escape, no emoji, no mention. */
const harmless = (words: string): boolean =>
  /^[\p{L}\p{M}\p{N} .,;:!?’'“”"()/#·%€$+=…–—-]*$/u.test(words) && !/:\S/.test(words);

/** Slack breaks a line between elements. Where the words are harmless all of it is one. */
function asOne(pieces: readonly Muted[]): MrkdwnElement | undefined {
  if (!pieces.some((p) => typeof p === 'object')) return undefined;
  if (!pieces.every((p) => typeof p !== 'string' || harmless(p))) return undefined;
  const text = pieces.map((p) => (typeof p === 'string' ? p : (p?.text ?? ''))).join('');
  return text.length <= LIMITS.contextText ? token(text.trim()) : undefined;
}

/**
 * Text as elements of a context block (small and grey), which takes plain_text and mrkdwn only: words stand in the
 * first, mentions and times in the second. `undefined` when it needs more than that block can say.
 */
export function context(text: Text, names: Names): readonly (PlainTextElement | MrkdwnElement)[] | undefined {
  const pieces = inline(muted, text, names);
  if (pieces.some((p) => p === undefined)) return undefined;
  const sentence = asOne(pieces);
  if (sentence) return [sentence];
  const elements: (PlainTextElement | MrkdwnElement)[] = [];
  let run = '';
  const flush = () => {
    if (run.trim()) elements.push(plainText(run.trim()));
    run = '';
  };
  for (const piece of pieces) {
    if (piece === undefined) continue;
    if (typeof piece !== 'string') {
      flush();
      elements.push(piece);
      continue;
    }
    // Elements stand apart a little: a full stop right after a mention stays with it.
    const last = elements.at(-1);
    const stop = run === '' && last?.type === 'mrkdwn' ? (/^[.,;:!?)]+/.exec(piece)?.[0] ?? '') : '';
    if (stop && last) elements[elements.length - 1] = token(last.text + stop);
    run += piece.slice(stop.length);
  }
  flush();
  const fits = elements.every((e) => e.text.length <= LIMITS.contextText);
  return fits && elements.length > 0 && elements.length <= LIMITS.contextElements ? elements : undefined;
}

/** For the top-level `text`, which Slack reads as mrkdwn: nothing in it can become a mention, a broadcast or a link. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The head of a text in at most `max` units, whole graphemes, ended at a space or line break when one is near. */
function head(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text.slice(0, max + 1))) {
    if (kept.length + segment.length > max) break;
    kept += segment;
  }
  const space = Math.max(kept.lastIndexOf(' '), kept.lastIndexOf('\n')) + 1;
  // A single grapheme can be longer than the room: then it is cut all the same, or nothing would move on.
  return (space > max * 0.8 ? kept.slice(0, space) : kept) || text.slice(0, max);
}

/** Units of text that an element counts for. Mentions and dates are counted as a name's length. */
export const lengthOf = (e: RichTextElement): number => (e.type === 'text' ? e.text.length : 20);
export const lengthOfAll = (elements: readonly RichTextElement[]): number =>
  elements.reduce((sum, e) => sum + lengthOf(e), 0);

type Run = [RichTextElement, ...RichTextElement[]];
/** Less room than this at the end of a run is not worth cutting a text for. */
const scrap = 100;

/** Splits elements into runs of at most `max` units. Nothing is lost. */
export function chunks(elements: readonly RichTextElement[], max: number): readonly Readonly<Run>[] {
  const runs: Run[] = [];
  let room = 0;
  const put = (element: RichTextElement) => {
    const last = runs.at(-1);
    if (last && room >= lengthOf(element)) last.push(element);
    else {
      runs.push([element]);
      room = max;
    }
    room -= lengthOf(element);
  };
  for (const element of elements) {
    if (element.type !== 'text') {
      put(element);
      continue;
    }
    let rest = element.text;
    while (rest.length > room && rest.length > 0) {
      const part = head(rest, room < scrap ? max : room);
      put({ ...element, text: part });
      rest = rest.slice(part.length);
    }
    if (rest) put({ ...element, text: rest });
  }
  return runs;
}

/** The first `max` units, and a word on how many were left out. */
export function cut(
  elements: readonly RichTextElement[],
  max: number,
): { readonly kept: readonly RichTextElement[]; readonly left: number } {
  const total = lengthOfAll(elements);
  if (total <= max) return { kept: elements, left: 0 };
  const first = max > 0 ? (chunks(elements, max)[0] ?? []) : [];
  const left = total - lengthOfAll(first);
  return { kept: [...first, words('…'), italic(` (${left.toLocaleString('en')} more characters)`)], left };
}

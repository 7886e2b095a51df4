import Markdown, { type MarkdownIt, type Token } from 'markdown-it';
import { z } from 'zod';

/** A mention that the client would draw and notify: an entity whose text occurs where mentions are drawn. */
export type LiveMention = {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly in: 'text' | 'card';
};

/**
 * A link that the client would make out of text. `markdown`: written as markdown. `image`: a markdown picture, loaded
 * without a click. `html`: an anchor in an XML message. `autolink`: a bare address in a message's text.
 */
export type LiveLink = {
  readonly url: string;
  readonly text: string;
  readonly kind: 'markdown' | 'image' | 'html' | 'autolink';
  readonly in: 'text' | 'card';
};

export type LiveMarkup = { readonly mentions: readonly LiveMention[]; readonly links: readonly LiveLink[] };

const Mention = z.looseObject({
  type: z.literal('mention'),
  text: z.string(),
  mentioned: z.looseObject({ id: z.string(), name: z.string().nullish() }),
});
const Activity = z.looseObject({
  text: z.string().nullish(),
  textFormat: z.string().nullish(),
  entities: z.array(z.unknown()).nullish(),
  attachments: z.array(z.looseObject({ contentType: z.string(), content: z.unknown() })).nullish(),
});
const MentionCard = z.looseObject({ msteams: z.looseObject({ entities: z.array(z.unknown()) }) });

// Cards make links of markdown alone; in messages the client also makes links of bare addresses.
const cardMarkdown = new Markdown({ html: false, linkify: false });
const messageMarkdown = new Markdown({ html: false, linkify: true });

function linksIn(markdown: MarkdownIt, source: string, where: 'text' | 'card'): LiveLink[] {
  const links: LiveLink[] = [];
  const tokens = markdown.parse(source, {}).flatMap((block) => block.children ?? []);
  tokens.forEach((token: Token, i) => {
    if (token.type === 'image')
      links.push({ url: String(token.attrGet('src') ?? ''), text: token.content, kind: 'image', in: where });
    if (token.type !== 'link_open') return;
    const end = tokens.findIndex((t, j) => j > i && t.type === 'link_close');
    const text = tokens
      .slice(i + 1, end)
      .map((t) => t.content)
      .join('');
    const kind = token.markup === 'linkify' ? 'autolink' : 'markdown';
    links.push({ url: String(token.attrGet('href') ?? ''), text, kind, in: where });
  });
  return links;
}

const anchor = /<a\b[^>]*\bhref\s*=\s*["']?([^"'\s>]+)["']?[^>]*>([\s\S]*?)<\/a>/gi;

/** One reader per text format of a message; `plain` draws no markup but still makes links of bare addresses. */
const textLinks: Readonly<Record<'plain' | 'markdown' | 'xml', (text: string) => LiveLink[]>> = {
  markdown: (text) => linksIn(messageMarkdown, text, 'text'),
  plain: (text) =>
    (messageMarkdown.linkify.match(text) ?? []).map((m) => ({
      url: m.url,
      text: m.text,
      kind: 'autolink',
      in: 'text',
    })),
  xml: (text) =>
    [...text.matchAll(anchor)].map(([, url = '', inner = '']) => ({ url, text: inner, kind: 'html', in: 'text' })),
};

type Json = Readonly<Record<string, unknown>>;

/**
 * The texts of one card node that the client reads as markdown. RichTextBlock runs, labels, titles of buttons, badges
 * and code are drawn as they are, so they are not here.
 */
const markdownOf: Readonly<Record<string, (node: Json) => readonly unknown[]>> = {
  TextBlock: (n) => [n.text],
  FactSet: (n) => list(n.facts).flatMap((f) => [f.title, f.value]),
  'Input.Toggle': (n) => [n.title],
  // Only radio buttons and check boxes go through markdown; a compact list draws its titles as they are.
  'Input.ChoiceSet': (n) => (n.style === 'expanded' ? list(n.choices).map((c) => c.title) : []),
};

const list = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter((v): v is Json => typeof v === 'object' && v !== null) : [];

/** Every text in a card that is read as markdown, fallbacks and nested cards included. Iterative: cards may be hostile. */
function markdownTexts(card: unknown): string[] {
  const texts: string[] = [];
  const rest: unknown[] = [card];
  while (rest.length > 0) {
    const node = rest.pop();
    if (typeof node !== 'object' || node === null) continue;
    const { type, errorMessage } = node as Json;
    const read = typeof type === 'string' && Object.hasOwn(markdownOf, type) ? markdownOf[type] : undefined;
    const here = [...(read?.(node as Json) ?? []), errorMessage];
    texts.push(...here.filter((t): t is string => typeof t === 'string'));
    rest.push(...Object.values(node));
  }
  return texts;
}

function mentionsIn(entities: readonly unknown[], texts: readonly string[], where: 'text' | 'card'): LiveMention[] {
  return entities.flatMap((entity) => {
    const { data } = Mention.safeParse(entity);
    if (!data || data.text === '' || !texts.some((t) => t.includes(data.text))) return [];
    return [{ id: data.mentioned.id, name: data.mentioned.name ?? '', text: data.text, in: where }];
  });
}

/**
 * What is live in an activity: who would be mentioned and which links its text would make. Buttons that open an address
 * are not text and are not counted.
 * @param activity as posted to the connector, or a message of a snapshot
 */
export function mentions(activity: unknown): LiveMarkup {
  const { text, textFormat, entities, attachments } = Activity.parse(activity);
  const format = textFormat === 'plain' || textFormat === 'xml' ? textFormat : 'markdown';
  const cards = (attachments ?? []).map((a) => a.content);
  return {
    mentions: [
      ...mentionsIn(entities ?? [], [text ?? ''], 'text'),
      ...cards.flatMap((card) =>
        mentionsIn(MentionCard.safeParse(card).data?.msteams.entities ?? [], markdownTexts(card), 'card'),
      ),
    ],
    links: [
      ...textLinks[format](text ?? ''),
      ...cards.flatMap(markdownTexts).flatMap((t) => linksIn(cardMarkdown, t, 'card')),
    ],
  };
}

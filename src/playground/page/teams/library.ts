import type * as AdaptiveCards from 'adaptivecards';
import type createMarkdown from 'markdown-it';

/*
 * Microsoft's renderer of Adaptive Cards, and the Markdown that it leaves to its host. Both are scripts of the page that
 * ran before ours.
 */

const loaded = globalThis as unknown as {
  readonly AdaptiveCards: typeof AdaptiveCards;
  readonly markdownit: typeof createMarkdown;
};

export const cards = loaded.AdaptiveCards;
export type { AdaptiveCards };

// HTML is text. Teams knows no headings, pictures, tables, quotes or code in the Markdown of a card.
const markdown = loaded
  .markdownit({ html: false, linkify: false })
  .disable(['image', 'heading', 'lheading', 'table', 'blockquote', 'hr', 'code', 'fence']);

cards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

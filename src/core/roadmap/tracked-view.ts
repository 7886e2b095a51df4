import type { Feedback } from '../feedback/store.ts';
import { link, safeUrl, said, shorten, strong, text, type View } from '../kernel/index.ts';

/** Under the triage card: what the tracker says, and what the team may want to do. */
export const trackedView = (item: Feedback, words: string, url: string): View => ({
  id: 'roadmap.tracked',
  title: `#${item.number} in the tracker`,
  summary: `#${item.number} ${shorten(item.what, 120)}: ${words}`,
  blocks: [
    { kind: 'text', text: text`${strong(shorten(item.what, 150))}` },
    { kind: 'text', text: safeUrl(url) ? text`${words} ${link('Open the issue', url)}` : said(words) },
  ],
});

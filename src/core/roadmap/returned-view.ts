import type { Feedback } from '../feedback/store.ts';
import { type PersonId, person, said, shorten, strong, text, type View } from '../kernel/index.ts';

/** Under the triage card: what is still missing, for those who shipped it. */
export const returnedView = (item: Feedback, by: PersonId, words: string): View => ({
  id: 'roadmap.returned',
  title: `Not quite: #${item.number}`,
  summary: `Not quite: ${shorten(item.what, 120)}. ${shorten(words, 200)}`,
  blocks: [
    { kind: 'text', text: text`${person(by)} says that ${strong(shorten(item.what, 150))} doesn’t help yet:` },
    { kind: 'quote', text: said(words) },
  ],
});

import { unmergeButton } from '../feedback/buttons.ts';
import type { Feedback } from '../feedback/store.ts';
import { command, said, shorten, strong, text, type View } from '../kernel/index.ts';

/** That something about an item was kept. */
export const savedView = (item: Feedback, title: string, words?: string): View => ({
  id: 'roadmap.saved',
  title: `${title}: #${item.number}`,
  summary: `${title}: ${shorten(item.what, 120)}`,
  blocks: [
    { kind: 'notice', tone: 'good', text: text`${title}: #${item.number} ${strong(shorten(item.what, 150))}` },
    ...(words === undefined ? [] : [{ kind: 'note', text: said(words) } as const]),
  ],
});

export const mergedView = (part: Feedback, whole: Feedback, asked: number): View => ({
  id: 'roadmap.merged',
  title: `Merged: #${part.number}`,
  summary: `#${part.number} is part of #${whole.number} now`,
  blocks: [
    {
      kind: 'notice',
      tone: 'good',
      text: text`#${part.number} is part of #${whole.number} ${strong(shorten(whole.what, 150))} now: ${asked} asked. Whoever wants either is told once.`,
    },
    { kind: 'buttons', buttons: [unmergeButton(part.number)] },
  ],
});

export const refusedView = (number: number, words: string): View => ({
  id: 'roadmap.refused',
  title: `Feedback #${number}`,
  summary: words,
  blocks: [{ kind: 'notice', tone: 'warn', text: said(words) }],
});

/** Me too, of what? */
export const whichView = (): View => ({
  id: 'roadmap.which',
  title: 'Which one?',
  summary: 'Which one do you want too?',
  blocks: [
    {
      kind: 'text',
      text: text`Say its number, such as ${command('me too 12')}, or write it under its card. ${command('roadmap')} shows what there is.`,
    },
  ],
});

import { type Cut, type Lane, stateWords } from './board.ts';
import { standing } from './score-view.ts';

/** What somebody typed, as text: no markup, no HTML, no expression of MDX, and on one line. */
const plain = (words: string): string =>
  words
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()#+.!|<>~&@:-]/g, (c) => (c === '<' ? '&lt;' : `\\${c}`));

const titles: Readonly<Record<Cut, string>> = { now: '', quarter: ', by quarter', persona: ', by persona' };

/** The roadmap as a page of Markdown, for a docs site: what and why, how many want it, and nobody by name. */
export function roadmapMarkdown(
  cut: Cut,
  lanes: readonly Lane[],
  of: { readonly team: string; readonly now: Date },
): string {
  const parts = lanes.map(({ title, entries }) => {
    const items = entries.map(({ item, score }) => {
      const { number, what, outcome, problem, help, link } = item;
      const lines = [
        `- **${plain(outcome ?? what)}** (\\#${number})<br>`,
        `  ${plain(stateWords(item))}, ${standing(score)}, score ${score.score}`,
        ...(problem ? [`  <br>${plain(problem)}`] : []),
        ...(item.state === 'shipped' && help
          ? [`  <br>${plain(help)}${link ? ` [Try it](<${encodeURI(decodeLoose(link))}>)` : ''}`]
          : []),
      ];
      return lines.join('\n');
    });
    return `## ${title}\n\n${items.join('\n')}\n`;
  });
  const date = of.now.toISOString().slice(0, 10);
  const empty = parts.length === 0 ? 'Nothing yet.\n' : '';
  return `# Roadmap${titles[cut]}\n\nOf ${plain(of.team)}, on ${date}. The score is the impact times how many people it touches.\n\n${empty}${parts.join('\n')}`;
}

/** An address as it was, so that encoding it does not do so twice. */
function decodeLoose(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

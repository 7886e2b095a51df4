import type { Family, Rule } from './rule.ts';
import { families } from './rules/index.ts';

/** Markdown's own signs in a cell of a table. */
const cell = (words: string): string => words.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

const row = (r: Rule): string =>
  `| \`${r.code}\` | ${cell(r.title)} | ${cell(r.example)} | ${cell(r.remedy)}${r.rollback ? '; roll back' : ''} |`;

const section = (f: Family): string =>
  `## ${f.title}\n\n| code | what it is | what it looks like | what mends it |\n| --- | --- | --- | --- |\n${f.rules.map(row).join('\n')}\n`;

/** The page docs/failures.md, made from the rules. */
export const failuresPage = (): string => `# What the doctor recognises

Made from the rules by \`npm run docs:failures\`; a test holds the two together. ${families.reduce((n, f) => n + f.rules.length, 0)} failures, in the order in which they are
looked for: each pod has one cause, the first that fits, and what follows from a cause is not told beside it.

What is not a failure is not told: a paused rollout, a pod that is held back by a gate, a volume that waits for its first
user, a debug container, a job whose later try succeeded, a workload scaled to nothing on purpose. What is not recognised
is quoted as it is (the codes that end in \`unrecognised\`), never guessed.

${families.map(section).join('\n')}`;

/** Every code, for what goes by them. */
export const failureCodes = (): readonly string[] => families.flatMap((f) => f.rules.map((r) => r.code));

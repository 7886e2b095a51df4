import type { Family, Rule } from './rule.ts';
import { families } from './rules/index.ts';

/** Markdown's own signs in a cell of a table. */
const cell = (words: string): string => words.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

const remedyOf = (r: Rule): string => (r.rollback && !/roll back/.test(r.remedy) ? `${r.remedy}; roll back` : r.remedy);

/** Padded, as the formatter of this repository wants its tables. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((c, i) => c.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((w) => '-'.repeat(w))), ...rows.map(line)].join('\n');
}

const section = (f: Family): string =>
  `## ${f.title}\n\n${table(
    ['code', 'what it is', 'what it looks like', 'what mends it'],
    f.rules.map((r) => [`\`${r.code}\``, cell(r.title), cell(r.example), cell(remedyOf(r))]),
  )}\n`;

/** The page docs/failures.md, made from the rules. */
export const failuresPage = (): string => `# What the doctor recognises

Made from the rules by \`npm run docs:failures\`; a test holds the two together. ${families.reduce((n, f) => n + f.rules.length, 0)} failures, in the order in which they are
looked for: each pod has one cause, the first that fits, and what follows from a cause is not told beside it.

What is not a failure is not told: a paused rollout, a pod that is held back by a gate, a volume that waits for its first
user, a debug container, a job whose later try succeeded, a workload scaled to nothing on purpose. What is not recognised
is quoted as it is (the codes that end in \`unrecognised\`), never guessed.

What only the contents of a Secret show is not told either: that a certificate which no cert-manager looks after has run out,
or is for another host. Kubernetes grants a Secret whole or not at all, with the private key beside the certificate, and a bot
that may read every key of a cluster would be worse than a certificate that is noticed late. What the Certificates of
cert-manager say is told, and a certificate that has run out where a container complains of it.

${families.map(section).join('\n')}`;

/** Every code, for what goes by them. */
export const failureCodes = (): readonly string[] => families.flatMap((f) => f.rules.map((r) => r.code));

import { distance } from 'fastest-levenshtein';

/**
 * Finds the command that a typed line begins with. Names may have several words; the longest that fits wins, so
 * `feedback mine` is not `feedback` with the argument `mine`. Case and spacing do not matter; arguments keep theirs.
 */
export function route<C extends { readonly name: string }>(
  typed: string,
  commands: readonly C[],
): { readonly command: C; readonly args: string } | undefined {
  const line = typed.trim();
  const [first = ''] = line.split(/\s/, 1);
  const head = first.toLowerCase();
  const fits = commands
    .filter(({ name }) => name.startsWith(head))
    .map((command) => ({ command, rest: after(line, command.name) }))
    .filter((m): m is { command: C; rest: string } => m.rest !== undefined)
    .sort((a, b) => b.command.name.length - a.command.name.length)[0];
  return fits && { command: fits.command, args: fits.rest };
}

function after(line: string, name: string): string | undefined {
  let rest = line;
  for (const word of name.split(' ')) {
    const [head = ''] = rest.split(/\s/, 1);
    if (head.toLowerCase() !== word) return undefined;
    rest = rest.slice(head.length).trimStart();
  }
  return rest;
}

/** A name so short that many a word is near it: “how” is no slip of `show`, and “my” none of `me`. */
const short = 4;

/** The command a person probably meant: at most two slips away, fewer for short names; of two, the more words. */
export function nearMiss<C extends { readonly name: string }>(typed: string, commands: readonly C[]): C | undefined {
  const words = typed.trim().toLowerCase().split(/\s+/);
  const scored = commands
    .map((command) => {
      const said = words.slice(0, command.name.split(' ').length).join(' ').slice(0, 60);
      return {
        command,
        slips: distance(said, command.name),
        allowed: Math.min(2, Math.floor(command.name.length / 2)),
      };
    })
    .filter(({ command: { name }, slips, allowed }) => {
      const unlikely = name.length <= short && (words.length > 3 || words[0]?.[0] !== name[0]);
      return slips === 0 || (slips <= allowed && !unlikely);
    })
    .sort((a, b) => a.slips - b.slips || b.command.name.length - a.command.name.length);
  return scored[0]?.command;
}

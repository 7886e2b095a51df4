import type { Raw } from '../kernel/form.ts';
import { closest } from './names.ts';
import type { GoldenPath, Parameter } from './path.ts';

/** What was typed after the path's name, as a form holds it, and what could not be read. */
export type Typed = { readonly raw: Raw; readonly problems: readonly string[] };

/** Chat clients make curly quotes of straight ones while somebody types. */
const quotes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '„': '“', '‘': '’', '«': '»' };

/** Words, as a shell would see them: `note="two words"` is one. */
function wordsOf(line: string): { readonly words: readonly string[]; readonly open: boolean } {
  const words: string[] = [];
  let word: string | undefined;
  let until = '';
  for (const c of line) {
    if (until) {
      if (c === until || (until === '”' && c === '“')) until = '';
      else word = (word ?? '') + c;
    } else if (quotes[c] !== undefined && (word === undefined || word.endsWith('='))) {
      until = quotes[c] as string;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return { words, open: until !== '' };
}

const said = (text: string) => text.trim().toLowerCase();

/** One value as the form holds it: an option by its value or its label, a number without its unit. */
function heldAs(p: Parameter, text: string): unknown {
  const option = (t: string) =>
    p.enum?.find((o) => o.value === t.trim()) ?? p.enum?.find((o) => [o.value, o.label].map(said).includes(said(t)));
  if (p.type === 'array') return text.split(',').map((t) => option(t)?.value ?? t.trim());
  if (p.enum) return option(text)?.value ?? text;
  if (p.type !== 'integer' && p.type !== 'number') return text;
  const unit = p.unit === undefined ? '' : said(p.unit);
  return unit && said(text).endsWith(unit) ? said(text).slice(0, -unit.length).trim() : text;
}

/**
 * Reads `name=orders size=s note="two words"`. A first word without `=` is the first required parameter, so
 * `create postgres orders` names it. What cannot be read is said, and everything else is kept for the form.
 */
export function typedValues(path: GoldenPath, typed: string): Typed {
  const { properties, required } = path.parameters;
  const names = Object.keys(properties);
  const raw: Record<string, unknown> = {};
  const { words, open } = wordsOf(typed);
  const problems = open ? ['A quote is not closed.'] : [];
  words.forEach((word, i) => {
    const cut = word.indexOf('=');
    const first = i === 0 && cut < 0 ? required[0] : undefined;
    const key = first ?? (cut < 0 ? '' : word.slice(0, cut).replace(/^--?/, ''));
    const name = names.find((n) => n === key) ?? names.find((n) => said(n) === said(key));
    if (name !== undefined) {
      if (Object.hasOwn(raw, name)) problems.push(`“${name}” is there twice; the last one counts.`);
      raw[name] = heldAs(properties[name] as Parameter, first === undefined ? word.slice(cut + 1) : word);
      return;
    }
    const meant = closest(key, names);
    problems.push(
      cut < 0
        ? `I don’t know what “${word.slice(0, 60)}” is for: write it as name=value.`
        : `There is no “${key.slice(0, 60)}”${meant ? `; did you mean “${meant}”?` : `. What there is: ${names.join(', ')}.`}`,
    );
  });
  return { raw, problems };
}

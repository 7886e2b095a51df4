import type { z } from 'zod';
import { nearMiss } from './core/kernel/commands.ts';

/*
 * What is wrong with a value in a settings file, in words for the person who wrote it. Messages that a schema brings
 * along are better still: they come first.
 */

type Raw = z.core.$ZodRawIssue;
type Code = Raw['code'];

/** What can be written, by what the schema expects or what was found. */
const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
  null: 'nothing',
  undefined: 'nothing',
};
const kindOf = (value: unknown): string =>
  kinds[value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value] ?? 'something else';
const quoted = (value: unknown): string => `“${String(value).slice(0, 60)}”`;

function wrongType({ expected, input }: { readonly expected: string; readonly input?: unknown }): string {
  const wanted = kinds[expected] ?? expected;
  if (input === undefined || input === null) return `nothing is written here. Write ${wanted}, or remove the line.`;
  if (expected === 'array' && typeof input !== 'object')
    return `write a list, even of one: [${JSON.stringify(String(input).slice(0, 60))}].`;
  if (expected === 'string' && typeof input !== 'object') return `put it in quotes, so that it is text: "${input}".`;
  return `write ${wanted} here; this is ${kindOf(input)}.`;
}

const formats: Readonly<Record<string, string>> = {
  email: 'is not an e-mail address',
  url: 'is not a web address',
};
const units: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', object: 'keys' };
const bound = (origin: string, n: number | bigint) => `${n}${units[origin] ? ` ${units[origin]}` : ''}`;

/** The key that was probably meant. */
const near = (key: string, known: readonly string[]): string | undefined =>
  nearMiss(
    key,
    known.map((meant) => ({ name: meant.toLowerCase(), meant })),
  )?.meant;

/** The keys of the object that refused a key. */
function keysOf(issue: Raw): readonly string[] {
  const def = issue.inst?._zod.def;
  const shape: unknown = def && 'shape' in def ? def.shape : undefined;
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

/** One line for each key, in their order. */
function unknownKeys(issue: Extract<Raw, { code: 'unrecognized_keys' }>): string {
  const known = keysOf(issue);
  const said = (key: string) => {
    const meant = near(key, known);
    if (meant) return `Did you mean “${meant}”?`;
    return known.length > 0 ? `There are ${known.join(', ')}.` : '';
  };
  return issue.keys.map((key) => `there is no key ${quoted(key)} here. ${said(key)}`.trim()).join('\n');
}

const words: { readonly [C in Code]?: (issue: Extract<Raw, { code: C }>) => string } = {
  invalid_type: wrongType,
  unrecognized_keys: unknownKeys,
  invalid_format: (i) => `${quoted(i.input)} ${formats[i.format] ?? 'does not have the form that is needed'}.`,
  too_small: (i) =>
    i.input === ''
      ? 'this is empty. Write something, or remove the line.'
      : `write at least ${bound(i.origin, i.minimum)}.`,
  too_big: (i) => `write at most ${bound(i.origin, i.maximum)}.`,
  invalid_key: () => 'this can’t be a key here.',
  invalid_value: (i) => `${quoted(i.input)} is none of ${i.values.map(String).join(', ')}.`,
};

/** For `schema.safeParse(value, { error: inWords })`. */
export const inWords = (issue: Raw): string | undefined =>
  (words[issue.code] as ((issue: Raw) => string) | undefined)?.(issue);

/** Where in the file it is: `roles.admin.emails, entry 2`. */
export const placeIn = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (said, step) =>
      typeof step === 'number' ? `${said}, entry ${step + 1}` : said ? `${said}.${String(step)}` : String(step),
    '',
  );

/** What is wrong with the YAML itself, by the parser's code. */
const yamlWords: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands here a second time. Keep one of them.',
  TAB_AS_INDENT: 'indent with blanks: YAML takes no tabs.',
  BAD_INDENT: 'the indentation does not fit the lines above.',
  MISSING_CHAR: 'a quote, a bracket or a colon is missing here, or on the line above.',
  MULTIPLE_DOCS: 'a second document begins here (---). Keep one.',
};
export const yamlWord = (code: string, message: string): string =>
  yamlWords[code] ?? (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');

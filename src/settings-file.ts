import { readFileSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { safePattern } from './catalog/patterns.ts';
import { faultOf } from './core/catalog/expression.ts';
import { textFault } from './core/catalog/text.ts';
import type { Log } from './core/kernel/log.ts';
import { Problem } from './core/kernel/problem.ts';
import { type Settings, settingsSchema } from './core/settings.ts';
import { withHolidayFiles } from './holidays.ts';
import { inWords, placeIn, yamlWord } from './settings-words.ts';

const keyOf = (map: YAMLMap, name: string): unknown =>
  map.items.map((pair) => pair.key).find((key) => isScalar(key) && String(key.value) === name);

/** As the settings are, and no rule of theirs has a pattern that could stop the bot over what somebody types. */
const schema = settingsSchema.superRefine(({ policy }, ctx) => {
  for (const [i, { when, because }] of policy.entries())
    for (const [key, fault] of [
      ['when', faultOf(when, { pattern: safePattern })],
      ['because', textFault(because, { pattern: safePattern })],
    ] as const)
      if (fault !== undefined)
        ctx.addIssue({ code: 'custom', path: ['policy', i, key], message: `This expression is wrong: ${fault}.` });
});

/** Reads the product's settings from YAML; every error names its line. */
export function parseSettings(source: string, file: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const broken = document.errors.map((e) => `${at(e.pos[0])} ${yamlWord(e.code, e.message)}`);
  let value: unknown;
  try {
    value = broken.length > 0 ? undefined : document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    // An alias that names nothing, or so many of them that they would fill the memory.
    const many = error instanceof Error && error.message.startsWith('Excessive');
    broken.push(
      `${file} ${many ? 'has too many aliases (*name).' : 'has an alias (*name) without its anchor (&name) above it.'}`,
    );
  }
  const parsed = broken.length > 0 ? undefined : schema.safeParse(value ?? {}, { error: inWords });
  if (parsed?.success) return parsed.data;
  const wrong = (parsed?.error.issues ?? []).flatMap((issue) => {
    const path = issue.path.filter((p) => typeof p !== 'symbol');
    const node = document.getIn(path, true);
    // An unknown key is told where it stands, each by itself.
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return keys.map((name, i) => {
      const spot = name !== undefined && isMap(node) ? keyOf(node, name) : node;
      const offset = isNode(spot) ? spot.range?.[0] : undefined;
      const words = name === undefined ? issue.message : issue.message.split('\n')[i];
      return { offset: offset ?? -1, said: [placeIn(path), words].filter(Boolean).join(': ') };
    });
  });
  const issues = wrong
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, said }) => `${offset < 0 ? file : at(offset)} ${said}`);
  throw new Problem(
    'settings_invalid',
    `${file} can’t be used yet. Please correct:\n${[...broken, ...issues].map((l) => `  - ${l}`).join('\n')}\ngroundcrew.example.yaml describes every key.`,
  );
}

/** The settings file; absent means the defaults, unless it was named. */
export function readSettings(file: string, now = new Date()): Settings | undefined {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Problem(
      'settings_unreadable',
      `${file} can’t be read. Check that it is a file and that this user may read it.`,
      { cause: error },
    );
  }
  return withHolidayFiles(parseSettings(source, file), file, now);
}

type Timer = { now(): Date; after(ms: number, run: () => void): () => void };
/** The calendars of holidays that it names may lie anywhere: they are looked at once a day. */
const lookEvery = 86_400_000;

/**
 * The settings as they are now; without a file the fallback, or what a file that says nothing means. A changed file is read
 * again at once; one that cannot be used is told to the log, and the last good settings stay. The folder is watched, not
 * the file, since editors and Kubernetes replace files. With a clock it is read once a day as well, for its holidays. `check`
 * throws when they do not fit to what else is known.
 */
export function followSettings(
  file: string,
  fallback: Settings | undefined,
  log: Log,
  clock?: Timer,
  check: (settings: Settings) => void = () => {},
) {
  const path = resolve(file);
  const read = () => {
    const settings = readSettings(path, clock?.now());
    if (settings) check(settings);
    return settings;
  };
  const first = read();
  let current = first ?? fallback ?? settingsSchema.parse({});
  let known = first !== undefined;
  const reread = (daily = false) => {
    try {
      const changed = read();
      if (changed && daily && JSON.stringify(changed) === JSON.stringify(current)) return;
      if (changed) {
        current = changed;
        known = true;
        log.info({ file }, 'settings read again');
      } else if (known && !daily)
        log.warn({ file }, 'the settings file is gone; the earlier settings stay until the next start');
    } catch (error) {
      const why = error instanceof Problem ? error.message : 'it can’t be read';
      log.error({ file, why }, 'the changed settings can’t be used; the earlier ones stay');
    }
  };
  let cancel = () => {};
  const nextDay = () => {
    cancel =
      clock?.after(lookEvery, () => {
        reread(true);
        nextDay();
      }) ?? cancel;
  };
  nextDay();
  const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
    // Kubernetes swaps a link called ..data beside the file.
    if (name === null || name === basename(path) || name === '..data') reread();
  });
  watcher.on('error', (error) => log.warn({ err: error }, 'settings are not followed any more'));
  return {
    current: (): Settings => current,
    stop: (): void => {
      cancel();
      watcher.close();
    },
  };
}

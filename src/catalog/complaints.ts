import type { z } from 'zod';
import { closest } from '../core/catalog/names.ts';
import type { Fault, Place } from '../core/catalog/template.ts';
import type { Complaint, Source } from './source.ts';

/** A complaint about a place in a file, with its line. */
export function about(source: Source, at: Place, what: string, todo: string, document = 0): Complaint {
  const line = source.line(at, document);
  return { file: source.file, ...(line === undefined ? {} : { line }), what, todo };
}

const dotted = (at: Place) => at.map((p, i) => (typeof p === 'number' ? `[${p}]` : i ? `.${p}` : p)).join('');
/** With the name of the place in front, for a reader who has no editor open. */
const placed = (at: Place, what: string) => (at.length > 0 ? `${dotted(at)}: ${what}` : what);

export const aboutFault = (source: Source, fault: Fault, todo: string, document = 0): Complaint =>
  about(source, fault.at, placed(fault.at, fault.what), todo, document);

const valueAt = (value: unknown, at: Place): unknown =>
  at.reduce<unknown>((v, key) => (typeof v === 'object' && v !== null ? Reflect.get(v, key) : undefined), value);

/** What zod found wrong, by line. `keys` are all that may stand there, to see what was meant; `docs` has every one. */
export function aboutIssues(
  source: Source,
  error: z.ZodError,
  keys: readonly string[],
  docs = 'docs/golden-paths.md',
): readonly Complaint[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.filter((p) => typeof p !== 'symbol');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => {
        const meant = closest(key, keys);
        return about(
          source,
          [...at, key],
          placed([...at, key], 'there is no such key'),
          meant ? `Write “${meant}”.` : `Remove it; ${docs} has every key.`,
        );
      });
    const missing = valueAt(source.documents[0], at) === undefined;
    return [
      about(
        source,
        at,
        placed(at, missing ? 'it is missing' : issue.message),
        missing ? `Add it; ${docs} says what it is.` : `Correct it; ${docs} says what may stand here.`,
      ),
    ];
  });
}

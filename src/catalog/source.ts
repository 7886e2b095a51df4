import { type Document, isMap, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { BrokenPath } from '../core/catalog/path.ts';
import type { Place } from '../core/catalog/template.ts';
import type { Json } from '../core/kernel/inbound.ts';

/** Something wrong in a catalog: where, what, and what to do. */
export type Complaint = BrokenPath['problems'][number];

/** A YAML or JSON file that knows on which line each of its values stands. */
export type Source = {
  readonly file: string;
  readonly documents: readonly Json[];
  /** The line of a value, or of the closest thing around it that is there. */
  line(place: Place, document?: number): number | undefined;
};

/** Files of a catalog are read by people: one that is larger is something else. */
export const fileMax = 512 * 1024;

/** Reads a file's text. Nothing but what JSON has is let through: a template is data. */
export function readSource(
  file: string,
  text: string,
): { readonly source: Source } | { readonly complaints: readonly Complaint[] } {
  if (text.length > fileMax)
    return { complaints: [{ file, what: 'the file is larger than 512 KB', todo: 'Keep templates short.' }] };
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  const documents = (Array.isArray(parsed) ? parsed : []).filter((d) => d.contents !== null || d.errors.length > 0);
  const all = documents.flatMap((d) => d.errors);
  // One mistake makes the parser stumble again and again: what follows it says nothing new.
  const first = all.find((e) => e.code !== 'DUPLICATE_KEY');
  const errors = all.filter((e) => e === first || e.code === 'DUPLICATE_KEY');
  if (errors.length > 0)
    return {
      complaints: errors.map((e) => ({
        file,
        line: lines.linePos(e.pos[0]).line,
        what: e.message.split('\n')[0] ?? 'it is not YAML',
        todo:
          e.code === 'DUPLICATE_KEY'
            ? 'Remove one of the two.'
            : 'Correct the YAML. A value with an expression that has “: ” or “ #” in it, or stands inside { } or [ ], needs quotes.',
      })),
    };
  const line = (place: Place, document = 0) => lineOf(documents[document], place, lines);
  try {
    const values = documents.map((d) => d.toJS({ maxAliasCount: 100 }) as Json);
    const strange = values.flatMap((v, i) => notJson(v).map((place) => line(place, i)));
    if (strange.length === 0) return { source: { file, documents: values, line } };
    return {
      complaints: strange.map((at) => ({
        file,
        ...(at === undefined ? {} : { line: at }),
        what: 'this is neither text, number, true, false, null, list nor map with keys that are text',
        todo: 'Write it as text, in quotes.',
      })),
    };
  } catch (error) {
    return {
      complaints: [
        { file, what: error instanceof Error ? error.message : 'it cannot be read', todo: 'Correct the YAML.' },
      ],
    };
  }
}

function notJson(value: unknown, at: Place = []): readonly Place[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [at];
  if (Array.isArray(value)) return value.flatMap((v, i) => notJson(v, [...at, i]));
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return [at];
  return Object.entries(value).flatMap(([k, v]) => notJson(v, [...at, k]));
}

function lineOf(document: Document.Parsed | undefined, place: Place, lines: LineCounter): number | undefined {
  if (!document) return undefined;
  for (let length = place.length; length >= 0; length -= 1) {
    const offset = offsetOf(document, place.slice(0, length));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

/** Where a key stands, rather than its value, since a value may begin on the next line. */
function offsetOf(document: Document.Parsed, place: Place): number | undefined {
  const parent = document.getIn(place.slice(0, -1), true);
  const last = place.at(-1);
  const pair = isMap(parent) ? parent.items.find((i) => isScalar(i.key) && i.key.value === last) : undefined;
  const node: unknown = pair?.key ?? document.getIn(place, true);
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? (node.range[0] as number)
    : undefined;
}

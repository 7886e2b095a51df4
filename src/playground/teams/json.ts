import { LIMITS } from './limits.ts';

/** How deep the lists and objects of a JSON text are nested, without parsing it. */
function depthOf(raw: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < raw.length; i += 1) {
    const c = raw[i];
    if (quoted && c === '\\') i += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === '[' || c === '{')) depth += 1;
    else if (!quoted && (c === ']' || c === '}')) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/**
 * Reads JSON from outside. Text nested deeper than `LIMITS.jsonDepth` counts as no JSON: parsing it works, but writing it
 * again (as every snapshot does) exhausts the stack.
 */
export function readJson(raw: string): { readonly json: unknown } | undefined {
  try {
    return depthOf(raw) > LIMITS.jsonDepth ? undefined : { json: JSON.parse(raw) };
  } catch {
    return undefined;
  }
}

/** The JSON of a body where it is JSON, its text where it is not, undefined where there is none. */
export function bodyOf(raw: string): unknown {
  if (raw === '') return undefined;
  const read = readJson(raw);
  return read ? read.json : raw;
}

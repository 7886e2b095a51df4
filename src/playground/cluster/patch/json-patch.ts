import { type Draft, equal, isFields, isList, type Json, textOf } from '../json.ts';
import { ApiError, badRequest } from '../status.ts';

const refused = (message: string): ApiError =>
  new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);

const segments = (pointer: string): readonly string[] => {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw refused(`the path "${pointer}" does not start with a slash`);
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
};

function index(list: readonly Json[], part: string, end: number): number {
  if (part === '-') return list.length;
  const i = /^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : Number.NaN;
  if (!(i <= end)) throw refused(`Unable to access invalid index: ${part}`);
  return i;
}

function read(value: Json, path: readonly string[]): Json {
  let here = value;
  for (const part of path) {
    const next = isList(here) ? here[index(here, part, here.length - 1)] : isFields(here) ? here[part] : undefined;
    if (next === undefined) throw refused(`path does not exist: missing value "${part}"`);
    here = next;
  }
  return here;
}

/** A copy in which the parent of the path was changed. */
function change(
  value: Json,
  path: readonly string[],
  list: (items: Json[], part: string) => void,
  fields: (of: Draft, part: string) => void,
): Json {
  const [part, ...rest] = path as [string, ...string[]];
  if (isList(value)) {
    const copy = [...value];
    if (rest.length === 0) list(copy, part);
    else {
      const i = index(copy, part, copy.length - 1);
      copy[i] = change(copy[i] as Json, rest, list, fields);
    }
    return copy;
  }
  if (!isFields(value)) throw refused(`path does not exist: missing value "${part}"`);
  const copy: Draft = { ...value };
  if (rest.length === 0) fields(copy, part);
  else {
    const inner = copy[part];
    if (inner === undefined) throw refused(`path does not exist: missing value "${part}"`);
    copy[part] = change(inner, rest, list, fields);
  }
  return copy;
}

const add = (doc: Json, path: readonly string[], value: Json): Json =>
  path.length === 0
    ? value
    : change(
        doc,
        path,
        (items, part) => items.splice(index(items, part, items.length), 0, value),
        (of, part) => {
          of[part] = value;
        },
      );
const remove = (doc: Json, path: readonly string[]): Json => {
  read(doc, path);
  return change(
    doc,
    path,
    (items, part) => items.splice(index(items, part, items.length - 1), 1),
    (of, part) => {
      delete of[part];
    },
  );
};
const replace = (doc: Json, path: readonly string[], value: Json): Json => {
  if (path.length === 0) return value;
  read(doc, path);
  return change(
    doc,
    path,
    (items, part) => {
      items[index(items, part, items.length - 1)] = value;
    },
    (of, part) => {
      of[part] = value;
    },
  );
};

type Operation = {
  readonly path: readonly string[];
  readonly from: readonly string[];
  readonly value: Json | undefined;
};
const wanted = (value: Json | undefined): Json => {
  if (value === undefined) throw refused('a value is missing');
  return value;
};

const operations: Readonly<Record<string, (doc: Json, op: Operation) => Json>> = {
  add: (doc, { path, value }) => add(doc, path, wanted(value)),
  remove: (doc, { path }) => remove(doc, path),
  replace: (doc, { path, value }) => replace(doc, path, wanted(value)),
  move: (doc, { path, from }) => add(remove(doc, from), path, read(doc, from)),
  copy: (doc, { path, from }) => add(doc, path, read(doc, from)),
  test(doc, { path, value }) {
    let seen: Json | undefined;
    try {
      seen = read(doc, path);
    } catch {
      seen = undefined;
    }
    if (!equal(seen ?? null, value ?? null)) throw refused(`testing value /${path.join('/')} failed: test failed`);
    return doc;
  },
};

/** RFC 6902. */
export function jsonPatch(doc: Json, patch: Json): Json {
  if (!isList(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return patch.reduce<Json>((here, one) => {
    const op = isFields(one) ? operations[textOf(one.op)] : undefined;
    if (!isFields(one) || !op) throw refused(`Unexpected kind: ${JSON.stringify(one)}`);
    return op(here, { path: segments(textOf(one.path)), from: segments(textOf(one.from)), value: one.value });
  }, doc);
}

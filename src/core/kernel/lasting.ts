import { Problem } from './problem.ts';
import { textsOf, type View } from './view.ts';

/*
 * Nearly every view is for one person at one moment. A lasting one says the same to everybody of one kind for as long as
 * the process runs, such as what people with the same rights can do. It is made once, and so is all that is made of it:
 * how a platform draws it, and how it is kept.
 */

const lasting = new WeakSet<View>();
const kinds = new WeakMap<object, Map<string, View>>();

export const isLasting = (view: View): boolean => lasting.has(view);

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

/**
 * The lasting view of a kind. `make` may read nothing but `of` and what `kind` says; there must be few kinds, since each
 * is kept for as long as `of` is.
 */
export function lastingView(of: object, kind: string, make: () => View): View {
  const made = kinds.get(of) ?? new Map<string, View>();
  kinds.set(of, made);
  const known = made.get(kind);
  if (known) return known;
  const view = frozen(make());
  // What somebody is called changes: a view that names them is of this moment.
  if (textsOf(view).some((text) => text.some((span) => span.kind === 'person' || span.kind === 'place')))
    throw new Problem('view_not_lasting', `The view ${view.id} names somebody, so it cannot last. Make it each time.`);
  lasting.add(view);
  made.set(kind, view);
  return view;
}

/** `make`, done once for a view that lasts. What it makes is frozen then, since many will be given the same. */
export function onceLasting<T extends object>(make: (view: View) => T): (view: View) => T {
  const made = new WeakMap<View, T>();
  return (view) => {
    if (!lasting.has(view)) return make(view);
    const known = made.get(view) ?? frozen(make(view));
    made.set(view, known);
    return known;
  };
}

const bytes = new WeakMap<object, Buffer>();
/** A value as JSON in UTF-8; that of a frozen one is made once. */
export function jsonBytes(value: object): Buffer {
  const known = bytes.get(value);
  if (known) return known;
  const made = Buffer.from(JSON.stringify(value));
  if (Object.isFrozen(value)) bytes.set(value, made);
  return made;
}

/** Anything that can stand inside an element. Text is always text: nothing here reads markup. */
export type Child = Node | string | number | false | null | undefined | readonly Child[];

type Value = string | number | boolean | undefined;
type Listener = (event: never) => void;
/** Attributes by name; `on…` are listeners; `value` and `checked` are set as properties. */
export type Props = { readonly [name: string]: Value | Listener };

const properties = new Set(['value', 'checked', 'selected', 'indeterminate']);

function put(element: Element, name: string, value: Value | Listener): void {
  if (value === undefined || value === false) return;
  if (typeof value === 'function') element.addEventListener(name.slice(2), value as unknown as EventListener);
  else if (properties.has(name)) Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? '' : String(value));
}

export function add(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(parent, child as readonly Child[]);
    else parent.append(typeof child === 'number' ? String(child) : (child as Node | string));
  }
}

/** Makes an element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  // A select takes its value only once it has its options.
  const { value, ...rest } = props;
  for (const [name, each] of Object.entries(rest)) put(element, name, each);
  add(element, children);
  put(element, 'value', value);
  return element;
}

let ids = 0;
/** An id for `aria-labelledby` and its like. */
export const newId = (): string => {
  ids += 1;
  return `e${ids}`;
};

const filled = new WeakMap<Element, string>();
/** Fills an element anew, but only when what it is made of has changed. */
export function fill(element: Element, made: string, build: () => Child): void {
  if (filled.get(element) === made) return;
  filled.set(element, made);
  const focus = focusIn(element);
  element.replaceChildren();
  add(element, [build()]);
  focus?.(element);
}

const focusable = 'a[href], button, input, select, textarea, [tabindex]';
const signature = (element: Element): string =>
  element.getAttribute('data-focus') ??
  [element.tagName, element.getAttribute('aria-label') ?? element.getAttribute('name') ?? element.textContent].join(
    '|',
  );

/** When the focus is inside: how to put it onto the same control of what takes its place. */
function focusIn(element: Element): ((next: Element) => void) | undefined {
  const active = document.activeElement;
  if (!active || !element.contains(active)) return undefined;
  const name = signature(active);
  const twins = [...element.querySelectorAll(focusable)].filter((each) => signature(each) === name);
  const nth = twins.indexOf(active);
  return (next) => {
    const found = [...next.querySelectorAll<HTMLElement>(focusable)].filter((each) => signature(each) === name);
    (found[nth] ?? found[0])?.focus({ preventScroll: true });
  };
}

/** One element of a list: made again only when `made` differs from last time, brought up to date every time. */
export type Keyed = {
  readonly key: string;
  readonly made: string;
  readonly build: () => HTMLElement;
  readonly update?: (element: HTMLElement) => void;
};
type Kept = { made: string; element: HTMLElement };
const lists = new WeakMap<Element, Map<string, Kept>>();

/** Brings a list up to date: what did not change is not touched, so nothing flickers and nothing loses the focus. */
export function reconcile(parent: Element, items: readonly Keyed[]): void {
  const known = lists.get(parent) ?? new Map<string, Kept>();
  const next = new Map<string, Kept>();
  let at: ChildNode | null = parent.firstChild;
  for (const { key, made, build, update } of items) {
    const before = known.get(key);
    const kept = before?.made === made ? before : { made, element: build() };
    next.set(key, kept);
    if (before && before !== kept) {
      const focus = focusIn(before.element);
      if (at === before.element) at = kept.element;
      before.element.replaceWith(kept.element);
      focus?.(kept.element);
    }
    if (at === kept.element) at = at.nextSibling;
    else parent.insertBefore(kept.element, at);
    update?.(kept.element);
  }
  for (const [key, { element }] of known) if (!next.has(key)) element.remove();
  lists.set(parent, next);
}

import type { PageState, Person, World } from './wire.ts';

export type Theme = 'auto' | 'light' | 'dark';
export type Shown = 'both' | 'slack' | 'teams';

const key = (name: string): string => `groundcrew.playground.${name}`;
/** The browser may keep nothing (a private window): then choices last as long as the page. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(key(name)) ?? undefined;
  } catch {
    return undefined;
  }
}
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(key(name), value);
  } catch {
    // Nothing is lost but the choice.
  }
}
const oneOf = <T extends string>(name: string, known: readonly T[], usual: T): T =>
  known.find((each) => each === remembered(name)) ?? usual;

/** What is open where, for one person. */
export type Places = { slack: string; tab: 'home' | 'messages'; teams: string; teamsTab: 'chat' | 'home' };

/** What the page itself knows; all else comes from the server. */
export const store = {
  world: undefined as World | undefined,
  state: undefined as PageState | undefined,
  /** Milliseconds that the server's clock is ahead of the browser's. */
  ahead: 0,
  connected: false,
  person: remembered('person') ?? '',
  theme: oneOf<Theme>('theme', ['auto', 'light', 'dark'], 'auto'),
  shown: oneOf<Shown>('shown', ['both', 'slack', 'teams'], 'both'),
  hint: remembered('hint') !== 'closed',
  places: new Map<string, Places>(),
  /** Half-written messages, by person and place. */
  drafts: new Map<string, string>(),
  /** Threads that are unfolded, and ephemeral messages that were dismissed. */
  unfolded: new Set<string>(),
  dismissed: new Set<string>(),
};

const listeners = new Set<() => void>();
let planned = false;

export const onChange = (listener: () => void): void => void listeners.add(listener);

/** Draws the page anew, once, after all that happens now. */
export function touch(): void {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    for (const listener of listeners) listener();
  });
}

export const now = (): number => Date.now() + store.ahead;

export const me = (): Person | undefined => store.world?.people.find((each) => each.id === store.person);

/** Where the person is on both platforms. */
export function places(): Places {
  const known = store.places.get(store.person);
  if (known) return known;
  const fresh: Places = { slack: '', tab: 'messages', teams: '', teamsTab: 'chat' };
  store.places.set(store.person, fresh);
  return fresh;
}

import { now, remember, store, touch } from './store.ts';
import type { PageState, World } from './wire.ts';

export const usualPerson = 'dana';

let source: EventSource | undefined;
let boot: string | undefined;

function onWorld(event: MessageEvent<string>): void {
  const world = JSON.parse(event.data) as World;
  // Another server than the one that this page came from: its page may be another one too.
  if (boot !== undefined && boot !== world.boot) location.reload();
  boot = world.boot;
  store.world = world;
  store.connected = true;
  touch();
}

function onState(event: MessageEvent<string>): void {
  const state = JSON.parse(event.data) as PageState;
  store.ahead = Date.parse(state.now) - Date.now();
  store.state = state;
  touch();
}

/** Follows what a person sees, from now on. */
export function follow(person: string): void {
  source?.close();
  store.person = person;
  store.state = undefined;
  remember('person', person);
  source = new EventSource(`/playground/events?person=${encodeURIComponent(person)}`);
  source.addEventListener('world', onWorld);
  source.addEventListener('state', onState);
  source.addEventListener('error', () => {
    store.connected = false;
    touch();
    // Refused, not just cut off: whoever was remembered is nobody here.
    if (source?.readyState === EventSource.CLOSED) setTimeout(() => follow(usualPerson), 1000);
  });
  touch();
}

// Relative times grow old even when nothing happens.
setInterval(() => {
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-ago]')) {
    element.dispatchEvent(new CustomEvent('tick', { detail: now() }));
  }
}, 20_000);

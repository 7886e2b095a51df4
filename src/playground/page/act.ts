import { store } from './store.ts';
import { toast } from './toast.ts';
import type { Act, Acted } from './wire.ts';

/** An act without who does it: that is always whoever is chosen at the top. */
export type Deed = Act extends infer A ? (A extends Act ? Omit<A, 'as'> : never) : never;

const busy = new Set<string>();
export const isBusy = (key: string): boolean => busy.has(key);

function show(key: string): void {
  for (const element of document.querySelectorAll(`[data-busy="${CSS.escape(key)}"]`))
    element.toggleAttribute('data-waiting', busy.has(key));
}

async function post(act: Act): Promise<Acted> {
  try {
    const response = await fetch('/playground/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(act),
    });
    return (await response.json()) as Acted;
  } catch {
    return { error: 'The playground does not answer. Is it still running?' };
  }
}

/** What a person enters must arrive in the order in which they did it. */
let line: Promise<unknown> = Promise.resolve();
const inLine = new Set<Deed['act']>(['slack.enter', 'slack.pressModal', 'slack.submit', 'slack.suggest']);

/**
 * Does it. What went wrong is shown as a toast and returned. `wait` names the control that waits for the answer: it
 * shows so, and does nothing more until then.
 */
export async function perform(
  deed: Deed,
  options: { readonly wait?: string; readonly silent?: true } = {},
): Promise<Acted> {
  const { wait } = options;
  if (wait !== undefined) {
    if (busy.has(wait)) return {};
    busy.add(wait);
    show(wait);
  }
  const act = { as: store.person, ...deed } as Act;
  const sent = inLine.has(deed.act) ? line.then(() => post(act)) : post(act);
  if (inLine.has(deed.act)) line = sent;
  const acted = await sent;
  if (wait !== undefined) {
    busy.delete(wait);
    show(wait);
  }
  if (acted.error && !options.silent) toast(acted.error, 'bad');
  if (acted.note) toast(acted.note, 'info');
  return acted;
}

import type { Choice } from '../../playground/page/wire.ts';

/** What the page sends, and what comes back: `src/teams/tab.ts` reads and writes it. */
export type Sent =
  | { readonly did: 'open' }
  | { readonly did: 'press'; readonly verb?: string; readonly data: Readonly<Record<string, unknown>> }
  | { readonly did: 'search'; readonly dataset: string; readonly text: string };
export type Reply = { readonly kind: 'view' | 'form'; readonly title: string; readonly card: unknown };
export type Answer = {
  readonly replies?: readonly Reply[];
  /** Something of it was sent to the chat instead. */
  readonly elsewhere?: boolean;
  readonly choices?: readonly Choice[];
  readonly error?: string;
};

/** Why Teams gives no token, in words. Its own are codes. */
const whyNot = (error: unknown): string =>
  `Teams doesn’t say who you are (${error instanceof Error ? error.message : String(error)}). Close the tab and open it again; if that doesn’t help, an administrator has to set up single sign-on for this app.`;

/** How often what may pass is tried again: by the same id, so that it is done once. */
const tries = 3;

export async function request(sent: Sent, token: () => Promise<string>): Promise<Answer> {
  let given: string;
  try {
    given = await token();
  } catch (error) {
    return { error: whyNot(error) };
  }
  const body = JSON.stringify({ ...sent, id: crypto.randomUUID() });
  for (let n = 1; ; n++) {
    try {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${given}` };
      const response = await fetch('/tabs/act', { method: 'POST', headers, body });
      if (response.status === 503 && n < tries) continue;
      return (await response.json()) as Answer;
    } catch {
      if (n >= tries)
        return { error: 'Groundcrew can’t be reached. Nothing may have been done; try again in a moment.' };
    }
  }
}

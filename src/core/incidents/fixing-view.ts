import type { Shown } from './incident-view.ts';
import type { Incident } from './store.ts';

/** What can be pressed to mend it. */
export const fixesFor = (_: Incident): Shown['fixes'] => undefined;

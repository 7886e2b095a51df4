import { z } from 'zod';
import type { Button } from '../kernel/index.ts';

/** The names of the presses; their values are JSON. */
export const presses = {
  open: 'calendar.open',
  subscribe: 'calendar.subscribe',
  renew: 'calendar.renew',
  stop: 'calendar.stop',
  file: 'calendar.file',
  mails: 'calendar.mails',
} as const;

const number = z.int32().positive();
/** Of one series, or of one’s own sessions. */
export const ofFeed = z.object({ series: number.exactOptional() });
/** What the button sets, so that a second press changes nothing. */
export const ofMails = z.object({ on: z.boolean() });
export const ofSession = z.object({ n: number });

export const feedPress = (name: string, series: number | undefined) => ({
  name,
  value: JSON.stringify(series === undefined ? {} : { series }),
});

/** Stands in messages about a session. */
export const fileButton = (n: number): Button => ({
  label: 'Add to my calendar',
  press: { name: presses.file, value: JSON.stringify({ n }) },
});

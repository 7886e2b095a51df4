import { z } from 'zod';

/** The names of the presses; their values are JSON. */
export const presses = {
  open: 'calendar.open',
  subscribe: 'calendar.subscribe',
  stop: 'calendar.stop',
  file: 'calendar.file',
} as const;

const number = z.int32().positive();
/** Of one series, or of one’s own sessions. */
export const ofFeed = z.object({ series: number.exactOptional() });
export const ofSession = z.object({ n: number });

export const feedPress = (name: string, series: number | undefined) => ({
  name,
  value: JSON.stringify(series === undefined ? {} : { series }),
});

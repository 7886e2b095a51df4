import type { Logger } from 'pino';

/** What the store needs of a log. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn'>;

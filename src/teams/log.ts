import type { Logger } from 'pino';

/** The part of pino that is used. Fields never hold a token, a service address with one, or what a person wrote. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

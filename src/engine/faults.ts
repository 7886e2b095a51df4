/** The transaction was called off before its commit: the person was told that nothing happened. */
export class CalledOff extends Error {}
/** The connection was lost while committing: it may have gone through. */
export class UnknownCommit extends Error {}

/** Errors that say that the database is away or lost a race, not that the request is wrong. */
export const passing = new Set(['40001', '40P01', '23505', '55P03', '25006']);
const cut = /^(08|57P)|^(ECONN|EPIPE|ENOTFOUND|ENOENT|ETIMEDOUT|EAI_AGAIN)/;
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
export const isAway = (error: unknown): boolean =>
  cut.test(codeOf(error)) ||
  (error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered|Cannot use a pool/.test(
      error.message,
    ));

/** The transaction was called off before its commit: the person was told that nothing happened. */
export class CalledOff extends Error {}
/** The connection was lost while committing: it may have gone through. */
export class UnknownCommit extends Error {}

/** A race was lost, not least with the discovery that two logins are one person: the same may go well the next time. */
export const passing = new Set(['40001', '40P01', '23505', '23503', '55P03', '25006']);
/** The database is away: cut off, shutting down, out of space or connections, or read-only after a fail-over. */
const cut = /^(08|53|57P|25006)|^(ECONN|EPIPE|ENOTFOUND|ENOENT|ETIMEDOUT|EAI_AGAIN)/;
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
export const isAway = (error: unknown): boolean =>
  cut.test(codeOf(error)) ||
  (error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered|Cannot use a pool/.test(
      error.message,
    ));

import { DatabaseError } from 'pg';
import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { Problem } from './core/kernel/problem.ts';

/**
 * An error as a log line may tell it. What a database says may quote what a person wrote, so of its errors only the
 * code and the place are kept.
 */
export function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  if (error instanceof DatabaseError) {
    const { code, table, constraint, routine } = error;
    return { name: 'DatabaseError', code, table, constraint, routine };
  }
  const cause = error.cause === undefined ? {} : { cause: errorFields(error.cause) };
  const code = 'code' in error ? { code: error.code } : {};
  if (error instanceof Problem) return { name: error.name, ...code, ...cause };
  return {
    name: error.name,
    ...code,
    message: error.message.slice(0, 300),
    stack: error.stack?.slice(0, 2_000),
    ...cause,
  };
}

/** JSON lines on standard output. Fields never hold a token, an address to answer to, or what a person wrote. */
export const createLog = (level: Config['logLevel']): Logger =>
  pino({
    level,
    serializers: { err: errorFields },
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });

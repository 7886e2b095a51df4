import { CalledOff } from './faults.ts';

/**
 * Lets so many run at once; the others wait in their order, holding nothing. When two hundred want the same row, it is
 * they who wait for each other, and not everybody else for a connection. `waitMost`: more are called off at once.
 */
export function queued(most: number, waitMost: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async function inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (waiting.length >= waitMost) throw new CalledOff('too many wait already');
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      // Whoever is next has the place: nobody who comes at this moment is faster.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

import { CalledOff } from './faults.ts';
import type { Clock } from './ports.ts';

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

/**
 * The same without an end to who may wait. After `ms` the next one goes on as well: what takes that long hangs at a
 * connection or waits for a lock, and uses nothing meanwhile.
 */
export function takingTurns(most: number, ms: number, clock: Clock) {
  const turn = queued(most, Number.POSITIVE_INFINITY);
  return <T>(run: () => Promise<T>): Promise<T> =>
    new Promise((settle, fail) => {
      void turn(
        () =>
          new Promise<void>((over) => {
            const cancel = clock.after(ms, over);
            void run()
              .then(settle, fail)
              .finally(() => {
                cancel();
                over();
              });
          }),
      );
    });
}

import { appendFileSync } from 'node:fs';
import type pg from 'pg';
import { openPool } from '../../src/store/pool.ts';
import { live, mortality, mortalPool, openWorld, type Plan } from './life.ts';

/*
 * A process that lives through a plan and kills itself, as the kernel does on `kill -9`, at the point it is told. It is
 * started ahead of time and waits for its orders on standard input, since starting takes longer than living.
 */
export type Orders = {
  readonly config: pg.PoolConfig;
  readonly world: string;
  readonly find: boolean;
  readonly plan: Plan;
  readonly dieAt: number;
  /** Where the arrivals that were answered are written down. */
  readonly answered: string;
};

process.once('message', (orders: Orders) => {
  const mortal = mortality(orders.dieAt, () => {
    process.kill(process.pid, 'SIGKILL');
    // The signal comes before this thread runs on; this is for the reader.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
  const { pool } = mortalPool(
    openPool({ ...orders.config, max: 2 }, () => {}),
    mortal,
  );
  const world = openWorld(orders.world, { find: orders.find });
  const onAnswer = (n: number) => appendFileSync(orders.answered, `${n}\n`);
  live(pool, world, orders.plan, mortal, onAnswer).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.('ready');

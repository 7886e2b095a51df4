import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import {
  type Delivered,
  type Outgoing,
  type Platform,
  type PlatformName,
  placeId,
} from '../../src/core/kernel/index.ts';
import { openPool } from '../../src/store/pool.ts';
import { openHouse } from './house.ts';
import { mortality, mortalPlatform, mortalPool } from './life.ts';

/*
 * A process that tells a thousand people what shipped, on platforms that limit it, and kills itself at the point that it
 * is given; without one it goes on until nothing is left to tell.
 */
export type Orders = {
  readonly config: pg.PoolConfig;
  /** Where the platforms keep what they were given: a line a message. */
  readonly world: string;
  readonly dieAt: number;
  /** How many processes there were before. */
  readonly life: number;
};

/** Every seventh call is one too many. */
const limitEvery = 7;

function platform(name: PlatformName, file: string): Platform {
  let calls = 0;
  const has = (key: string) => existsSync(file) && readFileSync(file, 'utf8').includes(`${name} ${key}\n`);
  return {
    name,
    async deliver(o: Outgoing): Promise<Delivered> {
      calls += 1;
      if (calls % limitEvery === 0) return { is: 'later', after: 500, why: 'ratelimited' };
      const key = 'key' in o ? o.key : o.kind;
      appendFileSync(file, `${name} ${key}\n`);
      return { is: 'done', place: placeId(name, 'x', `dm-${key}`), native: key };
    },
    reply: async () => ({ is: 'done' }),
    async find(o: Outgoing): Promise<Delivered | undefined> {
      if (!('key' in o) || !has(o.key)) return undefined;
      return { is: 'done', place: placeId(name, 'x', `dm-${o.key}`), native: o.key };
    },
    profile: async () => undefined,
    members: async () => [],
    health: async () => ({ ok: true }),
  };
}

const left = `select (select count(*) from groundcrew.outbox where ended is null)
  + (select count(*) from groundcrew.feedback_telling)
  + (select count(*) from groundcrew.feedback_notice where key is null) as n`;

async function tellAll({ config, world, life, dieAt }: Orders): Promise<void> {
  const mortal = mortality(dieAt, () => {
    process.kill(process.pid, 'SIGKILL');
    // The signal comes before this thread runs on; this is for the reader.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
  const { pool } = mortalPool(
    openPool({ ...config, max: 2 }, () => {}),
    mortal,
  );
  const platforms = (['slack', 'teams'] as const).map((name) => mortalPlatform(platform(name, world), mortal));
  const house = openHouse({ pool }, { platforms });
  house.clock.jump((life + 1) * 600_000);
  await house.store.direct.outbox.release();
  mortal.arm();
  await house.engine.start();
  for (;;) {
    house.clock.jump(1_000);
    await house.sweep();
    await house.work();
    const { rows } = await pool.query<{ n: string }>(left);
    if (rows[0]?.n === '0') break;
  }
  await house.engine.stop();
}

process.once('message', (orders: Orders) => {
  tellAll(orders).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.('ready');

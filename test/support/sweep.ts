import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { Inbound, Profile } from '../../src/core/kernel/index.ts';
import { openPool } from '../../src/store/pool.ts';
import type { TestDatabase } from './database.ts';
import { type House, openHouse } from './house.ts';
import { type Mortality, mortality, mortalPlatform, mortalPool, openWorld, unharmed, type World } from './life.ts';

/** What an arrival is told of: the plan that it is part of, what the database knows, and the time. */
export type Told = { readonly plan: string; readonly pool: pg.Pool; readonly at: Date };

/** What happens in each life, and what must have come of it. */
export type Story = {
  /** They are known before, so that every life has the same points. */
  readonly people: readonly Profile[];
  /** What the house is made of; whatever reaches outside of it goes through `around`, and is a point of its own. */
  readonly parts: (around: Mortality['around']) => Omit<NonNullable<Parameters<typeof openHouse>[1]>, 'platforms'>;
  /** What is there before a plan begins. */
  readonly before?: (plan: string) => unknown;
  /** How many beats of the clock each arrival takes, since what it plans for at once comes with the next one. */
  readonly beats?: number;
  /** What arrives, in its order. Deliveries are named, so that each can come again. */
  readonly arrivals: readonly ((told: Told) => Promise<Inbound>)[];
  /** What must hold when the dust has settled. */
  readonly audit: (plan: string, world: World, about: string) => Promise<void>;
};

/**
 * The points to die at: every third on the embedded database, and the others on the Postgres of `DATABASE_URL`, which answers
 * the same. CI runs both, so that each point is died at once; they take it minutes.
 */
export function pointsToDieAt(points: number): readonly number[] {
  const all = Array.from({ length: points }, (_, i) => 1 + i);
  return all.filter((at) => (at % 3 === 1) === (process.env.DATABASE_URL === undefined));
}

const forever = new Promise<never>(() => {});

/** Lives that are cut short at one point each, every point once, and what becomes of them when the bot starts again. */
export async function openSweep(database: TestDatabase, story: Story) {
  const folder = mkdtempSync(join(tmpdir(), 'gc-sweep-'));
  const find = { find: true };
  const house = (pool: pg.Pool, world: World, mortal?: Mortality): House =>
    openHouse(
      { pool },
      {
        ...story.parts(mortal?.around ?? ((call) => call())),
        platforms: mortal ? world.platforms.map((p) => mortalPlatform(p, mortal)) : world.platforms,
      },
    );

  /** Everything that was not answered yet, each to its end. */
  async function goOn(own: House, pool: pg.Pool, plan: string, alive: () => boolean, answered: Set<number>) {
    for (const [i, arrival] of story.arrivals.entries()) {
      if (answered.has(i)) continue;
      const inbound = await arrival({ plan, pool, at: own.clock.now() });
      if ('account' in inbound) {
        const answer = await own.engine.dispatch(inbound);
        if (!alive()) return forever;
        answered.add(i);
        await own.engine.settle(answer, []);
      } else {
        await own.engine.report(inbound);
        if (!alive()) return forever;
        answered.add(i);
      }
      await own.work();
      await goBy(own);
    }
    if (!story.beats) return;
    own.clock.jump(60_000);
    await goBy(own);
  }

  async function goBy(own: House): Promise<void> {
    for (let beat = 0; beat < (story.beats ?? 0); beat++) {
      await own.sweep();
      await own.work();
    }
  }

  async function recover(world: World, plan: string, answered: Set<number>): Promise<void> {
    const own = house(database.pool, world);
    own.clock.jump(60_000);
    await own.store.direct.outbox.release();
    await own.engine.start();
    await own.work();
    await goBy(own);
    await goOn(own, database.pool, plan, () => true, answered);
    own.clock.jump(60_000);
    await database.pool.query('update groundcrew.inbox set tried = null where not settled');
    await own.sweep();
    await own.work();
    await goBy(own);
    await own.engine.stop();
  }

  let plans = 0;
  /** A life that is cut short at a point; without one, it goes well. Returns how many points it had. */
  async function live(at: number): Promise<number> {
    plans += 1;
    const plan = `plan-${plans}`;
    await story.before?.(plan);
    const world = openWorld(join(folder, plan), find);
    const death = Promise.withResolvers<void>();
    const mortal = at === 0 ? unharmed() : mortality(at, () => death.resolve());
    const { pool, cut } = mortalPool(
      openPool({ ...database.config, max: 2 }, () => {}),
      mortal,
    );
    const answered = new Set<number>();
    const own = house(pool, world, mortal);
    const life = (async () => {
      await own.engine.start();
      mortal.arm();
      await goOn(own, pool, plan, mortal.alive, answered);
      await own.engine.stop();
    })();
    await Promise.race([life, death.promise]);
    cut();
    if (at > 0) await recover(world, plan, answered);
    else await pool.end();
    await story.audit(plan, world, `point ${at}`);
    return mortal.count();
  }

  const known = house(database.pool, openWorld(join(folder, 'known'), find));
  await known.engine.start();
  for (const who of story.people) await known.act(known.command(who, 'help'));
  await known.engine.stop();
  await database.pool.query('update groundcrew.inbox set settled = true');
  return {
    /** Lives once unharmed: the number of points. */
    rehearse: () => live(0),
    /** Dies at one point. */
    dieAt: (at: number) => live(at),
    /** Dies at one point after the other: in what share of the lives, since points differ a little with what runs side by side. */
    async dieAtEach(points: number): Promise<number> {
      const chosen = pointsToDieAt(points);
      let deaths = 0;
      for (const at of chosen) deaths += (await live(at)) >= at ? 1 : 0;
      return deaths / chosen.length;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

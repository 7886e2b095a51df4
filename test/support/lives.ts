import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openPool } from '../../src/store/pool.ts';
import { openTestDatabase } from './database.ts';
import { ada, askedIn, grace, openHouse, triageSlack, triageTeams } from './house.ts';
import { live, type Mortality, mortalPool, openWorld, type Plan, unharmed, type World } from './life.ts';

/** Lives on a database and in worlds of their own, and what must hold after each death. */
export async function openLives() {
  const database = await openTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'gc-lives-'));
  let plans = 0;
  /** A plan of its own, with its form open, and an empty world. */
  async function begin(find: boolean): Promise<{ plan: Plan; world: World; file: string }> {
    plans += 1;
    const house = openHouse(database);
    const asked = askedIn(
      await house.engine.dispatch({ ...house.command(ada, 'feedback'), delivery: `begin/${plans}` }),
    );
    await database.pool.query('update groundcrew.inbox set settled = true');
    const file = join(folder, `world-${plans}`);
    return { plan: { name: `plan ${plans}`, asked }, world: openWorld(file, { find }), file };
  }

  /** The deliveries that the dead process had begun and not marked: `key place`. */
  async function unmarked(): Promise<ReadonlySet<string>> {
    const { rows } = await database.pool.query(`select key, slot from groundcrew.outbox where state = 'sending'`);
    return new Set(rows.map((r) => `${r.key} ${r.slot}`));
  }

  /** What must hold when the dust has settled. Returns the keys that were posted twice. */
  async function audit(plan: Plan, world: World): Promise<readonly string[]> {
    const { rows } = await database.pool.query(
      `select number, state, requester,
         array(select move from groundcrew.feedback_move where feedback = number) as moves,
         array(select key from groundcrew.outbox where ended is null or state in ('gone', 'refused')) as undelivered,
         array(select delivery from groundcrew.inbox where not settled) as owed,
         (select json_object_agg(key || ' ' || slot, native) from groundcrew.message
             where key like 'feedback/' || number || '/%') as natives
       from groundcrew.feedback where what = $1`,
      [plan.name],
    );
    expect(rows).toHaveLength(1);
    const { number, requester, natives, ...rest } = rows[0];
    expect(rest).toEqual({ state: 'planned', moves: ['plan'], undelivered: [], owed: [] });

    const copies = [
      { key: `feedback/${number}/requester`, slot: `direct:${requester}`, place: `slack:x/dm-${ada.account}` },
      { key: `feedback/${number}/triage`, slot: triageSlack, place: triageSlack },
      { key: `feedback/${number}/triage`, slot: triageTeams, place: triageTeams },
      { key: `feedback/${number}/note`, slot: triageSlack, place: triageSlack },
      { key: `feedback/${number}/note`, slot: triageTeams, place: triageTeams },
      { key: `feedback/${number}/told/1`, slot: `direct:${requester}`, place: `slack:x/dm-${ada.account}` },
    ];
    const twice: string[] = [];
    for (const { key, slot, place } of copies) {
      const posts = world.posts(key).filter((p) => p.place === place);
      expect(posts.length, `${key} in ${place}`).toBeGreaterThanOrEqual(1);
      expect(posts.length, `${key} in ${place}`).toBeLessThanOrEqual(2);
      if (posts.length > 1) twice.push(`${key} ${slot}`);
      // The copy that we know of says what is true now.
      const known = posts.find((p) => p.native === natives[`${key} ${slot}`]);
      expect(known && world.now(known), `${key} in ${place}`).toContain('lanned');
      // What hangs under a message hangs under the copy that we know of.
      if (key.endsWith('/note')) expect(known?.under).toBe(natives[`feedback/${number}/triage ${slot}`]);
    }
    const places = copies.map((c) => c.place);
    expect(world.posts(`feedback/${number}/triage`).filter((p) => !places.includes(p.place))).toEqual([]);
    const answers = world.replies().filter((r) => r.key.includes(`${plan.name}/1`)).length;
    expect(answers).toBeGreaterThanOrEqual(1);
    expect(answers).toBeLessThanOrEqual(2);
    return twice;
  }

  const mortalHouse = (mortal: Mortality) =>
    mortalPool(
      openPool({ ...database.config, max: 2 }, () => {}),
      mortal,
    );

  /** A life that goes well: how many points it has, and at which something is handed to a platform. */
  async function rehearse(): Promise<{ readonly points: number; readonly delivering: readonly number[] }> {
    await openHouse(database).engine.dispatch(openHouse(database).command(grace, 'help'));
    const mortal = unharmed();
    const { pool } = mortalHouse(mortal);
    const { plan, world } = await begin(true);
    await live(pool, world, plan, mortal, () => {});
    expect(await audit(plan, world)).toEqual([]);
    expect(world.replies()).toHaveLength(1);
    await pool.end();
    return { points: mortal.count(), delivering: mortal.delivering };
  }

  return {
    database,
    folder,
    begin,
    unmarked,
    audit,
    mortalHouse,
    rehearse,
    async close() {
      rmSync(folder, { recursive: true, force: true });
      await database.close();
    },
  };
}

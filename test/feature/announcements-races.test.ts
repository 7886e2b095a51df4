import { afterAll, beforeEach, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import { openTestDatabase } from '../support/database.ts';
import { openRequests, settingsWith } from '../support/requests.ts';

/* Several at once, which only a real Postgres shows: an embedded one has one session. */

const database = await openTestDatabase();
afterAll(() => database.close());
beforeEach(() => database.empty());

const settings = settingsWith({ channels: { updates: ['slack:T1/CNEWS'] } });

/** Until somebody waits for a row that another transaction holds. */
async function untilSomebodyWaits() {
  const waiting = `select from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and a.datname = current_database()`;
  while ((await database.pool.query(waiting)).rowCount === 0);
}

test.runIf(process.env.DATABASE_URL)(
  'somebody says Done while who has to do it is looked through: both end, the one after the other',
  async () => {
    const stage = await openRequests(database, { settings });
    const [ask] = (await stage.say('paul', 'announce')).effects;
    await stage.send('paul', ask, {
      kind: 'action',
      title: 'Rotate your keys',
      text: 'They end.',
      teams: ['orders'],
      deadline: '2026-03-20',
    });
    await stage.push('paul', presses.post, { number: 1 });
    const { announcements } = stage.store.direct.features;
    const owed = await announcements.owed(1);
    const adas = owed.find((o) => o.person === stage.id('ada'));
    const done = await stage.store.transaction(async (tx) => {
      await tx.features.announcements.take(1);
      const pressed = stage.push('ada', presses.done, { id: adas?.id });
      await untilSomebodyWaits();
      await tx.features.announcements.owe(
        1,
        owed.map(({ person }) => ({ person, things: ['changed'] })),
        stage.now(),
      );
      return { pressed };
    });
    expect((await done.pressed).effects.map((e) => e.kind)).toContain('edit');
    expect((await announcements.owed(1)).find((o) => o.id === adas?.id)).toMatchObject({
      how: 'said',
      things: ['changed'],
    });
  },
);

import { afterAll, beforeEach, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import type { Delivered, Outgoing } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { askedIn, grace, graceTeams, openHouse } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/* A channel that does not take an announcement at first, and what its author can do about it; on each of the platforms. */

const database = await openTestDatabase();
afterAll(() => database.close());
beforeEach(() => database.empty());

const news = {
  slack: 'slack:T1/CNEWS',
  teams: 'teams:11111111-1111-4111-8111-111111111111/19:news@thread.tacv2',
} as const;
const settings = settingsSchema.parse({
  roles: { platform: { emails: ['grace@acme.test'] } },
  channels: { updates: Object.values(news) },
});
const archived: Delivered = { is: 'gone', what: 'place', why: 'it is archived' };

test.each([
  ['slack', 'teams', graceTeams],
  ['teams', 'slack', grace],
] as const)('%s does not take it: its author hears of each failure, and tries again', async (away, other, who) => {
  const house = openHouse(database, { settings: () => settings });
  await house.engine.start();
  /** How often it was handed to them, taken or not. */
  const posts = (platform: 'slack' | 'teams') =>
    house[platform].outgoing.filter((o: Outgoing) => o.kind === 'post' && o.key === 'announcement/1').length;
  const lost = () =>
    house[other].outgoing.flatMap((o) =>
      o.kind === 'direct' && o.key.startsWith('announcement/1/lost/') ? [wordsOf(o.view)] : [],
    );
  const again = async () => {
    const answer = await house.act(house.press(who, presses.again, { number: 1 }));
    return answer.replies.flatMap((r) => (r.kind === 'whisper' ? [wordsOf(r.view)] : [])).join();
  };
  async function minute() {
    house.clock.jump(60_000);
    await house.sweep();
    await house.work();
  }
  const asked = askedIn(await house.act(house.command(who, 'announce')));
  await house.act(house.submit(who, asked, { kind: 'new', title: 'Previews', text: 'In a minute.' }));

  house[away].next.push(archived);
  await house.act(house.press(who, presses.post, { number: 1 }));
  expect([posts(away), posts(other)]).toEqual([1, 1]);
  await minute();
  expect(lost()).toHaveLength(1);
  expect(lost()[0]).toContain('it is archived');
  expect(lost()[0]).toContain('[Try again]');

  // Not mended yet.
  house[away].next.push(archived);
  expect(await again()).toContain('once more where it was not');
  await minute();
  expect([posts(away), posts(other)]).toEqual([2, 1]);
  expect(lost()).toHaveLength(2);

  await again();
  expect([posts(away), posts(other)]).toEqual([3, 1]);
  await minute();
  expect(await again()).toContain('It stands everywhere');
  expect([posts(away), posts(other)]).toEqual([3, 1]);
  expect(lost()).toHaveLength(2);
  await house.engine.stop();
});

test('what is on its way is not posted twice, however often somebody presses; what was taken back stays so', async () => {
  const house = openHouse(database, { settings: () => settings });
  await house.engine.start();
  const asked = askedIn(await house.act(house.command(grace, 'announce')));
  await house.act(house.submit(grace, asked, { kind: 'new', title: 'Previews', text: 'In a minute.' }));
  house.teams.next.push({ is: 'later', after: 5_000, why: 'ratelimited' }, archived);
  await house.act(house.press(grace, presses.post, { number: 1 }));
  await house.act(house.press(grace, presses.again, { number: 1 }));
  house.clock.jump(10_000);
  await house.sweep();
  await house.work();
  const all = async () =>
    (
      await database.pool.query(
        `select count(*)::int as n from groundcrew.outbox where key = 'announcement/1' and kind = 'say'`,
      )
    ).rows[0].n;
  expect(await all()).toBe(2);
  await house.act(house.press(grace, presses.again, { number: 1 }));
  await house.act(house.press(grace, presses.again, { number: 1 }));
  expect(await all()).toBe(3);
  const retract = askedIn(await house.act(house.press(grace, presses.retract, { number: 1 })));
  await house.act(house.submit(grace, retract, { why: 'No.' }));
  const answer = await house.act(house.press(grace, presses.again, { number: 1 }));
  expect(JSON.stringify(answer.replies)).toContain('so it can’t be tried again any more');
  await house.engine.stop();
});

import { describe, expect, test } from 'vitest';
import { presses } from '../../src/core/requests/keys.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openRequests, type Requests, settingsWith } from '../support/requests.ts';

/*
 * Two who press at the same moment, each in a transaction of its own: side by side on a real Postgres, one after the
 * other on the embedded one. Whoever comes first, the rows must be what one after the other would have made of them.
 */
const database = await ownDatabase();

const rounds = 5;
const states = async (s: Requests, ...numbers: number[]) =>
  (await Promise.all(numbers.map((n) => s.row(n)))).map((r) => r.state).toSorted();
const runs = async () =>
  (await database.pool.query('select key from groundcrew.run order by key')).rows.map((r) => r.key);
const things = async () =>
  Number((await database.pool.query('select count(*) from groundcrew.resource')).rows[0].count);

describe('at the same moment', () => {
  test('two people take the last place of their team: one gets it, the other is asked to look again', async () => {
    for (let round = 1; round <= rounds; round++) {
      await database.empty();
      const s = await openRequests(database, { settings: settingsWith({ quotas: { default: { postgres: 1 } } }) });
      const mine = await s.confirming('ada', 'create postgres orders');
      const theirs = await s.confirming('olga', 'create postgres carts');
      await Promise.all([s.confirm('ada', mine), s.confirm('olga', theirs)]);
      expect(await states(s, mine, theirs), `round ${round}`).toEqual(['confirming', 'queued']);
      expect(await things()).toBe(1);
      expect(await runs()).toHaveLength(1);
    }
  });

  test('two people want one name: one has it, the other hears who', async () => {
    for (let round = 1; round <= rounds; round++) {
      await database.empty();
      const s = await openRequests(database);
      const mine = await s.confirming('ada', 'create postgres orders');
      const theirs = await s.confirming('olga', 'create postgres orders');
      const both = await Promise.all([s.confirm('ada', mine), s.confirm('olga', theirs)]);
      expect(await states(s, mine, theirs), `round ${round}`).toEqual(['confirming', 'queued']);
      expect(await things()).toBe(1);
      expect(JSON.stringify(both.map((b) => b.effects))).toContain('already: it belongs to');
    }
  });

  test('one person presses twice: one run', async () => {
    for (let round = 1; round <= rounds; round++) {
      await database.empty();
      const s = await openRequests(database);
      const number = await s.confirming();
      await Promise.all([1, 2, 3].map(() => s.confirm('ada', number)));
      expect(await runs(), `round ${round}`).toEqual(['run-1-1']);
      expect((await s.row(number)).tries).toBe(1);
    }
  });

  test('two approvers decide differently on two platforms: one decision, one run at most', async () => {
    for (let round = 1; round <= rounds; round++) {
      await database.empty();
      const s = await openRequests(database);
      const number = await s.confirming('ada', 'create postgres orders size=l');
      await s.confirm('ada', number);
      const asked = await s.push('dora', presses.refuse, { number, plans: 1 });
      const form = asked.effects.find((e) => e.kind === 'ask');
      await Promise.all([
        s.push('dan', presses.approve, { number, plans: 1 }),
        s.send('dora', form, { words: 'No.' }),
        s.push('rita', presses.approve, { number, plans: 1 }),
      ]);
      const row = await s.row(number);
      expect(['queued', 'refused'], `round ${round}`).toContain(row.state);
      expect(await runs()).toHaveLength(row.state === 'queued' ? 1 : 0);
      const decided = (await s.audit()).filter((e) => ['request.approved', 'request.refused'].includes(e.what));
      expect(decided.map((d) => d.who)).toEqual([row.decided?.by]);
    }
  });

  test('the person takes it back while somebody approves: one of both, never half of each', async () => {
    for (let round = 1; round <= rounds; round++) {
      await database.empty();
      const s = await openRequests(database);
      const number = await s.confirming('ada', 'create postgres orders size=l');
      await s.confirm('ada', number);
      await Promise.all([
        s.push('ada', presses.abandon, { number }),
        s.push('dan', presses.approve, { number, plans: 1 }),
      ]);
      const row = await s.row(number);
      expect(['queued', 'cancelled'], `round ${round}`).toContain(row.state);
      expect(await runs()).toHaveLength(row.state === 'queued' ? 1 : 0);
      expect(await things()).toBe(row.state === 'queued' ? 1 : 0);
    }
  });

  test('two of a team try a failed one again: one run more', async () => {
    for (let round = 1; round <= rounds; round++) {
      await database.empty();
      const s = await openRequests(database);
      const number = await s.accepted();
      await s.moved(number, { state: 'failed', steps: [], links: [], outputs: [], message: 'x' });
      await Promise.all([
        s.push('ada', presses.retry, { number }),
        s.push('olga', presses.retry, { number }),
        s.push('paul', presses.clean, { number }),
      ]);
      expect(await runs(), `round ${round}`).toEqual(['run-1-1', 'run-1-2']);
    }
  });
});

import { expect, onTestFinished, test } from 'vitest';
import type { Profile } from '../../src/core/kernel/index.ts';
import { askedIn, grace, openHouse, quiet } from '../support/house.ts';
import { channels, human, officeSettings, openOffice, planUsual } from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';

/* Two processes over one database serve the same session at the same moments: each place and each reminder is there once. */

const database = await ownDatabase();

const crowd = Array.from({ length: 12 }, (_, i) => human(i % 2 ? 'teams' : 'slack', `r${i}`));

/** Both see the same time, the same platforms and the same rows; each has a queue of its own. */
async function openBoth() {
  const one = await openOffice(database, { people: crowd });
  const { clock, slack, teams } = one;
  const faults: unknown[] = [];
  const log = { ...quiet, error: (fields: object) => void faults.push(fields) };
  const two = openHouse(database, { clock, slack, teams, settings: () => officeSettings, log });
  await two.engine.start();
  onTestFinished(async () => {
    await two.engine.stop();
    expect(faults).toEqual([]);
  });
  const houses = [one, two] as const;
  const of = (i: number) => houses[i % 2] as (typeof houses)[number];
  /** Everybody does something at once, half of them by way of each process. */
  const atOnce = (people: readonly Profile[], act: (who: Profile, i: number) => Promise<unknown>) =>
    Promise.all(people.map(act));
  return {
    one,
    of,
    atOnce,
    /** Both come to the same moment, and do at the same time what is due. */
    async until(at: string) {
      clock.jump(Date.parse(at) - clock.now().getTime());
      await Promise.all(houses.map((h) => h.sweep()));
      await Promise.all(houses.map((h) => h.work()));
      // What one of them was faster to claim is delivered by it; what was left is swept up.
      clock.jump(1_000);
      await Promise.all(houses.map((h) => h.sweep()));
      await Promise.all(houses.map((h) => h.work()));
    },
  };
}
const states = async () =>
  (await database.pool.query('select state, slot, account from groundcrew.office_seat where session = 1 order by nth'))
    .rows;
const count = (all: readonly string[], words: string) => all.filter((w) => w.includes(words)).length;

test('places are given, given back and passed on by two processes at once: no time has two people, none is left free', async () => {
  const { one, of, atOnce } = await openBoth();
  await planUsual(one, grace);
  const forms = new Map<Profile, string>();
  for (const [i, who] of crowd.entries()) {
    const house = of(i);
    forms.set(who, askedIn(await house.engine.dispatch(house.press(who, 'office.sign-up', { n: 1 }))));
  }
  await atOnce(crowd, (who, i) =>
    of(i).engine.dispatch(of(i).submit(who, forms.get(who) ?? '', { topic: 'x', time: 'first' })),
  );
  const before = await states();
  expect(before.filter((s) => s.state === 'in').map((s) => s.slot)).toEqual([0, 1, 2]);
  expect(before.filter((s) => s.state === 'waiting')).toHaveLength(crowd.length - 3);

  // All three give their time back, by way of the other process this time; each press comes twice, as platforms repeat.
  const holders = before.slice(0, 3).map((s) => crowd.find((c) => c.account === s.account) as Profile);
  await atOnce(holders, async (who, i) => {
    const press = of(i).press(who, 'office.cancel', { n: 1 });
    await Promise.all([of(i).engine.dispatch(press), of(i + 1).engine.dispatch(press)]);
  });
  const after = await states();
  expect(after.map((s) => s.state)).toEqual([
    ...Array<string>(3).fill('cancelled'),
    ...Array<string>(3).fill('in'),
    ...Array<string>(crowd.length - 6).fill('waiting'),
  ]);
  expect(new Set(after.slice(3, 6).map((s) => s.slot))).toEqual(new Set([0, 1, 2]));
  await Promise.all([of(0).work(), of(1).work()]);
  for (const who of crowd) {
    const promoted = after.slice(3, 6).some((s) => s.account === who.account);
    expect(count(one.heard(who.account), 'A time became free'), who.name).toBe(promoted ? 1 : 0);
  }
});

test('reminders and the start fall due in two processes at once: everybody is told once, on their platform', async () => {
  const { one, of, atOnce, until } = await openBoth();
  await planUsual(one, grace);
  await atOnce(crowd, async (who, i) => {
    const house = of(i);
    const form = askedIn(await house.engine.dispatch(house.press(who, 'office.sign-up', { n: 1 })));
    await house.engine.dispatch(house.submit(who, form, { topic: 'x', time: 'first' }));
  });
  await until('2026-03-02T09:01:00Z');
  one.clear();
  await until('2026-03-04T09:00:00Z');
  await until('2026-03-04T13:00:00Z');
  await until('2026-03-05T12:50:00Z');
  await until('2026-03-05T13:00:00Z');
  for (const who of crowd) {
    const heard = one.heard(who.account);
    expect([count(heard, 'A reminder'), count(heard, 'It begins in a few minutes')], who.name).toEqual([1, 1]);
  }
  // The day before, and the card: once in each channel.
  for (const place of Object.values(channels)) expect(one.heard(place)).toHaveLength(2);
});

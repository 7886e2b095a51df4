import { afterAll, expect, test } from 'vitest';
import { openTestDatabase } from '../support/database.ts';
import { askedIn, grace } from '../support/house.ts';
import { human, openOffice, planUsual } from '../support/office.ts';

/*
 * Everybody at once, on both platforms: each in a transaction of its own, side by side on a real Postgres. The session's
 * row is the lock; the unique index on its times is what holds if somebody forgets to take it.
 */
const database = await openTestDatabase();
afterAll(() => database.close());

const crowd = Array.from({ length: 200 }, (_, i) => human(i % 2 ? 'teams' : 'slack', `p${i}`));

test('200 sign up at once for six times: six have one each, the others wait in an order, nobody is lost', async () => {
  const office = await openOffice(database, { people: crowd });
  await planUsual(office, grace, { slots: '10' });
  const forms: string[] = [];
  for (const who of crowd)
    forms.push(askedIn(await office.engine.dispatch(office.press(who, 'office.sign-up', { n: 1 }))));
  const sent = crowd.map((who, i) => office.submit(who, forms[i] ?? '', { topic: `Mine is ${i}`, time: 'first' }));
  const answers = await Promise.all(sent.map((inbound) => office.engine.dispatch(inbound)));
  // However busy the machine is, everybody gets their true answer at the first try.
  expect(answers.filter((a) => a.apology)).toEqual([]);
  const { rows } = await database.pool.query(
    'select state, slot, nth, account from groundcrew.office_seat where session = 1 order by nth',
  );
  expect(rows.filter((r) => r.state === 'in').map((r) => r.slot)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(rows.filter((r) => r.state === 'waiting' && r.slot === null)).toHaveLength(194);
  expect(rows.map((r) => r.nth)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(new Set(rows.map((r) => r.account)).size).toBe(200);

  // Everybody hears of it, and the messages in both channels were edited once a second, not two hundred times.
  await office.work();
  for (const who of crowd) expect(office.heard(who.account)).toHaveLength(1);
  await office.seconds(2);
  expect(office.edits()).toBeLessThan(10);
  expect(office.heard(crowd.find((c) => c.account === rows.at(-1)?.account)?.account ?? '')[0]).toContain(
    'you are number 194 on the waiting list',
  );
});

test('one who holds a time gives it back while many want it: it goes to whoever waited first', async () => {
  await database.empty();
  const office = await openOffice(database, { people: crowd });
  await planUsual(office, grace, { slots: '60' });
  const few = crowd.slice(0, 12);
  const forms: string[] = [];
  for (const who of few)
    forms.push(askedIn(await office.engine.dispatch(office.press(who, 'office.sign-up', { n: 1 }))));
  const send = (i: number) =>
    office.engine.dispatch(office.submit(few[i] as never, forms[i] ?? '', { topic: 'x', time: 'first' }));
  await send(0);
  await send(1);
  await Promise.all([
    office.engine.dispatch(office.press(few[0] as never, 'office.cancel', { n: 1 })),
    ...few.slice(2).map((_, i) => send(i + 2)),
  ]);
  const { rows } = await database.pool.query(
    `select account, state from groundcrew.office_seat where session = 1 and state in ('in', 'cancelled') order by nth`,
  );
  expect(rows).toEqual([
    { account: few[0]?.account, state: 'cancelled' },
    { account: few[1]?.account, state: 'in' },
  ]);
});

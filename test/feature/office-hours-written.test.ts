import { describe, expect, test } from 'vitest';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import { both, channels, formIn, officeSettings, openOffice, planUsual, said, signUp } from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';

/* Series that groundcrew.yaml keeps. */

const database = await ownDatabase();

const { dev, host } = both.slack;
const usual = {
  title: 'Platform office hours',
  schedule: { start: '2026-03-05', at: '14:00', zone: 'Europe/Berlin', rule: { kind: 'weekly', on: ['th'] } },
  minutes: 60,
  slots: 20,
  hosts: ['grace@acme.test', 'nobody@acme.test'],
  channels: Object.values(channels),
};
const written = (series: Record<string, unknown>): Settings => ({
  ...officeSettings,
  ...{ officeHours: settingsSchema.parse({ officeHours: series }).officeHours },
});
const starts = async () =>
  (
    await database.pool.query(
      `select starts, state from groundcrew.office_session where state = 'planned' order by starts limit 2`,
    )
  ).rows.map((r) => r.starts.toISOString());

test('it is planned when it is written, announced once, changed and ended as the file says', async () => {
  let settings = written({ platform: usual });
  const office = await openOffice(database, { settings: () => settings });
  await office.say(host, 'me');
  await office.begin();
  for (const place of Object.values(channels)) expect(office.heard(place)).toHaveLength(1);
  expect(await starts()).toEqual(['2026-03-05T13:00:00.000Z', '2026-03-12T13:00:00.000Z']);
  await signUp(office, dev, 1);

  settings = written({ platform: { ...usual, schedule: { ...usual.schedule, at: '15:30' } } });
  await office.pass(6);
  expect(await starts()).toEqual(['2026-03-05T14:30:00.000Z', '2026-03-12T14:30:00.000Z']);
  expect(office.heard(dev.account).at(-1)).toContain('was moved');
  for (const place of Object.values(channels)) expect(office.heard(place)).toHaveLength(1);

  settings = written({});
  await office.pass(6);
  expect(await starts()).toEqual([]);
  expect(office.heard(dev.account).at(-1)).toContain('does not take place');

  settings = written({ platform: usual });
  await office.pass(6);
  expect(await starts()).toEqual(['2026-03-05T13:00:00.000Z', '2026-03-12T13:00:00.000Z']);
});

test('it is changed in the file, its single sessions in chat, and these stay when the file changes', async () => {
  let settings = written({ platform: usual });
  const office = await openOffice(database, { settings: () => settings });
  await office.say(host, 'me');
  await office.begin();
  expect(said(await office.push(host, 'office.edit-series', { series: 1 }))).toContain(
    'is kept in groundcrew.yaml, as platform',
  );
  expect(said(await office.push(host, 'office.end-series', { series: 1 }))).toContain('is kept in groundcrew.yaml');
  const move = formIn(await office.push(host, 'office.move', { n: 1 }));
  await office.send(host, move, { day: '2026-03-06', at: '09:00' });
  await office.push(host, 'office.skip', { n: 2 });
  expect(await starts()).toEqual(['2026-03-06T08:00:00.000Z', '2026-03-19T13:00:00.000Z']);
  settings = written({ platform: { ...usual, title: 'Ask the platform' } });
  await office.pass(6);
  expect(await starts()).toEqual(['2026-03-06T08:00:00.000Z', '2026-03-19T13:00:00.000Z']);
  expect(said(await office.say(dev, 'office-hours'))).toContain('Ask the platform · 2026-03-06T08:00:00.000Z');
});

test('what the file skips, and says no more, takes place after all, and who signed up hears of it', async () => {
  let settings = written({ platform: usual });
  const office = await openOffice(database, { settings: () => settings });
  await office.say(host, 'me');
  await office.begin();
  await signUp(office, dev, 1);
  await office.push(host, 'office.skip', { n: 2 });
  const changes = [{ kind: 'skip', on: '2026-03-05' }];
  settings = written({ platform: { ...usual, schedule: { ...usual.schedule, changes } } });
  await office.pass(6);
  expect(await starts()).toEqual(['2026-03-19T13:00:00.000Z', '2026-03-26T13:00:00.000Z']);
  settings = written({ platform: usual });
  await office.pass(6);
  // What was skipped in chat stays so.
  expect(await starts()).toEqual(['2026-03-05T13:00:00.000Z', '2026-03-19T13:00:00.000Z']);
  expect(office.heard(dev.account).at(-1)).toContain('This session takes place after all: 2026-03-05T13:00:00.000Z.');
});

test('who hosts by the file takes turns from the moment when the bot knows them', async () => {
  const office = await openOffice(database, { settings: () => written({ platform: usual }) });
  await office.begin();
  const hosts = async () =>
    (await database.pool.query('select count(*)::int as n from groundcrew.office_host')).rows[0].n;
  expect(await hosts()).toBe(0);
  await office.say(host, 'me');
  await office.pass(6);
  expect(await hosts()).toBe(1);
  const covered = await database.pool.query(
    'select distinct p.name from groundcrew.office_session s left join groundcrew.person p on p.id = s.host',
  );
  expect(covered.rows).toEqual([{ name: 'Grace' }]);
  // Of the one that is near; the others come the day before.
  expect(office.heard(host.account).filter((w) => w.includes('You host'))).toEqual([
    expect.stringContaining('2026-03-05T13:00:00.000Z. Nobody hosted it so far.'),
  ]);
});

const ways = {
  'a message could not be delivered': (account: string) => ({ what: 'account.gone', input: { account } }),
  'the platform tells it': (account: string) => ({
    what: 'account.changed',
    input: { profile: { account, name: 'Hal', email: 'hal@acme.test', active: false } },
  }),
} as const;
describe.each(['slack', 'teams'] as const)('a host on %s who leaves and still stands in the file', (on) => {
  const { host: stays, hal } = both[on];
  const hosts = async () =>
    (
      await database.pool.query(
        `select distinct p.name from groundcrew.person p where id in (
           select host from groundcrew.office_session where state = 'planned' union select person from groundcrew.office_host)
         order by name`,
      )
    ).rows.map((r) => r.name);
  async function openWithBoth() {
    const both = { ...usual, hosts: ['grace@acme.test', 'hal@acme.test'] };
    const office = await openOffice(database, { settings: () => written({ platform: both }) });
    await office.say(stays, 'me');
    await office.say(hal, 'me');
    await office.begin();
    expect(await hosts()).toEqual(['Grace', 'Hal']);
    return office;
  }

  test.each(Object.entries(ways))('does not come back: %s', async (_, way) => {
    const office = await openWithBoth();
    const at = office.clock.now();
    await office.engine.report({ kind: 'observed', ...way(hal.account), at, delivery: 'left/1' });
    await office.work();
    expect(await hosts()).toEqual(['Grace']);
    expect(office.heard(stays.account).at(-1)).toContain('has left.');
    // The file is followed every five minutes, at every start, and what is to come is planned anew each day.
    await office.pass(24, 6);
    await office.begin();
    expect(await hosts()).toEqual(['Grace']);
  });

  test('a directory said so when it was asked: it is noticed within minutes; who is there again takes turns again', async () => {
    const office = await openWithBoth();
    await office.store.direct.features.people.learn({ ...hal, active: false }, office.clock.now());
    await office.pass(6);
    expect(await hosts()).toEqual(['Grace']);
    await office.say(hal, 'me');
    await office.pass(6);
    const { rows } = await database.pool.query(
      'select p.name from groundcrew.office_host h join groundcrew.person p on p.id = h.person order by h.nth',
    );
    expect(rows).toEqual([{ name: 'Grace' }, { name: 'Hal' }]);
  });
});

test('a host of a series made in chat, whom a directory does not know any more, hosts nothing within minutes', async () => {
  const office = await openOffice(database);
  const { hal } = both.teams;
  await office.say(host, 'me');
  await office.say(hal, 'me');
  const { rows } = await database.pool.query('select id from groundcrew.person order by name');
  await planUsual(office, host, { hosts: rows.map((r) => r.id) });
  await office.begin();
  await office.store.direct.features.people.learn({ ...hal, active: false }, office.clock.now());
  await office.pass(6);
  const sessions = await database.pool.query(
    'select distinct p.name from groundcrew.office_session s left join groundcrew.person p on p.id = s.host',
  );
  expect(sessions.rows).toEqual([{ name: 'Grace' }]);
});

test.each([
  [
    'a zone that does not exist',
    { schedule: { ...usual.schedule, zone: 'Mars/Olympus' } },
    'is not a time zone I know',
  ],
  ['a start in the night', { schedule: { ...usual.schedule, at: '03:00' } }, 'What repeats can’t begin at 03:00'],
  ['a slot longer than all of it', { slots: 90 }, 'Longer than all of it'],
  ['no way to come', { slots: undefined, queue: false }, 'nobody could come'],
])('%s is refused, with the reason', (_, wrong, words) => {
  const read = settingsSchema.safeParse({
    officeHours: { platform: JSON.parse(JSON.stringify({ ...usual, ...wrong })) },
  });
  expect(read.success).toBe(false);
  expect(read.error?.issues.map((i) => i.message).join()).toContain(words);
});

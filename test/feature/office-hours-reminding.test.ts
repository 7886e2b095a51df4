import { describe, expect, test } from 'vitest';
import { grace } from '../support/house.ts';
import {
  both,
  channels,
  formIn,
  labels,
  type Office,
  type On,
  openOffice,
  planUsual,
  said,
  signUp,
} from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';
import { wordsOf } from '../support/words.ts';

/* What the clock brings, and what it does not: moved, skipped, late, away. */

const database = await ownDatabase();

const start = '2026-03-05T13:00:00.000Z';
/** When something with these words was first heard there, looking every five minutes. */
async function when(office: Office, to: string, words: string, until: string): Promise<string | undefined> {
  while (office.clock.now().toISOString() < until) {
    if (office.heard(to).some((w) => w.includes(words))) return office.clock.now().toISOString();
    await office.pass(5);
  }
  return undefined;
}
const platforms: readonly On[] = ['slack', 'teams'];

describe.each(platforms)('on %s', (on) => {
  const { dev, host, bob, eve } = both[on];

  test('the channels hear the day before, who signed up at ten in their own zone, the host the topics at four', async () => {
    // Ada is in London, Grace in New York.
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1, { topic: 'My build' });
    office.clear();
    expect(await when(office, dev.account, 'A reminder: you have', start)).toBe('2026-03-04T10:00:00.000Z');
    expect(await when(office, channels.teams, 'Platform office hours', start)).toBe('2026-03-04T13:00:00.000Z');
    expect(await when(office, channels.slack, 'Platform office hours', start)).toBe('2026-03-04T13:00:00.000Z');
    const topics = await when(office, host.account, 'What people come with', start);
    expect(topics).toBe('2026-03-04T21:00:00.000Z');
    expect(office.heard(host.account).at(-1)).toContain('My build');
  });

  test('ten minutes before: who signed up gets the link, and so does who asked to be reminded', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    expect(said(await office.push(dev, 'office.remind', { n: 1 }))).toContain(
      'You’re signed up, so I’ll remind you anyway.',
    );
    expect(said(await office.push(eve, 'office.remind', { n: 1 }))).toContain(
      'I’ll remind you ten minutes before it begins',
    );
    await office.push(eve, 'office.remind', { n: 1 });
    await office.until('2026-03-05T12:45:00Z');
    expect(await when(office, dev.account, 'It begins in a few minutes', start)).toBe('2026-03-05T12:50:00.000Z');
    for (const who of [dev, eve]) {
      const told = office.heard(who.account).filter((w) => w.includes('It begins in a few minutes'));
      expect(told).toHaveLength(1);
      expect(told[0]).toContain('Where: Join here');
    }
    expect(office.heard(bob.account)).toEqual([]);
  });

  test('a session that is moved tells everybody once, and nobody is reminded of its old time', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    const form = formIn(await office.push(host, 'office.move', { n: 1 }));
    expect(form.prior).toEqual({ day: '2026-03-05', at: '14:00' });
    const past = await office.send(host, form, { day: '2026-03-01', at: '14:00' });
    expect(past.replies[0]?.kind === 'ask' && past.replies[0].asked.errors).toEqual({
      at: 'This time has passed. Please choose one that is to come.',
    });
    await office.send(host, form, { day: '2026-03-06', at: '16:00' });
    expect(office.heard(dev.account).filter((w) => w.includes('was moved'))).toEqual([
      expect.stringContaining('it is 2026-03-06T15:00:00.000Z now, instead of 2026-03-05T13:00:00.000Z'),
    ]);
    expect(wordsOf(office.stands(dev.account)[0] as never)).toContain('You have 2026-03-06T15:00:00.000Z.');
    office.clear();
    await office.until('2026-03-05T14:00:00Z', 60);
    const early = office.heard(dev.account);
    expect(early.filter((w) => w.includes('few minutes'))).toEqual([]);
    expect(early.filter((w) => w.includes('A reminder: you have 2026-03-06T15:00:00.000Z'))).toHaveLength(1);
    expect(await when(office, dev.account, 'It begins in a few minutes', '2026-03-06T16:00:00Z')).toBe(
      '2026-03-06T14:50:00.000Z',
    );
    // The rule is as it was: the next one is on its day.
    const { rows } = await database.pool.query(
      `select day, starts, sequence from groundcrew.office_session order by day limit 2`,
    );
    expect(rows.map((r) => [r.day, r.starts.toISOString(), r.sequence])).toEqual([
      ['2026-03-05', '2026-03-06T15:00:00.000Z', 1],
      ['2026-03-12', '2026-03-12T13:00:00.000Z', 0],
    ]);
  });

  test('moved after it was said the day before, it is said again before its new time, and the host has the topics', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1, { topic: 'My build' });
    await office.until('2026-03-04T22:00:00Z');
    const topics = () => office.heard(host.account).filter((w) => w.includes('What people come with')).length;
    expect([office.heard(channels[on]).length, topics()]).toEqual([2, 1]);
    const form = formIn(await office.push(host, 'office.move', { n: 1 }));
    await office.send(host, form, { day: '2026-03-09', at: '16:00' });
    // What stands there says the new time.
    for (const view of office.stands(channels[on])) expect(wordsOf(view)).toContain('When: 2026-03-09T15:00:00.000Z');
    await office.until('2026-03-08T22:00:00Z');
    expect([office.heard(channels[on]).length, topics()]).toEqual([3, 2]);
  });

  test('a session that is skipped tells everybody, and is never reminded of', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    await office.push(host, 'office.skip', { n: 1 });
    expect(office.heard(dev.account).at(-1)).toContain('The session of 2026-03-05T13:00:00.000Z does not take place.');
    expect(labels(office.stands(dev.account)[0])).toEqual([]);
    office.clear();
    await office.until('2026-03-05T15:00:00Z', 60);
    expect(office.heard(dev.account)).toEqual([]);
    expect(office.heard(channels[on])).toEqual([]);
    expect(said(await office.push(dev, 'office.sign-up', { n: 1 }))).toContain('This session does not take place.');
  });

  test('somebody who cancelled is not reminded; when everybody did, the host hears of it', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    await signUp(office, bob, 1);
    await office.push(dev, 'office.cancel', { n: 1 });
    expect(office.heard(host.account).join()).not.toContain('Everybody has cancelled');
    await office.push(bob, 'office.cancel', { n: 1 });
    expect(office.heard(host.account).at(-1)).toContain('Everybody has cancelled for 2026-03-05T13:00:00.000Z');
    office.clear();
    await office.until('2026-03-05T13:30:00Z', 60);
    expect(office.heard(dev.account)).toEqual([]);
    expect(office.heard(bob.account)).toEqual([]);
  });
});

describe('when the bot was down', () => {
  const { dev, host } = both.slack;
  const { bob } = both.teams;

  test('over the reminders of the day before: they come late while that is of use', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    office.clear();
    office.clock.jump(Date.parse('2026-03-05T08:00:00Z') - office.clock.now().getTime());
    await office.seconds(1);
    expect(office.heard(dev.account)).toEqual([
      expect.stringContaining('A reminder: you have 2026-03-05T13:00:00.000Z'),
    ]);
    expect(office.heard(channels.slack)).toHaveLength(1);
    expect(office.heard(host.account)).toEqual([expect.stringContaining('What people come with')]);
  });

  test('until shortly before: one reminder, not two', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    office.clear();
    office.clock.jump(Date.parse('2026-03-05T12:52:00Z') - office.clock.now().getTime());
    await office.seconds(1);
    expect(office.heard(dev.account)).toEqual([expect.stringContaining('It begins in a few minutes')]);
    expect(office.heard(channels.slack)).toEqual([]);
  });

  test('until shortly after the beginning: they hear that it has begun, and the card is there', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    office.clear();
    office.clock.jump(Date.parse('2026-03-05T13:10:00Z') - office.clock.now().getTime());
    await office.seconds(1);
    await office.seconds(1);
    expect(office.heard(dev.account)).toEqual([expect.stringContaining('It has begun: 2026-03-05T13:00:00.000Z')]);
    expect(office.heard(channels.teams)).toEqual([expect.stringContaining('Platform office hours: on now')]);
  });

  test('over the whole session: nothing is said of it but to the host, who is asked who came', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    await signUp(office, bob, 1);
    office.clear();
    office.clock.jump(Date.parse('2026-03-05T18:00:00Z') - office.clock.now().getTime());
    await office.seconds(1);
    expect(office.heard(dev.account)).toEqual([]);
    expect(office.heard(bob.account)).toEqual([]);
    expect(office.heard(channels.slack)).toEqual([]);
    expect(office.heard(host.account)).toEqual([expect.stringContaining('I don’t know who came')]);
    // And the next one is planned as if nothing had been.
    await office.begin();
    expect(said(await office.say(dev, 'office-hours'))).toContain('2026-03-12T13:00:00.000Z');
  });
});

describe('changes of a series', () => {
  const { dev, host, eve } = both.slack;
  const { hal, bob } = both.teams;
  const sessions = async () =>
    (await database.pool.query('select day, starts, state from groundcrew.office_session order by day')).rows.map(
      (r) => `${r.day} ${r.starts.toISOString().slice(11, 16)} ${r.state}`,
    );
  const edit = async (office: Office, more: Record<string, unknown>) => {
    const form = formIn(await office.push(host, 'office.edit-series', { series: 1 }));
    return office.send(host, form, { ...form.prior, ...more });
  };

  test('another time moves what is to come, with everybody in it', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1, { time: '1' });
    await edit(office, { at: '10:00' });
    expect((await sessions()).slice(0, 2)).toEqual(['2026-03-05 09:00 planned', '2026-03-12 09:00 planned']);
    expect(wordsOf(office.stands(dev.account)[0] as never)).toContain('You have 2026-03-05T09:20:00.000Z.');
    expect(office.heard(dev.account).at(-1)).toContain('was moved');
  });

  test('fewer times: who lost theirs waits, and is told at which place; a longer session gives them one again', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1, { time: '2' });
    await signUp(office, bob, 1, { time: '0' });
    await signUp(office, eve, 1, { time: '1' });
    await edit(office, { minutes: '20' });
    for (const [who, place] of [
      [dev, 1],
      [eve, 2],
    ] as const)
      expect(office.heard(who.account).at(-1)).toContain(
        `yours is not there any more. You’re number ${place} on the waiting list now.`,
      );
    await edit(office, { minutes: '60' });
    expect(office.heard(dev.account).at(-1)).toContain('A time became free, and it’s yours: 2026-03-05T13:20:00.000Z.');
  });

  test('longer conversations: whose time begins at another moment is told which', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1, { time: '1' });
    await signUp(office, bob, 1, { time: '0' });
    await edit(office, { slots: '30' });
    const words = 'yours is 2026-03-05T13:30:00.000Z now, instead of 2026-03-05T13:20:00.000Z.';
    expect(office.heard(dev.account).at(-1)).toContain(words);
    expect(office.heard(bob.account).join()).not.toContain('have changed');
  });

  test('during a session it leaves that one alone', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    await office.until('2026-03-05T13:00:00Z');
    await office.seconds(1);
    await office.push(host, 'office.next', { n: 1, turn: 0 });
    await edit(office, { at: '10:00', minutes: '20', slots: '20' });
    expect((await sessions()).slice(0, 2)).toEqual(['2026-03-05 13:00 live', '2026-03-12 09:00 planned']);
    const { rows } = await database.pool.query('select minutes from groundcrew.office_session where number = 1');
    expect(rows).toEqual([{ minutes: 60 }]);
    expect(said(await office.push(host, 'office.next', { n: 1, turn: 1 }))).toContain('What came of it');
  });

  test('another weekday: who signed up hears that theirs does not take place', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    await edit(office, { day: '2026-03-03' });
    expect((await sessions()).slice(0, 3)).toEqual([
      '2026-03-03 13:00 planned',
      '2026-03-05 13:00 skipped',
      '2026-03-10 13:00 planned',
    ]);
    expect(office.heard(dev.account).at(-1)).toContain('does not take place');
  });

  test('it ends: nothing more is planned, and everybody hears', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    await office.push(host, 'office.end-series', { series: 1 });
    expect(office.heard(dev.account).at(-1)).toContain('does not take place');
    expect(new Set((await sessions()).map((s) => s.split(' ')[2]))).toEqual(new Set(['skipped']));
    await office.begin();
    expect(said(await office.say(eve, 'office-hours'))).toContain('Nothing is planned at the moment.');
  });

  test('hosts take turns, skip who is away, swap; who is left with nobody hears that nobody covers it', async () => {
    const office = await openOffice(database);
    await office.say(hal, 'me');
    const { rows } = await database.pool.query(`select id, name from groundcrew.person where name in ('Grace', 'Hal')`);
    await office.say(host, 'me');
    const id = async (name: string) =>
      (await database.pool.query('select id from groundcrew.person where name = $1', [name])).rows[0].id as string;
    expect(rows.length).toBeGreaterThan(0);
    await planUsual(office, host, { hosts: [await id('Grace'), await id('Hal')] });
    const turns = async () =>
      (
        await database.pool.query(
          'select p.name from groundcrew.office_session s left join groundcrew.person p on p.id = s.host order by s.day limit 4',
        )
      ).rows.map((r) => r.name);
    expect(await turns()).toEqual(['Grace', 'Hal', 'Grace', 'Hal']);

    const away = formIn(await office.say(host, 'office-hours away'));
    await office.send(host, away, { since: '2026-03-16', until: '2026-03-20' });
    expect(await turns()).toEqual(['Grace', 'Hal', 'Hal', 'Hal']);
    expect(office.heard(hal.account).at(-1)).toContain('is away.');

    const swap = formIn(await office.push(hal, 'office.swap', { n: 2 }));
    await office.send(hal, swap, { host: await id('Grace') });
    expect(await turns()).toEqual(['Grace', 'Grace', 'Hal', 'Hal']);

    const both_ = formIn(await office.say(hal, 'office-hours away'));
    await office.send(hal, both_, { since: '2026-03-19', until: '2026-03-19' });
    expect(await turns()).toEqual(['Grace', 'Grace', null, 'Hal']);
    expect(office.heard(hal.account).at(-1)).toContain('Nobody covers Platform office hours 2026-03-19T13:00:00.000Z');
    expect(office.heard(grace.account).at(-1)).toContain('Nobody covers Platform office hours');
  });

  test('who is taken off the list of hosts hosts nothing of it any more; a guest keeps theirs', async () => {
    const office = await openOffice(database);
    for (const who of [host, hal, bob]) await office.say(who, 'me');
    const people = (await database.pool.query('select id, name from groundcrew.person')).rows;
    const id = (name: string): string => people.find((p) => p.name === name)?.id;
    await planUsual(office, host, { hosts: [id('Grace')] });
    const swap = formIn(await office.push(host, 'office.swap', { n: 2 }));
    await office.send(host, swap, { ...swap.prior, other: bob.account });
    await edit(office, { hosts: [id('Hal')] });
    const { rows } = await database.pool.query(
      'select p.name from groundcrew.office_session s left join groundcrew.person p on p.id = s.host order by s.day limit 4',
    );
    expect(rows.map((r) => r.name)).toEqual(['Hal', 'Bob', 'Hal', 'Hal']);
    expect(office.heard(hal.account).join()).toContain('changed who hosts.');
  });

  test('a host who leaves hosts nothing any more', async () => {
    const office = await openOffice(database);
    await office.say(host, 'me');
    await office.say(hal, 'me');
    const { rows } = await database.pool.query(`select id from groundcrew.person order by name`);
    await planUsual(office, host, { hosts: rows.map((r) => r.id) });
    await office.engine.report({
      kind: 'observed',
      what: 'account.gone',
      input: { account: hal.account },
      at: office.clock.now(),
      delivery: 'gone/1',
    });
    await office.work();
    const hosts = await database.pool.query(
      'select distinct p.name from groundcrew.office_session s left join groundcrew.person p on p.id = s.host',
    );
    expect(hosts.rows).toEqual([{ name: 'Grace' }]);
    expect(office.heard(host.account).at(-1)).toContain('has left.');
  });

  test('clocks change between sign-up and session: the time on the wall stays, ten minutes stay ten', async () => {
    const office = await openOffice(database, { start: '2026-03-27T09:00:00Z' });
    await planUsual(office, host, { day: '2026-03-30', at: '09:00', zone: 'Europe/Rome' });
    await signUp(office, bob, 1);
    expect(wordsOf(office.stands(bob.account)[0] as never)).toContain('You have 2026-03-30T07:00:00.000Z.');
    await office.until('2026-03-30T06:40:00Z');
    expect(await when(office, bob.account, 'It begins in a few minutes', '2026-03-30T08:00:00Z')).toBe(
      '2026-03-30T06:50:00.000Z',
    );
  });

  test('a zone whose rules changed is planned anew at the next start, and who signed up is told', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, dev, 1);
    // As if an older runtime had worked it out.
    await database.pool.query(
      `update groundcrew.office_session set starts = starts + interval '1 hour' where number = 1`,
    );
    await office.begin();
    expect((await sessions())[0]).toBe('2026-03-05 13:00 planned');
    expect(office.heard(dev.account).at(-1)).toContain(
      'it is 2026-03-05T13:00:00.000Z now, instead of 2026-03-05T14:00:00.000Z',
    );
    await office.begin();
    expect(office.heard(dev.account).filter((w) => w.includes('was moved'))).toHaveLength(1);
  });
});

test('the start of a process plans nothing twice, and plans eight weeks ahead', async () => {
  const office = await openOffice(database);
  await planUsual(office, grace);
  const count = async () =>
    (await database.pool.query('select count(*)::int from groundcrew.office_session')).rows[0].count;
  expect(await count()).toBe(8);
  await office.begin();
  await office.begin();
  expect(await count()).toBe(8);
  await office.until('2026-03-09T12:00:00Z', 24 * 60);
  expect(await count()).toBe(9);
});

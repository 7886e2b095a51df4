import { describe, expect, test } from 'vitest';
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
} from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

/** A demo on Thursday, 26 March 2026, 14:00 in Berlin: three weeks and three days after the office opens. */
const demo = {
  title: 'Platform demo',
  kind: 'demo',
  day: '2026-03-26',
  repeats: 'month',
  minutes: '30',
  slots: '',
  queue: 'true',
  about: 'What is new.',
};
const day = 24 * 60;
const agendaIn = (office: Office, place: string) => office.stands(place).filter((v) => v.id === 'demo.agenda');
const words = (office: Office, place: string) => agendaIn(office, place).map((v) => wordsOf(v));

async function plan(office: Office, host: Parameters<Office['say']>[0]): Promise<void> {
  await office.begin();
  await planUsual(office, host, demo);
}
async function show(office: Office, who: Parameters<Office['say']>[0], answers: Record<string, unknown>) {
  const asked = formIn(await office.push(who, 'demo.add', { n: 1 }));
  return office.send(who, asked, { ...asked.prior, ...answers });
}

/** Something that somebody asked for and that is there now. */
async function shipped(what: string): Promise<void> {
  await database.pool.query(
    `insert into groundcrew.feedback (requester, account, what, why, pain, state, created, changed, shipped)
     select id, 'slack:T1/UADA', $1, 'because', 3, 'shipped', '2026-03-01', '2026-03-10', '2026-03-10'
     from groundcrew.person order by created_at limit 1`,
    [what],
  );
}

describe.each<On>(['slack', 'teams'])('on %s', (on) => {
  const { dev, host, bob, eve } = both[on];
  const other = both[on === 'slack' ? 'teams' : 'slack'];

  test('has no times to take and no queue, whatever was chosen before it became a demo', async () => {
    const office = await openOffice(database);
    await office.begin();
    await planUsual(office, host, { ...demo, day: '2026-03-05', slots: '20', queue: 'true' });
    const { rows } = await database.pool.query('select slot_minutes, queue from groundcrew.office_series');
    expect(rows).toEqual([{ slot_minutes: null, queue: false }]);
    await office.pass(2 * day, day);
    const told = office.stands(channels[on]).filter((v) => v.id === 'office.announce');
    expect(told.map((v) => wordsOf(v))).toEqual([expect.stringContaining('Places: everybody is welcome')]);
  });

  test('people are asked two weeks before, and the agenda grows in that one message', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    await office.pass(9 * day);
    expect(agendaIn(office, channels[on])).toEqual([]);
    await office.pass(2 * day);
    for (const place of Object.values(channels)) {
      expect(words(office, place)).toEqual([expect.stringContaining('Nothing is on the agenda yet')]);
      expect(labels(agendaIn(office, place)[0])).toEqual(['Show something']);
    }
    await show(office, dev, { title: 'Faster\r\nbuilds <!channel>', minutes: '10' });
    await show(office, other.bob, { title: 'Logs', minutes: '15' });
    for (const place of Object.values(channels)) {
      const [agenda, ...more] = words(office, place);
      expect(more).toEqual([]);
      expect(agenda).toContain('25 of 30 minutes');
      expect(agenda).toContain('2026-03-26T13:00:00.000Z Faster builds <!channel>');
      expect(agenda).toContain('2026-03-26T13:10:00.000Z Logs');
    }
    // Nothing more is said while nothing changes, however often it is looked at.
    const before = office.slack.outgoing.length + office.teams.outgoing.length;
    await office.pass(30, 10);
    expect(office.slack.outgoing.length + office.teams.outgoing.length).toBe(before);
  });

  test('what does not fit is refused in the form, and the last minutes go to one', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    await office.pass(11 * day);
    const one = formIn(await office.push(dev, 'demo.add', { n: 1 }));
    const two = formIn(await office.push(other.bob, 'demo.add', { n: 1 }));
    await office.send(dev, one, { title: 'Long', minutes: '20' });
    const answer = await office.send(other.bob, two, { title: 'Too long', minutes: '20' });
    const reply = answer.replies[0];
    expect(reply?.kind === 'ask' && reply.asked.errors).toEqual({
      minutes: 'Only 10 minutes left. Please make it shorter.',
    });
    await show(office, bob, { title: 'Rest', minutes: '10' });
    expect(said(await office.push(eve, 'demo.add', { n: 1 }))).toContain('The agenda is full.');
  });

  test('what shipped is offered, once', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    await office.pass(11 * day);
    await shipped('Previews in a minute');
    const asked = formIn(await office.push(dev, 'demo.add', { n: 1 }));
    expect(JSON.stringify(asked.form)).toContain('#1: Previews in a minute');
    await office.send(dev, asked, { shipped: '1', minutes: '5' });
    expect(words(office, channels[on])[0]).toContain('Previews in a minute');
    expect(words(office, channels[on])[0]).toContain('shipped as #1');
    const again = formIn(await office.push(dev, 'demo.add', { n: 1 }));
    expect(JSON.stringify(again.form)).not.toContain('Previews');
  });

  test('hosts order the agenda, presenters take their own off, others do neither', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    await office.pass(11 * day);
    await show(office, dev, { title: 'First', minutes: '10' });
    await show(office, bob, { title: 'Second', minutes: '10' });
    expect(said(await office.push(dev, 'demo.earlier', { n: 1, item: 2 }))).toContain(
      'Only its presenter and the hosts',
    );
    expect(said(await office.push(dev, 'demo.remove', { n: 1, item: 2 }))).toContain(
      'Only its presenter and the hosts',
    );
    await office.push(host, 'demo.earlier', { n: 1, item: 2 });
    const order = () => /Second.*First/s.test(words(office, channels[on])[0] ?? '');
    expect(order()).toBe(true);
    await office.push(bob, 'demo.remove', { n: 1, item: 2 });
    expect(words(office, channels[on])[0]).not.toContain('Second');
    expect(said(await office.push(bob, 'demo.remove', { n: 1, item: 2 }))).toContain('not on the agenda any more');
  });

  test('presenters are reminded the day before where they are, and ten minutes before, also when it is moved', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    await office.pass(11 * day);
    await show(office, dev, { title: 'Faster builds', minutes: '10' });
    await office.push(host, 'office.move', { n: 1 }).then(async (moving) => {
      const asked = formIn(moving);
      await office.send(host, asked, { ...asked.prior, day: '2026-03-25', at: '15:00' });
    });
    await office.pass(5, 5);
    expect(words(office, channels[on])[0]).toContain('2026-03-25T14:00:00.000Z');
    const heard = () => office.heard(dev.account).filter((h) => h.includes('Faster builds'));
    // 13 March, 09:05 in UTC, to 24 March, 09:55: London is an hour behind the ten o’clock that is meant.
    await office.pass(11 * day);
    await office.pass(50, 10);
    expect(heard()).toEqual([]);
    await office.pass(10, 5);
    expect(heard()).toEqual([
      expect.stringContaining('A reminder: you show “Faster builds” at 2026-03-25T14:00:00.000Z'),
    ]);
    await office.pass(day);
    await office.pass(220, 55);
    expect(heard()).toHaveLength(1);
    await office.pass(15, 5);
    expect(heard()).toHaveLength(2);
    expect(heard()[1]).toContain('The demo begins in a few minutes');
  });

  test('a demo that is skipped says so where its agenda stood, and reminds nobody', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    await office.pass(11 * day);
    await show(office, dev, { title: 'Faster builds', minutes: '10' });
    await office.push(host, 'office.skip', { n: 1 });
    await office.pass(5, 5);
    expect(words(office, channels[on])[0]).toContain('does not take place');
    expect(labels(agendaIn(office, channels[on])[0])).toEqual([]);
    const before = office.heard(dev.account).length;
    await office.pass(15 * day, 5 * day);
    expect(
      office
        .heard(dev.account)
        .slice(before)
        .filter((h) => h.includes('Faster builds')),
    ).toEqual([]);
  });

  test('after it the host is asked for the recording, which stands with the agenda', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    await office.pass(11 * day);
    await show(office, dev, { title: 'Faster builds', minutes: '10' });
    await office.pass(13 * day);
    await office.pass(8 * 60, 60);
    const asked = office.heard(host.account).filter((h) => h.includes('The demo is over'));
    expect(asked).toHaveLength(1);
    const notes = formIn(await office.push(host, 'office.notes', { n: 1 }));
    const answer = await office.send(host, notes, {
      notes: 'Everybody liked it.',
      recording: 'https://video.acme.test/demo-1',
    });
    expect(said(answer)).toContain('It stands with the agenda now.');
    for (const place of Object.values(channels)) {
      expect(words(office, place)[0]).toContain('Everybody liked it.');
      expect(words(office, place)[0]).toContain('Watch the recording');
    }
  });

  test('the call that was missed while we were down is made at the next start, if it is of use', async () => {
    const office = await openOffice(database);
    await plan(office, host);
    office.clock.jump(20 * day * 60_000);
    await office.begin();
    await office.work();
    expect(words(office, channels[on])).toHaveLength(1);
    await office.begin();
    expect(words(office, channels[on])).toHaveLength(1);
  });
});

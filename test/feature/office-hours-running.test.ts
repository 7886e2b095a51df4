import { describe, expect, test } from 'vitest';
import type { View } from '../../src/core/kernel/index.ts';
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

/* A session from its beginning to what came of it: hosts and guests on both platforms, the card in both channels. */

const database = await ownDatabase();

const platforms: readonly On[] = ['slack', 'teams'];
const states = async (): Promise<Record<string, string>> => {
  const { rows } = await database.pool.query(
    'select p.name, s.state from groundcrew.office_seat s join groundcrew.person p on p.id = s.person order by s.nth',
  );
  return Object.fromEntries(rows.map((r) => [r.name, r.state]));
};
const words = (view: View | undefined): string => (view ? `${view.title}\n${wordsOf(view)}` : '');
const nameOf = async (name: string): Promise<string> =>
  (await database.pool.query('select id from groundcrew.person where name = $1', [name])).rows[0].id;
const card = (office: Office, on: On) => words(office.stands(channels[on]).at(-1));
const press = async (office: Office, who: (typeof both)['slack']['dev'], name: string, turn?: number) => {
  const answer = await office.push(who, `office.${name}`, turn === undefined ? { n: 1 } : { n: 1, turn });
  await office.seconds(2);
  return answer;
};

/** Thursday at two: Ada, Bob and Eve have their times, on different platforms, and it begins. */
async function begun(on: On) {
  const other: On = on === 'slack' ? 'teams' : 'slack';
  const office = await openOffice(database);
  const { host, dev } = both[on];
  const { bob, eve } = both[other];
  await planUsual(office, host);
  await signUp(office, dev, 1, { topic: 'The build cache is cold' });
  await signUp(office, bob, 1, { topic: 'Builds are slow, the cache never hits' });
  await signUp(office, eve, 1, { topic: 'How do I get a GPU?' });
  await office.until('2026-03-05T13:00:00Z');
  await office.seconds(1);
  return { office, host, dev, bob, eve, hal: both[other].hal };
}

describe.each(platforms)('hosted on %s', (on) => {
  test('the card shows who is now and next, here and missed, and who pressed Next is asked what came of it', async () => {
    const { office, host, dev, bob, eve } = await begun(on);
    const ada = await nameOf('Ada');
    for (const each of platforms) {
      expect(card(office, each)).toContain('Platform office hours: on now');
      expect(card(office, each)).toContain(`1. @${ada} · 2026-03-05T13:00:00.000Z\nThe build cache is cold`);
    }
    expect(labels(office.stands(channels[on]).at(-1))).toEqual([
      'I’m here',
      'Join the line',
      'Next',
      'We’re late',
      'End',
    ]);

    expect(said(await press(office, eve, 'here'))).toContain('You are third in the line: about 40 minutes.');
    expect(card(office, on)).toContain('· is here');

    await press(office, host, 'next', 0);
    for (const each of platforms) expect(card(office, each)).toContain(`Now: @${ada}, about The build cache is cold`);
    expect(office.heard(dev.account).at(-1)).toContain('It’s your turn');
    expect(office.heard(dev.account).at(-1)).toContain('Where: Join here');
    expect(office.heard(bob.account).at(-1)).toContain('You’re next. Please come to the call.');

    await office.pass(8);
    const ended = await press(office, host, 'next', 1);
    expect(said(ended)).toContain(`What came of it, with @${ada}? The build cache is cold`);
    expect(said(ended)).toContain('[Solved]');
    expect(await states()).toEqual({ Ada: 'done', Bob: 'now', Eve: 'in' });
    // What the first conversation took tells how long the next ones will.
    expect(said(await press(office, eve, 'here'))).toContain('You are next in the line: about 4 minutes.');
  });

  test('two hosts press Next at once: it advances once, and the other is told whom', async () => {
    const { office, host, hal } = await begun(on);
    const [one, two] = await Promise.all([
      office.engine.dispatch(office.press(host, 'office.next', { n: 1, turn: 0 })),
      office.engine.dispatch(office.press(hal, 'office.next', { n: 1, turn: 0 })),
    ]);
    expect(await states()).toEqual({ Ada: 'now', Bob: 'in', Eve: 'in' });
    const told = [said(one), said(two)].filter((w) => w.includes('Somebody was faster'));
    expect(told).toEqual([expect.stringContaining(`@${await nameOf('Ada')} was called already. Nothing was changed.`)]);
  });

  test('who can’t be found keeps the place, and comes next when they are there', async () => {
    const { office, host, dev } = await begun(on);
    await press(office, host, 'next', 0);
    await press(office, host, 'missing', 1);
    expect(await states()).toEqual({ Ada: 'missed', Bob: 'now', Eve: 'in' });
    expect(card(office, on)).toContain(`Not found: @${await nameOf('Ada')}. Press “I’m here”, and you’re next.`);
    expect(office.heard(dev.account).at(-1)).toContain('we could not find you. Your place is kept');
    expect(said(await press(office, dev, 'here'))).toContain('You are next in the line');
    await press(office, host, 'next', 2);
    expect(await states()).toEqual({ Ada: 'now', Bob: 'done', Eve: 'in' });
  });

  test('who comes with the same is grouped; what takes too long is taken offline', async () => {
    const { office, host, bob, eve } = await begun(on);
    await press(office, host, 'next', 0);
    const asked = formIn(await office.push(host, 'office.group', { n: 1, turn: 1 }));
    const others = asked.form.fields.others;
    expect(others?.kind === 'choices' && others.options.map((o) => o.label)).toEqual([
      'Bob: Builds are slow, the cache never hits',
      'Eve: How do I get a GPU?',
    ]);
    await office.send(host, asked, { others: [await nameOf('Bob')] });
    await office.seconds(2);
    expect(await states()).toEqual({ Ada: 'now', Bob: 'grouped', Eve: 'in' });
    expect(card(office, on)).toContain(`Together with @${await nameOf('Bob')}`);
    expect(office.heard(bob.account).at(-1)).toContain('both of you came with the same');
    await press(office, host, 'offline', 1);
    expect(await states()).toEqual({ Ada: 'offline', Bob: 'grouped', Eve: 'now' });
    expect(office.heard(eve.account).at(-1)).toContain('It’s your turn');
    expect(said(await office.send(host, asked, { others: [await nameOf('Eve')] }))).toContain('Sent already');
  });

  test('who says something else while it is on keeps their time, and is there', async () => {
    const { office, host, dev, bob, hal } = await begun(on);
    const places = async () =>
      (await database.pool.query('select state, slot from groundcrew.office_seat order by nth')).rows.map(
        (r) => `${r.state} ${r.slot}`,
      );
    await signUp(office, bob, 1, { topic: 'Something else' });
    expect(await places()).toEqual(['in 0', 'in 1', 'in 2']);
    await press(office, host, 'next', 0);
    await press(office, host, 'missing', 1);
    const changed = formIn(await office.push(dev, 'office.change', { n: 1 }));
    await office.send(dev, changed, { topic: 'I’m in the call' });
    expect(await places()).toEqual(['back 0', 'now 1', 'in 2']);
    await press(office, host, 'next', 2);
    expect(await places()).toEqual(['now 0', 'done 1', 'in 2']);
    await signUp(office, hal, 1);
    expect((await places()).at(-1)).toBe('waiting null');
  });

  test('a form that was opened before it began comes last in the line, whatever time it says', async () => {
    const office = await openOffice(database, { start: '2026-03-05T12:50:00Z' });
    const { host, dev } = both[on];
    const { bob } = both[on === 'slack' ? 'teams' : 'slack'];
    await planUsual(office, host);
    const early = formIn(await office.push(bob, 'office.sign-up', { n: 1 }));
    await signUp(office, dev, 1);
    await office.until('2026-03-05T13:00:00Z');
    await office.seconds(1);
    await press(office, host, 'next', 0);
    await press(office, host, 'next', 1);
    await office.send(bob, early, { topic: 'Mine', time: '0' });
    expect(await states()).toEqual({ Ada: 'done', Bob: 'waiting' });
  });

  test('who was swapped in for this one session hosts it, and nothing else', async () => {
    const office = await openOffice(database, { start: '2026-03-05T12:30:00Z' });
    const { host, dev } = both[on];
    const { bob } = both[on === 'slack' ? 'teams' : 'slack'];
    await planUsual(office, host);
    await signUp(office, dev, 1);
    const swap = formIn(await office.push(host, 'office.swap', { n: 1 }));
    await office.send(host, swap, { ...swap.prior, other: bob.account });
    expect(said(await office.push(bob, 'office.manage', { n: 1 }))).toContain('[Begin now]');
    expect(said(await press(office, bob, 'begin'))).toContain('It’s on');
    await press(office, bob, 'next', 0);
    expect(await states()).toEqual({ Ada: 'now' });
    for (const [name, value] of [
      ['manage', { n: 2 }],
      ['edit-series', { series: 1 }],
      ['end-series', { series: 1 }],
    ] as const)
      expect(said(await office.push(bob, `office.${name}`, value))).toContain('Only the hosts of');
    expect(said(await press(office, bob, 'finish'))).not.toContain('Only the hosts of');
    expect(await states()).toEqual({ Ada: 'done' });
  });

  test('who waits is told that it is late, as often as it is', async () => {
    const { office, host, eve } = await begun(on);
    const late = () => office.heard(eve.account).filter((w) => w.includes('running a little late')).length;
    expect(said(await press(office, host, 'late'))).toContain('3 of the line were told.');
    expect(late()).toBe(1);
    expect(said(await press(office, host, 'late'))).toContain('3 of the line were told.');
    expect(late()).toBe(2);
  });

  test('guests press nothing of the hosts’, drop-ins sign up while it is on, and the card is edited once a second', async () => {
    const { office, dev, host } = await begun(on);
    for (const name of ['next', 'missing', 'offline', 'group'])
      expect(said(await office.push(dev, `office.${name}`, { n: 1, turn: 0 }))).toContain(
        'Only the hosts of “Platform office hours”',
      );
    expect(said(await office.push(dev, 'office.finish', { n: 1 }))).toContain('Only the hosts');
    await office.say(both[on].hal, 'me');
    expect(said(await press(office, both[on].hal, 'here'))).toContain('You’re not in the line yet.');
    const cards = () =>
      [...office.slack.outgoing, ...office.teams.outgoing].flatMap((o) =>
        o.kind === 'edit' && o.view.id === 'office.card' ? [words(o.view)] : [],
      );
    const before = cards().length;
    for (let i = 0; i < 5; i++) await signUp(office, i % 2 ? host : both[on].hal, 1, { topic: `More ${i}` });
    // Five changes at one moment: the first is shown at once, the others together a second later, in both channels.
    expect(cards().length - before).toBe(2);
    await office.seconds(1);
    await office.seconds(1);
    expect(cards().length - before).toBe(4);
    expect(card(office, on)).toContain('More 4');
    expect(await states()).toMatchObject({ Hal: 'waiting', Grace: 'waiting' });
  });

  test('it ends: who came is thanked, who was not there is known, one tap makes a backlog item of theirs', async () => {
    const { office, host, dev, bob, eve } = await begun(on);
    await press(office, host, 'next', 0);
    await press(office, host, 'next', 1);
    await press(office, host, 'finish');
    expect(await states()).toEqual({ Ada: 'done', Bob: 'done', Eve: 'absent' });
    for (const each of platforms) {
      expect(card(office, each)).toContain('Platform office hours: over');
      expect(card(office, each)).toContain('2 conversations. Thank you for coming!');
    }
    expect(words(office.stands(dev.account).at(-1))).toContain(
      'Thank you for coming, and for what you brought (2026-03-05T13:00:00.000Z).',
    );
    expect(office.heard(eve.account).join()).not.toContain('Thank you');
    const wrap = () => office.stands(host.account).find((v) => v.id === 'office.wrap');
    expect(words(wrap())).toContain('2 came, 1 was not there.');

    const person = await nameOf('Ada');
    const made = await office.push(host, 'office.outcome', { n: 1, person, outcome: 'feedback' });
    expect(said(made)).toContain('It’s in the backlog as #1, with them as the one who asked.');
    await office.push(host, 'office.outcome', { n: 1, person, outcome: 'feedback' });
    await office.push(host, 'office.outcome', { n: 1, person: await nameOf('Bob'), outcome: 'document' });
    const { rows } = await database.pool.query('select requester, what from groundcrew.feedback');
    expect(rows).toEqual([{ requester: person, what: 'The build cache is cold' }]);
    expect(office.heard(dev.account).at(-1)).toContain('Your feedback #1');
    expect(words(wrap())).toContain(`@${person} · To the backlog (#1)`);

    const notes = formIn(await office.push(host, 'office.notes', { n: 1 }));
    await office.send(host, notes, { notes: 'Warm it with `make warm`.', recording: 'https://rec.acme.test/1' });
    expect(words(office.stands(bob.account).find((v) => v.id === 'office.thanks'))).toContain(
      'Warm it with `make warm`.',
    );
    expect(office.stands(eve.account).some((v) => v.id === 'office.thanks')).toBe(false);

    const gaps = said(await office.say(host, 'office-hours gaps'));
    expect(gaps).toContain('Builds are slow, the cache never hits\n2 times, by 2 people, 1 marked “To document”');
    expect(gaps).not.toContain('GPU');
  });

  test('it ends by itself half an hour late; whose turn never came though they were there is not called absent', async () => {
    const { office, host, eve } = await begun(on);
    await press(office, host, 'next', 0);
    await press(office, eve, 'here');
    await office.pass(100, 5);
    expect(await states()).toEqual({ Ada: 'done', Bob: 'absent', Eve: 'unmet' });
    expect(office.heard(eve.account).at(-1)).toContain('We ran out of time before it was your turn.');
    expect(said(await press(office, host, 'next', 1))).toContain('It’s over.');
  });
});

describe.each(platforms)('sooner than planned, on %s', (on) => {
  test('a host may begin within the hour before: everybody gets the link at once, and only once', async () => {
    const office = await openOffice(database);
    const { host, dev, bob, eve } = both[on];
    await planUsual(office, host);
    await office.say(bob, 'me');
    await signUp(office, dev, 1, { with: bob.account });
    await office.push(eve, 'office.remind', { n: 1 });
    expect(said(await office.push(host, 'office.begin', { n: 1 }))).toContain(
      'an hour before its time at the earliest',
    );
    await office.until('2026-03-05T12:30:00Z');
    expect(said(await office.push(dev, 'office.begin', { n: 1 }))).toContain('Only the hosts');
    expect(said(await office.push(host, 'office.begin', { n: 1 }))).toContain(
      'It’s on: the card stands in its channels.',
    );
    expect(said(await office.push(host, 'office.begin', { n: 1 }))).toContain('It’s on already.');
    await office.until('2026-03-05T13:05:00Z', 5);
    for (const who of [dev, bob, eve])
      expect(office.heard(who.account).filter((w) => /has begun|few minutes/.test(w))).toEqual([
        expect.stringContaining('It has begun, sooner than planned: 2026-03-05T13:00:00.000Z.'),
      ]);
    expect(labels(office.stands(bob.account).at(-1))).toEqual(['I’m here']);
    expect(said(await press(office, bob, 'here'))).toContain('You are next in the line');
    expect(office.heard(channels[on]).filter((w) => w.includes('on now'))).toHaveLength(1);
  });
});

test('a card that nobody used says nothing of who was there', async () => {
  const { office, host } = await begun('slack');
  await office.pass(100, 5);
  expect(await states()).toEqual({ Ada: 'in', Bob: 'in', Eve: 'in' });
  expect(words(office.stands(host.account).at(-1))).toContain('its card was not used: I don’t know who came');
  await office.push(host, 'office.outcome', { n: 1, person: await nameOf('Bob'), outcome: 'solved' });
  expect(await states()).toEqual({ Ada: 'in', Bob: 'done', Eve: 'in' });
});

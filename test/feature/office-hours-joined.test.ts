import { describe, expect, test } from 'vitest';
import type { Profile } from '../../src/core/kernel/index.ts';
import { both, formIn, human, labels, type Office, openOffice, planUsual, signUp } from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';
import { wordsOf } from '../support/words.ts';

/* Two logins sign up as strangers to each other, and turn out to be one person. */

const database = await ownDatabase();

const { host, bob } = both.slack;
const kim = { slack: human('slack', 'kim'), teams: human('teams', 'kim') } as const;
/** Their directories do not tell an address yet. */
const { email: _, ...slackKim } = kim.slack;
const { email: __, ...teamsKim } = kim.teams;
const strangers = { people: [slackKim, teamsKim] };

async function tells(office: Office, profile: Profile): Promise<void> {
  await office.engine.report({
    kind: 'observed',
    what: 'account.changed',
    input: { profile: { ...profile } },
    at: office.clock.now(),
    delivery: `changed/${profile.account}`,
  });
}
const seats = async () =>
  (await database.pool.query('select account, state, slot, topic from groundcrew.office_seat order by nth')).rows.map(
    (r) => `${r.account} ${r.state}${r.slot === null ? '' : ` ${r.slot}`}: ${r.topic}`,
  );
const eves = async () =>
  (await database.pool.query(`select key from groundcrew.due where job = 'office.eve' order by key`)).rows.length;

/** The platform that is told of last goes into the one that was there before. */
describe.each([
  ['Teams is told of last', [kim.slack, kim.teams]],
  ['Slack is told of last', [kim.teams, kim.slack]],
] as const)('%s', (_name, order) => {
  const become = async (office: Office) => {
    for (const profile of order) await tells(office, profile);
    await office.seconds(2);
  };

  test.each([
    ['on Slack', kim.slack, kim.teams],
    ['on Teams', kim.teams, kim.slack],
  ])('a time %s and a place on the waiting list: the time stays', async (_where, first, second) => {
    const office = await openOffice(database, strangers);
    await planUsual(office, host, { minutes: '20' });
    await signUp(office, first, 1, { topic: 'First' });
    await signUp(office, second, 1, { topic: 'Second' });
    await signUp(office, bob, 1, { topic: 'Bob' });
    await become(office);
    expect(await seats()).toEqual([`${first.account} in 0: First`, `${bob.account} waiting: Bob`]);
    // Who waited behind the second place has moved up, and reads so.
    expect(office.stands(bob.account).map((v) => wordsOf(v))).toEqual([
      expect.stringContaining('you are number 1 on the waiting list'),
    ]);
    expect(office.heard(first.account).at(-1)).toContain('yours is 2026-03-05T13:00:00.000Z');
    expect(await eves()).toBe(2);
  });

  test('two times: the one that was asked for first stays, the other goes to whoever waited', async () => {
    const office = await openOffice(database, strangers);
    await planUsual(office, host, { minutes: '40' });
    await signUp(office, kim.slack, 1, { topic: 'First', time: '1' });
    await signUp(office, kim.teams, 1, { topic: 'Second', time: '0', with: kim.slack.account });
    await signUp(office, bob, 1, { topic: 'Bob' });
    await become(office);
    expect(await seats()).toEqual([`${kim.slack.account} in 1: First`, `${bob.account} in 0: Bob`]);
    expect(office.heard(bob.account).at(-1)).toContain('A time became free, and it’s yours');
    // Nobody comes along with themselves, and what is shown is true on both platforms.
    expect((await database.pool.query('select * from groundcrew.office_with')).rows).toEqual([]);
    const shown = [...office.stands(kim.slack.account), ...office.stands(kim.teams.account)].map((v) => wordsOf(v));
    expect(shown.filter((w) => w.includes('You have 2026-03-05T13:20:00.000Z'))).toHaveLength(1);
    expect(shown.join('\n')).not.toContain('You have 2026-03-05T13:00:00.000Z');
    expect(shown.filter((w) => w.includes('How your place stands is in a message of its own'))).toHaveLength(1);

    // Either login changes the one place; one reminder the day before and one ten minutes before, whatever was planned.
    const change = formIn(await office.push(kim.teams, 'office.change', { n: 1 }));
    expect(change.prior).toMatchObject({ topic: 'First', time: '1' });
    office.clear();
    await office.until('2026-03-05T12:55:00Z', 60);
    const all = [...office.heard(kim.slack.account), ...office.heard(kim.teams.account)];
    expect(all.filter((w) => w.includes('A reminder'))).toHaveLength(1);
    expect(all.filter((w) => w.includes('It begins in a few minutes'))).toHaveLength(1);
  });

  test.each([
    ['Slack', kim.slack, kim.teams],
    ['Teams', kim.teams, kim.slack],
  ])('a place that was given back on %s takes nothing from the other', async (_where, gone, kept) => {
    const office = await openOffice(database, strangers);
    await planUsual(office, host);
    await signUp(office, gone, 1, { topic: 'Gone' });
    await office.push(gone, 'office.cancel', { n: 1 });
    await signUp(office, kept, 1, { topic: 'Kept' });
    await become(office);
    expect(await seats()).toEqual([`${kept.account} in 0: Kept`]);
    expect(await eves()).toBe(1);
  });

  test('during the session: who is in conversation stays in it, and leaves the line', async () => {
    const office = await openOffice(database, strangers);
    await planUsual(office, host, { queue: 'true', slots: '' });
    await signUp(office, kim.slack, 1, { topic: 'First' });
    await signUp(office, kim.teams, 1, { topic: 'Second' });
    await office.until('2026-03-05T13:00:00Z');
    await office.push(kim.slack, 'office.here', { n: 1 });
    await office.push(host, 'office.next', { n: 1, turn: 0 });
    await become(office);
    expect(await seats()).toEqual([`${kim.slack.account} now: First`]);
    await office.seconds(2);
    expect(labels(office.stands('slack:T1/COFFICE').at(-1))).toContain('Next');
  });
});

const rounds = 8;
test('two logins sign up and become one person at the same moment: one place each time', async () => {
  const pairs = Array.from(
    { length: rounds },
    (_n, i) => [human('slack', `twin${i}`), human('teams', `twin${i}`)] as const,
  );
  // No directory tells who they are before it is told below.
  const office = await openOffice(database, { people: pairs.flat().map(({ email: _email, ...login }) => login) });
  await planUsual(office, host, { minutes: '20' });
  for (const [i, pair] of pairs.entries()) {
    const n = i + 1;
    const forms: { readonly who: Profile; readonly id: string }[] = [];
    for (const who of pair) forms.push({ who, id: formIn(await office.push(who, 'office.sign-up', { n })).id });
    const answers = ({ who, id }: (typeof forms)[number]) => office.submit(who, id, { topic: 'x', time: 'first' });
    const [first, second] = forms.map(answers);
    if (!first || !second) throw new Error('each has a form');
    // In a third of the rounds one of them has signed up before.
    if (n % 3 === 0) await office.act(first);
    await Promise.all([
      office.engine.dispatch(second),
      ...(n % 3 === 0 ? [] : [office.engine.dispatch(first)]),
      ...pair.map((login) => tells(office, login)),
    ]);
    await office.seconds(1);
    const { rows } = await database.pool.query(
      `select count(*)::int as seats, count(distinct a.person)::int as people from groundcrew.office_seat s
       join groundcrew.account a on a.id = s.account where s.session = $1`,
      [n],
    );
    expect(rows, `round ${n}`).toEqual([{ seats: 1, people: 1 }]);
  }
});

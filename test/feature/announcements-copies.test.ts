import { afterAll, beforeEach, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import type { Delivered, Outgoing, PlaceId, Profile } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, adaTeams, askedIn, grace, graceTeams, type House, mira, openHouse } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/* The copies of an announcement in the channels of both platforms: that do not get there, that somebody deletes, and that people react to. */

const database = await openTestDatabase();
afterAll(() => database.close());
beforeEach(() => database.empty());

const news = {
  slack: 'slack:T1/CNEWS',
  teams: 'teams:11111111-1111-4111-8111-111111111111/19:news@thread.tacv2',
} as const;
const settings = settingsSchema.parse({
  roles: { platform: { emails: ['grace@acme.test'] }, product: { emails: ['mira@acme.test'] } },
  channels: { updates: Object.values(news) },
});
const settled = { settings: () => settings };
/** Somebody announces it, in all channels. */
async function announced(house: House, who: Profile = grace): Promise<void> {
  await house.engine.start();
  const asked = askedIn(await house.act(house.command(who, 'announce')));
  await house.act(house.submit(who, asked, { kind: 'new', title: 'Previews', text: 'In a minute.' }));
  await house.act(house.press(who, presses.post, { number: 1 }));
}
async function minute(house: House): Promise<void> {
  house.clock.jump(60_000);
  await house.sweep();
  await house.work();
}
const posted = (house: House, platform: 'slack' | 'teams') =>
  house[platform].outgoing.filter((o: Outgoing) => o.kind === 'post' && o.key === 'announcement/1').length;
const losses = (house: House, platform: 'slack' | 'teams') =>
  house[platform].outgoing.flatMap((o) =>
    o.kind === 'direct' && o.key.startsWith('announcement/1/lost/') ? [wordsOf(o.view)] : [],
  );
const archived: Delivered = { is: 'gone', what: 'place', why: 'it is archived' };

test.each([
  ['slack', 'teams', graceTeams],
  ['teams', 'slack', grace],
] as const)('%s does not take it: its author hears of each failure, and tries again', async (away, other, who) => {
  const house = openHouse(database, settled);
  /** How often it was handed to them, taken or not. */
  const posts = (platform: 'slack' | 'teams') => posted(house, platform);
  const lost = () => losses(house, other);
  const again = async () => {
    const answer = await house.act(house.press(who, presses.again, { number: 1 }));
    return answer.replies.flatMap((r) => (r.kind === 'whisper' ? [wordsOf(r.view)] : [])).join();
  };

  house[away].next.push(archived);
  await announced(house, who);
  expect([posts(away), posts(other)]).toEqual([1, 1]);
  await minute(house);
  expect(lost()).toHaveLength(1);
  expect(lost()[0]).toContain('it is archived');
  expect(lost()[0]).toContain('[Try again]');

  // Not mended yet.
  house[away].next.push(archived);
  expect(await again()).toContain('once more where it was not');
  await minute(house);
  expect([posts(away), posts(other)]).toEqual([2, 1]);
  expect(lost()).toHaveLength(2);

  await again();
  expect([posts(away), posts(other)]).toEqual([3, 1]);
  await minute(house);
  expect(await again()).toContain('It stands everywhere');
  expect([posts(away), posts(other)]).toEqual([3, 1]);
  expect(lost()).toHaveLength(2);
  await house.engine.stop();
});

test('what is on its way is not posted twice, however often somebody presses; what was taken back stays so', async () => {
  const house = openHouse(database, settled);
  house.teams.next.push({ is: 'later', after: 5_000, why: 'ratelimited' }, archived);
  await announced(house);
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

const deleted: Delivered = { is: 'gone', what: 'message', why: 'message_not_found' };
test.each(['slack', 'teams'] as const)(
  'taken back in %s, a copy that somebody deleted is no loss; a channel that is gone is',
  async (away) => {
    const house = openHouse(database, settled);
    await announced(house, graceTeams);
    house[away].next.push(deleted);
    const retract = askedIn(await house.act(house.press(graceTeams, presses.retract, { number: 1 })));
    await house.act(house.submit(graceTeams, retract, { why: 'No.' }));
    await minute(house);
    expect([...losses(house, 'slack'), ...losses(house, 'teams')]).toEqual([]);
    const cards = house.teams.outgoing.flatMap((o) => (o.view.id === 'announcement.card' ? [wordsOf(o.view)] : []));
    expect(cards.at(-1)).toContain(`${away === 'slack' ? 'Slack' : 'Microsoft Teams'}: deleted there`);
    expect([posted(house, 'slack'), posted(house, 'teams')]).toEqual([1, 1]);
    await house.engine.stop();
  },
);

test('a channel that is gone when it is taken back is told, to those who could have written it once its author left', async () => {
  const house = openHouse(database, settled);
  await house.act(house.command(mira, 'help'));
  await announced(house, graceTeams);
  await house.store.direct.features.people.left(graceTeams.account);
  house.teams.next.push(archived);
  const retract = askedIn(await house.act(house.press(mira, presses.retract, { number: 1 })));
  await house.act(house.submit(mira, retract, { why: 'No.' }));
  await minute(house);
  expect(losses(house, 'slack').join()).toContain('it is archived');
  await house.engine.stop();
});

test('one whose messages are older than is remembered is corrected where it is listed, and posted nowhere anew', async () => {
  const house = openHouse(database, settled);
  await announced(house);
  await database.pool.query(
    `delete from groundcrew.message; update groundcrew.announcement set posted = posted - interval '400 days'`,
  );
  const change = askedIn(await house.act(house.press(grace, presses.edit, { number: 1 })));
  const answer = await house.act(
    house.submit(grace, change, { kind: 'new', title: 'Previews', text: 'In two minutes.' }),
  );
  expect(JSON.stringify(answer.replies)).toContain('older than I remember');
  const again = await house.act(house.press(grace, presses.again, { number: 1 }));
  expect(JSON.stringify(again.replies)).toContain('nothing was posted');
  await minute(house);
  expect([posted(house, 'slack'), posted(house, 'teams')]).toEqual([1, 1]);
  await house.engine.stop();
});

test('whoever reacts is counted once, over both platforms and all reactions, until they take back the last one', async () => {
  const house = openHouse(database, settled);
  for (const who of [ada, adaTeams, mira]) await house.act(house.command(who, 'help'));
  await announced(house);
  // What is looked after anyway is over.
  await minute(house);
  const { rows } = await database.pool.query(
    `select key, slot, place, native from groundcrew.message where key like 'announcement/1%' order by key`,
  );
  const at = (key: string, slot?: string) => rows.find((r) => r.key === key && (slot === undefined || r.slot === slot));
  const react = (who: Profile, to: { place: string; native: string }, added: string[], removed: string[] = []) =>
    house.act(
      house.from<'reacted'>(who, {
        kind: 'reacted',
        native: to.native,
        added,
        removed,
        place: to.place as PlaceId,
      } as never),
    );
  const slack = at('announcement/1', news.slack);
  const teams = at('announcement/1', news.teams);
  const counted = () => house.store.direct.features.announcements.reactedBy(1);

  await react(ada, slack, ['eyes', 'x'.repeat(500)]);
  await react(adaTeams, teams, ['like']);
  expect(await counted()).toBe(1);
  const longest = await database.pool.query('select max(length(name)) as n from groundcrew.announcement_reaction');
  expect(longest.rows[0].n).toBe(100);
  await react(mira, slack, ['-1']);
  await react(mira, slack, ['-1']);
  expect(await counted()).toBe(2);
  await react(mira, slack, [], ['-1', 'never']);
  expect(await counted()).toBe(1);
  // The author’s preview, and what is no message of ours.
  await react(mira, at('announcement/1/preview/slack'), ['tada']);
  await react(mira, { place: news.slack, native: 'nothing' }, ['tada']);
  expect(await counted()).toBe(1);

  await minute(house);
  const cards = house.slack.outgoing.flatMap((o) => (o.view.id === 'announcement.card' ? [wordsOf(o.view)] : []));
  expect(cards.at(-1)).toContain('Reacted: one person');
  await house.engine.stop();
});

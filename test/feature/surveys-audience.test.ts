import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type AccountId, Problem, type Profile } from '../../src/core/kernel/index.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace, type House, openHouse, recordingPlatform, settings } from '../support/house.ts';
import { days, meet, minutes, onSlack, onTeams, opened, pass, survey, toldTo } from '../support/surveys.ts';
import { wordsOf } from '../support/words.ts';

/* Whom a survey asks, and when: those who are in its channels and groups when it opens, each once, at a civil hour. */

const database = await openTestDatabase();
afterAll(() => database.close());

const slackChannel = 'slack:T1/C0PLATFORM';
const teamsChannel = 'teams:11111111-1111-4111-8111-111111111111/19:platform@thread.tacv2';
const hours = (n: number) => minutes(60 * n);

let house: House;
let directory: { readonly slack: Profile[]; readonly teams: Profile[] };
let current: Settings;
beforeEach(async () => {
  await database.empty();
  directory = { slack: [grace], teams: [] };
  current = settings;
  house = openHouse(database, {
    // A Monday, at eleven in London.
    clock: virtualClock('2026-03-02T11:00:00Z'),
    slack: recordingPlatform('slack', directory.slack),
    teams: recordingPlatform('teams', directory.teams),
    settings: () => current,
  });
  await house.engine.start();
  await meet(house, grace);
});
afterEach(() => house.engine.stop());

/** They are in the directories of their platforms, and the bot has never heard of them. */
function exist(...people: readonly Profile[]): readonly AccountId[] {
  for (const p of people) (p.account.startsWith('slack') ? directory.slack : directory.teams).push(p);
  return people.map((p) => p.account);
}
const inChannels = () => survey({ audience: { channels: [slackChannel, teamsChannel] } });
const asked = (people: readonly Profile[]) => people.filter((p) => toldTo(house, p).length > 0).map((p) => p.account);
const toldGrace = () => toldTo(house, grace).map(wordsOf).join('\n');
/** The channels are read, whoever is new is looked up, and all are asked. */
const settled = () => pass(house, minutes(1));

test('a channel on each platform: who never met the bot is asked, on both platforms once, and no guest or bot', async () => {
  const [one, both, guest, bot] = [onSlack(1), onSlack(2), onSlack(3, { guest: true }), onSlack(4, { active: false })];
  const [bothToo, three, visitor] = [onTeams(2), onTeams(5), onTeams(6, { guest: true })];
  house.slack.groups.set(slackChannel, exist(one, both, guest, bot));
  house.teams.groups.set(teamsChannel, exist(bothToo, three, visitor));
  await opened(house, inChannels());
  await settled();
  expect(asked([one, three])).toEqual([one.account, three.account]);
  expect(asked([both, bothToo])).toHaveLength(1);
  expect(asked([guest, bot, visitor])).toEqual([]);
  expect(toldGrace()).toContain('is open for 3 people');

  // Who comes later is not asked, and who leaves stays asked: it was fixed when it opened.
  const late = onSlack(7);
  house.slack.groups.set(slackChannel, exist(late));
  await pass(house, days(4));
  expect(asked([late])).toEqual([]);
  expect(toldTo(house, one)).toHaveLength(2);
});

test('a Slack user group and a Teams team are read as well, though groundcrew.yaml knows neither', async () => {
  const [one, two] = [onSlack(1), onTeams(2)];
  house.slack.groups.set('data-people', exist(one));
  house.teams.groups.set('19:data@thread.tacv2', exist(two));
  await opened(
    house,
    survey({ audience: { slackUserGroups: ['data-people'], microsoftTeams: ['19:data@thread.tacv2'] } }),
  );
  await settled();
  expect(asked([one, two])).toEqual([one.account, two.account]);
});

test('what can’t be read is said to whoever opened it, and the others are asked', async () => {
  const [one] = [onTeams(1)];
  house.teams.groups.set(teamsChannel, exist(one));
  house.slack.members = async () => {
    throw new Problem('channel_unreadable', 'The members of the channel C0PLATFORM could not be read: not_in_channel.');
  };
  await opened(house, inChannels());
  await settled();
  expect(asked([one])).toEqual([one.account]);
  expect(toldGrace()).toContain('Not all of its audience could be read');
  expect(toldGrace()).toContain('could not be read: not_in_channel');
});

test('while a platform is away it waits, and asks everybody when it is back', async () => {
  const [one, two] = [onSlack(1), onTeams(2)];
  house.slack.groups.set(slackChannel, exist(one));
  house.teams.groups.set(teamsChannel, exist(two));
  const { members } = house.slack;
  house.slack.members = async () => {
    throw new Problem('slack_unavailable', 'Slack did not answer.');
  };
  await opened(house, inChannels());
  await settled();
  expect(asked([one, two])).toEqual([]);
  house.slack.members = members;
  await pass(house, minutes(2));
  await settled();
  expect(asked([one, two])).toEqual([one.account, two.account]);
  expect(toldGrace()).not.toContain('Not all of its audience');
});

test('an empty channel is no mistake of the program: it is said', async () => {
  await opened(house, inChannels());
  await settled();
  expect(toldGrace()).toContain('asks nobody');
  expect(toldGrace()).toContain(`${slackChannel} has no members that I can see.`);
});

test('guests are not asked by “everyone” either, on neither platform', async () => {
  const people = [onSlack(1), onTeams(2), onSlack(3, { guest: true }), onTeams(4, { guest: true })];
  await meet(house, ...people);
  await opened(house, survey({ audience: { everyone: true } }));
  await pass(house, 1_000);
  expect(asked(people)).toEqual([people[0]?.account, people[1]?.account]);
});

test('nobody is asked or reminded on a holiday of where they are, on either platform', async () => {
  const { holidays } = settingsSchema.parse({
    holidays: [{ days: ['2026-03-02', '03-06'], zones: ['Europe/London'] }, { days: ['2026-03-03'] }],
  });
  current = { ...settings, holidays };
  const here = [onSlack(1), onTeams(2)];
  const there = [onSlack(3, { zone: 'Europe/Lisbon' }), onTeams(4, { zone: 'Europe/Lisbon' })];
  await meet(house, ...here, ...there);
  await opened(house, survey({ audience: { emails: [...here, ...there].map((p) => p.email as string) } }));
  await pass(house, 1_000);
  expect(asked([...here, ...there])).toEqual(there.map((p) => p.account));
  await pass(house, days(1));
  expect(asked(here)).toEqual([]);
  await pass(house, days(1));
  expect(asked(here)).toEqual(here.map((p) => p.account));
  // The reminder falls on the sixth, a Friday, which is a holiday in London each year.
  await pass(house, days(2));
  expect([...here, ...there].map((p) => toldTo(house, p).length)).toEqual([1, 1, 2, 2]);
  await pass(house, days(3));
  expect([...here, ...there].map((p) => toldTo(house, p).length)).toEqual([2, 2, 2, 2]);
});

test('who wants no disturbance on Slack is asked after that, at a working hour; on Teams nobody tells us', async () => {
  const [one, evening, two] = [onSlack(1), onSlack(2), onTeams(3)];
  await meet(house, one, evening, two);
  house.slack.quiets.push(
    { account: one.account, until: new Date('2026-03-02T13:00:00Z') },
    { account: evening.account, until: new Date('2026-03-02T19:00:00Z') },
  );
  await opened(house, survey({ audience: { emails: [one, evening, two].map((p) => p.email as string) } }));
  await pass(house, 1_000);
  expect(asked([one, evening, two])).toEqual([two.account]);
  house.slack.quiets.length = 0;
  await pass(house, hours(1));
  expect(asked([one])).toEqual([]);
  await pass(house, hours(1));
  expect(asked([one, evening])).toEqual([one.account]);
  await pass(house, hours(7));
  expect(asked([evening])).toEqual([]);
  await pass(house, hours(14));
  expect(asked([evening])).toEqual([evening.account]);
  expect([one, evening, two].map((p) => toldTo(house, p).length)).toEqual([1, 1, 1]);
});

test('who takes their card while Slack is asked about them is not asked again, and not reminded early', async () => {
  const one = onSlack(1);
  await meet(house, one);
  const { quiet } = house.slack;
  house.slack.quiet = async () => {
    throw new Problem('slack_unavailable', 'Slack did not answer.');
  };
  await opened(house, survey({ audience: { emails: [one.email as string] }, remindAfterDays: [] }));
  await pass(house, minutes(1));
  expect(asked([one])).toEqual([]);
  await house.act(house.command(one, 'survey'));
  expect(toldTo(house, one)).toHaveLength(1);
  house.slack.quiet = quiet;
  await pass(house, minutes(5));
  await pass(house, days(1));
  expect(toldTo(house, one)).toHaveLength(1);
});

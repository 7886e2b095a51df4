import { expect, test } from 'vitest';
import type { Effect, PersonId } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { ada, grace, mira, openHouse, settings, triageSlack } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage } from '../support/stage.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const withRoles = (roles: object) => ({ ...settings, roles: settingsSchema.parse({ roles }).roles });
const gone = { place: triageSlack, why: 'chat.postMessage: not_in_channel' };
const tells = (effects: readonly Effect[]) => effects.flatMap((e) => (e.kind === 'tell' ? [e] : []));

test.each([
  ['the admins', { admin: { emails: ['ada@acme.test'] }, platform: { emails: ['grace@acme.test'] } }, [0]],
  ['the platform engineers where there are no admins', { platform: { emails: ['grace@acme.test'] } }, [1]],
  ['nobody where there is nobody', { product: { emails: ['mira@acme.test'] } }, []],
])('a channel that is gone is told to %s', async (_, roles, who) => {
  const stage = openStage(database, () => withRoles(roles));
  const ids = await stage.meet(ada, grace, mira);
  const at = stage.now();
  const { effects } = await stage.run({ kind: 'observed', what: 'place.gone', input: gone, at, delivery: 'x' });
  expect(tells(effects).map((e) => e.person)).toEqual(who.map((n) => ids[n]));
  expect(tells(effects)).toHaveLength(effects.length);
  for (const { key, view } of tells(effects)) {
    expect(key).toBe(`place.gone/${triageSlack}/2026-03-02`);
    expect(wordsOf(view)).toContain(`I can’t post in #${triageSlack}: chat.postMessage: not_in_channel.`);
    expect(wordsOf(view)).toContain('/invite @Groundcrew');
  }
});

test('an access that was taken away is told by the platform’s name, and what to do', async () => {
  const stage = openStage(database);
  const [, graceId] = (await stage.meet(ada, grace)) as [PersonId, PersonId];
  const at = stage.now();
  const input = { platform: 'teams' };
  const { effects } = await stage.run({ kind: 'observed', what: 'platform.revoked', input, at, delivery: 'x' });
  const [told, ...rest] = tells(effects);
  expect(rest).toEqual([]);
  expect(told).toMatchObject({ person: graceId, key: 'platform.revoked/teams/2026-03-02' });
  expect(told && wordsOf(told.view)).toContain('Microsoft Teams revoked my token or removed the app.');
  expect(told && wordsOf(told.view)).toContain('Install the app again');
});

test('the same alarm is told once a day, however often it is seen', async () => {
  const house = openHouse(database);
  await house.engine.start();
  await house.act(house.command(grace, 'me'));
  let n = 0;
  const see = async () => {
    n += 1;
    const at = house.clock.now();
    await house.engine.report({ kind: 'observed', what: 'place.gone', input: gone, at, delivery: `seen/${n}` });
    await house.work();
  };
  for (let i = 0; i < 5; i++) await see();
  expect(house.slack.outgoing.map((o) => o.view.id)).toEqual(['operations.alarm']);
  house.clock.jump(15 * 3_600_000);
  for (let i = 0; i < 5; i++) await see();
  expect(house.slack.outgoing.map((o) => o.view.id)).toEqual(['operations.alarm', 'operations.alarm']);
  await house.engine.stop();
});

test('what was tried for a day and given up is told once a day', async () => {
  const stage = openStage(database);
  const [, graceId] = (await stage.meet(ada, grace)) as [PersonId, PersonId];
  const at = stage.now();
  const input = { action: 'people.roster', why: 'missing_scope' };
  const { effects } = await stage.run({ kind: 'observed', what: 'action.gave-up', input, at, delivery: 'x' });
  expect(tells(effects).map((e) => [e.person, e.key])).toEqual([[graceId, 'action.gave-up/people.roster/2026-03-02']]);
  for (const { view } of tells(effects)) expect(wordsOf(view)).toContain('I tried people.roster for a day');
});

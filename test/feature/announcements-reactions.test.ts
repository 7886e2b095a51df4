import { afterAll, beforeEach, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import type { PlaceId, Profile } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, adaTeams, askedIn, grace, mira, openHouse } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/* Reactions to the copies of an announcement, on both platforms: each human is counted once. */

const database = await openTestDatabase();
afterAll(() => database.close());
beforeEach(() => database.empty());

const news = {
  slack: 'slack:T1/CNEWS',
  teams: 'teams:11111111-1111-4111-8111-111111111111/19:news@thread.tacv2',
} as const;
const settings = settingsSchema.parse({
  roles: { platform: { emails: ['grace@acme.test'] } },
  channels: { updates: Object.values(news) },
});

test('whoever reacts is counted once, over both platforms and all reactions, until they take back the last one', async () => {
  const house = openHouse(database, { settings: () => settings });
  await house.engine.start();
  for (const who of [ada, adaTeams, mira]) await house.act(house.command(who, 'help'));
  const asked = askedIn(await house.act(house.command(grace, 'announce')));
  await house.act(house.submit(grace, asked, { kind: 'new', title: 'Previews', text: 'In a minute.' }));
  await house.act(house.press(grace, presses.post, { number: 1 }));
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
  await react(mira, slack, ['-1']);
  await react(mira, slack, ['-1']);
  expect(await counted()).toBe(2);
  await react(mira, slack, [], ['-1', 'never']);
  expect(await counted()).toBe(1);
  // The author’s preview, and what is no message of ours.
  await react(mira, at('announcement/1/preview/slack'), ['tada']);
  await react(mira, { place: news.slack, native: 'nothing' }, ['tada']);
  expect(await counted()).toBe(1);

  house.clock.jump(60_000);
  await house.sweep();
  await house.work();
  const cards = house.slack.outgoing.flatMap((o) => (o.view.id === 'announcement.card' ? [wordsOf(o.view)] : []));
  expect(cards.at(-1)).toContain('Reacted: one person');
  await house.engine.stop();
});

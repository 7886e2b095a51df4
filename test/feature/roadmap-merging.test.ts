import fc from 'fast-check';
import { expect, test } from 'vitest';
import { presses } from '../../src/core/feedback/buttons.ts';
import type { Effect, PersonId, Profile } from '../../src/core/kernel/index.ts';
import { ada, askedIn, grace, graceTeams, mira, openHouse } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage } from '../support/stage.ts';

const database = await ownDatabase();

const people: readonly Profile[] = Array.from({ length: 5 }, (_, i) => ({
  ...ada,
  account: `slack:T1/UP${i}` as never,
  name: `P${i}`,
  email: `p${i}@acme.test`,
}));
const someone = fc.nat({ max: people.length - 1 });
const some = fc.nat({ max: 3 });
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('meToo' as const), who: someone, item: some }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('merge' as const), item: some, into: some }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('unmerge' as const), item: some }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('ship' as const), item: some }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('mute' as const), who: someone, item: some }) },
);

/** What should be so, kept beside it in the simplest way there is. */
type Kept = {
  into?: number;
  wants: Set<number>;
  muted: Set<number>;
  shipped: boolean;
  /** Who was told that it is there, since it shipped last; and whether somebody else is to be told. */
  heard: Set<number>;
  pending: boolean;
};
function below(items: readonly Kept[], root: number): readonly number[] {
  return [root, ...items.flatMap((item, i) => (item.into === root ? below(items, i) : []))];
}
const rootOf = (items: readonly Kept[], at: number): number => {
  const into = items[at]?.into;
  return into === undefined ? at : rootOf(items, into);
};
/** Who hears of an item: whoever wants any part of it, unless they muted that part or a whole that it is in. */
function hears(items: readonly Kept[], root: number, mutedAbove: ReadonlySet<number> = new Set()): Set<number> {
  const item = items[root] as Kept;
  const muted = new Set([...mutedAbove, ...item.muted]);
  const own = [...item.wants].filter((who) => !muted.has(who));
  return new Set([...own, ...items.flatMap((i, at) => (i.into === root ? [...hears(items, at, muted)] : []))]);
}

test('merged and taken apart in any order, nobody is lost and nobody is told twice', async () => {
  let ships = 0;
  let merges = 0;
  let late = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 12, maxLength: 20 }), async (deeds) => {
      await database.empty();
      const stage = openStage(database);
      const ids = await stage.meet(...people, grace);
      const items: Kept[] = [];
      const { feedback, roadmap } = stage.store.direct.features;
      for (const who of [0, 1, 2, 3]) {
        const { account } = people[who] as Profile;
        const requester = ids[who] as PersonId;
        await feedback.add({ requester, account, what: 'x', why: 'y', pain: 3, created: stage.now() });
        items.push({ wants: new Set([who]), muted: new Set(), shipped: false, heard: new Set(), pending: false });
      }
      for (const each of deeds) {
        stage.pass(10);
        const item = items[each.item];
        if (each.is === 'meToo') {
          const root = rootOf(items, each.item);
          const kept = items[root] as Kept;
          await stage.press(people[each.who] as Profile, presses.meToo, { number: root + 1 });
          kept.wants.add(each.who);
          kept.muted.delete(each.who);
        } else if (each.is === 'mute') {
          const root = rootOf(items, each.item);
          await stage.press(people[each.who] as Profile, presses.mute, { number: each.item + 1 });
          items[root]?.muted.add(each.who);
        } else if (each.is === 'merge') {
          const [ask] = (await stage.press(grace, 'roadmap.bond', { number: each.item + 1, bond: 'merge' })).effects;
          const { errors } = await stage.fill(grace, ask, { other: String(each.into + 1) });
          const into = rootOf(items, each.into);
          const may = item?.into === undefined && items[each.into] !== undefined && into !== each.item;
          expect(errors === undefined, JSON.stringify(deeds)).toBe(may);
          if (may && item) {
            item.into = into;
            merges += 1;
            const whole = items[into] as Kept;
            if (whole.shipped && (!item.shipped || item.pending)) {
              whole.pending = true;
              late += 1;
            }
            item.pending = false;
          }
        } else if (each.is === 'unmerge') {
          await stage.press(grace, presses.unmerge, { number: each.item + 1 });
          if (item) delete item.into;
        } else if (item?.into === undefined && item) {
          const move = item.shipped ? 'reopen' : 'ship';
          const [ask] = (await stage.press(grace, presses.move, { number: each.item + 1, move })).effects;
          item.shipped = !item.shipped;
          item.heard.clear();
          item.pending = item.shipped;
          if (move === 'reopen') continue;
          await stage.fill(grace, ask as Effect, { words: 'Here.' });
          stage.pass(5);
          const { effects } = await stage.due('roadmap.tell', {});
          const told = effects.flatMap((e) => (e.kind === 'tell' ? [ids.indexOf(e.person)] : []));
          const due = new Set<number>();
          for (const [at, one] of items.entries()) {
            if (!one.pending) continue;
            const fresh = [...hears(items, at)].filter((who) => !one.heard.has(who));
            for (const who of fresh) due.add(who);
            one.heard = one.heard.union(new Set(fresh));
            one.pending = false;
          }
          expect(told.toSorted(), JSON.stringify(deeds)).toEqual([...due].toSorted());
          ships += 1;
        }
        for (const [at, { into }] of items.entries()) {
          expect(await roadmap.rootOf(at + 1)).toBe(rootOf(items, at) + 1);
          if (into !== undefined) continue;
          const wants = new Set(below(items, at).flatMap((i) => [...(items[i]?.wants ?? [])]));
          expect((await roadmap.counts([at + 1])).get(at + 1), JSON.stringify(deeds)).toEqual([
            { asked: wants.size, affected: 0 },
          ]);
        }
      }
    }),
    { numRuns: 15, seed: 7 },
  );
  expect(ships).toBeGreaterThan(10);
  expect(merges).toBeGreaterThan(10);
  expect(late).toBeGreaterThan(2);
}, 120_000);

test('those who merge at the same moment make no circle', async () => {
  const house = openHouse(database);
  await house.engine.start();
  for (const what of ['Faster builds', 'GPU notebooks', 'Preview databases', 'Dark mode']) {
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what, why: 'x', pain: '4' }));
  }
  await house.act(house.command(grace, 'me'));
  const pairs = [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 1],
  ] as const;
  const forms: string[] = [];
  for (const [number] of pairs)
    forms.push(askedIn(await house.act(house.press(grace, 'roadmap.bond', { number, bond: 'merge' }))));
  const answers = await Promise.all(
    pairs.map(([, other], i) => house.act(house.submit(grace, forms[i] ?? '', { other: String(other) }))),
  );
  const refused = answers.filter((a) => a.replies.some((r) => r.kind === 'ask' && 'other' in r.asked.errors));
  expect(refused).toHaveLength(1);
  const { roadmap } = house.store.direct.features;
  expect(new Set(await Promise.all([1, 2, 3, 4].map((n) => roadmap.rootOf(n)))).size).toBe(1);
});

test('one human with two logins is one voice, also when that comes out later', async () => {
  const stage = openStage(database);
  const [, id] = (await stage.meet(mira, grace)) as [PersonId, PersonId];
  const { feedback, roadmap, people: known } = stage.store.direct.features;
  await feedback.add({
    requester: (await known.byAccount(mira.account))?.id as PersonId,
    account: mira.account,
    what: 'x',
    why: 'y',
    pain: 3,
    created: stage.now(),
  });
  await known.arrive(graceTeams.account, {}, stage.now());
  await stage.press(grace, presses.meToo, { number: 1 });
  await stage.press(graceTeams, presses.meToo, { number: 1 });
  expect((await roadmap.counts([1])).get(1)).toEqual([{ asked: 3, affected: 0 }]);
  await known.learn(graceTeams, stage.now());
  expect((await roadmap.counts([1])).get(1)).toEqual([{ asked: 2, affected: 0 }]);
  expect((await roadmap.voices(1)).map((v) => v.person)).toEqual([id]);
});

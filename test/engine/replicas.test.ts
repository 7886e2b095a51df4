import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Delivered, Outgoing, PlaceId } from '../../src/core/kernel/index.ts';
import { ada, adaTeams, grace, openHouse, recordingPlatform } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { createProbe, edit, say, view } from '../support/probe.ts';

const database = await ownDatabase();

/** Two processes over one database and one Slack. What was confirmed is kept in its order. */
async function open(misbehave: (o: Outgoing, n: number) => Delivered | undefined = () => undefined) {
  const slack = recordingPlatform('slack', [ada, grace]);
  const confirmed: { readonly lane: string; readonly words: string; readonly by: number }[] = [];
  const inFlight = new Map<string, number>();
  const news = new Map<string, PromiseWithResolvers<void>>();
  const happened = (lane: string) => {
    news.get(lane)?.resolve();
    news.set(lane, Promise.withResolvers());
  };
  let overlaps = 0;
  let calls = 0;
  const replica = async (by: number) => {
    const probe = createProbe();
    const platform = {
      ...slack,
      async deliver(o: Outgoing): Promise<Delivered> {
        const lane = 'place' in o ? o.place : o.account;
        const others = inFlight.get(lane) ?? 0;
        overlaps += others;
        inFlight.set(lane, others + 1);
        // Long enough for the other one to come by.
        await setImmediate();
        inFlight.set(lane, others);
        happened(lane);
        calls += 1;
        const fault = misbehave(o, calls);
        if (fault) return fault;
        confirmed.push({ lane, words: o.view.summary, by });
        return { is: 'done', place: lane as PlaceId, native: `n${confirmed.length}` };
      },
    };
    const house = openHouse(database, { features: [probe.feature], platforms: [platform] });
    await house.engine.start();
    return { ...house, probe };
  };
  const replicas = [await replica(0), await replica(1)] as const;
  return {
    replicas,
    confirmed,
    overlaps: () => overlaps,
    /**
     * Both drain the same lanes at the same time, until nothing is left. `each`: not before each has delivered something of
     * a lane of its own, since whoever is faster may have all that is there.
     */
    async drain(lanes: readonly string[], each = false) {
      const worker = async (house: (typeof replicas)[number], lane: string) => {
        for (;;) {
          const next = await house.hand.drain(lane);
          if (!next) empty.add(lane);
          if (empty.has(lane)) return happened(lane);
          // The other one has the head: whoever is faster has the next.
          if (next && next > house.clock.now()) await news.get(lane)?.promise;
        }
      };
      const empty = new Set<string>();
      for (const lane of lanes) happened(lane);
      const own = each ? replicas.map((house, i) => worker(house, lanes[i] as string)) : [];
      while (each && new Set(confirmed.map((c) => c.by)).size < replicas.length) await setImmediate();
      const both = lanes.flatMap((lane, l) =>
        replicas.filter((_, i) => !each || i !== l).map((house) => worker(house, lane)),
      );
      await Promise.all([...own, ...both]);
    },
  };
}
const lanes = Array.from({ length: 6 }, (_, i) => `slack:T1/C${i}`);

test('a thousand messages in six lanes: each once, in order, never two at once, by both', async () => {
  const town = await open((_, n) => (n % 17 === 0 ? { is: 'later', after: 0, why: 'ratelimited' } : undefined));
  const total = 1_000;
  for (let batch = 0; batch < 10; batch++) {
    const house = town.replicas[batch % 2] as (typeof town.replicas)[number];
    house.probe.observed = async () =>
      Array.from({ length: total / 10 }, (_, i) => {
        const n = batch * 100 + i;
        return say(lanes[n % lanes.length] as string, `k${n}`, `${n}`);
      });
    const at = house.clock.now();
    await house.engine.report({ kind: 'observed', what: 'probe', input: {}, at, delivery: `o/${batch}` });
  }
  await town.drain(lanes, true);
  expect(town.confirmed).toHaveLength(total);
  expect(town.overlaps()).toBe(0);
  for (const [i, lane] of lanes.entries()) {
    const words = town.confirmed.filter((c) => c.lane === lane).map((c) => Number(c.words));
    expect(words).toEqual(Array.from({ length: words.length }, (_, n) => i + n * lanes.length));
  }
  expect(new Set(town.confirmed.map((c) => c.by))).toEqual(new Set([0, 1]));
  const { rows } = await database.pool.query(`select state, count(*)::int as n from groundcrew.outbox group by state`);
  expect(rows).toEqual([{ state: 'done', n: total }]);
});

test('posts and their edits, written by both while both deliver: the last word is the last one written', async () => {
  const town = await open();
  const [one, two] = town.replicas;
  const rounds = 20;
  const write = async (
    house: typeof one,
    delivery: string,
    effects: readonly ReturnType<typeof say | typeof edit>[],
  ) => {
    house.probe.observed = async () => effects;
    await house.engine.report({ kind: 'observed', what: 'probe', input: {}, at: house.clock.now(), delivery });
  };
  await write(
    one,
    'first',
    lanes.map((lane) => say(lane, 'card', '0')),
  );
  for (let i = 1; i <= rounds; i++)
    await Promise.all([write(i % 2 ? one : two, `edit/${i}`, [edit('card', `${i}`)]), town.drain(lanes.slice(0, 3))]);
  await town.drain(lanes);
  for (const lane of lanes) {
    const words = town.confirmed.filter((c) => c.lane === lane).map((c) => Number(c.words));
    expect(words.at(-1)).toBe(rounds);
    expect(words).toEqual(words.toSorted((a, b) => a - b));
  }
  expect(town.overlaps()).toBe(0);
});

test('one delivers what the other wrote, on the platform that only it has', async () => {
  const slack = recordingPlatform('slack', [ada]);
  const teams = recordingPlatform('teams', [adaTeams]);
  const probe = createProbe();
  const one = openHouse(database, { features: [probe.feature], slack, platforms: [slack] });
  const two = openHouse(database, { teams, platforms: [teams] });
  await one.engine.start();
  await two.engine.start();
  probe.command = async () => [
    { kind: 'say', place: 'teams:11111111-1111-4111-8111-111111111111/19:x' as PlaceId, key: 'k', view: view('hello') },
  ];
  await one.act(one.command(ada, 'probe'));
  expect(teams.outgoing).toEqual([]);
  two.clock.jump(31_000);
  await two.sweep();
  await two.work();
  expect(teams.outgoing.map((o) => o.view.summary)).toEqual(['hello']);
});

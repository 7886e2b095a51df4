import pg from 'pg';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AccountId, Form, PersonId, PlaceId } from '../../src/core/kernel/index.ts';
import { type InboxEntry, type Lot, Stale, type Tx } from '../../src/engine/ports.ts';
import { createConversations } from '../../src/store/conversations.ts';
import { connectionOn, dbOn, json, openDb } from '../../src/store/db.ts';
import { createOutbox } from '../../src/store/outbox.ts';
import { createStore } from '../../src/store/store.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, adaTeams, grace, settings } from '../support/house.ts';
import { order, view } from '../support/probe.ts';

const database = await openTestDatabase();
const store = createStore(database.pool, () => settings);
const { inbox, outbox, due, asked, features } = store.direct;
const { people, feedback } = features;
beforeEach(() => database.empty());
afterAll(() => database.close());

const now = new Date('2026-03-02T09:00:00.123Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const C1 = 'slack:T1/C1' as PlaceId;
const C2 = 'slack:T1/C2' as PlaceId;
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const count = async (table: string): Promise<number> =>
  (await database.pool.query(`select count(*)::int as n from groundcrew.${table}`)).rows[0].n;
const person = uuid(1) as PersonId;
const say = (place: PlaceId, key: string, words = key): Lot => ({ kind: 'say', place, key, view: view(words) });

/** What people and hostile clients can put anywhere. The second is how it may be kept. */
const hostile: readonly (readonly [given: string, kept: string])[] = [
  ["'; drop table groundcrew.inbox; --", "'; drop table groundcrew.inbox; --"],
  ['\\"$1 {x} %s \\u0000', '\\"$1 {x} %s \\u0000'],
  ['a\u0000b', 'ab'],
  ['a\ud800b\udc00', 'a\ufffdb\ufffd'],
  ['😀'.repeat(20_000), '😀'.repeat(20_000)],
  ['\u202e\u2066<!channel>', '\u202e\u2066<!channel>'],
];

describe('json', () => {
  test.each(hostile)('keeps %j as Postgres can, in values and deep in them', async (given, kept) => {
    const value = { words: given, deep: [{ words: [given] }], n: 1, no: null };
    const { rows } = await database.pool.query('select $1::jsonb as value, $1::json as text', [json(value)]);
    const expected = { words: kept, deep: [{ words: [kept] }], n: 1, no: null };
    expect(rows[0]).toEqual({ value: expected, text: expected });
  });
});

describe('an arrival', () => {
  const entry = (delivery: string, more: Partial<InboxEntry> = {}): InboxEntry => ({
    delivery,
    kind: 'command',
    at: now,
    account: ada.account,
    origin: { platform: 'slack' },
    ...more,
  });
  const whisper = { kind: 'whisper', view: view('hello') } as const;

  test('is there once, with its replies, whether it writes anything else or not', async () => {
    for (const writes of [true, false]) {
      const one = entry(`d/${writes}`);
      expect(await store.meet(one)).toMatchObject({ acting: { known: false } });
      const run = async (tx: typeof store.direct) => {
        if (writes) await tx.outbox.write([say(C1, `k/${writes}`)], one.delivery, now);
        return [whisper];
      };
      expect(await store.arrival(one, run)).toEqual([whisper]);
      expect(await store.arrival(one, run)).toBeUndefined();
      // Somebody who is remembered is not looked up; that it was there before is then found when it is written.
      const met = await store.meet(one);
      if (met?.print) await expect(store.arrival({ ...one, print: met.print }, run)).rejects.toThrow(Stale);
      expect(await store.meet(one)).toBeUndefined();
      expect(await inbox.replies(one.delivery)).toEqual([whisper]);
    }
    expect(await inbox.replies('unknown')).toBeUndefined();
  });

  test('a hundred at the same moment, each twice, are a hundred', async () => {
    const entries = Array.from({ length: 100 }, (_, i) => entry(`d/${i}`));
    const added = await Promise.all([...entries, ...entries].map((e) => store.arrival(e, async () => [whisper])));
    expect(added.filter((a) => a !== undefined)).toHaveLength(100);
    await people.arrive(ada.account, {}, now);
    const again = entries.map(async (e) => {
      const met = await store.meet(e);
      const print = met?.print;
      if (print) await expect(store.arrival({ ...e, print }, async () => [whisper])).rejects.toThrow(Stale);
    });
    await Promise.all(again);
    expect(await count('inbox')).toBe(100);
    const strangers = Array.from({ length: 50 }, (_, i) => `slack:T1/U${i}` as AccountId);
    const all = await Promise.all(strangers.map((account, i) => store.meet(entry(`n/${i}`, { account }))));
    expect(new Set(all.map((m) => m?.acting?.person.id)).size).toBe(50);
  });

  const changes: readonly (readonly [what: string, sql: string])[] = [
    ['a name', `update groundcrew.person set name = 'Augusta'`],
    ['an address', `update groundcrew.person set email = 'other@acme.test'`],
    ['a login that was closed', `update groundcrew.account set active = false`],
    ['a new word of the directory', `update groundcrew.account set looked_up = looked_up + interval '1 second'`],
    ['a group', `insert into groundcrew.group_member values ('slack', 'SADMINS', '${ada.account}')`],
    [
      'another login',
      `insert into groundcrew.account (id, person, platform, name) select 'teams:x/y', person, 'teams', 'y' from groundcrew.account`,
    ],
    [
      'a login that is somebody else’s now',
      `with other as (insert into groundcrew.person (id, name) values (gen_random_uuid(), 'Grace') returning id)
        update groundcrew.account set person = (select id from other)`,
    ],
    ['somebody who is not there any more', `delete from groundcrew.account`],
  ];
  test.each(changes)(
    'of somebody who is remembered counts only while they are as remembered: %s',
    async (_, change) => {
      for (const writes of [true, false]) {
        await database.empty();
        await people.arrive(ada.account, {}, now);
        await people.learn(ada, now);
        const run = async (tx: typeof store.direct) => {
          if (writes) await tx.outbox.write([say(C1, 'k')], 'd/2', now);
          return [whisper];
        };
        // What an earlier test left in memory is found out, and then the first look is kept.
        for (const name of ['d/0', 'd/1']) {
          const { print } = (await store.meet(entry(name))) ?? {};
          const stale = { ...entry(name), print: print ?? 'of before' };
          if (name === 'd/0') await expect(store.arrival(stale, run)).rejects.toThrow(Stale);
          await store.meet(entry(name));
        }
        const { print } = (await store.meet(entry('d/2'))) ?? {};
        expect(print).toBeTypeOf('string');
        const one = { ...entry('d/2'), print: print ?? '' };
        await database.pool.query(change);
        await expect(store.arrival(one, run)).rejects.toThrow(Stale);
        expect([await count('inbox'), await count('outbox')]).toEqual([0, 0]);
        const looked = await store.meet(entry('d/2'));
        expect(looked?.acting).toBeDefined();
        expect(looked).not.toHaveProperty('print');
        expect(await store.arrival(entry('d/2'), run)).toEqual([whisper]);
      }
    },
  );

  test('that is called off at the last moment leaves nothing, and spoils no other', async () => {
    const off = () => {
      throw new Error('called off');
    };
    const results = await Promise.allSettled([
      store.arrival(entry('a'), async () => [whisper]),
      store.arrival(entry('b'), async () => [whisper], off),
      store.arrival(entry('c'), async () => [whisper]),
      store.arrival(
        entry('d'),
        async (tx) => {
          await tx.outbox.write([say(C1, 'k')], 'd', now);
          return [];
        },
        off,
      ),
    ]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    const { rows } = await database.pool.query('select delivery from groundcrew.inbox order by 1');
    expect(rows.map((r) => r.delivery)).toEqual(['a', 'c']);
    expect((await outbox.depth()).waiting).toBe(0);
  });

  test('that cannot be stored spoils no other that came at the same moment', async () => {
    const results = await Promise.allSettled([
      store.arrival(entry('a'), async () => [whisper]),
      store.arrival(entry('b', { at: 'never' as never }), async () => [whisper]),
      store.arrival(entry('c'), async () => [whisper]),
    ]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('whose statement failed is rolled back, even if its handler went on', async () => {
    const run = async (tx: typeof store.direct) => {
      await tx.outbox.write([say(C1, 'k')], 'a', now);
      await tx.features.feedback.moved(999, { by: person, move: 'plan', state: 'planned', at: now }).catch(() => {});
      return [whisper];
    };
    await expect(store.arrival(entry('a'), run)).rejects.toThrow();
    expect((await outbox.depth()).waiting).toBe(0);
    expect(await inbox.replies('a')).toBeUndefined();
    expect(await store.arrival(entry('a'), async () => [whisper])).toEqual([whisper]);
  });

  test('what it owes is claimed once, oldest first, until it is settled, by the clock of the database', async () => {
    for (const [i, at] of [later(2), later(0), later(1), later(60)].entries()) {
      await store.arrival(entry(`d/${i}`, { at }), async () => [whisper]);
      const age = `update groundcrew.inbox set written = clock_timestamp() - $1 * interval '1 second' where delivery = $2`;
      await database.pool.query(age, [60 - (at.getTime() - now.getTime()) / 1000, `d/${i}`]);
    }
    await store.arrival(entry('nothing owed'), async () => []);
    const { origin: _, account: __, ...nobody } = entry('nobody');
    await store.arrival(nobody, async () => [whisper]);
    expect((await inbox.owed(30_000, 2)).map((o) => o.delivery)).toEqual(['d/1', 'd/2']);
    const [owed, ...others] = await inbox.owed(30_000, 9);
    expect(owed).toMatchObject({
      delivery: 'd/0',
      origin: { platform: 'slack' },
      replies: [whisper],
      account: ada.account,
    });
    expect(Math.abs((owed?.ageMs ?? 0) - 58_000)).toBeLessThan(30_000);
    expect(others).toEqual([]);
    expect(await inbox.owed(30_000, 9)).toEqual([]);
    await inbox.settle(['d/0', 'd/1', 'unknown']);
    await inbox.settle([]);
    await database.pool.query(`update groundcrew.inbox set tried = tried - interval '31 seconds'`);
    expect((await inbox.owed(30_000, 9)).map((o) => o.delivery)).toEqual(['d/2']);
    // What was settled is answered again from the row, and its address is forgotten.
    const { rows } = await database.pool.query(`select origin, replies from groundcrew.inbox where delivery = 'd/0'`);
    expect(rows).toEqual([{ origin: null, replies: [whisper] }]);
  });

  test('that only asks who holds a role begins no transaction, and those at one moment share the question', async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const sent = (words: string) =>
      query.mock.calls.filter(([what]: readonly unknown[]) => JSON.stringify(what).includes(words)).length;
    const refused = async (tx: Tx) => {
      await tx.features.people.holding(['platform'], 3);
      return [whisper];
    };
    const made = ['e/1', 'e/2', 'e/3'].map((name) => store.arrival(entry(name), refused));
    expect(await Promise.all(made)).toEqual([[whisper], [whisper], [whisper]]);
    expect([sent('"begin"'), sent('people.among')]).toEqual([0, 1]);
    // Once something was written it is asked where that can be seen.
    await store.arrival(entry('e/4'), async (tx) => {
      await tx.features.people.arrive(ada.account, {}, now);
      expect(await tx.features.people.holding(['platform'], 3)).toEqual([]);
      return refused(tx);
    });
    expect([sent('"begin"'), sent('people.among')]).toEqual([1, 3]);
    query.mockRestore();
  });

  test('is forgotten in time, but not while it owes something', async () => {
    await store.arrival(entry('owes'), async () => [whisper]);
    await store.arrival(entry('done'), async () => []);
    expect(await inbox.forget(now)).toBe(0);
    expect(await inbox.forget(later(1))).toBe(1);
    expect(await inbox.replies('owes')).toEqual([whisper]);
  });
});

describe('the outbox', () => {
  test('gives the head of a lane to one who asks, and tells the others when to come again', async () => {
    const heads = await outbox.write([say(C1, 'a'), say(C1, 'b'), say(C2, 'c')], 'd', now);
    expect(heads.map((h) => [h.lane, h.attempts])).toEqual([
      [C1, 0],
      [C1, 0],
      [C2, 0],
    ]);
    const before = Date.now();
    const claims = await Promise.all(Array.from({ length: 5 }, () => outbox.claim(C1, now, 60)));
    const got = claims.filter((c) => c && 'key' in c);
    expect(got).toEqual([
      {
        kind: 'say',
        seq: heads[0]?.seq,
        lane: C1,
        key: 'a',
        tries: 0,
        firstTry: now,
        unsure: false,
        delivery: 'd',
        place: C1,
        view: view('a'),
      },
    ]);
    for (const claim of claims)
      if (claim && 'next' in claim) expect(claim.next.getTime()).toBeGreaterThan(before + 50_000);
    expect(await outbox.claim('slack:T1/nothing', now, 60)).toBeUndefined();
    expect((await outbox.ready(now, 9)).map((h) => h.lane)).toEqual([C2]);
  });

  test('takes back a claim that has run out, in doubt; a clock of ours has no say in it', async () => {
    await outbox.write([say(C1, 'a')], 'd', now);
    await outbox.claim(C1, now, 60);
    expect(await outbox.claim(C1, later(86_400), 60)).toHaveProperty('next');
    await database.pool.query(`update groundcrew.outbox set lease = clock_timestamp() - interval '1 second'`);
    expect(await outbox.ready(now, 9)).toHaveLength(1);
    expect(await outbox.claim(C1, later(5), 60)).toMatchObject({ tries: 1, unsure: true, firstTry: now });
    await outbox.release();
    expect(await outbox.claim(C1, later(5), 60)).toMatchObject({ tries: 2, unsure: true });
  });

  test('lets no process undo what another has done since its claim ran out, and believes what was confirmed', async () => {
    const claim = async () => {
      const parcel = await outbox.claim(C1, now, 60);
      if (!parcel || 'next' in parcel) throw new Error('not claimed');
      return parcel;
    };
    const state = async () => (await database.pool.query('select state from groundcrew.outbox')).rows[0].state;
    await outbox.write([say(C1, 'a')], 'd', now);
    const slow = await claim();
    await outbox.release();
    const quick = await claim();
    expect(await outbox.postpone(slow, later(9), 'late', { unsure: false })).toBe(false);
    expect(await outbox.end(slow, 'refused', 'late', now)).toBe(false);
    expect(await outbox.renew(slow, 60)).toBe(false);
    expect(await state()).toBe('sending');
    expect(await outbox.renew(quick, 60)).toBe(true);
    await outbox.done(slow, { is: 'done', place: C1, native: '1.1' }, now);
    expect(await state()).toBe('done');
    expect(await outbox.postpone(quick, later(9), 'not yet', { unsure: false })).toBe(false);
    expect(await outbox.end(quick, 'gone', 'late', now)).toBe(false);
    expect(await state()).toBe('done');
    const { rows } = await database.pool.query('select native from groundcrew.message');
    expect(rows).toEqual([{ native: '1.1' }]);
  });

  test('ten thousand people are told by a handful of statements', async () => {
    const lots = Array.from({ length: 10_000 }, (_, i): Lot => {
      return { kind: 'tell', key: 'news', person: uuid(i) as PersonId, view: view('the same for all') };
    });
    const sent = vi.spyOn(pg.Client.prototype, 'query');
    const heads = await store.transaction((tx) => tx.outbox.write(lots, 'd', now));
    expect(sent.mock.calls.length).toBeLessThan(30);
    sent.mockRestore();
    expect(heads.map((h) => h.lane)).toEqual(lots.map((_, i) => `direct:slack:${uuid(i)}`));
    expect((await outbox.depth()).waiting).toBe(10_000);
  });

  test('what is said, changed or claimed while thousands wait looks at no more than its own', async () => {
    const client = await database.pool.connect();
    onTestFinished(() => client.release());
    const here = createOutbox(dbOn(async () => connectionOn(client)));
    const lots: readonly Lot[] = [
      { kind: 'home', account: ada.account, view: view('home') },
      { kind: 'act', action: 'x', input: 1, key: 'x' },
      say(C1, 'said'),
      { kind: 'edit', key: 'said', view: view('changed') },
    ];
    const all = async () => {
      for (const lot of lots) await here.write([lot], 'd', now);
      return here.claim(C1, now, 60);
    };
    // Plans are kept: these are made while next to nothing waits.
    await client.query('begin');
    expect(await all()).toMatchObject({ kind: 'say', view: view('changed') });
    await client.query('rollback');
    await outbox.write(
      Array.from({ length: 2_000 }, (_, i) => say(`slack:T1/D${i}` as PlaceId, `news/${i}`)),
      'd',
      now,
    );
    await client.query('begin');
    const looked = async (): Promise<number> => {
      const { rows } = await client.query(
        `select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables
         where schemaname = 'groundcrew' and relname = 'outbox'`,
      );
      return rows[0].n;
    };
    const before = await looked();
    expect(await all()).toMatchObject({ kind: 'say', view: view('changed') });
    const own = (await looked()) - before;
    await client.query('rollback');
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(50);
  });

  test('written together is as written one by one, whatever is written', async () => {
    let seed = 7;
    const pick = <T>(of: readonly T[]): T => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return of[Math.floor((seed / 2 ** 31) * of.length)] as T;
    };
    const key = () => pick(['a', 'b', 'c']);
    const words = () => view(pick(['one', 'two', 'three', 'four']));
    const kinds: readonly (() => Lot)[] = [
      () => ({ kind: 'say', place: pick([C1, C2]), key: key(), view: words() }),
      () => ({ kind: 'tell', person: uuid(pick([1, 2])) as PersonId, key: key(), view: words() }),
      () => ({ kind: 'edit', key: key(), view: words() }),
      () => ({
        kind: 'reply',
        to: key(),
        key: `r${key()}`,
        view: words(),
        ...(pick([1, 2]) === 1 ? { alone: true } : {}),
      }),
      () => ({ kind: 'home', account: pick([ada.account, grace.account]), view: words() }),
      () => ({ kind: 'act', action: 'x', input: pick([1, 2, 3]), key: key() }),
    ];
    const left = async () =>
      (
        await database.pool.query(
          `select lane, kind, key, slot, body from groundcrew.outbox where ended is null order by seq`,
        )
      ).rows;
    for (let round = 0; round < 40; round++) {
      const lots = Array.from({ length: 8 }, () => pick(kinds)());
      await database.empty();
      for (const lot of lots) await outbox.write([lot], 'd', now);
      const expected = await left();
      await database.empty();
      await outbox.write(lots, 'd', now);
      expect(await left(), JSON.stringify(lots)).toEqual(expected);
    }
  });

  test('shows of each lane its head only, when that can go, oldest first and not too many', async () => {
    await outbox.write([say(C2, 'x'), say(C1, 'a'), say(C1, 'b'), say('slack:T1/C3' as PlaceId, 'y')], 'd', now);
    expect((await outbox.ready(now, 9)).map((h) => h.lane)).toEqual([C2, C1, 'slack:T1/C3']);
    expect((await outbox.ready(now, 2)).map((h) => h.lane)).toEqual([C2, C1]);
    const parcel = await outbox.claim(C1, now, 60);
    if (!parcel || 'next' in parcel) throw new Error('not claimed');
    await outbox.postpone(parcel, later(10), 'later', { unsure: false });
    expect((await outbox.ready(later(9), 9)).map((h) => h.lane)).toEqual([C2, 'slack:T1/C3']);
    expect((await outbox.ready(later(10), 9)).map((h) => [h.lane, h.attempts])).toContainEqual([C1, 1]);
    expect(await outbox.claim(C1, later(9), 60)).toEqual({ next: later(10) });
  });

  test('shows the heads of one platform though thousands wait before them on the other', async () => {
    const many = Array.from({ length: 30 }, (_, i) => say(`slack:T1/M${i}` as PlaceId, `m${i}`));
    const teams = 'teams:t/19:a' as PlaceId;
    await outbox.write([...many, say(teams, 't'), { kind: 'act', action: 'x', input: 1, key: 'a' }], 'd', now);
    expect((await outbox.ready(now, 2)).map((h) => h.lane)).toEqual(['slack:T1/M0', 'slack:T1/M1', teams, 'act:a']);
  });

  test('knows how much waits and since when', async () => {
    expect(await outbox.depth()).toEqual({ waiting: 0, oldestSeconds: 0 });
    await outbox.write([say(C1, 'a'), say(C1, 'b')], 'd', new Date(Date.now() - 90_000));
    const { waiting, oldestSeconds } = await outbox.depth();
    expect(waiting).toBe(2);
    expect(Math.abs(oldestSeconds - 90)).toBeLessThan(30);
  });

  test.each(hostile)('carries %j as it is', async (given, kept) => {
    const key = given.replaceAll('\u0000', '').toWellFormed();
    await outbox.write([say(C1, key, given)], 'd', now);
    const parcel = await outbox.claim(C1, now, 60);
    expect(parcel).toMatchObject({ key, view: view(kept) });
  });

  test('keeps its word when two write the same key at the same moment', async () => {
    const write = () => store.transaction((tx) => tx.outbox.write([say(C1, 'k'), say(C2, 'k')], 'd', now));
    const heads = (await Promise.all(Array.from({ length: 6 }, write))).flat();
    expect(heads).toHaveLength(2);
    expect((await outbox.depth()).waiting).toBe(2);
  });
});

describe('the clock’s rows', () => {
  test('are taken by one, for that instant only', async () => {
    await due.put({ key: 'a', job: 'j', input: { n: [1, null, 'x'] }, at: later(1) });
    expect(await due.take('a', later(2))).toBe(false);
    expect(await due.take('b', later(1))).toBe(false);
    const taken = await Promise.all([1, 2, 3, 4].map(() => due.take('a', later(1))));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('are ready at their millisecond, in order, not too many', async () => {
    for (const [key, s] of [
      ['c', 3],
      ['a', 1],
      ['b', 2],
    ] as const)
      await due.put({ key, job: 'j', input: key, at: later(s) });
    expect(await due.ready(new Date(later(1).getTime() - 1), 9)).toEqual([]);
    expect(await due.ready(later(1), 9)).toEqual([{ key: 'a', job: 'j', input: 'a', at: later(1), tries: 0 }]);
    expect((await due.ready(later(9), 2)).map((d) => d.key)).toEqual(['a', 'b']);
    await due.put({ key: 'a', job: 'k', input: 'moved', at: later(5) });
    await due.remove('b');
    await due.remove('never there');
    expect(await due.ready(later(9), 9)).toEqual([
      { key: 'c', job: 'j', input: 'c', at: later(3), tries: 0 },
      { key: 'a', job: 'k', input: 'moved', at: later(5), tries: 0 },
    ]);
  });

  test('that fail wait, and come after those that do not; moved, they begin anew', async () => {
    const row = { job: 'j', input: null, at: later(1) };
    await due.put({ ...row, key: 'bad' }, { ...row, key: 'good', at: later(2) });
    await due.failed('bad', later(1), later(30));
    await due.failed('bad', later(9), later(300));
    await due.failed('never there', later(1), later(300));
    expect((await due.ready(later(29), 1)).map((d) => d.key)).toEqual(['good']);
    expect((await due.ready(later(30), 9)).map((d) => [d.key, d.tries])).toEqual([
      ['bad', 1],
      ['good', 0],
    ]);
    await due.put({ ...row, key: 'bad' });
    expect((await due.ready(later(2), 9)).map((d) => [d.key, d.tries])).toContainEqual(['bad', 0]);
  });
});

describe('a form as it was asked', () => {
  const id = uuid(7);
  const row = { id, account: ada.account, form: order as Form, carry: '{"n":1}', prior: { what: 'x' } };

  test('is the form that it was, fields in order', async () => {
    await asked.keep({ ...row, place: C1 }, now);
    const taken = await asked.take(id);
    expect(taken).toEqual({ ...row, place: C1, done: false });
    expect(Object.keys(taken?.form.fields ?? {})).toEqual(['what', 'backup', 'days']);
    await asked.typed(id, { days: '5', what: 'y' });
    expect((await asked.take(id))?.prior).toEqual({ days: '5', what: 'y' });
    await asked.finish(id);
    expect(await asked.take(id)).toMatchObject({ done: true });
    expect(await asked.forget(now)).toBe(0);
    expect(await asked.forget(later(1))).toBe(1);
    expect(await asked.take(id)).toBeUndefined();
  });

  test('is held by the one who took it until they are done', async () => {
    await asked.keep(row, now);
    const log: string[] = [];
    const use = (name: string) =>
      store.transaction(async (tx) => {
        const taken = await tx.asked.take(id);
        log.push(`${name} ${taken?.done ? 'late' : 'first'}`);
        await tx.asked.finish(id);
      });
    await Promise.all([use('a'), use('b'), use('c')]);
    expect(log.map((l) => l.split(' ')[1])).toEqual(['first', 'late', 'late']);
  });

  test.each(hostile)('keeps what was typed: %j', async (given, kept) => {
    await asked.keep({ ...row, prior: { [given]: given } }, now);
    expect(Object.values((await asked.take(id))?.prior ?? {})).toEqual([kept]);
  });
});

describe('feedback', () => {
  const wish = { account: ada.account, what: 'w', why: 'y', pain: 3, created: now };

  test('has numbers that go up, and what people wrote letter for letter', async () => {
    const { person: by } = await people.arrive(ada.account, {}, now);
    for (const [i, [given]] of hostile.filter(([g, k]) => g === k).entries()) {
      const added = await feedback.add({ ...wish, requester: by.id, what: given, why: given, permalink: given });
      expect(added).toMatchObject({ number: i + 1, what: given, why: given, permalink: given, state: 'received' });
      expect(await feedback.take(i + 1)).toEqual(added);
    }
    expect(await feedback.take(999)).toBeUndefined();
    expect(await feedback.history(1)).toEqual([]);
  });

  test('is decided by one after the other', async () => {
    const { person: by } = await people.arrive(ada.account, {}, now);
    await feedback.add({ ...wish, requester: by.id });
    const move = () =>
      store.transaction(async (tx) => {
        const item = await tx.features.feedback.take(1);
        const history = await tx.features.feedback.history(1);
        if (item?.state !== 'received') return history.length;
        await tx.features.feedback.moved(1, { by: by.id, move: 'ship', state: 'shipped', at: later(1), words: 'w' });
        return -1;
      });
    expect((await Promise.all([move(), move(), move()])).toSorted()).toEqual([-1, 1, 1]);
    expect(await feedback.history(1)).toEqual([
      { by: by.id, move: 'ship', state: 'shipped', at: later(1), words: 'w' },
    ]);
    expect(await feedback.take(1)).toMatchObject({ state: 'shipped', changed: later(1) });
  });
});

test('what has the same time is told by its number, however it was written', async () => {
  const id = (await features.people.arrive(ada.account, {}, now)).person.id;
  // The second is written first.
  const twice = `(values (2), (1)) as n (number)`;
  await database.pool.query(
    `insert into groundcrew.announcement (number, content, author, state, created, changed, posted)
     overriding system value select number, '{"kind": "week", "title": "x", "text": "x", "entries": []}', $1, 'posted', $2, $2, $2 from ${twice}`,
    [id, now],
  );
  await database.pool.query(
    `insert into groundcrew.request (number, verb, path, version, "values", team, requester, account, state, created, changed)
     overriding system value select number, 'create', 'postgres', '1', '{}', 'shop', $1, $3, 'awaiting-approval', $2, $2 from ${twice}`,
    [id, now, ada.account],
  );
  const schedule = { start: '2026-03-05', at: '14:00', zone: 'Europe/Berlin', rule: { kind: 'once' }, changes: [] };
  await database.pool.query(
    `insert into groundcrew.office_series (number, kind, title, schedule, minutes, queue, places, created, changed)
     overriding system value select number, 'demo', 'x', $2, 20, false, '[]', $1, $1 from ${twice}`,
    [now, JSON.stringify(schedule)],
  );
  await database.pool.query(
    `insert into groundcrew.office_session (number, series, day, starts, minutes, queue, state)
     overriding system value select number, number, '2026-03-05', $1, 20, false, 'planned' from ${twice}`,
    [later(60)],
  );
  const { announcements, requests, officeHours, demos } = features;
  const told = [
    (await announcements.postedBetween(now, later(1))).map((a) => a.number),
    (await requests.waiting(9)).map((r) => r.number),
    (await officeHours.coming(now, 9)).map((m) => m.session.number),
    await demos.demos(now, later(61)),
  ];
  expect(told).toEqual(told.map(() => [1, 2]));
});

describe('people', () => {
  test('arrive once, with the name that the platform told, and are noted as used now and then', async () => {
    const used = async () =>
      (await database.pool.query('select used from groundcrew.account where id = $1', [ada.account])).rows[0].used;
    const first = await people.arrive(ada.account, { name: 'ada.l', zone: 'Europe/Kyiv' }, now);
    expect(first).toMatchObject({ known: false, person: { name: 'ada.l', zone: 'Europe/Kyiv', teams: [] } });
    await people.arrive(ada.account, {}, later(599));
    expect(await used()).toEqual(now);
    await people.arrive(ada.account, {}, later(601));
    expect(await used()).toEqual(later(601));
    expect(await people.byAccount('slack:T1/nobody' as AccountId)).toBeUndefined();
    expect(await people.byId(uuid(99) as PersonId)).toBeUndefined();
  });

  test('who are joined at the same moment from both sides are one', async () => {
    for (let round = 0; round < 5; round++) {
      await database.empty();
      await Promise.all([people.arrive(ada.account, {}, now), people.arrive(adaTeams.account, {}, now)]);
      const learn = (profile: typeof ada): Promise<unknown> =>
        store
          .transaction((tx) => tx.features.people.learn(profile, now))
          // The engine runs again what lost a race.
          .catch((error: { code?: string }) =>
            error.code === '23505' || error.code === '40P01' ? learn(profile) : error,
          );
      await Promise.all([learn(ada), learn(adaTeams)]);
      const joined = await people.byAccount(ada.account);
      expect(joined?.accounts).toHaveLength(2);
      expect(await people.byAccount(adaTeams.account)).toEqual(joined);
    }
  });

  test('hold roles by name, at most as many as are asked for', async () => {
    for (const who of [grace, ada]) {
      await people.arrive(who.account, {}, now);
      await people.learn(who, now);
    }
    expect((await people.holding(['platform', 'product'], 9)).map((p) => p.name)).toEqual(['Grace']);
    expect(await people.holding(['platform'], 0)).toEqual([]);
    expect(await people.holding(['developer'], 9)).toEqual([]);
    expect(await people.holding([], 9)).toEqual([]);
  });
});

test('a transaction that Kysely would only seem to begin is refused', async () => {
  const written = openDb(database.pool)
    .transaction()
    .execute((tx) => createOutbox(tx).write([say(C1, 'k')], 'd', now));
  await expect(written).rejects.toThrow('use that of the store');
  expect(await count('outbox')).toBe(0);
});

describe('conversations', () => {
  const db = openDb(database.pool);
  const conversations = createConversations<{
    readonly tenantId: string;
    readonly conversationId: string;
    readonly account?: AccountId;
    readonly installed: boolean;
  }>(db);
  const place = (n: number) => `teams:t/${n}` as PlaceId;
  const direct = { tenantId: 't', conversationId: 'a', account: adaTeams.account, installed: true };

  test('are found by place and by person; the one where the bot still is comes first', async () => {
    await conversations.save(place(1), direct);
    await conversations.save(place(2), { ...direct, conversationId: 'b' });
    expect(await conversations.find(place(1))).toEqual(direct);
    expect(await conversations.direct(adaTeams.account)).toMatchObject({ conversationId: 'b' });
    await conversations.save(place(2), { ...direct, conversationId: 'b', installed: false });
    expect(await conversations.direct(adaTeams.account)).toEqual(direct);
    await conversations.save(place(1), { ...direct, installed: false });
    expect(await conversations.direct(adaTeams.account)).toMatchObject({ installed: false });
    expect(await conversations.any('t')).toBeUndefined();
    await conversations.save(place(3), { tenantId: 't', conversationId: 'c', installed: true });
    expect(await conversations.any('t')).toMatchObject({ conversationId: 'c' });
    expect(await conversations.any('another')).toBeUndefined();
    expect(await conversations.find(place(9))).toBeUndefined();
    expect(await conversations.direct(ada.account)).toBeUndefined();
  });
});

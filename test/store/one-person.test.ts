import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId, Person, PersonId, Profile } from '../../src/core/kernel/index.ts';
import { createStore } from '../../src/store/store.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, adaTeams, grace, graceTeams, openHouse, settings } from '../support/house.ts';
import { view } from '../support/probe.ts';

const database = await openTestDatabase();
const { people, feedback } = createStore(database.pool, () => settings).direct.features;
beforeEach(() => database.empty());
afterAll(() => database.close());

const now = new Date('2026-03-02T09:00:00Z');
const hours = (n: number) => new Date(now.getTime() + n * 3_600_000);
const days = (n: number) => hours(24 * n);
/** Somebody who was hired for the place that somebody else left, and got their address. */
const adam: Profile = { ...ada, account: 'slack:T1/UADAM' as AccountId, name: 'Adam' };
const adamTeams: Profile = { ...adam, account: 'teams:11111111-1111-4111-8111-111111111111/adam' as AccountId };

async function meet(profile: Profile, at: Date): Promise<Person> {
  await people.arrive(profile.account, {}, at);
  return learn(profile, at);
}
async function learn(profile: Profile, at: Date): Promise<Person> {
  const person = await people.learn(profile, at);
  if (!person) throw new Error(`${profile.account} is not known`);
  return person;
}
const who = async ({ account }: Profile): Promise<Person> => {
  const person = await people.byAccount(account);
  if (!person) throw new Error(`${account} is not known`);
  return person;
};
const asks = (by: PersonId, { account }: Profile) =>
  feedback.add({ what: 'w', why: 'y', pain: 3, created: now, requester: by, account });

describe('an address that was given to somebody else', () => {
  test('of a colleague on the same platform who left: two people, and the role goes with the address', async () => {
    const old = await meet(grace, now);
    await asks(old.id, grace);
    expect(old.roles.has('platform')).toBe(true);
    await learn({ ...grace, active: false }, days(1));
    const hired = await meet({ ...adam, email: 'grace@acme.test' }, days(90));
    expect(hired.id).not.toBe(old.id);
    expect(hired.roles.has('platform')).toBe(true);
    expect(await feedback.mine(hired.id, 9)).toEqual([]);
    const former = await who(grace);
    expect([former.email, former.roles.has('platform')]).toEqual([undefined, false]);
  });

  test('of a colleague who left and of whom nobody told: the platform gives each address once', async () => {
    const old = await meet(grace, now);
    const hired = await meet({ ...adam, email: 'grace@acme.test' }, hours(1));
    expect(hired.id).not.toBe(old.id);
    expect((await who(grace)).roles.has('platform')).toBe(false);
  });

  test('whose login on the other platform was not confirmed lately: not joined until it is, and asked about', async () => {
    const old = await meet(graceTeams, now);
    await asks(old.id, graceTeams);
    const hired = await meet({ ...adam, email: 'grace@acme.test' }, days(90));
    expect(hired.id).not.toBe(old.id);
    expect((await who(graceTeams)).roles.has('platform')).toBe(false);
    expect(await people.inDoubt(adam.account, days(90))).toEqual([graceTeams.account]);
    // Teams says that it is another address by now: two they stay.
    await learn({ ...graceTeams, email: 'grace.hopper@acme.test' }, days(90));
    expect(await people.inDoubt(adam.account, days(90))).toEqual([]);
    expect((await who(adam)).accounts).toEqual([adam.account]);
    expect((await who(graceTeams)).email).toBe('grace.hopper@acme.test');
  });

  test('or not: the other platform confirms it, and they are one', async () => {
    const old = await meet(adaTeams, now);
    await asks(old.id, adaTeams);
    await meet(ada, days(90));
    const one = await learn(adaTeams, days(90));
    expect([...one.accounts].sort()).toEqual([ada.account, adaTeams.account].sort());
    expect(await feedback.mine(one.id, 9)).toHaveLength(1);
    expect((await who(ada)).id).toBe(one.id);
    expect((await people.byId(old.id))?.id).toBe(one.id);
  });

  test('between two people who are on both platforms: each keeps to their own', async () => {
    await meet(ada, now);
    const old = await meet(adaTeams, now);
    await learn({ ...ada, active: false }, days(30));
    await learn({ ...adaTeams, active: false }, days(30));
    await meet(adam, days(31));
    const hired = await meet(adamTeams, days(31));
    expect([...hired.accounts].sort()).toEqual([adam.account, adamTeams.account].sort());
    expect((await people.byId(old.id))?.id).toBe(old.id);
    expect(hired.id).not.toBe(old.id);
  });
});

describe('a login whose address changes', () => {
  test('to differ from that of the person’s other login goes its own way, without what is not its own', async () => {
    const { id } = await meet(grace, now);
    await learn(grace, now);
    await meet(graceTeams, now);
    await asks(id, graceTeams);
    const left = await learn({ ...grace, email: 'someone@acme.test' }, hours(1));
    expect(left.id).not.toBe(id);
    expect([left.accounts, left.roles.has('platform')]).toEqual([[grace.account], false]);
    expect(await who(graceTeams)).toMatchObject({ id, email: 'grace@acme.test', accounts: [graceTeams.account] });
    expect(await feedback.mine(left.id, 9)).toEqual([]);
  });

  test('on one platform after the other, as after a wedding, is one person again, with all they had', async () => {
    const { id } = await meet(ada, now);
    await meet(adaTeams, now);
    await asks(id, ada);
    await people.choose(id, { persona: 'data' });
    await learn({ ...ada, email: 'ada.king@acme.test' }, hours(1));
    const one = await learn({ ...adaTeams, email: 'ada.king@acme.test' }, hours(2));
    expect([...one.accounts].sort()).toEqual([ada.account, adaTeams.account].sort());
    expect(one).toMatchObject({ email: 'ada.king@acme.test', persona: 'data' });
    expect(await feedback.mine(one.id, 9)).toHaveLength(1);
  });

  test('alone stays who it is, and roles follow', async () => {
    const { id } = await meet(grace, now);
    const renamed = await learn({ ...grace, email: 'g@acme.test' }, hours(1));
    expect([renamed.id, renamed.roles.has('platform')]).toEqual([id, false]);
    expect((await learn(grace, hours(2))).roles.has('platform')).toBe(true);
  });

  test('is closed: its address gives no role to the login that is left', async () => {
    const { email: _, ...unverified } = graceTeams;
    const { id } = await meet(grace, now);
    await meet(unverified, now);
    await database.pool.query('update groundcrew.account set person = $1', [id]);
    expect((await who(graceTeams)).roles.has('platform')).toBe(true);
    await people.left(grace.account);
    expect((await who(graceTeams)).roles.has('platform')).toBe(false);
  });
});

describe('two who become one', () => {
  test('and both have what a person has once: that of the one who stays is kept', async () => {
    await database.pool.query(`
      create table groundcrew.probe_seat (
        occurrence int, person uuid references groundcrew.person (id), words text, primary key (occurrence, person));
      create table groundcrew.probe_vow (person uuid primary key references groundcrew.person (id), words text)`);
    try {
      const { id: stays } = await meet(ada, now);
      await people.arrive(adaTeams.account, {}, now);
      const { id: goes } = await who(adaTeams);
      for (const [person, words] of [
        [stays, 'stays'],
        [goes, 'goes'],
      ])
        await database.pool.query(
          `with seat as (insert into groundcrew.probe_seat values (1, $1, $2))
           insert into groundcrew.probe_vow values ($1, $2)`,
          [person, words],
        );
      await database.pool.query(`insert into groundcrew.probe_seat values (2, $1, 'goes')`, [goes]);
      expect((await learn(adaTeams, now)).id).toBe(stays);
      const seats = await database.pool.query('select * from groundcrew.probe_seat order by 1');
      expect(seats.rows).toEqual([
        { occurrence: 1, person: stays, words: 'stays' },
        { occurrence: 2, person: stays, words: 'goes' },
      ]);
      expect((await database.pool.query('select words from groundcrew.probe_vow')).rows).toEqual([{ words: 'stays' }]);
    } finally {
      await database.pool.query('drop table groundcrew.probe_seat, groundcrew.probe_vow');
    }
  });
});

describe('who acts', () => {
  async function acts(house: ReturnType<typeof openHouse>) {
    await house.act(house.command(grace, 'feedback board'));
    return (await who(grace)).roles.has('platform');
  }
  /** Counts how often Slack is asked for somebody, and answers as told. */
  function told(house: ReturnType<typeof openHouse>, answer: () => Promise<Profile | undefined>) {
    const asked: AccountId[] = [];
    Object.assign(house.slack, {
      profile: (account: AccountId) => {
        asked.push(account);
        return answer();
      },
    });
    return asked;
  }

  test('is asked for once a day, without waiting for it, and what changed counts from then on', async () => {
    const house = openHouse(database);
    await house.engine.start();
    let profile: Profile = grace;
    const asked = told(house, async () => profile);
    expect(await acts(house)).toBe(true);
    house.clock.jump(23 * 3_600_000);
    await acts(house);
    expect(asked).toHaveLength(1);
    house.clock.jump(2 * 3_600_000);
    profile = { ...grace, email: 'someone@acme.test' };
    expect(await acts(house)).toBe(false);
    expect(asked).toHaveLength(2);
    await acts(house);
    expect(asked).toHaveLength(2);
  });

  test('after a week is asked for first: an address that was given away opens nothing', async () => {
    const house = openHouse(database);
    await house.engine.start();
    await acts(house);
    house.clock.jump(8 * 86_400_000);
    const asked = told(house, async () => ({ ...grace, email: 'someone@acme.test' }));
    const seen: boolean[] = [];
    const { dispatch } = house.engine;
    await dispatch(house.command(grace, 'me'));
    seen.push((await who(grace)).roles.has('platform'));
    expect([asked.length, seen]).toEqual([1, [false]]);
  });

  test('after a week, while the directory is away, has no role by address, and it is asked once a minute', async () => {
    const house = openHouse(database);
    await house.engine.start();
    await acts(house);
    house.clock.jump(8 * 86_400_000);
    const asked = told(house, async () => {
      throw new Error('away');
    });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await house.engine.dispatch(house.command(grace, 'me')));
    expect(asked).toHaveLength(1);
    const words = answers.map((a) => JSON.stringify(a.replies));
    expect(words.map((w) => [w.includes('"developer"'), w.includes('developer and platform')])).toEqual(
      answers.map(() => [true, false]),
    );
    house.clock.jump(61_000);
    await house.engine.dispatch(house.command(grace, 'me'));
    expect(asked).toHaveLength(2);
  });

  test('twice at once after a week is asked for once, and both count', async () => {
    const house = openHouse(database);
    await house.engine.start();
    await acts(house);
    house.clock.jump(8 * 86_400_000);
    const gate = Promise.withResolvers<Profile>();
    const asked = told(house, () => gate.promise);
    const answers = [1, 2].map(() => house.engine.dispatch(house.command(grace, 'me')));
    while (asked.length === 0) await setImmediate();
    for (let i = 0; i < 5; i++) await database.pool.query('select 1');
    gate.resolve(grace);
    const words = (await Promise.all(answers)).map((a) => JSON.stringify(a.replies));
    expect(words.map((w) => w.includes('developer and platform'))).toEqual([true, true]);
    expect(asked).toHaveLength(1);
  });

  test('at once, and looked at when the directory has answered but nothing is written yet, counts too', async () => {
    const held = Promise.withResolvers<void>();
    const wanted = Promise.withResolvers<void>();
    let holding = false;
    const pool = new Proxy(database.pool, {
      get: (of, key) => {
        if (key !== 'connect') return Reflect.get(of, key, of);
        return async () => {
          if (holding) {
            holding = false;
            wanted.resolve();
            await held.promise;
          }
          return of.connect();
        };
      },
    });
    const house = openHouse(database, { pool });
    await house.engine.start();
    await acts(house);
    house.clock.jump(8 * 86_400_000);
    const asked = told(house, async () => {
      holding = true;
      return grace;
    });
    const first = house.engine.dispatch(house.command(grace, 'me'));
    await wanted.promise;
    const second = await house.engine.dispatch(house.command(grace, 'me'));
    held.resolve();
    const words = [await first, second].map((a) => JSON.stringify(a.replies));
    expect(words.map((w) => w.includes('developer and platform'))).toEqual([true, true]);
    expect(asked).toHaveLength(1);
  });

  test('while what the directory said is lost in a race, is asked for again', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = told(house, async () => {
      // Another process learns of somebody with the same address, in the very moment.
      if (asked.length === 1) await meet(graceTeams, house.clock.now());
      return grace;
    });
    await people.arrive(grace.account, {}, house.clock.now());
    const answer = await house.engine.dispatch(house.command(grace, 'me'));
    expect(JSON.stringify(answer.replies)).toContain('developer and platform');
    expect((await who(grace)).accounts).toHaveLength(2);
  });

  test('makes the engine ask for those who may be the same person', async () => {
    const house = openHouse(database);
    await house.engine.start();
    await house.act(house.command(adaTeams, 'me'));
    house.clock.jump(90 * 86_400_000);
    await house.act(house.command(ada, 'me'));
    expect((await who(ada)).accounts).toHaveLength(2);
  });
});

test('a login that could not be reached is asked for after a day, and told again if it is there', async () => {
  const house = openHouse(database);
  await house.engine.start();
  await house.act(house.command(adaTeams, 'me'));
  const { id } = await who(adaTeams);
  const told = (key: string) =>
    house.store.direct.outbox.write([{ kind: 'tell', person: id, key, view: view(key) }], key, house.clock.now());
  house.teams.next = [{ is: 'gone', what: 'person', why: 'Teams answered 403 BotDisabledByAdmin' }];
  await told('lost');
  await house.sweep();
  await house.work();
  expect((await who(adaTeams)).accounts).toEqual([]);
  house.clock.jump(86_400_000);
  await house.sweep();
  await house.work();
  expect((await who(adaTeams)).accounts).toEqual([adaTeams.account]);
  await told('found');
  await house.sweep();
  await house.work();
  expect(house.teams.outgoing.map((o) => o.view.summary)).toEqual(['lost', 'found']);
  await house.engine.stop();
});

import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '../../src/core/features.ts';
import type { Answer, Effects, PersonCtx } from '../../src/core/kernel/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, adaTeams, askedIn, openHouse } from '../support/house.ts';
import { askOrder, createProbe, say, whisper } from '../support/probe.ts';
import { type FaultyPool, openFaultyPool } from '../support/proxy.ts';
import { whisperedIn } from '../support/words.ts';

const database = await openTestDatabase();
const opened: FaultyPool[] = [];
beforeEach(() => database.empty());
afterEach(async () => {
  for (const faulty of opened.splice(0)) await faulty.close();
});
afterAll(() => database.close());

const C1 = 'slack:T1/C1';
const slow = 'This took too long, so I stopped. Nothing was started or changed. Please try again.';
const away = 'I can’t reach my memory right now. Nothing was started or changed. Please try again in a minute.';
const unsure =
  'This takes longer than usual. If it worked, you’ll hear from me here in a moment; if you don’t, please try again.';

/** A house whose way to the database can break, in which Ada is known already. */
async function open() {
  const faulty = await openFaultyPool(database);
  opened.push(faulty);
  const probe = createProbe();
  const house = openHouse(database, { features: [probe.feature], pool: faulty.pool });
  await house.engine.start();
  await house.act(house.command(ada, 'help'));
  await house.act(house.command(adaTeams, 'help'));
  house.slack.replies.length = 0;
  house.teams.replies.length = 0;
  let runs = 0;
  /** Writes a row and a message. */
  const add = async (_: unknown, { by, account, now, store }: PersonCtx<Stores>): Promise<Effects> => {
    runs += 1;
    await store.feedback.add({ requester: by.id, account, what: 'x', why: 'y', pain: 1, created: now });
    return [whisper('done'), say(C1, 'k')];
  };
  probe.command = add;
  const before = await house.rows();
  return { ...house, probe, add, faulty, before, runs: () => runs };
}
type House = Awaited<ReturnType<typeof open>>;
/** What one arrival adds when it went through, once. */
async function expectOnce(house: House) {
  const rows = await house.rows();
  expect(rows.feedback).toBe(1);
  expect(rows.message).toBe(1);
  expect(rows.inbox - house.before.inbox).toBe(1);
}
const summaries = (house: House) => house.slack.replies.flatMap((r) => (r.kind === 'whisper' ? [r.view.summary] : []));
const insert = /insert into "groundcrew"\."feedback"/;
const commit = /Q....commit\0/s;

describe('a database that is slow before the commit', () => {
  test.each([
    ['slack', ada, 2_500],
    ['teams', adaTeams, 9_000],
  ] as const)(
    'on %s: the person is told in time that nothing was started, and nothing was',
    async (name, who, budget) => {
      const house = await open();
      const held = house.faulty.once(insert, 'hold');
      const inbound = house.command(who, 'probe');
      let answered: Answer | undefined;
      const answer = house.engine.dispatch(inbound).then((a) => {
        answered = a;
        return a;
      });
      await held;
      await house.clock.pass(budget - 1);
      expect(answered).toBeUndefined();
      await house.clock.pass(1);
      expect(whisperedIn(await answer)).toEqual([slow]);
      house.faulty.release();
      await house.engine.settle(await answer, []);
      await house.work();
      expect(await house.rows()).toEqual(house.before);
      expect(house[name].outgoing).toEqual([]);
      expect(house[name].replies).toHaveLength(1);
      // The platform sends it again, or the person tries again: now it works.
      expect(whisperedIn(await house.act(inbound))).toEqual(['done']);
      await expectOnce(house);
      await house.engine.stop();
    },
  );

  test('and then says that it lost a race: what was called off is not tried again', async () => {
    const house = await open();
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let tries = 0;
    house.probe.command = async (args, ctx) => {
      tries += 1;
      await house.add(args, ctx);
      reached.resolve();
      await go.promise;
      throw Object.assign(new Error('could not serialize'), { code: '40001' });
    };
    const answer = house.engine.dispatch(house.command(ada, 'probe'));
    await reached.promise;
    await house.clock.pass(2_500);
    expect(whisperedIn(await answer)).toEqual([slow]);
    go.resolve();
    await house.engine.idle();
    expect(tries).toBe(1);
    expect(await house.rows()).toEqual(house.before);
    await house.engine.stop();
  });

  test('a handler that takes too long is called off as well', async () => {
    const house = await open();
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    house.probe.command = async (args, ctx) => {
      const effects = await house.add(args, ctx);
      reached.resolve();
      await go.promise;
      return effects;
    };
    const answer = house.engine.dispatch(house.command(ada, 'probe'));
    await reached.promise;
    await house.clock.pass(2_500);
    expect(whisperedIn(await answer)).toEqual([slow]);
    go.resolve();
    await house.engine.idle();
    expect(await house.rows()).toEqual(house.before);
    await house.engine.stop();
  });
});

describe('a form that somebody sent, while the database is slow', () => {
  test.each([
    ['slack', ada, 2_500],
    ['teams', adaTeams, 9_000],
  ] as const)('on %s: it goes on, is done once, and they hear of it', async (name, who, budget) => {
    const house = await open();
    house.probe.submit = (_answers, _carry, ctx) => house.add('', ctx);
    house.probe.command = async () => [askOrder()];
    const asked = askedIn(await house.act(house.command(who, 'probe')));
    house[name].replies.length = 0;
    const held = house.faulty.once(insert, 'hold');
    const sent = house.submit(who, asked, { what: 'tea' });
    const pending = house.engine.dispatch(sent);
    await held;
    await house.clock.pass(budget);
    expect(whisperedIn(await pending)).toEqual([unsure]);
    // Whoever does not want to wait and sends it again waits for the first one, and nothing is done twice.
    const again = house.engine.dispatch({ ...sent, delivery: 'by hand' });
    house.faulty.release();
    await house.work();
    expect(whisperedIn(await again)[0]).toContain('This form was sent before');
    const rows = await house.rows();
    expect([rows.feedback, rows.message, house.runs()]).toEqual([1, 1, 1]);
    expect(house[name].replies.map((r) => r.kind === 'whisper' && r.view.summary)).toEqual(['done']);
    await house.engine.stop();
  });

  test('and that is not right is offered again, with what was typed', async () => {
    const house = await open();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    house.slack.replies.length = 0;
    const held = house.faulty.once(/from "groundcrew"\."asked"/, 'hold');
    const pending = house.engine.dispatch(house.submit(ada, asked, { what: 'Faster builds', why: 'x', pain: 'much' }));
    await held;
    await house.clock.pass(2_500);
    expect(whisperedIn(await pending)).toEqual([unsure]);
    house.faulty.release();
    await house.work();
    expect(house.slack.replies).toMatchObject([
      {
        kind: 'ask',
        reopened: true,
        asked: { id: asked, prior: { what: 'Faster builds' }, errors: { pain: expect.any(String) } },
      },
    ]);
    expect((await house.rows()).feedback).toBe(0);
    await house.engine.stop();
  });
});

describe('a database that is slow during the commit', () => {
  test('the person is told that it may have worked, and hears when it did', async () => {
    const house = await open();
    const held = house.faulty.once(commit, 'hold');
    const inbound = house.command(ada, 'probe');
    const pending = house.engine.dispatch(inbound);
    await held;
    await house.clock.pass(2_500);
    const answer = await pending;
    expect(whisperedIn(answer)).toEqual([unsure]);
    await house.engine.settle(answer, []);
    expect(summaries(house)).toEqual([]);
    house.faulty.release();
    await house.work();
    expect(summaries(house)).toEqual(['done']);
    expect(house.slack.outgoing).toHaveLength(1);
    await expectOnce(house);
    expect(whisperedIn(await house.act(inbound))).toEqual(['done']);
    expect(summaries(house)).toEqual(['done']);
    await house.engine.stop();
  });

  test('and then lost: it is tried again, and the person hears', async () => {
    const house = await open();
    const held = house.faulty.once(commit, 'hold');
    const pending = house.engine.dispatch(house.command(ada, 'probe'));
    await held;
    await house.clock.pass(2_500);
    expect(whisperedIn(await pending)).toEqual([unsure]);
    house.faulty.cut();
    house.faulty.release();
    await house.work();
    expect(summaries(house)).toEqual(['done']);
    await expectOnce(house);
    await house.engine.stop();
  });
});

describe('a connection that is lost during the commit', () => {
  test.each(['cut before', 'cut after'] as const)('(%s the server has it): one effect, one answer', async (fault) => {
    const house = await open();
    const fired = house.faulty.once(commit, fault);
    const answer = await house.act(house.command(ada, 'probe'));
    await fired;
    expect(whisperedIn(answer)).toEqual(['done']);
    expect(answer.repeated).toBe(false);
    expect(summaries(house)).toEqual(['done']);
    expect(house.slack.outgoing).toHaveLength(fault === 'cut before' ? 1 : house.slack.outgoing.length);
    await house.sweep();
    await house.work();
    expect(house.slack.outgoing.map((o) => o.view.summary)).toEqual(['k']);
    await expectOnce(house);
    await house.engine.stop();
  });

  test.each(['cut before', 'cut after'] as const)('twice in a row (%s): still one effect', async (fault) => {
    const house = await open();
    const first = house.faulty.once(commit, fault);
    const second = first.then(() => house.faulty.once(commit, fault));
    const answer = await house.act(house.command(ada, 'probe'));
    if (fault === 'cut before') await second;
    expect(whisperedIn(answer)).toEqual(['done']);
    await house.sweep();
    await house.work();
    await expectOnce(house);
    await house.engine.stop();
  });

  test.each(['cut before', 'cut after'] as const)(
    '(%s the server has it) and stays away: nobody is told that nothing happened',
    async (fault) => {
      const house = await open();
      void house.faulty.once(commit, fault).then(() => house.faulty.away());
      const inbound = house.command(ada, 'probe');
      const answer = await house.engine.dispatch(inbound);
      expect(whisperedIn(answer)).toEqual([unsure]);
      await house.engine.settle(answer, []);
      await house.engine.idle();
      expect(summaries(house)).toEqual([unsure]);
      // Only when the server has closed the connection is it decided what became of the commit.
      await house.faulty.quiet();
      house.faulty.back();
      house.clock.jump(16_000);
      await house.sweep();
      await house.work();
      const committed = (await house.rows()).feedback === 1;
      if (fault === 'cut before') expect(committed).toBe(false);
      expect(summaries(house)).toEqual(committed ? [unsure, 'done'] : [unsure]);
      expect(house.slack.outgoing).toHaveLength(committed ? 1 : 0);
      // Whoever tries again, the platform or the person's client, gets one effect in all.
      expect(whisperedIn(await house.act(inbound))).toEqual(['done']);
      await expectOnce(house);
      await house.engine.stop();
    },
  );

  test('and slow when it is tried again: nobody is told that nothing happened', async () => {
    const house = await open();
    const again = house.faulty.once(commit, 'cut after').then(() => house.faulty.once(/./s, 'hold'));
    const pending = house.engine.dispatch(house.command(ada, 'probe'));
    await again;
    await house.clock.pass(2_500);
    expect(whisperedIn(await pending)).toEqual([unsure]);
    house.faulty.release();
    await house.work();
    expect(summaries(house)).toEqual(['done']);
    await expectOnce(house);
    await house.engine.stop();
  });

  test.each(['cut before', 'cut after'] as const)('of an arrival that writes nothing else (%s)', async (fault) => {
    const house = await open();
    house.probe.command = async () => [whisper('read only')];
    const fired = house.faulty.once(/arrivals\/.*"replies"/s, fault);
    const inbound = house.command(ada, 'probe');
    const answer = await house.act(inbound);
    await fired;
    expect(whisperedIn(answer)).toEqual(['read only']);
    expect(summaries(house)).toEqual(['read only']);
    expect((await house.rows()).inbox).toBe(house.before.inbox + 1);
    expect(whisperedIn(await house.act(inbound))).toEqual(['read only']);
    expect(summaries(house)).toEqual(['read only']);
    await house.engine.stop();
  });
});

describe('a database that is away', () => {
  test('is said, nothing is lost or done, and all works when it is back', async () => {
    const house = await open();
    house.faulty.away();
    const inbound = house.command(ada, 'probe');
    const answers = await Promise.all([
      house.engine.dispatch(inbound),
      house.engine.dispatch(house.press(ada, 'probe', { n: 1 })),
      house.engine.dispatch(house.command(ada, 'help')),
    ]);
    expect(answers.flatMap(whisperedIn)).toEqual([away, away, away]);
    for (const answer of answers) await house.engine.settle(answer, []);
    await house.engine.idle();
    expect(summaries(house)).toEqual([away, away, away]);
    await expect(house.engine.tick()).rejects.toThrow();
    await expect(house.store.ping()).rejects.toThrow();
    await expect(
      house.engine.report({ kind: 'observed', what: 'probe', input: {}, at: house.clock.now(), delivery: 'o/1' }),
    ).rejects.toThrow();
    house.faulty.back();
    await house.store.ping();
    expect(await house.rows()).toEqual(house.before);
    expect(whisperedIn(await house.act(inbound))).toEqual(['done']);
    await expectOnce(house);
    await house.engine.stop();
  });

  test('in the middle of a transaction: nothing of it stays', async () => {
    const house = await open();
    const fired = house.faulty.once(insert, 'cut after');
    const inbound = house.command(ada, 'probe');
    const answer = await house.act(inbound);
    await fired;
    expect(whisperedIn(answer)).toEqual([away]);
    expect(await house.rows()).toEqual(house.before);
    expect(whisperedIn(await house.act(inbound))).toEqual(['done']);
    await expectOnce(house);
    await house.engine.stop();
  });

  test('the clock beats on, and what fell due meanwhile runs once when it is back', async () => {
    const house = await open();
    const ran: number[] = [];
    house.probe.due = async (_, late) => {
      ran.push(late.seconds);
      return [say(C1, 'due')];
    };
    const at = new Date(house.clock.now().getTime() + 10_000);
    await house.store.direct.due.put({ key: 'd', job: 'probe', input: {}, at });
    house.faulty.away();
    for (let i = 0; i < 60; i++) {
      await house.clock.pass(1_000);
      await house.engine.idle();
    }
    expect(ran).toEqual([]);
    house.faulty.back();
    for (let i = 0; i < 12; i++) {
      await house.clock.pass(1_000);
      await house.engine.idle();
    }
    await house.work();
    expect(ran).toHaveLength(1);
    expect(ran[0]).toBeGreaterThanOrEqual(50);
    expect(house.slack.outgoing.map((o) => o.view.summary)).toEqual(['due']);
    await house.engine.stop();
  });

  /** Three channels have something to say; the claims of two of them hang, and the third waits its turn. */
  async function hangTwo() {
    const house = await open();
    const [two, three] = ['slack:T1/C2', 'slack:T1/C3'];
    house.probe.observed = async () => [say(C1, 'one'), say(two, 'two'), say(three, 'three')];
    await house.engine.report({ kind: 'observed', what: 'probe', input: {}, at: house.clock.now(), delivery: 'o/1' });
    house.hand.lanes.clear();
    const held = [0, 1].map(() => house.faulty.once(/outbox\.claim/, 'hold'));
    const drained = [C1, two, three].map((lane) => house.hand.drain(lane));
    await Promise.all(held);
    return { house, drained, said: () => house.slack.outgoing.map((o) => o.view.summary) };
  }

  test('to two lanes, whose connections hang, holds up the others for a second', async () => {
    const { house, drained, said } = await hangTwo();
    expect(said()).toEqual([]);
    await house.clock.pass(1_000);
    await drained[2];
    expect(said()).toEqual(['three']);
    house.faulty.release();
    await Promise.all(drained);
    expect(said().toSorted()).toEqual(['one', 'three', 'two']);
    await house.engine.stop();
  });

  test('while we stop: a lane whose turn comes then is left to the next process, as nobody has it', async () => {
    const { house, drained, said } = await hangTwo();
    const stopped = house.engine.stop();
    house.faulty.release();
    await Promise.all([...drained, stopped]);
    expect(said().toSorted()).toEqual(['one', 'two']);
    const { rows } = await database.pool.query(`select key, attempts from groundcrew.outbox where state <> 'done'`);
    expect(rows).toEqual([{ key: 'three', attempts: 0 }]);
  });

  /** Says two things in a channel; while the first is on its way, something happens to the database. */
  async function deliverWhile(happens: (house: House) => void): Promise<House> {
    const house = await open();
    const report = { kind: 'observed', what: 'probe', input: {}, at: house.clock.now(), delivery: 'o/1' } as const;
    house.probe.observed = async () => [say(C1, 'k'), say(C1, 'next')];
    await house.engine.report(report);
    house.slack.next = [
      async () => {
        house.slack.found.set('k', { is: 'done', place: C1 as never, native: '1.1' });
        happens(house);
        return { is: 'done', place: C1 as never, native: '1.1' };
      },
    ];
    return house;
  }

  test('for a moment between a delivery and its mark: it is marked all the same', async () => {
    const house = await deliverWhile(({ faulty }) => faulty.cut());
    await house.hand.work();
    expect(house.slack.finds).toEqual([]);
    expect(house.slack.outgoing.map((o) => o.view.summary)).toEqual(['k', 'next']);
    const { rows } = await database.pool.query(`select native from groundcrew.message where key = 'k'`);
    expect(rows).toEqual([{ native: '1.1' }]);
    await house.engine.stop();
  });

  test('for a moment after a platform said when to come again: the claim is given back all the same', async () => {
    const house = await deliverWhile(() => {});
    house.slack.next = [
      async () => {
        house.faulty.cut();
        return { is: 'later', after: 1_000, why: 'ratelimited' };
      },
    ];
    await house.hand.work();
    const { rows } = await database.pool.query(`select key, state, why from groundcrew.outbox order by seq`);
    expect(rows).toEqual([
      { key: 'k', state: 'waiting', why: 'ratelimited' },
      { key: 'next', state: 'waiting', why: null },
    ]);
    await house.engine.stop();
  });

  /** The database goes away between a delivery and its mark, until that is given up. */
  async function leaveUnmarked(): Promise<House> {
    const house = await deliverWhile(({ faulty }) => faulty.away());
    let ended = false;
    const work = expect(house.hand.work())
      .rejects.toThrow()
      .finally(() => {
        ended = true;
      });
    while (!ended) {
      await setImmediate();
      await house.clock.pass(1_000);
    }
    await work;
    return house;
  }

  test('between a delivery and its mark, for longer than the claim holds: who delivered it remembers that, and neither looks nor sends again', async () => {
    const house = await leaveUnmarked();
    house.faulty.back();
    await house.store.direct.outbox.release();
    await house.sweep();
    await house.work();
    // Teams could not even be asked.
    expect(house.slack.finds).toEqual([]);
    expect(house.slack.outgoing.map((o) => o.view.summary)).toEqual(['k', 'next']);
    const { rows } = await database.pool.query(`select native from groundcrew.message where key = 'k'`);
    expect(rows).toEqual([{ native: '1.1' }]);
    await house.engine.stop();
  });

  test('whose successor never heard of what was delivered gives its number to another message: that one is sent', async () => {
    const house = await leaveUnmarked();
    house.faulty.back();
    const { rows: lost } = await database.pool.query(`delete from groundcrew.outbox returning seq`);
    await database.pool.query('delete from groundcrew.message');
    const seqs = lost.map(({ seq }) => Number(seq));
    await database.pool.query(`alter table groundcrew.outbox alter column seq restart with ${Math.min(...seqs)}`);
    house.probe.observed = async () => [say(C1, 'another')];
    await house.engine.report({ kind: 'observed', what: 'probe', input: {}, at: house.clock.now(), delivery: 'o/2' });
    await house.work();
    expect(house.slack.outgoing.map((o) => o.view.summary)).toEqual(['k', 'another']);
    await house.engine.stop();
  });

  test('when it loses its place as the leader it is read-only for a while: that is said as away, not as broken', async () => {
    const house = await open();
    const readOnly = Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006' });
    house.probe.command = () => Promise.reject(readOnly);
    expect(whisperedIn(await house.engine.dispatch(house.command(ada, 'probe')))).toEqual([away]);
    const full = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
    house.probe.command = () => Promise.reject(full);
    expect(whisperedIn(await house.engine.dispatch(house.command(ada, 'probe')))).toEqual([away]);
    expect(await house.rows()).toEqual(house.before);
    await house.engine.stop();
  });
});

describe('a lost race', () => {
  test.each(['40001', '40P01', '55P03', '23505'])('(%s) is run again, up to three times', async (code) => {
    const house = await open();
    let tries = 0;
    house.probe.command = async (args, ctx) => {
      tries += 1;
      await house.add(args, ctx);
      if (tries < 3) throw Object.assign(new Error('lost'), { code });
      return [whisper(`try ${tries}`)];
    };
    expect(whisperedIn(await house.act(house.command(ada, 'probe')))).toEqual(['try 3']);
    expect((await house.rows()).feedback).toBe(1);
    tries = -10;
    expect(whisperedIn(await house.act(house.command(ada, 'probe')))[0]).toContain('Nothing was started or changed.');
    expect(tries).toBe(-7);
    expect((await house.rows()).feedback).toBe(1);
    await house.engine.stop();
  });

  test('with the discovery that two logins are one human: the handler runs for the one who stays', async () => {
    const house = await open();
    const { people } = house.store.direct.features;
    const other = { ...ada, account: 'slack:T1/UTWIN' as typeof ada.account, email: 'twin@acme.test' };
    await people.arrive(other.account, {}, house.clock.now());
    const twin = await people.learn(other, house.clock.now());
    let tries = 0;
    house.probe.command = async (args, ctx) => {
      tries += 1;
      if (tries === 1) {
        expect(ctx.by.id).toBe(twin?.id);
        await people.learn({ ...other, email: 'ada@acme.test' }, house.clock.now());
      }
      return house.add(args, ctx);
    };
    expect(whisperedIn(await house.act(house.command(other, 'probe')))).toEqual(['done']);
    const joined = await people.byAccount(ada.account);
    const kept = await house.store.direct.features.feedback.mine(joined?.id as never, 9);
    expect(kept).toHaveLength(1);
    await house.engine.stop();
  });
});

test('the queue away: what was committed waits in the outbox, and the sweep finds it', async () => {
  const house = await open();
  house.hand.setAway(true);
  expect(whisperedIn(await house.act(house.command(ada, 'probe')))).toEqual(['done']);
  await house.sweep();
  await house.work();
  expect(house.slack.outgoing).toEqual([]);
  house.hand.setAway(false);
  await house.sweep();
  await house.work();
  expect(house.slack.outgoing.map((o) => o.view.summary)).toEqual(['k']);
  await expectOnce(house);
  await house.engine.stop();
});

import { describe, expect, test } from 'vitest';
import { type Answer, buttonsOf, type Delivered, openForm, type Reply } from '../../src/core/kernel/index.ts';
import { openPool } from '../../src/store/pool.ts';
import { createStore } from '../../src/store/store.ts';
import { ada, adaTeams, grace, openHouse, recordingPlatform, settings } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { askOrder, createProbe, say, whisper } from '../support/probe.ts';

const database = await ownDatabase();

function open(options: Parameters<typeof openHouse>[1] = {}) {
  const probe = createProbe();
  const house = openHouse(database, { features: [probe.feature], ...options });
  probe.command = async () => [whisper('one'), whisper('two')];
  return { ...house, probe };
}
type House = ReturnType<typeof open>;
const words = (replies: readonly Reply[]) =>
  replies.map((r) => (r.kind === 'whisper' ? r.view.summary : `form ${r.asked.form.id}`));
const directs = (house: House) =>
  house.slack.outgoing.flatMap((o) => (o.kind === 'direct' ? [[o.account, o.view.summary]] : []));
async function owed(): Promise<number> {
  const { rows } = await database.pool.query('select count(*)::int as n from groundcrew.inbox where not settled');
  return rows[0].n;
}
const gone = (what: 'trigger' | 'address'): Delivered => ({ is: 'gone', what, why: `${what} is gone` });
const later: Delivered = { is: 'later', why: 'http_503' };

/** What a dispatch leaves when the process dies before it answers: a committed row, and nothing made. */
async function crashed(house: House): Promise<Answer> {
  const answer = await house.engine.dispatch(house.command(ada, 'probe'));
  expect(await owed()).toBe(1);
  return answer;
}
const minutes = 60_000;
/** Time goes by, for the database too. */
async function wait(house: House, ms: number) {
  house.clock.jump(ms);
  await database.pool.query(`update groundcrew.inbox set tried = tried - make_interval(secs => $1)`, [ms / 1000]);
  await house.sweep();
  await house.work();
}

describe('what the adapter', () => {
  test('took into its own answer is not made again, and all is settled', async () => {
    const house = open();
    const answer = await house.engine.dispatch(house.command(ada, 'probe'));
    expect(await owed()).toBe(1);
    await house.engine.settle(answer, answer.replies);
    await house.engine.idle();
    expect(house.slack.replies).toEqual([]);
    expect(await owed()).toBe(0);
  });

  test('did not take is made by the platform, in order', async () => {
    const house = open();
    const answer = await house.engine.dispatch(house.command(ada, 'probe'));
    await house.engine.settle(answer, answer.replies.slice(0, 1));
    await house.engine.idle();
    expect(words(house.slack.replies)).toEqual(['two']);
    expect(await owed()).toBe(0);
  });

  test('has answered before is not made again', async () => {
    const house = open();
    const inbound = house.command(ada, 'probe');
    await house.engine.settle(await house.engine.dispatch(inbound), []);
    await house.engine.settle(await house.engine.dispatch(inbound), []);
    await house.engine.idle();
    expect(words(house.slack.replies)).toEqual(['one', 'two']);
  });

  test('asks nothing of, costs no mark', async () => {
    const house = open();
    house.probe.command = async () => [say('slack:T1/C1', 'k')];
    const answer = await house.engine.dispatch(house.command(ada, 'probe'));
    expect(await owed()).toBe(0);
    await house.engine.settle(answer, []);
    expect(house.slack.replies).toEqual([]);
  });

  test('answers a hundred people at once, and all hundred are marked', async () => {
    const house = open();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => house.engine.dispatch(house.command(ada, 'probe'))),
    );
    expect(await owed()).toBe(100);
    await Promise.all(answers.map((a) => house.engine.settle(a, a.replies)));
    await house.engine.idle();
    expect(await owed()).toBe(0);
  });
});

describe('a reply whose moment has passed', () => {
  test('becomes a direct message when its address is gone', async () => {
    const house = open();
    await house.engine.start();
    house.slack.nextReplies = [gone('address'), gone('address')];
    await house.act(house.command(ada, 'probe'));
    expect(directs(house)).toEqual([
      [ada.account, 'one'],
      [ada.account, 'two'],
    ]);
    expect(await owed()).toBe(0);
    await wait(house, 20_000);
    expect(directs(house)).toHaveLength(2);
    await house.engine.stop();
  });

  test('of which the first was made and the second not: only the second is told', async () => {
    const house = open();
    await house.engine.start();
    house.slack.nextReplies = [{ is: 'done' }, gone('address')];
    await house.act(house.command(ada, 'probe'));
    expect(directs(house)).toEqual([[ada.account, 'two']]);
    await house.engine.stop();
  });

  test('offers its form with a button, which opens it with what was typed', async () => {
    const house = open();
    await house.engine.start();
    house.probe.command = async () => [askOrder('', { what: 'prefilled' })];
    house.slack.nextReplies = [gone('trigger')];
    const answer = await house.act(house.command(ada, 'probe'));
    const [reply] = answer.replies;
    const id = reply?.kind === 'ask' ? reply.asked.id : '';
    const offer = house.slack.replies.at(-1);
    if (offer?.kind !== 'whisper') throw new Error('nothing was offered');
    expect(buttonsOf(offer.view)).toMatchObject([{ press: { name: openForm, value: id }, opens: 'form' }]);
    expect(directs(house)).toEqual([]);
    const pressed = await house.act(house.from<'press'>(ada, { kind: 'press', press: { name: openForm, value: id } }));
    expect(pressed.replies).toMatchObject([{ kind: 'ask', asked: { id, prior: { what: 'prefilled' } } }]);
    await house.engine.stop();
  });

  test('offers its form in a direct message when the address is gone as well', async () => {
    const house = open();
    await house.engine.start();
    house.probe.command = async () => [askOrder()];
    house.slack.nextReplies = [gone('trigger'), gone('address')];
    await house.act(house.command(ada, 'probe'));
    expect(house.slack.outgoing.map((o) => [o.kind, o.view.id])).toEqual([['direct', 'form.offer']]);
    await house.engine.stop();
  });

  test('refused by the platform is given up, and does not stop the next', async () => {
    const house = open();
    await house.engine.start();
    house.slack.nextReplies = [{ is: 'refused', why: 'invalid_blocks' }];
    await house.act(house.command(ada, 'probe'));
    expect(words(house.slack.replies)).toEqual(['one', 'two']);
    expect(await owed()).toBe(0);
    await house.engine.stop();
  });
});

describe('an answer that was not settled', () => {
  test('is taken up again after 15 seconds, not before, once', async () => {
    const house = open();
    await house.engine.start();
    await crashed(house);
    // The database's own clock goes on meanwhile: a busy machine needs room before the fifteenth second.
    await wait(house, 1_000);
    expect(house.slack.replies).toEqual([]);
    await wait(house, 14_100);
    expect(words(house.slack.replies)).toEqual(['one', 'two']);
    expect(await owed()).toBe(0);
    await wait(house, 60_000);
    expect(house.slack.replies).toHaveLength(2);
    await house.engine.stop();
  });

  test('is taken up by one of two replicas', async () => {
    const slack = recordingPlatform('slack', [ada]);
    const [one, two] = [open({ slack }), open({ slack })];
    for (let i = 0; i < 20; i++) await one.engine.dispatch(one.command(ada, 'probe'));
    one.clock.jump(16_000);
    two.clock.jump(16_000);
    await Promise.all([one.sweep(), two.sweep(), one.sweep(), two.sweep()]);
    await Promise.all([one.engine.idle(), two.engine.idle()]);
    expect(slack.replies).toHaveLength(40);
    expect(await owed()).toBe(0);
  });

  test.each([
    ['while the platform is away', later],
    ['while our access is broken', { is: 'parked', why: 'token_revoked' } as Delivered],
    ['while the call fails', new Error('socket hang up')],
  ])('stays owed %s, and is made when that is over', async (_, down) => {
    const house = open();
    await house.engine.start();
    house.slack.nextReplies = [down, { is: 'done' }];
    await house.act(house.command(ada, 'probe'));
    expect(await owed()).toBe(1);
    house.slack.nextReplies = [down, down];
    await wait(house, 31_000);
    expect(await owed()).toBe(1);
    await wait(house, 31_000);
    expect(await owed()).toBe(0);
    expect(words(house.slack.replies).slice(-2)).toEqual(['one', 'two']);
    await house.engine.stop();
  });

  test('is not tried again within 30 seconds', async () => {
    const house = open();
    await house.engine.start();
    await crashed(house);
    house.slack.nextReplies = [later, later];
    await wait(house, 16_000);
    expect(house.slack.replies).toHaveLength(2);
    house.clock.jump(10_000);
    await house.sweep();
    expect(house.slack.replies).toHaveLength(2);
    await house.engine.stop();
  });

  test('after half an hour is told in a direct message; a form is let go', async () => {
    const house = open();
    await house.engine.start();
    house.probe.command = async () => [askOrder(), whisper('one'), whisper('two')];
    await crashed(house);
    await wait(house, 31 * minutes);
    expect(house.slack.replies).toEqual([]);
    expect(directs(house)).toEqual([
      [ada.account, 'one'],
      [ada.account, 'two'],
    ]);
    expect(await owed()).toBe(0);
    await house.engine.stop();
  });

  test('whose form was to stay open opens nothing anew', async () => {
    const house = open();
    await house.engine.start();
    house.probe.command = async () => [askOrder()];
    const opened = await house.act(house.command(ada, 'probe'));
    const [reply] = opened.replies;
    const id = reply?.kind === 'ask' ? reply.asked.id : '';
    house.slack.replies.length = 0;
    await house.engine.dispatch(house.submit(ada, id, { what: '' }));
    expect(await owed()).toBe(1);
    await wait(house, 16_000);
    expect(house.slack.replies).toEqual([]);
    expect(await owed()).toBe(0);
    await house.engine.stop();
  });

  test('that half reached a person says nothing twice by direct message', async () => {
    const house = open();
    await house.engine.start();
    house.probe.command = async () => [whisper('one'), whisper('two'), whisper('three')];
    const answer = await crashed(house);
    // The adapter's own answer carried the first; the others go as direct messages, and then the mark is lost.
    house.slack.nextReplies = [gone('address'), gone('address')];
    await house.engine.settle(answer, answer.replies.slice(0, 1));
    await house.engine.idle();
    await database.pool.query(`update groundcrew.inbox set settled = false, origin = '{"platform":"slack"}'`);
    house.slack.nextReplies = [gone('address'), gone('address'), gone('address')];
    await wait(house, 16_000);
    expect(
      directs(house)
        .map(([, w]) => w)
        .sort(),
    ).toEqual(['one', 'three', 'two']);
    await house.engine.stop();
  });

  test('of a platform that is not connected in this process waits for one where it is', async () => {
    const slack = recordingPlatform('slack', [ada]);
    const without = open({ slack, platforms: [slack] });
    without.probe.command = async () => [whisper('one')];
    await without.engine.dispatch(without.command(adaTeams, 'probe'));
    without.clock.jump(16_000);
    await without.sweep();
    expect(await owed()).toBe(1);
    const whole = open();
    await whole.engine.start();
    whole.clock.jump(16_000);
    await wait(whole, 31_000);
    expect(words(whole.teams.replies)).toEqual(['one']);
    expect(await owed()).toBe(0);
  });
});

test('what can’t be made for a while holds up no answer that can', async () => {
  const owe = (n: number) =>
    database.pool.query(
      `insert into groundcrew.inbox (delivery, kind, at, account, origin, replies, settled)
       select 'd' || i, 'command', now() + make_interval(secs => i), $1, '{"platform":"slack"}', '[]', false from generate_series(1, $2) i`,
      [ada, n],
    );
  await owe(4);
  // However the database goes about it: the rows to take are looked for once, not for each row again.
  const pool = openPool({ ...database.config, max: 1 }, () => {});
  await pool.query(
    "select set_config('enable_' || way, 'off', false) from unnest('{hashjoin,mergejoin,hashagg,material,sort}'::text[]) way",
  );
  const { inbox } = createStore(pool, () => settings).direct;
  const first = await inbox.owed(0, 2);
  await database.pool.query("update groundcrew.inbox set tried = tried - interval '31 seconds'");
  const second = await inbox.owed(0, 2);
  const all = [...first, ...second].map(({ delivery }) => delivery);
  expect(all.toSorted()).toEqual(['d1', 'd2', 'd3', 'd4']);
  await pool.end();
});

describe('an answer that is the same for many', () => {
  const kept = async () =>
    (await database.pool.query('select id, replies::text, used from groundcrew.lasting_answer')).rows;
  const own = async () =>
    (await database.pool.query("select delivery from groundcrew.inbox where replies::text <> '[]'")).rows;
  const age = (days: number) =>
    database.pool.query('update groundcrew.lasting_answer set used = used - make_interval(days => $1)', [days]);
  const help = (house: House, who = ada) => house.act(house.command(who, 'help'));

  test('is kept once for all of them, and the same delivery has it again', async () => {
    const house = open();
    // Who is new has more to write than an answer.
    for (const who of [ada, grace]) await help(house, who);
    expect(await kept()).toEqual([]);
    const before = await own();
    for (const who of [grace, ada, grace]) await help(house, who);
    const inbound = house.command(ada, 'help');
    const first = await house.act(inbound);
    const again = await open().engine.dispatch(inbound);
    expect(again.repeated).toBe(true);
    expect(again.replies).toEqual(first.replies);
    // Grace may do more than Ada.
    expect(await kept()).toHaveLength(2);
    expect(await own()).toEqual(before);
    expect((await house.rows()).inbox).toBe(6);
    expect(await owed()).toBe(0);
  });

  test('is not what one person alone is answered', async () => {
    const house = open();
    house.probe.command = async () => [whisper('one')];
    await house.act(house.command(ada, 'probe'));
    expect(await kept()).toEqual([]);
    expect(await own()).toHaveLength(1);
  });

  test('is made by the next process when the one that owed it died', async () => {
    const died = open();
    await help(died);
    const answer = await died.engine.dispatch(died.command(ada, 'help'));
    expect(await owed()).toBe(1);
    const house = open();
    await house.engine.start();
    await wait(house, 16_000);
    expect(house.slack.replies).toEqual(answer.replies);
    expect(await kept()).toHaveLength(1);
    expect(await owed()).toBe(0);
    await house.engine.stop();
  });

  test('is sent anew once it was not given for a day, and when the database lost it', async () => {
    const house = open();
    for (let i = 0; i < 2; i++) await help(house);
    await age(2);
    await help(house);
    const [{ used }] = await kept();
    expect((await database.pool.query("select $1 > now() - interval '1 hour' as fresh", [used])).rows).toEqual([
      { fresh: true },
    ]);
    await database.pool.query('delete from groundcrew.lasting_answer');
    const commands = [1, 2, 3].map(() => house.command(ada, 'help'));
    const answers = await Promise.all(commands.map((c) => house.act(c)));
    expect(answers.map((a) => a.repeated)).toEqual([false, false, false]);
    expect(await kept()).toHaveLength(1);
    expect((await house.rows()).inbox).toBe(6);
  });

  test('is forgotten weeks after it was last given, and not while an arrival points to it', async () => {
    const house = open();
    const { inbox } = house.store.direct;
    for (let i = 0; i < 2; i++) await help(house);
    await age(15);
    await inbox.forget(new Date(0));
    expect(await kept()).toHaveLength(1);
    await inbox.forget(new Date(house.clock.now().getTime() + 1));
    expect(await kept()).toEqual([]);
    expect((await help(house)).repeated).toBe(false);
    expect(await kept()).toHaveLength(1);
  });
});

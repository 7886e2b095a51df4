import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Stores } from '../../src/core/features.ts';
import {
  type Ctx,
  type Effects,
  onObserved,
  type PersonCtx,
  type PlaceId,
  Problem,
  said,
  type View,
} from '../../src/core/kernel/index.ts';
import { ada, adaTeams, grace, openHouse, quiet, recordingPlatform } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { askOrder, createProbe, edit, say, view, whisper } from '../support/probe.ts';
import { whisperedIn } from '../support/words.ts';

const database = await ownDatabase();

const C1 = 'slack:T1/C1';

function open() {
  const probe = createProbe();
  const house = openHouse(database, { features: [probe.feature] });
  return { ...house, probe };
}
/** Leaves a row that only a committed handler leaves. */
async function keep({ by, account, now, store }: PersonCtx<Stores>) {
  await store.feedback.add({ requester: by.id, account, what: 'x', why: 'y', pain: 1, created: now });
}

describe('the same delivery', () => {
  test('again has one effect and the same answer, whatever it says by then', async () => {
    const house = open();
    await house.engine.start();
    let runs = 0;
    house.probe.command = async (args) => {
      runs += 1;
      return [whisper(`run ${runs}: ${args}`), say(C1, 'k'), askOrder('carry')];
    };
    const inbound = house.command(ada, 'probe one');
    const first = await house.act(inbound);
    const second = await house.act(inbound);
    const third = await house.act({ ...inbound, text: 'probe two' });
    expect(runs).toBe(1);
    expect(whisperedIn(first)).toEqual(['run 1: one']);
    expect([first.repeated, second.repeated, third.repeated]).toEqual([false, true, true]);
    expect(second.replies).toEqual(first.replies);
    expect(third.replies).toEqual(first.replies);
    expect(house.slack.outgoing).toHaveLength(1);
    expect(house.slack.replies).toHaveLength(2);
    expect(await house.rows()).toMatchObject({ inbox: 1, asked: 1, message: 1 });
  });

  test('a form comes back in the order in which its fields were declared', async () => {
    const house = open();
    house.probe.command = async () => [askOrder()];
    const inbound = house.command(ada, 'probe');
    await house.engine.dispatch(inbound);
    const again = await house.engine.dispatch(inbound);
    const [reply] = again.replies;
    expect(reply?.kind === 'ask' && Object.keys(reply.asked.form.fields)).toEqual(['what', 'backup', 'days']);
  });

  test('ten times at once is once', async () => {
    const house = open();
    await house.engine.start();
    house.probe.command = async (_, ctx) => {
      await keep(ctx);
      return [whisper('done'), say(C1, 'k')];
    };
    const inbound = house.command(ada, 'probe');
    const answers = await Promise.all(Array.from({ length: 10 }, () => house.act(inbound)));
    expect(answers.map(whisperedIn)).toEqual(Array(10).fill(['done']));
    expect(answers.filter((a) => !a.repeated)).toHaveLength(1);
    expect(house.slack.outgoing).toHaveLength(1);
    expect(house.slack.replies).toHaveLength(1);
    expect(await house.rows()).toMatchObject({ feedback: 1, message: 1, person: 1 });
  });

  test('on two replicas at once is once', async () => {
    const [one, two] = [open(), open()];
    await one.engine.start();
    await two.engine.start();
    const run = async (_: string, ctx: PersonCtx<Stores>): Promise<Effects> => {
      await keep(ctx);
      return [whisper('done'), say(C1, 'k')];
    };
    one.probe.command = run;
    two.probe.command = run;
    for (let i = 0; i < 5; i++) {
      const inbound = one.command(ada, 'probe');
      const answers = await Promise.all([one.act(inbound), two.act(inbound)]);
      expect(answers.map(whisperedIn)).toEqual([['done'], ['done']]);
      expect(answers.map((a) => a.repeated).sort()).toEqual([false, true]);
    }
    expect(await one.rows()).toMatchObject({ feedback: 5, message: 1, person: 1 });
    expect([...one.slack.outgoing, ...two.slack.outgoing]).toHaveLength(1);
    expect([...one.slack.replies, ...two.slack.replies]).toHaveLength(5);
  });

  test('by another way in is another one', async () => {
    const house = open();
    house.probe.command = async () => [whisper('done')];
    await house.engine.dispatch(house.command(ada, 'probe'));
    await house.engine.dispatch(house.command(ada, 'probe'));
    expect(await house.rows()).toMatchObject({ inbox: 2 });
  });
});

describe('a handler that fails', () => {
  test('leaves nothing behind, says so with a number, and may be tried again', async () => {
    const house = open();
    await house.engine.start();
    await house.act(house.command(ada, 'probe'));
    const before = await house.rows();
    house.probe.command = async (_, ctx) => {
      await keep(ctx);
      throw new TypeError('secret words of a person');
    };
    const inbound = { ...house.command(ada, 'probe'), delivery: 'slack/1234567890.abcdefghijkl' };
    const [words] = whisperedIn(await house.act(inbound));
    expect(words).toBe(
      'Something broke on my side. Nothing was started or changed. Please try again; if it stays, tell the platform team this number: abcdefghijkl.',
    );
    expect(await house.rows()).toEqual(before);
    house.probe.command = async (_, ctx) => {
      await keep(ctx);
      return [whisper('now it works')];
    };
    expect(whisperedIn(await house.act(inbound))).toEqual(['now it works']);
    expect(await house.rows()).toMatchObject({ feedback: 1 });
    await house.engine.stop();
  });

  test('with a problem tells its words, and leaves nothing behind', async () => {
    const house = open();
    await house.engine.dispatch(house.command(ada, 'help'));
    const before = await house.rows();
    house.probe.command = async (_, ctx) => {
      await keep(ctx);
      throw new Problem('quota_used', 'The quota is used up. Ask for more.');
    };
    expect(whisperedIn(await house.engine.dispatch(house.command(ada, 'probe')))).toEqual([
      'The quota is used up. Ask for more.',
    ]);
    expect(await house.rows()).toEqual(before);
  });

  test('after it wrote effects of its own takes them back as well', async () => {
    const house = open();
    await house.engine.dispatch(house.command(ada, 'help'));
    const before = await house.rows();
    house.probe.command = async () => [
      say(C1, 'k'),
      askOrder(),
      { kind: 'later', job: 'probe', input: {}, at: new Date(), key: 'j' },
      // What comes last cannot be written.
      { kind: 'nonsense' } as never,
    ];
    expect(whisperedIn(await house.engine.dispatch(house.command(ada, 'probe')))[0]).toContain('Something broke');
    expect(await house.rows()).toEqual(before);
    expect(house.hand.lanes.size).toBe(0);
  });
});

describe('the home page', () => {
  const part = (words: string) => ({ blocks: [{ kind: 'text', text: said(words) } as const], buttons: [] });
  const words = (view: View | undefined) => JSON.stringify(view?.blocks);

  test('is shown without the part that fails, whatever failed, and says so; the log knows which', async () => {
    const errors: object[] = [];
    const house = openHouse(database, {
      log: { ...quiet, error: (about: object) => void errors.push(about) },
      features: [
        {
          name: 'spoils',
          handlers: [],
          home: async ({ store, by, now }) => {
            await store.feedback.moved(999, { by: by.id, move: 'plan', state: 'planned', at: now });
            return part('never');
          },
        },
        { name: 'throws', handlers: [], home: () => Promise.reject(new Error('a fault')) },
        {
          name: 'fine',
          handlers: [],
          home: async ({ store, by }) => part(`wishes: ${(await store.feedback.mine(by.id, 9)).length}`),
        },
      ],
    });
    await house.engine.start();
    await house.act(house.command(ada, 'help'));
    await house.act(house.from<'home'>(ada, { kind: 'home' }));
    const [page] = house.slack.outgoing.filter((o) => o.kind === 'home');
    expect(words(page?.view)).toContain('wishes: 0');
    expect(words(page?.view)).toContain('Something is missing here');
    expect(words(page?.view)).not.toContain('never');
    expect(errors.map((e) => 'feature' in e && e.feature)).toEqual(['spoils', 'throws']);
    const typed = await house.act(house.command(ada, ''));
    const [reply] = typed.replies;
    expect(words(reply?.kind === 'whisper' ? reply.view : undefined)).toContain('wishes: 0');
    await house.engine.stop();
  });

  test('of which nothing fails says nothing of the kind, and leaves nothing behind', async () => {
    const house = openHouse(database, {
      features: [{ name: 'fine', handlers: [], home: async () => part('all well') }],
    });
    await house.engine.start();
    await house.act(house.from<'home'>(ada, { kind: 'home' }));
    const [page] = house.slack.outgoing.filter((o) => o.kind === 'home');
    expect(words(page?.view)).toContain('all well');
    expect(words(page?.view)).not.toContain('missing');
    const { rows } = await database.pool.query('show statement_timeout');
    expect(rows).toEqual([{ statement_timeout: '0' }]);
    await house.engine.stop();
  });

  test('is not drawn at all when the database is lost in the middle of it: that is said as away', async () => {
    const lost = Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' });
    const house = openHouse(database, {
      features: [{ name: 'lost', handlers: [], home: () => Promise.reject(lost) }],
    });
    await house.engine.start();
    const answer = await house.act(house.from<'home'>(ada, { kind: 'home' }));
    expect(answer.again).toBeDefined();
    expect(house.slack.outgoing).toEqual([]);
    await house.engine.stop();
  });
});

describe('effects', () => {
  test('become replies and rows in their order', async () => {
    const house = open();
    house.probe.command = async () => [
      say(C1, 'a'),
      whisper('one'),
      say(C1, 'b'),
      askOrder('first'),
      say('slack:T1/C2', 'c'),
      whisper('two'),
      say(C1, 'd'),
      { kind: 'home', view: view('home') },
      { kind: 'act', action: 'x', input: null, key: 'e' },
    ];
    const answer = await house.engine.dispatch(house.command(ada, 'probe'));
    expect(answer.replies.map((r) => (r.kind === 'whisper' ? r.view.summary : r.asked.form.id))).toEqual([
      'one',
      'probe.order',
      'two',
    ]);
    const { rows } = await database.pool.query('select kind, key, slot from groundcrew.outbox order by seq');
    expect(rows.map((r) => [r.kind, r.key, r.slot])).toEqual([
      ['say', 'a', C1],
      ['say', 'b', C1],
      ['say', 'c', 'slack:T1/C2'],
      ['say', 'd', C1],
      ['home', `home/${ada.account}`, ada.account],
      ['act', 'e', ''],
    ]);
  });

  test('a schedule follows the order of its effects', async () => {
    const house = open();
    const at = (minutes: number) => new Date(house.clock.now().getTime() + minutes * 60_000);
    const later = (key: string, minutes: number) =>
      ({ kind: 'later', job: 'probe', input: { minutes }, at: at(minutes), key }) as const;
    const never = (key: string) => ({ kind: 'never', key }) as const;
    house.probe.command = async () => [
      later('stays', 5),
      later('moved', 5),
      later('moved', 7),
      later('gone', 5),
      never('gone'),
      never('back'),
      later('back', 9),
      never('was never there'),
    ];
    await house.engine.dispatch(house.command(ada, 'probe'));
    const due = await house.store.direct.due.ready(at(60), 10);
    expect(due.map((d) => [d.key, d.input, d.at])).toEqual([
      ['stays', { minutes: 5 }, at(5)],
      ['moved', { minutes: 7 }, at(7)],
      ['back', { minutes: 9 }, at(9)],
    ]);
  });

  test('that answer a person are nothing where nobody acted', async () => {
    const house = open();
    await house.engine.start();
    house.probe.observed = async () => [whisper('hello?'), askOrder(), { kind: 'home', view: view('x') }, say(C1, 'k')];
    const at = house.clock.now();
    await house.engine.report({ kind: 'observed', what: 'probe', input: {}, at, delivery: 'o/1' });
    await house.work();
    expect(house.slack.replies).toEqual([]);
    expect(house.slack.outgoing.map((o) => o.kind)).toEqual(['post']);
    expect(await house.rows()).toMatchObject({ asked: 0 });
    await house.engine.stop();
  });

  test('what happened is told to every feature that listens, in their order, in one transaction', async () => {
    const probe = createProbe();
    const listen = (name: string, run: (ctx: Ctx<Stores>) => Promise<Effects>) => ({
      name,
      handlers: [onObserved('probe', z.object({}), async (_, ctx: Ctx<Stores>) => run(ctx))],
    });
    const house = openHouse(database, {
      features: [
        probe.feature,
        listen('second', async () => [say(C1, 'second')]),
        listen('third', async () => {
          throw new Error('the third fails');
        }),
      ],
    });
    await house.engine.start();
    probe.observed = async () => [say(C1, 'first')];
    const at = house.clock.now();
    const report = (delivery: string) =>
      house.engine.report({ kind: 'observed', what: 'probe', input: {}, at, delivery });
    await expect(report('o/1')).rejects.toThrow('the third fails');
    expect(await house.rows()).toMatchObject({ outbox: 0, inbox: 0 });
    const both = openHouse(database, { features: [probe.feature, listen('second', async () => [say(C1, 'second')])] });
    await both.engine.start();
    await both.engine.report({ kind: 'observed', what: 'probe', input: {}, at, delivery: 'o/2' });
    await both.work();
    expect(both.slack.outgoing.map((o) => 'key' in o && o.key)).toEqual(['first', 'second']);
    await both.engine.stop();
    await house.engine.stop();
  });

  test('what a handler is told is the moment of the arrival, who acted and where', async () => {
    const house = open();
    const told: unknown[] = [];
    house.probe.command = async (args, ctx) => {
      told.push(args, ctx.now, ctx.delivery, ctx.by.name, ctx.account, ctx.place, [...ctx.by.roles]);
      expect(ctx.id()).not.toBe(ctx.id());
      return [];
    };
    const inbound = { ...house.command(grace, 'probe  two words '), place: C1 as PlaceId };
    await house.engine.dispatch(inbound);
    expect(told).toEqual([
      'two words',
      inbound.at,
      inbound.delivery,
      'Grace',
      grace.account,
      C1,
      ['developer', 'platform'],
    ]);
  });
});

describe('a press that a client made up', () => {
  const unknown = 'I don’t know this button';
  const malformed = 'I can’t read what this button carries';
  const deep = '['.repeat(50_000);
  test.each([
    ['no JSON', 'probe', 'not json', malformed],
    ['an empty value', 'probe', '', malformed],
    ['null', 'probe', 'null', malformed],
    ['a list', 'probe', '[1]', malformed],
    ['a word for a number', 'probe', '{"n":"1"}', malformed],
    ['half a number', 'probe', '{"n":1.5}', malformed],
    ['too large a number', 'probe', '{"n":1e999}', malformed],
    ['nothing in it', 'probe', '{}', malformed],
    ['a prototype', 'probe', '{"__proto__":{"n":1}}', malformed],
    ['50,000 brackets', 'probe', deep, malformed],
    ['a megabyte', 'probe', `{"n":"${'x'.repeat(1_000_000)}"}`, malformed],
    ['lone surrogates and NUL', 'probe', '{"n":"\ud800\u0000"}', malformed],
    ['an unknown name', 'nothing', '{}', unknown],
    ['the name of a method', 'toString', '{}', unknown],
    ['a prototype for a name', '__proto__', '{}', unknown],
    ['a name with SQL in it', "x'; drop table groundcrew.inbox; --", '{}', unknown],
    ['a megabyte of a name', 'x'.repeat(1_000_000), '{}', unknown],
    ['no name', '', '{}', unknown],
  ])('%s: says so, does nothing, serves on', async (_, name, value, words) => {
    const house = open();
    let ran = false;
    house.probe.press = async () => {
      ran = true;
      return [];
    };
    const pressed = await house.engine.dispatch(house.from(ada, { kind: 'press', press: { name, value } }));
    expect(whisperedIn(pressed)).toHaveLength(1);
    expect(whisperedIn(pressed)[0]).toContain(words);
    expect(ran).toBe(false);
    expect(await house.rows()).toMatchObject({ inbox: 0, outbox: 0 });
    const good = await house.engine.dispatch(house.press(ada, 'probe', { n: 1 }));
    expect(good.replies).toEqual([]);
    expect(ran).toBe(true);
  });

  test('more than the handler knows is dropped, not passed on', async () => {
    const house = open();
    let got: unknown;
    house.probe.press = async (n) => {
      got = n;
      return [];
    };
    await house.engine.dispatch(house.press(ada, 'probe', { n: 3, admin: true }));
    expect(got).toBe(3);
  });

  test.each(['nothing', '__proto__', 'toString', ''])('a shortcut called %j is unknown', async (name) => {
    const house = open();
    const [words] = whisperedIn(await house.engine.dispatch(house.from(ada, { kind: 'shortcut', name })));
    expect(words).toContain('I don’t know this shortcut');
  });
});

describe('who acts', () => {
  const profileOf = (house: ReturnType<typeof open>) => house.store.direct.features.people.byAccount(ada.account);

  test('is asked of the directory before the first answer, and once', async () => {
    const house = open();
    let asked = 0;
    const { profile } = house.slack;
    house.slack.profile = async (account) => {
      asked += 1;
      return profile(account);
    };
    for (let i = 0; i < 3; i++) await house.engine.dispatch(house.command(ada, 'help'));
    expect(asked).toBe(1);
    expect(await profileOf(house)).toMatchObject({ name: 'Ada', email: 'ada@acme.test', zone: 'Europe/London' });
    expect(await house.rows()).toMatchObject({ outbox: 0 });
  });

  test('a directory that hangs holds nobody up for more than a second, and is asked again behind the scenes', async () => {
    const house = open();
    await house.engine.start();
    const { profile } = house.slack;
    const asked = Promise.withResolvers<void>();
    house.slack.profile = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    house.probe.command = async (_, ctx) => [whisper(`Hello ${ctx.by.name}`)];
    const inbound = { ...house.command(ada, 'probe'), hints: { name: 'ada.l' } };
    const answer = house.engine.dispatch(inbound);
    await asked.promise;
    await house.clock.pass(999);
    house.slack.profile = profile;
    await house.clock.pass(1);
    expect(whisperedIn(await answer)).toEqual(['Hello ada.l']);
    await house.work();
    expect(await profileOf(house)).toMatchObject({ name: 'Ada', email: 'ada@acme.test' });
    await house.engine.stop();
  });

  test('a directory that fails does not keep anybody from being served', async () => {
    const house = open();
    house.slack.profile = () => Promise.reject(new Error('users.info: 500'));
    house.probe.command = async () => [whisper('served')];
    expect(whisperedIn(await house.engine.dispatch(house.command(ada, 'probe')))).toEqual(['served']);
  });

  test('somebody whom no directory knows is a developer', async () => {
    const house = open();
    const stranger = { ...ada, account: 'slack:T9/UX' as typeof ada.account };
    house.probe.command = async (_, ctx) => [whisper([...ctx.by.roles, ctx.by.zone].join(' '))];
    expect(whisperedIn(await house.engine.dispatch(house.command(stranger, 'probe')))).toEqual(['developer UTC']);
  });

  test('on a platform that is not connected is served all the same', async () => {
    const probe = createProbe();
    const slack = recordingPlatform('slack', [ada]);
    const house = openHouse(database, { features: [probe.feature], slack, platforms: [slack] });
    probe.command = async () => [whisper('served')];
    expect(whisperedIn(await house.engine.dispatch(house.command(adaTeams, 'probe')))).toEqual(['served']);
  });

  test('ten first arrivals at once make one person', async () => {
    const house = open();
    house.probe.command = async (_, ctx) => [whisper(ctx.by.id)];
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => house.engine.dispatch(house.command(ada, 'probe'))),
    );
    expect(new Set(answers.flatMap(whisperedIn)).size).toBe(1);
    expect(await house.rows()).toMatchObject({ person: 1, inbox: 10 });
  });

  test('both logins of one human at once make one person', async () => {
    const house = open();
    house.probe.command = async (_, ctx) => [whisper(ctx.by.email ?? 'nobody')];
    for (let round = 0; round < 5; round++) {
      await database.empty();
      const fresh = open();
      fresh.probe.command = house.probe.command;
      const answers = await Promise.all([
        fresh.engine.dispatch(fresh.command(ada, 'probe')),
        fresh.engine.dispatch(fresh.command(adaTeams, 'probe')),
      ]);
      expect(answers.flatMap(whisperedIn)).toEqual(['ada@acme.test', 'ada@acme.test']);
      expect(await fresh.rows()).toMatchObject({ person: 1, inbox: 2 });
    }
  });
});

test('what became of arrivals is counted, by kind', async () => {
  const house = open();
  house.probe.command = async (args) => {
    if (args === 'throw') throw new Error('x');
    if (args === 'problem') throw new Problem('quota_used', 'No.');
    return [];
  };
  const inbound = house.command(ada, 'probe');
  for (const i of [inbound, inbound, house.command(ada, 'probe throw'), house.command(ada, 'probe problem')])
    await house.engine.dispatch(i);
  const { values } = await house.metrics.inbound.get();
  expect(values.map((v) => [v.labels.kind, v.labels.result, v.value])).toEqual([
    ['command', 'done', 1],
    ['command', 'repeated', 1],
    ['command', 'error', 1],
    ['command', 'problem', 1],
  ]);
  const timed = (await house.metrics.dispatch.get()).values.find((v) => v.metricName?.endsWith('_count'));
  expect(timed?.value).toBe(4);
});

test('an edit of what was never said is nothing, and a search asks for nothing here', async () => {
  const house = open();
  await house.engine.start();
  house.probe.shortcut = async () => [whisper('shortcut'), edit('never said', 'x')];
  const shortcut = await house.act(house.from<'shortcut'>(ada, { kind: 'shortcut', name: 'probe' }));
  expect(whisperedIn(shortcut)).toEqual(['shortcut']);
  const search = house.from<'search'>(ada, { kind: 'search', source: 'x', query: 'y' });
  expect((await house.act(search)).replies).toEqual([]);
  expect(house.slack.outgoing).toEqual([]);
  await house.engine.stop();
});

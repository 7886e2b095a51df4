import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Stores } from '../../src/core/features.ts';
import type { AccountId, Delivered, PersonCtx, PersonId, PlaceId, View } from '../../src/core/kernel/index.ts';
import { openForm, refuse, said } from '../../src/core/kernel/index.ts';
import { checks } from '../../src/server.ts';
import { identify } from '../../src/store/liveness.ts';
import { takeLock } from '../../src/store/lock.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, adaTeams, askedIn, grace, openHouse, quiet } from '../support/house.ts';
import { askOrder, createProbe, edit, say, view, whisper } from '../support/probe.ts';
import { openFaultyPool } from '../support/proxy.ts';
import { actionsIn, cardOf, linesIn } from '../support/teams-cards.ts';
import { ann, annSlack, annTeams, ben, openTown, places, type Town } from '../support/town.ts';
import { whisperedIn } from '../support/words.ts';

/*
 * The catalogue of faults, by its numbers. Where a row is about Slack or Teams it runs through the real adapter against
 * the local one; where it is about the engine, through the engine on real rows. All on a virtual clock.
 */

const database = await openTestDatabase();
const undo: (() => unknown)[] = [];
beforeEach(() => database.empty());
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});
afterAll(() => database.close());

const C1 = 'slack:T1/C1';
const minute = 60_000;
const hour = 60 * minute;
const never = new Promise<never>(() => {});

async function town(options: Parameters<typeof openTown>[1] = {}) {
  const probe = createProbe();
  const opened = await openTown(database, { features: [probe.feature], ...options });
  undo.push(() => opened.close());
  return { ...opened, probe };
}
async function house(options: Parameters<typeof openHouse>[1] = {}) {
  const probe = createProbe();
  const opened = openHouse(database, { features: [probe.feature], ...options });
  await opened.engine.start();
  const later = async (ms: number) => {
    opened.clock.jump(ms);
    await opened.sweep();
    await opened.work();
  };
  return { ...opened, probe, later };
}
async function faulty() {
  const opened = await openFaultyPool(database);
  undo.push(() => opened.close());
  return opened;
}
const keep = async ({ by, account, now, store }: PersonCtx<Stores>): Promise<void> => {
  await store.feedback.add({ requester: by.id, account, what: 'kept', why: 'y', pain: 1, created: now });
};
const later = (why: string, more: object = {}): Delivered => ({ is: 'later', why, ...more });
const count = async (table: string): Promise<number> =>
  (await database.pool.query(`select count(*)::int as n from groundcrew.${table}`)).rows[0].n;
/** What became of what was said in channels. */
const states = async () =>
  (await database.pool.query(`select key, state from groundcrew.outbox where kind = 'say' order by seq`)).rows.map(
    (r) => `${r.key} ${r.state}`,
  );

/** Ann sends feedback from Slack, by way of the form. */
async function askOnSlack(t: Town) {
  await t.workspace.command({ user: ann.slack.id, text: 'feedback' });
  await t.rest();
  const sent = await t.workspace.submit({
    user: ann.slack.id,
    values: { what: 'Faster builds', why: 'Ten minutes.', pain: '4' },
  });
  expect(sent.problem).toBeUndefined();
  await t.rest();
  await t.later(5_000);
}
/** Ben presses a button of the triage card in Slack. */
async function decide(t: Town, label: string) {
  const card = t.slackSeen(ben, places.slackChannel).find((m) => JSON.stringify(m.blocks).includes(`"${label}"`));
  if (!card) throw new Error(`no card with ${label}`);
  const value = JSON.stringify({ number: 1, move: { Plan: 'plan', 'In progress': 'start' }[label] });
  await t.workspace.press({
    user: ben.slack.id,
    channel: places.slackChannel,
    messageTs: card.ts,
    actionId: actionOf(card.blocks, value),
  });
  await t.rest();
  await t.later(5_000);
}
/** The action id of the button that carries a value, anywhere in some blocks. */
function actionOf(blocks: unknown, carried: string): string {
  const rest: unknown[] = [blocks];
  while (rest.length > 0) {
    const next = rest.shift();
    if (typeof next !== 'object' || next === null) continue;
    if ('action_id' in next && JSON.stringify(next).includes(JSON.stringify(carried).slice(1, -1)))
      return String(next.action_id);
    rest.push(...Object.values(next));
  }
  throw new Error(`no button carries ${carried}: ${JSON.stringify(blocks)}`);
}
const posted = (t: Town, method: string) =>
  t.workspace.calls.filter((c) => c.method === method && c.error === undefined);

type Rows = Readonly<Record<number, readonly [title: string, run: () => Promise<void>]>>;

const delivery: Rows = {
  1: [
    'killed after the inbox commit, before the ack: run once, answered by the response_url',
    async () => {
      const t = await town();
      let runs = 0;
      t.probe.command = async (_, ctx) => {
        runs += 1;
        await keep(ctx);
        return [whisper('done')];
      };
      const committed = Promise.withResolvers<void>();
      const { dispatch } = t.engine;
      Object.assign(t.engine, {
        dispatch: async (inbound: Parameters<typeof dispatch>[0]) => {
          await dispatch(inbound);
          committed.resolve();
          return never;
        },
      });
      const typed = t.workspace.command({ user: ann.slack.id, channel: places.slackChannel, text: 'probe' });
      await committed.promise;
      t.kill();
      expect((await typed).problem).toBe('dispatch_failed');
      const next = await t.replica();
      await next.later(16_000);
      expect(t.slackSeen(ann, places.slackChannel).filter((m) => m.text === 'done')).toMatchObject([
        { visibleTo: ann.slack.id },
      ]);
      expect([runs, await count('feedback')]).toEqual([1, 1]);
    },
  ],
  2: [
    'killed after the ack, before the action: the action is run by the next process, once',
    async () => {
      const objects: string[] = [];
      const actions = [
        {
          name: 'probe',
          async run(_: unknown, key: string) {
            objects.push(key);
            return key;
          },
        },
      ];
      const dead = await house({ actions });
      dead.probe.command = async () => [whisper('coming'), { kind: 'act', action: 'probe', input: {}, key: 'db/1' }];
      const answer = await dead.engine.dispatch(dead.command(ada, 'probe'));
      await dead.engine.settle(answer, answer.replies);
      await dead.engine.idle();
      expect(objects).toEqual([]);
      const next = await house({ actions });
      await next.work();
      await next.later(5_000);
      expect(objects).toEqual(['db/1']);
    },
  ],
  3: [
    'killed after the world took the action, before its row: it is run again by its key, found, and told once',
    async () => {
      const objects = new Map<string, number>();
      let die = true;
      const created = Promise.withResolvers<void>();
      const actions = [
        {
          name: 'probe',
          async run(_: unknown, key: string) {
            if (!objects.has(key)) objects.set(key, objects.size + 1);
            if (die) {
              created.resolve();
              return never;
            }
            return objects.get(key) ?? 0;
          },
        },
      ];
      const dead = await house({ actions });
      dead.probe.command = async () => [{ kind: 'act', action: 'probe', input: {}, key: 'db/1' }];
      await dead.engine.dispatch(dead.command(ada, 'probe'));
      void dead.hand.work();
      await created.promise;
      die = false;
      const next = await house({ actions });
      const told: unknown[] = [];
      next.probe.outcome = async (key, result) => {
        told.push([key, result]);
        return [];
      };
      await next.store.direct.outbox.release();
      await next.later(5_000);
      expect([...objects]).toEqual([['db/1', 1]]);
      expect(told).toEqual([['db/1', 1]]);
    },
  ],
  4: [
    'the same slash command twice: the second gets the first’s answer, one effect',
    async () => {
      const t = await town();
      let n = 0;
      t.probe.command = async (_, ctx) => {
        n += 1;
        await keep(ctx);
        return [whisper(`number ${n}`), say(places.slack, 'k')];
      };
      const first = await t.workspace.command({ user: ann.slack.id, channel: places.slackChannel, text: 'probe' });
      await t.rest();
      const second = await t.workspace.redeliver();
      await t.rest();
      expect(first.body).toContain('number 1');
      expect(second.body).toBe(first.body);
      expect(await count('feedback')).toBe(1);
      expect(posted(t, 'chat.postMessage')).toHaveLength(1);
    },
  ],
  5: [
    'an event again with Retry-Num 1, 2, 3, on another replica: 200, no effect',
    async () => {
      const t = await town();
      await t.workspace.openHome({ user: ann.slack.id });
      await t.rest();
      const before = [await count('inbox'), await count('outbox'), posted(t, 'views.publish').length];
      expect(before[2]).toBe(1);
      const other = await t.replica();
      other.connect();
      for (const attempt of [1, 2, 3]) expect((await t.workspace.redeliver(attempt)).status).toBe(200);
      await other.rest();
      expect([await count('inbox'), await count('outbox'), posted(t, 'views.publish').length]).toEqual(before);
    },
  ],
  6: [
    'Teams sends one invoke four times: each answered with the stored response, one effect',
    async () => {
      const t = await town();
      await t.tenant.say({ user: ann.teams.id, conversation: 'personal', text: 'start' });
      await t.rest();
      const welcome = t.teamsSeen(ann).at(-1);
      const [action] = actionsIn(cardOf(welcome));
      const conversation = 'personal';
      const press = { user: ann.teams.id, conversation, activityId: welcome?.id ?? '', action: action as never };
      const first = await t.tenant.execute(press);
      await t.rest();
      const before = [await count('inbox'), t.teamsSeen(ann).length];
      const again = await t.tenant.redeliver(3);
      await t.rest();
      expect(first.status).toBe(200);
      expect(again.map((a) => [a.status, a.raw])).toEqual(Array(3).fill([200, first.raw]));
      expect([await count('inbox'), t.teamsSeen(ann).length]).toEqual(before);
      expect((await t.store.direct.features.people.byAccount(annTeams as AccountId))?.persona).toBe('backend');
    },
  ],
  7: [
    'a press before the message’s own id was stored: applied once, and the card follows',
    async () => {
      const h = await house();
      const asked = askedIn(await h.act(h.command(ada, 'feedback')));
      h.slack.outgoing.length = 0;
      const gate = Promise.withResolvers<void>();
      const there = Promise.withResolvers<void>();
      h.slack.deliver = async (o) => {
        h.slack.outgoing.push(o);
        if (o.kind === 'post') {
          there.resolve();
          await gate.promise;
        }
        return o.kind === 'post' ? { is: 'done', place: o.place, native: '1.1' } : { is: 'done', native: '2.2' };
      };
      await h.engine.dispatch(h.submit(ada, asked, { what: 'x', why: 'y', pain: '3' }));
      const working = h.work();
      await there.promise;
      await h.engine.dispatch(h.press(grace, 'feedback.move', { number: 1, move: 'plan' }));
      gate.resolve();
      await working;
      await h.work();
      const triage = h.slack.outgoing.filter((o) => o.view.id === 'feedback.triage');
      expect(triage.map((o) => [o.kind, o.kind === 'edit' ? o.native : ''])).toEqual([
        ['post', ''],
        ['edit', '1.1'],
      ]);
      expect(await h.store.direct.features.feedback.history(1)).toHaveLength(1);
    },
  ],
  8: [
    'a database too slow for the ack: “nothing was started” only when that is true, else told when it is done',
    async () => {
      const pool = await faulty();
      const h = await house({ pool: pool.pool });
      await h.act(h.command(ada, 'help'));
      h.slack.replies.length = 0;
      h.probe.command = async (_, ctx) => {
        await keep(ctx);
        return [whisper('done')];
      };
      for (const [pattern, words, kept] of [
        [/insert into "groundcrew"\."feedback"/, 'Nothing was started or changed', 0],
        [/Q....commit\0/s, 'If it worked, you’ll hear from me', 1],
      ] as const) {
        const held = pool.once(pattern, 'hold');
        const answer = h.engine.dispatch(h.command(ada, 'probe'));
        await held;
        await h.clock.pass(2_500);
        expect(whisperedIn(await answer)[0]).toContain(words);
        pool.release();
        await h.work();
        expect(await count('feedback')).toBe(kept);
      }
      expect(h.slack.replies.map((r) => r.kind === 'whisper' && r.view.summary)).toEqual(['done']);
    },
  ],
  9: [
    'the database down at ack time: 200 with “nothing was started”, readiness red, and all well after',
    async () => {
      const pool = await faulty();
      const t = await town({ pool: pool.pool });
      await t.workspace.command({ user: ann.slack.id, text: 'help' });
      await t.rest();
      const ready = () => checks(t.clock, { database: () => t.store.ping().then(() => ({ ok: true })) });
      expect((await ready()).database?.ok).toBe(true);
      pool.away();
      const down = await t.workspace.command({ user: ann.slack.id, text: 'me' });
      expect([down.status, down.problem]).toEqual([200, undefined]);
      expect(down.body).toContain('Nothing was started or changed');
      expect((await ready()).database?.ok).toBe(false);
      pool.back();
      expect((await ready()).database?.ok).toBe(true);
      expect((await t.workspace.command({ user: ann.slack.id, text: 'me' })).body).toContain('Europe/Kyiv');
      await t.rest();
    },
  ],
  10: [
    'Socket Mode lost and an envelope delivered again: deduplicated by what is in it',
    async () => {
      const t = await town();
      const socket = await t.replica({ socket: true });
      expect(t.workspace.socket.connected()).toBe(1);
      const first = await t.workspace.command({ user: ann.slack.id, text: 'me' });
      const before = await count('inbox');
      t.workspace.socket.cut();
      // The first try comes at once, without a pause of the clock.
      await t.heard('Socket Mode is connected', 2);
      const again = await t.workspace.redeliver();
      await socket.rest();
      expect(again.body).toBe(first.body);
      expect(await count('inbox')).toBe(before);
    },
  ],
  12: [
    'stopped with 200 requests in flight: each is finished and answered, nothing new is taken',
    async () => {
      const t = await town();
      await t.workspace.command({ user: ann.slack.id, text: 'help' });
      await t.rest();
      const gate = Promise.withResolvers<void>();
      const all = Promise.withResolvers<void>();
      let inside = 0;
      t.probe.command = async () => {
        inside += 1;
        if (inside === 200) all.resolve();
        await gate.promise;
        return [whisper('finished')];
      };
      const flying = Array.from({ length: 200 }, () => t.workspace.command({ user: ann.slack.id, text: 'probe' }));
      await all.promise;
      const stopping = t.slack.stop();
      const late = await t.workspace.command({ user: ann.slack.id, text: 'help' });
      expect([late.status, late.headers['retry-after']]).toEqual([503, '5']);
      gate.resolve();
      const answers = await Promise.all(flying);
      await stopping;
      await t.engine.stop();
      expect(new Set(answers.map((a) => a.status))).toEqual(new Set([200]));
      expect(answers.filter((a) => a.body.includes('finished'))).toHaveLength(200);
      const { rows } = await database.pool.query('select 1 from groundcrew.inbox where not settled');
      expect(rows).toEqual([]);
    },
  ],
};

const platforms: Rows = {
  13: [
    '429 every fiftieth of four hundred direct messages: each person has one, and a command waits for none of them',
    async () => {
      const h = await house();
      const n = 400;
      await database.pool.query(
        `with p as (insert into groundcrew.person (id, name) select gen_random_uuid(), i::text from generate_series(1, $1) i
           returning id, name)
         insert into groundcrew.account (id, person, platform, name, looked_up)
         select 'slack:T1/U' || name, id, 'slack', name, now() from p`,
        [n],
      );
      const { rows } = await database.pool.query<{ id: PersonId }>(
        `select person as id from groundcrew.account where id like 'slack:T1/U%' order by id`,
      );
      h.probe.observed = async () =>
        rows.map(({ id }) => ({ kind: 'tell', person: id, key: 'survey', view: view('A survey') }));
      await h.engine.report({ kind: 'observed', what: 'probe', input: {}, at: h.clock.now(), delivery: 'o' });
      let calls = 0;
      let answered = 0;
      h.slack.deliver = async (o) => {
        calls += 1;
        if (calls % 50 === 0) {
          const answer = await h.engine.dispatch(h.command(ada, 'help'));
          answered += answer.replies.length;
          return later('ratelimited', { after: 30_000 });
        }
        h.slack.outgoing.push(o);
        return { is: 'done', native: `${calls}` };
      };
      await h.work();
      for (let i = 0; i < 5; i++) await h.later(30_000);
      const people = h.slack.outgoing.map((o) => (o.kind === 'direct' ? o.account : ''));
      expect(people).toHaveLength(n);
      expect(new Set(people).size).toBe(n);
      expect(answered).toBe(Math.floor(calls / 50));
      expect((await h.store.direct.outbox.depth()).waiting).toBe(0);
    },
  ],
  14: [
    'a post whose answer is lost, and one that got a 500: looked up before it is sent again, never two',
    async () => {
      const t = await town();
      t.probe.command = async (args) => [say(places.slack, args)];
      for (const [key, fault] of [
        ['lost', { kind: 'dropReply' }],
        ['failed', { kind: 'status', status: 500 }],
        ['proxied', { kind: 'html' }],
      ] as const) {
        t.workspace.fail('chat.postMessage', fault);
        await t.workspace.command({ user: ann.slack.id, text: `probe ${key}` });
        await t.rest();
        for (let i = 0; i < 5; i++) await t.later(5_000);
        expect(t.slackSeen(ann, places.slackChannel).filter((m) => m.text === key)).toHaveLength(1);
      }
      expect(posted(t, 'conversations.history').length).toBeGreaterThanOrEqual(3);
    },
  ],
  15: [
    'the process dies at message 63 of 100: the next goes on at the first that is not marked, one is looked up',
    async () => {
      const sent: string[] = [];
      const found = new Map<string, Delivered>();
      const dead = await house();
      const messages = Array.from({ length: 100 }, (_, i) => say(C1, `m${String(i).padStart(2, '0')}`));
      dead.probe.observed = async () => messages;
      await dead.engine.report({ kind: 'observed', what: 'probe', input: {}, at: dead.clock.now(), delivery: 'o' });
      const died = Promise.withResolvers<void>();
      dead.slack.deliver = async (o) => {
        if (o.kind !== 'post') throw new Error(o.kind);
        sent.push(o.key);
        found.set(o.key, { is: 'done', place: o.place, native: o.key });
        if (sent.length < 63) return { is: 'done', native: o.key };
        died.resolve();
        return never;
      };
      void dead.hand.work();
      await died.promise;
      const next = await house();
      for (const [key, delivered] of found) next.slack.found.set(key, delivered);
      await next.store.direct.outbox.release();
      await next.later(1_000);
      const all = [...sent, ...next.slack.outgoing.map((o) => (o.kind === 'post' ? o.key : ''))];
      expect(all).toEqual(messages.map((m) => m.key));
      expect(next.slack.finds).toEqual(['m62']);
      expect((await next.store.direct.outbox.depth()).waiting).toBe(0);
    },
  ],
  16: [
    'Slack down for half an hour while one thing changes 400 times: on its return one message says how it is now',
    async () => {
      const h = await house();
      h.probe.observed = async () => [say(C1, 'incident', 'it began')];
      const report = (delivery: string) =>
        h.engine.report({ kind: 'observed', what: 'probe', input: {}, at: h.clock.now(), delivery });
      await report('o');
      await h.work();
      let down = true;
      const { deliver } = h.slack;
      h.slack.deliver = async (o, names) => (down ? later('unreachable') : deliver(o, names));
      for (let i = 1; i <= 400; i++) {
        h.probe.observed = async () => [edit('incident', `change ${i}`)];
        await report(`o/${i}`);
        if (i % 40 === 0) await h.later(3 * minute);
      }
      down = false;
      await h.later(2 * minute);
      const shown = h.slack.outgoing.map((o) => o.view.summary);
      expect(shown.at(-1)).toBe('change 400');
      expect(shown.length).toBeLessThanOrEqual(12);
    },
  ],
  17: [
    'a message that somebody deleted before its update: posted anew once, then left alone',
    async () => {
      const t = await town();
      await askOnSlack(t);
      const cards = () => t.slackSeen(ben, places.slackChannel).filter((m) => m.text.includes('Feedback #1'));
      expect(cards()).toHaveLength(1);
      t.workspace.admin.deleteMessage(places.slackChannel, cards()[0]?.ts ?? '');
      const press = (move: string) =>
        t.act(t.press({ ...grace, account: benAccount } as never, 'feedback.move', { number: 1, move }));
      await press('plan');
      await t.later(5_000);
      expect(cards().map((m) => m.text)).toEqual(['Feedback #1, planned: Faster builds']);
      t.workspace.admin.deleteMessage(places.slackChannel, cards()[0]?.ts ?? '');
      await press('start');
      await t.later(5_000);
      expect(cards()).toEqual([]);
      expect(t.teamsSeen(ben, places.teamsChannel)).toHaveLength(1);
    },
  ],
  18: [
    'a channel that the bot cannot post in: those in charge are told once, the other platform is served',
    async () => {
      const t = await town();
      await t.workspace.command({ user: ben.slack.id, text: 'help' });
      await t.rest();
      t.workspace.admin.archive(places.slackChannel);
      await askOnSlack(t);
      await askOnSlack(t);
      const alarms = t.slackSeen(ben).filter((m) => m.text.includes('I can’t post in one of your channels'));
      expect(alarms).toHaveLength(1);
      expect(JSON.stringify(alarms[0]?.blocks)).toContain('is_archived');
      await t.later(10_000);
      expect(t.teamsSeen(ben, places.teamsChannel)).toHaveLength(2);
    },
  ],
  19: [
    'somebody who left one platform is told on the other; who left both is closed',
    async () => {
      const t = await town();
      await t.tenant.say({ user: ann.teams.id, conversation: 'personal', text: 'help' });
      await t.rest();
      await askOnSlack(t);
      t.workspace.admin.deactivate(ann.slack.id);
      await decide(t, 'Plan');
      const told = () =>
        t.teamsSeen(ann).filter((m) => linesIn(cardOf(m)).join(' ').includes('planned what you asked'));
      expect(told()).toHaveLength(1);
      await t.tenant.uninstall({ user: ann.teams.id, place: 'personal' });
      await t.rest();
      await decide(t, 'In progress');
      await t.act(t.press({ ...grace, account: benAccount } as never, 'feedback.move', { number: 1, move: 'plan' }));
      await t.later(5_000);
      const { rows } = await database.pool.query(
        `select state, why from groundcrew.outbox where key = 'feedback/1/told/3'`,
      );
      expect(rows).toEqual([{ state: 'gone', why: 'has no account that we can reach' }]);
    },
  ],
  20: [
    'the token revoked: all for that platform waits and health says so; it goes out when there is access again',
    async () => {
      const t = await town();
      t.probe.command = async (args) => [say(places.slack, args), say(places.teams, args)];
      t.workspace.setTokenError('token_revoked');
      for (const key of ['a', 'b', 'c'])
        await t.act(t.command({ ...ada, account: annSlack as AccountId }, `probe ${key}`));
      for (let i = 0; i < 3; i++) await t.later(hour);
      const calls = t.workspace.calls.length;
      expect(t.slackSeen(ann, places.slackChannel)).toEqual([]);
      expect(t.teamsSeen(ann, places.teamsChannel)).toHaveLength(3);
      const health = await t.slack.platform.health();
      expect([health.ok, health.why]).toEqual([false, expect.stringContaining('token_revoked')]);
      expect(calls).toBeLessThan(40);
      t.workspace.setTokenError(undefined);
      for (let i = 0; i < 5; i++) await t.later(31_000);
      expect(t.slackSeen(ann, places.slackChannel).map((m) => m.text)).toEqual(['a', 'b', 'c']);
    },
  ],
  21: [
    'a new token rolled out process by process: what the old one cannot send the new one does, none failed',
    async () => {
      const t = await town();
      const old = await t.replica({ token: 'xoxb-the-former-one' });
      t.probe.command = async (args) => [say(places.slack, args)];
      for (const key of ['a', 'b']) {
        await old.engine.dispatch(old.command({ ...ada, account: annSlack as AccountId }, `probe ${key}`));
        await old.work();
      }
      expect((await old.slack.platform.health()).ok).toBe(false);
      expect(t.slackSeen(ann, places.slackChannel)).toEqual([]);
      await old.close();
      for (let i = 0; i < 3; i++) await t.later(31_000);
      expect(t.slackSeen(ann, places.slackChannel).map((m) => m.text)).toEqual(['a', 'b']);
      expect(await states()).toEqual(['a done', 'b done']);
    },
  ],
  22: [
    'a trigger that is over when the form is ready: a button instead, and it opens the form with what was typed',
    async () => {
      const t = await town();
      t.probe.command = async () => {
        t.clock.jump(3_500);
        return [askOrder('', { what: 'prefilled' })];
      };
      await t.workspace.command({ user: ann.slack.id, channel: places.slackChannel, text: 'probe' });
      await t.rest();
      expect(t.workspace.snapshot(ann.slack.id).modals).toEqual([]);
      const offer = t.slackSeen(ann, places.slackChannel).find((m) => m.text.includes('open the form'));
      expect(offer).toMatchObject({ visibleTo: ann.slack.id });
      await t.workspace.press({
        user: ann.slack.id,
        channel: places.slackChannel,
        messageTs: offer?.ts ?? '',
        actionId: actionOf(offer?.blocks, openForm),
      });
      await t.rest();
      const [modal] = t.workspace.snapshot(ann.slack.id).modals;
      expect(JSON.stringify(modal?.view)).toContain('prefilled');
    },
  ],
  23: [
    'a trigger used twice: the modal is open already, nothing more is said',
    async () => {
      const t = await town();
      t.probe.command = async () => [askOrder()];
      const { settle } = t.engine;
      Object.assign(t.engine, {
        settle: async (...args: Parameters<typeof settle>) => {
          await settle(...args);
          await settle(...args);
        },
      });
      await t.workspace.command({ user: ann.slack.id, channel: places.slackChannel, text: 'probe' });
      await t.rest();
      expect(t.workspace.calls.filter((c) => c.method === 'views.open').map((c) => c.error)).toEqual([
        undefined,
        'exchanged_trigger_id',
      ]);
      expect(t.workspace.snapshot(ann.slack.id).modals).toHaveLength(1);
      expect(t.slackSeen(ann, places.slackChannel)).toEqual([]);
    },
  ],
  24: [
    'more than five answers, and answers after half an hour: by another way, none lost',
    async () => {
      const t = await town();
      const words = Array.from({ length: 8 }, (_, i) => `answer ${i}`);
      t.probe.command = async (args) => {
        if (args === 'late') t.clock.jump(31 * minute);
        return (args === 'late' ? ['late one', 'late two'] : words).map(whisper);
      };
      await t.workspace.command({ user: ann.slack.id, channel: places.slackChannel, text: 'probe' });
      await t.rest();
      expect(t.slackSeen(ann, places.slackChannel).map((m) => m.text)).toEqual(words);
      await t.workspace.command({ user: ann.slack.id, channel: places.slackChannel, text: 'probe late' });
      await t.rest();
      const seen = [...t.slackSeen(ann, places.slackChannel), ...t.slackSeen(ann)].map((m) => m.text);
      expect(seen).toContain('late two');
    },
  ],
  25: [
    'more than a message holds: cut before it is sent, said so, and taken by both platforms at the first try',
    async () => {
      const t = await town();
      const huge: View = {
        id: 'huge',
        title: 'T'.repeat(500),
        summary: 'S'.repeat(10_000),
        blocks: [
          ...Array.from(
            { length: 60 },
            (_, i) => ({ kind: 'text', text: said(`${i} ${'😀 '.repeat(3000)}`) }) as const,
          ),
          { kind: 'items', items: Array.from({ length: 200 }, (_, i) => ({ title: said(`item ${i}`) })) },
          { kind: 'code', language: 'text', text: 'x\n'.repeat(40_000) },
          { kind: 'buttons', buttons: [{ label: 'L'.repeat(200), press: { name: 'probe', value: '{"n":1}' } }] },
        ],
      };
      t.probe.command = async () => [
        { kind: 'say', place: places.slack as PlaceId, key: 'k', view: huge },
        { kind: 'say', place: places.teams as PlaceId, key: 'k', view: huge },
      ];
      await t.act(t.command({ ...ada, account: annSlack as AccountId }, 'probe'));
      expect(await states()).toEqual(['k done', 'k done']);
      expect(t.slackSeen(ann, places.slackChannel)).toHaveLength(1);
      expect(t.teamsSeen(ann, places.teamsChannel)).toHaveLength(1);
    },
  ],
  27: [
    'the bot removed from a person’s Teams: noted, and the person is told in Slack from then on',
    async () => {
      const t = await town();
      await t.workspace.command({ user: ann.slack.id, text: 'help' });
      await t.rest();
      t.probe.command = async (args, ctx) => [
        { kind: 'tell', person: ctx.by.id, via: annTeams as AccountId, key: args, view: view(args) },
      ];
      await t.tenant.say({ user: ann.teams.id, conversation: 'personal', text: 'help' });
      await t.rest();
      await t.tenant.uninstall({ user: ann.teams.id, place: 'personal' });
      await t.rest();
      await t.act(t.command({ ...ada, account: annSlack as AccountId }, 'probe one'));
      await t.later(5_000);
      expect(t.slackSeen(ann).map((m) => m.text)).toContain('one');
      const kept = await t.store.direct.features.people.byAccount(annSlack as AccountId);
      expect(kept?.accounts).toEqual([annSlack]);
    },
  ],
  28: [
    'one human answers one form on both platforms (the mechanism of a survey): it counts once',
    async () => {
      const h = await house();
      const answers: unknown[] = [];
      h.probe.command = async () => [askOrder()];
      h.probe.submit = async (given) => {
        answers.push(given);
        return [];
      };
      const form = askedIn(await h.act(h.command(ada, 'probe')));
      await h.act(h.command(adaTeams, 'help'));
      const both = await Promise.all([
        h.act(h.submit(ada, form, { what: 'on Slack' })),
        h.act(h.submit(adaTeams, form, { what: 'on Teams' })),
      ]);
      expect(answers).toHaveLength(1);
      expect(both.flatMap(whisperedIn)).toEqual(['This form was sent before, so nothing was done a second time.']);
    },
  ],
  29: [
    'a form sent after its matter was closed (the mechanism of a survey): a clear message, not counted',
    async () => {
      const h = await house();
      let open = true;
      let counted = 0;
      h.probe.command = async () => [askOrder()];
      h.probe.submit = async () => {
        if (!open) return refuse({ what: 'This survey was closed at noon. Your answer was not counted.' });
        counted += 1;
        return [];
      };
      const form = askedIn(await h.act(h.command(ada, 'probe')));
      open = false;
      const [reply] = (await h.act(h.submit(ada, form, { what: 'my view' }))).replies;
      expect(reply).toMatchObject({ kind: 'ask', asked: { prior: { what: 'my view' } }, reopened: true });
      expect(reply?.kind === 'ask' && reply.asked.errors.what).toContain('was not counted');
      expect(counted).toBe(0);
    },
  ],
  30: [
    'malformed bodies, correctly signed: 4xx or nothing to do, no effect, and the next one is served',
    async () => {
      const t = await town();
      const before = await count('inbox');
      const deep = '['.repeat(50_000);
      const bodies = ['null', '[]', '"s"', '1', '{}', deep, '{"type":"event_callback"}', '{"a":', '\ufffd\u0000'];
      const payloads = ['null', '[]', '"s"', '1', '{}', deep, '{"type":"block_actions"}', '{"type":"view_submission"}'];
      const json = { 'content-type': 'application/json' };
      for (const body of [...bodies, Buffer.from([0xff, 0xfe, 0x7b]), 'x'.repeat(5_000_000)]) {
        const { status } = await t.workspace.deliverRaw(body, json);
        expect([status >= 400 && status < 500, String(body).slice(0, 40)]).toEqual([true, String(body).slice(0, 40)]);
      }
      for (const payload of payloads) {
        const { status } = await t.workspace.deliverRaw(`payload=${encodeURIComponent(payload)}`);
        expect([status >= 400 && status < 500, payload.slice(0, 40)]).toEqual([true, payload.slice(0, 40)]);
      }
      const headers = { ...json, authorization: `Bearer ${t.tenant.tokens.mint()}` };
      for (const body of [...bodies, '{"type":"message"}', '{"type":"invoke","name":"adaptiveCard/action"}']) {
        const { status } = await t.tenant.deliverRaw(body, headers);
        expect([status >= 400 && status < 500, body.slice(0, 40)]).toEqual([true, body.slice(0, 40)]);
      }
      expect(await count('inbox')).toBe(before);
      expect((await t.workspace.command({ user: ann.slack.id, text: 'me' })).body).toContain('Ann Archer');
      expect((await t.tenant.say({ user: ann.teams.id, conversation: 'personal', text: 'me' })).status).toBe(200);
      await t.rest();
    },
  ],
};

const host: Rows = {
  54: [
    'Postgres fails over: cut connections, read-only for a while; what was acked is there, what was not is known',
    async () => {
      const pool = await faulty();
      const h = await house({ pool: pool.pool });
      await h.act(h.command(ada, 'help'));
      h.probe.command = async (_, ctx) => {
        await keep(ctx);
        return [whisper('done')];
      };
      const typed = Array.from({ length: 12 }, () => h.command(ada, 'probe'));
      const acked: boolean[] = [];
      for (const [i, inbound] of typed.entries()) {
        if (i === 4) void pool.once(/Q....commit\0/s, 'cut after');
        if (i === 6) pool.away();
        if (i === 9) pool.back();
        const [w] = whisperedIn(await h.act(inbound));
        acked.push(w === 'done');
      }
      expect(acked).toEqual([true, true, true, true, true, true, false, false, false, true, true, true]);
      expect(await count('feedback')).toBe(9);
      for (const inbound of typed) expect(whisperedIn(await h.act(inbound))).toEqual(['done']);
      expect(await count('feedback')).toBe(12);
    },
  ],
  55: [
    'the queue away, and full: the outbox keeps its rows, and they are delivered when it is back',
    async () => {
      const h = await house();
      h.probe.command = async (args) => [whisper('done'), say(C1, args)];
      h.hand.setAway(true);
      for (const key of ['a', 'b']) expect(whisperedIn(await h.act(h.command(ada, `probe ${key}`)))).toEqual(['done']);
      await h.sweep();
      expect(h.slack.outgoing).toEqual([]);
      h.hand.setAway(false);
      await h.sweep();
      await h.work();
      expect(h.slack.outgoing.map((o) => o.view.summary)).toEqual(['a', 'b']);
    },
  ],
  56: [
    'the disk full: refused with a clear message, and as before when there is space again',
    async () => {
      const h = await house();
      const full = Object.assign(new Error('could not extend file "base/5/1": No space left on device'), {
        code: '53100',
      });
      h.probe.command = () => Promise.reject(full);
      const inbound = h.command(ada, 'probe');
      expect(whisperedIn(await h.act(inbound))[0]).toContain('I can’t reach my memory right now. Nothing was started');
      h.probe.command = async () => [whisper('done')];
      expect(whisperedIn(await h.act(inbound))).toEqual(['done']);
    },
  ],
  57: [
    'a second process on the data folder is refused; the lock of a killed one is taken over',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'gc-lock-'));
      undo.push(() => rmSync(folder, { recursive: true }));
      const lock = await takeLock(folder, { log: quiet });
      await expect(takeLock(folder, { log: quiet })).rejects.toMatchObject({ code: 'data_folder_in_use' });
      await lock.release();
      // Pids end at 2^22.
      const dead = { ...identify(), pid: 4_194_305, started: '1', token: 'x', since: '2026-01-01T00:00:00.000Z' };
      writeFileSync(join(folder, 'lock'), `${JSON.stringify(dead)}\n2026-01-01T00:00:00.000Z\n`);
      await (await takeLock(folder, { log: quiet })).release();
    },
  ],
  58: [
    'a migration cut in the middle leaves nothing and runs whole the next time; an older program refuses',
    async () => {
      const own = await openTestDatabase();
      undo.push(() => own.close());
      const folder = mkdtempSync(join(tmpdir(), 'gc-migrations-'));
      undo.push(() => rmSync(folder, { recursive: true }));
      const ours = fileURLToPath(new URL('../../src/store/migrations', import.meta.url));
      cpSync(ours, folder, { recursive: true });
      const version = readdirSync(ours).length + 1;
      const more = `${String(version).padStart(4, '0')}_more`;
      writeFileSync(
        join(folder, `${more}.sql`),
        'create table groundcrew.more (n int);\ninsert into groundcrew.more values (58585858);\n',
      );
      const broken = await openFaultyPool(own);
      const cut = broken.once(/58585858/, 'cut before');
      await expect(migrate(broken.pool, { folder })).rejects.toThrow();
      await cut;
      await broken.close();
      const there = `select to_regclass('groundcrew.more')::text as more`;
      expect((await own.pool.query(there)).rows).toEqual([{ more: null }]);
      expect(await migrate(own.pool, { folder })).toMatchObject({ applied: [more], version });
      await expect(migrate(own.pool)).rejects.toMatchObject({ code: 'database_newer' });
    },
  ],
  59: [
    'the clock jumps an hour ahead and back: nothing fires twice, no delivery is taken from who makes it',
    async () => {
      const h = await house();
      const ran: string[] = [];
      h.probe.due = async (input) => {
        ran.push(String(input));
        return [];
      };
      const at = (ms: number) => new Date(h.clock.now().getTime() + ms);
      for (const [key, ms] of [
        ['soon', 10 * minute],
        ['later', 100 * minute],
      ] as const)
        await h.store.direct.due.put({ key, job: 'probe', input: key, at: at(ms) });
      for (const jump of [hour, -hour, hour, -hour, 30 * minute, hour, 20 * minute]) {
        h.clock.jump(jump);
        await h.engine.tick();
        await h.engine.tick();
      }
      expect(ran).toEqual(['soon', 'later']);
    },
  ],
  61: [
    'asleep for eight hours: each job runs once and is told how late, so that it can leave it',
    async () => {
      const h = await house();
      const ran: (readonly [string, number])[] = [];
      h.probe.due = async (input, { seconds }) => {
        ran.push([String(input), seconds]);
        return seconds > 3600 ? [] : [say(C1, String(input))];
      };
      for (let i = 0; i < 8; i++)
        await h.store.direct.due.put({
          key: `reminder ${i}`,
          job: 'probe',
          input: `reminder ${i}`,
          at: new Date(h.clock.now().getTime() + (i + 0.5) * hour),
        });
      h.clock.jump(8 * hour);
      await h.engine.tick();
      await h.engine.tick();
      await h.work();
      expect(ran.map(([, s]) => s / 3600)).toEqual([7.5, 6.5, 5.5, 4.5, 3.5, 2.5, 1.5, 0.5]);
      expect(h.slack.outgoing.map((o) => o.view.summary)).toEqual(['reminder 7']);
    },
  ],
  63: [
    'five hundred requests at one moment: every one is answered and kept, once',
    async () => {
      const t = await town();
      await t.workspace.command({ user: ann.slack.id, text: 'help' });
      await t.rest();
      const before = await count('inbox');
      const answers = await Promise.all(
        Array.from({ length: 500 }, () => t.workspace.command({ user: ann.slack.id, text: 'me' })),
      );
      await t.rest();
      expect(answers.filter((a) => a.status === 200 && a.body.includes('Europe/Kyiv'))).toHaveLength(500);
      expect((await count('inbox')) - before).toBe(500);
    },
  ],
  64: [
    'a proxy’s page in the place of JSON, on both platforms: tried again, and never in the log',
    async () => {
      const t = await town();
      t.probe.command = async () => [say(places.slack, 'k'), say(places.teams, 'k')];
      t.workspace.fail('chat.postMessage', { kind: 'html', times: 2 });
      t.tenant.fail({ method: 'POST', path: /activities/ }, { kind: 'html', times: 1 });
      await t.act(t.command({ ...ada, account: annSlack as AccountId }, 'probe'));
      for (let i = 0; i < 5; i++) await t.later(10_000);
      expect(await states()).toEqual(['k done', 'k done']);
      expect(t.slackSeen(ann, places.slackChannel)).toHaveLength(1);
      expect(t.teamsSeen(ann, places.teamsChannel)).toHaveLength(1);
      expect(t.lines.join('\n')).not.toMatch(/<html|<h1|Bad gateway/i);
    },
  ],
};

/** Rows of the catalogue that have nothing to stand on yet. */
const notYet: Readonly<Record<number, string>> = {
  11: 'Slack’s adapter acknowledges app_rate_limited and tells nobody',
  26: 'there are no files',
  60: 'nothing is scheduled in local time: a due row is an instant',
  62: 'there is no cluster',
};

const rows = [delivery, platforms, host].flatMap((part) =>
  Object.entries(part).map(([n, [title, run]]) => [Number(n), title, run] as const),
);
test.each(rows)('fault %i: %s', (_, __, run) => run());

test('fault 9, when an event comes: not accepted, so that Slack sends it again, and then done once', async () => {
  const pool = await faulty();
  const t = await town({ pool: pool.pool });
  const dm = t.workspace.dmOf(ann.slack.id);
  for (const word of ['help', 'me']) {
    await t.workspace.postMessage({ user: ann.slack.id, channel: dm, text: word });
    await t.rest();
  }
  const views = posted(t, 'views.publish').length;
  const said = () => t.slackSeen(ann).map((m) => m.text);
  const before = said().length;

  pool.away();
  const opened = await t.workspace.openHome({ user: ann.slack.id });
  expect(opened.status).toBe(503);
  const written = await t.workspace.postMessage({ user: ann.slack.id, channel: dm, text: 'me' });
  expect(written.answer?.status).toBe(503);
  expect((await t.workspace.redeliver(1)).status).toBe(503);
  expect((await t.workspace.redeliver(2)).status).toBe(503);
  await t.rest();
  // Once, however often Slack tries.
  expect(said().slice(before)).toEqual(['me', expect.stringContaining('I’ll answer as soon as I can')]);

  pool.back();
  expect((await t.workspace.redeliver(3)).status).toBe(200);
  await t.rest();
  expect(said().slice(before + 2)).toEqual(['Ann Archer, Europe/Kyiv']);
  expect((await t.workspace.redeliver(3)).status).toBe(200);
  await t.rest();
  expect(said()).toHaveLength(before + 3);

  pool.away();
  await t.workspace.postMessage({ user: ann.slack.id, channel: dm, text: 'me' });
  // Slack sends it no more: now it is true that nothing will come of it.
  expect((await t.workspace.redeliver(3)).status).toBe(200);
  await t.rest();
  expect(said().at(-1)).toContain('Nothing was started or changed');
  pool.back();
  expect(posted(t, 'views.publish')).toHaveLength(views);
  await t.workspace.openHome({ user: ann.slack.id });
  await t.rest();
  expect(posted(t, 'views.publish')).toHaveLength(views + 1);
});

test('fault 9, when something happens in Teams that nobody waits for: not accepted, so that it comes again', async () => {
  const pool = await faulty();
  const t = await town({ pool: pool.pool });
  await t.tenant.say({ user: ann.teams.id, conversation: 'personal', text: 'help' });
  await t.rest();
  const before = t.teamsSeen(ann).length;
  pool.away();
  const statuses = (answers: readonly { status: number }[]) => answers.map((a) => a.status);
  expect(statuses(await t.tenant.install({ user: ben.teams.id, place: 'personal' }))).toContain(503);
  const written = await t.tenant.say({ user: ann.teams.id, conversation: 'personal', text: 'me' });
  expect(written.status).toBe(200);
  await t.rest();
  expect(JSON.stringify(t.teamsSeen(ann).slice(before))).toContain('Nothing was started or changed');
  pool.back();
});

test('the catalogue’s rows are all here, or it is said why not', () => {
  const all = [...Array.from({ length: 30 }, (_, i) => i + 1), ...Array.from({ length: 11 }, (_, i) => i + 54)];
  expect([...rows.map(([n]) => n), ...Object.keys(notYet).map(Number)].toSorted((a, b) => a - b)).toEqual(all);
});

const benAccount = `slack:T0ACME/${ben.slack.id}`;

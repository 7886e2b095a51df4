import { describe, expect, test } from 'vitest';
import { buttonsOf, type Effects } from '../../src/core/kernel/index.ts';
import { presses } from '../../src/core/requests/keys.ts';
import { ownDatabase } from '../support/own-database.ts';
import { catalog, gpu, postgres } from '../support/paths.ts';
import {
  approvals,
  openRequests,
  people,
  preview,
  type Requests,
  settingsWith,
  shownFor,
  toldTo,
  type Who,
  whispered,
  wordsFor,
} from '../support/requests.ts';

const database = await ownDatabase();

const copies = 'request/1/approval/1';
const reminders = 'request/1/reminder/1';
const seen = { number: 1, plans: 1 };
const live = (effects: Effects) => wordsFor(effects, 'request/1');
const buttons = (effects: Effects, key: string) => shownFor(effects, key).map((v) => buttonsOf(v).map((b) => b.label));
const saidIn = (effects: Effects, key: string) =>
  effects.flatMap((e) => (e.kind === 'say' && e.key === key ? [e.place] : []));
const form = (effects: Effects) => effects.find((e) => e.kind === 'ask');

/** A request of Ada's, or of somebody else, that waits for a yes. */
async function waiting(s: Requests, who: Who = 'ada', words = 'create postgres orders size=l'): Promise<Effects> {
  const number = await s.confirming(who, words);
  return (await s.confirm(who, number)).effects;
}
async function refuse(s: Requests, who: Who, words = 'Use a medium one.'): Promise<Effects> {
  const asked = await s.push(who, presses.refuse, seen);
  return (await s.send(who, form(asked.effects), { words })).effects;
}

describe('asking for a yes', () => {
  test('goes to the team that owns the path, to its members alone, and to the approvals channel', async () => {
    const s = await openRequests(database);
    const effects = await waiting(s);
    expect(toldTo(effects, copies).toSorted()).toEqual([s.id('dan'), s.id('dora')].toSorted());
    expect(saidIn(effects, copies)).toEqual([approvals]);
    const [card] = shownFor(effects, copies);
    expect(wordsFor(effects, copies)).toContain(
      `@${s.id('ada')} asks for PostgreSQL “orders”. Why you are asked: Large ones are looked at first.`,
    );
    expect(card && buttonsOf(card).map((b) => b.label)).toEqual(['Approve', 'Refuse']);
    expect(live(effects)).toContain('doing: Waiting for team data to decide');
    expect(buttons(effects, 'request/1')).toEqual([['Take it back']]);
    expect(effects.filter((e) => e.kind === 'act')).toEqual([]);
    expect(await s.row(1)).toMatchObject({ state: 'awaiting-approval' });
    expect(await s.resources.of({ teams: ['orders'] }, 5)).toEqual([]);
  });

  test.each<[string, Who, Record<string, unknown>, readonly string[], readonly Who[]]>([
    ['the smaller of two sets', 'ada', {}, ['data', 'platform'], ['paul']],
    ['never the person who asks', 'dan', {}, ['data'], ['dora']],
    ['the other set when the first is the person alone', 'paul', {}, ['platform', 'data'], ['dan', 'dora']],
    ['the admins when nobody else could', 'paul', {}, ['platform'], ['rita']],
    ['the admins for a team that nobody is in', 'ada', {}, ['ghosts'], ['rita']],
    [
      'the platform team where there are no admins',
      'ada',
      { roles: { platform: { emails: ['paul@acme.test'] } } },
      ['ghosts'],
      ['paul'],
    ],
  ])('goes to %s', async (_, who, more, by, asked) => {
    const settings = settingsWith({
      teams: {
        orders: { emails: ['ada@acme.test', 'paul@acme.test'] },
        data: { emails: ['dan@acme.test', 'dora@acme.test'] },
      },
      ...more,
    });
    const policy = [{ when: 'true', verdict: 'approval' as const, because: 'Look.', by }];
    const s = await openRequests(database, { settings, catalog: { paths: [{ ...postgres, policy }], broken: [] } });
    const effects = await waiting(s, who);
    expect(toldTo(effects, copies).toSorted()).toEqual(asked.map(s.id).toSorted());
  });

  test('that nobody but the person could give is said at once, and nothing waits', async () => {
    const settings = settingsWith({
      roles: {},
      teams: { orders: { emails: ['ada@acme.test'] }, data: { emails: ['ada@acme.test'] } },
    });
    const s = await openRequests(database, { settings });
    const number = await s.confirming('ada', 'create postgres orders size=l team=orders');
    const { effects } = await s.confirm('ada', number);
    expect(live(effects)).toContain('Nobody but you could say yes to this, and nobody decides on their own request.');
    expect((await s.row(number)).state).toBe('confirming');
  });

  test('is taken back by the person, and every copy says so', async () => {
    const s = await openRequests(database);
    await waiting(s);
    const { effects } = await s.push('ada', presses.abandon, { number: 1 });
    for (const key of [copies, reminders]) {
      expect(wordsFor(effects, key)).toContain('The person who asked took it back.');
      expect(buttons(effects, key)).toEqual([[]]);
    }
    expect(effects).toContainEqual({ kind: 'never', key: 'request/1/nudge' });
    expect(whispered((await s.push('dan', presses.approve, seen)).effects)).toContain('was cancelled');
  });
});

describe('deciding', () => {
  test.each<Who>(['dan', 'dora', 'rita'])('%s may approve: it starts, every copy says who', async (who) => {
    const s = await openRequests(database);
    await waiting(s);
    const { effects } = await s.push(who, presses.approve, seen);
    expect(await s.row(1)).toMatchObject({ state: 'queued', decided: { by: s.id(who) }, run: 'run-1-1' });
    for (const key of [copies, reminders]) {
      expect(wordsFor(effects, key)).toContain(`@${s.id(who)} approved it.`);
      expect(buttons(effects, key)).toEqual([[]]);
    }
    expect(live(effects)).toContain(`@${s.id(who)} approved it.`);
    expect(effects.filter((e) => e.kind === 'tell')).toEqual([]);
    expect(effects.filter((e) => e.kind === 'act')).toHaveLength(1);
    expect((await s.audit()).at(-1)).toMatchObject({
      what: 'request.approved',
      who: s.id(who),
      details: { run: 'run-1-1' },
    });
  });

  test.each<Who>(['olga', 'paul', 'nobody'])('%s may not', async (who) => {
    const s = await openRequests(database);
    await waiting(s);
    await expect(s.push(who, presses.approve, seen)).rejects.toMatchObject({ code: 'approval_not_yours' });
    await expect(s.push(who, presses.refuse, seen)).rejects.toMatchObject({ code: 'approval_not_yours' });
    expect((await s.row(1)).state).toBe('awaiting-approval');
  });

  test('the person who asked may not, not even where they own the path or are admin', async () => {
    const s = await openRequests(database);
    await waiting(s, 'dan');
    await expect(s.push('dan', presses.approve, seen)).rejects.toMatchObject({ code: 'approval_own' });
    await waiting(s, 'ada', 'create postgres other size=l');
    await expect(s.push('ada', presses.refuse, { number: 2, plans: 1 })).rejects.toMatchObject({
      code: 'approval_own',
    });
  });

  test('the first decision counts; who comes late hears who decided, and their copy is put right', async () => {
    const s = await openRequests(database);
    await waiting(s);
    const late = await s.push('dan', presses.refuse, seen);
    await s.push('dora', presses.approve, seen);
    const { effects } = await s.push('dan', presses.approve, seen);
    expect(whispered(effects)).toContain('Request #1 has been accepted already, so it can’t be approved now.');
    expect(wordsFor(effects, copies)).toContain(`@${s.id('dora')} approved it.`);
    const sent = await s.send('dan', form(late.effects), { words: 'No.' });
    expect(sent.errors).toEqual({ words: 'Request #1 has been accepted already, so it can’t be refused now.' });
    expect(await s.row(1)).toMatchObject({ state: 'queued', tries: 1, decided: { by: s.id('dora') } });
  });

  test('a no needs a reason, which the person reads word for word', async () => {
    const s = await openRequests(database);
    await waiting(s);
    const asked = await s.push('dora', presses.refuse, seen);
    expect(asked.effects.map((e) => e.kind)).toEqual(['ask']);
    const empty = await s.send('dora', form(asked.effects), { words: '  ' });
    expect(empty).toEqual({ effects: [], errors: { words: 'Please fill this in.' } });
    const effects = await refuse(s, 'dora', 'Use a *medium* one <!channel>.');
    expect(await s.row(1)).toMatchObject({
      state: 'refused',
      decided: { by: s.id('dora'), words: 'Use a *medium* one <!channel>.' },
    });
    expect(toldTo(effects, 'request/1/decision/1')).toEqual([s.id('ada')]);
    const told = shownFor(effects, 'request/1/decision/1')[0];
    expect(told?.blocks).toContainEqual({
      kind: 'quote',
      text: [{ kind: 'plain', text: 'Use a *medium* one <!channel>.' }],
    });
    expect(wordsFor(effects, copies)).toContain(`@${s.id('dora')} refused it.`);
    expect(live(effects)).toContain(`@${s.id('dora')} refused it. Nothing was made.`);
    expect((await s.audit()).at(-1)).toMatchObject({
      what: 'request.refused',
      who: s.id('dora'),
      details: { words: 'Use a *medium* one <!channel>.' },
    });
  });

  test('a yes to what has changed since is none', async () => {
    const s = await openRequests(database);
    await waiting(s);
    const looked = await s.push('ada', presses.look, seen);
    expect(wordsFor(looked.effects, copies)).toContain('The person who asked is changing it.');
    expect(buttons(looked.effects, copies)).toEqual([[]]);
    expect(looked.effects).toContainEqual({ kind: 'never', key: 'request/1/nudge' });
    await s.previewed(1, preview, 2);
    await s.confirm('ada', 1);
    const { effects } = await s.push('dan', presses.approve, seen);
    expect(whispered(effects)).toContain('It has changed since you saw this');
    expect((await s.row(1)).state).toBe('awaiting-approval');
    await s.push('dan', presses.approve, { number: 1, plans: 2 });
    expect((await s.row(1)).state).toBe('queued');
  });

  test.each([{}, { number: 0, plans: 1 }, { number: 1 }, { number: 1, plans: -1 }, '1', null])(
    'what a tampered button carries (%j) is refused',
    async (value) => {
      const s = await openRequests(database);
      await waiting(s);
      await expect(s.push('dan', presses.approve, value)).rejects.toMatchObject({ code: 'press_malformed' });
    },
  );

  test('is listed for who can, with the buttons, and for nobody else', async () => {
    const s = await openRequests(database);
    await waiting(s);
    for (const who of ['dan', 'dora', 'rita'] as const) {
      const { effects } = await s.say(who, 'approvals');
      expect(whispered(effects)).toContain(`@${s.id('ada')} asks, for orders: Large ones are looked at first.`);
      expect(effects.flatMap((e) => (e.kind === 'whisper' ? buttonsOf(e.view).map((b) => b.label) : []))).toEqual([
        'Approve',
        'Refuse',
      ]);
    }
    const listed = { ...seen, list: true };
    for (const who of ['ada', 'olga', 'paul'] as const)
      expect(whispered((await s.say(who, 'approvals')).effects)).toBe('Nothing waits for your decision.');
    const home = await s.play(people.dan, { kind: 'home' });
    expect(JSON.stringify(home.effects)).toContain('Waiting for your decision');
    // A list stays as it is, so who decides there is answered.
    const asked = await s.push('dora', presses.refuse, listed);
    const no = await s.send('dora', form(asked.effects), { words: 'No.' });
    expect(whispered(no.effects)).toContain(`@${s.id('dora')} refused it.`);
    await waiting(s, 'ada', 'create postgres other size=l');
    const yes = await s.push('dan', presses.approve, { ...listed, number: 2 });
    expect(whispered(yes.effects)).toContain(`@${s.id('dan')} approved it.`);
  });
});

describe('what has changed while it waited', () => {
  const tell = 'request/1/decision/1';
  test.each([
    ['is gone', [gpu], 'cancelled', 'was taken out of the catalog'],
    ['has another version', [{ ...postgres, version: '1.4.0' }], 'planning', 'is at version 1.4.0 now'],
    [
      'says no by now',
      [{ ...postgres, policy: [{ when: 'true', verdict: 'deny' as const, because: 'Not this week.' }] }],
      'confirming',
      'Not this week.',
    ],
    [
      'wants somebody else by now',
      [
        {
          ...postgres,
          policy: [{ when: 'true', verdict: 'approval' as const, because: 'Paul looks.', by: ['platform'] }],
        },
      ],
      'confirming',
      'Somebody else has to say yes by now: Paul looks.',
    ],
    [
      'is blocked',
      [{ ...postgres, lifecycle: { is: 'blocked' as const, because: 'Broken disks.' } }],
      'confirming',
      'Broken disks.',
    ],
  ])('a path that %s: nothing is made, and both sides hear why', async (_, paths, state, words) => {
    const s = await openRequests(database);
    await waiting(s);
    s.catalog({ paths, broken: [] });
    const { effects } = await s.push('dan', presses.approve, seen);
    expect((await s.row(1)).state).toBe(state);
    expect(wordsFor(effects, copies)).toContain(words);
    expect(buttons(effects, copies)).toEqual([[]]);
    expect(toldTo(effects, tell)).toEqual([s.id('ada')]);
    expect(wordsFor(effects, tell)).toContain(words);
    expect(await s.resources.of({ teams: ['orders'] }, 5)).toEqual([]);
    // The old buttons count no more.
    await s.push('dora', presses.approve, seen);
    expect((await s.row(1)).run).toBeUndefined();
  });

  test('a path that is broken for a moment keeps it waiting', async () => {
    const s = await openRequests(database);
    await waiting(s);
    s.catalog({ paths: [gpu], broken: [{ name: 'postgres', problems: [] }] });
    const { effects } = await s.push('dan', presses.approve, seen);
    expect(whispered(effects)).toContain('doesn’t load at the moment');
    expect((await s.row(1)).state).toBe('awaiting-approval');
    s.catalog(catalog);
    await s.push('dan', presses.approve, seen);
    expect((await s.row(1)).state).toBe('queued');
  });

  test('a name that was taken goes back to the person, with who has it', async () => {
    const s = await openRequests(database);
    await waiting(s);
    await s.accepted('olga', 'create postgres orders size=s');
    const { effects } = await s.push('dan', presses.approve, seen);
    expect(live(effects)).toContain('There is a PostgreSQL called “orders” already');
    expect(await s.row(1)).toMatchObject({ state: 'confirming', plans: 2 });
    expect(toldTo(effects, tell)).toEqual([s.id('ada')]);
  });

  test('a person who has left gets nothing made, and the approver is not left wondering', async () => {
    const s = await openRequests(database);
    await waiting(s);
    await s.store.direct.features.people.left(people.ada.account);
    const { effects } = await s.push('dan', presses.approve, seen);
    expect(wordsFor(effects, copies)).toContain('The person who asked is not here any more, so nothing was made.');
    expect(await s.row(1)).toMatchObject({ state: 'cancelled' });
    expect(await s.resources.of({ teams: ['orders'] }, 5)).toEqual([]);
  });

  test('an approver who has left the team decides no more', async () => {
    const s = await openRequests(database);
    await waiting(s);
    s.settings(
      settingsWith({ teams: { orders: { emails: ['ada@acme.test'] }, data: { emails: ['dora@acme.test'] } } }),
    );
    await expect(s.push('dan', presses.approve, seen)).rejects.toMatchObject({ code: 'approval_not_yours' });
    await s.push('dora', presses.approve, seen);
    expect((await s.row(1)).state).toBe('queued');
  });
});

describe('when nobody decides', () => {
  const nudge = (s: Requests, step: string, plans = 1) =>
    s.due('request.nudge', 'request/1/nudge', { number: 1, plans, step, since: s.now().toISOString() });

  test('those who were asked are reminded, then all who may are asked, then it is closed', async () => {
    const s = await openRequests(database);
    const begun = await waiting(s);
    const since = s.now();
    const hours = (n: number) => new Date(since.getTime() + n * 3_600_000);
    const laters = (effects: Effects) => effects.flatMap((e) => (e.kind === 'later' ? [e] : []));
    expect(laters(begun)).toMatchObject([{ key: 'request/1/nudge', at: hours(4), input: { step: 'remind' } }]);

    const remind = await nudge(s, 'remind');
    expect(toldTo(remind.effects, reminders).toSorted()).toEqual([s.id('dan'), s.id('dora')].toSorted());
    expect(buttons(remind.effects, reminders)[0]).toEqual(['Approve', 'Refuse']);
    expect(laters(remind.effects)).toMatchObject([{ at: hours(24), input: { step: 'escalate' } }]);

    const escalate = await nudge(s, 'escalate');
    expect(toldTo(escalate.effects, copies).toSorted()).toEqual([s.id('dan'), s.id('dora'), s.id('rita')].toSorted());
    expect(wordsFor(escalate.effects, copies)).toContain('Nobody has decided for a while, so I’m asking more people.');
    expect(laters(escalate.effects)).toMatchObject([{ at: hours(7 * 24), input: { step: 'expire' } }]);

    const expire = await nudge(s, 'expire');
    expect(await s.row(1)).toMatchObject({ state: 'expired' });
    expect(wordsFor(expire.effects, copies)).toContain('Nobody decided in time, so it was closed.');
    expect(toldTo(expire.effects, 'request/1/decision/1')).toEqual([s.id('ada')]);
    expect(whispered((await s.push('dan', presses.approve, seen)).effects)).toContain('has expired');
  });

  test('nothing is said any more once somebody has decided, or when it is another round', async () => {
    const s = await openRequests(database);
    await waiting(s);
    expect((await nudge(s, 'remind', 2)).effects).toEqual([]);
    await s.push('dan', presses.approve, seen);
    for (const step of ['remind', 'escalate', 'expire']) expect((await nudge(s, step)).effects).toEqual([]);
    expect((await s.row(1)).state).toBe('queued');
  });
});

describe('breaking the glass', () => {
  const settings = settingsWith({
    teams: { orders: { emails: ['ada@acme.test', 'rita@acme.test'] }, data: { emails: ['dan@acme.test'] } },
  });

  test('is open to an admin on their own request, with a reason, and all who could have decided hear of it', async () => {
    const s = await openRequests(database, { settings });
    const begun = await waiting(s, 'rita');
    expect(buttons(begun, 'request/1')).toEqual([['Take it back', 'Break the glass']]);
    const asked = await s.push('rita', presses.glass, seen);
    const { effects } = await s.send('rita', form(asked.effects), { words: 'The shop is down.' });
    expect(await s.row(1)).toMatchObject({
      state: 'queued',
      decided: { by: s.id('rita'), words: 'The shop is down.', breakGlass: true },
    });
    const glass = 'request/1/glass/1';
    expect(toldTo(effects, glass)).toEqual([s.id('dan')]);
    expect(saidIn(effects, glass)).toEqual([approvals]);
    expect(wordsFor(effects, glass)).toContain('The shop is down.');
    expect(wordsFor(effects, copies)).toContain('broke the glass');
    expect((await s.audit()).at(-1)).toMatchObject({
      what: 'request.glass-broken',
      details: { words: 'The shop is down.' },
    });
    expect((await s.asking()).alone).toBe(0);
  });

  test('is for admins, and for their own', async () => {
    const s = await openRequests(database, { settings });
    const begun = await waiting(s);
    expect(buttons(begun, 'request/1')).toEqual([['Take it back']]);
    expect((await s.push('ada', presses.glass, seen)).effects).toMatchObject([
      { kind: 'whisper', view: { id: 'not-allowed' } },
    ]);
    await expect(s.push('rita', presses.glass, seen)).rejects.toMatchObject({ code: 'request_not_yours' });
    expect((await s.row(1)).state).toBe('awaiting-approval');
  });

  test('works where there is nobody else to decide at all', async () => {
    const alone = settingsWith({
      roles: { admin: { emails: ['rita@acme.test'] } },
      teams: { orders: { emails: ['rita@acme.test'] } },
    });
    const s = await openRequests(database, { settings: alone });
    const begun = await waiting(s, 'rita');
    expect(toldTo(begun, copies)).toEqual([]);
    const asked = await s.push('rita', presses.glass, seen);
    await s.send('rita', form(asked.effects), { words: 'Alone here.' });
    expect((await s.row(1)).state).toBe('queued');
  });
});

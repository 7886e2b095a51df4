import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AccountId, noNames, type PersonId } from '../../src/core/kernel/index.ts';
import { wantedIn } from '../../src/core/metrics/ask.ts';
import { anchorOf, definitionsPage, figureIds } from '../../src/core/metrics/definitions.ts';
import { readReport } from '../../src/core/metrics/report.ts';
import { hiddenView, howView, sentView } from '../../src/core/metrics/views.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { measuring } from '../../src/core/surveys/measures.ts';
import { surveySchema } from '../../src/core/surveys/model.ts';
import { checkBlocks } from '../../src/playground/slack/index.ts';
import { cardProblems } from '../../src/playground/teams/index.ts';
import { render as slackRender } from '../../src/slack/render.ts';
import { render as teamsRender } from '../../src/teams/render.ts';
import { closedRun, surveyed, used } from '../support/figures.ts';
import { ada, adaTeams, grace, settings, triageSlack } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage } from '../support/stage.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const crowd = { people: 12, team: (i: number) => (i <= 6 ? 'inventory' : 'checkout') };
const { teams } = settingsSchema.parse({
  teams: { inventory: { emails: [ada.email] }, checkout: {}, tiny: { emails: [ada.email] } },
});
const withTeams = { ...settings, teams };

const whispers = (effects: readonly { readonly kind: string }[]) =>
  effects.flatMap((e) => (e.kind === 'whisper' ? [wordsOf((e as never as { view: never }).view)] : []));
const told = (effects: readonly { readonly kind: string }[]) =>
  effects.flatMap((e) => (e.kind === 'tell' ? [wordsOf((e as never as { view: never }).view)] : [])).join('\n');

describe('the numbers', () => {
  test('are what the rows say, each over how many', async () => {
    const stage = openStage(database);
    await used(database.pool, { now: stage.now(), ...crowd });
    const { metrics } = stage.store.direct.features;
    const { figures, paths, months } = await readReport(
      metrics,
      { since: new Date('2026-01-01T00:00Z'), until: stage.now() },
      5,
    );
    const read = (value: number, over: string) => ({ is: 'read', value, over });
    expect(figures.active).toEqual(read(12, 'everybody known on Slack and Teams'));
    expect(figures.requests).toEqual(read(18, '12 people'));
    // Every third of twelve needed somebody.
    expect(figures.selfService).toEqual(read((100 * 8) / 12, '12 requests of 12 people'));
    expect(figures.wait).toEqual(read(650, '12 requests of 12 people'));
    expect(figures.onboarding).toMatchObject({ is: 'read', over: '12 people' });
    expect(figures.firstDeploy).toMatchObject({ is: 'read', over: '12 people' });
    expect(figures.deployments).toMatchObject({ over: '60 rollouts of 2 services' });
    expect(figures.lead).toEqual(read(7200, '60 rollouts'));
    expect(figures.failure).toEqual({ ...read((100 * 3) / 60, '60 rollouts'), more: '2% to 14%' });
    expect(figures.recovery).toEqual(read(600, '3 incidents'));
    // Lead under a day (5), 60 over 2 services in 60 days (4), recovery under an hour (6), 5% fail.
    expect(figures.dora).toMatchObject({ is: 'read', over: '4 of 4 numbers, 60 rollouts' });
    expect(figures.dora.is === 'read' && figures.dora.value).toBeCloseTo((8 + 6 + 10 + 9.5) / 4);
    expect(figures.feedback).toEqual(read(12, '12 people'));
    expect(figures.answered).toEqual(read(50, '12 items of 12 people'));
    expect(figures.shipped).toEqual(read(25, '12 items of 12 people'));
    expect(figures.reach).toEqual(read(50, '12 people, 1 announcement'));
    expect(paths).toEqual([
      { path: 'postgres-database', requests: 12 },
      { path: 'preview-environment', requests: 6 },
    ]);
    expect(months.map((m) => m.month)).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(months.reduce((n, m) => n + (m.asked ?? 0), 0)).toBe(18);
    expect(months.reduce((n, m) => n + m.rollouts, 0)).toBe(60);
  });

  test('of few rollouts judge nothing: how many of how many failed, no score, and no week made of a day', async () => {
    const stage = openStage(database);
    const { incidents, metrics } = stage.store.direct.features;
    const at = (hours: number) => new Date(stage.now().getTime() - hours * 3_600_000);
    const told = (template: string, when: Date) =>
      incidents.rolledOut('c', [{ subject: 'Deployment/shop/shop', template: `1:${template}` }], when);
    await told('a', at(30));
    await told('b', at(20));
    await told('c', at(10));
    const since = new Date('2026-01-01T00:00Z');
    const figures = async () => (await readReport(metrics, { since, until: stage.now() }, 5)).figures;
    expect((await figures()).failure).toMatchObject({ is: 'read', value: 0, words: '0 of 2' });
    // What ran before is put back: no rollout, and the one that it took the place of had failed.
    await told('b', at(9));
    await database.pool.query(
      `insert into groundcrew.incident (id, cluster, subject, family, state, cause, verdict, opened, changed)
       values (gen_random_uuid(), 'c', 'Deployment/shop/api', 'rollout', 'open', 'x', '{}', $1, $1)`,
      [at(5)],
    );
    const { deployments, failure, recovery, dora } = await figures();
    expect(deployments).toEqual({ is: 'read', value: 2, over: '2 rollouts of 1 service, seen in 30\u00a0h' });
    expect(failure).toEqual({ is: 'read', value: 50, over: '2 rollouts', words: '1 of 2' });
    expect(recovery).toEqual({ is: 'none', why: 'no incident is over, 1 still open' });
    expect(dora).toEqual({ is: 'none', why: '2 rollouts so far: a score takes 5' });
  });

  test('of nobody are said to be of nobody, and nothing is NaN', async () => {
    const stage = openStage(database);
    const { metrics } = stage.store.direct.features;
    const report = await readReport(metrics, { since: new Date('2026-01-01T00:00Z'), until: stage.now() }, 5);
    expect(Object.values(report.figures).map((f) => f.is)).toEqual(Object.keys(report.figures).map(() => 'none'));
    expect(JSON.stringify(report)).not.toMatch(/NaN|null/);
  });

  test('of a team are hidden where few others did the same: everybody’s less the team’s would be theirs', async () => {
    const stage = openStage(database);
    await used(database.pool, { now: stage.now(), people: 12, team: (i) => (i <= 9 ? 'inventory' : 'checkout') });
    const { metrics } = stage.store.direct.features;
    const { rows } = await database.pool.query<{ id: PersonId }>('select id from groundcrew.person order by id');
    const ids = rows.map((r) => r.id);
    const span = { since: new Date('2026-01-01T00:00Z'), until: stage.now() };
    const of = async (members: number) =>
      (await readReport(metrics, { ...span, team: 'inventory', members: ids.slice(0, members) }, 5)).figures;
    const nine = await of(9);
    for (const id of [
      'active',
      'requests',
      'selfService',
      'wait',
      'onboarding',
      'firstDeploy',
      'feedback',
      'reach',
    ] as const)
      expect(nine[id], id).toEqual({ is: 'few' });
    expect(nine.deployments).toMatchObject({ is: 'read' });
    const seven = await of(7);
    expect(seven.active).toMatchObject({ is: 'read', value: 7 });
    expect(seven.feedback).toMatchObject({ is: 'read', value: 7 });
  });

  test('of a month in which few asked are hidden, and of a second one, so that the sum does not tell', async () => {
    const stage = openStage(database);
    await used(database.pool, { now: stage.now(), ...crowd });
    await database.pool.query(
      `insert into groundcrew.request (verb, path, version, values, team, requester, account, state, created, changed)
       select 'create', 'postgres-database', '1', '{}', 'inventory', id, 'slack:T1/U1', 'planning', $1, $1
       from groundcrew.person order by id limit 1`,
      [new Date('2025-11-10T12:00Z')],
    );
    const { metrics } = stage.store.direct.features;
    const since = new Date('2025-11-01T00:00Z');
    const { months } = await readReport(metrics, { since, until: stage.now() }, 5);
    expect(months.slice(0, 2).map((m) => [m.month, m.asked, m.alone])).toEqual([
      ['2025-11', null, null],
      ['2025-12', 0, 0],
    ]);
    expect(months.filter((m) => m.asked === null).length).toBeGreaterThan(1);
    expect(months.reduce((n, m) => n + m.rollouts, 0)).toBe(60);
  });

  test('of fewer people than may be told of are hidden, by path too', async () => {
    const stage = openStage(database);
    await used(database.pool, { now: stage.now(), people: 4, team: () => 'inventory' });
    const { metrics } = stage.store.direct.features;
    const { figures, paths, months } = await readReport(
      metrics,
      { since: new Date('2026-01-01T00:00Z'), until: stage.now() },
      5,
    );
    for (const id of [
      'active',
      'requests',
      'selfService',
      'wait',
      'onboarding',
      'firstDeploy',
      'feedback',
      'answered',
      'shipped',
      'reach',
    ] as const)
      expect(figures[id], id).toEqual({ is: 'few' });
    // What a cluster does is not what somebody does.
    expect(figures.deployments).toMatchObject({ is: 'read' });
    expect(paths).toEqual([
      { path: 'postgres-database', requests: null },
      { path: 'preview-environment', requests: null },
    ]);
    expect(months).toEqual([]);
  });
});

describe('who was active', () => {
  const month = (name: string) => new Date(`${name}-01T00:00Z`);
  const during = (since: string, until: string) =>
    openStage(database).store.direct.features.metrics.active({ since: month(since), until: month(until) });

  test('stays as it was when the month is over, whoever is seen again, and whichever logins are one by then', async () => {
    const { people } = openStage(database).store.direct.features;
    const act = (account: AccountId, at: string) => people.arrive(account, {}, new Date(at));
    await act(ada.account, '2026-01-31T23:55:00Z');
    await act(adaTeams.account, '2026-01-20T10:00:00Z');
    await act(grace.account, '2026-01-10T10:00:00Z');
    // Eight minutes later it is another month in UTC, though she was written down a moment ago.
    await act(ada.account, '2026-02-01T00:03:00Z');
    expect([await during('2026-01', '2026-02'), await during('2026-02', '2026-03')]).toEqual([3, 1]);
    await act(grace.account, '2026-03-05T10:00:00Z');
    for (const profile of [ada, adaTeams]) await people.learn(profile, new Date('2026-03-05T10:00:00Z'));
    expect(await during('2026-01', '2026-02')).toBe(2);
    expect(await during('2026-01', '2026-04')).toBe(2);
    expect(await during('2026-02', '2026-03')).toBe(1);
    // An address that is somebody else’s by now: that login is a person of its own, and was one in its month.
    await people.learn({ ...adaTeams, email: 'lovelace@acme.test' }, new Date('2026-03-06T10:00:00Z'));
    expect(await during('2026-01', '2026-02')).toBe(3);
  });
});

describe('what was asked', () => {
  const since = new Date('2026-01-01T00:00Z');

  test('stands beside what was measured, with its margin and how it moved', async () => {
    const stage = openStage(database);
    await surveyed(database.pool, stage.now());
    const { metrics } = stage.store.direct.features;
    const { figures, nps } = await readReport(metrics, { since, until: stage.now() }, 5);
    const over = 'answers to “How the platform serves you” of Feb 20, 2026';
    expect(figures.nps).toEqual({
      is: 'read',
      value: 30,
      over: `50 ${over}`,
      more: '7 to 49; +20 since the run before, within the margin',
    });
    expect(nps).toMatchObject({ score: 30, n: 50 });
    expect(figures.selfServiceAsked).toEqual({ is: 'read', value: 70, over: `20 ${over}` });
    expect(figures.heard).toEqual({ is: 'read', value: 70, over: `10 ${over}`, more: '40% to 89%' });
    expect(figures.onboardingAsked).toEqual({ is: 'read', value: 2, words: 'One to two weeks', over: `7 ${over}` });
    expect(figures.firstDeployAsked).toEqual({ is: 'none', why: 'no survey asked it' });
    // Means of 5 and of 20%: 8 and 8.
    expect(figures.doraAsked).toMatchObject({ is: 'read', value: 8, more: '2 of 5 questions' });
  });

  test('is read from any survey, by what its questions say that they measure, or else by their kind', async () => {
    const stage = openStage(database);
    const pool = database.pool;
    const ago = (days: number) => new Date(stage.now().getTime() - days * 86_400_000);
    const survey = (name: string, questions: readonly object[], more = {}) =>
      surveySchema.parse({ name, title: name, intro: 'x', questions, ...more });
    const read = async () =>
      (await readReport(stage.store.direct.features.metrics, { since, until: stage.now() }, 5)).figures;
    const q = (key: string, rest: object) => ({ key, ask: 'x', ...rest });
    const own = survey('own', [
      q('love', { kind: 'nps' }),
      q('mood', { kind: 'likert', scale: 'satisfaction' }),
      q('tickets', { kind: 'percent', measure: 'self-service' }),
      q('ship', { kind: 'duration', measure: 'lead-time' }),
      q('broken', { kind: 'number', max: 100, measure: 'change-failure-rate' }),
    ]);
    await closedRun(pool, own, ago(20), {
      love: { 9: 6, 3: 4 },
      mood: { 5: 3, 4: 4, 1: 3 },
      tickets: { 80: 5, 40: 5 },
      ship: { 'under-1-day': 10 },
      broken: { 12.5: 8 },
    });
    // Later, about something else: a pulse, and one that says so.
    await closedRun(pool, survey('pulse', [q('a', { kind: 'nps' })], { trigger: 'office-hours' }), ago(9), {
      a: { 0: 9 },
    });
    await closedRun(pool, survey('chairs', [q('a', { kind: 'nps', measure: 'none' })]), ago(8), { a: { 0: 9 } });
    const over = (n: number) => `${n} answers to “own” of Feb ${ago(20).getUTCDate()}, 2026`;
    const first = await read();
    expect(first.nps).toMatchObject({ is: 'read', value: 20, over: over(10) });
    expect(first.satisfaction).toMatchObject({ is: 'read', value: 70, over: over(10), more: '40% to 89%' });
    expect(first.selfServiceAsked).toEqual({ is: 'read', value: 60, over: over(10) });
    // Under a day is 8 of 10, and 12.5% are 8.75.
    expect(first.doraAsked).toMatchObject({ is: 'read', value: (8 + 8.75) / 2, more: '2 of 5 questions' });
    // One question of them, asked later in chat, does not take the score’s place, and is no score of its own.
    await closedRun(pool, survey('one', [q('q1', { kind: 'duration', measure: 'lead-time' })]), ago(7), {
      q1: { 'over-6-months': 9 },
    });
    expect((await read()).doraAsked).toEqual(first.doraAsked);
    // One whose questions say what they measure counts, though another one was closed later.
    const declared = survey('declared', [q('score', { kind: 'nps', measure: 'nps' })]);
    await closedRun(pool, declared, ago(30), { score: { 10: 8 } });
    expect((await read()).nps).toMatchObject({ value: 100 });
  });

  test.each([ada, adaTeams])('a survey made in chat asks for what the numbers read, once each', async (who) => {
    const platform = { emails: ['ada@acme.test'], slackUserGroups: [], teams: [] };
    const stage = openStage(database, () => ({ ...settings, roles: { ...settings.roles, platform } }));
    await stage.meet(who);
    const answers = (kind2: string) => ({
      title: 'Shipping',
      intro: 'Why',
      ask1: 'How long?',
      kind1: 'lead-time',
      ask2: 'How often?',
      kind2,
    });
    const send = async (kind2: string) => {
      const { effects } = await stage.command(who, 'survey new');
      return stage.fill(who, effects[0], answers(kind2));
    };
    expect((await send('lead-time')).errors).toMatchObject({ kind2: expect.stringContaining('You ask this above') });
    expect(whispers((await send('deployment-frequency')).effects)[0]).toContain('2. How often?');
    const { rows } = await database.pool.query('select definition from groundcrew.survey');
    expect(measuring(surveySchema.parse(rows[0].definition), 'lead-time')).toMatchObject({ said: true });
  });

  test('of a team is what the survey may show of it, and nothing else', async () => {
    const stage = openStage(database);
    await surveyed(database.pool, stage.now());
    const { metrics } = stage.store.direct.features;
    const { figures } = await readReport(metrics, { since, until: stage.now(), team: 'inventory', members: [] }, 5);
    expect(figures.nps).toMatchObject({ is: 'read', value: 100 });
    expect(figures.selfServiceAsked).toEqual({ is: 'few' });
    const other = await readReport(metrics, { since, until: stage.now(), team: 'checkout', members: [] }, 5);
    expect(other.figures.nps).toEqual({ is: 'few' });
  });

  test('long ago is not told as if it were now', async () => {
    const stage = openStage(database);
    await surveyed(database.pool, stage.now());
    const { metrics } = stage.store.direct.features;
    const { figures } = await readReport(metrics, { since: new Date('2026-03-01T00:00Z'), until: stage.now() }, 5);
    expect(figures.nps).toEqual({ is: 'none', why: 'no survey asked it' });
  });

  test('office hours count who talked with a host, not who signed up', async () => {
    const stage = openStage(database);
    const people = await stage.meet(ada, grace);
    const pool = database.pool;
    await pool.query(`insert into groundcrew.office_series (kind, title, schedule, minutes, queue, places, created, changed)
      values ('office-hours', 'Ask us', '{}', 60, true, '[]', now(), now())`);
    await pool.query(
      `insert into groundcrew.office_session (series, day, starts, minutes, queue, state)
       select number, '2026-02-01', $1, 60, true, 'done' from groundcrew.office_series`,
      [new Date('2026-02-01T10:00Z')],
    );
    for (const [i, state] of ['done', 'absent'].entries())
      await pool.query(
        `insert into groundcrew.office_seat (session, person, account, state, nth, topic, at)
         select number, $1, 'slack:T1/U1', $2, $3, 'x', now() from groundcrew.office_session`,
        [people[i], state, i],
      );
    const span = { since, until: stage.now() };
    expect(await stage.store.direct.features.metrics.attending(span)).toEqual({ people: 1, sessions: 1 });
  });
});

describe('asking', () => {
  test.each([ada, adaTeams])('tells who asks in a direct message, on either platform', async (who) => {
    const stage = openStage(database);
    await stage.meet(who);
    await used(database.pool, { now: stage.now(), ...crowd });
    const { effects } = await stage.command(who, 'metrics');
    expect(effects.map((e) => e.kind)).toEqual(['tell', 'whisper']);
    expect(effects[0]).toMatchObject({ via: who.account, key: 'metrics/stage/1' });
    const words = told(effects);
    expect(words).toContain('Self-service: 67%  ·  measured, over 12 requests of 12 people');
    expect(words).toContain('Time to recover: 10\u00a0min  ·  measured, over 3 incidents');
    expect(words).toContain('Requests by golden path');
    expect(words).not.toMatch(/NaN|undefined/);
  });

  test('the words “measured” lead to the definitions where they can be read', async () => {
    const stage = openStage(database, () => ({
      ...withTeams,
      metrics: { smallest: 5, definitions: 'https://git.acme.test/metrics.md' },
    }));
    await stage.meet(ada);
    await used(database.pool, { now: stage.now(), ...crowd });
    const { effects } = await stage.command(ada, 'metrics');
    expect(JSON.stringify(effects)).toContain('"url":"https://git.acme.test/metrics.md#change-fail-rate"');
  });

  test('of one’s own team is told; of another one only to those who run the platform', async () => {
    const stage = openStage(database, () => withTeams);
    await stage.meet(ada, grace);
    await used(database.pool, { now: stage.now(), ...crowd });
    expect(told((await stage.command(ada, 'metrics Inventory')).effects)).toContain('Requests: 12');
    await expect(stage.command(ada, 'metrics checkout')).rejects.toMatchObject({ code: 'metrics_team_not_yours' });
    expect(told((await stage.command(grace, 'metrics checkout 2026')).effects)).toContain('Requests: 6');
  });

  test('of a team of few, or of one that would give a team of few away, nothing is told', async () => {
    const stage = openStage(database, () => withTeams);
    await stage.meet(ada, grace);
    // tiny has 2, inventory 5 and checkout 5: hidden are tiny and the next one.
    const team = (i: number) => (i <= 2 ? 'tiny' : i <= 7 ? 'inventory' : 'checkout');
    await used(database.pool, { now: stage.now(), people: 12, team });
    const asked = async (name: string) => (await stage.command(grace, `metrics ${name}`)).effects;
    expect(whispers(await asked('tiny'))[0]).toContain('Fewer than 5 people of tiny');
    const others = [whispers(await asked('inventory')), whispers(await asked('checkout'))].map((w) => w[0]);
    expect(others.filter((w) => w?.includes('would tell on them'))).toHaveLength(1);
  });

  test('a press shows a year, and how it is counted', async () => {
    const stage = openStage(database);
    await stage.meet(ada);
    await used(database.pool, { now: stage.now(), ...crowd });
    const { effects } = await stage.press(ada, 'metrics.show', { months: 12 });
    expect(effects.map((e) => e.kind)).toEqual(['tell', 'whisper']);
    const how = whispers((await stage.press(ada, 'metrics.how', {})).effects)[0];
    expect(how).toContain('Measured. Of the rollouts, those after which an incident');
  });
});

describe('what is typed', () => {
  const now = new Date('2026-11-25T22:00:00Z');
  const teams = ['inventory', 'Data Platform'];
  const month = (written: string) => new Date(`${written}-01T00:00Z`);
  test.each([
    ['', { since: month('2026-09') }],
    ['2026-03', { since: month('2026-03') }],
    ['since 2026-03-17', { since: month('2026-03') }],
    ['6m', { since: month('2026-05') }],
    ['90d', { since: month('2026-08') }],
    ['1y', { since: month('2025-11') }],
    ['data platform 2026', { team: 'Data Platform', since: month('2026-01') }],
    ['since 12w INVENTORY', { team: 'inventory', since: month('2026-09') }],
  ])('“%s” is understood', (typed, wanted) => {
    expect(wantedIn(typed, teams, now)).toEqual(wanted);
  });
  test.each(['2026-13', '2027-01', '0d', '9999m', '1999'])('“%s” is no time, and says what is', (typed) => {
    expect(() => wantedIn(typed, teams, now)).toThrow(expect.objectContaining({ code: 'metrics_since_unreadable' }));
  });
  test('a team that is none is named, with those there are', () => {
    expect(() => wantedIn(`x${'y'.repeat(500)}`, teams, now)).toThrow(/inventory, Data Platform/);
    expect(() => wantedIn('nobody', [], now)).toThrow(/names no teams/);
  });
});

describe('the monthly post', () => {
  const started = { kind: 'observed', what: 'started', input: {}, delivery: 'started/1' } as const;

  test('is planned at every start for the next first of a month, under that month’s key', async () => {
    const stage = openStage(database);
    const { effects } = await stage.run({ ...started, at: stage.now() });
    const planned = effects.filter((e) => e.kind === 'later' && e.job === 'metrics.monthly');
    expect(planned).toEqual([
      {
        kind: 'later',
        job: 'metrics.monthly',
        input: { month: '2026-04' },
        at: new Date('2026-04-01T08:00Z'),
        key: 'metrics.monthly/2026-04',
      },
    ]);
  });

  test('is about the month before, however late it runs, and plans the next', async () => {
    const stage = openStage(database);
    await used(database.pool, { now: stage.now(), ...crowd });
    // Of the crowd seven were there in February, and one so long ago that it is forgotten now.
    await database.pool.query(
      `insert into groundcrew.active_month
       select m::date, id from (select id, row_number() over (order by id) n from groundcrew.person) p,
         (values ('2026-02-01', 7), ('2024-03-01', 2), ('2024-02-01', 1)) as t (m, most) where n <= most`,
    );
    const meant = new Date('2026-03-01T08:00Z');
    await database.pool.query(
      `insert into groundcrew.due (key, job, input, at) values ('metrics.monthly/2026-03', 'metrics.monthly', '{}', $1)`,
      [meant],
    );
    const { effects } = await stage.run({
      kind: 'due',
      key: 'metrics.monthly/2026-03',
      job: 'metrics.monthly',
      input: { month: '2026-03' },
      at: stage.now(),
      meant,
      delivery: 'due/1',
    });
    const said = effects.filter((e) => e.kind === 'say');
    expect(said.map((e) => [e.place, e.key, e.view.title])).toContainEqual([
      triageSlack,
      'metrics/month/2026-03',
      'February 2026 in numbers',
    ]);
    const words = said.map((e) => wordsOf(e.view)).join('\n');
    expect(words).toContain('From Feb 1, 2026 to Feb 28, 2026.');
    expect(words).toContain('People active: 7  ·');
    const { rows } = await database.pool.query('select min(month)::text as first from groundcrew.active_month');
    expect(rows).toEqual([{ first: '2024-03-01' }]);
    expect(effects.at(-1)).toMatchObject({ kind: 'later', key: 'metrics.monthly/2026-04' });
  });
});

test('docs/metrics.md explains every number, under the heading that the messages link to', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  expect(page.split('-->\n\n')[1]).toBe(definitionsPage());
  const anchors = [...page.matchAll(/^### (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  expect(anchors).toEqual(figureIds.map(anchorOf));
});

test('the report fits both platforms whole, with the same buttons and the same figures', async () => {
  const stage = openStage(database);
  await stage.meet(ada);
  await used(database.pool, { now: stage.now(), ...crowd });
  await surveyed(database.pool, stage.now());
  // As many golden paths as a catalog may have, with names as long as they may be.
  for (let i = 0; i < 40; i += 1)
    await database.pool.query(
      `insert into groundcrew.request (verb, path, version, values, team, requester, account, state, created, changed)
       select 'create', $1, '1', '{}', 'inventory', id, 'slack:T1/U1', 'planning', $2, $2 from groundcrew.person`,
      [`path-${'x'.repeat(50)}-${i}`, stage.now()],
    );
  const { effects } = await stage.command(ada, 'metrics 1y');
  const [tell] = effects;
  if (tell?.kind !== 'tell') throw new Error('not told');
  const pictures = new Map(
    tell.view.blocks.flatMap((b) => (b.kind === 'chart' ? [[b.chart, 'F0123456789'] as const] : [])),
  );
  expect([...pictures.keys()].map((c) => c.shape)).toEqual(['gauge', 'trend', 'bars']);
  const slack = slackRender(tell.view, noNames, { strict: true, pictures });
  expect(checkBlocks(slack.blocks, 'message', '/blocks')).toEqual([]);
  const teams = teamsRender(tell.view, noNames, { strict: true });
  expect(cardProblems(teams)).toEqual([]);
  for (const drawn of [JSON.stringify(slack.blocks), JSON.stringify(teams)])
    for (const words of ['How these are counted', 'A year of it', 'Recommendation (NPS)', '+30', 'Change fail rate'])
      expect(drawn).toContain(words);
  for (const view of [sentView, howView('https://git.acme.test/metrics.md'), hiddenView('x'.repeat(60), 5)]) {
    expect(checkBlocks(slackRender(view, noNames, { strict: true }).blocks, 'message', '/blocks')).toEqual([]);
    expect(cardProblems(teamsRender(view, noNames, { strict: true }))).toEqual([]);
  }
});

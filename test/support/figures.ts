import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A platform that was used for some months, in rows: what the numbers are counted from. */
export type Use = {
  /** Months before `now`, newest last. */
  readonly now: Date;
  readonly people: number;
  readonly team: (nth: number) => string;
};

const uuid = (n: number) => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const day = 86_400_000;

/**
 * `people` joined 60 days ago and were active today; each asked for a database, which was ready after 100 s times their
 * number; every third one needed a decision. The first half also asked for a preview, which never became ready. Two
 * services were rolled out each day for 30 days; each tenth rollout of `shop` broke it for ten minutes.
 */
export async function used(pool: pg.Pool, { now, people, team }: Use): Promise<void> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  for (let i = 1; i <= people; i += 1) {
    const joined = before(60 * day);
    await pool.query(`insert into groundcrew.person (id, name, email, created_at) values ($1, $2, $3, $4)`, [
      uuid(i),
      `Person ${i}`,
      `person${i}@acme.test`,
      joined,
    ]);
    await pool.query(
      `insert into groundcrew.account (id, person, platform, name, used, looked_up, email)
       values ($1, $2, 'slack', $3, $4, $4, $5)`,
      [`slack:T1/U${i}`, uuid(i), `Person ${i}`, now, `person${i}@acme.test`],
    );
    await pool.query(
      `insert into groundcrew.active_month select distinct date_trunc('month', at at time zone 'UTC')::date, $1::uuid
       from unnest($2::timestamptz[]) as at`,
      [uuid(i), [joined, now]],
    );
    const asked = before((50 - i) * day);
    const ask = (path: string, ready: Date | null, decided: boolean) =>
      pool.query(
        `insert into groundcrew.request (verb, path, version, values, team, requester, account, state, created, changed, ready, decided)
         values ('create', $1, '1', '{}', $2, $3, $4, 'ready', $5, $5, $6, $7)`,
        [path, team(i), uuid(i), `slack:T1/U${i}`, asked, ready, decided ? JSON.stringify({ by: uuid(1) }) : null],
      );
    await ask('postgres-database', new Date(asked.getTime() + i * 100_000), i % 3 === 0);
    if (i <= people / 2) await ask('preview-environment', null, false);
    await pool.query(
      `insert into groundcrew.feedback (requester, account, what, why, pain, state, created, changed)
       values ($1, $2, 'Faster', 'Slow', 3, $3, $4, $4)`,
      [uuid(i), `slack:T1/U${i}`, i % 4 === 0 ? 'shipped' : 'received', asked],
    );
    if (i % 2 === 0)
      await pool.query(
        `insert into groundcrew.feedback_move (feedback, by, move, state, at)
         select max(number), $1, 'plan', 'planned', $2 from groundcrew.feedback`,
        [uuid(i === 1 ? 2 : 1), asked],
      );
  }
  const rollout = (subject: string, template: string, at: Date, baseline: boolean, person: string | null) =>
    pool.query(
      `insert into groundcrew.rollout (cluster, subject, template, team, at, baseline, committed, person)
       values ('c', $1, $2, $3, $4, $5, $6, $7)`,
      [subject, template, team(1), at, baseline, new Date(at.getTime() - 2 * 3_600_000), person],
    );
  for (let n = 0; n <= 30; n += 1) {
    const at = before((30 - n) * day + 3_600_000);
    await rollout('Deployment/shop/shop', String(n), at, n === 0, uuid((n % people) + 1));
    await rollout('Deployment/shop/api', String(n), at, n === 0, null);
    if (n % 10 === 5)
      await pool.query(
        `insert into groundcrew.incident (id, cluster, subject, family, state, cause, verdict, team, opened, changed, resolved)
         values ($1, 'c', 'Deployment/shop/shop', 'rollout', 'resolved', 'x', '{}', $2, $3, $3, $4)`,
        [uuid(1000 + n), team(1), new Date(at.getTime() + 60_000), new Date(at.getTime() + 660_000)],
      );
  }
  await pool.query(
    `insert into groundcrew.announcement (content, author, state, created, changed, posted)
     values ('{}', $1, 'posted', $2, $2, $2)`,
    [uuid(1), before(10 * day)],
  );
  for (let i = 1; i <= people / 2; i += 1)
    await pool.query(
      `insert into groundcrew.announcement_seen (announcement, person, at)
      select max(number), $1, $2 from groundcrew.announcement`,
      [uuid(i), before(9 * day)],
    );
}

const counts = (all: readonly (string | number)[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(all.map(String), (a) => a)].map(([value, same]) => [value, same.length]));
const times = (n: number, value: string | number) => Array.from({ length: n }, () => value);

/** Two runs of a survey, a quarter apart, and one of DORA’s, as their results were kept. */
export async function surveyed(pool: pg.Pool, now: Date): Promise<void> {
  const likert = { kind: 'likert', scale: 'extent' };
  const platform = {
    name: 'platform',
    title: 'How the platform serves you',
    questions: [
      { key: 'nps', ask: 'Recommend?', kind: 'nps' },
      { key: 'self-service', ask: 'Of ten?', kind: 'number', min: 0, max: 10 },
      { key: 'acts-on-feedback', ask: 'Acts?', ...likert },
      {
        key: 'onboarding',
        ask: 'How long?',
        kind: 'duration',
        options: [
          { value: 'months', label: 'Months', score: 1 },
          { value: 'weeks', label: 'One to two weeks', score: 2 },
          { value: 'days', label: 'Days', score: 3 },
        ],
      },
    ],
  };
  const dora = {
    name: 'dora',
    title: 'How we deliver software',
    questions: [
      {
        key: 'deployment-frequency',
        ask: 'How often?',
        kind: 'choice',
        options: [
          { value: 'weekly', label: 'Weekly', score: 4 },
          { value: 'on-demand', label: 'On demand', score: 6 },
        ],
      },
      { key: 'change-failure-rate', ask: 'How many?', kind: 'percent' },
    ],
  };
  const team = (group: string, n: number, of: Readonly<Record<string, number>>) => ({ group, n, counts: of });
  const run = (survey: object, number: number, closed: Date, items: readonly object[]) =>
    pool.query(
      `insert into groundcrew.survey_run (id, survey, number, definition, state, opens, closes, seed, report)
       values ($1, $2, $3, $4, 'closed', $5, $6, 'x', $7)`,
      [
        randomUUID(),
        (survey as { name: string }).name,
        number,
        JSON.stringify(survey),
        new Date(closed.getTime() - 14 * day),
        closed,
        JSON.stringify({ invited: 80, answered: 50, items }),
      ],
    );
  const item = (key: string, of: Readonly<Record<string, number>>, shown: readonly object[] = []) => ({
    key,
    n: Object.values(of).reduce((a, b) => a + b, 0),
    counts: of,
    groups: shown.length > 0 ? [{ by: 'team', shown, hidden: [] }] : [],
  });
  const score = (p: number, passive: number, d: number) =>
    counts([...times(p, 9), ...times(passive, 8), ...times(d, 3)]);
  await run(platform, 1, new Date(now.getTime() - 100 * day), [item('nps', score(20, 15, 15))]);
  await run(platform, 2, new Date(now.getTime() - 10 * day), [
    item('nps', score(25, 15, 10), [team('inventory', 10, score(10, 0, 0))]),
    item('self-service', counts([...times(10, 8), ...times(10, 6)])),
    item('acts-on-feedback', counts([...times(7, 4), ...times(3, 2)])),
    item('onboarding', counts([...times(5, 'weeks'), 'months', 'days'])),
  ]);
  await run(dora, 1, new Date(now.getTime() - 10 * day), [
    item('deployment-frequency', counts([...times(5, 'weekly'), ...times(5, 'on-demand')])),
    item('change-failure-rate', counts(times(10, 20))),
  ]);
}

/** A run of a survey that is closed: `given` has each question’s answers, with how often each was given. */
export async function closedRun(
  pool: pg.Pool,
  survey: { readonly name: string },
  closed: Date,
  given: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Promise<void> {
  const items = Object.entries(given).map(([key, counts]) => ({
    key,
    n: Object.values(counts).reduce((a, b) => a + b, 0),
    counts,
    groups: [],
  }));
  await pool.query(
    `insert into groundcrew.survey_run (id, survey, number, definition, state, opens, closes, seed, report)
     select gen_random_uuid(), $1, 1 + count(*), $2, 'closed', $3, $4, 'x', $5
     from groundcrew.survey_run where survey = $1`,
    [
      survey.name,
      JSON.stringify(survey),
      new Date(closed.getTime() - 14 * day),
      closed,
      JSON.stringify({ invited: 80, answered: 50, items }),
    ],
  );
}

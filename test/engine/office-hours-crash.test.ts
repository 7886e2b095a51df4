import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { AccountId, Inbound, Profile } from '../../src/core/kernel/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada } from '../support/house.ts';
import type { World } from '../support/life.ts';
import { human } from '../support/office.ts';
import { openSweep, type Story, type Told } from '../support/sweep.ts';

/*
 * A session with one time, from two sign-ups over a place that is given back to the reminders and the start, cut short at
 * every point between two statements or deliveries: nobody's place is lost or doubled, and nobody is told twice.
 */
const database = await openTestDatabase();
afterAll(() => database.close());

const bob = human('teams', 'bob');
const channels = ['slack:T1/COFFICE', 'teams:11111111-1111-4111-8111-111111111111/19:office@thread.tacv2'];
const starts = '2026-03-05T13:00:00.000Z';

/** The session of a plan, made when it is first asked for. */
async function sessionOf(plan: string): Promise<number> {
  const known = await database.pool.query(
    `select s.number from groundcrew.office_session s join groundcrew.office_series r on r.number = s.series where r.title = $1`,
    [plan],
  );
  if (known.rows[0]) return known.rows[0].number;
  const schedule = { start: '2026-03-05', at: '14:00', zone: 'Europe/Berlin', rule: { kind: 'once' }, changes: [] };
  const { rows } = await database.pool.query(
    `with series as (
       insert into groundcrew.office_series (kind, title, schedule, minutes, slot_minutes, queue, places, created, changed)
       values ('office-hours', $1, $2, 20, 20, false, $3, now(), now()) returning number
     )
     insert into groundcrew.office_session (series, day, starts, minutes, slot_minutes, queue, state)
     select number, '2026-03-05', $4, 20, 20, false, 'planned' from series returning number`,
    [plan, JSON.stringify(schedule), JSON.stringify(channels), starts],
  );
  return rows[0].number;
}
const personOf = async ({ account }: Profile): Promise<string> =>
  (await database.pool.query('select person from groundcrew.account where id = $1', [account])).rows[0].person;

const common = ({ plan, at }: Told, who: Profile, name: string) => {
  const delivery = `${plan}/${who.name}/${name}`;
  const origin = { platform: who.account.split(':', 1)[0], arrival: delivery } as never;
  return { delivery, at, account: who.account, origin };
};
const presses =
  (who: Profile, name: string) =>
  async (told: Told): Promise<Inbound> => ({
    ...common(told, who, name),
    kind: 'press',
    press: { name, value: JSON.stringify({ n: await sessionOf(told.plan) }) },
  });
/** Sends the form that the press before it opened. */
const sends =
  (who: Profile) =>
  async (told: Told): Promise<Inbound> => {
    const n = await sessionOf(told.plan);
    const { rows } = await database.pool.query(`select id from groundcrew.asked where account = $1 and carry = $2`, [
      who.account,
      JSON.stringify({ n }),
    ]);
    expect(rows).toHaveLength(1);
    const raw = { topic: `${told.plan} of ${who.name}`, time: 'first' };
    return { ...common(told, who, 'submit'), kind: 'submit', asked: rows[0].id, raw };
  };

const meant = new Map<string, { readonly at: Date; readonly input: never }>();
/** The clock comes to a job of the session, at the moment for which it was planned. */
const due =
  (job: string, person?: Profile) =>
  async ({ plan }: Told): Promise<Inbound> => {
    const n = await sessionOf(plan);
    const key = person ? `office/${n}/${job}/${await personOf(person)}` : `office/${n}/${job}`;
    const known = meant.get(key);
    const row =
      known ?? (await database.pool.query('select at, input from groundcrew.due where key = $1', [key])).rows[0];
    expect(row, key).toBeDefined();
    meant.set(key, row);
    return {
      kind: 'due',
      key,
      job: `office.${job}`,
      input: row.input,
      meant: row.at,
      at: row.at,
      delivery: `${plan}/${job}`,
    };
  };

const arrivals: Story['arrivals'] = [
  presses(ada, 'office.sign-up'),
  sends(ada),
  presses(bob, 'office.sign-up'),
  sends(bob),
  // Who waits has the time now; who gave it back only wants to hear when it begins.
  presses(ada, 'office.cancel'),
  presses(ada, 'office.remind'),
  due('eve', bob),
  // Planned with the session: its rows are written here as its planning does.
  async (told) => {
    const n = await sessionOf(told.plan);
    for (const [job, at] of [
      ['day', '2026-03-04T13:00:00Z'],
      ['soon', '2026-03-05T12:50:00Z'],
      ['start', starts],
    ])
      await database.pool.query(
        `insert into groundcrew.due (key, job, input, at) select $1, $2, $3, $4
         where not exists (select from groundcrew.inbox where delivery = $5) on conflict do nothing`,
        [`office/${n}/${job}`, `office.${job}`, JSON.stringify({ n, starts }), at, `${told.plan}/${job}`],
      );
    return due('day')(told);
  },
  due('soon'),
  due('start'),
];

async function audit(plan: string, world: World, about: string): Promise<void> {
  const n = await sessionOf(plan);
  const [one, other] = [await personOf(ada), await personOf(bob)];
  const seats = await database.pool.query(
    'select person, state, slot from groundcrew.office_seat where session = $1 order by nth',
    [n],
  );
  expect(seats.rows, about).toEqual([
    { person: one, state: 'cancelled', slot: null },
    { person: other, state: 'in', slot: 0 },
  ]);
  const { rows } = await database.pool.query(
    `select array(select key from groundcrew.outbox where ended is null or state in ('gone', 'refused')) as undelivered,
       array(select delivery from groundcrew.inbox where not settled and origin is not null) as owed,
       array(select distinct key from groundcrew.outbox where kind <> 'edit' and key like $1) as said,
       array(select key from groundcrew.due where key like $1 and key not like '%/refresh' and key not like '%/close') as due`,
    [`office/${n}/%`],
  );
  const [{ said, ...rest }] = rows;
  expect(rest, about).toEqual({ undelivered: [], owed: [], due: [] });
  const direct = ({ account }: { readonly account: AccountId }) => `dm-${account}`;
  const told: readonly (readonly [RegExp, readonly string[]])[] = [
    [new RegExp(`/seat/${one}$`), [direct(ada)]],
    [new RegExp(`/seat/${other}$`), [direct(bob)]],
    [new RegExp(`/free/\\d+/${other}$`), [direct(bob)]],
    [new RegExp(`/eve/.*/${other}$`), [direct(bob)]],
    [new RegExp(`/soon/.*/${one}$`), [direct(ada)]],
    [new RegExp(`/soon/.*/${other}$`), [direct(bob)]],
    [/\/day-before\//, channels],
    [/\/card$/, channels],
  ];
  // Each of these once, in its place, and nothing else was said.
  expect(said, about).toHaveLength(told.length);
  for (const [key, places] of told) {
    const keys: readonly string[] = said.filter((k: string) => key.test(k));
    expect(keys, `${about}: ${key}`).toHaveLength(1);
    const posts = world.posts(keys[0] as string);
    expect(posts.map((p) => p.place.replace(/^.*\/(?=dm-)/, '')).toSorted(), `${about}: ${key}`).toEqual(places);
  }
  const standing = (person: string) => world.now(world.posts(`office/${n}/seat/${person}`)[0] as never);
  expect(standing(one), about).toContain('not signed up any more');
  expect(standing(other), about).toContain('You have ');
}

test('a process that dies at any point of a session loses no place and no reminder, and doubles none', async () => {
  const sweep = await openSweep(database, { people: [ada, bob], parts: () => ({}), arrivals, audit });
  onTestFinished(sweep.close);
  // Their directories have told of them, so no life asks again.
  await database.pool.query(`update groundcrew.account set looked_up = '2026-03-02T08:59:00Z'`);
  const points = await sweep.rehearse();
  expect(points).toBeGreaterThan(60);
  expect(await sweep.dieAtEach(points)).toBeGreaterThan(0.9);
}, 300_000);

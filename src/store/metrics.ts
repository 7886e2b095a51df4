import { type RawBuilder, sql } from 'kysely';
import type { MetricsStore, Span, Times } from '../core/metrics/store.ts';
import type { Survey } from '../core/surveys/model.ts';
import type { Report } from '../core/surveys/results.ts';
import type { Db } from './db.ts';

/** How long after a rollout an incident of the same workload is taken for its failure. */
const failsWithin = sql.lit('1 hour');
/** A rollout that was taken back within this time had failed; after it, something new was tried and given up. */
const revertedWithin = sql.lit('1 day');
/** The sighting of an incident and that of the rollout that caused it may be told in either order. */
const skew = sql.lit('1 minute');

/** Runs among which the latest of each survey is, and the one before it. */
const lookedThrough = 60;

const ofTeam = (column: string, { team }: Span): RawBuilder<unknown> =>
  team === undefined ? sql`true` : sql`${sql.ref(column)} = ${team}`;
const ofMembers = (column: string, { members }: Span): RawBuilder<unknown> =>
  members === undefined ? sql`true` : sql`${sql.ref(column)} = any(${members}::uuid[])`;

type Raw = { n: number; median: number | null; slow: number | null };
/** The slowest tenth of fewer than ten is one of them, or nobody. */
const times = ({ n, median, slow }: Raw): Times => ({
  n,
  ...(median === null ? {} : { median }),
  ...(slow === null || n < 10 ? {} : { slow }),
});
const timesOf = (seconds: RawBuilder<unknown>) => sql<Raw>`count(${seconds})::int as n,
  percentile_cont(0.5) within group (order by ${seconds})::float as median,
  percentile_cont(0.9) within group (order by ${seconds})::float as slow`;

export const createMetricsStore = (db: Db): MetricsStore => {
  async function one<T extends object>(query: RawBuilder<T>): Promise<T> {
    const { rows } = await query.execute(db);
    if (!rows[0]) throw new Error('a query without a group gave no row');
    return rows[0];
  }

  return {
    async active(span) {
      const { n } = await one(sql<{ n: number }>`
        select count(distinct person)::int as n from groundcrew.active_month
        where month >= (${span.since}::timestamptz at time zone 'UTC')::date
          and month < ${span.until}::timestamptz at time zone 'UTC' and ${ofMembers('person', span)}`);
      return n;
    },
    async forget(before) {
      await sql`
        delete from groundcrew.active_month where month < (${before}::timestamptz at time zone 'UTC')::date`.execute(
        db,
      );
    },
    async asking(span) {
      const { n, median, slow, ...counts } = await one(sql<
        Raw & { asked: number; people: number; ready: number; readyPeople: number; alone: number }
      >`
        select count(*)::int as asked, count(distinct requester)::int as people, count(ready)::int as ready,
          (count(distinct requester) filter (where ready is not null))::int as "readyPeople",
          (count(*) filter (where ready is not null and decided is null))::int as alone,
          ${timesOf(sql`extract(epoch from ready - created)`)}
        from groundcrew.request
        where created >= ${span.since} and created < ${span.until} and ${ofTeam('team', span)}`);
      return { ...counts, wait: times({ n, median, slow }) };
    },
    async paths(span) {
      const { rows } = await sql<{ path: string; requests: number; people: number }>`
        select path, count(*)::int as requests, count(distinct requester)::int as people from groundcrew.request
        where created >= ${span.since} and created < ${span.until} and ${ofTeam('team', span)}
        group by path order by requests desc, path`.execute(db);
      return rows;
    },
    async teams(span) {
      const { rows } = await sql<{ team: string; people: number }>`
        select team, count(distinct requester)::int as people from groundcrew.request
        where created >= ${span.since} and created < ${span.until}
        group by team order by team`.execute(db);
      return rows;
    },
    async delivering(span) {
      const rolled = sql`
        from groundcrew.rollout r
        where not r.baseline and r.at >= ${span.since} and r.at < ${span.until} and ${ofTeam('r.team', span)}`;
      // From the few incidents to their rollouts: each of a hundred thousand rollouts would look for its incident.
      const counts = await one(sql<{ rollouts: number; services: number; failed: number }>`
        with rolled as not materialized (select r.cluster, r.subject, r.template, r.at, r.reverted ${rolled})
        select coalesce(sum(n), 0)::int as rollouts, count(*)::int as services, (
          select count(*)::int from (
            select cluster, subject, template from rolled where reverted < at + ${revertedWithin}::interval
            union
            select r.cluster, r.subject, r.template
            from groundcrew.incident i join rolled r on r.cluster = i.cluster and r.subject = i.subject
              and r.at > i.opened - ${failsWithin}::interval and r.at <= i.opened + ${skew}::interval
            where i.into is null and i.opened >= ${span.since}::timestamptz - ${skew}::interval
              and i.opened < ${span.until}::timestamptz + ${failsWithin}::interval) f) as failed
        from (select count(*) as n from rolled group by cluster, subject) s`);
      const { first } = await one(sql<{ first: Date | null }>`
        select min(r.at) as first from groundcrew.rollout r where ${ofTeam('r.team', span)}`);
      const lead = await one(sql<Raw>`
        select ${timesOf(sql`case when r.committed <= r.at then extract(epoch from r.at - r.committed) end`)} ${rolled}`);
      const { open, ...recovery } = await one(sql<Raw & { open: number }>`
        select ${timesOf(sql`extract(epoch from i.resolved - i.opened)`)},
          (count(*) filter (where i.resolved is null))::int as open
        from groundcrew.incident i
        where i.opened >= ${span.since} and i.opened < ${span.until} and i.into is null and not i.unfollowed
          and ${ofTeam('i.team', span)}`);
      return { ...counts, open, ...(first === null ? {} : { first }), lead: times(lead), recovery: times(recovery) };
    },
    async beginning(span) {
      // From what they did to the people, in one go: to look each of them up takes seconds when there are thousands.
      const took = async (first: RawBuilder<unknown>, done: RawBuilder<unknown>) =>
        one(sql<Raw>`
          select ${timesOf(sql`took`)} from (
            select extract(epoch from min(${first}) - p.created_at) as took
            from groundcrew.person p join ${done}
            where p.created_at >= ${span.since} and p.created_at < ${span.until} and ${ofMembers('p.id', span)}
              and ${first} < ${span.until}
            group by p.id) began`);
      const onboarding = await took(
        sql`q.ready`,
        sql`groundcrew.request q on q.requester = p.id and q.ready >= p.created_at`,
      );
      const firstDeploy = await took(
        sql`r.at`,
        sql`groundcrew.rollout r on r.person = p.id and not r.baseline and r.at >= p.created_at`,
      );
      return { onboarding: times(onboarding), firstDeploy: times(firstDeploy) };
    },
    async hearing(span) {
      const within = sql`f.created >= ${span.since} and f.created < ${span.until} and ${ofMembers('f.requester', span)}`;
      return one(sql<{ received: number; people: number; answered: number; shipped: number }>`
        select count(*)::int as received, count(distinct f.requester)::int as people,
          (count(*) filter (where exists (select from groundcrew.feedback_move m
            where m.feedback = f.number and m.by <> f.requester)))::int as answered,
          (count(*) filter (where f.state = 'shipped'))::int as shipped
        from groundcrew.feedback f where ${within}`);
    },
    async reaching(span) {
      const posted = sql`groundcrew.announcement a
        where a.posted >= ${span.since} and a.posted < ${span.until} and a.state = 'posted'`;
      return one(sql<{ posted: number; readers: number }>`
        select (select count(*)::int from ${posted}) as posted,
          (select count(distinct s.person)::int from groundcrew.announcement_seen s
            where ${ofMembers('s.person', span)} and s.announcement in (select a.number from ${posted})) as readers`);
    },
    async attending(span) {
      return one(sql<{ people: number; sessions: number }>`
        select count(distinct t.person)::int as people, count(distinct s.number)::int as sessions
        from groundcrew.office_session s join groundcrew.office_seat t on t.session = s.number
        where s.starts >= ${span.since} and s.starts < ${span.until} and t.state in ('done', 'grouped', 'offline')
          and ${ofMembers('t.person', span)}`);
    },
    async surveys(span) {
      const rows = await db
        .selectFrom('survey_run')
        .select(['definition', 'report', 'closes'])
        .where('state', '=', 'closed')
        .where('report', 'is not', null)
        .where('closes', '<', span.until)
        .orderBy('closes', 'desc')
        .limit(lookedThrough)
        .execute();
      // Written by us from values of these types.
      return rows.map((r) => ({
        survey: r.definition as unknown as Survey,
        report: r.report as unknown as Report,
        closed: r.closes,
      }));
    },
    async months(span) {
      const month = (column: string) => sql`date_trunc('month', ${sql.ref(column)} at time zone 'UTC')`;
      const { rows } = await sql<{ month: string; asked: number; people: number; alone: number; rollouts: number }>`
        with requests as (
          select ${month('q.created')} as m, count(*)::int as asked, count(distinct q.requester)::int as people,
            (count(*) filter (where q.ready is not null and q.decided is null))::int as alone
          from groundcrew.request q
          where q.created >= ${span.since} and q.created < ${span.until} and ${ofTeam('q.team', span)}
          group by 1
        ), rollouts as (
          select ${month('r.at')} as m, count(*)::int as rollouts from groundcrew.rollout r
          where r.at >= ${span.since} and r.at < ${span.until} and not r.baseline and ${ofTeam('r.team', span)}
          group by 1
        )
        select to_char(m, 'YYYY-MM') as month, coalesce(asked, 0) as asked, coalesce(people, 0) as people,
          coalesce(alone, 0) as alone, coalesce(rollouts, 0) as rollouts
        from generate_series(
          ${span.since.toISOString().slice(0, 10)}::timestamp, ${span.until.toISOString()}::timestamptz at time zone 'UTC' - interval '1 microsecond',
          interval '1 month') as m left join requests using (m) left join rollouts using (m)
        order by m`.execute(db);
      return rows;
    },
  };
};

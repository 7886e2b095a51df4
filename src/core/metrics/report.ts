import {
  type Cell,
  doraScore,
  floorK,
  frequencyBucket,
  type Nps,
  permitted,
  share as shareOf,
  timeBucket,
} from '../statistics/index.ts';
import { askedFigures, npsOf } from './asked.ts';
import { type FigureId, figureIds, inWords } from './definitions.ts';
import type { Reading } from './reading.ts';
import type { ByPath, ByTeam, Delivering, MetricsStore, Month, Span, Times } from './store.ts';

type ToldMonth = Pick<Month, 'month' | 'rollouts'> & { readonly asked: number | null; readonly alone: number | null };
export type Report = {
  readonly span: Span;
  readonly smallest: number;
  readonly figures: { readonly [K in FigureId]: Reading };
  /** People too few for it: `requests` is null. */
  readonly paths: readonly { readonly path: string; readonly requests: number | null }[];
  /** The same for a month; what a cluster did in it is told all the same. */
  readonly months: readonly ToldMonth[];
  readonly nps?: Nps;
};

const week = 7 * 86_400_000;
const plural = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
const people = (n: number): string => plural(n, 'person', 'people');
const none = (why: string): Reading => ({ is: 'none', why });
const read = (value: number, over: string): Extract<Reading, { is: 'read' }> => ({ is: 'read', value, over });

/** Which teams are a crowd of their own, and no small one is what is left when they are subtracted from the whole. */
export const crowds = (teams: readonly ByTeam[], smallest: number): ReadonlySet<string> =>
  tellable(new Map(teams.map(({ team, people: n }) => [team, n])), smallest);

type Sizes = ReadonlyMap<string, number>;
function tellable(sizes: Sizes, smallest: number): ReadonlySet<string> {
  const cells = [...sizes].flatMap(([name, n]): readonly Cell[] => (n > 0 ? [{ groups: [name], n }] : []));
  const seen = permitted(cells, smallest);
  return new Set(seen.is === 'nothing' ? [] : (seen.segmentations[0]?.shown ?? []).map((s) => s.group));
}

/** Whether a part of a team’s numbers may be told: of nobody, or of a crowd, and so is what others did of the same. */
function partOf(mine: Sizes, all: Sizes, smallest: number): (name: string) => boolean {
  const rest = new Map([...all].map(([name, n]) => [name, n - (mine.get(name) ?? 0)]));
  const fine = [mine, rest].map((sizes) => ({ sizes, shown: tellable(sizes, smallest) }));
  return (name) => fine.every(({ sizes, shown }) => !sizes.get(name) || shown.has(name));
}

/** For so many whole months it is known who was active: two years, so that a year can be told beside the one before. */
export const monthsKept = 24;

/** The first day of a month, so that two questions never differ by what one person did on one day. */
export const monthOf = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
export const monthsBefore = (at: Date, months: number): Date =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1));

const activeSince = ({ since, until }: Span): string => {
  const first = monthsBefore(until, monthsKept);
  return since < first ? `, since ${first.toISOString().slice(0, 7)}: before that it is not kept` : '';
};

function took(times: Times, over: (n: number) => string, why: string): Reading {
  if (times.median === undefined) return none(why);
  return read(times.median, over(times.n));
}
const share = (part: number, whole: number, over: string, why: string): Reading =>
  whole === 0 ? none(why) : read((100 * part) / whole, over);

const noRollouts = 'no rollout was seen';
/** So many rollouts at least are scored, and their failures told in percent: one of two is no half of anything. */
const judgedFrom = 5;

/** The share that failed, with how far it may be off. */
function failing(failed: number, rollouts: number, over: string): Reading {
  const of = shareOf(failed, rollouts);
  if (of === undefined) return none(noRollouts);
  const { low, high } = of.interval;
  return rollouts < judgedFrom
    ? { ...read(100 * of.share, over), words: `${failed} of ${rollouts}` }
    : { ...read(100 * of.share, over), more: `${Math.round(100 * low)}% to ${Math.round(100 * high)}%` };
}

function recovering({ recovery, open }: Delivering): Reading {
  const still = `${open} still open`;
  if (recovery.median === undefined) return none(open === 0 ? 'no incident was seen' : `no incident is over, ${still}`);
  const over = read(recovery.median, plural(recovery.n, 'incident', 'incidents'));
  return open === 0 ? over : { ...over, more: still };
}

function delivery(d: Delivering, { since, until }: Span) {
  const from = Math.max(since.getTime(), d.first?.getTime() ?? 0);
  const watched = until.getTime() - from;
  // What was seen in less than a week is not blown up to one.
  const weeks = Math.max(1, watched / week);
  const rollouts = plural(d.rollouts, 'rollout', 'rollouts');
  const seen = watched < week ? `, seen in ${inWords('seconds', watched / 1000)}` : '';
  const services = plural(d.services, 'service', 'services');
  const frequency = d.services === 0 ? undefined : frequencyBucket(d.rollouts / d.services / (weeks * 7));
  const { overall } = doraScore({
    ...(d.lead.median === undefined ? {} : { lead: timeBucket(d.lead.median) }),
    ...(frequency === undefined ? {} : { frequency }),
    ...(d.recovery.median === undefined ? {} : { recovery: timeBucket(d.recovery.median) }),
    ...(d.rollouts === 0 ? {} : { failure: (100 * d.failed) / d.rollouts }),
  });
  const known = [d.lead.median, frequency, d.recovery.median, d.rollouts || undefined].filter((x) => x !== undefined);
  const scored = `${rollouts} so far: a score takes ${judgedFrom}`;
  return {
    deployments: d.rollouts === 0 ? none(noRollouts) : read(d.rollouts / weeks, `${rollouts} of ${services}${seen}`),
    lead: took(d.lead, (n) => plural(n, 'rollout', 'rollouts'), 'no rollout says when its commit was made'),
    failure: failing(d.failed, d.rollouts, rollouts),
    recovery: recovering(d),
    dora:
      overall === undefined || frequency === undefined
        ? none(noRollouts)
        : d.rollouts < judgedFrom
          ? none(scored)
          : read(overall, `${known.length} of 4 numbers, ${rollouts}`),
  };
}

const byPath = (paths: readonly ByPath[]): Sizes => new Map(paths.map((p) => [p.path, p.people]));
const byMonth = (months: readonly Month[]): Sizes => new Map(months.map((m) => [m.month, m.people]));

const measured = async (metrics: MetricsStore, span: Span) => ({
  active: await metrics.active(span),
  asking: await metrics.asking(span),
  beginning: await metrics.beginning(span),
  hearing: await metrics.hearing(span),
  reaching: await metrics.reaching(span),
  attending: await metrics.attending(span),
  paths: await metrics.paths(span),
  months: await metrics.months(span),
});
type Measured = Awaited<ReturnType<typeof measured>>;

/** Everything since then. What is about people is told only of `smallest` of them or more. */
export async function readReport(metrics: MetricsStore, span: Span, wanted: number): Promise<Report> {
  const smallest = Math.max(wanted, floorK);
  const mine = await measured(metrics, span);
  const all = span.team === undefined ? mine : await measured(metrics, { since: span.since, until: span.until });
  const tells = (n: number) => n > 0 && n < smallest;
  // Everybody’s numbers are known too: beside them a team’s tell what the others did.
  const few = (people: (m: Measured) => number, reading: Reading): Reading =>
    tells(people(mine)) || tells(people(all) - people(mine)) ? { is: 'few' } : reading;
  const { active, asking, beginning, hearing, reaching, attending } = mine;
  const { onboarding, firstDeploy } = beginning;
  const feedback = plural(hearing.received, 'item', 'items');
  const sent = `${feedback} of ${people(hearing.people)}`;
  const noFeedback = 'no feedback came';
  const surveys = await metrics.surveys(span);
  const figures = {
    active: few(
      (m) => m.active,
      active === 0 ? none('nobody was active') : read(active, `everybody known on Slack and Teams${activeSince(span)}`),
    ),
    requests: few(
      (m) => m.asking.people,
      asking.asked === 0 ? none('nobody asked for anything') : read(asking.asked, people(asking.people)),
    ),
    selfService: few(
      (m) => m.asking.readyPeople,
      share(
        asking.alone,
        asking.ready,
        `${plural(asking.ready, 'request', 'requests')} of ${people(asking.readyPeople)}`,
        'no request became ready',
      ),
    ),
    wait: few(
      (m) => m.asking.readyPeople,
      took(
        asking.wait,
        (n) => `${plural(n, 'request', 'requests')} of ${people(asking.readyPeople)}`,
        'no request became ready',
      ),
    ),
    onboarding: few((m) => m.beginning.onboarding.n, took(onboarding, people, 'nobody new got anything yet')),
    firstDeploy: few((m) => m.beginning.firstDeploy.n, took(firstDeploy, people, 'no rollout of anybody new was seen')),
    ...delivery(await metrics.delivering(span), span),
    feedback: few(
      (m) => m.hearing.people,
      hearing.received === 0 ? none(noFeedback) : read(hearing.received, people(hearing.people)),
    ),
    answered: few((m) => m.hearing.people, share(hearing.answered, hearing.received, sent, noFeedback)),
    shipped: few((m) => m.hearing.people, share(hearing.shipped, hearing.received, sent, noFeedback)),
    officeHours: few(
      (m) => m.attending.people,
      attending.people === 0
        ? none('nobody came')
        : read(attending.people, plural(attending.sessions, 'session', 'sessions')),
    ),
    ...askedFigures(surveys, span),
    reach: few(
      (m) => m.reaching.readers,
      few(
        (m) => m.active,
        reaching.posted === 0
          ? none('nothing was announced')
          : share(
              Math.min(reaching.readers, active),
              active,
              `${people(active)}, ${plural(reaching.posted, 'announcement', 'announcements')}`,
              'nobody was active',
            ),
      ),
    ),
  };
  const path = partOf(byPath(mine.paths), byPath(all.paths), smallest);
  const paths = mine.paths.map((p) => ({ path: p.path, requests: path(p.path) ? p.requests : null }));
  // What a handful of people did in a month is as telling as what they did since then.
  const month = partOf(byMonth(mine.months), byMonth(all.months), smallest);
  const months = mine.months.map(({ month: name, rollouts, asked, alone }) =>
    month(name) ? { month: name, rollouts, asked, alone } : { month: name, rollouts, asked: null, alone: null },
  );
  const hidden = figures.requests.is === 'few';
  const score = npsOf(surveys, span);
  return { span, smallest, figures, paths, months: hidden ? [] : months, ...(score ? { nps: score } : {}) };
}

export const readings = (report: Pick<Report, 'figures'>): readonly (readonly [FigureId, Reading])[] =>
  figureIds.map((id) => [id, report.figures[id]]);

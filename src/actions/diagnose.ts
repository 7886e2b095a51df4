import { z } from 'zod';
import { hideAddresses } from '../cluster/addresses.ts';
import { type Api, createApi } from '../cluster/api.ts';
import { accessTo, type Clusters } from '../cluster/clusters.ts';
import { identify } from '../cluster/identity.ts';
import { operated, operatedVerdicts } from '../cluster/operated.ts';
import { byRequest, services, survey, verdictsOn } from '../cluster/survey.ts';
import { near } from '../core/diagnosis/near.ts';
import { rulesFor } from '../core/incidents/rules.ts';
import {
  clusterDiagnose,
  diagnoseAsked,
  type Looked,
  type Rules,
  type Service,
  type VerdictThere,
  type Wanted,
} from '../core/incidents/seen.ts';
import { type Action, Problem } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { type Clock, wait } from './clock.ts';
import { tryFixes, untriedFor } from './fix.ts';

/** How many services a list names: a message holds no more. */
const most = 25;
/** In milliseconds. One of several clusters that takes longer is left out of an answer, and named in it. */
const patience = 15_000;

/** In milliseconds: who asked waits for the answer, and what would mend it is tried out within it. */
const tryingMs = 4_000;

type Parts = { readonly clusters: Clusters; readonly clock: Clock; readonly log: Log };
type Asked = ReturnType<typeof diagnoseAsked.parse>;
type One = Extract<Wanted, { name: string }>;
type All = Extract<Wanted, { teams: unknown }>;
/** A cluster that is looked at for somebody. */
type Place = { readonly called?: string; readonly api: Api; readonly rules: Rules };

/** Looks at the clusters for somebody who asks. What goes wrong is a result, so that they hear of it at once. */
export const diagnoseOnDemand = ({ clusters, clock, log }: Parts): Action => ({
  name: clusterDiagnose,
  async run(input, key) {
    const asked = diagnoseAsked.parse(input);
    const each = eachOf(clusters, asked, { clock, log });
    try {
      if (clusters.length === 0)
        throw new Problem(
          'cluster_absent',
          'No cluster is connected, so I can’t look. The operator of Groundcrew can set KUBECONFIG.',
        );
      const { wanted } = asked;
      const found =
        'teams' in wanted
          ? await overview(asked, wanted, clock.now(), each)
          : await one(asked, wanted, clock.now(), each);
      // Objects of the cluster are in it: that they are JSON is known only here.
      return z.json().parse(await tried(found, key, { clusters, clock, log }));
    } catch (error) {
      if (error instanceof Problem) log.warn({ err: error }, 'a look at the cluster was of no use');
      else log.error({ err: error }, 'a look at the cluster failed');
      return {
        is: 'trouble',
        by: asked.by,
        message: error instanceof Problem ? hideAddresses(error.message) : failed,
      } satisfies Looked;
    }
  },
});

/** What would mend it, as far as it can be tried out while they wait. */
async function tried(found: Looked, key: string, { clusters, clock, log }: Parts): Promise<Looked> {
  const [verdict] = found.is === 'found' ? found.verdicts : [];
  if (found.is !== 'found' || verdict === undefined) return found;
  const late = new AbortController();
  const trying = accessTo(clusters, found.cluster)
    .then(async (access) => {
      const [offers, is] = await Promise.all([
        tryFixes(verdict, { access, key, now: clock.now(), log }),
        identify(createApi(access)).catch(() => ({})),
      ]);
      return { offers, ...('uid' in is ? { uid: is.uid } : {}) };
    })
    .catch((error: unknown) => {
      log.warn({ err: error }, 'fixes could not be tried out');
      return { untried: untriedFor(error) };
    });
  const came = await Promise.race([trying, wait(clock, tryingMs, late.signal)]);
  late.abort();
  return { ...found, ...(came ?? {}) };
}

const failed =
  'Something went wrong inside Groundcrew while it looked. Try again; if it happens again, tell its operator.';

type Each = <T>(
  only: string | undefined,
  look: (place: Place) => Promise<T>,
) => Promise<{ readonly found: readonly T[]; readonly away: { readonly away?: readonly string[] } }>;

/** All clusters at once: of one that does not answer its name is told with what the others say. */
function eachOf(clusters: Clusters, { rules }: Asked, { clock, log }: Pick<Parts, 'clock' | 'log'>): Each {
  return async (only, look) => {
    const chosen = clusters.filter(({ name }) => only === undefined || name?.toLowerCase() === only.toLowerCase());
    if (chosen.length === 0)
      throw new Problem(
        'cluster_unknown',
        `No cluster is called “${only}”. ${clusters.some((c) => c.name) ? `There are ${clusters.map((c) => c.name).join(', ')}` : 'There is only one'}.`,
      );
    const enough = new AbortController();
    const late = async () => {
      await wait(clock, patience, enough.signal);
      throw new Problem('cluster_unreachable', 'It did not answer in time.');
    };
    const tries = await Promise.allSettled(
      chosen.map(async ({ name: called, access }) => {
        const looking = (async () =>
          look({
            ...(called === undefined ? {} : { called }),
            api: createApi(await access()),
            rules: rulesFor(rules, called),
          }))();
        return called === undefined ? looking : Promise.race([looking, late()]);
      }),
    );
    enough.abort();
    const away = tries.flatMap((t, i) => (t.status === 'rejected' ? [{ name: chosen[i]?.name, why: t.reason }] : []));
    // Where nothing else answers, why is the answer.
    if (away[0] && away.length === tries.length) throw away[0].why;
    for (const { name, why } of away) log.warn({ cluster: name, err: why }, 'a cluster could not be looked at');
    return {
      found: tries.flatMap((t) => (t.status === 'fulfilled' ? [t.value] : [])),
      away: away.length === 0 ? {} : { away: away.flatMap(({ name }) => name ?? []) },
    };
  };
}

const at =
  ({ called }: Place) =>
  <T extends object>(thing: T): T & { called?: string } =>
    called === undefined ? thing : { ...thing, called };

async function one({ by }: Asked, wanted: One, now: Date, each: Each): Promise<Looked> {
  const { name } = wanted;
  const same = (a: string | undefined, b: string | undefined) =>
    b === undefined || a?.toLowerCase() === b.toLowerCase();
  const named = ({ ref, called }: Service) =>
    same(ref.name, name) &&
    (wanted.namespace === undefined || ref.namespace === wanted.namespace) &&
    (wanted.kind === undefined || ref.kind === wanted.kind) &&
    (ref.namespace === wanted.place || same(called, wanted.place));
  const { found: there, away } = await each(wanted.called, async (place) => {
    const rolledOut = (await services(place.api, place.rules)).map(at(place));
    const theirs = rolledOut.filter(named);
    // What an operator runs is looked for only when nothing that people roll out has the name: it is dearer to find.
    const others = theirs.length > 0 ? [] : (await operated(place.api, place.rules)).map(at(place));
    // What an operator made is looked at as the whole that somebody asked for.
    const made = byRequest(theirs.filter((s) => s.maker !== undefined && s.ref.kind !== 'CronJob'));
    const own = theirs.filter((s) => s.maker === undefined || s.ref.kind === 'CronJob');
    return { place, theirs: own, others: [...made, ...others.filter(named)], all: [...rolledOut, ...others] };
  });
  const own = there.flatMap(({ place, theirs, others }) => [
    ...theirs.map((service) => ({ place, service, operated: false })),
    ...others.map((service) => ({ place, service, operated: true })),
  ]);
  const [first] = own;
  if (first === undefined) {
    const all = there.flatMap((t) => t.all);
    return { is: 'unknown', by, name, near: like(name, all), ...away };
  }
  if (own.length > 1) return { is: 'several', by, name, services: own.slice(0, most).map((o) => o.service), ...away };
  const { place, service } = first;
  const { context: cluster } = place.api.access;
  if (!first.operated)
    return { is: 'found', by, cluster, service, verdicts: await verdictsOn(place.api, service, now), ...away };
  return { is: 'found', by, cluster, ...(await operatedVerdicts(place.api, service, now)), ...away };
}

/** A slip away, or longer: the database that was asked for as `orders` is called `orders-db`. */
function like(name: string, all: readonly Service[]): readonly Service[] {
  const close = near(
    name,
    all.map((s) => s.ref.name),
  );
  return all.filter(({ ref }) => close.includes(ref.name) || ref.name.startsWith(`${name}-`)).slice(0, most);
}

async function overview({ by }: Asked, { teams, called }: All, now: Date, each: Each): Promise<Looked> {
  const { found, away } = await each(called, async (place) => {
    const { services: all, verdicts } = await survey(place.api, place.rules, now);
    return { services: byRequest(all).map(at(place)), verdicts: verdicts.map((v): VerdictThere => at(place)(v)) };
  });
  const theirs = found
    .flatMap((f) => f.services)
    .filter((s) => teams === null || (s.team !== undefined && teams.includes(s.team)))
    .toSorted((a, b) => Number(a.settled) - Number(b.settled) || a.ref.name.localeCompare(b.ref.name));
  return {
    is: 'overview',
    by,
    teams,
    services: theirs.slice(0, most),
    more: Math.max(0, theirs.length - most),
    verdicts: found.flatMap((f) => f.verdicts),
    ...away,
  };
}

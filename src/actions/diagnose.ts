import { z } from 'zod';
import { type Api, createApi } from '../cluster/api.ts';
import type { Access } from '../cluster/kubeconfig.ts';
import { operated, operatedVerdicts } from '../cluster/operated.ts';
import { services, survey, verdictsOn } from '../cluster/survey.ts';
import { near } from '../core/diagnosis/near.ts';
import { clusterDiagnose, diagnoseAsked, type Looked, type Service, type Wanted } from '../core/incidents/seen.ts';
import { type Action, Problem } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { type Clock, wait } from './clock.ts';
import { tryFixes } from './fix.ts';

/** How many services a list names: a message holds no more. */
const most = 25;

/** In milliseconds: who asked waits for the answer, and what would mend it is tried out within it. */
const patience = 4_000;

type Parts = { readonly access: (() => Promise<Access>) | undefined; readonly clock: Clock; readonly log: Log };
type Asked = ReturnType<typeof diagnoseAsked.parse>;

/** Looks at the cluster for somebody who asks. What goes wrong is a result, so that they hear of it at once. */
export const diagnoseOnDemand = ({ access, clock, log }: Parts): Action => ({
  name: clusterDiagnose,
  async run(input, key) {
    const asked = diagnoseAsked.parse(input);
    try {
      if (!access)
        throw new Problem(
          'cluster_absent',
          'No cluster is connected, so I can’t look. The operator of Groundcrew can set KUBECONFIG.',
        );
      const api = createApi(await access());
      const found =
        'teams' in asked.wanted
          ? await overview(api, asked, asked.wanted.teams, clock.now())
          : await one(api, asked, asked.wanted, clock.now());
      // Objects of the cluster are in it: that they are JSON is known only here.
      return z.json().parse(await tried(found, api, key, { clock, log }));
    } catch (error) {
      if (!(error instanceof Problem)) log.error({ err: error }, 'a look at the cluster failed');
      return {
        is: 'trouble',
        by: asked.by,
        message: error instanceof Problem ? error.message : failed,
      } satisfies Looked;
    }
  },
});

/** What would mend it, as far as it can be tried out while they wait. */
async function tried(found: Looked, api: Api, key: string, { clock, log }: Omit<Parts, 'access'>): Promise<Looked> {
  const [verdict] = found.is === 'found' ? found.verdicts : [];
  if (found.is !== 'found' || verdict === undefined) return found;
  const late = new AbortController();
  const trying = tryFixes(verdict, api.access, key, clock.now()).catch(
    (error: unknown) => void log.warn({ err: error }, 'fixes could not be tried out'),
  );
  const offers = await Promise.race([trying, wait(clock, patience, late.signal)]);
  late.abort();
  return { ...found, ...(offers ? { offers } : {}) };
}

const failed =
  'Something went wrong inside Groundcrew while it looked. Try again; if it happens again, tell its operator.';

async function one(
  api: Api,
  { by, rules }: Asked,
  wanted: Extract<Wanted, { name: string }>,
  now: Date,
): Promise<Looked> {
  const { name } = wanted;
  const named = ({ ref }: Service) =>
    ref.name.toLowerCase() === name.toLowerCase() &&
    (wanted.namespace === undefined || ref.namespace === wanted.namespace) &&
    (wanted.kind === undefined || ref.kind === wanted.kind);
  const rolledOut = await services(api, rules);
  const theirs = rolledOut.filter(named);
  // What an operator runs is looked for only when nothing that people roll out has the name: it is dearer to find.
  const others = theirs.length > 0 ? [] : await operated(api, rules);
  const found = theirs.length > 0 ? theirs : others.filter(named);
  const [first] = found;
  if (first === undefined) return { is: 'unknown', by, name, near: like(name, [...rolledOut, ...others]) };
  if (found.length > 1) return { is: 'several', by, name, services: found.slice(0, most) };
  const { context: cluster } = api.access;
  if (theirs.length > 0)
    return { is: 'found', by, cluster, service: first, verdicts: await verdictsOn(api, first, now) };
  return { is: 'found', by, cluster, ...(await operatedVerdicts(api, first, now)) };
}

/** A slip away, or longer: the database that was asked for as `orders` is called `orders-db`. */
function like(name: string, all: readonly Service[]): readonly Service[] {
  const close = near(
    name,
    all.map((s) => s.ref.name),
  );
  return all.filter(({ ref }) => close.includes(ref.name) || ref.name.startsWith(`${name}-`)).slice(0, most);
}

async function overview(api: Api, { by, rules }: Asked, teams: readonly string[] | null, now: Date): Promise<Looked> {
  const { services: all, verdicts } = await survey(api, rules, now);
  const theirs = all
    .filter((s) => teams === null || (s.team !== undefined && teams.includes(s.team)))
    .toSorted((a, b) => Number(a.settled) - Number(b.settled) || a.ref.name.localeCompare(b.ref.name));
  return {
    is: 'overview',
    by,
    teams,
    services: theirs.slice(0, most),
    more: Math.max(0, theirs.length - most),
    verdicts,
  };
}

import type { Ref, Verdict } from '../diagnosis/index.ts';
import { sameRef } from '../diagnosis/verdict.ts';
import { mayDo, type Person } from '../kernel/index.ts';
import type { Settings } from '../settings.ts';
import type { Rules } from './seen.ts';

export const rulesOf = ({ doctor }: Settings): Rules => ({
  ownerKeys: doctor.ownerKeys,
  owners: doctor.owners,
  include: doctor.namespaces.include,
  exclude: doctor.namespaces.exclude,
  ...(Object.keys(doctor.clusters).length === 0
    ? {}
    : {
        clusters: Object.fromEntries(
          Object.entries(doctor.clusters).map(([name, own]) => [name, { ...doctor.namespaces, ...own.namespaces }]),
        ),
      }),
});

/** The same for one of several clusters. */
export function rulesFor({ clusters, ...rules }: Rules, called: string | undefined): Rules {
  const own = called !== undefined && clusters && Object.hasOwn(clusters, called) ? clusters[called] : undefined;
  return { ...rules, ...own };
}

/** Whether a namespace is one of a pattern such as `shop-*`. */
export const fits = (namespace: string, pattern: string): boolean =>
  pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern;

type Marked = ReadonlyMap<string, string>;

/** Whose it is: what it says itself, else its namespace, else the settings; of two patterns the longer one counts. */
export function ownerOf(own: Marked, namespace: Marked, name: string, rules: Rules): string | undefined {
  for (const marks of [own, namespace])
    for (const key of rules.ownerKeys) {
      const team = marks.get(key);
      if (team) return team;
    }
  const named = Object.entries(rules.owners)
    .filter(([pattern]) => fits(name, pattern))
    .toSorted(([a], [b]) => b.length - a.length)[0];
  return named?.[1];
}

/** Those who run the platform, and the team whose it is. */
export const looksAfter = (by: Person, team: string | undefined): boolean =>
  mayDo(['platform'], by.roles) || (team !== undefined && by.teams.includes(team));

/** Who may know how a service fares. */
export const maySee = (by: Person, team: string | undefined, { doctor }: Settings): boolean =>
  doctor.visibleTo === 'everyone' || looksAfter(by, team);

/** In the words of a refusal. */
export const whoLooksAfter = (team: string | undefined): string =>
  team === undefined
    ? 'No team is named as its owner: only the platform engineers may'
    : `Team ${team} looks after it: its members and the platform engineers may`;

/** Whether a verdict is about this workload: itself, what it suffers from, or what bears its name beside it. */
export const concerns = (verdict: Verdict, of: Ref): boolean =>
  sameRef(verdict.object, of) ||
  verdict.affected.some((a) => sameRef(a, of)) ||
  (verdict.object.namespace === of.namespace &&
    (verdict.object.name === of.name || (of.kind === 'CronJob' && verdict.object.name.startsWith(`${of.name}-`))));

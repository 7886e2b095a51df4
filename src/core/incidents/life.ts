import type { Ref, Verdict } from '../diagnosis/index.ts';
import { refKey } from '../diagnosis/verdict.ts';
import type { Settings } from '../settings.ts';
import type { Service, Sighting } from './seen.ts';
import { codes } from './stages.ts';
import type { Mute } from './store.ts';

/*
 * How incidents come, change and go: pure.
 */

/** Causes that are one failure to the people concerned: whatever keeps pods from running, from being reached, from growing. */
export type Family = 'running' | 'network' | 'scaling';
type Stage = keyof typeof codes;
const stages: readonly Stage[] = ['nodes', 'crash', 'probes', 'network', 'autoscaling'];
const stageOf: ReadonlyMap<string, Stage> = new Map(
  stages.flatMap((stage) => codes[stage].map((code) => [code, stage])),
);
const apart: { readonly [S in Stage]?: Family } = { network: 'network', autoscaling: 'scaling' };
const of = <T>(table: { readonly [S in Stage]?: T }, { code }: Pick<Verdict, 'code'>): T | undefined => {
  const stage = stageOf.get(code);
  return stage && table[stage];
};
export const familyOf = (verdict: Pick<Verdict, 'code'>): Family => of(apart, verdict) ?? 'running';

const minute = 60_000;
/**
 * How long it must be well before it is over, in milliseconds. What crashes or fails its probes comes back; an image that
 * was not there is there.
 */
const windows: { readonly [S in Stage]?: number } = { crash: 5 * minute, probes: 3 * minute, nodes: 2 * minute };
export const windowOf = (verdict: Pick<Verdict, 'code'>): number => of(windows, verdict) ?? 0;

/** One that comes back within this time was not over: it goes on in its message. */
export const returnsMs = 15 * minute;
/** From so many at once on they are told together. */
export const together = 4;
/** How long others join a message that tells several. */
export const joinMs = 5 * minute;

export const subjectOf = (ref: Ref): string => refKey(ref);

/** Each subject and family once: with its worst verdict, which comes first. */
export function distinct(sightings: readonly Sighting[]): readonly Sighting[] {
  const first = new Map<string, Sighting>();
  for (const s of sightings) {
    const key = `${familyOf(s.verdict)} ${subjectOf(s.verdict.object)}`;
    if (!first.has(key)) first.set(key, s);
  }
  return [...first.values()];
}

/** What makes a message differ. Counts and times of pods change all the time and say nothing new. */
export const gist = (v: Verdict): string =>
  JSON.stringify([
    v.code,
    v.severity,
    v.object,
    v.affected.map(refKey).toSorted(),
    v.changed?.to,
    v.changed?.changes,
    v.blast.reach,
    v.near,
    v.fixes.map((f) => f.title),
  ]);

/** What another rollout changes; undefined: it is nothing that is rolled out. A DaemonSet’s revisions have no number. */
export const revisionOf = (service: Service | undefined): string | undefined => service?.revision ?? service?.template;

/** The mute that keeps it quiet. */
export const muteOf = (mutes: readonly Mute[], { verdict, service, team }: Sighting) =>
  mutes.find((m) => {
    if ('revision' in m && m.revision !== revisionOf(service)) return false;
    const { object, code } = verdict;
    const values = {
      workload: [subjectOf(object)],
      namespace: [object.namespace, sharedWith(object.namespace, team)],
      cause: [code],
    };
    return values[m.scope].includes(m.value);
  });

/** What one team runs in a namespace, which others may run something in as well. No namespace has a space in its name. */
export const sharedWith = (namespace: string, team = ''): string => `${namespace} ${team}`;

/** Where a team hears of it: its own channel, else the one for what belongs to nobody. */
export function placesFor(team: string | undefined, { channels }: Settings) {
  const own = team !== undefined && Object.hasOwn(channels.teams, team) ? (channels.teams[team] ?? []) : [];
  return own.length > 0 ? own : channels.doctor;
}

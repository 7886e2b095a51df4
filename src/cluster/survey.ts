import { conclude, diagnose, examineAll, type Verdict } from '../core/diagnosis/index.ts';
import { num, type Obj, obj, pairs, list as read, str } from '../core/diagnosis/read.ts';
import { createWorld } from '../core/diagnosis/snapshot.ts';
import { refKey, sameRef } from '../core/diagnosis/verdict.ts';
import { makerOf, type Workload } from '../core/diagnosis/workloads.ts';
import { concerns, fits, ownerOf } from '../core/incidents/rules.ts';
import type { Rules, Seen, Service, Sighting } from '../core/incidents/seen.ts';
import type { Api } from './api.ts';
import { kinds, namespaces } from './kinds.ts';
import { list } from './list.ts';
import { look } from './look.ts';
import { templatePrint } from './template.ts';

/** What people mean by a service: what they roll out themselves. */
export const rolledOut = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];

export const marksOf = (o: Obj | undefined): ReadonlyMap<string, string> =>
  new Map([...pairs(o, 'metadata', 'annotations'), ...pairs(o, 'metadata', 'labels')]);

const revisionNote = 'deployment.kubernetes.io/revision';
const byNote = 'groundcrew.dev/rolled-out-by';
const committedNote = 'groundcrew.dev/committed-at';

function counts(kind: string, o: Obj): Pick<Service, 'desired' | 'ready' | 'settled'> {
  const status = obj(o, 'status');
  const seen = (num(status, 'observedGeneration') ?? 0) >= (num(o, 'metadata', 'generation') ?? 0);
  const desired =
    kind === 'DaemonSet' ? (num(status, 'desiredNumberScheduled') ?? 0) : (num(o, 'spec', 'replicas') ?? 1);
  const ready = num(status, kind === 'DaemonSet' ? 'numberReady' : 'readyReplicas') ?? 0;
  const updated = num(status, kind === 'DaemonSet' ? 'updatedNumberScheduled' : 'updatedReplicas') ?? 0;
  const surplus = kind === 'Deployment' ? (num(status, 'replicas') ?? 0) - updated : 0;
  return { desired, ready, settled: seen && ready >= desired && updated >= desired && surplus <= 0 };
}

export function serviceOf(o: Obj, namespace: Obj | undefined, rules: Rules): Service {
  const kind = str(o, 'kind') ?? '';
  const own = marksOf(o);
  const ref = { kind, namespace: str(o, 'metadata', 'namespace') ?? '', name: str(o, 'metadata', 'name') ?? '' };
  const team = ownerOf(own, marksOf(namespace), ref.namespace, rules);
  const image = str(read(o, 'spec', 'template', 'spec', 'containers')[0], 'image');
  const revision = own.get(revisionNote) ?? str(o, 'status', 'updateRevision');
  const inPods = new Map(pairs(o, 'spec', 'template', 'metadata', 'annotations'));
  const by = own.get(byNote) ?? inPods.get(byNote);
  const committed = instantIn(inPods.get(committedNote) ?? own.get(committedNote));
  const template = templatePrint(o);
  const cron = kind === 'CronJob';
  const maker = makerOf(o)?.ref;
  return {
    ref,
    ...(maker === undefined ? {} : { maker }),
    ...(cron ? { desired: 0, ready: 0, settled: true } : counts(kind, o)),
    ...(obj(o, 'spec').paused === true ? { paused: true } : {}),
    ...(team === undefined ? {} : { team }),
    ...(image === undefined ? {} : { image }),
    ...(revision === undefined ? {} : { revision }),
    ...(template === undefined ? {} : { template }),
    ...(by === undefined ? {} : { by }),
    ...(committed === undefined ? {} : { committed }),
  };
}

/** What an operator runs for an object of its own kind: that one is not read, so its pods say how it fares, and whose it is. */
export function operatedIn(
  workloads: Iterable<Workload>,
  home: (namespace: string) => Obj | undefined,
  rules: Rules,
): readonly Service[] {
  const found: Service[] = [];
  for (const { ref, maker, pods, old } of workloads) {
    if (maker === undefined || !sameRef(ref, maker.ref)) continue;
    const all = [...pods, ...old].filter((p) => p.phase !== 'Succeeded' && p.phase !== 'Failed' && !p.leaving);
    const ready = all.filter((p) => p.ready).length;
    const team = ownerOf(marksOf(all[0]?.o), marksOf(home(ref.namespace)), ref.namespace, rules);
    const settled = ready === all.length;
    found.push({ ref, desired: all.length, ready, settled, ...(team === undefined ? {} : { team }) });
  }
  return found;
}

/**
 * What an operator made stands under the object that it was asked for with, as people call it. Recurring jobs have no
 * number of pods, so they stay what they are.
 */
export function byRequest<S extends Service>(found: readonly S[]): readonly S[] {
  const key = ({ ref, maker, called }: S) =>
    `${called ?? ''} ${refKey(maker === undefined || ref.kind === 'CronJob' ? ref : maker)}`;
  return [...Map.groupBy(found, key).values()].map((parts) => {
    const [first, ...others] = parts as [S, ...S[]];
    if (first.maker === undefined && others.length === 0) return first;
    const ref = first.ref.kind === 'CronJob' ? first.ref : (first.maker ?? first.ref);
    const sum = (of: (s: S) => number) => parts.reduce((n, s) => n + of(s), 0);
    const { maker: _, ...rest } = first;
    return {
      ...rest,
      ref,
      desired: sum((s) => s.desired),
      ready: sum((s) => s.ready),
      settled: parts.every((s) => s.settled),
    } as S;
  });
}

/** As Git writes it with `%cI`. What is no instant is as good as none: somebody’s pipeline wrote it. */
function instantIn(written: string | undefined): string | undefined {
  const ms = /^\d{4}-\d\d-\d\dT/.test(written ?? '') ? Date.parse(written ?? '') : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

const watched = (namespace: string, { exclude }: Rules): boolean => !exclude.some((p) => fits(namespace, p));

/** Where to list: everywhere at once, or namespace by namespace where the settings name them. */
export const scopes = ({ include }: Rules): readonly (string | undefined)[] =>
  include.length > 0 ? include : [undefined];

/** What runs in the cluster, and whose it is. */
export async function services(api: Api, rules: Rules): Promise<readonly Service[]> {
  const spaces = (await list(api, namespaces, undefined)).objects;
  const found: Service[] = [];
  for (const scope of scopes(rules))
    for (const kind of kinds.filter((k) => rolledOut.includes(k.kind)))
      for (const o of (await list(api, kind, scope)).objects) found.push(placed(o, spaces, rules));
  return found.filter((s) => watched(s.ref.namespace, rules));
}

const homeIn = (spaces: readonly Obj[]) => (namespace: string | undefined) =>
  spaces.find((n) => str(n, 'metadata', 'name') === namespace);
const placed = (o: Obj, spaces: readonly Obj[], rules: Rules): Service =>
  serviceOf(o, homeIn(spaces)(str(o, 'metadata', 'namespace')), rules);

/** What is wrong with one service. */
export async function verdictsOn(api: Api, { ref }: Service, now: Date): Promise<readonly Verdict[]> {
  const { snapshot } = await look(api, ref.namespace, now);
  return diagnose(snapshot, now).filter((v) => concerns(v, ref));
}

export type Survey = { readonly services: readonly Service[]; readonly verdicts: readonly Verdict[] };

/** All that runs, and all that is wrong. */
export async function survey(api: Api, rules: Rules, now: Date): Promise<Survey> {
  const spaces = (await list(api, namespaces, undefined)).objects;
  const found: Service[] = [];
  const verdicts: Verdict[] = [];
  for (const scope of scopes(rules)) {
    const { snapshot } = await look(api, scope, now);
    for (const o of read({ objects: snapshot.objects }, 'objects'))
      if (rolledOut.includes(str(o, 'kind') ?? '')) found.push(placed(o, spaces, rules));
    const all = examineAll(createWorld(snapshot, now.getTime()));
    found.push(...operatedIn(all.workloads.values(), homeIn(spaces), rules));
    verdicts.push(...conclude([all]));
  }
  // What belongs to no namespace, such as a node, is seen from each.
  const once = new Map(verdicts.map((v) => [`${v.code} ${refKey(v.object)}`, v]));
  return within({ services: found, verdicts: [...once.values()] }, rules);
}

/** Without the namespaces that the settings leave out. */
export const within = ({ services: all, verdicts }: Survey, rules: Rules): Survey => ({
  services: all.filter((s) => watched(s.ref.namespace, rules)),
  verdicts: verdicts.filter((v) => v.object.namespace === '' || watched(v.object.namespace, rules)),
});

/** A survey as the incidents want it: each verdict with whom it concerns, and what is still on its way. */
export function seenIn({ services: all, verdicts }: Survey, cluster: string, at: Date, rules: Rules): SeenInput {
  const spaces = Map.groupBy(verdicts.length === 0 ? [] : all, (s) => s.ref.namespace);
  const sightings = verdicts.map((v): Sighting => {
    const near = new Set([v.object, ...v.affected].map((r) => r.namespace));
    const theirs = [...near].flatMap((n) => spaces.get(n) ?? []).filter((s) => concerns(v, s.ref));
    const own = theirs.find((s) => sameRef(s.ref, v.object) || (s.maker !== undefined && sameRef(s.maker, v.object)));
    const teams = new Set(theirs.map((s) => s.team));
    const [team] = teams.size === 1 ? teams : [];
    // Neither a workload of theirs nor suffering ones: then whose namespace it is in.
    const home = theirs.length > 0 ? team : spaces.get(v.object.namespace)?.[0]?.team;
    const named = home ?? ownerOf(new Map(), new Map(), v.object.namespace, rules);
    return {
      verdict: v,
      ...(own === undefined ? {} : { service: own }),
      ...(named === undefined || (theirs.length > 0 && team === undefined) ? {} : { team: named }),
    };
  });
  const unsettled = all
    .filter((s) => !s.settled && s.paused !== true && s.desired > 0)
    .flatMap((s) => (s.maker === undefined ? [refKey(s.ref)] : [refKey(s.ref), refKey(s.maker)]));
  return { cluster, at: at.toISOString(), sightings, unsettled: [...new Set(unsettled)].toSorted() };
}
export type SeenInput = Omit<Seen, 'at' | 'term' | 'n'> & { readonly at: string };

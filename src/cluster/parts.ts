import { isDeepStrictEqual } from 'node:util';
import { conclude, type Examined, examine, examineCommons, type Verdict } from '../core/diagnosis/index.ts';
import { meta, type Obj, str } from '../core/diagnosis/read.ts';
import type { World } from '../core/diagnosis/snapshot.ts';
import type { Rules, Service } from '../core/incidents/seen.ts';
import type { Change } from './follow.ts';
import { operatedIn, rolledOut, serviceOf } from './survey.ts';
import { patiently } from './thrift.ts';

/** What belongs to no namespace. */
const commons = '';
/**
 * In milliseconds. Where something is wrong, or on its way, time alone makes a difference; where all is well it hardly
 * does, so that this is looked at again when there is time for it.
 */
const unwell = 10_000;
const well = 30_000;
/** In milliseconds of this machine: for what is well in one look, and before others get their turn. */
const spare = 400;
const slice = 15;

type Part = { readonly examined: Examined; readonly services: readonly Service[]; readonly at: number };

/** A cluster namespace by namespace: what changed is examined again, what did not is remembered. */
export function createParts() {
  const parts = new Map<string, Part>();
  const due = new Set<string>([commons]);
  const machines = new Set<string>();
  let all = false;
  /** Each object’s service once: what has not changed is the same, so that it is seen at a glance. */
  let of = new WeakMap<Obj, Service>();
  let everything: readonly Service[] | undefined;

  function changed(kind: string, { object, before }: Change): void {
    const { namespace, name } = meta(object);
    if (namespace !== '') due.add(namespace);
    if (kind === 'Event' && str(object, 'involvedObject', 'kind') === 'Node') due.add(commons);
    if (namespace !== '' || (before !== undefined && sameButVersion(before, object))) return;
    if (kind === 'Namespace') {
      // Whose its services are may have changed.
      of = new WeakMap();
      return void due.add(name);
    }
    due.add(commons);
    const claim = str(object, 'spec', 'claimRef', 'namespace');
    if (kind === 'Node') machines.add(name);
    else if (kind === 'PersistentVolume') due.add(claim ?? commons);
    // A volume that is attached is asked about by what waits for it, which is looked at again anyway.
    else if (kind !== 'VolumeAttachment') all = true;
  }

  function take(world: World, now: number): readonly string[] {
    if (machines.size > 0)
      for (const pod of world.all('Pod'))
        if (machines.has(str(pod, 'spec', 'nodeName') ?? '')) due.add(meta(pod).namespace);
    if (all) for (const namespace of parts.keys()) due.add(namespace);
    for (const [namespace, { examined, at }] of parts) if (!examined.calm && now - at >= unwell) due.add(namespace);
    const taken = [...due];
    due.clear();
    machines.clear();
    all = false;
    return taken;
  }

  function look(namespace: string, world: World, rules: Rules): void {
    if (namespace === commons) {
      parts.set(commons, { examined: examineCommons(world), services: [], at: world.now });
      return;
    }
    const examined = examine(world, namespace);
    const home = world.get('Namespace', '', namespace);
    const found = rolledOut
      .flatMap((kind) => world.all(kind, namespace))
      .map((o) => {
        const service = of.get(o) ?? serviceOf(o, home, rules);
        of.set(o, service);
        return service;
      });
    const before = parts.get(namespace)?.services ?? [];
    for (const one of operatedIn(examined.workloads.values(), () => home, rules))
      found.push(before.find((s) => isDeepStrictEqual(s, one)) ?? one);
    const same = before.length === found.length && before.every((s, i) => s === found[i]);
    const services = same ? before : found;
    if (!same) everything = undefined;
    // Of one that is empty nothing is kept.
    if (examined.calm && services.length === 0) parts.delete(namespace);
    else parts.set(namespace, { examined: kept(examined, services), services, at: world.now });
  }

  return {
    changed,
    /** Is to be examined again, since more is known of it. */
    again: (namespace: string) => void due.add(namespace),
    /** Everything is to be examined again. */
    forget: () => {
      of = new WeakMap();
      all = true;
    },
    /** Examines what is to be examined, and lets others have their turn in between. */
    async examine(world: World, rules: Rules): Promise<void> {
      let began = performance.now();
      const one = async (namespace: string) => {
        if (performance.now() - began > slice) {
          await patiently();
          began = performance.now();
        }
        look(namespace, world, rules);
      };
      for (const namespace of take(world, world.now)) await one(namespace);
      const end = performance.now() + spare;
      const rest = [...parts].filter(([, { at }]) => world.now - at >= well).toSorted(([, a], [, b]) => a.at - b.at);
      for (const [namespace] of rest) {
        if (performance.now() > end) return;
        await one(namespace);
      }
    },
    /** The same list while nothing of it has changed. */
    services(): readonly Service[] {
      everything ??= [...parts.values()].flatMap((p) => p.services);
      return everything;
    },
    verdicts: (): readonly Verdict[] => conclude([...parts.values()].map((p) => p.examined)),
  };
}

/** Where all is well nobody asks for its workloads again: their pods need not be held. */
const kept = (examined: Examined, services: readonly Service[]): Examined =>
  examined.calm ? { drafts: [], workloads: new Map(), calm: services.every((s) => s.settled) } : examined;

/** Machines say every now and then that they are there, and nothing else. */
function sameButVersion(a: Obj, b: Obj): boolean {
  const words = (o: Obj) =>
    JSON.stringify(o, (key, value) =>
      key === 'resourceVersion' || key === 'lastHeartbeatTime' || key === 'managedFields' ? undefined : value,
    );
  return words(a) === words(b);
}

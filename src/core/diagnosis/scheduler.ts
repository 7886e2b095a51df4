import { type Pod, said } from './pods.ts';
import { condition, instant, str } from './read.ts';
import { age, type World } from './snapshot.ts';
import type { Evidence } from './verdict.ts';

export type Refusal = { readonly nodes: number; readonly why: string };

/** Why the scheduler found no node: a list with a count each, for the nodes that take applications. */
export type Unscheduled = {
  readonly message: string;
  readonly nodes: number;
  readonly refusals: readonly Refusal[];
  readonly evidence: readonly Evidence[];
};

/** In seconds: a pod waits this long for a node as a matter of course. */
const patience = 15;
/** In seconds: who has to make room for it has gone by then. */
const leaving = 120;
/** In seconds: a machine that was ordered needs this long to come. */
const delivery = 300;

export function unscheduled(pod: Pod, world: World): Unscheduled | undefined {
  const scheduled = condition(pod.o, 'PodScheduled');
  if (pod.node !== undefined || pod.leaving || scheduled?.status === 'True') return undefined;
  // A gate is somebody's wish that it waits.
  if (str(scheduled, 'reason') === 'SchedulingGated') return undefined;
  const event = said(pod.events, 'FailedScheduling');
  const message = str(scheduled, 'message') ?? event?.message;
  // What is given to it right now is no refusal.
  if (message === undefined || / is in the process of being allocated/.test(message)) return undefined;
  if (
    age(world, instant(scheduled, 'lastTransitionTime') ?? instant(pod.o, 'metadata', 'creationTimestamp')) < patience
  )
    return undefined;
  // Others are asked to go for it: they take their time to say goodbye.
  const promised = str(pod.o, 'status', 'nominatedNodeName') !== undefined;
  if (promised && age(world, instant(scheduled, 'lastTransitionTime')) < leaving) return undefined;
  const ordered = said(pod.events, 'TriggeredScaleUp');
  if (ordered !== undefined && age(world, ordered.at) < delivery) return undefined;
  const refused = said(pod.events, 'NotTriggerScaleUp');
  return {
    message,
    nodes: Number(/^0\/(\d{1,6}) nodes/.exec(message)?.[1] ?? 0),
    refusals: refusalsOf(message),
    evidence: [
      scheduled === undefined
        ? { on: pod.ref, path: 'Event FailedScheduling', says: message }
        : { on: pod.ref, path: 'status.conditions[PodScheduled].message', says: message },
      ...(refused === undefined ? [] : [{ on: pod.ref, path: 'Event NotTriggerScaleUp', says: refused.message }]),
    ],
  };
}

export function refusalsOf(message: string): readonly Refusal[] {
  const all = Number(/^0\/(\d{1,6}) nodes/.exec(message)?.[1] ?? 0);
  return message
    .replace(/^0\/\d+ nodes are available: ?/, '')
    .replace(/\.? preemption: [\s\S]*$/, '')
    .replace(/\.? (?:no new claims to deallocate|still not schedulable|deallocation of ResourceClaim completed).*$/, '')
    .replace(/\.\s*$/, '')
    .split(/, (?=\d+ )/)
    .map((part) => {
      const [, nodes, why] = /^(\d{1,6}) ([\s\S]+)$/.exec(part.trim()) ?? [];
      return why === undefined ? { nodes: all, why: part.trim() } : { nodes: Number(nodes), why };
    })
    .filter(({ why }) => why !== '' && !/taint \{node-role\.kubernetes\.io\/(?:control-plane|master)/.test(why));
}

import { shorten } from '../kernel/text.ts';
import { type Container, type End, endEvidence, eventEvidence, type Pod } from './pods.ts';
import { str } from './read.ts';
import type { Found, PodRule } from './rule.ts';
import { age, type Event, type World } from './snapshot.ts';
import type { Evidence, LogWish } from './verdict.ts';
import { unkept, type Workload } from './workloads.ts';

/** A container that ends again and again, with how it ended last. */
export type Crash = {
  readonly pod: Pod;
  readonly c: Container;
  readonly end: End;
  readonly w: Workload;
  readonly world: World;
  /** Last words: log lines where they were fetched, and what the container left as its termination message. */
  readonly words: string;
  /** The kubelet ended it since a probe failed. */
  readonly killed: Event | undefined;
};

/** A rule about how a container ends: the first one that fits is the cause. */
export type CrashRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly when: (x: Crash) => boolean;
  readonly say: (x: Crash) => Omit<Found, 'evidence'> & { readonly evidence?: Found['evidence'] };
};

/** The limit is so small that not even the first process began. */
export const tooSmall = /container init was OOM-killed/;

/** A crash so long ago, in seconds, is over when the container runs now. */
const recently = 15 * 60;

export function crashesOf(pod: Pod, w: Workload, world: World): readonly Crash[] {
  return pod.containers.flatMap((c) => {
    const end = c.ended ?? unknownEnd(c);
    if (end === undefined || !fails(pod, w, c, end, world)) return [];
    return [crashOf(pod, c, end, w, world)];
  });
}

/** It crashes, and how it ended is not among what is known of it. */
const unknownEnd = (c: Container): End | undefined =>
  c.waiting.reason === 'CrashLoopBackOff'
    ? { path: `${c.path}.lastState`, code: -1, reason: '', message: '', at: undefined, now: false }
    : undefined;

export function crashOf(pod: Pod, c: Container, end: End, w: Workload, world: World): Crash {
  const log = world.log(pod.ref.namespace, pod.ref.name, c.name) ?? '';
  const killed = killing(pod, c) ?? ([137, 143].includes(end.code) ? unhealthy(pod, c) : undefined);
  return { pod, c, end, w, world, words: `${end.message}\n${log}`, killed };
}

const killing = (pod: Pod, c: Container): Event | undefined =>
  pod.events.find(
    (e) =>
      e.reason === 'Killing' &&
      /failed (?:liveness|startup) probe/i.test(e.message) &&
      new RegExp(`\\b${RegExp.escape(c.name)}\\b`).test(e.message),
  );

/** Events are lossy: that a probe failed tells as much as that the kubelet acted on it. */
const unhealthy = (pod: Pod, c: Container): Event | undefined =>
  pod.events.find((e) => {
    const field = str(e.o, 'involvedObject', 'fieldPath') ?? str(e.o, 'regarding', 'fieldPath');
    const ours = field === undefined || field.includes(`{${c.name}}`);
    return e.reason === 'Unhealthy' && /(?:Liveness|Startup) probe/.test(e.message) && ours;
  });

function fails(pod: Pod, w: Workload, c: Container, end: End, world: World): boolean {
  if (c.waiting.reason === 'CrashLoopBackOff') return true;
  const policy = str(pod.spec, 'restartPolicy') ?? 'Always';
  // A pod that runs once and that nothing makes anew; a Job has rules of its own.
  if (end.now && policy === 'Never') return end.code !== 0 && (unkept(w) || c.role === 'init');
  if (end.now && c.role !== 'init') return policy === 'Always' && (c.restarts >= 1 || end.reason === 'OOMKilled');
  if (end.now) return end.code !== 0 && c.restarts >= 1;
  // Its machine was restarted, or lost sight of it: no failure of its own.
  if (c.ready && ['Unknown', 'ContainerStatusUnknown'].includes(end.reason)) return false;
  // Between two back-offs it runs for a while: that is the same failure, not its end.
  const often = end.reason === 'OOMKilled' ? 1 : 2;
  return c.restarts >= often && age(world, end.at) < recently && c.role !== 'init';
}

export function crashEvidence(x: Crash): readonly Evidence[] {
  const { pod, c, end, killed } = x;
  const probe = unhealthy(pod, c);
  return [
    ...(c.waiting.reason === ''
      ? []
      : [{ on: pod.ref, path: `${c.path}.state.waiting.reason`, says: c.waiting.reason }]),
    ...endEvidence(pod, end),
    { on: pod.ref, path: `${c.path}.restartCount`, says: String(c.restarts) },
    ...(killed === undefined ? [] : [eventEvidence(pod.ref, killed)]),
    ...(killed === undefined || probe === undefined ? [] : [eventEvidence(pod.ref, probe)]),
  ];
}

/** The lines around what a pattern found, as evidence. */
export function logEvidence(x: Crash, pattern: RegExp): readonly Evidence[] {
  const line = x.words.split('\n').findLast((l) => pattern.test(l));
  return line === undefined ? [] : [{ on: x.pod.ref, path: `log of ${x.c.name}`, says: shorten(line.trim(), 400) }];
}

export const lastLines = (x: Crash): readonly Evidence[] => {
  const lines = x.words.trim().split('\n').slice(-5).join('\n');
  return lines === '' ? [] : [{ on: x.pod.ref, path: `log of ${x.c.name}`, says: shorten(lines, 800) }];
};

/** Its log would tell more, when it has not been read yet. */
export const wish = (x: Crash): { readonly wants?: readonly LogWish[] } =>
  x.world.log(x.pod.ref.namespace, x.pod.ref.name, x.c.name) === undefined
    ? {
        wants: [{ namespace: x.pod.ref.namespace, pod: x.pod.ref.name, container: x.c.name, previous: !x.end.now }],
      }
    : {};

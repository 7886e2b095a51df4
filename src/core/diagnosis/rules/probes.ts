import { code, text } from '../../kernel/text.ts';
import { logs, patchContainer } from '../fixes.ts';
import { type Container, eventEvidence, type Pod, said } from '../pods.ts';
import { probeFault, probeOf } from '../probe.ts';
import { condition, has, instant, list, str } from '../read.ts';
import type { Family, PodRule } from '../rule.ts';
import { age, type Event, type World } from '../snapshot.ts';
import type { Evidence } from '../verdict.ts';
import type { Workload } from '../workloads.ts';

type Unready = { readonly pod: Pod; readonly c: Container; readonly w: Workload; readonly event: Event | undefined };

/** In seconds, beyond what its own probe allows: a start takes its time. */
const patience = 30;

/** A container that runs and does not say that it is ready, for longer than its probe alone explains. */
function unready(pod: Pod, w: Workload, world: World): Unready | undefined {
  if (pod.phase !== 'Running' || pod.ready || pod.leaving) return undefined;
  const c = pod.containers.find((one) => one.role !== 'init' && !one.ready && has(one.status, 'state', 'running'));
  if (c === undefined) return undefined;
  const { initialDelay, period, threshold } = probeOf(c, 'readinessProbe');
  const running = age(world, instant(c.status, 'state', 'running', 'startedAt'));
  const event = said(pod.events, 'Unhealthy', /Readiness probe/);
  if (event === undefined && !has(c.spec, 'readinessProbe')) return undefined;
  const allowed = initialDelay + period * threshold + patience + (event === undefined ? 120 : 0);
  return running < allowed ? undefined : { pod, c, w, event };
}

const evidenceOf = ({ pod, c, event }: Unready): readonly Evidence[] => [
  { on: pod.ref, path: `${c.path}.ready`, says: 'false' },
  ...(event === undefined ? [] : [eventEvidence(pod.ref, event)]),
];

const nobody = /connection refused|failed to connect service/;
const message = (x: Unready): string => x.event?.message ?? '';

type ReadyRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly when: (x: Unready) => boolean;
  readonly say: (x: Unready) => Omit<NonNullable<ReturnType<PodRule['find']>>, 'evidence'>;
};

const readyRule = ({ when, say, ...rule }: ReadyRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: ['Pod status.containerStatuses[].ready', 'Pod spec.containers[].readinessProbe', 'Event Unhealthy'],
  find: (pod, w, world) => {
    const x = unready(pod, w, world);
    return x === undefined || !when(x) ? undefined : { evidence: evidenceOf(x), ...say(x) };
  },
});

const rules: readonly PodRule[] = [
  readyRule({
    code: 'readiness-probe-wrong',
    title: 'The readiness probe asks at a wrong place',
    example: 'Readiness probe failed: dial tcp 10.1.0.7:8081: connect: connection refused',
    remedy: 'Correct the port or the path of the probe',
    rollback: true,
    when: (x) => probeFault(x.c, 'readinessProbe', message(x)) !== undefined,
    say: (x) => {
      const fault = probeFault(x.c, 'readinessProbe', message(x));
      return {
        summary: text`${code(x.w.ref.name)} runs but gets no traffic: its readiness check ${fault?.summary ?? ''}.`,
        fixes:
          fault?.patch === undefined ? [] : [patchContainer(fault.title, x.w, x.c, { readinessProbe: fault.patch })],
      };
    },
  }),
  readyRule({
    code: 'readiness-slow',
    title: 'It answers its readiness probe too slowly',
    example: 'Readiness probe failed: Get "http://10.1.0.7:8080/ready": context deadline exceeded',
    remedy: 'Give the probe more time; see why it is slow',
    rollback: true,
    // Of gRPC too where nothing listens: that is told as such.
    when: (x) => /deadline exceeded|timeout|timed out/i.test(message(x)) && !nobody.test(message(x)),
    say: (x) => {
      const { timeout } = probeOf(x.c, 'readinessProbe');
      const longer = Math.max(5, timeout * 3);
      return {
        summary: text`${code(x.w.ref.name)} runs but gets no traffic: it does not answer its readiness check within ${timeout} s.`,
        fixes: [
          patchContainer(`Give the probe ${longer} s`, x.w, x.c, { readinessProbe: { timeoutSeconds: longer } }),
          logs(x.pod.ref, x.c.name, false),
        ],
      };
    },
  }),
  readyRule({
    code: 'readiness-failing',
    title: 'It says that it is not ready',
    example: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    remedy: 'Read its log: it waits for something, or cannot do its work',
    rollback: true,
    when: () => true,
    say: (x) => {
      const status = /statuscode: (\d{3})/.exec(message(x))?.[1];
      const refused = nobody.test(message(x));
      return {
        summary: text`${code(x.w.ref.name)} runs but gets no traffic: ${status === undefined ? (refused ? 'nothing listens at the port of its readiness check' : 'its readiness check fails') : text`it answers its readiness check with the error ${code(status)}`}.`,
        confidence: x.event === undefined ? 'likely' : 'certain',
        wants: [{ namespace: x.pod.ref.namespace, pod: x.pod.ref.name, container: x.c.name, previous: false }],
        fixes: [logs(x.pod.ref, x.c.name, false)],
      };
    },
  }),
  {
    code: 'startup-probe-pending',
    title: 'It has been starting for longer than it should need',
    example: 'Startup probe failed: connection refused',
    remedy: 'Read its log; raise failureThreshold when it only is slow',
    about: 'pod',
    reads: ['Pod status.containerStatuses[].started', 'Event Unhealthy'],
    find: (pod, w, world) => {
      const event = said(pod.events, 'Unhealthy', /Startup probe/);
      const c = pod.containers.find(
        (one) => one.role === 'main' && one.status.started === false && has(one.status, 'state', 'running'),
      );
      if (event === undefined || c === undefined || pod.phase !== 'Running') return undefined;
      const fault = probeFault(c, 'startupProbe', event.message);
      const { period, threshold, initialDelay } = probeOf(c, 'startupProbe');
      const running = age(world, instant(c.status, 'state', 'running', 'startedAt'));
      if (
        running < (fault === undefined ? (initialDelay + period * threshold) / 2 + patience : patience) ||
        c.restarts > 1
      )
        return undefined;
      return {
        summary: text`${code(w.ref.name)} has not started yet: its startup check ${fault?.summary ?? 'does not succeed'}.`,
        evidence: [eventEvidence(pod.ref, event)],
        confidence: 'likely',
        fixes:
          fault?.patch === undefined
            ? [logs(pod.ref, c.name, false)]
            : [patchContainer(fault.title, w, c, { startupProbe: fault.patch })],
      };
    },
  },
  {
    code: 'readiness-gate-unset',
    title: 'Something outside has not said yet that it is ready',
    example: 'Ready=False, ReadinessGatesNotReady: corresponding condition of pod readiness gate "…" does not exist',
    remedy: 'See the controller that sets it, such as the one of the load balancer',
    about: 'pod',
    reads: ['Pod spec.readinessGates', 'Pod status.conditions[Ready]'],
    find: (pod, w, world) => {
      const ready = condition(pod.o, 'Ready');
      if (str(ready, 'reason') !== 'ReadinessGatesNotReady' || age(world, instant(ready, 'lastTransitionTime')) < 60)
        return undefined;
      const gates = list(pod.spec, 'readinessGates').flatMap((g) => str(g, 'conditionType') ?? []);
      const open = gates.filter((type) => condition(pod.o, type)?.status !== 'True');
      return {
        summary: text`${code(w.ref.name)} runs but gets no traffic: ${code(open.join(', ') || 'a readiness gate')}, which something outside of it has to confirm, is not confirmed.`,
        evidence: [
          {
            on: pod.ref,
            path: 'status.conditions[Ready].message',
            says: str(ready, 'message') ?? 'ReadinessGatesNotReady',
          },
        ],
      };
    },
  },
];

export const probes: Family = { stage: 'probes', title: 'Health checks', rules };

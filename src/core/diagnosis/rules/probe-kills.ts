import { code, text } from '../../kernel/text.ts';
import type { Crash, CrashRule } from '../crashes.ts';
import { logs, patchContainer } from '../fixes.ts';
import { called, said } from '../pods.ts';
import { probeFault, probeOf } from '../probe.ts';
import { instant, num, obj } from '../read.ts';

const message = (x: Crash): string => said(x.pod.events, 'Unhealthy', /(?:Liveness|Startup) probe/)?.message ?? '';
const startup = (x: Crash): boolean => /startup probe/i.test(x.killed?.message ?? '');
const which = (x: Crash) => (startup(x) ? 'startupProbe' : 'livenessProbe');

/** How long the run was that a probe ended, in seconds. */
function ran(x: Crash): number | undefined {
  const run = obj(x.c.status, x.end.now ? 'state' : 'lastState', 'terminated');
  const [from, to] = [instant(run, 'startedAt'), instant(run, 'finishedAt')];
  return from === undefined || to === undefined ? undefined : (to - from) / 1000;
}

/** It was ended no later than its first allowance of failures: it never answered once. */
function neverAnswered(x: Crash): boolean {
  const probe = obj(x.c.spec, 'livenessProbe');
  const allowed =
    (num(probe, 'initialDelaySeconds') ?? 0) +
    (num(probe, 'periodSeconds') ?? 10) * ((num(probe, 'failureThreshold') ?? 3) + 1) +
    (num(x.pod.spec, 'terminationGracePeriodSeconds') ?? 30);
  return (ran(x) ?? Number.POSITIVE_INFINITY) <= allowed;
}

/** Exit 137 after a failed probe is no lack of memory. */
export const killedByProbe: readonly CrashRule[] = [
  {
    code: 'liveness-probe-wrong',
    title: 'The liveness probe asks at a wrong place',
    example: 'Liveness probe failed: HTTP probe failed with statuscode: 404',
    remedy: 'Correct the port or the path of the probe',
    rollback: true,
    when: (x) => x.killed !== undefined && probeFault(x.c, which(x), message(x)) !== undefined,
    say: (x) => {
      const fault = probeFault(x.c, which(x), message(x));
      return {
        summary: text`${code(x.w.ref.name)} keeps being restarted: its health check (${which(x)}) ${fault?.summary ?? ''}.`,
        fixes: fault?.patch === undefined ? [] : [patchContainer(fault.title, x.w, x.c, { [which(x)]: fault.patch })],
      };
    },
  },
  {
    code: 'startup-probe-failed',
    title: 'It does not start within the time of its startup probe',
    example: 'Container shop failed startup probe, will be restarted',
    remedy: 'Raise failureThreshold of the startup probe; or see why it starts so slowly',
    rollback: true,
    when: startup,
    say: (x) => {
      const { period, threshold } = probeOf(x.c, 'startupProbe');
      return {
        summary: text`${code(x.w.ref.name)} keeps being restarted: its ${called(x.c)} ${code(x.c.name)} does not answer within the ${period * threshold} s that its startup probe allows.`,
        fixes: [
          patchContainer(`Allow it ${period * threshold * 3} s to start`, x.w, x.c, {
            startupProbe: { failureThreshold: threshold * 3 },
          }),
          logs(x.pod.ref, x.c.name, true),
        ],
      };
    },
  },
  {
    code: 'slow-start-killed',
    title: 'It is killed while it still starts',
    example: 'Liveness probe failed: dial tcp 10.1.0.7:8080: connect: connection refused, from the start',
    remedy: 'Add a startup probe that allows for the start',
    when: (x) =>
      x.killed !== undefined && /connection refused|timeout|deadline exceeded/i.test(message(x)) && neverAnswered(x),
    say: (x) => {
      const { action, initialDelay, period, threshold } = probeOf(x.c, 'livenessProbe');
      const budget = Math.max(120, (initialDelay + period * threshold) * 4);
      return {
        summary: text`${code(x.w.ref.name)} keeps being restarted before it has started: its liveness probe gives up after ${initialDelay + period * threshold} s, and there is no startup probe.`,
        confidence: 'likely',
        fixes: [
          patchContainer(`Give it ${budget} s to start`, x.w, x.c, {
            startupProbe: { ...action, periodSeconds: 10, failureThreshold: Math.ceil(budget / 10) },
          }),
          logs(x.pod.ref, x.c.name, true),
        ],
      };
    },
  },
  {
    code: 'liveness-failing',
    title: 'It stops answering its liveness probe',
    example: 'Container shop failed liveness probe, will be restarted; exit 137',
    remedy: 'See why it hangs; allow more time when it is only busy. More memory does not help',
    rollback: true,
    when: (x) => x.killed !== undefined,
    say: (x) => {
      const { timeout } = probeOf(x.c, 'livenessProbe');
      const slow = /timeout|deadline exceeded/i.test(message(x));
      return {
        summary: text`${code(x.w.ref.name)} keeps being restarted: its ${called(x.c)} ${code(x.c.name)} stops answering its health check (liveness probe)${slow ? ` within ${timeout} s` : ''}.`,
        fixes: [
          ...(slow
            ? [
                patchContainer(`Give the probe ${Math.max(5, timeout * 3)} s`, x.w, x.c, {
                  livenessProbe: { timeoutSeconds: Math.max(5, timeout * 3) },
                }),
              ]
            : []),
          logs(x.pod.ref, x.c.name, true),
        ],
      };
    },
  },
];

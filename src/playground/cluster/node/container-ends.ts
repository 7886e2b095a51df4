import { at, type Fields, fieldsOf, textOf } from '../json.ts';
import { probeFailure } from './app.ts';

import { backOff, type Container, duration, iso, note, type Surroundings, waiting, who } from './container-state.ts';

/** What probes say about a running container; returns when they are asked again. */
export function probe(c: Container, around: Surroundings): number | undefined {
  const { spec, now, ip, say, times } = around;
  const period = (name: string): number =>
    Math.min(Number(at(spec[name], 'periodSeconds') ?? 10) * 1000, 10 * times.probe);
  const waits: number[] = [];
  if (!c.started) {
    if (now < c.probes.live) return c.probes.live - now;
    const failure = probeFailure(spec.startupProbe, spec, ip);
    if (!failure) c.started = true;
    else return missed(c, around, 'Startup', failure, 'startupProbe');
  }
  if (spec.readinessProbe === undefined) c.ready = true;
  else {
    if (now >= c.probes.ready) {
      const failure = probeFailure(spec.readinessProbe, spec, ip);
      c.ready = failure === undefined;
      if (failure) say('Warning', 'Unhealthy', `Readiness probe failed: ${failure}`);
      c.probes.ready = now + period('readinessProbe');
    }
    waits.push(c.probes.ready - now);
  }
  if (spec.livenessProbe !== undefined) {
    if (now >= c.probes.live) {
      const failure = probeFailure(spec.livenessProbe, spec, ip);
      if (failure) return missed(c, around, 'Liveness', failure, 'livenessProbe');
      c.probes = { ...c.probes, misses: 0, live: now + period('livenessProbe') };
    }
    waits.push(c.probes.live - now);
  }
  // What went well needs no second look until its object changes.
  const healthy = c.ready && probeFailure(spec.livenessProbe, spec, ip) === undefined;
  return healthy || waits.length === 0 ? undefined : Math.min(...waits);
}

/** A probe whose misses kill the container once there are too many. */
function missed(c: Container, around: Surroundings, word: string, failure: string, name: string): number | undefined {
  const { spec, now, say, times } = around;
  const probe = fieldsOf(spec[name]);
  say('Warning', 'Unhealthy', `${word} probe failed: ${failure}`);
  c.probes.misses += 1;
  c.probes.live = now + Math.min(Number(probe.periodSeconds ?? 10) * 1000, 10 * times.probe);
  if (c.probes.misses < Number(probe.failureThreshold ?? 3)) return c.probes.live - now;
  say('Normal', 'Killing', `Container ${textOf(spec.name)} failed ${word.toLowerCase()} probe, will be restarted`);
  note(c, now, ['received SIGTERM, shutting down']);
  return finish(c, around, 137, 'Error');
}

/** What becomes of a container that has ended: over, started again, or held back first. */
export function finish(
  c: Container,
  around: Surroundings,
  exitCode: number,
  reason: string,
  message?: string,
): number | undefined {
  const { pod, spec, now, times, say } = around;
  const terminated: Fields = {
    exitCode,
    reason,
    ...(message ? { message } : {}),
    startedAt: reason === 'StartError' ? '1970-01-01T00:00:00Z' : iso(c.startedAt),
    finishedAt: iso(now),
    containerID: c.id,
  };
  c.ready = false;
  c.started = false;
  const policy = textOf(spec.restartPolicy) || textOf(pod.spec?.restartPolicy);
  const again = policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  if (!again) {
    c.step = 'ended';
    c.state = { terminated };
    return undefined;
  }
  c.last = { terminated };
  c.crashes = now - c.startedAt >= times.backOffReset ? 1 : c.crashes + 1;
  c.step = 'restarting';
  if (c.crashes === 1) {
    // The first time it is started again at once.
    c.state = { terminated };
    c.until = now + times.reaction;
    return times.reaction;
  }
  const pause = backOff(times.crashBackOff, c.crashes - 1, times.maxBackOff);
  say(
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${textOf(spec.name)} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
  );
  waiting(c, 'CrashLoopBackOff', `back-off ${duration(pause)} restarting failed ${who(around)}`);
  c.until = now + pause;
  return pause;
}

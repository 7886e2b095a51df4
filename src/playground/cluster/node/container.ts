import { createHash } from 'node:crypto';
import type { Times } from '../controllers/times.ts';
import { at, type Fields, fieldsOf, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import type { KubeObject } from '../types.ts';
import { endingOf, greeting, probeFailure } from './app.ts';
import { isInvalidImage, pullFailure, type Registries } from './images.ts';

/** One container of one pod, as its node sees it. */
export type Container = {
  step: 'new' | 'pulling' | 'pull-failed' | 'pull-wait' | 'config' | 'creating' | 'running' | 'restarting' | 'ended';
  /** When this step is over, by the clock. */
  until: number;
  restarts: number;
  /** Failed pulls in a row, and starts without a long life: both make pauses longer. */
  pulls: number;
  crashes: number;
  startedAt: number;
  state: Fields;
  last: Fields | undefined;
  ready: boolean;
  started: boolean;
  probes: { ready: number; live: number; misses: number };
  log: string[];
  previous: string[] | undefined;
  id: string;
};

export const fresh = (): Container => ({
  step: 'new',
  until: 0,
  restarts: 0,
  pulls: 0,
  crashes: 0,
  startedAt: 0,
  state: { waiting: { reason: 'ContainerCreating' } },
  last: undefined,
  ready: false,
  started: false,
  probes: { ready: 0, live: 0, misses: 0 },
  log: [],
  previous: undefined,
  id: '',
});

export type Say = (type: 'Normal' | 'Warning', reason: string, message: string) => void;
export type Surroundings = {
  readonly pod: KubeObject;
  readonly spec: Fields;
  readonly now: number;
  readonly times: Times;
  readonly ip: string;
  readonly registries: Registries;
  /** Images that the node has. */
  readonly images: Set<string>;
  readonly missingConfig: () => string | undefined;
  readonly say: Say;
};

const who = ({ pod, spec }: Surroundings): string =>
  `container=${textOf(spec.name)} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
const backOff = (base: number, times: number, max: number): number => Math.min(max, base * 2 ** Math.max(0, times - 1));
/** As Go writes durations: 10s, 1m20s, 5m0s. */
const duration = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
};
const iso = (at: number): string => stamp(new Date(at));
export const containerId = (seed: string): string => `containerd://${createHash('sha256').update(seed).digest('hex')}`;

function note(c: Container, now: number, lines: readonly string[]): void {
  for (const line of lines) c.log.push(`${new Date(now).toISOString()} ${line}`);
  if (c.log.length > 500) c.log.splice(0, c.log.length - 500);
}

const waiting = (c: Container, reason: string, message?: string): void => {
  c.state = { waiting: { reason, ...(message ? { message } : {}) } };
  c.ready = false;
};

type Step = (c: Container, around: Surroundings) => number | undefined;

function pullOrStart(c: Container, around: Surroundings): number | undefined {
  const { spec, images, say, now, times } = around;
  const image = textOf(spec.image);
  if (isInvalidImage(image)) {
    waiting(
      c,
      'InvalidImageName',
      `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
    );
    say(
      'Warning',
      'InspectFailed',
      `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
    );
    say('Warning', 'Failed', 'Error: InvalidImageName');
    return undefined;
  }
  const policy = textOf(spec.imagePullPolicy);
  if (policy === 'Never' && !images.has(image)) {
    waiting(c, 'ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`);
    say('Warning', 'ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`);
    return undefined;
  }
  if (images.has(image) && policy !== 'Always') {
    say('Normal', 'Pulled', `Container image "${image}" already present on machine`);
    c.step = 'config';
    return 0;
  }
  say('Normal', 'Pulling', `Pulling image "${image}"`);
  c.step = 'pulling';
  c.until = now + times.pull;
  return times.pull;
}

/** From step to step; each returns how long until the next look, 0 for at once. */
const steps: Readonly<Record<Container['step'], Step>> = {
  new: pullOrStart,

  pulling(c, around) {
    const { spec, registries, say, now, times, images } = around;
    if (now < c.until) return c.until - now;
    const image = textOf(spec.image);
    const failure = pullFailure(image, registries);
    if (!failure) {
      const seconds = (times.pull / 1000).toFixed(3);
      images.add(image);
      c.pulls = 0;
      say(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${seconds}s (${seconds}s including waiting). Image size: ${20_000_000 + image.length * 991_733} bytes.`,
      );
      c.step = 'config';
      return 0;
    }
    c.pulls += 1;
    say('Warning', 'Failed', `Failed to pull image "${image}": ${failure}`);
    say('Warning', 'Failed', 'Error: ErrImagePull');
    waiting(c, 'ErrImagePull', failure);
    c.step = 'pull-failed';
    c.until = now + Math.min(1_500, times.imageBackOff / 4);
    return c.until - now;
  },

  'pull-failed'(c, around) {
    const { spec, registries, say, now, times } = around;
    if (now < c.until) return c.until - now;
    const image = textOf(spec.image);
    say('Normal', 'BackOff', `Back-off pulling image "${image}"`);
    say('Warning', 'Failed', 'Error: ImagePullBackOff');
    waiting(
      c,
      'ImagePullBackOff',
      `Back-off pulling image "${image}": ErrImagePull: ${pullFailure(image, registries) ?? 'unknown'}`,
    );
    c.step = 'pull-wait';
    c.until = now + backOff(times.imageBackOff, c.pulls, times.maxBackOff);
    return c.until - now;
  },

  'pull-wait'(c, around) {
    if (around.now < c.until) return c.until - around.now;
    return pullOrStart(c, around);
  },

  config(c, around) {
    const { now, times, say, spec } = around;
    const missing = around.missingConfig();
    if (missing) {
      say('Warning', 'Failed', `Error: ${missing}`);
      waiting(c, 'CreateContainerConfigError', missing);
      return times.imageBackOff;
    }
    say('Normal', 'Created', `Created container: ${textOf(spec.name)}`);
    c.step = 'creating';
    c.until = now + times.create;
    return times.create;
  },

  creating(c, around) {
    const { now, pod, spec, say } = around;
    if (now < c.until) return c.until - now;
    c.id = containerId(`${pod.metadata.uid}/${textOf(spec.name)}/${c.restarts}`);
    c.log = [];
    const ending = endingOf(pod, spec);
    if (ending?.reason === 'StartError') {
      say('Warning', 'Failed', `Error: ${ending.message}`);
      c.startedAt = now;
      return finish(c, around, ending.exitCode, 'StartError', ending.message);
    }
    say('Normal', 'Started', `Started container ${textOf(spec.name)}`);
    note(c, now, greeting(pod, spec));
    c.step = 'running';
    c.startedAt = now;
    c.state = { running: { startedAt: iso(now) } };
    c.started = spec.startupProbe === undefined;
    c.ready = c.started && spec.readinessProbe === undefined;
    const first = (name: string) =>
      now +
      Math.max(
        around.times.probe,
        Math.min(2 * around.times.probe, Number(at(spec[name], 'initialDelaySeconds') ?? 0) * 1000),
      );
    c.probes = { ready: first('readinessProbe'), live: first('livenessProbe'), misses: 0 };
    return 0;
  },

  running(c, around) {
    const { pod, spec, now, times } = around;
    const ending = endingOf(pod, spec);
    if (ending) {
      const lives = { 'at once': 0, soon: times.crash, job: times.job }[String(ending.after)] ?? Number(ending.after);
      if (now >= c.startedAt + lives) {
        note(c, now, ending.log);
        return finish(c, around, ending.exitCode, ending.reason);
      }
      // What is about to die does not become ready first.
      if (ending.after === 'soon' && spec.readinessProbe !== undefined) return c.startedAt + lives - now;
      return Math.min(c.startedAt + lives - now, probe(c, around) ?? Infinity);
    }
    return probe(c, around);
  },

  restarting(c, { now, times }) {
    if (now < c.until) return c.until - now;
    c.restarts += 1;
    c.previous = c.log;
    c.step = 'config';
    c.started = false;
    return Math.min(times.reaction, 1);
  },

  ended: () => undefined,
};

function probe(c: Container, around: Surroundings): number | undefined {
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

function finish(
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

/** Goes on as far as it can now; returns when there is more to do. */
export function advance(c: Container, around: Surroundings): number | undefined {
  for (let moves = 0; moves < 20; moves++) {
    const before = c.step;
    const wait = steps[c.step](c, around);
    if (wait === undefined || wait > 0 || c.step === before) return wait;
  }
  return 1_000;
}

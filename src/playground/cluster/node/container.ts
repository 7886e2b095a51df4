import { at, textOf } from '../json.ts';
import { endingOf, greeting } from './app.ts';
import { finish, probe } from './container-ends.ts';
import { backOff, type Container, containerId, iso, note, type Surroundings, waiting } from './container-state.ts';
import { isInvalidImage, pullFailure } from './images.ts';

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
    const ending = endingOf(pod, spec, around);
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
    const ending = endingOf(pod, spec, around);
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

/** Goes on as far as it can now; returns when there is more to do. */
export function advance(c: Container, around: Surroundings): number | undefined {
  for (let moves = 0; moves < 20; moves++) {
    const before = c.step;
    const wait = steps[c.step](c, around);
    if (wait === undefined || wait > 0 || c.step === before) return wait;
  }
  return 1_000;
}

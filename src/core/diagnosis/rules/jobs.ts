import { code, type Text, text } from '../../kernel/text.ts';
import { type Crash, crashEvidence, crashOf } from '../crashes.ts';
import { patchOf } from '../fixes.ts';
import { outOfTime, type Pod } from '../pods.ts';
import { condition, instant, list, meta, num, type Obj, str } from '../read.ts';
import type { Family, Found, Rule, WorkloadRule } from '../rule.ts';
import { age, created, refOf, type World } from '../snapshot.ts';
import type { Evidence, Fix } from '../verdict.ts';
import { everyPod, type Workload } from '../workloads.ts';
import { crashRules } from './crash.ts';
import { cronRules } from './cronjobs.ts';

/** Why the last pod of a Job failed, by the rules for crashes. */
function lastFailure(
  w: Workload,
  world: World,
): { readonly found: Omit<Found, 'evidence'>; readonly evidence: readonly Evidence[]; readonly x: Crash } | undefined {
  const failed = everyPod(w)
    .filter((p) => p.phase === 'Failed' || p.containers.some((c) => c.ended !== undefined && c.ended.code !== 0))
    .toSorted((a, b) => a.age - b.age);
  for (const pod of failed) {
    const x = crashIn(pod, w, world);
    const rule = x && crashRules.find((r) => r.when(x));
    if (x === undefined || rule === undefined) continue;
    const found = rule.say(x);
    return { found, evidence: [...crashEvidence(x), ...(found.evidence ?? [])], x };
  }
  return undefined;
}

function crashIn(pod: Pod, w: Workload, world: World): Crash | undefined {
  const c = pod.containers.find((one) => one.ended !== undefined && one.ended.code !== 0);
  return c?.ended === undefined ? undefined : crashOf(pod, c, c.ended, w, world);
}

const failed = (w: Workload, reason: RegExp): Obj | undefined => {
  const c = condition(w.o, 'Failed');
  return c?.status === 'True' && reason.test(str(c, 'reason') ?? '') ? c : undefined;
};

const told = (w: Workload, c: Obj): Evidence => ({
  on: w.ref,
  path: 'status.conditions[Failed]',
  says: `${str(c, 'reason') ?? ''}: ${str(c, 'message') ?? ''}`,
});

/** The last of its pods, where its machine stopped that for its time: how it ended then is no fault of what ran in it. */
function lastOutOfTime(w: Workload): Pod | undefined {
  const [last] = everyPod(w)
    .filter((p) => p.phase === 'Failed')
    .toSorted((a, b) => a.age - b.age);
  return last && outOfTime(last) ? last : undefined;
}

function outOfTimeToo(pod: Pod, w: Workload, summary: Text, evidence: readonly Evidence[]): Found {
  const path = 'spec.template.spec.activeDeadlineSeconds';
  const seconds = num(pod.o, 'spec', 'activeDeadlineSeconds');
  return {
    summary: text`${summary} A try of it may take ${seconds === undefined ? 'no longer than it did' : `${seconds} s`}, and took longer.`,
    evidence: [
      ...evidence,
      { on: pod.ref, path: 'status.reason', says: 'DeadlineExceeded' },
      { on: pod.ref, path: 'status.message', says: str(pod.o, 'status', 'message') ?? '' },
      ...(seconds === undefined ? [] : [{ on: w.ref, path, says: String(seconds) }]),
    ],
    fixes: seconds === undefined ? [] : [allowing(w, seconds, (s) => ({ template: { spec: s } }))],
  };
}

/** Twice the time, where it is written: the specification of a Job cannot be changed, and the next of a CronJob is made of its. */
function allowing(w: Workload, seconds: number, within: (spec: Obj) => Obj): Fix {
  const spec = within({ activeDeadlineSeconds: seconds * 2 });
  const cron = list(w.o, 'metadata', 'ownerReferences').find((r) => r.kind === 'CronJob');
  const name = str(cron, 'name');
  return name === undefined
    ? patchOf(`Allow it ${seconds * 2} s (in its manifest, then delete it and apply it again)`, 'batch/v1', w.ref, {
        spec,
      })
    : patchOf(
        `Allow its next runs ${seconds * 2} s`,
        'batch/v1',
        { kind: 'CronJob', namespace: w.ref.namespace, name },
        { spec: { jobTemplate: { spec } } },
      );
}

/** The Job's verdict, with the reason of its last pod where that can be told. */
function because(w: Workload, world: World, summary: Text, evidence: readonly Evidence[]): Found {
  const late = lastOutOfTime(w);
  if (late !== undefined) return outOfTimeToo(late, w, summary, evidence);
  const cause = lastFailure(w, world);
  if (cause === undefined) return { summary, evidence };
  const { end, c } = cause.x;
  return {
    ...cause.found,
    summary: text`${summary} Its container ${code(c.name)} ended with ${end.reason === 'OOMKilled' ? 'too little memory' : text`the exit code ${code(String(end.code))}`}.`,
    evidence: [...evidence, ...cause.evidence],
  };
}

const jobRule = (rule: Omit<WorkloadRule, 'about' | 'reads'>): WorkloadRule => ({
  ...rule,
  about: 'workload',
  reads: ['Job status.conditions', 'Pod status.containerStatuses[].state.terminated'],
  find: (w, world) => (w.ref.kind === 'Job' && w.o !== undefined ? rule.find(w, world) : undefined),
});

const rules: readonly Rule[] = [
  jobRule({
    code: 'job-backoff-limit',
    title: 'A job gave up after its last try',
    example: 'Job status.conditions[Failed]: BackoffLimitExceeded',
    remedy: 'Mend what its last pod failed of, and start it again',
    find: (w, world) => {
      const c = failed(w, /^(?:BackoffLimitExceeded|PodFailurePolicy|MaxFailedIndexesExceeded)$/);
      if (c === undefined || str(w.o, 'status', 'failedIndexes') !== undefined) return undefined;
      const tries = num(w.o, 'status', 'failed') ?? 0;
      return because(
        w,
        world,
        text`The job ${code(w.ref.name)} gave up after ${tries === 1 ? 'one try' : `${tries} tries`}.`,
        [told(w, c)],
      );
    },
  }),
  jobRule({
    code: 'job-deadline',
    title: 'A job took longer than it may',
    example: 'Job status.conditions[Failed]: DeadlineExceeded',
    remedy: 'Raise activeDeadlineSeconds, or make it faster',
    find: (w, world) => {
      const c = failed(w, /^DeadlineExceeded$/);
      if (c === undefined) return undefined;
      const seconds = num(w.o, 'spec', 'activeDeadlineSeconds');
      const tries = num(w.o, 'status', 'failed') ?? 0;
      const summary = text`The job ${code(w.ref.name)} was stopped since it took longer than ${seconds === undefined ? 'it may' : `the ${seconds} s that it may`}.`;
      const evidence = [
        told(w, c),
        ...(seconds === undefined ? [] : [{ on: w.ref, path: 'spec.activeDeadlineSeconds', says: String(seconds) }]),
      ];
      // Tries that fail use its time up: all that still run when it ends are stopped, and counted as failed as well.
      if (tries > (num(w.o, 'spec', 'parallelism') ?? 1))
        return because(w, world, text`${summary} Of its tries ${tries} had failed by then.`, evidence);
      return {
        summary,
        evidence,
        fixes: seconds === undefined ? [] : [allowing(w, seconds, (spec) => spec)],
      };
    },
  }),
  jobRule({
    code: 'job-indexes-failed',
    title: 'Parts of a job failed',
    example: 'Job status.failedIndexes: 1,3-5',
    remedy: 'Mend what those parts failed of',
    find: (w, world) => {
      const indexes = str(w.o, 'status', 'failedIndexes');
      const c = condition(w.o, 'Failed');
      if (indexes === undefined) return undefined;
      return because(
        w,
        world,
        text`The job ${code(w.ref.name)} failed for the parts ${code(indexes)}${c === undefined ? '; the others go on.' : '.'}`,
        [{ on: w.ref, path: 'status.failedIndexes', says: indexes }, ...(c === undefined ? [] : [told(w, c)])],
      );
    },
  }),
  jobRule({
    code: 'job-failed',
    title: 'A job failed, for a reason we do not know',
    example: 'Job status.conditions[Failed]: something new',
    remedy: 'Read the quoted message',
    find: (w, world) => {
      const c = failed(w, /(?:)/);
      return c === undefined
        ? undefined
        : { ...because(w, world, text`The job ${code(w.ref.name)} failed.`, [told(w, c)]), confidence: 'unclear' };
    },
  }),
  jobRule({
    code: 'job-retrying',
    title: 'A job fails again and again, and has tries left',
    example: 'Job status.failed: 2, no success yet',
    remedy: 'Mend what its pods fail of, before its tries are used up',
    find: (w, world) => {
      const tries = num(w.o, 'status', 'failed') ?? 0;
      const onePerTry = str(w.podSpec, 'restartPolicy') === 'Never';
      if (tries < 2 || !onePerTry || (num(w.o, 'status', 'succeeded') ?? 0) > 0) return undefined;
      const limit = num(w.o, 'spec', 'backoffLimit') ?? 6;
      return because(
        w,
        world,
        text`The job ${code(w.ref.name)} failed ${tries} times and tries again (at most ${limit} times).`,
        [{ on: w.ref, path: 'status.failed', says: String(tries) }],
      );
    },
  }),
  jobRule({
    code: 'job-never-finishes',
    title: 'A job that should come again does not finish',
    example: 'Job status.active: 1 for a day; the CronJob says JobAlreadyActive',
    remedy: 'See what it waits for; set activeDeadlineSeconds',
    find: (w, world) => {
      const since = instant(w.o, 'status', 'startTime');
      const owner = list(w.o, 'metadata', 'ownerReferences').find((r) => r.kind === 'CronJob');
      if ((num(w.o, 'status', 'active') ?? 0) === 0 || since === undefined || owner === undefined) return undefined;
      if (num(w.o, 'spec', 'activeDeadlineSeconds') !== undefined || age(world, since) < 3_600) return undefined;
      const cron = world.get('CronJob', w.ref.namespace, str(owner, 'name') ?? '');
      const blocked =
        cron === undefined ? undefined : world.events('CronJob', cron).find((e) => e.reason === 'JobAlreadyActive');
      if (blocked === undefined && age(world, since) < 86_400) return undefined;
      const hours = Math.floor(age(world, since) / 3_600);
      return {
        summary: text`The job ${code(w.ref.name)} has been running for ${hours} ${hours === 1 ? 'hour' : 'hours'}${blocked === undefined ? '' : ', so its next runs are left out'}.`,
        evidence: [
          { on: w.ref, path: 'status.startTime', says: str(w.o, 'status', 'startTime') ?? '' },
          ...(blocked === undefined || cron === undefined
            ? []
            : [{ on: refOf('CronJob', cron), path: 'Event JobAlreadyActive', says: blocked.message }]),
        ],
        confidence: 'likely',
        fixes: [
          patchOf(
            'Give each run an hour at most',
            'batch/v1',
            { kind: 'CronJob', namespace: w.ref.namespace, name: str(owner, 'name') ?? '' },
            {
              spec: { jobTemplate: { spec: { activeDeadlineSeconds: 3_600 } } },
            },
          ),
        ],
      };
    },
  }),
  ...cronRules,
];

/** A run that ended well, or whose successor did: what failed on the way is history. */
export function jobIsFine(w: Workload, world: World): boolean {
  if (w.ref.kind !== 'Job' || w.o === undefined) return false;
  if (['Complete', 'SuccessCriteriaMet'].some((type) => condition(w.o, type)?.status === 'True')) return true;
  const owner = list(w.o, 'metadata', 'ownerReferences').find((r) => r.kind === 'CronJob');
  if (owner === undefined) return false;
  const mine = created(w.o) ?? 0;
  return world.all('Job', w.ref.namespace).some((other) => {
    const sibling = list(other, 'metadata', 'ownerReferences').some(
      (r) => r.kind === 'CronJob' && r.name === owner.name,
    );
    const ended = ['Complete', 'Failed'].some((type) => condition(other, type)?.status === 'True');
    return sibling && ended && meta(other).name !== w.ref.name && (created(other) ?? 0) > mine;
  });
}

export const jobs: Family = { stage: 'jobs', title: 'Jobs', rules };

import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { ago, condition, event, named, ownedBy, pod, terminated, waiting } from './objects.ts';

type Obj = Record<string, unknown>;
const job = (status: Obj, over: { spec?: Obj; meta?: Obj; name?: string } = {}) =>
  named(
    'batch/v1',
    'Job',
    over.name ?? 'report-1',
    {
      spec: { parallelism: 1, completions: 1, backoffLimit: 6, ...over.spec },
      status: { startTime: ago(600), ...status },
    },
    over.meta,
  );
const failed = (reason: string, message = 'Job has reached the specified backoff limit') =>
  condition('Failed', 'True', { reason, message });
const done = condition('Complete', 'True');
const run = (owner: Obj, name: string, code: number, reason = 'Error') =>
  pod(name, owner, {
    spec: { restartPolicy: 'Never' },
    meta: { labels: { 'job-name': 'report-1' } },
    status: {
      phase: code === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [{ name: 'shop', ready: false, restartCount: 0, state: terminated(code, reason) }],
    },
  });

test('a job that gave up, with why its last pod failed', () => {
  const j = job({ failed: 7, conditions: [failed('BackoffLimitExceeded')] });
  const v = the([j, run(j, 'report-1-a', 1), run(j, 'report-1-b', 137, 'OOMKilled')]);
  expect(v).toMatchObject({
    code: 'job-backoff-limit',
    severity: 'warning',
    object: { kind: 'Job', name: 'report-1' },
  });
  expect(words(v)).toMatch(/^The job report-1 gave up after 7 tries\. Its container shop ended with /);
  const oom = the([j, run(j, 'report-1-b', 137, 'OOMKilled')]);
  expect(words(oom)).toBe('The job report-1 gave up after 7 tries. Its container shop ended with too little memory.');
  expect(oom.fixes).toMatchObject([
    { title: 'Raise its memory limit to 384Mi (in its manifest, then delete it and apply it again)' },
  ]);
  const logged = the([j, run(j, 'report-1-a', 1)], { logs: { 'shop/report-1-a/shop': "KeyError: 'TOKEN_URL'" } });
  expect(logged.evidence.map((e) => e.says)).toContain("KeyError: 'TOKEN_URL'");
});

test('a job over its time, one that failed in parts, one that failed for something new', () => {
  const late = the([
    job(
      { conditions: [failed('DeadlineExceeded', 'Job was active longer than specified deadline')] },
      { spec: { activeDeadlineSeconds: 300 } },
    ),
  ]);
  expect(late.code).toBe('job-deadline');
  expect(fixes(late)).toContainEqual(expect.objectContaining({ spec: { activeDeadlineSeconds: 600 } }));
  const parts = the([job({ failedIndexes: '1,3-5', conditions: [failed('FailedIndexes')] })]);
  expect(parts.code).toBe('job-indexes-failed');
  expect(words(parts)).toContain('1,3-5');
  expect(the([job({ conditions: [failed('SomethingNew')] })])).toMatchObject({
    code: 'job-failed',
    confidence: 'unclear',
  });
});

/** A pod that its machine stopped: how its container ended then says nothing. */
const stopped = (owner: Obj | undefined, reason: string) =>
  pod('report-1-a', owner, {
    spec: { restartPolicy: 'Never', activeDeadlineSeconds: 120 },
    status: {
      phase: 'Failed',
      reason,
      message: 'Pod was active on the node longer than the specified deadline',
      containerStatuses: [{ name: 'shop', ready: false, restartCount: 0, state: terminated(137, 'Error') }],
    },
  });

test('a try over the time that a pod of it may take; one such try, and one that ended by itself, are told as what they are', () => {
  const j = job(
    { failed: 7, conditions: [failed('BackoffLimitExceeded')] },
    { spec: { template: { spec: { restartPolicy: 'Never', activeDeadlineSeconds: 120 } } } },
  );
  const v = the([j, stopped(j, 'DeadlineExceeded')]);
  expect(v.code).toBe('job-backoff-limit');
  expect(words(v)).toBe('The job report-1 gave up after 7 tries. A try of it may take 120 s, and took longer.');
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({ kind: 'Job', spec: { template: { spec: { activeDeadlineSeconds: 240 } } } }),
  );
  expect(words(the([j, stopped(j, '')]))).toContain('Its container shop ended with the exit code 137.');
  const once = job({ failed: 1, active: 1 }, { spec: { template: { spec: { restartPolicy: 'Never' } } } });
  expect(codes([once, stopped(once, 'DeadlineExceeded')])).toEqual([]);
});

test('a pod of nobody over its time; a machine that stops it for another reason, and one that has time left, are not that', () => {
  const v = the([stopped(undefined, 'DeadlineExceeded')]);
  expect(v).toMatchObject({ code: 'pod-deadline', object: { kind: 'Pod', name: 'report-1-a' } });
  expect(words(v)).toBe('report-1-a was stopped by its machine since it ran longer than the 120 s that it may.');
  expect(codes([stopped(undefined, 'NodeShutdown')])).not.toContain('pod-deadline');
  expect(codes([pod('report-1-a', undefined, { spec: { activeDeadlineSeconds: 120 } })])).toEqual([]);
});

test('a job over its time, of which the tries before failed, is told with those; the next of a CronJob is given more', () => {
  const over = { conditions: [failed('DeadlineExceeded', 'Job was active longer than specified deadline')] };
  const spec = { activeDeadlineSeconds: 300 };
  const tried = job({ ...over, failed: 4 }, { spec });
  const v = the([tried, run(tried, 'report-1-a', 1)]);
  expect(v.code).toBe('job-deadline');
  expect(words(v)).toBe(
    'The job report-1 was stopped since it took longer than the 300 s that it may. Of its tries 4 had failed by then. Its container shop ended with the exit code 1.',
  );
  // Those that ran side by side when its time was over had not failed by themselves.
  const wide = the([job({ ...over, failed: 4 }, { spec: { ...spec, parallelism: 4 } })]);
  expect(words(wide)).toBe('The job report-1 was stopped since it took longer than the 300 s that it may.');
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', uid: 'u-1', controller: true }];
  expect(fixes(the([job(over, { spec, meta: { ownerReferences } })]))).toContainEqual(
    expect.objectContaining({
      kind: 'CronJob',
      metadata: { name: 'report', namespace: 'shop' },
      spec: { jobTemplate: { spec: { activeDeadlineSeconds: 600 } } },
    }),
  );
});

test('silence: a try that failed before one that succeeded, a suspended job, one try so far', () => {
  const j = job({ failed: 2, succeeded: 1, conditions: [done] });
  expect(codes([j, run(j, 'report-1-a', 1), run(j, 'report-1-b', 1), run(j, 'report-1-c', 0, 'Completed')])).toEqual(
    [],
  );
  const suspended = job({ conditions: [condition('Suspended', 'True')] }, { spec: { suspend: true } });
  expect(codes([suspended])).toEqual([]);
  const once = job({ failed: 1, active: 1 }, { spec: { template: { spec: { restartPolicy: 'Never' } } } });
  expect(codes([once, run(once, 'report-1-a', 1)])).toEqual([]);
});

test('a job that fails again and again is told before its last try', () => {
  const j = job({ failed: 3, active: 1 }, { spec: { template: { spec: { restartPolicy: 'Never' } } } });
  const v = the([j, run(j, 'report-1-a', 1), run(j, 'report-1-b', 1)]);
  expect(v.code).toBe('job-retrying');
  expect(words(v)).toContain('failed 3 times and tries again (at most 6 times)');
});

test('a pod of a job that never started is the job’s failure', () => {
  const j = job({ active: 1 });
  const p = pod('report-1-a', j, {
    status: { phase: 'Pending', containerStatuses: [waiting('ErrImagePull', 'ghcr.io/acme/report:1: not found')] },
  });
  expect(the([j, p])).toMatchObject({ code: 'image-not-found', object: { kind: 'Job', name: 'report-1' } });
});

const cron = (spec: Obj = {}, status: Obj = {}) =>
  named('batch/v1', 'CronJob', 'report', { spec: { schedule: '*/5 * * * *', ...spec }, status });
const ofCron = (owner: Obj, name: string, created: string, status: Obj) =>
  job(status, { name, meta: { creationTimestamp: created, ownerReferences: [ownedBy(owner)] } });

test('a failed run is history once a later one has ended well', () => {
  const c = cron();
  const old = ofCron(c, 'report-1', ago(900), { failed: 7, conditions: [failed('BackoffLimitExceeded')] });
  expect(codes([c, old, ofCron(c, 'report-2', ago(300), { succeeded: 1, conditions: [done] })])).toEqual([]);
  expect(codes([c, old, ofCron(c, 'report-2', ago(300), { active: 1 })])).toEqual(['job-backoff-limit']);
  const again = the([
    c,
    old,
    ofCron(c, 'report-2', ago(300), { failed: 7, conditions: [failed('BackoffLimitExceeded')] }),
  ]);
  expect(again.object.name).toBe('report-2');
});

test('a run that does not end keeps the next ones away', () => {
  const c = cron({ concurrencyPolicy: 'Forbid' });
  const long = ofCron(c, 'report-1', ago(9_000), { active: 1, startTime: ago(9_000) });
  const v = the([
    c,
    long,
    event(
      c,
      'JobAlreadyActive',
      'Not starting job because prior execution is running and concurrency policy is Forbid',
      { type: 'Normal' },
    ),
  ]);
  expect(v.code).toBe('job-never-finishes');
  expect(words(v)).toContain('for 2 hours, so its next runs are left out');
  expect(codes([c, long])).toEqual([]);
});

test('schedules that cannot be read, times that are missed', () => {
  const bad = cron({ schedule: '* * * *' });
  expect(
    the([bad, event(bad, 'UnparseableSchedule', 'unparseable schedule: "* * * *" : expected exactly 5 fields')]).code,
  ).toBe('cronjob-schedule-invalid');
  const zone = cron({ timeZone: 'Europe/Atlantis' });
  expect(words(the([zone, event(zone, 'UnknownTimeZone', 'invalid timeZone: "Europe/Atlantis"')]))).toContain(
    'time zone Europe/Atlantis',
  );
  expect(the([cron({ startingDeadlineSeconds: 5 })]).code).toBe('cronjob-start-deadline');
  expect(codes([cron({ startingDeadlineSeconds: 60 })])).toEqual([]);
  expect(codes([cron({ schedule: 'CRON_TZ=Europe/Rome 0 3 * * 1-5' }), cron({ schedule: '@hourly' })])).toEqual([]);
  const missed = cron();
  expect(
    the([
      missed,
      event(missed, 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds'),
    ]).code,
  ).toBe('cronjob-missed');
  expect(
    codes([
      missed,
      event(missed, 'MissSchedule', 'Missed scheduled time to start a job', { lastTimestamp: ago(9_000) }),
    ]),
  ).toEqual([]);
  const suspended = cron({ suspend: true, startingDeadlineSeconds: 5 });
  expect(codes([suspended, event(suspended, 'MissSchedule', 'Missed scheduled time to start a job')])).toEqual([]);
});

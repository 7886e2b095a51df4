import { code, text } from '../../kernel/text.ts';
import { patchOf } from '../fixes.ts';
import { eventEvidence, said } from '../pods.ts';
import { flag, meta, num, str } from '../read.ts';
import type { ObjectRule } from '../rule.ts';
import { age, refOf } from '../snapshot.ts';

const cronRule = (rule: Omit<ObjectRule, 'about' | 'kind'>): ObjectRule => ({
  ...rule,
  about: 'object',
  kind: 'CronJob',
  // Suspended on purpose: nothing is expected of it.
  find: (o, world, workloads) => (flag(o, 'spec', 'suspend') ? undefined : rule.find(o, world, workloads)),
});

export const cronRules: readonly ObjectRule[] = [
  cronRule({
    code: 'cronjob-schedule-invalid',
    title: 'The schedule of a CronJob cannot be read',
    example: 'UnparseableSchedule: unparseable schedule: "* * * *"; or: unknown time zone',
    remedy: 'Correct schedule or timeZone',
    reads: ['CronJob spec.schedule', 'Event UnparseableSchedule'],
    find: (o, world) => {
      const events = world.events('CronJob', o);
      const event =
        said(events, 'UnparseableSchedule') ?? said(events, 'InvalidSchedule') ?? said(events, 'UnknownTimeZone');
      const schedule = str(o, 'spec', 'schedule') ?? '';
      const fields = schedule
        .trim()
        .replace(/^(?:CRON_)?TZ=\S+\s+/, '')
        .split(/\s+/).length;
      if (event === undefined && (schedule === '' || schedule.startsWith('@') || fields === 5)) return undefined;
      const zone = event?.reason === 'UnknownTimeZone';
      return {
        summary: text`The recurring job ${code(meta(o).name)} never runs: its ${zone ? text`time zone ${code(str(o, 'spec', 'timeZone') ?? '')}` : text`schedule ${code(schedule)}`} can’t be read.`,
        evidence: [
          {
            on: refOf('CronJob', o),
            path: zone ? 'spec.timeZone' : 'spec.schedule',
            says: zone ? (str(o, 'spec', 'timeZone') ?? '') : schedule,
          },
          ...(event === undefined ? [] : [eventEvidence(refOf('CronJob', o), event)]),
        ],
      };
    },
  }),
  cronRule({
    code: 'cronjob-start-deadline',
    title: 'A CronJob may start only in a moment that is never looked at',
    example: 'spec.startingDeadlineSeconds: 5',
    remedy: 'Raise startingDeadlineSeconds to 60 or more',
    reads: ['CronJob spec.startingDeadlineSeconds'],
    find: (o) => {
      const seconds = num(o, 'spec', 'startingDeadlineSeconds');
      // The controller looks every ten seconds.
      if (seconds === undefined || seconds >= 10) return undefined;
      return {
        summary: text`The recurring job ${code(meta(o).name)} may never run: it must start within ${seconds} s, and the cluster looks only every 10 s.`,
        evidence: [{ on: refOf('CronJob', o), path: 'spec.startingDeadlineSeconds', says: String(seconds) }],
        confidence: 'likely',
        fixes: [
          patchOf('Let it start within 200 s', 'batch/v1', refOf('CronJob', o), {
            spec: { startingDeadlineSeconds: 200 },
          }),
        ],
      };
    },
  }),
  cronRule({
    code: 'cronjob-missed',
    title: 'A CronJob has missed its runs',
    example: 'MissSchedule: Missed scheduled time to start a job; or: too many missed start times',
    remedy:
      'See concurrencyPolicy and startingDeadlineSeconds; too many misses stop it until startingDeadlineSeconds is set',
    reads: ['CronJob status.lastScheduleTime', 'Event MissSchedule'],
    find: (o, world) => {
      const events = world.events('CronJob', o);
      const event =
        said(events, 'TooManyMissedTimes') ?? said(events, 'FailedNeedsStart') ?? said(events, 'MissSchedule');
      if (event === undefined || age(world, event.at) > 3_600) return undefined;
      const forGood = event.reason !== 'MissSchedule';
      return {
        summary: text`The recurring job ${code(meta(o).name)} ${forGood ? 'is not started any more: it has missed too many of its times' : 'has missed its last time'}.`,
        evidence: [
          eventEvidence(refOf('CronJob', o), event),
          {
            on: refOf('CronJob', o),
            path: 'status.lastScheduleTime',
            says: str(o, 'status', 'lastScheduleTime') ?? 'never',
          },
        ],
        fixes: forGood
          ? [
              patchOf('Let it start within 200 s, and forget what it missed', 'batch/v1', refOf('CronJob', o), {
                spec: { startingDeadlineSeconds: 200 },
              }),
            ]
          : [],
      };
    },
  }),
];

import { at, type Fields, fieldsOf, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import type { KubeObject } from '../types.ts';
import { isTrue } from './condition.ts';
import { nextRun } from './cron.ts';
import { jobDone } from './job.ts';
import { type Controller, controllerRef, ownerOf, self, type World } from './runtime.ts';

const component = 'cronjob-controller';
const kind = 'cronjobs.batch';

export const cronJobs: Controller = {
  name: component,
  watches: { [kind]: self, 'jobs.batch': ownerOf('CronJob') },
  reconcile(namespace, name, world) {
    const cron = world.api.get(kind, namespace, name);
    if (!cron || cron.metadata.deletionTimestamp) return undefined;
    const jobs = world.owned('jobs.batch', cron.metadata.uid);
    keepHistory(cron, jobs, world);
    const active = jobs.filter((job) => !jobDone(job));
    const last = textOf(cron.status?.lastScheduleTime);
    const from = new Date(last || cron.metadata.creationTimestamp);
    const due = nextRun(textOf(cron.spec?.schedule), from);
    if (!due) {
      world.events(cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${textOf(cron.spec?.schedule)}`, {
        component,
      });
      return undefined;
    }
    const left = due.getTime() - world.now().getTime();
    const run = left <= 0 && cron.spec?.suspend !== true && allowed(cron, active, world);
    const made = run ? start(cron, due, world) : undefined;
    const now = made ? [...active, made] : active;
    const succeeded = jobs.filter((job) => isTrue(job, 'Complete')).map((job) => textOf(job.status?.completionTime));
    world.status(kind, cron, {
      ...(now.length > 0 ? { active: now.map(reference) } : {}),
      ...(made ? { lastScheduleTime: stamp(due) } : last ? { lastScheduleTime: last } : {}),
      ...(succeeded.length > 0 ? { lastSuccessfulTime: succeeded.toSorted().at(-1) ?? '' } : {}),
    });
    const next = nextRun(textOf(cron.spec?.schedule), left <= 0 ? world.now() : new Date(due.getTime() - 60_000));
    return next ? Math.max(1_000, next.getTime() - world.now().getTime()) : undefined;
  },
};

const reference = ({ apiVersion, kind: of, metadata }: KubeObject): Fields => ({
  apiVersion,
  kind: of,
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  uid: metadata.uid,
});

function allowed(cron: KubeObject, active: readonly KubeObject[], world: World): boolean {
  if (active.length === 0 || cron.spec?.concurrencyPolicy === 'Allow') return true;
  if (cron.spec?.concurrencyPolicy === 'Forbid') {
    world.events(
      cron,
      'Normal',
      'JobAlreadyActive',
      'Not starting job because prior execution is running and concurrency policy is Forbid',
      { component },
    );
    return false;
  }
  for (const job of active) world.api.delete('jobs.batch', job.metadata.namespace, job.metadata.name);
  return true;
}

function start(cron: KubeObject, due: Date, world: World): KubeObject | undefined {
  const { name, namespace = '' } = cron.metadata;
  const job = `${name}-${Math.floor(due.getTime() / 60_000)}`;
  if (world.api.get('jobs.batch', namespace, job)) return undefined;
  const template = fieldsOf(cron.spec?.jobTemplate);
  const made = world.api.create(
    'jobs.batch',
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: job,
        namespace,
        labels: fieldsOf(at(template, 'metadata', 'labels')),
        annotations: {
          ...fieldsOf(at(template, 'metadata', 'annotations')),
          'batch.kubernetes.io/cronjob-scheduled-timestamp': stamp(due),
        },
        ownerReferences: [controllerRef(cron)],
      },
      spec: fieldsOf(template.spec),
    },
    { manager: 'kube-controller-manager' },
  );
  world.events(cron, 'Normal', 'SuccessfulCreate', `Created job ${job}`, { component });
  return made;
}

function keepHistory(cron: KubeObject, jobs: readonly KubeObject[], world: World): void {
  for (const [type, field] of [
    ['Complete', 'successfulJobsHistoryLimit'],
    ['Failed', 'failedJobsHistoryLimit'],
  ] as const) {
    const done = jobs
      .filter((job) => isTrue(job, type))
      .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
    for (const job of done.slice(0, Math.max(0, done.length - Number(cron.spec?.[field] ?? 1))))
      world.api.delete('jobs.batch', job.metadata.namespace, job.metadata.name);
  }
}

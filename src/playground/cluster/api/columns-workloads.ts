import { at, listOf } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { age } from './age.ts';
import {
  ageColumn,
  type Column,
  condition,
  count,
  field,
  nameColumn,
  number,
  pairs,
  text,
  wide,
  workload,
} from './column.ts';
import { podReady, podRestarts, podStatus } from './pod-status.ts';

const duration = (one: KubeObject, now: number): string => {
  const start = text(one, 'status', 'startTime');
  if (!start) return '';
  const end = text(one, 'status', 'completionTime');
  return age(start, end ? Date.parse(end) : now);
};
const jobStatus = (one: KubeObject): string => {
  const found = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(
    (type) => condition(one, type) === 'True',
  );
  return found ?? (one.metadata.deletionTimestamp ? 'Terminating' : 'Running');
};

/** The columns of what runs. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    nameColumn,
    { name: 'Ready', of: podReady },
    { name: 'Status', of: podStatus },
    { name: 'Restarts', of: podRestarts },
    ageColumn,
    wide({ name: 'IP', of: (one) => text(one, 'status', 'podIP') || '<none>' }),
    wide(field('Node', 'spec', 'nodeName')),
    wide(field('Nominated Node', 'status', 'nominatedNodeName')),
    wide({ name: 'Readiness Gates', of: () => '<none>' }),
  ],
  Deployment: [
    nameColumn,
    { name: 'Ready', of: (one) => `${number(one, 'status', 'readyReplicas')}/${number(one, 'spec', 'replicas')}` },
    count('Up-to-date', 'status', 'updatedReplicas'),
    count('Available', 'status', 'availableReplicas'),
    ageColumn,
    ...workload,
  ],
  ReplicaSet: [
    nameColumn,
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    ageColumn,
    ...workload,
  ],
  StatefulSet: [
    nameColumn,
    { name: 'Ready', of: (one) => `${number(one, 'status', 'readyReplicas')}/${number(one, 'spec', 'replicas')}` },
    ageColumn,
    ...workload.slice(0, 2),
  ],
  DaemonSet: [
    nameColumn,
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Current', 'status', 'currentNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    count('Up-to-date', 'status', 'updatedNumberScheduled'),
    count('Available', 'status', 'numberAvailable'),
    { name: 'Node Selector', of: (one) => pairs(at(one.spec, 'template', 'spec', 'nodeSelector')) },
    ageColumn,
    ...workload,
  ],
  Job: [
    nameColumn,
    { name: 'Status', of: jobStatus },
    { name: 'Completions', of: (one) => `${number(one, 'status', 'succeeded')}/${number(one, 'spec', 'completions')}` },
    { name: 'Duration', of: duration },
    ageColumn,
    ...workload,
  ],
  CronJob: [
    nameColumn,
    field('Schedule', 'spec', 'schedule'),
    field('Timezone', 'spec', 'timeZone'),
    { name: 'Suspend', of: (one) => (one.spec?.suspend === true ? 'True' : 'False') },
    { name: 'Active', type: 'integer', of: (one) => listOf(one.status?.active).length },
    {
      name: 'Last Schedule',
      of: (one, now) => {
        const last = text(one, 'status', 'lastScheduleTime');
        return last ? age(last, now) : '<none>';
      },
    },
    ageColumn,
  ],
};

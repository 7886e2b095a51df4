import { code, text } from '../../kernel/text.ts';
import { deletePods, kubectl, patchContainer, run } from '../fixes.ts';
import { eventEvidence, outOfTime, type Pod, said } from '../pods.ts';
import { condition, entry, instant, list, meta, num, str, strings } from '../read.ts';
import type { PodRule } from '../rule.ts';
import { age, created, type World } from '../snapshot.ts';
import type { Ref } from '../verdict.ts';
import { everyPod, type Workload } from '../workloads.ts';

/** In seconds: what was thrown out longer ago and has come back elsewhere is history. */
const recently = 15 * 60;

const full = (w: Workload): boolean =>
  everyPod(w).filter((p) => p.ready && !p.leaving).length >= Math.max(1, w.desired);

const lostAt = (pod: Pod): number | undefined =>
  instant(condition(pod.o, 'DisruptionTarget'), 'lastTransitionTime') ??
  pod.events.find((e) => e.reason === 'Evicted' || e.reason === 'Preempted')?.at ??
  created(pod.o);

const over = (pod: Pod, w: Workload, world: World): boolean => full(w) && age(world, lostAt(pod)) > recently;

const nodeOf = (pod: Pod): Ref => ({ kind: 'Node', namespace: '', name: pod.node ?? '' });

const status = (pod: Pod) => [
  { on: pod.ref, path: 'status.reason', says: str(pod.o, 'status', 'reason') ?? '' },
  { on: pod.ref, path: 'status.message', says: str(pod.o, 'status', 'message') ?? '' },
];

/** In seconds past its end: a pod that is asked to go takes its grace, and the machine a little more. */
const goodbye = 300;

/** What a machine lacks, by its condition. */
const short: Readonly<Record<string, string>> = {
  DiskPressure: 'disk space',
  MemoryPressure: 'memory',
  PIDPressure: 'process numbers',
};

/** A pod that its machine took in and would not run. Machines that are shut down refuse all, as they should. */
const rejected = (pod: Pod): boolean => {
  const reason = str(pod.o, 'status', 'reason') ?? '';
  return (
    pod.phase === 'Failed' &&
    reason !== 'NodeShutdown' &&
    (/^(?:OutOf\w[\w-]{0,40}|NodeAffinity|NodePorts|UnexpectedAdmissionError)$/.test(reason) ||
      /^Pod was rejected/.test(str(pod.o, 'status', 'message') ?? ''))
  );
};

export const lostPods: readonly PodRule[] = [
  {
    code: 'statefulset-rollback-stuck',
    title: 'A StatefulSet waits for a broken pod that it has already given up',
    example: 'the template is right again, but shop-2 of the version before stays broken',
    remedy: 'Delete the broken pod: only then is it made anew',
    about: 'pod',
    reads: ['StatefulSet status.updateRevision', 'Pod metadata.labels[controller-revision-hash]'],
    find: (pod, w, world) => {
      const wanted = str(w.o, 'status', 'updateRevision');
      const has = str(pod.o, 'metadata', 'labels', 'controller-revision-hash');
      if (w.ref.kind !== 'StatefulSet' || wanted === undefined || has === undefined || has === wanted) return undefined;
      if (pod.ready || pod.leaving || pod.age < 60 || str(w.o, 'spec', 'updateStrategy', 'type') === 'OnDelete')
        return undefined;
      if (str(w.o, 'spec', 'podManagementPolicy') === 'Parallel') return undefined;
      const broken = pod.containers.find(
        (c) => c.waiting.reason !== '' && !/Creating|Initializing/.test(c.waiting.reason),
      );
      if (broken === undefined && age(world, created(pod.o)) < 600) return undefined;
      return {
        summary: text`${code(w.ref.name)} does not come back by itself: its specification was changed, but it waits for ${code(pod.ref.name)} of the version before, which is broken.`,
        evidence: [
          { on: w.ref, path: 'status.updateRevision', says: wanted },
          { on: pod.ref, path: 'metadata.labels[controller-revision-hash]', says: has },
          ...(broken === undefined
            ? []
            : [{ on: pod.ref, path: `${broken.path}.state.waiting.reason`, says: broken.waiting.reason }]),
        ],
        fixes: deletePods(`Delete ${pod.ref.name}, so that it is made anew`, w, [pod.o]),
      };
    },
  },
  {
    code: 'evicted',
    title: 'A machine threw it out',
    example: 'Evicted: The node was low on resource: ephemeral-storage. Container shop was using 5Gi, request is 0',
    remedy: 'Set requests (and limits) for what it used too much of',
    about: 'pod',
    reads: ['Pod status.reason', 'Pod status.message'],
    find: (pod, w, world) => {
      if (pod.phase !== 'Failed' || str(pod.o, 'status', 'reason') !== 'Evicted' || over(pod, w, world))
        return undefined;
      const message = str(pod.o, 'status', 'message') ?? '';
      const resource =
        /low on resource: ([\w-]{1,50})/.exec(message)?.[1] ??
        entry(short, /had condition: \[(\w+)/.exec(message)?.[1] ?? '');
      const [, name, used, request] =
        /Container ([\w.-]{1,63}) was using ([\w.]{1,30})[^.]*?request is ([\w.]{1,30})/.exec(message) ?? [];
      const own = /(?:exceeds the total limit|exceeds the limit|exceeded its local ephemeral storage limit)/.test(
        message,
      );
      return {
        summary: own
          ? text`${code(w.ref.name)} was thrown out by its machine since it wrote more to its disk than it may.`
          : text`${code(w.ref.name)} was thrown out: the machine ${code(pod.node ?? '')} was short of ${resource ?? 'something'}${used === undefined ? '.' : text`, and it used ${code(used)} having asked for ${code(request ?? '0')}.`}`,
        evidence: status(pod),
        symptomOf: own ? [] : [nodeOf(pod)],
        fixes:
          name === undefined || resource === undefined || used === undefined
            ? []
            : [
                patchContainer(
                  `Ask for the ${used} it uses`,
                  w,
                  { name },
                  { resources: { requests: { [resource]: used } } },
                ),
              ],
      };
    },
  },
  {
    code: 'rejected-by-node',
    title: 'The machine that it was sent to had no room',
    example: "OutOfcpu: Pod was rejected: Node didn't have enough resource: cpu",
    remedy: 'Do not name a machine (nodeName); delete the failed pods',
    about: 'pod',
    reads: ['Pod status.reason'],
    find: (pod, w, world) => {
      const reason = str(pod.o, 'status', 'reason') ?? '';
      // As soon as others run in its place it is history: a machine that comes back rejects what it ran before.
      if (!rejected(pod) || full(w) || over(pod, w, world)) return undefined;
      const pinned = str(w.podSpec, 'nodeName');
      const same = everyPod(w).filter((p) => p.phase === 'Failed' && str(p.o, 'status', 'reason') === reason);
      return {
        summary: text`${code(w.ref.name)} was sent to the machine ${code(pod.node ?? '')}, ${reason.startsWith('OutOf') ? 'which has no room for it' : 'which refuses it, as quoted'}${pinned === undefined ? '.' : text`; its specification names that machine (${code('nodeName')}).`}`,
        evidence: status(pod),
        symptomOf: [nodeOf(pod)],
        fixes: [
          ...deletePods(
            'Delete the pods that failed',
            w,
            same.map((p) => p.o),
          ),
        ],
      };
    },
  },
  {
    code: 'pod-deadline',
    title: 'It ran longer than its pod may',
    example: 'DeadlineExceeded: Pod was active on the node longer than the specified deadline',
    remedy: 'Raise activeDeadlineSeconds of the pod, or make it faster',
    about: 'pod',
    reads: ['Pod status.reason', 'Pod spec.activeDeadlineSeconds'],
    find: (pod, w, world) => {
      // A job starts another try, and tells of all its tries by itself.
      if (!outOfTime(pod) || w.ref.kind === 'Job' || over(pod, w, world)) return undefined;
      const seconds = num(pod.o, 'spec', 'activeDeadlineSeconds');
      return {
        summary: text`${code(w.ref.name)} was stopped by its machine since it ran longer than ${seconds === undefined ? 'it may' : `the ${seconds} s that it may`}.`,
        evidence: [
          ...status(pod),
          ...(seconds === undefined
            ? []
            : [{ on: pod.ref, path: 'spec.activeDeadlineSeconds', says: String(seconds) }]),
        ],
      };
    },
  },
  {
    code: 'preempted',
    title: 'It had to make room for something more important',
    example: 'Preempted by pod 4f1c… on node node-3',
    remedy: 'Give it a higher priority class, or add machines',
    about: 'pod',
    reads: ['Event Preempted', 'Pod status.conditions[DisruptionTarget]'],
    find: (pod, w, world) => {
      const target = condition(pod.o, 'DisruptionTarget');
      const event = said(pod.events, 'Preempted');
      const preempted =
        str(target, 'reason') === 'PreemptionByScheduler' ||
        str(pod.o, 'status', 'reason') === 'Preempting' ||
        event !== undefined;
      if (!preempted || pod.ready || full(w) || over(pod, w, world)) return undefined;
      return {
        summary: text`${code(w.ref.name)} had to make room on ${code(pod.node ?? 'its machine')} for something with a higher priority, and has not found another place.`,
        evidence:
          event === undefined
            ? [
                {
                  on: pod.ref,
                  path: 'status.conditions[DisruptionTarget].message',
                  says: str(target, 'message') ?? 'Preempting',
                },
              ]
            : [eventEvidence(pod.ref, event)],
      };
    },
  },
  {
    code: 'terminating-stuck',
    title: 'A pod does not go away',
    example: 'metadata.deletionTimestamp is long past; finalizers are left, or the machine is gone',
    remedy: 'Find out who holds it (finalizers); delete it by force only when the machine is surely gone',
    about: 'pod',
    reads: ['Pod metadata.deletionTimestamp', 'Pod metadata.finalizers'],
    find: (pod, w, world) => {
      const at = instant(pod.o, 'metadata', 'deletionTimestamp');
      if (at === undefined || age(world, at) < goodbye) return undefined;
      const held = strings(pod.o, 'metadata', 'finalizers');
      const gone =
        pod.node !== undefined &&
        world.listed('Node') &&
        world.get('Node', '', pod.node) === undefined &&
        list({ n: world.all('Node') }, 'n').length > 0;
      return {
        summary: text`The old pod ${code(meta(pod.o).name)} of ${code(w.ref.name)} does not go away${held.length > 0 ? text`: ${code(held.join(', '))} has not let go of it` : gone ? ': its machine is gone' : ''}.`,
        evidence: [
          { on: pod.ref, path: 'metadata.deletionTimestamp', says: str(pod.o, 'metadata', 'deletionTimestamp') ?? '' },
          ...(held.length === 0 ? [] : [{ on: pod.ref, path: 'metadata.finalizers', says: held.join(', ') }]),
        ],
        symptomOf: [nodeOf(pod)],
        fixes: [
          // No button: two of one may run at once then, and only somebody who has looked knows.
          run(
            'ask',
            'Delete it by force (it may still run on a machine that is cut off)',
            kubectl(pod.ref.namespace, 'delete', 'pod', pod.ref.name, '--grace-period=0', '--force'),
          ),
        ],
      };
    },
  },
];

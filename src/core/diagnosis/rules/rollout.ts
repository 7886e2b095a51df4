import { code, text } from '../../kernel/text.ts';
import { onPurpose } from '../blast.ts';
import { describe } from '../fixes.ts';
import { near } from '../near.ts';
import { changedAt, condition, instant, num, obj, str } from '../read.ts';
import { namesOf } from '../references.ts';
import type { Family, Found, Rule, WorkloadRule } from '../rule.ts';
import { age, created, generationBehind, type World } from '../snapshot.ts';
import { everyPod, type Workload } from '../workloads.ts';

const rolloutRule = (rule: Omit<WorkloadRule, 'about'>): WorkloadRule => ({
  ...rule,
  about: 'workload',
  find: (w, world) => (w.o === undefined || onPurpose(w) ? undefined : rule.find(w, world)),
});

/** What can be said of a rollout as a whole, when nothing better is known of its pods. */
const rules: readonly Rule[] = [
  rolloutRule({
    code: 'statefulset-service-missing',
    title: 'The service that names its pods does not exist',
    example: 'StatefulSet spec.serviceName names no Service',
    remedy: 'Create the headless Service',
    reads: ['StatefulSet spec.serviceName', 'Service'],
    find: (w, world) => {
      const name = str(w.o, 'spec', 'serviceName');
      if (
        w.ref.kind !== 'StatefulSet' ||
        name === undefined ||
        // Whoever makes both makes one of them first.
        age(world, w.o && created(w.o)) < 60 ||
        !world.listed('Service') ||
        world.get('Service', w.ref.namespace, name) !== undefined
      )
        return undefined;
      const close = near(name, namesOf(world, 'Service', w.ref.namespace));
      return {
        summary: text`The pods of ${code(w.ref.name)} can’t find each other by name: the service ${code(name)} that it names does not exist${close[0] === undefined ? '.' : text`; ${code(close[0])} does.`}`,
        evidence: [{ on: w.ref, path: 'spec.serviceName', says: name }],
        near: close,
        confidence: 'likely',
        fixes: [
          {
            kind: 'create',
            title: `Create the headless service ${name}`,
            patch: {
              apiVersion: 'v1',
              kind: 'Service',
              metadata: { name, namespace: w.ref.namespace },
              spec: { clusterIP: 'None', selector: obj(w.o, 'spec', 'selector', 'matchLabels') },
            },
          },
        ],
      };
    },
  }),
  rolloutRule({
    code: 'spec-not-observed',
    title: 'The cluster has not noticed the change',
    example: 'metadata.generation is ahead of status.observedGeneration for more than a minute',
    remedy: 'Whoever runs the cluster has to look at its controller-manager',
    reads: ['metadata.generation', 'status.observedGeneration'],
    find: (w, world) => {
      if (w.o === undefined || !generationBehind(w.o) || age(world, changedAt(w.o)) < 60) return undefined;
      return {
        summary: text`The cluster has not taken up the last change of ${code(w.ref.name)}: its controllers do not keep up, or do not run.`,
        evidence: [
          { on: w.ref, path: 'metadata.generation', says: String(num(w.o, 'metadata', 'generation')) },
          { on: w.ref, path: 'status.observedGeneration', says: String(num(w.o, 'status', 'observedGeneration')) },
        ],
        confidence: 'likely',
        upstream: { kind: 'Cluster', namespace: '', name: 'controllers' },
        together: text`The cluster does not take up changes: its controllers do not keep up, or do not run.`,
      };
    },
  }),
  rolloutRule({
    code: 'pods-not-created',
    title: 'Pods are missing, and nobody says why',
    example: 'spec.replicas: 3, status.replicas: 0, no event',
    remedy: 'Look at the workload; its events may have expired',
    reads: ['spec.replicas', 'status.replicas'],
    find: (w, world) => {
      if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(w.ref.kind) || w.o === undefined || w.desired === 0)
        return undefined;
      if (everyPod(w).length > 0 || !world.listed('Pod') || (num(w.o, 'status', 'replicas') ?? 0) > 0) return undefined;
      if (age(world, changedAt(w.o)) < 120 || num(w.o, 'status', 'observedGeneration') === undefined) return undefined;
      return {
        summary: text`${code(w.ref.name)} should run ${w.desired} ${w.desired === 1 ? 'pod' : 'pods'} and has none, and the cluster does not say why.`,
        evidence: [
          { on: w.ref, path: 'spec.replicas', says: String(w.desired) },
          { on: w.ref, path: 'status.replicas', says: String(num(w.o, 'status', 'replicas') ?? 0) },
        ],
        confidence: 'unclear',
        fixes: [describe(w.ref)],
      };
    },
  }),
  rolloutRule({
    code: 'rollout-stuck',
    title: 'A rollout does not get on',
    example: 'Progressing=False, ProgressDeadlineExceeded: ReplicaSet "shop-1" has timed out progressing.',
    remedy: 'Look at its newest pods; until then roll back',
    rollback: true,
    reads: ['Deployment status.conditions[Progressing]'],
    find: (w) => {
      const c = condition(w.o, 'Progressing');
      if (str(c, 'reason') !== 'ProgressDeadlineExceeded' || c?.status === 'True') return undefined;
      const ready = everyPod(w).filter((p) => p.ready).length;
      // The condition stays until the next rollout, though its pods may have come since.
      if (w.pods.length >= w.desired && w.pods.every((p) => p.ready) && w.desired > 0) return undefined;
      return {
        summary: text`The new version of ${code(w.ref.name)} has not become ready in the time that it has (${num(w.o, 'spec', 'progressDeadlineSeconds') ?? 600} s); ${ready} of ${w.desired} pods are ready.`,
        evidence: [
          {
            on: w.ref,
            path: 'status.conditions[Progressing].message',
            says: str(c, 'message') ?? 'ProgressDeadlineExceeded',
          },
        ],
        confidence: 'unclear',
        fixes: [describe(w.ref)],
      };
    },
  }),
  rolloutRule({
    code: 'pods-not-ready',
    title: 'Pods run but are not ready, and nobody says why',
    example: 'status.readyReplicas stays below spec.replicas, without an event',
    remedy: 'Look at the pods; their events may have expired',
    rollback: true,
    reads: ['Pod status.conditions[Ready]'],
    find: (w, world) => {
      const idle = everyPod(w).filter(
        (p) => ['Running', 'Pending', 'Unknown'].includes(p.phase) && !p.ready && !p.leaving && p.age > 600,
      );
      const [pod] = idle;
      if (pod === undefined) return fromStatus(w, world);
      if (w.ref.kind === 'Job' || age(world, created(pod.o)) < 600) return undefined;
      const ready = condition(pod.o, 'Ready');
      return {
        summary: text`${idle.length} of ${w.desired} pods of ${code(w.ref.name)} ${idle.length === 1 ? 'is' : 'are'} not ready for more than ten minutes, and the cluster does not say why.`,
        evidence: [
          {
            on: pod.ref,
            path: 'status.conditions[Ready]',
            says: `${str(ready, 'reason') ?? pod.phase}: ${str(ready, 'message') ?? ''}`,
          },
        ],
        confidence: 'unclear',
        fixes: [describe(pod.ref)],
      };
    },
  }),
];

/** When its pods are not among the objects, its own status is all there is. */
function fromStatus(w: Workload, world: World): Found | undefined {
  const available = condition(w.o, 'Available');
  const missing = num(w.o, 'status', 'unavailableReplicas') ?? 0;
  if (world.listed('Pod') || available?.status !== 'False' || missing === 0) return undefined;
  if (age(world, instant(available, 'lastTransitionTime')) < 600) return undefined;
  return {
    summary: text`${missing} of ${w.desired} pods of ${code(w.ref.name)} are not ready for more than ten minutes; what its pods say would tell why.`,
    evidence: [
      {
        on: w.ref,
        path: 'status.conditions[Available]',
        says: `${str(available, 'reason') ?? ''}: ${str(available, 'message') ?? ''}`,
      },
    ],
    confidence: 'unclear',
    fixes: [describe(w.ref)],
  };
}

export const rollout: Family = { stage: 'rollout', title: 'Rollouts', rules };

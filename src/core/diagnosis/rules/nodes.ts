import { code, text } from '../../kernel/text.ts';
import { describe, kubectl, run } from '../fixes.ts';
import { eventEvidence, said } from '../pods.ts';
import { condition, entry, meta, type Obj, str } from '../read.ts';
import type { Family, ObjectRule, Rule } from '../rule.ts';
import { age, created, refOf, type World } from '../snapshot.ts';
import type { Ref } from '../verdict.ts';
import { everyPod, type Workload } from '../workloads.ts';
import { lostPods } from './lost-pods.ts';

/** In seconds: a machine that has just come is not ready at once. */
const arrival = 180;

const onNode = (node: Obj, workloads: readonly Workload[]): readonly Ref[] =>
  workloads
    .filter((w) => everyPod(w).some((p) => p.node === meta(node).name && p.phase !== 'Succeeded'))
    .map((w) => w.ref);

/** Whether the machine does not work at all: what is said of its pods is then of the past. */
export const nodeDown = (node: Obj | undefined): boolean => {
  const ready = condition(node, 'Ready');
  return ready !== undefined && ready.status !== 'True';
};

const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'is nearly out of memory',
  DiskPressure: 'has nearly no disk space left',
  PIDPressure: 'runs nearly as many processes as it can',
  NetworkUnavailable: 'has no network',
};

const nodeRule = (rule: Omit<ObjectRule, 'about' | 'kind'>): ObjectRule => ({ ...rule, about: 'object', kind: 'Node' });

const pressureRule = (type: string, ruleCode: string, title: string, remedy: string): ObjectRule =>
  nodeRule({
    code: ruleCode,
    title,
    example: `Node status.conditions[${type}].status: True`,
    remedy,
    reads: ['Node status.conditions'],
    find: (node, _world, workloads) => {
      const c = condition(node, type);
      if (c?.status !== 'True' || nodeDown(node)) return undefined;
      const ref = refOf('Node', node);
      return {
        summary: text`The machine ${code(ref.name)} ${entry(pressures, type) ?? 'is not well'}, so it takes no new pods and may throw some out.`,
        evidence: [{ on: ref, path: `status.conditions[${type}].message`, says: str(c, 'message') ?? 'True' }],
        affected: onNode(node, workloads),
        fixes: [describe(ref)],
      };
    },
  });

const rules: readonly Rule[] = [
  nodeRule({
    code: 'node-not-ready',
    title: 'A machine does not work',
    example: 'Node status.conditions[Ready]: Unknown, Kubelet stopped posting node status.',
    remedy: 'Whoever runs the cluster has to look at the machine; its pods come back elsewhere after five minutes',
    reads: ['Node status.conditions[Ready]'],
    find: (node, world, workloads) => {
      const ready = condition(node, 'Ready');
      if (!nodeDown(node) || age(world, created(node)) < arrival) return undefined;
      const ref = refOf('Node', node);
      const affected = onNode(node, workloads);
      const silent = ready?.status === 'Unknown';
      return {
        summary: text`The machine ${code(ref.name)} ${silent ? 'does not answer any more' : 'says that it is not ready'}${affected.length === 0 ? '.' : text`; ${String(affected.length)} ${affected.length === 1 ? 'workload has' : 'workloads have'} pods on it.`}`,
        evidence: [
          {
            on: ref,
            path: 'status.conditions[Ready].message',
            says: `${str(ready, 'reason') ?? ''}: ${str(ready, 'message') ?? ''}`,
          },
        ],
        affected,
        fixes: [
          describe(ref),
          run(
            'ask',
            'Move its pods elsewhere',
            kubectl('', 'drain', ref.name, '--ignore-daemonsets', '--delete-emptydir-data'),
          ),
        ],
      };
    },
  }),
  pressureRule(
    'MemoryPressure',
    'node-memory-pressure',
    'A machine runs out of memory',
    'Set memory requests, so that the machine is not filled beyond its memory',
  ),
  pressureRule(
    'DiskPressure',
    'node-disk-pressure',
    'A machine runs out of disk space',
    'Clean up images and logs; set ephemeral-storage requests',
  ),
  pressureRule(
    'PIDPressure',
    'node-process-pressure',
    'A machine runs out of process numbers',
    'Find what starts so many processes',
  ),
  pressureRule(
    'NetworkUnavailable',
    'node-network-unavailable',
    'A machine has no network',
    'Whoever runs the cluster has to look at its network plugin',
  ),
  nodeRule({
    code: 'node-out-of-memory',
    title: 'A machine had to kill processes for memory',
    example: 'SystemOOM: System OOM encountered, victim process: python, pid: 4711',
    remedy: 'Give what runs there memory limits; a process inside a container may be gone though the container runs on',
    reads: ['Event SystemOOM', 'Event OOMKilling'],
    find: (node, world) => {
      const events = world.events('Node', node);
      const event = said(events, 'SystemOOM') ?? said(events, 'OOMKilling');
      if (event === undefined || age(world, event.at) > 900) return undefined;
      const ref = refOf('Node', node);
      const victim = /victim process: ([^,]{1,100})|Killed process \d+ \(([^)]{1,100})\)/.exec(event.message);
      return {
        summary: text`The machine ${code(ref.name)} ran out of memory and killed ${victim === null ? 'a process' : text`the process ${code(victim[1] ?? victim[2] ?? '')}`}; the container it belonged to may go on without it.`,
        evidence: [eventEvidence(ref, event)],
        fixes: [describe(ref)],
      };
    },
  }),
  ...lostPods,
];

export const onDownNode = (world: World, node: string | undefined): boolean =>
  node !== undefined &&
  nodeDown(world.get('Node', '', node)) &&
  age(world, created(world.get('Node', '', node) ?? {})) >= arrival;

export const nodes: Family = { stage: 'nodes', title: 'Machines', rules };

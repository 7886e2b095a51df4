import { code, text } from '../../kernel/text.ts';
import { describe, kubectl, patchPods, run } from '../fixes.ts';
import { near } from '../near.ts';
import { noPlace, type PlaceRule, type Unplaced } from '../placing.ts';
import { flag, list, meta, pairs, str } from '../read.ts';
import type { Family, PodRule } from '../rule.ts';
import { unscheduled } from '../scheduler.ts';
import { age, created } from '../snapshot.ts';
import { taintBetween, taintOf } from '../taints.ts';
import { claimTrouble } from './claims.ts';
import { claimMissing, deviceTrouble } from './devices.ts';
import { insufficient } from './insufficient.ts';

const placeRule = ({ match, say, ...rule }: PlaceRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: ['Pod status.conditions[PodScheduled]', 'Event FailedScheduling'],
  find: (pod, w, world) => {
    const u = unscheduled(pod, world);
    const r = u?.refusals.find(({ why }) => match.test(why));
    if (u === undefined || r === undefined) return undefined;
    const found = say({ pod, w, world, u, r });
    return found && { ...found, evidence: [...u.evidence, ...(found.evidence ?? [])] };
  },
});

/** A word on how many of the machines say so. */
const of = ({ u, r }: Unplaced): string =>
  u.nodes > 0 && r.nodes < u.nodes
    ? `${r.nodes} of ${u.nodes} machines`
    : u.nodes > 1
      ? `all ${u.nodes} machines`
      : 'the machine';
const alone = ({ r }: Unplaced): boolean => r.nodes === 1;

const rules: readonly PodRule[] = [
  claimMissing,
  ...claimTrouble.map(placeRule),
  ...deviceTrouble.map(placeRule),
  ...insufficient.map(placeRule),
  placeRule({
    code: 'volume-zone-conflict',
    title: 'Its volume lies in another zone than the machines',
    example: '2 node(s) had volume node affinity conflict',
    remedy: 'Add a machine in that zone, or move the data',
    match: /volume node affinity conflict|didn't match PersistentVolume's node affinity|no available volume zone/,
    say: (x) => ({ summary: noPlace(x, text`its volume lies in a zone where no machine is free for it.`) }),
  }),
  placeRule({
    code: 'node-volume-limit',
    title: 'The machines hold as many volumes as they can',
    example: '3 node(s) exceed max volume count',
    remedy: 'Add machines',
    match: /exceed max volume count/,
    say: (x) => ({
      summary: noPlace(
        x,
        text`${of(x)} already ${alone(x) ? 'holds as many volumes as it' : 'hold as many volumes as they'} can.`,
      ),
    }),
  }),
  placeRule({
    code: 'host-port-taken',
    title: 'Its host port is taken',
    example: "3 node(s) didn't have free ports for the requested pod ports",
    remedy: 'Drop hostPort, or run no more copies than machines',
    match: /free ports for the requested pod ports/,
    say: (x) => ({
      summary: noPlace(x, text`the port of the machine that it wants (${code('hostPort')}) is taken on ${of(x)}.`),
    }),
  }),
  placeRule({
    code: 'pod-anti-affinity',
    title: 'Its copies may not share a machine, and there are too few',
    example: "3 node(s) didn't match pod anti-affinity rules",
    remedy: 'Make the rule a preference, or add machines',
    match: /anti-affinity rules/,
    say: (x) => ({
      summary: noPlace(
        x,
        text`it must not share a machine with certain others (pod anti-affinity), and ${of(x)} ${alone(x) ? 'has' : 'have'} one.`,
      ),
      fixes: /existing pods/.test(x.r.why) ? [] : [soften('podAntiAffinity', x)],
    }),
  }),
  placeRule({
    code: 'pod-affinity',
    title: 'What it must run beside is nowhere',
    example: "3 node(s) didn't match pod affinity rules",
    remedy: 'Start what it wants to run beside, or correct the labels',
    match: /didn't match pod affinity/,
    say: (x) => ({
      summary: noPlace(
        x,
        text`it must run beside certain other pods (pod affinity), and ${of(x)} ${alone(x) ? 'has' : 'have'} none of them.`,
      ),
    }),
  }),
  placeRule({
    code: 'topology-spread',
    title: 'It may not be spread so unevenly',
    example: "2 node(s) didn't match pod topology spread constraints",
    remedy: 'Set whenUnsatisfiable to ScheduleAnyway, or add machines in the other zones',
    match: /topology spread constraints/,
    say: (x) => ({
      summary: noPlace(
        x,
        text`its copies must be spread evenly (${code('topologySpreadConstraints')}), and where the next one should go is no room.`,
      ),
      fixes: [
        patchPods('Make the spreading a preference', x.w, {
          topologySpreadConstraints: list(x.w.podSpec, 'topologySpreadConstraints').map((c) => ({
            ...c,
            whenUnsatisfiable: 'ScheduleAnyway',
          })),
        }),
      ],
    }),
  }),
  placeRule({
    code: 'nodes-unhealthy',
    title: 'The machines that fit are not well',
    example: '3 node(s) had untolerated taint {node.kubernetes.io/not-ready: }',
    remedy: 'Whoever runs the cluster has to look at the machines',
    match: /taint \{node\.(?:kubernetes|cloudprovider\.kubernetes)\.io\/(?!unschedulable)/,
    say: (x) => {
      const taint = taintOf(x.r.why)?.key.split('/')[1] ?? '';
      return {
        summary: noPlace(x, text`${of(x)} ${alone(x) ? 'is' : 'are'} not well (${code(taint)}).`),
        upstream: { kind: 'Cluster', namespace: '', name: taint },
        together: text`Machines are not well (${code(taint)}), so new pods find no place.`,
        fixes: [run('look', 'Look at the machines', kubectl('', 'get', 'nodes', '-o', 'wide'))],
      };
    },
  }),
  placeRule({
    code: 'untolerated-taint',
    title: 'The machines are kept for others',
    example: '4 node(s) had untolerated taint {dedicated: gpu}',
    remedy: 'Add a toleration, if it may run there',
    match: /untolerated taint\(s\)|taint \{(?!node\.kubernetes\.io\/unschedulable)/,
    say: (x) => {
      // Newer schedulers only count: which taint it is stands on the machines.
      const taint = taintOf(x.r.why) ?? taintBetween(x.pod, x.world);
      if (taint === undefined)
        // Where others have another reason that one tells more.
        return x.u.refusals.length > 1
          ? undefined
          : {
              summary: noPlace(x, text`${of(x)} ${alone(x) ? 'is' : 'are'} kept for others (by their taints).`),
              fixes: [
                run(
                  'look',
                  'See what they are kept for',
                  kubectl('', 'get', 'nodes', '-o', 'custom-columns=NAME:.metadata.name,TAINTS:.spec.taints'),
                ),
              ],
            };
      const { key, value } = taint;
      const toleration = value === '' ? { key, operator: 'Exists' } : { key, operator: 'Equal', value };
      return {
        summary: noPlace(
          x,
          text`${of(x)} ${x.r.nodes === 1 ? 'is' : 'are'} kept for others (taint ${code(value === '' ? key : `${key}=${value}`)}).`,
        ),
        fixes: [
          patchPods(`Let it run on machines with ${key}`, x.w, {
            tolerations: [...list(x.w.podSpec, 'tolerations'), toleration],
          }),
        ],
      };
    },
  }),
  placeRule({
    code: 'nodes-cordoned',
    title: 'The machines are closed for new pods',
    example: '3 node(s) were unschedulable',
    remedy: 'Open them again (uncordon) when the maintenance is over',
    match: /were unschedulable|taint \{node\.kubernetes\.io\/unschedulable/,
    say: (x) => {
      const closed = x.world.all('Node').filter((n) => flag(n, 'spec', 'unschedulable'));
      return {
        summary: noPlace(x, text`${of(x)} ${x.r.nodes === 1 ? 'is' : 'are'} closed for new pods (cordoned).`),
        upstream: { kind: 'Cluster', namespace: '', name: 'cordoned nodes' },
        together: text`Machines are closed for new pods (cordoned), and the others have no room.`,
        fixes: [
          run(
            'ask',
            'Open them again',
            kubectl('', 'uncordon', ...(closed.length > 0 ? closed.map((n) => meta(n).name).slice(0, 10) : ['NODE'])),
          ),
        ],
      };
    },
  }),
  placeRule({
    code: 'node-selector',
    title: 'No machine has the labels that it asks for',
    example: "5 node(s) didn't match Pod's node affinity/selector",
    remedy: 'Correct nodeSelector or node affinity, or label a machine',
    rollback: true,
    match: /node affinity\/selector|node selector|didn't match node selector/,
    say: (x) => {
      const wanted = pairs(x.w.podSpec, 'nodeSelector');
      const nodes = x.world.all('Node');
      const odd = wanted.find(
        ([key, value]) => nodes.length > 0 && nodes.every((n) => str(n, 'metadata', 'labels', key) !== value),
      );
      const [key = '', value = ''] = odd ?? wanted[0] ?? [];
      const values = near(
        value,
        nodes.flatMap((n) => str(n, 'metadata', 'labels', key) ?? []),
      );
      const keys =
        values.length > 0
          ? []
          : near(
              key,
              nodes.flatMap((n) => pairs(n, 'metadata', 'labels').map(([k]) => k)),
            );
      const [meant] = values;
      return {
        summary: noPlace(
          x,
          key === ''
            ? text`no machine has the labels that its node affinity asks for.`
            : text`it asks for machines labelled ${code(`${key}=${value}`)}, and there is none${meant === undefined ? '.' : text`; some have ${code(`${key}=${meant}`)}.`}`,
        ),
        near: [...values, ...keys],
        fixes: [
          ...(meant === undefined
            ? []
            : [patchPods(`Ask for ${key}=${meant}`, x.w, { nodeSelector: { [key]: meant } })]),
          ...(key === '' ? [] : [patchPods(`Do not ask for ${key}`, x.w, { nodeSelector: { [key]: null } })]),
        ],
      };
    },
  }),
  placeRule({
    code: 'unschedulable-unrecognised',
    title: 'No machine takes it, for a reason we do not know',
    example: '0/3 nodes are available: something new',
    remedy: 'Read the quoted message',
    match: /\S/,
    say: (x) => ({
      summary: noPlace(x, text`the scheduler’s message, which we do not recognise, is quoted.`),
      confidence: 'unclear',
      fixes: [describe(x.pod.ref)],
    }),
  }),
  {
    code: 'scheduler-missing',
    title: 'Nobody looks for a machine',
    example: 'Pending, without a node, without a PodScheduled condition',
    remedy: 'Correct schedulerName; or see whether the scheduler runs',
    about: 'pod',
    reads: ['Pod spec.schedulerName', 'Pod status.conditions'],
    find: (pod, w, world) => {
      if (pod.phase !== 'Pending' || pod.node !== undefined || pod.leaving || age(world, created(pod.o)) < 60)
        return undefined;
      if (list(pod.o, 'status', 'conditions').length > 0 || pod.containers.length > 0 || pod.events.length > 0)
        return undefined;
      // One whose claims for devices are not there yet is not in its queue.
      if (list(pod.spec, 'resourceClaims').length > 0) return undefined;
      const name = str(pod.spec, 'schedulerName') ?? 'default-scheduler';
      return {
        summary: text`${code(w.ref.name)} waits for a machine, but nobody looks for one: the scheduler ${code(name)} says nothing.`,
        evidence: [{ on: pod.ref, path: 'spec.schedulerName', says: name }],
        confidence: 'likely',
        near: near(name, ['default-scheduler']),
        upstream: { kind: 'Cluster', namespace: '', name },
        fixes:
          name === 'default-scheduler'
            ? []
            : [patchPods('Use the scheduler that there always is', w, { schedulerName: 'default-scheduler' })],
      };
    },
  },
];

function soften(kind: 'podAntiAffinity', x: Unplaced) {
  const hard = list(x.w.podSpec, 'affinity', kind, 'requiredDuringSchedulingIgnoredDuringExecution');
  return patchPods('Make it a preference', x.w, {
    affinity: {
      [kind]: {
        requiredDuringSchedulingIgnoredDuringExecution: null,
        preferredDuringSchedulingIgnoredDuringExecution: [
          ...list(x.w.podSpec, 'affinity', kind, 'preferredDuringSchedulingIgnoredDuringExecution'),
          ...hard.map((podAffinityTerm) => ({ weight: 100, podAffinityTerm })),
        ],
      },
    },
  });
}

export const scheduling: Family = { stage: 'scheduling', title: 'Finding a machine', rules };

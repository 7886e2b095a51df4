import { code, text } from '../../kernel/text.ts';
import { describe, kubectl, patchContainer, patchOf, run } from '../fixes.ts';
import { labelsOf, selects } from '../labels.ts';
import { near } from '../near.ts';
import { condition, flag, instant, meta, num, type Obj, obj, str } from '../read.ts';
import { namesOf } from '../references.ts';
import type { Family, Found, ObjectRule, Rule } from '../rule.ts';
import { age, created, refOf, type World } from '../snapshot.ts';
import type { Ref } from '../verdict.ts';
import { everyPod } from '../workloads.ts';

const hpaRule = (rule: Omit<ObjectRule, 'about' | 'kind'>): ObjectRule => ({
  ...rule,
  about: 'object',
  kind: 'HorizontalPodAutoscaler',
});

const hpa = (o: Obj): Ref => refOf('HorizontalPodAutoscaler', o);

const target = (o: Obj): Ref => ({
  kind: str(o, 'spec', 'scaleTargetRef', 'kind') ?? '',
  namespace: meta(o).namespace,
  name: str(o, 'spec', 'scaleTargetRef', 'name') ?? '',
});

const quoted = (o: Obj, type: string) => {
  const c = condition(o, type);
  return [
    { on: hpa(o), path: `status.conditions[${type}]`, says: `${str(c, 'reason') ?? ''}: ${str(c, 'message') ?? ''}` },
  ];
};

/** For how long it has not been able to scale: a moment after a start tells nothing. */
const inactive = (o: Obj, world: World): string | undefined => {
  const c = condition(o, 'ScalingActive');
  const since = age(world, instant(c, 'lastTransitionTime') ?? created(o));
  return c?.status === 'False' && since > 120 && str(c, 'reason') !== 'ScalingDisabled'
    ? (str(c, 'message') ?? '')
    : undefined;
};

/** It goes by a number that Kubernetes itself does not measure, and nobody tells it. */
function strange(o: Obj, kind: string, message: string): Found {
  const [, metric] =
    /get (?:external metric|metric|object metric) (?:[\w.-]{1,253}\/)?([\w.-]{1,253})/.exec(message) ?? [];
  const api = `v1beta1.${kind}.metrics.k8s.io`;
  const silent = /currently unable|no \w+ metrics API .{0,80}registered|could not find the requested resource/.test(
    message,
  );
  return {
    summary: text`The autoscaler ${code(meta(o).name)} does nothing: it goes by ${metric === undefined ? 'a number' : code(metric)}, ${silent ? text`and what measures it for the cluster (${code(api)}) does not answer` : 'which nobody measures, or under another name'}.`,
    evidence: quoted(o, 'ScalingActive'),
    affected: [target(o)],
    ...(silent
      ? {
          upstream: { kind: 'APIService', namespace: '', name: api },
          together: text`Autoscalers do nothing: what measures for them (${code(api)}) does not answer.`,
        }
      : {}),
    fixes: [run('look', 'See who measures it', kubectl('', 'get', 'apiservice', api)), describe(hpa(o))],
  };
}

const rules: readonly Rule[] = [
  hpaRule({
    code: 'autoscaler-target-missing',
    title: 'An autoscaler scales something that does not exist',
    example: 'AbleToScale=False, FailedGetScale: deployments.apps "shop" not found',
    remedy: 'Correct scaleTargetRef',
    reads: ['HorizontalPodAutoscaler status.conditions[AbleToScale]', 'spec.scaleTargetRef'],
    find: (o, world) => {
      const c = condition(o, 'AbleToScale');
      if (c?.status !== 'False' || str(c, 'reason') !== 'FailedGetScale' || !/not found/.test(str(c, 'message') ?? ''))
        return undefined;
      const { kind, name, namespace } = target(o);
      const close = near(name, namesOf(world, kind, namespace));
      return {
        summary: text`The autoscaler ${code(meta(o).name)} does nothing: ${code(name)}, which it should scale, does not exist${close[0] === undefined ? '.' : text`; ${code(close[0])} does.`}`,
        evidence: quoted(o, 'AbleToScale'),
        near: close,
        fixes:
          close[0] === undefined
            ? []
            : [
                patchOf(`Scale ${close[0]}`, 'autoscaling/v2', hpa(o), {
                  spec: { scaleTargetRef: { ...obj(o, 'spec', 'scaleTargetRef'), name: close[0] } },
                }),
              ],
      };
    },
  }),
  hpaRule({
    code: 'autoscaler-needs-request',
    title: 'An autoscaler needs to know what a pod asks for',
    example: 'ScalingActive=False, FailedGetResourceMetric: missing request for cpu in container shop of Pod shop-1',
    remedy: 'Set requests for that resource',
    reads: ['HorizontalPodAutoscaler status.conditions[ScalingActive]'],
    find: (o, world, workloads) => {
      const m = /missing request for ([\w.-]{1,60})(?: in container ([\w.-]{1,63}))?/.exec(inactive(o, world) ?? '');
      if (m === null) return undefined;
      const [, resource = 'cpu', container] = m;
      const w = workloads.find(
        (one) =>
          one.ref.name === target(o).name && one.ref.kind === target(o).kind && one.ref.namespace === meta(o).namespace,
      );
      return {
        summary: text`The autoscaler ${code(meta(o).name)} does nothing: it goes by the use of ${resource}, and ${code(container ?? target(o).name)} does not say how much it asks for.`,
        evidence: quoted(o, 'ScalingActive'),
        affected: [target(o)],
        fixes:
          w === undefined || container === undefined
            ? []
            : [
                patchContainer(
                  `Ask for ${resource}`,
                  w,
                  { name: container },
                  { resources: { requests: { [resource]: resource === 'memory' ? '128Mi' : '100m' } } },
                ),
              ],
      };
    },
  }),
  hpaRule({
    code: 'autoscaler-no-metrics',
    title: 'An autoscaler is told nothing',
    example:
      'FailedGetResourceMetric: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
    remedy: 'See whether metrics-server runs',
    reads: ['HorizontalPodAutoscaler status.conditions[ScalingActive]'],
    find: (o, world) => {
      const message = inactive(o, world);
      if (
        message === undefined ||
        !/unable to (?:get|fetch) metrics|no metrics returned|could not find the requested resource|FailedGet|did not receive metrics/i.test(
          message,
        )
      )
        return undefined;
      const [, kind] = /from (external|custom) metrics API/.exec(message) ?? [];
      if (kind !== undefined) return strange(o, kind, message);
      const absent = /could not find the requested resource|the server is currently unable/.test(message);
      return {
        summary: text`The autoscaler ${code(meta(o).name)} does nothing: ${absent ? 'the cluster has nothing that measures pods (metrics-server)' : 'nobody tells it how busy the pods are'}.`,
        evidence: quoted(o, 'ScalingActive'),
        affected: [target(o)],
        symptomOf: [target(o)],
        upstream: { kind: 'APIService', namespace: '', name: 'v1beta1.metrics.k8s.io' },
        together: text`Autoscalers do nothing: the cluster does not measure how busy pods are (metrics-server).`,
        fixes: [run('look', 'See whether it is measured', kubectl('', 'get', 'apiservice', 'v1beta1.metrics.k8s.io'))],
      };
    },
  }),
  hpaRule({
    code: 'autoscaler-ambiguous',
    title: 'Two autoscalers scale the same pods',
    example: 'ScalingActive=False, AmbiguousSelector: pods by selector app=shop are controlled by multiple HPAs',
    remedy: 'Delete one of them, or correct the labels of their workloads',
    reads: ['HorizontalPodAutoscaler status.conditions[ScalingActive]'],
    find: (o, world) => {
      const names = /controlled by multiple HPAs: \[([^\]]{1,500})\]/.exec(inactive(o, world) ?? '')?.[1];
      if (names === undefined) return undefined;
      return {
        summary: text`The autoscaler ${code(meta(o).name)} does nothing: the same pods belong to several of them (${code(names)}), and none may decide then.`,
        evidence: quoted(o, 'ScalingActive'),
        affected: [target(o)],
        upstream: { kind: 'HorizontalPodAutoscaler', namespace: meta(o).namespace, name: names },
        fixes: [describe(hpa(o))],
      };
    },
  }),
  hpaRule({
    code: 'autoscaler-unrecognised',
    title: 'An autoscaler does nothing, for a reason we do not know',
    example: 'ScalingActive=False, InvalidSelector: something new',
    remedy: 'Read the quoted message',
    reads: ['HorizontalPodAutoscaler status.conditions[ScalingActive]'],
    find: (o, world) =>
      inactive(o, world) === undefined || condition(o, 'AbleToScale')?.status === 'False'
        ? undefined
        : {
            summary: text`The autoscaler ${code(meta(o).name)} does nothing; its message, which we do not recognise, is quoted.`,
            evidence: quoted(o, 'ScalingActive'),
            affected: [target(o)],
            symptomOf: [target(o)],
            confidence: 'unclear',
            fixes: [describe(hpa(o))],
          },
  }),
  hpaRule({
    code: 'autoscaler-at-maximum',
    title: 'An autoscaler may not add more',
    example: 'ScalingLimited=True, TooManyReplicas: the desired replica count is more than the maximum replica count',
    remedy: 'Raise maxReplicas, or make it need less',
    reads: ['HorizontalPodAutoscaler status.conditions[ScalingLimited]', 'spec.maxReplicas'],
    find: (o) => {
      const c = condition(o, 'ScalingLimited');
      const [most, now] = [num(o, 'spec', 'maxReplicas') ?? 0, num(o, 'status', 'currentReplicas')];
      // At its minimum, or held back for a moment, it is as it should be; so is one whose maximum is its minimum.
      if (
        c?.status !== 'True' ||
        str(c, 'reason') !== 'TooManyReplicas' ||
        (now ?? most) < most ||
        most <= (num(o, 'spec', 'minReplicas') ?? 1)
      )
        return undefined;
      const more = Math.ceil(most * 1.5);
      return {
        summary: text`${code(target(o).name)} needs more than the ${most} copies that its autoscaler ${code(meta(o).name)} may start.`,
        evidence: [...quoted(o, 'ScalingLimited'), { on: hpa(o), path: 'spec.maxReplicas', says: String(most) }],
        affected: [target(o)],
        symptomOf: [target(o)],
        fixes: [patchOf(`Let it start ${more}`, 'autoscaling/v2', hpa(o), { spec: { maxReplicas: more } })],
      };
    },
  }),
  {
    code: 'disruption-budget-blocks',
    title: 'A machine cannot be emptied',
    example: 'PodDisruptionBudget status.disruptionsAllowed: 0, while a node is drained',
    remedy: 'Run one more copy, or allow one to be missing',
    about: 'object',
    kind: 'PodDisruptionBudget',
    reads: ['PodDisruptionBudget status.disruptionsAllowed', 'Node spec.unschedulable'],
    find: (o, world, workloads) => {
      const expected = num(o, 'status', 'expectedPods') ?? 0;
      if (num(o, 'status', 'disruptionsAllowed') !== 0 || expected === 0) return undefined;
      const { namespace, name } = meta(o);
      const mine = workloads.filter(
        (w) =>
          w.ref.namespace === namespace && everyPod(w).some((p) => selects(obj(o, 'spec', 'selector'), labelsOf(p.o))),
      );
      // It matters only while somebody wants to move a pod.
      const held = mine
        .flatMap(everyPod)
        .find((p) => p.node !== undefined && p.ready && flag(world.get('Node', '', p.node), 'spec', 'unschedulable'));
      if (held === undefined) return undefined;
      const ref = refOf('PodDisruptionBudget', o);
      return {
        summary: text`The machine ${code(held.node ?? '')} can’t be emptied: the rule ${code(name)} does not allow any pod of ${code(mine.map((w) => w.ref.name).join(', '))} to be missing.`,
        evidence: [
          { on: ref, path: 'status.disruptionsAllowed', says: '0' },
          { on: ref, path: 'status.currentHealthy', says: String(num(o, 'status', 'currentHealthy') ?? 0) },
        ],
        affected: mine.map((w) => w.ref),
        symptomOf: mine.map((w) => w.ref),
        fixes: [
          patchOf('Allow one to be missing', 'policy/v1', ref, { spec: { minAvailable: null, maxUnavailable: 1 } }),
          describe(ref),
        ],
      };
    },
  },
];

export const autoscaling: Family = { stage: 'autoscaling', title: 'Autoscaling and maintenance', rules };

import { code, text } from '../../kernel/text.ts';
import { describe, patchOf } from '../fixes.ts';
import { labelsOf, matches } from '../labels.ts';
import { near } from '../near.ts';
import { eventEvidence, said } from '../pods.ts';
import { list, meta, num, type Obj, obj, pairs, scalar, str } from '../read.ts';
import type { Family, ObjectRule, Rule } from '../rule.ts';
import { age, created, refOf } from '../snapshot.ts';
import { containersOf, everyPod, type Workload } from '../workloads.ts';
import { ingressRules } from './ingress.ts';
import { outsideRules } from './outside.ts';

const serviceRule = (rule: Omit<ObjectRule, 'about' | 'kind'>): ObjectRule => ({
  ...rule,
  about: 'object',
  kind: 'Service',
  find: (o, world, workloads) =>
    str(o, 'spec', 'type') === 'ExternalName' ? undefined : rule.find(o, world, workloads),
});

/** The labels that pods of a workload carry. */
const podLabels = (w: Workload) =>
  new Map([...pairs(w.o, 'spec', 'template', 'metadata', 'labels'), ...everyPod(w).flatMap((p) => [...labelsOf(p.o)])]);

/** The workloads in a namespace that keep pods running. */
const serving = (workloads: readonly Workload[], namespace: string) =>
  workloads.filter((w) => w.ref.namespace === namespace && !['Job', 'CronJob'].includes(w.ref.kind));

export const behind = (service: Obj, workloads: readonly Workload[]): readonly Workload[] => {
  const selector = pairs(service, 'spec', 'selector');
  return serving(workloads, meta(service).namespace).filter((w) => matches(selector, podLabels(w)));
};

const rules: readonly Rule[] = [
  serviceRule({
    code: 'service-selects-nothing',
    title: 'A service leads to no pod',
    example: 'Service spec.selector matches the labels of no pod',
    remedy: 'Correct the selector, or the labels of the pods',
    reads: ['Service spec.selector', 'Pod metadata.labels', 'Deployment spec.template.metadata.labels'],
    find: (o, world, workloads) => {
      const selector = pairs(o, 'spec', 'selector');
      const { namespace, name } = meta(o);
      const all = serving(workloads, namespace);
      if (selector.length === 0 || all.length === 0 || behind(o, workloads).length > 0) return undefined;
      if (list(o, 'metadata', 'ownerReferences').length > 0) return undefined;
      // What an operator makes pods for by itself is not among the workloads: its pods would be.
      const [best] = all
        .map((w) => ({ w, labels: podLabels(w) }))
        .map(({ w, labels }) => ({ w, labels, wrong: selector.filter(([k, v]) => labels.get(k) !== v) }))
        // A role that no pod has at the moment, such as a replica, is how operators do it: only a slip is a failure.
        .filter(
          ({ w, labels, wrong }) =>
            w.ref.name === name || wrong.some(([k, v]) => near(v, [labels.get(k) ?? '']).length > 0),
        )
        .toSorted(
          (a, b) => a.wrong.length - b.wrong.length || Number(b.w.ref.name === name) - Number(a.w.ref.name === name),
        );
      const routed = world
        .all('Ingress', namespace)
        .some((i) => JSON.stringify(obj(i, 'spec')).includes(`"name":${JSON.stringify(name)}`));
      // A service that nothing resembles and nothing routes to is a leftover, not an outage.
      if (best === undefined && !routed) return undefined;
      const right = best?.wrong.map(([k]) => [k, best.labels.get(k)] as const).filter(([, v]) => v !== undefined) ?? [];
      const wants = selector.map(([k, v]) => `${k}=${v}`).join(', ');
      return {
        summary: text`The service ${code(name)} leads nowhere: it looks for pods labelled ${code(wants)}, and there are none${right.length === 0 || best === undefined ? '.' : text`; those of ${code(best.w.ref.name)} are labelled ${code(right.map(([k, v]) => `${k}=${v}`).join(', '))}.`}`,
        evidence: [
          { on: refOf('Service', o), path: 'spec.selector', says: wants },
          ...(best === undefined
            ? []
            : [
                {
                  on: best.w.ref,
                  path: 'spec.template.metadata.labels',
                  says: [...best.labels]
                    .filter(([k]) => !/hash|pod-name|pod-index/.test(k))
                    .map(([k, v]) => `${k}=${v}`)
                    .join(', '),
                },
              ]),
        ],
        near: right.map(([k, v]) => `${k}=${v}`),
        confidence: 'likely',
        ...(best === undefined ? {} : { affected: [best.w.ref] }),
        fixes:
          // With a label left that no pod has, it would still lead nowhere.
          right.length === 0 || best === undefined || right.length < best.wrong.length
            ? []
            : [
                patchOf(`Look for ${right.map(([k, v]) => `${k}=${v}`).join(', ')}`, 'v1', refOf('Service', o), {
                  spec: { selector: Object.fromEntries(right) },
                }),
              ],
      };
    },
  }),
  serviceRule({
    code: 'service-port-wrong',
    title: 'A service leads to a port that the pods do not have',
    example: 'Service spec.ports[].targetPort: 8081, while containerPort is 8080',
    remedy: 'Correct targetPort',
    reads: ['Service spec.ports[].targetPort', 'Pod spec.containers[].ports'],
    find: (o, world, workloads) => {
      // Without an address of its own it leads to the pods themselves, at whichever port one asks for.
      if (str(o, 'spec', 'clusterIP') === 'None') return undefined;
      const targets = behind(o, workloads);
      const ports = targets.flatMap((w) => containersOf(w.podSpec).flatMap((c) => list(c, 'ports')));
      if (targets.length === 0 || ports.length === 0) return undefined;
      const asked = list(o, 'spec', 'ports');
      const goes = (p: Obj) => scalar(p, 'targetPort') ?? scalar(p, 'port') ?? '';
      const known = (target: string) =>
        ports.some((p) => p.name === target || String(num(p, 'containerPort')) === target);
      const wrong = asked.filter((p) => !known(goes(p)));
      // A name has to be declared; a number need not be, so that it tells something only when nothing fits.
      const bad = wrong.find((p) => !/^\d+$/.test(goes(p))) ?? (wrong.length === asked.length ? wrong[0] : undefined);
      if (bad === undefined) return undefined;
      // Where another service leads to what they declare, this one is for something else of theirs, such as their metrics.
      const others = world.all('Service', meta(o).namespace).filter((s) => meta(s).name !== meta(o).name);
      if (
        /^\d+$/.test(goes(bad)) &&
        others.some(
          (s) =>
            list(s, 'spec', 'ports').some((p) => known(goes(p))) &&
            behind(s, workloads).some((w) => targets.includes(w)),
        )
      )
        return undefined;
      const declared = [...new Set(ports.map((p) => num(p, 'containerPort')).filter((p) => p !== undefined))];
      const names = near(
        goes(bad),
        ports.flatMap((p) => str(p, 'name') ?? []),
      );
      const right = names[0] ?? (declared.length === 1 ? declared[0] : undefined);
      const named = !/^\d+$/.test(goes(bad));
      return {
        summary: text`The service ${code(meta(o).name)} leads to the port ${code(goes(bad))}, which the pods behind it do not have${named ? '' : text`; they say that they listen on ${code(declared.join(', '))}`}${right === undefined || !named ? '.' : text`; did you mean ${code(String(right))}?`}`,
        evidence: [
          { on: refOf('Service', o), path: 'spec.ports[].targetPort', says: goes(bad) },
          ...targets
            .slice(0, 1)
            .map((w) => ({ on: w.ref, path: 'containers[].ports[].containerPort', says: declared.join(', ') })),
        ],
        near: names,
        confidence: named ? 'certain' : 'likely',
        affected: targets.map((w) => w.ref),
        fixes:
          right === undefined
            ? []
            : [
                patchOf(`Lead to port ${right}`, 'v1', refOf('Service', o), {
                  spec: { ports: [{ port: num(bad, 'port') ?? 80, targetPort: right }] },
                }),
              ],
      };
    },
  }),
  serviceRule({
    code: 'load-balancer-pending',
    title: 'A service waits for its load balancer',
    example: 'Service status.loadBalancer.ingress is empty; SyncLoadBalancerFailed',
    remedy: 'Read the provider’s message: quota, subnet, annotations; or no provider is there',
    reads: ['Service status.loadBalancer', 'Event SyncLoadBalancerFailed'],
    find: (o, world) => {
      if (str(o, 'spec', 'type') !== 'LoadBalancer' || list(o, 'status', 'loadBalancer', 'ingress').length > 0)
        return undefined;
      const event =
        said(world.events('Service', o), 'SyncLoadBalancerFailed') ??
        said(world.events('Service', o), 'AllocationFailed');
      if (age(world, created(o)) < (event === undefined ? 600 : 60)) return undefined;
      return {
        summary: text`The service ${code(meta(o).name)} has no address from outside yet: ${event === undefined ? 'nobody makes its load balancer' : 'its load balancer can’t be made; the provider’s message is quoted'}.`,
        evidence: [
          { on: refOf('Service', o), path: 'status.loadBalancer.ingress', says: '(empty)' },
          ...(event === undefined ? [] : [eventEvidence(refOf('Service', o), event)]),
        ],
        confidence: event === undefined ? 'likely' : 'certain',
        fixes: [describe(refOf('Service', o))],
      };
    },
  }),
  ...ingressRules,
  ...outsideRules,
];

export const network: Family = { stage: 'network', title: 'Services and traffic', rules };

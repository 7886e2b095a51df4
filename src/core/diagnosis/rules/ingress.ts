import { code, text } from '../../kernel/text.ts';
import { describe, kubectl, patchOf, run } from '../fixes.ts';
import { labelsOf, matches } from '../labels.ts';
import { near } from '../near.ts';
import { ingressBlocked, unknownPolicies } from '../policies.ts';
import { list, meta, num, type Obj, obj, pairs, scalar, str } from '../read.ts';
import { namesOf } from '../references.ts';
import type { ObjectRule } from '../rule.ts';
import { refOf, type World } from '../snapshot.ts';
import { targetPort } from '../workloads.ts';
import { certificateRules, ingressRule } from './ingress-certificates.ts';

type Backend = {
  readonly path: string;
  readonly service: string;
  readonly port: string | undefined;
  readonly host: string;
};

function backends(o: Obj): readonly Backend[] {
  const of = (backend: Obj, path: string, host: string): readonly Backend[] => {
    const service = str(backend, 'service', 'name');
    const port = scalar(backend, 'service', 'port', 'name') ?? scalar(backend, 'service', 'port', 'number');
    return service === undefined ? [] : [{ path, service, port, host }];
  };
  return [
    ...of(obj(o, 'spec', 'defaultBackend'), 'spec.defaultBackend', ''),
    ...list(o, 'spec', 'rules').flatMap((rule) =>
      list(rule, 'http', 'paths').flatMap((p) =>
        of(
          obj(p, 'backend'),
          `spec.rules[${str(rule, 'host') ?? '*'}].http.paths[${str(p, 'path') ?? '/'}].backend`,
          `${str(rule, 'host') ?? ''}${str(p, 'path') ?? ''}`,
        ),
      ),
    ),
  ];
}

const at = ({ host }: Backend): string => (host === '' ? 'everything else' : host);

export const ingressRules: readonly ObjectRule[] = [
  ingressRule({
    code: 'ingress-class-missing',
    title: 'The ingress class does not exist',
    example: 'Ingress spec.ingressClassName: ngnix, which is no IngressClass',
    remedy: 'Correct ingressClassName',
    reads: ['Ingress spec.ingressClassName', 'IngressClass'],
    find: (o, world) => {
      const name = str(o, 'spec', 'ingressClassName');
      if (name === undefined || !world.listed('IngressClass') || world.get('IngressClass', '', name) !== undefined)
        return undefined;
      const classes = namesOf(world, 'IngressClass', '');
      const meant = near(name, classes)[0] ?? (classes.length === 1 ? classes[0] : undefined);
      return {
        summary: text`The address of ${code(meta(o).name)} leads nowhere: its ingress class ${code(name)} does not exist${meant === undefined ? '.' : text`; ${code(meant)} does.`}`,
        evidence: [{ on: refOf('Ingress', o), path: 'spec.ingressClassName', says: name }],
        near: near(name, classes),
        upstream: { kind: 'IngressClass', namespace: '', name },
        fixes:
          meant === undefined
            ? []
            : [
                patchOf(`Use the class ${meant}`, 'networking.k8s.io/v1', refOf('Ingress', o), {
                  spec: { ingressClassName: meant },
                }),
              ],
      };
    },
  }),
  ingressRule({
    code: 'ingress-service-missing',
    title: 'An ingress leads to a service that does not exist',
    example: 'Ingress spec.rules[].http.paths[].backend.service.name names no Service',
    remedy: 'Create the service, or correct its name',
    reads: ['Ingress spec.rules', 'Service'],
    find: (o, world) => {
      const { namespace, name } = meta(o);
      const lost = world.listed('Service')
        ? backends(o).find((b) => world.get('Service', namespace, b.service) === undefined)
        : undefined;
      if (lost === undefined) return undefined;
      const close = near(lost.service, namesOf(world, 'Service', namespace));
      return {
        summary: text`The address ${code(at(lost))} of ${code(name)} leads nowhere: the service ${code(lost.service)} does not exist${close[0] === undefined ? '.' : text`; ${code(close[0])} does.`}`,
        evidence: [{ on: refOf('Ingress', o), path: `${lost.path}.service.name`, says: lost.service }],
        near: close,
        confidence: 'likely',
        fixes:
          close[0] === undefined
            ? [describe(refOf('Ingress', o))]
            : [run('patch', `Lead to ${close[0]}`, kubectl(namespace, 'edit', 'ingress', name))],
      };
    },
  }),
  ingressRule({
    code: 'ingress-port-wrong',
    title: 'An ingress leads to a port that the service does not have',
    example: 'Ingress …backend.service.port.number: 8080, while the Service has 80',
    remedy: 'Correct the port',
    reads: ['Ingress spec.rules', 'Service spec.ports'],
    find: (o, world) => {
      const { namespace, name } = meta(o);
      for (const b of backends(o)) {
        const ports = list(world.get('Service', namespace, b.service), 'spec', 'ports');
        if (
          b.port === undefined ||
          ports.length === 0 ||
          ports.some((p) => p.name === b.port || String(num(p, 'port')) === b.port)
        )
          continue;
        const has = ports.map((p) => str(p, 'name') ?? String(num(p, 'port')));
        return {
          summary: text`The address ${code(at(b))} of ${code(name)} leads nowhere: the service ${code(b.service)} has no port ${code(b.port)}; it has ${code(has.join(', '))}.`,
          evidence: [
            { on: refOf('Ingress', o), path: `${b.path}.service.port`, says: b.port },
            { on: { kind: 'Service', namespace, name: b.service }, path: 'spec.ports', says: has.join(', ') },
          ],
          near: near(b.port, has),
          fixes: [run('patch', `Lead to port ${has[0] ?? ''}`, kubectl(namespace, 'edit', 'ingress', name))],
        };
      }
      return undefined;
    },
  }),
  ...certificateRules,
  ingressRule({
    code: 'network-policy-blocks',
    title: 'A network policy lets nothing in',
    example:
      'NetworkPolicy spec.ingress is empty, or names other ports or pods, for pods that an Ingress leads to; an AdminNetworkPolicy denies it',
    remedy: 'Allow what comes from the ingress controller',
    reads: [
      'NetworkPolicy spec.ingress',
      'CiliumNetworkPolicy spec.ingress',
      'CalicoNetworkPolicy spec.ingress',
      'AdminNetworkPolicy spec.ingress',
      'Ingress spec.rules',
      'Service spec.selector',
    ],
    find: (o, world) => {
      // What lets it in may be one that can't be read: nothing is known to be wrong.
      if (unknownPolicies(world) !== undefined) return undefined;
      const { namespace, name } = meta(o);
      for (const b of backends(o)) {
        const selector = pairs(world.get('Service', namespace, b.service), 'spec', 'selector');
        const pod = podBehind(world, namespace, selector);
        const port = pod === undefined ? undefined : portBehind(world.get('Service', namespace, b.service), b, pod);
        const blocked = pod === undefined ? undefined : ingressBlocked(world, pod, port, o);
        if (blocked === undefined) continue;
        const { policy, how, mendable, denial } = blocked;
        if (denial !== undefined)
          return {
            summary: text`Nothing gets through to ${code(b.service)}: ${code(name)} leads to it, but the policy ${code(policy.name)} of the cluster’s admins denies it what comes from the ingress controller.`,
            evidence: [{ on: policy, path: denial.path, says: 'Deny' }],
            confidence: 'likely',
            upstream: policy,
            fixes: [describe(policy)],
          };
        const lets = {
          nothing: { words: text`lets nothing in`, says: '(empty)' },
          port: { words: text`lets nothing in to its port ${code(String(port))}`, says: `ports without ${port}` },
          nobody: {
            words: text`lets in only pods with labels that none has here`,
            says: 'from[].podSelector selects no pod',
          },
        }[how];
        return {
          summary: text`Nothing gets through to ${code(b.service)}: ${code(name)} leads to it, but the network policy ${code(policy.name)} ${lets.words}.`,
          evidence: [{ on: policy, path: 'spec.ingress', says: lets.says }],
          confidence: 'likely',
          upstream: policy,
          fixes: !mendable
            ? []
            : [
                {
                  kind: 'create',
                  title: `Let traffic in to ${b.service}`,
                  patch: {
                    apiVersion: 'networking.k8s.io/v1',
                    kind: 'NetworkPolicy',
                    metadata: { name: `allow-${b.service}`, namespace },
                    spec: {
                      podSelector: { matchLabels: Object.fromEntries(selector) },
                      policyTypes: ['Ingress'],
                      ingress: [how === 'nothing' || port === undefined ? {} : { ports: [{ protocol: 'TCP', port }] }],
                    },
                  },
                },
              ],
        };
      }
      return undefined;
    },
  }),
];

/** The port of the pod that a path ends at. */
function portBehind(service: Obj | undefined, b: Backend, pod: Obj): number | undefined {
  const port = list(service, 'spec', 'ports').find((p) => p.name === b.port || String(num(p, 'port')) === b.port);
  return port && targetPort(port, pod);
}

const podBehind = (
  world: World,
  namespace: string,
  selector: readonly (readonly [string, string])[],
): Obj | undefined => world.all('Pod', namespace).find((p) => matches(selector, labelsOf(p)));

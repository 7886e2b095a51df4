import { labelsOf, matches } from '../labels.ts';
import { list, num, type Obj, pairs, str, strings } from '../read.ts';
import type { World } from '../snapshot.ts';
import { targetPort } from '../workloads.ts';

/*
 * Who is at the other end, where that is known for certain. `undefined`: it is not.
 */

export type Place = {
  readonly pod: Obj;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly families: readonly string[];
};

const podsOf = (world: World, namespace: string, service: Obj): readonly Obj[] =>
  world.all('Pod', namespace).filter((p) => matches(pairs(service, 'spec', 'selector'), labelsOf(p)));

const dns = [
  ['kube-system', 'kube-dns'],
  ['openshift-dns', 'dns-default'],
] as const;

/** Where a pod asks for names. With a cache on its machine that is asked first, by another address. */
export function dnsOf(world: World, pod: Obj): readonly Place[] | undefined {
  const cached = world.all('Pod', 'kube-system').some((p) => labelsOf(p).get('k8s-app') === 'node-local-dns');
  if (cached || !['ClusterFirst', undefined].includes(str(pod, 'spec', 'dnsPolicy'))) return undefined;
  for (const [namespace, name] of dns) {
    const service = world.get('Service', namespace, name);
    if (service === undefined) continue;
    const places = podsOf(world, namespace, service).flatMap((p) =>
      list(service, 'spec', 'ports')
        .filter((port) => num(port, 'port') === 53)
        .map((one) => ({ p, protocol: str(one, 'protocol') ?? 'TCP', port: targetPort(one, p) })),
    );
    const families = strings(service, 'spec', 'ipFamilies');
    const known = places.flatMap(({ p, protocol, port }) =>
      port !== undefined && (protocol === 'TCP' || protocol === 'UDP')
        ? [{ pod: p, protocol, port, families } as const]
        : [],
    );
    return known.length === 0 || known.length < places.length ? undefined : known;
  }
  return undefined;
}

/** The pods through which an ingress comes in: those behind the load balancer whose address it shows. */
export function frontOf(world: World, ingress: Obj): readonly Obj[] | undefined {
  const shown = addressesOf(ingress);
  const fronts = world
    .all('Service')
    .filter((s) => str(s, 'spec', 'type') === 'LoadBalancer' && addressesOf(s).some((one) => shown.includes(one)));
  const pods = fronts.flatMap((s) => podsOf(world, str(s, 'metadata', 'namespace') ?? '', s));
  return pods.length === 0 ? undefined : pods;
}

const addressesOf = (o: Obj): readonly string[] =>
  list(o, 'status', 'loadBalancer', 'ingress').flatMap((one) => str(one, 'ip') ?? str(one, 'hostname') ?? []);

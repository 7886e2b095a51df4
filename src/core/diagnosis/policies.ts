import { admin } from './policies/admin.ts';
import { calico } from './policies/calico.ts';
import { cilium } from './policies/cilium.ts';
import { native } from './policies/native.ts';
import type { Dialect, Direction, Policy } from './policies/opening.ts';
import { flag, type Obj } from './read.ts';
import type { World } from './snapshot.ts';
import type { Ref } from './verdict.ts';

const dialects: readonly Dialect[] = [native, cilium, calico, admin];

function policiesFor(world: World, pod: Obj, direction: Direction): readonly Policy[] {
  // What has the network of its machine is taken for the machine, which no policy is about.
  if (flag(pod, 'spec', 'hostNetwork')) return [];
  return dialects.flatMap((dialect) => dialect.about(world, pod, direction));
}

/**
 * Whose policies there may be that are not known: their kinds are there, and can’t be read. One of them may allow what
 * the others do not.
 */
export function unknownPolicies(world: World): string | undefined {
  return dialects.find(({ kinds }) =>
    kinds.some(
      (same) => same.some((kind) => world.lost(kind) !== undefined) && !same.some((kind) => world.listed(kind)),
    ),
  )?.name;
}

export type Blocked = {
  readonly policy: Ref;
  /** Nothing at all gets through; not to this port; or only from pods with labels that none has. */
  readonly how: 'nothing' | 'port' | 'nobody';
  /** One more policy that allows it would open it. */
  readonly mendable: boolean;
};

/** The policy that keeps a pod from sending to this port anywhere, when no other one allows it. */
export const egressBlocked = (world: World, pod: Obj, port: number): Blocked | undefined =>
  blocked(policiesFor(world, pod, 'Egress'), port);

/** The policies that let nothing in to a port of a pod, when no other one does. */
export const ingressBlocked = (world: World, pod: Obj, port: number | undefined): Blocked | undefined =>
  blocked(policiesFor(world, pod, 'Ingress'), port);

function blocked(policies: readonly Policy[], port: number | undefined): Blocked | undefined {
  const first = policies.find((p) => p.isolates);
  if (first === undefined) return undefined;
  const mendable = !policies.some((p) => p.final);
  const lets = policies.flatMap((p) => p.lets);
  if (lets.length === 0) return { policy: first.on, how: 'nothing', mendable };
  const open = lets.filter((one) => port === undefined || one.reaches(port));
  if (open.length === 0) return { policy: first.on, how: 'port', mendable };
  return open.some((one) => one.anybody()) ? undefined : { policy: first.on, how: 'nobody', mendable };
}

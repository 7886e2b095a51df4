import { admin } from './policies/admin.ts';
import { calico } from './policies/calico.ts';
import { cilium } from './policies/cilium.ts';
import { dnsOf, frontOf, type Place } from './policies/ends.ts';
import { native } from './policies/native.ts';
import type { Dialect, Direction, Policy } from './policies/opening.ts';
import { type Connection, type Denial, denied } from './policies/tiers.ts';
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
  /** The rule of the cluster's admins that denies it, whatever others allow. */
  readonly denial?: Denial;
};

/** The policy that keeps a pod from asking DNS, when no other one allows it. */
export function dnsBlocked(world: World, pod: Obj): Blocked | undefined {
  const there = dnsOf(world, pod);
  return whatBlocks(world, pod, 'Egress', 53, there === undefined ? [] : there.map((to) => ends('Egress', pod, to)));
}

/** The policies that let nothing in to a port of a pod, when no other one does: not from where an ingress comes in, either. */
export function ingressBlocked(world: World, pod: Obj, port: number | undefined, ingress: Obj): Blocked | undefined {
  const fronts = port === undefined ? undefined : frontOf(world, ingress);
  const asked = fronts?.map((from) =>
    ends('Ingress', pod, { pod: from, protocol: 'TCP', port: port ?? 0, families: [] }),
  );
  return whatBlocks(world, pod, 'Ingress', port, asked ?? []);
}

const ends = (direction: Direction, pod: Obj, { pod: other, ...rest }: Place): Connection => ({
  direction,
  pod,
  other,
  ...rest,
});

function whatBlocks(
  world: World,
  pod: Obj,
  direction: Direction,
  port: number | undefined,
  asked: readonly Connection[],
): Blocked | undefined {
  const forbids = flag(pod, 'spec', 'hostNetwork') ? undefined : forbidden(world, 'Admin', asked);
  const policies = policiesFor(world, pod, direction);
  const found = forbids ?? blocked(policies, port);
  if (found !== undefined || flag(pod, 'spec', 'hostNetwork')) return found;
  // A baseline counts where no policy is about the pod, or may be.
  const bare = world.listed('NetworkPolicy') && unknownPolicies(world) === undefined;
  return bare && policies.every((p) => p.admins === true && p.lets.length === 0)
    ? forbidden(world, 'Baseline', asked)
    : undefined;
}

/** Of all ways there are none gets through. */
function forbidden(world: World, tier: 'Admin' | 'Baseline', asked: readonly Connection[]): Blocked | undefined {
  const found = asked.map((c) => denied(world, tier, c));
  const [denial] = found;
  return denial === undefined || found.includes(undefined)
    ? undefined
    : { policy: denial.policy, how: 'port', mendable: false, denial };
}

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

import { labelsOf, selects } from '../labels.ts';
import { flag, has, list, num, type Obj, obj, str, strings } from '../read.ts';
import { refOf, type World } from '../snapshot.ts';
import type { Ref } from '../verdict.ts';
import { containersOf } from '../workloads.ts';
import { type Direction, homeLabels } from './opening.ts';
import { portsIn } from './rule-ports.ts';

/*
 * What the cluster's admins forbid. Their rules are asked in order, and the first that fits decides; so that one denies is
 * told only where each before it is known not to fit. `undefined` stands for what can't be told.
 */

export type Connection = {
  readonly direction: Direction;
  /** Whom a policy is about, and who is at the other end. */
  readonly pod: Obj;
  readonly other: Obj;
  readonly protocol: 'TCP' | 'UDP';
  /** Where it ends: behind a Service, at the pod's own port. */
  readonly port: number;
  /** `IPv4`, `IPv6`, or both; nothing where that is not known. */
  readonly families: readonly string[];
};

export type Denial = { readonly policy: Ref; readonly path: string };

const kinds = {
  Admin: ['AdminNetworkPolicy', 'ClusterNetworkPolicy'],
  Baseline: ['BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
} as const;
export type Tier = keyof typeof kinds;

/** The rule by which this does not get through, for certain. */
export function denied(world: World, tier: Tier, c: Connection): Denial | undefined {
  // What can’t be read may let it through before.
  if (kinds[tier].some((kind) => world.lost(kind) !== undefined && !world.listed(kind))) return undefined;
  const found = kinds[tier].map((kind) =>
    world
      .all(kind)
      .filter((o) => kind !== 'ClusterNetworkPolicy' || (str(o, 'spec', 'tier') ?? 'Admin') === tier)
      .map((o) => ({ kind, o, priority: kind === 'BaselineAdminNetworkPolicy' ? 0 : num(o, 'spec', 'priority') })),
  );
  // In which order two versions of one API are asked is nowhere said.
  if (found.every((those) => those.length > 0)) return undefined;
  const all = found.flat();
  if (all.some(({ priority }) => priority === undefined)) return undefined;
  const levels = Map.groupBy(all, ({ priority }) => priority ?? 0);
  for (const [, level] of [...levels].toSorted(([a], [b]) => a - b)) {
    // Of several with one priority any may be asked first.
    const said = level.map(({ kind, o }) => within(kind, o, world, c)).filter((one) => one !== 'nothing');
    if (said.length === 0) continue;
    return said.every((one) => one !== 'otherwise') ? said[0] : undefined;
  }
  return undefined;
}

function within(kind: string, o: Obj, world: World, c: Connection): Denial | 'otherwise' | 'nothing' {
  const about = isAmong(obj(o, 'spec', 'subject'), c.pod, world);
  const side = c.direction.toLowerCase();
  for (const [n, rule] of list(o, 'spec', side).entries()) {
    const fits = all(
      about,
      () => reaches(rule, c),
      () => isFor(rule, world, c),
    );
    if (fits === false) continue;
    // One that may fit, and would deny as well, changes nothing.
    if (fits === undefined && rule.action === 'Deny') continue;
    if (fits === undefined || rule.action !== 'Deny') return 'otherwise';
    return { policy: refOf(kind, o), path: `spec.${side}[${n}].action` };
  }
  return 'nothing';
}

type Known = boolean | undefined;
const all = (first: Known, ...others: readonly (() => Known)[]): Known =>
  others.reduce<Known>((so, next) => {
    if (so === false) return false;
    const more = next();
    return more === false ? false : so && more;
  }, first);
const any = (those: readonly Known[]): Known =>
  those.includes(true) ? true : those.includes(undefined) ? undefined : false;

/** Older versions of the API had selectors of other kinds. */
const plain = new Set(['matchLabels', 'matchExpressions']);
function meets(selector: Obj, labels: ReadonlyMap<string, string> | undefined): Known {
  const asked = Object.keys(selector);
  if (asked.length === 0) return true;
  return labels === undefined || asked.some((key) => !plain.has(key)) ? undefined : selects(selector, labels);
}

function isAmong(those: Obj, pod: Obj, world: World): Known {
  // What has the network of its machine is in no namespace for them, or is: that is up to who implements it.
  if (flag(pod, 'spec', 'hostNetwork')) return undefined;
  const home = homeLabels(world, pod);
  if (has(those, 'namespaces')) return meets(obj(those, 'namespaces'), home);
  if (!has(those, 'pods')) return undefined;
  return all(meets(obj(those, 'pods', 'namespaceSelector'), home), () =>
    meets(obj(those, 'pods', 'podSelector'), labelsOf(pod)),
  );
}

function isFor(rule: Obj, world: World, c: Connection): Known {
  return any(
    list(rule, c.direction === 'Ingress' ? 'from' : 'to').map((peer) => {
      const networks = strings(peer, 'networks');
      if (networks.length === 0) return isAmong(peer, c.other, world);
      const whole = { IPv4: '0.0.0.0/0', IPv6: '::/0' } as Readonly<Record<string, string>>;
      return (c.families.length > 0 && c.families.every((one) => networks.includes(whole[one] ?? ''))) || undefined;
    }),
  );
}

function reaches(rule: Obj, { direction, pod, other, protocol, port }: Connection): Known {
  const ports = portsIn(rule);
  const names = containersOf(obj(direction === 'Ingress' ? pod : other, 'spec')).flatMap((c) => list(c, 'ports'));
  if (ports === undefined) return true;
  if (ports.length === 0) return undefined;
  return any(
    ports.map((p) => {
      if (p.name !== undefined)
        return names.some(
          (one) =>
            one.name === p.name && num(one, 'containerPort') === port && (str(one, 'protocol') ?? 'TCP') === protocol,
        );
      if (p.protocol === undefined) return undefined;
      return p.protocol === protocol && (p.from === undefined || (port >= p.from && port <= (p.to ?? p.from)));
    }),
  );
}

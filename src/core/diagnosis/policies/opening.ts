import { labelsOf } from '../labels.ts';
import { meta, type Obj } from '../read.ts';
import type { World } from '../snapshot.ts';
import type { Ref } from '../verdict.ts';
import { portNamed } from '../workloads.ts';

export type Direction = 'Ingress' | 'Egress';

/**
 * A rule that lets something through: to which ports, and whether there can be anybody on the other side. What can’t be
 * read lets through: a policy is blamed only for what it says plainly.
 */
export type Opening = { readonly reaches: (port: number) => boolean; readonly anybody: () => boolean };

/** A policy about a pod, in one direction, whoever's kind it is. */
export type Policy = {
  readonly on: Ref;
  /** What nothing lets through does not get through, because of it. */
  readonly isolates: boolean;
  /** It may forbid what others allow: then one more policy that allows may not help. */
  readonly final: boolean;
  readonly lets: readonly Opening[];
  /** Of whoever runs the cluster: where it says nothing, what it is beside decides. */
  readonly admins?: true;
};

export type Dialect = {
  /** What it is called by those who use it. */
  readonly name: string;
  /** Its kinds; those in one list are the same policies, read in two ways. */
  readonly kinds: readonly (readonly string[])[];
  readonly about: (world: World, pod: Obj, direction: Direction) => readonly Policy[];
};

/** The labels of a pod's namespace, where they are known. */
export function homeLabels(world: World, pod: Obj): ReadonlyMap<string, string> | undefined {
  const { namespace } = meta(pod);
  const home = world.get('Namespace', '', namespace);
  return home && new Map([...labelsOf(home), ['kubernetes.io/metadata.name', namespace]]);
}

/** To one side names are those of a pod's ports; what is asked for elsewhere by a name could be any number. */
export const namedReaches = (pod: Obj, direction: Direction, name: string, port: number): boolean =>
  direction === 'Egress' || portNamed(pod, name) === port;

/** A port is asked about for TCP; who looks up names may use whichever protocol is open. */
export const protocolFits = (protocol: string | undefined, direction: Direction): boolean =>
  direction === 'Egress'
    ? protocol === undefined || ['TCP', 'UDP', 'ANY'].includes(protocol.toUpperCase())
    : protocol === undefined || ['TCP', 'ANY', '6'].includes(protocol.toUpperCase());

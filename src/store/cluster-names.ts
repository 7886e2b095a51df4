import { beforeOf } from '../core/incidents/aside.ts';

/** What clusters are called, by the context under which they are kept; empty where there is one. */
export type Names = ReadonlyMap<string, string>;
/** One of several that is not ours, or not any more, is called as it is kept: without a name it would pass for the only one. */
export const calledIn = (names: Names, cluster: string): { readonly called?: string } =>
  names.size === 0 ? {} : { called: beforeOf(cluster, (context) => names.get(context) ?? context) };
/** The context of a cluster by its name, which may be another one tomorrow. */
export const contextNamed = (names: Names, called: string | undefined): string | undefined =>
  [...names].find(([, name]) => name === called)?.[0];

import { Problem } from '../kernel/problem.ts';
import { type Facts, scopeOf } from './facts.ts';
import type { GoldenPath } from './path.ts';
import { fill } from './text.ts';

/*
 * In which of several clusters a thing is made. Its path says so when it is made; after that the thing itself does, so a path
 * that says something else one day moves nothing.
 */

/** Backends that make things in the clusters that we are connected to. */
const inClusters: ReadonlySet<string> = new Set(['kubernetes', 'helm']);
export const isInCluster = (kind: string): boolean => inClusters.has(kind);

/** As KUBE_CONTEXTS names them. */
const named = /^[A-Za-z0-9][\w-]{0,62}$/;

/** Whether it is the same for every request. */
export const isSettled = (cluster: string): boolean => !cluster.includes('${{');

/** Its name; undefined: the first. */
export function clusterOf(path: GoldenPath, facts: Facts): string | undefined {
  if (facts.cluster !== undefined) return facts.cluster === '' ? undefined : facts.cluster;
  if (path.cluster === undefined) return undefined;
  const where = `${path.name}: cluster`;
  const name = fill(path.cluster, scopeOf(facts), where);
  if (typeof name === 'string' && named.test(name)) return name;
  throw new Problem(
    'template_failed',
    `${where} can’t be filled in: ${JSON.stringify(name).slice(0, 80)} is no name of a cluster. Nothing was done. The owner of the path has to correct it.`,
  );
}

const mentions = /\bparams\s*(?:\.\s*\??\s*(\w+)|\[\s*\??\s*["'](\w+)["'])/g;

/** The parameters that it depends on. */
export function parametersIn(cluster: string): readonly string[] {
  const own = [...cluster.matchAll(mentions)].flatMap(([, a, b]) => a ?? b ?? []);
  return /(?<![.\w])environment\b/.test(cluster) ? [...own, 'environment', 'env'] : own;
}

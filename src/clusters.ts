import type { ClusterConfig } from './config.ts';
import { Problem } from './core/kernel/problem.ts';
import type { Settings } from './core/settings.ts';
import type { Environment } from './environment.ts';

/*
 * The clusters that one bot looks after: `KUBE_CONTEXTS=prod-eu=in-cluster,prod-us`. Each is kept under its context and
 * called by its name, so it can be called something else later without losing what is known of it.
 */

/** The cluster in which we run, in KUBE_CONTEXTS; and what its context is called. */
const here = 'in-cluster';
const hereContext = 'inClusterContext';
/** It is a label of a metric, a part in /readyz, and a word that people type. */
const nameShape = /^[A-Za-z0-9][\w-]{0,62}$/;

const twice = (words: readonly string[]): string | undefined => words.find((w, i) => words.indexOf(w) !== i);

/** What KUBE_CONTEXTS names, as far as it can be known without reading the kubeconfig. */
export function clustersIn(env: Environment, inOne: boolean, wrong: string[]): readonly ClusterConfig[] {
  const { KUBE_CONTEXTS: written, KUBE_CONTEXT: context, KUBECONFIG: kubeconfig } = env;
  if (!written) return [];
  if (context) wrong.push('KUBE_CONTEXT and KUBE_CONTEXTS are both set: keep one.');
  const named = written.split(',').map((entry): readonly [string, string] => {
    const [first = '', ...rest] = entry.split('=').map((part) => part.trim());
    return [first, rest.length === 0 ? first : rest.join('=')];
  });
  for (const [name, of] of named)
    if (!name || !of)
      wrong.push(
        `KUBE_CONTEXTS has an entry that is half written: write contexts, or name=context, with commas between.`,
      );
    else if (!nameShape.test(name))
      wrong.push(
        `KUBE_CONTEXTS: “${name}” can’t be a name, which is shown and typed: letters, digits and dashes. Write name=context, such as prod-eu=${of}.`,
      );
  const again = twice(named.map(([name]) => name.toLowerCase())) ?? twice(named.map(([, of]) => of));
  if (again) wrong.push(`KUBE_CONTEXTS names ${again} twice: each cluster needs a name and a context of its own.`);
  const contexts = named.filter(([, of]) => of !== here);
  if (contexts.length > 0 && !kubeconfig)
    wrong.push(
      `KUBECONFIG is missing: KUBE_CONTEXTS names contexts of it (${contexts.map(([, of]) => of).join(', ')}).`,
    );
  if (contexts.length < named.length && !inOne)
    wrong.push(`KUBE_CONTEXTS names ${here}, and Groundcrew does not run in a cluster.`);
  return named.map(([name, of]) =>
    of === here ? { name, context: hereContext } : { name, context: of, ...(kubeconfig ? { kubeconfig } : {}) },
  );
}

/** As many as a page can show side by side, and a machine that only tries this out can carry. */
const mostPlayed = 4;

/** How the clusters of the playground are called. They are its own: nothing of KUBE_CONTEXTS is touched by it. */
export function playgroundClusters(
  { PLAYGROUND_CLUSTERS: written }: Environment,
  wrong: string[],
): readonly string[] | undefined {
  const names = written?.split(',').map((name) => name.trim());
  if (!names) return undefined;
  const bad = names.find((name) => !nameShape.test(name));
  if (bad !== undefined)
    wrong.push(
      `PLAYGROUND_CLUSTERS: “${bad}” can’t be a name, which is shown and typed: write names of letters, digits and dashes, with commas between, such as production,staging.`,
    );
  const again = twice(names.map((name) => name.toLowerCase()));
  if (again) wrong.push(`PLAYGROUND_CLUSTERS names ${again} twice: give each cluster a name of its own.`);
  if (names.length > mostPlayed) wrong.push(`PLAYGROUND_CLUSTERS names ${names.length}: name ${mostPlayed} at most.`);
  return names;
}

/** Reads the kubeconfig: a context that is not there is told before anything starts, with those that are. */
export async function checkContexts(clusters: readonly ClusterConfig[]): Promise<void> {
  const { readKubeconfig } = await import('./cluster/kubeconfig.ts');
  const servers = new Map<string, string>();
  for (const { name, context, kubeconfig } of clusters) {
    const { server } = await readKubeconfig(
      context,
      kubeconfig === undefined ? 'service account' : { file: kubeconfig },
    );
    const other = servers.get(server.href);
    if (other !== undefined)
      throw new Problem(
        'config_invalid',
        `Groundcrew can’t start yet: ${other} and ${name} in KUBE_CONTEXTS are the same cluster, at ${server.origin}. Everything in it would be told twice; keep one.`,
      );
    servers.set(server.href, name);
  }
}

/** What clusters are called, by the context under which they are kept. Where there is only one it needs no name. */
export const namesOf = (clusters: readonly ClusterConfig[]): ReadonlyMap<string, string> =>
  new Map(clusters.length > 1 ? clusters.map((c) => [c.context, c.name]) : []);

/** groundcrew.yaml may say of each what is looked at in it: of one that there is not that is a slip. */
export function checkNamed({ doctor }: Settings, names: ReadonlyMap<string, string>): void {
  const known = [...names.values()];
  const unknown = Object.keys(doctor.clusters).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there is only one, which needs no name';
  throw new Problem(
    'settings_invalid',
    `doctor.clusters names “${unknown}”, and no cluster of KUBE_CONTEXTS is called that: ${there}. Correct the name, or take it out.`,
  );
}

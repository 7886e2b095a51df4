import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Log } from '../core/kernel/log.ts';
import { createCluster } from './cluster/index.ts';
import { clusterWorld } from './cluster-world.ts';
import type { Clock } from './streams.ts';
import { people, settings } from './world.ts';

type Parts = { readonly clock: Clock; readonly log: Pick<Log, 'warn'>; readonly folder: string };

/** The groups of somebody: the teams that the settings name, and the platform team. */
const groupsOf = (email: string): readonly string[] => [
  ...(settings.roles.platform.emails.includes(email) ? ['platform'] : []),
  ...Object.entries(settings.teams).flatMap(([team, { emails }]) => (emails.includes(email) ? [team] : [])),
];

/** Starts the company's cluster. Its kubeconfig is written once the folder is known to be ours. */
export async function openCluster({ clock, log, folder }: Parts) {
  const cluster = createCluster({
    clock,
    log,
    users: people.map(({ email }) => ({ name: email, groups: groupsOf(email) })),
    ...clusterWorld,
  });
  await cluster.listen();
  const kubeconfig = resolve(join(folder, 'kubeconfig'));
  let written = false;
  return {
    cluster,
    kubeconfig,
    /** Writes the admin's kubeconfig, which only this person may read. */
    async publish(): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      written = true;
      await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
    },
    async close(): Promise<void> {
      await cluster.close();
      // Its port and token end with it. One that we did not write is of another process.
      if (written) await rm(kubeconfig, { force: true });
    },
  };
}

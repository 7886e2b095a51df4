import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Log } from '../core/kernel/log.ts';
import { type Cluster, createCluster } from './cluster/index.ts';
import { writeKubeconfig } from './cluster/kubeconfig.ts';
import { clusterWorld, furtherWorld } from './cluster-world.ts';
import type { Clock } from './streams.ts';
import { people, settings } from './world.ts';

type Parts = {
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly folder: string;
  /** How the clusters are called; none: there is one, which needs no name. */
  readonly names: readonly string[];
};
/** `name`: where there are several; it is the context too. */
export type Opened = { readonly name?: string; readonly cluster: Cluster };

/** The groups of somebody: the teams that the settings name, and the platform team. */
const groupsOf = (email: string): readonly string[] => [
  ...(settings.roles.platform.emails.includes(email) ? ['platform'] : []),
  ...Object.entries(settings.teams).flatMap(([team, { emails }]) => (emails.includes(email) ? [team] : [])),
];

/** The same one whenever it is started, so that what is kept of it is not taken for another one’s. */
const uidOf = (name: string): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** Starts the company's clusters. Their kubeconfig is written once the folder is known to be ours. */
export async function openClusters({ clock, log, folder, names }: Parts) {
  const users = people.map(({ email }) => ({ name: email, groups: groupsOf(email) }));
  const start = (world: typeof clusterWorld, name = 'playground') =>
    createCluster({ clock, log, users, uid: uidOf(name), ...world });
  const [firstName, ...others] = names.length > 1 ? names : [];
  const first: Opened = {
    cluster: start(clusterWorld, firstName),
    ...(firstName === undefined ? {} : { name: firstName }),
  };
  const further = others.map((name): Opened => ({ name, cluster: start(furtherWorld, name) }));
  const all = [first, ...further];
  for (const { cluster } of all) await cluster.listen();
  const kubeconfig = resolve(join(folder, 'kubeconfig'));
  let written = false;
  return {
    all,
    kubeconfig,
    /** Writes the admin's kubeconfig, which only this person may read. */
    async publish(): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      written = true;
      const login = ({ cluster, name }: Opened) => cluster.login(undefined, name);
      await writeFile(kubeconfig, writeKubeconfig([login(first), ...further.map(login)]), { mode: 0o600 });
    },
    async close(): Promise<void> {
      await Promise.all(all.map(({ cluster }) => cluster.close()));
      // Their ports and tokens end with them. One that we did not write is of another process.
      if (written) await rm(kubeconfig, { force: true });
    },
  };
}

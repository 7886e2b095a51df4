import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, type ClusterOptions, createCluster } from '../../src/playground/cluster/index.ts';
import { followTool, type Ran, runTool } from '../support/tools.ts';

/** The machine's clock: real tools wait in real time. */
const clock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A cluster that real tools talk to, with time running fast in it. */
export async function live(options: Partial<ClusterOptions> = {}) {
  const problems: object[] = [];
  const cluster = createCluster({ clock, speed: 20, log: { warn: (fields) => problems.push(fields) }, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'groundcrew-cluster-'));
  await cluster.listen();
  const configOf = (user?: string): string => {
    const file = join(folder, `${user ?? 'admin'}.kubeconfig`);
    writeFileSync(file, cluster.kubeconfig(user));
    return file;
  };
  const env = (user?: string) => ({ KUBECONFIG: configOf(user), HOME: folder });
  const words = (line: string) => line.split(' ').filter((word) => word !== '');
  return {
    cluster,
    folder,
    problems,
    /** `kubectl get pods`, as the admin or somebody else. */
    kubectl: (line: string, input?: string, user?: string): Promise<Ran> =>
      runTool('kubectl', words(line), { env: env(user), ...(input === undefined ? {} : { input }) }),
    kubectlWith: (args: readonly string[]): Promise<Ran> => runTool('kubectl', args, { env: env() }),
    follow: (line: string) => followTool('kubectl', words(line), env()),
    helm: (line: string): Promise<Ran> => runTool('helm', words(line), { env: env(), cwd: folder }),
    async close(): Promise<void> {
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { randomBytes } from 'node:crypto';
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

/**
 * `npm run test:cluster`: the cluster that KUBECONFIG names takes the place of the playground's, in a namespace of its own.
 * A KUBECONFIG alone is not enough: nobody's cluster is touched by `npm test`.
 */
export const real = process.env.TEST_CLUSTER === '1';

/** What runs anywhere and does nothing; in the playground every image is there, save one. */
export const images = real
  ? {
      one: 'registry.k8s.io/pause:3.9',
      two: 'registry.k8s.io/pause:3.10',
      gone: 'registry.k8s.io/pause:does-not-exist',
    }
  : {
      one: 'registry.acme.example/web:1.0.0',
      two: 'registry.acme.example/web:2.0.0',
      gone: 'registry.acme.example/web:does-not-exist',
    };

type Place = {
  readonly namespace: string;
  readonly problems: readonly object[];
  /** Its kubeconfig, and how somebody else than the admin is spoken for. */
  readonly login: (user: string | undefined) => { readonly config: string; readonly as: readonly string[] };
  readonly close: () => Promise<void>;
};

async function playground(folder: string, options: Partial<ClusterOptions>): Promise<Place> {
  const problems: object[] = [];
  const cluster = createCluster({ clock, speed: 20, log: { warn: (fields) => problems.push(fields) }, ...options });
  await cluster.listen();
  return {
    namespace: 'default',
    problems,
    login: (user) => {
      const config = join(folder, `${user ?? 'admin'}.kubeconfig`);
      writeFileSync(config, cluster.kubeconfig(user));
      return { config, as: [] };
    },
    close: () => cluster.close(),
  };
}

async function realCluster(folder: string, { users = [] }: Partial<ClusterOptions>): Promise<Place> {
  const { KUBECONFIG = '', HOME = '' } = process.env;
  const namespace = `groundcrew-test-${randomBytes(4).toString('hex')}`;
  const config = join(folder, 'kubeconfig');
  const done = async (env: Record<string, string>, ...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await runTool('kubectl', args, { env });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err}`);
    return out;
  };
  const theirs = { HOME, ...(KUBECONFIG ? { KUBECONFIG } : {}) };
  writeFileSync(config, await done(theirs, 'config', 'view', '--raw', '--minify', '--flatten'), { mode: 0o600 });
  const ours = { KUBECONFIG: config, HOME: folder };
  await done(ours, 'create', 'namespace', namespace);
  await done(ours, 'config', 'set-context', '--current', `--namespace=${namespace}`);
  return {
    namespace,
    problems: [],
    login: (name) => {
      const groups = users.find((u) => u.name === name)?.groups ?? [];
      return { config, as: name ? [`--as=${name}`, ...groups.map((group) => `--as-group=${group}`)] : [] };
    },
    close: async () => {
      await done(ours, 'delete', 'namespace', namespace, '--wait=false');
    },
  };
}

/** A cluster that real tools talk to; the playground's has its time run fast. */
export async function live(options: Partial<ClusterOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'groundcrew-cluster-'));
  const place = await (real ? realCluster : playground)(folder, options);
  const env = (config: string) => ({ KUBECONFIG: config, HOME: folder });
  const words = (line: string) => line.split(' ').filter((word) => word !== '');
  const admin = place.login(undefined).config;
  return {
    namespace: place.namespace,
    folder,
    problems: place.problems,
    /** `kubectl get pods`, as the admin or somebody else. */
    kubectl(line: string, input?: string, user?: string): Promise<Ran> {
      const { config, as } = place.login(user);
      return runTool('kubectl', [...words(line), ...as], {
        env: env(config),
        ...(input === undefined ? {} : { input }),
      });
    },
    kubectlWith: (args: readonly string[]): Promise<Ran> => runTool('kubectl', args, { env: env(admin) }),
    follow: (line: string) => followTool('kubectl', words(line), env(admin)),
    helm: (line: string): Promise<Ran> => runTool('helm', words(line), { env: env(admin), cwd: folder }),
    async close(): Promise<void> {
      await place.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { accessSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { load } from 'js-yaml';

/*
 * What kubeconfigs say, read as the Kubernetes client reads them. Only its small parts are loaded for that: its whole
 * configuration brings every kind and every call of the API along, 846 modules, at each start of a bot with a cluster.
 */

type Entries = typeof import('@kubernetes/client-node/dist/config_types.js');
export type Cluster = ReturnType<Entries['newClusters']>[number];
export type User = ReturnType<Entries['newUsers']>[number];
export type Context = ReturnType<Entries['newContexts']>[number];
export type Named = {
  readonly clusters: readonly Cluster[];
  readonly users: readonly User[];
  readonly contexts: readonly Context[];
  readonly current: string | undefined;
};

/** A kubeconfig, or the service account of the pod in which we run. */
export type Kubeconfig = { readonly file: string } | { readonly text: string } | 'service account';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Reads what it is given, else KUBECONFIG, `~/.kube/config` or the service account, as kubectl does. */
export async function readNamed(from?: Kubeconfig): Promise<Named> {
  const entries = await import('@kubernetes/client-node/dist/config_types.js');
  if (from === 'service account') return inCluster();
  if (from) return 'file' in from ? ofFile(entries, from.file) : ofText(entries, from.text);
  const files = (process.env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (files.length > 0) return merged(files.map((file) => ofFile(entries, file)));
  const usual = process.env.HOME ? join(process.env.HOME, '.kube', 'config') : undefined;
  if (usual && exists(usual)) return ofFile(entries, usual);
  if (exists(join(serviceAccount, 'token'))) return inCluster();
  return alone({ name: 'cluster', server: 'http://localhost:8080', skipTLSVerify: false }, { name: 'user' });
}

function ofText({ newClusters, newUsers, newContexts }: Entries, text: string): Named {
  const read = load(text);
  const raw: Readonly<Record<string, unknown>> = typeof read === 'object' && read !== null ? { ...read } : {};
  const current = raw['current-context'];
  return {
    clusters: newClusters(raw.clusters),
    users: newUsers(raw.users),
    contexts: newContexts(raw.contexts),
    current: typeof current === 'string' ? current : undefined,
  };
}

/** Files that it names lie relative to it. */
function ofFile(entries: Entries, file: string): Named {
  const named = ofText(entries, readFileSync(file, 'utf8'));
  const at = (path: string) => resolve(dirname(file), path);
  return {
    ...named,
    clusters: named.clusters.map((c) => (c.caFile ? { ...c, caFile: at(c.caFile) } : c)),
    users: named.users.map((u) => ({
      ...u,
      ...(u.certFile ? { certFile: at(u.certFile) } : {}),
      ...(u.keyFile ? { keyFile: at(u.keyFile) } : {}),
    })),
  };
}

/** Several files are one. The last that chooses a context wins; a name in two of them could mean either. */
function merged(all: readonly Named[]): Named {
  const once = <T extends { readonly name: string }>(what: string, list: readonly T[]): readonly T[] => {
    const seen = new Set<string>();
    for (const { name } of list) {
      if (seen.has(name)) throw new Error(`Duplicate ${what}: ${name}`);
      seen.add(name);
    }
    return list;
  };
  if (all.length === 1 && all[0]) return all[0];
  return {
    clusters: once(
      'cluster',
      all.flatMap((n) => n.clusters),
    ),
    users: once(
      'user',
      all.flatMap((n) => n.users),
    ),
    contexts: once(
      'context',
      all.flatMap((n) => n.contexts),
    ),
    current: all.findLast((n) => n.current)?.current,
  };
}

function inCluster(): Named {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = process.env;
  const scheme = ['80', '8080', '8001'].includes(port) ? 'http' : 'https';
  const server = `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const namespace = join(serviceAccount, 'namespace');
  return alone(
    { name: 'inCluster', server, caFile: join(serviceAccount, 'ca.crt'), skipTLSVerify: false },
    {
      name: 'inClusterUser',
      authProvider: { name: 'tokenFile', config: { tokenFile: join(serviceAccount, 'token') } },
    },
    'inClusterContext',
    exists(namespace) ? readFileSync(namespace, 'utf8') : undefined,
  );
}

const alone = (cluster: Cluster, user: User, name = 'loaded-context', namespace?: string): Named => ({
  clusters: [cluster],
  users: [user],
  contexts: [{ name, cluster: cluster.name, user: user.name, ...(namespace ? { namespace } : {}) }],
  current: name,
});

function exists(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

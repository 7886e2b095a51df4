import { readFileSync } from 'node:fs';
import { Agent as PlainAgent } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import { Problem } from '../core/kernel/problem.ts';
import { type Cluster, type Kubeconfig, type Named, readNamed, type User } from './kubeconfig-files.ts';

export type { Kubeconfig } from './kubeconfig-files.ts';

/** How a cluster is reached: by a context of a kubeconfig, or from inside. */
export type Access = {
  readonly context: string;
  /** The namespace that the context names. */
  readonly namespace: string;
  readonly server: URL;
  /** Certificates, headers and agent of a request; asked for each time, since tokens run out. */
  readonly options: () => Promise<RequestOptions>;
  /** Under whose name changes are made, where it is not the login’s own: the cluster asks its own rules about them. */
  readonly as?: Person;
};
/** Somebody as a cluster knows them. */
export type Person = { readonly user: string; readonly groups: readonly string[] };

/** Reads what it is given, else KUBECONFIG, `~/.kube/config` or the service account, as kubectl does. */
export async function readKubeconfig(context: string | undefined, from?: Kubeconfig): Promise<Access> {
  let named: Named;
  try {
    named = await readNamed(from);
  } catch (error) {
    throw unusable(`it can’t be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const names = named.contexts.map((c) => c.name);
  const name = context ?? named.current;
  const chosen = named.contexts.find((c) => c.name === name);
  if (chosen === undefined)
    throw unusable(
      context === undefined
        ? 'no context is chosen'
        : `there is no context “${context}”; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ') || 'none'}`,
    );
  const cluster = named.clusters.find((c) => c.name === chosen.cluster);
  if (cluster === undefined || !URL.canParse(cluster.server))
    throw unusable(`the cluster of “${chosen.name}” has no address`);
  const user = named.users.find((u) => u.name === chosen.user);
  const login = isPlain(cluster, user)
    ? await plainLogin(cluster, user)
    : await clientLogin(named, chosen.name, cluster);
  return {
    context: chosen.name,
    namespace: chosen.namespace ?? 'default',
    server: new URL(cluster.server),
    options: async () => {
      try {
        return await login();
      } catch (error) {
        throw unusable(
          `the login of “${chosen.name}” fails: ${error instanceof Error ? error.message : String(error)}`,
          error,
        );
      }
    },
  };
}

type Login = () => Promise<RequestOptions>;

/** Certificates, tokens, passwords and commands, without a proxy: what nearly every kubeconfig has. */
const isPlain = ({ proxyUrl }: Cluster, user: User | undefined): boolean =>
  !proxyUrl && (!user?.authProvider || Boolean(user.authProvider.config?.tokenFile));

/** Keeps its connections. */
const keptAgent = ({ server }: Cluster) =>
  server.startsWith('http:') ? new PlainAgent({ keepAlive: true }) : new Agent({ keepAlive: true });

async function plainLogin(cluster: Cluster, user: User | undefined): Promise<Login> {
  const { ExecAuth } = await import('@kubernetes/client-node/dist/exec_auth.js');
  const { FileAuth } = await import('@kubernetes/client-node/dist/file_auth.js');
  const agent = keptAgent(cluster);
  // They keep what they got until it runs out.
  const ways = [new ExecAuth(), new FileAuth()];
  return async () => {
    const headers: Record<string, string> = {};
    const options: RequestOptions = { agent, headers };
    if (cluster.skipTLSVerify) options.rejectUnauthorized = false;
    if (cluster.tlsServerName) options.servername = cluster.tlsServerName;
    const authority = fileOr(cluster.caFile, cluster.caData);
    if (authority) options.ca = authority;
    if (!user) return options;
    const [cert, key] = [fileOr(user.certFile, user.certData), fileOr(user.keyFile, user.keyData)];
    if (cert) options.cert = cert;
    if (key) options.key = key;
    if (user.impersonateUser) headers['Impersonate-User'] = user.impersonateUser;
    await ways.find((way) => way.isAuthProvider(user))?.applyAuthentication(user, options);
    if (user.token) headers.Authorization = `Bearer ${user.token}`;
    if (user.username) options.auth = `${user.username}:${user.password}`;
    return options;
  };
}

const fileOr = (file: string | undefined, base64: string | undefined): Buffer | undefined =>
  file ? readFileSync(file) : base64 ? Buffer.from(base64, 'base64') : undefined;

/** Proxies and the logins of clouds are left to the client, which is loaded for them only: 1.5 s and 60 MB. */
async function clientLogin(named: Named, context: string, cluster: Cluster): Promise<Login> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  // kubectl talks plain HTTP where the address says so; the client wants to be told that nothing is verified then.
  const clusters = named.clusters.map((c) =>
    c.name === cluster.name && c.server.startsWith('http:') ? { ...c, skipTLSVerify: true } : c,
  );
  config.loadFromOptions({ ...named, clusters, currentContext: context });
  const agent = cluster.proxyUrl === undefined ? keptAgent(cluster) : undefined;
  return async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    // The client's own agent shakes hands anew for every request. A proxy needs it.
    return agent ? { ...options, agent } : options;
  };
}

const unusable = (why: string, cause?: unknown): Problem =>
  new Problem(
    'kubeconfig_unusable',
    `The kubeconfig can’t be used: ${why}. Set KUBECONFIG or --context, or give files with -f; kubectl config get-contexts shows what there is.`,
    { cause },
  );

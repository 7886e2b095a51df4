import { Agent as PlainAgent } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import { Problem } from '../core/kernel/problem.ts';

/** How a cluster is reached: by a context of a kubeconfig, or from inside. */
export type Access = {
  readonly context: string;
  /** The namespace that the context names. */
  readonly namespace: string;
  readonly server: URL;
  /** Certificates, headers and agent of a request; asked for each time, since tokens run out. */
  readonly options: () => Promise<RequestOptions>;
};

/** A kubeconfig, or the service account of the pod in which we run. */
export type Kubeconfig = { readonly file: string } | { readonly text: string } | 'service account';

/** Reads what it is given, else KUBECONFIG, `~/.kube/config` or the service account, as kubectl does. */
export async function readKubeconfig(context: string | undefined, from?: Kubeconfig): Promise<Access> {
  // The whole client costs 0.6 s and 130 MB; the part that reads a kubeconfig is all that is needed.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  try {
    if (from === undefined) config.loadFromDefault();
    else if (from === 'service account') config.loadFromCluster();
    else if ('file' in from) config.loadFromFile(from.file);
    else config.loadFromString(from.text);
  } catch (error) {
    throw unusable(`it can’t be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const names = config.getContexts().map((c) => c.name);
  const name = context ?? config.getCurrentContext();
  const chosen = config.getContextObject(name ?? '');
  if (chosen === null)
    throw unusable(
      context === undefined
        ? 'no context is chosen'
        : `there is no context “${context}”; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ') || 'none'}`,
    );
  config.setCurrentContext(chosen.name);
  const cluster = config.getCurrentCluster();
  if (cluster === null || !URL.canParse(cluster.server))
    throw unusable(`the cluster of “${chosen.name}” has no address`);
  // kubectl talks plain HTTP where the address says so; the client wants to be told that nothing is verified then.
  if (cluster.server.startsWith('http:'))
    config.clusters = config.clusters.map((c) => (c.name === cluster.name ? { ...c, skipTLSVerify: true } : c));
  // The client's own agent shakes hands anew for every request; ours keeps its connections. A proxy needs theirs.
  const kept = cluster.server.startsWith('http:')
    ? new PlainAgent({ keepAlive: true })
    : new Agent({ keepAlive: true });
  return {
    context: chosen.name,
    namespace: chosen.namespace ?? 'default',
    server: new URL(cluster.server),
    options: async () => {
      const options: RequestOptions = {};
      try {
        await config.applyToHTTPSOptions(options);
      } catch (error) {
        throw unusable(
          `the login of “${chosen.name}” fails: ${error instanceof Error ? error.message : String(error)}`,
          error,
        );
      }
      return cluster.proxyUrl === undefined ? { ...options, agent: kept } : options;
    },
  };
}

const unusable = (why: string, cause?: unknown): Problem =>
  new Problem(
    'kubeconfig_unusable',
    `The kubeconfig can’t be used: ${why}. Set KUBECONFIG or --context, or give files with -f; kubectl config get-contexts shows what there is.`,
    { cause },
  );

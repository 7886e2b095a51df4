import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { counts, deployment, failing, pod, replicaSet } from './cluster-objects.ts';
import { serve } from './ipc.ts';

/* An API server that has nothing to do but to list and to tell: so what is measured is who reads it. */

const many = <T>(count: number, make: (i: number) => T): readonly string[] =>
  Array.from({ length: count }, (_, i) => JSON.stringify(make(i)));
const kinds: Readonly<Record<string, { readonly kind: string; readonly items: readonly string[] }>> = {
  '/api/v1/pods': { kind: 'Pod', items: many(counts.pods, (i) => pod(i, i + 1)) },
  '/apis/apps/v1/deployments': { kind: 'Deployment', items: many(counts.deployments, (n) => deployment(n, n + 1)) },
  '/apis/apps/v1/replicasets': { kind: 'ReplicaSet', items: many(counts.deployments, (n) => replicaSet(n, n + 1)) },
};
let version = counts.pods + 1;
const watchers = new Map<string, Set<ServerResponse>>();

function list(url: URL, res: ServerResponse): void {
  const { kind = 'Thing', items = [] } = kinds[url.pathname] ?? {};
  const limit = Number(url.searchParams.get('limit') ?? 0) || items.length;
  const from = Number(url.searchParams.get('continue') ?? 0);
  const next = from + limit < items.length ? String(from + limit) : '';
  const metadata = JSON.stringify({ resourceVersion: String(version), ...(next === '' ? {} : { continue: next }) });
  res.writeHead(200, { 'content-type': 'application/json' });
  res.write(`{"kind":"${kind}List","apiVersion":"v1","metadata":${metadata},"items":[`);
  res.write(items.slice(from, from + limit).join(','));
  res.end(']}');
}

function watch(url: URL, req: IncomingMessage, res: ServerResponse): void {
  const here = watchers.get(url.pathname) ?? new Set();
  watchers.set(url.pathname, here.add(res));
  res.writeHead(200, { 'content-type': 'application/json' });
  res.flushHeaders();
  const timer = setTimeout(() => res.end(), Number(url.searchParams.get('timeoutSeconds') ?? 300) * 1000);
  req.on('close', () => {
    clearTimeout(timer);
    here.delete(res);
  });
}

const server = createServer((req, res) => {
  const url = new URL(req.url ?? '/', 'http://cluster');
  if (['1', 'true'].includes(url.searchParams.get('watch') ?? '')) watch(url, req, res);
  else list(url, res);
});

const tell = (object: object) => {
  const line = `${JSON.stringify({ type: 'MODIFIED', object })}\n`;
  for (const res of watchers.get('/api/v1/pods') ?? []) res.write(line);
};

type Churn = { readonly perSecond: number; readonly seconds: number; readonly failures: number };
/** So many changes of pods a second; some of them fail, and are well again three seconds later. */
async function churn({ perSecond, seconds, failures }: Churn): Promise<number> {
  const begin = performance.now();
  let sent = 0;
  let failed = 0;
  const well: { readonly at: number; readonly i: number }[] = [];
  while (performance.now() - begin < seconds * 1000) {
    const passed = (performance.now() - begin) / 1000;
    for (; sent < passed * perSecond; sent++) {
      version += 1;
      if (failed < passed * failures) {
        const i = (failed * 997) % counts.pods;
        tell(pod(i, version, failing(Math.floor(i / 5), Date.now())));
        well.push({ at: passed + 3, i });
        failed += 1;
      } else if ((well[0]?.at ?? Number.POSITIVE_INFINITY) <= passed) tell(pod(well.shift()?.i ?? 0, version));
      else tell(pod((sent * 7919) % counts.pods, version));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return sent / seconds;
}

serve({
  listen: async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  churn: (input: Churn) => churn(input),
  bytes: () => Object.fromEntries(Object.values(kinds).map(({ kind, items }) => [kind, items[0]?.length ?? 0])),
});

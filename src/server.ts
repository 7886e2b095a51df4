import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Health } from './core/kernel/index.ts';
import type { Log } from './core/kernel/log.ts';
import { Problem } from './core/kernel/problem.ts';
import type { Clock } from './engine/ports.ts';

export type Route = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export type ServerOptions = {
  readonly routes: ReadonlyMap<string, Route>;
  /** Tried when no route fits; false when it does not know the path either. */
  readonly otherwise?: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;
  readonly log: Log;
};

export const sendJson = (res: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  res.end(text);
};

/** Everything that is HTTP, on one listener. Routes are exact paths, `METHOD /path`. */
export function createHttpServer({ routes, otherwise, log }: ServerOptions): Server {
  const server = createServer((req, res) => {
    void answer(req, res).catch((error: unknown) => {
      log.error({ err: error, path: pathOf(req) }, 'a request failed');
      if (!res.headersSent) sendJson(res, 500, { error: 'Something broke on our side. The log says what.' });
      else res.destroy();
    });
  });

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const route = routes.get(`${req.method} ${pathOf(req)}`);
    if (route) return route(req, res);
    if (await otherwise?.(req, res)) return;
    const known = [...routes.keys()].filter((r) => r.endsWith(` ${pathOf(req)}`));
    if (known.length === 0) return sendJson(res, 404, { error: 'There is nothing here.' });
    res.setHeader('allow', known.map((r) => r.split(' ')[0]).join(', '));
    sendJson(res, 405, { error: 'This path takes another method.' });
  }

  // Slow senders must not hold connections: the platforms send a request in one go.
  server.requestTimeout = 15_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 65_000;
  return server;
}

const pathOf = (req: IncomingMessage): string => (req.url ?? '/').split('?', 1)[0] as string;

/** Each part within a second, so that a hanging platform cannot hang the probe. */
export async function checks(
  clock: Pick<Clock, 'after'>,
  parts: Readonly<Record<string, () => Promise<Health>>>,
): Promise<Record<string, Health>> {
  const one = async (check: () => Promise<Health>): Promise<Health> => {
    const { promise, resolve } = Promise.withResolvers<Health>();
    const cancel = clock.after(1_000, () => resolve({ ok: false, why: 'did not answer within a second' }));
    check().then(resolve, (error: unknown) =>
      resolve({ ok: false, why: error instanceof Error ? error.message : 'failed' }),
    );
    return promise.finally(cancel);
  };
  const names = Object.keys(parts);
  const results = await Promise.all(Object.values(parts).map(one));
  return Object.fromEntries(names.map((name, i) => [name, results[i] as Health]));
}

/** Opens the port, or says what to do. */
export function listen(
  server: Server,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'something else uses it' : `the system says ${cause.code}`;
      const message = `Port ${port} on ${host} can’t be opened: ${why}. Stop that, or choose another port, such as PORT=${port + 1} npm start.`;
      reject(new Problem('port_unusable', message, { cause }));
    });
    server.listen(port, host, () => resolve());
  });
}

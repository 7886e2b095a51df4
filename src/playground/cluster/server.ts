import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { parse as parseYaml } from 'yaml';
import type { Authorizer } from './api/authorize.ts';
import * as discovery from './api/discovery.ts';
import type { Answer, Exchange } from './api/exchange.ts';
import { openApi, openApiIndex } from './api/openapi.ts';
import { isTrue, type Target, targetOf } from './api/request.ts';
import { type Fault, type Faults, faultReasons, lines } from './faults.ts';
import { type Fields, type Json, parseJson } from './json.ts';
import type { Registry } from './registry.ts';
import { decodeProtobuf } from './schema/wire.ts';
import { ApiError, badRequest, forbidden, noSuchPath, unsupportedMedia } from './status.ts';
import { selfSigned } from './tls.ts';
import type { Clock, User } from './types.ts';

type Parts = {
  readonly registry: Registry;
  readonly authorizer: Authorizer;
  readonly handle: (target: Target, exchange: Exchange) => Answer | undefined;
  readonly userOf: (token: string) => User | undefined;
  readonly clock: Clock;
  readonly faults: () => Faults | undefined;
  readonly version: Fields;
  readonly log: (path: string, error: unknown) => void;
};

const maxBody = 3_145_728;
const aggregatedDiscovery = /g=apidiscovery\.k8s\.io/;

/** The HTTPS side: who asks, what is asked, and the answers that are not about objects. */
export function createApiServer({ registry, authorizer, handle, userOf, clock, faults, version, log }: Parts) {
  const { key, cert } = selfSigned();
  const sockets = new Set<Socket>();
  const server = createServer({ key, cert }, (req, res) => void respond(req, res));
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    if (!(socket instanceof Socket)) return;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  function identify(req: IncomingMessage): User {
    const [, token = ''] = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '') ?? [];
    const user = token ? userOf(token) : undefined;
    if (!user) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
    const name = req.headers['impersonate-user'];
    if (typeof name !== 'string') return user;
    const group = req.headers['impersonate-group'];
    const groups = (typeof group === 'string' ? group.split(',').map((one) => one.trim()) : (group ?? [])).filter(
      Boolean,
    );
    const wanted = [{ resource: 'users', name }, ...groups.map((one) => ({ resource: 'groups', name: one }))];
    for (const one of wanted)
      if (authorizer.may(user, { verb: 'impersonate', group: '', ...one }) === undefined)
        throw forbidden(
          { group: '', plural: one.resource },
          one.name,
          `User "${user.name}" cannot impersonate resource "${one.resource}" in API group "" at the cluster scope`,
        );
    return { name, groups: [...new Set([...groups, 'system:authenticated'])] };
  }

  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'https://cluster');
    try {
      const user = identify(req);
      const watch = isTrue(url.searchParams.get('watch'));
      const fault = faults()?.({
        method: req.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        user: user.name,
        watch,
      });
      const body = await bodyOf(req);
      if (fault && (await suffer(fault, res))) return;
      const answer = route(req, url) ?? resource({ req, res, url, user, body, pass: lines(fault) });
      if (fault?.kind === 'reset-after') res.destroy();
      else if (answer) send(req, res, answer);
    } catch (error) {
      if (!(error instanceof ApiError)) log(url.pathname, error);
      const known =
        error instanceof ApiError
          ? error
          : new ApiError(
              500,
              'InternalError',
              `Internal error occurred: ${error instanceof Error ? error.message : 'unknown'}`,
            );
      if (res.headersSent) res.destroy();
      else send(req, res, { status: known.code, body: known.status });
    }
  }

  /** True when there is nothing more to do. */
  async function suffer(fault: Fault, res: ServerResponse): Promise<boolean> {
    if (fault.kind === 'hang') return true;
    if (fault.kind === 'reset') {
      res.destroy();
      return true;
    }
    if (fault.kind === 'delay') await new Promise<void>((resolve) => clock.after(fault.ms, resolve));
    if (fault.kind !== 'status') return false;
    if (fault.retryAfter !== undefined) res.setHeader('retry-after', String(fault.retryAfter));
    const details: Fields = fault.retryAfter === undefined ? {} : { retryAfterSeconds: fault.retryAfter };
    throw new ApiError(
      fault.code,
      faultReasons[fault.code] ?? 'Unknown',
      fault.message ?? 'the server is not well, on purpose',
      details,
    );
  }

  function resource(exchange: Exchange): Answer | undefined {
    const target = targetOf(exchange.url.pathname, registry);
    if (!target) throw noSuchPath();
    return handle(target, exchange);
  }

  const ok = (body: Json | string): Answer => ({ status: 200, body });
  const fixed: Readonly<Record<string, (accept: string) => Answer>> = {
    '/version': () => ok(version),
    '/healthz': () => ok('ok'),
    '/livez': () => ok('ok'),
    '/readyz': () => ok('ok'),
    '/api': (accept) =>
      ok(aggregatedDiscovery.test(accept) ? discovery.aggregated(registry.all(), true) : discovery.apiVersions()),
    '/apis': (accept) =>
      ok(
        aggregatedDiscovery.test(accept)
          ? discovery.aggregated(registry.all(), false)
          : discovery.groupList(registry.all()),
      ),
    '/openapi/v3': () => ok(openApiIndex(registry.all(), registry.all().length)),
  };

  function route(req: IncomingMessage, url: URL): Answer | undefined {
    if (req.method !== 'GET') return undefined;
    const path = url.pathname.replace(/(.)\/$/, '$1');
    const found = fixed[path]?.(req.headers.accept ?? '');
    if (found) return found;
    const [, root, group, only] = /^(?:\/openapi\/v3)?\/(apis?)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (!root || !group || (root === 'api' && only)) return undefined;
    const [name, release] = root === 'api' ? ['', group] : [group, only];
    if (path.startsWith('/openapi')) {
      const served = registry.all().filter((one) => one.group === name && one.version === release);
      if (served.length === 0) throw noSuchPath();
      return ok(openApi(served));
    }
    const listed = release
      ? discovery.resourceList(registry.all(), name, release)
      : discovery.group(registry.all(), name);
    if (!listed) throw noSuchPath();
    return ok(listed);
  }

  function send(req: IncomingMessage, res: ServerResponse, { status, body, warnings = [] }: Answer): void {
    const isText = typeof body === 'string';
    const text = isText ? body : JSON.stringify(body);
    const aggregated =
      !isText && (req.url?.startsWith('/api') ?? false) && aggregatedDiscovery.test(req.headers.accept ?? '');
    const type = isText
      ? 'text/plain; charset=utf-8'
      : aggregated
        ? 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
        : 'application/json';
    for (const warning of warnings) res.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
    res.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-cache, private',
    });
    res.end(text);
  }

  return {
    cert,
    async listen(port = 0): Promise<string> {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
      return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    /** Resets every connection. */
    disconnect(): void {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async close(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBody) chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  if (bytes > maxBody)
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maxBody}`);
  const type = req.headers['content-type'] ?? '';
  if (/cbor/.test(type))
    throw unsupportedMedia(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  if (/protobuf/.test(type)) {
    const object = decodeProtobuf(Buffer.concat(chunks));
    if (!object) throw unsupportedMedia(['application/json', 'application/yaml']);
    return object;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const json = parseJson(text);
  if (json !== undefined) return json;
  if (!/yaml/.test(type))
    throw badRequest(
      "the object provided is unrecognized (must be of type Kubernetes object): couldn't get version/kind; json parse error",
    );
  try {
    return parseYaml(text) as Json;
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

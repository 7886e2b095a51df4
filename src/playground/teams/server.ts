import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectorReply, ConnectorRequest } from './connector.ts';
import { createFaults, type Fault, faultReply } from './faults.ts';
import { bodyOf } from './json.ts';
import type { Keys } from './keys.ts';
import { LIMITS } from './limits.ts';

/** One request of the bot, as it arrived. */
export type ConnectorCall = {
  readonly method: string;
  /** Decoded, from `/v3/` on. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON that came, its text where it is not JSON, undefined where there was none. */
  readonly body: unknown;
  readonly at: Date;
  /** Undefined while it hangs, and when the answer was cut off. */
  status?: number;
  readonly fault?: Fault['kind'];
};

type ServerOptions = {
  readonly clock: { now(): Date };
  readonly keys: Keys;
  /** Whether the bot must show a token. */
  readonly guarded: boolean;
  readonly answer: (request: ConnectorRequest) => ConnectorReply;
};

// Real service addresses carry a region, so a bot that builds paths from the host alone breaks here as it would there.
const prefix = '/emea';
const metadataPath = '/v1/.well-known/openidconfiguration';
const keysPath = '/v1/.well-known/keys';
const ssoPath = '/v2.0/.well-known/openid-configuration';

/** The connector and the login service's metadata on one loopback port. */
export function createConnectorServer({ clock, keys, guarded, answer }: ServerOptions) {
  const calls: ConnectorCall[] = [];
  const faults = createFaults();
  let origin = '';

  const documents: Readonly<Record<string, () => unknown>> = {
    [metadataPath]: () => keys.metadata(`${origin}${keysPath}`),
    [keysPath]: () => keys.jwks(),
    [ssoPath]: () => keys.ssoMetadata(`${origin}${keysPath}`),
  };

  /** Everything that is checked before the operation itself; undefined lets it through. */
  function gate(req: IncomingMessage, raw: string | undefined): ConnectorReply | undefined {
    if (raw === undefined)
      return refusal(413, 'MessageSizeTooBig', `Message size too large: over ${LIMITS.bodyBytes} bytes.`);
    const reason = guarded ? keys.refusal(req.headers.authorization) : undefined;
    return reason === undefined
      ? undefined
      : refusal(401, 'Unauthorized', `Authorization has been denied for this request: ${reason}.`);
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', origin);
    const document = documents[url.pathname];
    if (document) return send(res, { status: 200, body: document() });
    const raw = await readBody(req);
    const path = decode(url.pathname);
    if (path === undefined || !path.startsWith(`${prefix}/`))
      return send(res, refusal(404, 'BadSyntax', `Nothing is served at ${url.pathname}.`));
    const request = {
      method: req.method ?? '',
      path: path.slice(prefix.length),
      query: url.searchParams,
      raw: raw ?? '',
    };
    const fault = faults.next(request.method, request.path);
    const call: ConnectorCall = {
      method: request.method,
      path: request.path,
      query: Object.fromEntries(url.searchParams),
      body: bodyOf(request.raw),
      at: clock.now(),
      ...(fault ? { fault: fault.kind } : {}),
    };
    calls.push(call);
    reply(res, call, fault, () => gate(req, raw) ?? answer(request));
  }

  function reply(res: ServerResponse, call: ConnectorCall, fault: Fault | undefined, act: () => ConnectorReply): void {
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'status' || fault?.kind === 'html') {
      const { status, headers, text } = faultReply(fault);
      call.status = status;
      res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
      return;
    }
    const result = act();
    if (fault?.kind === 'dropReply') {
      res.socket?.destroy();
      return;
    }
    call.status = result.status;
    send(res, result);
  }

  const server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => {
      // A bug of the tenant itself must not look like one of Teams' errors.
      if (!res.headersSent) send(res, refusal(500, 'LocalTenantBug', String(error)));
      else res.destroy();
    });
  });

  return {
    calls: calls as readonly ConnectorCall[],
    fail: faults.fail,
    serviceUrl: (): string => `${origin}${prefix}/`,
    /** Listens on 127.0.0.1. @param port 0 takes a free one */
    listen(port = 0): Promise<{ serviceUrl: string; metadataUrl: string; ssoMetadataUrl: string }> {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
          resolve({
            serviceUrl: `${origin}${prefix}/`,
            metadataUrl: `${origin}${metadataPath}`,
            ssoMetadataUrl: `${origin}${ssoPath}`,
          });
        });
      });
    },
    /** Stops listening and cuts every open connection, the hanging ones too. */
    close(): Promise<void> {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const refusal = (status: number, code: string, message: string): ConnectorReply => ({
  status,
  body: { error: { code, message } },
});

function send(res: ServerResponse, { status, body, headers = {} }: ConnectorReply): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  res
    .writeHead(status, { ...(text ? { 'content-type': 'application/json; charset=utf-8' } : {}), ...headers })
    .end(text);
}

/** The body's text; undefined when it is larger than the door. It is read to the end, so that the answer gets through. */
async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= LIMITS.bodyBytes) chunks.push(chunk);
  }
  return bytes > LIMITS.bodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

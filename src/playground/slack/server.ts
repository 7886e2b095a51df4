import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api, Reply } from './api.ts';
import type { SocketMode } from './socket.ts';

/** More than any legal call: a 250 KB view, form-encoded. */
const MAX_BYTES = 8 * 1024 * 1024;

async function bytesOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A file comes as a form with one part, or as bare bytes. */
async function fileIn(request: IncomingMessage, body: Buffer): Promise<Uint8Array> {
  const type = request.headers['content-type'] ?? '';
  const bytes = new Uint8Array(body);
  if (!type.startsWith('multipart/form-data')) return bytes;
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const part = [...form.values()].find((each) => typeof each !== 'string');
  return part ? part.bytes() : new Uint8Array();
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.kind === 'drop') response.destroy();
  // A hanging call keeps its connection until the client gives up or the workspace closes.
  if (reply.kind !== 'answer') return;
  response.writeHead(reply.status, { ...reply.headers });
  response.end(reply.body);
}

const plain = (status: number, body: string): Reply => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'text/plain' },
  body,
});

/** Serves the Web API under `/api/`, uploads under `/upload/`, response URLs under `/actions/` and `/commands/`, Socket Mode under `/link/`; loopback only. */
export function createHttp(api: Api, socketMode: SocketMode) {
  const route = async (request: IncomingMessage): Promise<Reply> => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const bytes = await bytesOf(request);
    if (bytes === undefined) return plain(413, 'too large');
    const ticket = /^\/upload\/v1\/(\w+)$/.exec(pathname)?.[1];
    if (ticket) return api.upload(ticket, await fileIn(request, bytes));
    const body = bytes.toString();
    const method = /^\/api\/([\w.]+)$/.exec(pathname)?.[1];
    if (method) {
      const contentType = request.headers['content-type'] ?? '';
      return api.handle(method, { contentType, authorization: request.headers.authorization, query: search, body });
    }
    const hook = /^\/(?:actions|commands)\/\w+\/(\w+)$/.exec(pathname)?.[1];
    if (hook) return request.method === 'POST' ? api.respond(hook, body) : plain(405, 'method_not_allowed');
    return plain(404, 'not_found');
  };

  const server = createServer((request, response) => {
    route(request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        // A fault of the workspace itself must be seen by whoever called, not taken for one of the faults it plays.
        if (!response.headersSent && !response.destroyed)
          send(response, plain(500, `The playground's Slack failed: ${error}`));
      },
    );
  });
  server.on('upgrade', (request, socket, head) => socketMode.upgrade(request, socket, head));

  return {
    listen(port: number): Promise<number> {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      });
    },
    /** Ends everything, hanging calls and sockets included. */
    close(): Promise<void> {
      if (!server.listening) return Promise.resolve();
      return new Promise((resolve) => {
        server.close(() => resolve());
        socketMode.cut();
        server.closeAllConnections();
      });
    },
  };
}

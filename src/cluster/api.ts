import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Problem } from '../core/kernel/problem.ts';
import type { Access } from './kubeconfig.ts';

export type Answer = { readonly status: number; readonly body: string };

/** An answer of which the rest still comes, no faster than it is read. */
export type Opened = { readonly status: number; readonly body: AsyncIterable<Buffer>; readonly drop: () => void };

/** Reads from an API server: plain requests, since a typed list costs ten times the memory. */
export type Api = {
  readonly access: Access;
  get(path: string, accept?: string): Promise<Answer>;
  open(path: string, accept?: string, signal?: AbortSignal): Promise<Opened>;
};

/** In milliseconds: a page of hundreds takes a busy server some seconds. */
const patience = 30_000;

export function createApi(access: Access): Api {
  const opened: Api['open'] = (path, accept = 'application/json', signal) => open(access, path, accept, signal);
  return {
    access,
    open: opened,
    async get(path, accept) {
      const { status, body } = await opened(path, accept);
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return { status, body: Buffer.concat(chunks).toString('utf8') };
    },
  };
}

async function open(
  access: Access,
  path: string,
  accept: string,
  signal?: AbortSignal,
  again = false,
): Promise<Opened> {
  const options = await access.options();
  const { server } = access;
  const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
  return new Promise<Opened>((resolve, reject) => {
    const send = server.protocol === 'http:' ? plainRequest : tlsRequest;
    const headers = { ...options.headers, accept, 'user-agent': 'groundcrew' };
    let answer: IncomingMessage | undefined;
    const request = send(url, { ...options, headers, timeout: patience, ...(signal && { signal }) }, (response) => {
      answer = response;
      resolve({
        status: response.statusCode ?? 0,
        body: read(access, response),
        drop: () => void response.destroy(),
      });
    });
    request.on('timeout', () => {
      // What has come waits for us, not we for it.
      if ((answer?.readableLength ?? 0) > 0) request.setTimeout(patience);
      else request.destroy(new Error('it does not answer within 30 s'));
    });
    request.on('error', (error) => {
      // A connection that was kept may have been closed by the server at the very moment that it was used again.
      if (request.reusedSocket && !again) open(access, path, accept, signal, true).then(resolve, reject);
      else reject(unreachable(access, error));
    });
    request.end();
  });
}

async function* read(access: Access, response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreachable(access, error instanceof Error ? error : new Error(String(error)));
  }
}

const unreachable = (access: Access, error: Error): Problem => {
  const why = 'code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message;
  return new Problem(
    'cluster_unreachable',
    `The cluster of “${access.context}” at ${access.server.origin} can’t be reached (${why}). Check the network, the VPN and --context.`,
    { cause: error },
  );
};

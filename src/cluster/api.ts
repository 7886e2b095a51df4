import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Problem } from '../core/kernel/problem.ts';
import { reasonOf } from './addresses.ts';
import type { Access } from './kubeconfig.ts';

export type Answer = { readonly status: number; readonly body: string };

/** An answer of which the rest still comes, no faster than it is read. */
export type Opened = {
  readonly status: number;
  /** In seconds. */
  readonly retryAfter?: number;
  readonly body: AsyncIterable<Buffer>;
  readonly drop: () => void;
};

/** For how many seconds the server asks to be left alone. */
export function patienceAsked({ headers }: IncomingMessage): { readonly retryAfter?: number } {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfter: seconds } : {};
}

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
  signal?.throwIfAborted();
  const { server } = access;
  const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
  return new Promise<Opened>((resolve, reject) => {
    const send = server.protocol === 'http:' ? plainRequest : tlsRequest;
    const headers = { ...options.headers, accept, 'user-agent': 'groundcrew' };
    let answer: IncomingMessage | undefined;
    let left: string | undefined;
    const request = send(url, { ...options, headers, timeout: patience }, (response) => {
      answer = response;
      // Who reads it is told; of one that nobody reads yet nobody would be, which ends a process.
      response.on('error', () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        ...patienceAsked(response),
        body: read(response, failed),
        drop: () => void response.destroy(),
      });
    });
    const failed = (error: unknown) => unreachable(access, left ?? error);
    // Without an error: to a connection that has brought its whole answer nobody listens any more.
    const leave = (why: string) => {
      left ??= why;
      request.destroy();
    };
    const over = () => leave('nobody asks any more');
    signal?.addEventListener('abort', over);
    request.on('close', () => signal?.removeEventListener('abort', over));
    request.on('timeout', () => {
      // What has come waits for us, not we for it.
      if ((answer?.readableLength ?? 0) > 0) request.setTimeout(patience);
      else leave('it does not answer within 30 s');
    });
    request.on('error', (error) => {
      // A connection that was kept may have been closed by the server at the very moment that it was used again. When it
      // breaks off later, who reads the answer is told: another one would be read by nobody.
      if (request.reusedSocket && !again && answer === undefined && left === undefined)
        open(access, path, accept, signal, true).then(resolve, reject);
      else reject(failed(error));
    });
    request.end();
  });
}

async function* read(response: IncomingMessage, failed: (error: unknown) => Problem): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (error) {
    throw failed(error);
  }
}

/** Where to is in its cause, for the log and for who asks on a terminal: the message may be shown in a chat. */
const unreachable = (access: Access, cause: unknown): Problem =>
  new Problem(
    'cluster_unreachable',
    `The cluster of “${access.context}” can’t be reached (${reasonOf(cause)}). Check the network, the VPN and --context.`,
    {
      cause: new Error(`${access.server.origin}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }),
    },
  );

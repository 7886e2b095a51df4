import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request as tlsRequest } from 'node:https';
import { patienceAsked } from './api.ts';
import type { Access } from './kubeconfig.ts';

/** Why a stream ended; `failed`: it never began, or broke off. */
export type Ended =
  | { readonly how: 'closed' }
  | { readonly how: 'failed'; readonly why: string; readonly status?: number; readonly retryAfter?: number };

export type Stream = { readonly ended: Promise<Ended>; readonly stop: (why: string) => void };

/** What one line may take: an object of an API server is at most 1.5 MB, and JSON in a watch a little more. */
const longestLine = 8_000_000;

/** Reads a watch line by line. What is left of a line when it breaks off is not a line. */
export function stream(
  access: Access,
  path: string,
  onLine: (line: string) => void,
  onData: () => void,
  accept = 'application/json',
  /** The server has taken it, and may have nothing to say for a while. `anew`: over a connection that was not there before. */
  onOpen: (anew: boolean) => void = () => undefined,
): Stream {
  let request: ClientRequest | undefined;
  let stopped: string | undefined;
  let settle: (ended: Ended) => void = () => undefined;
  const ended = new Promise<Ended>((resolve) => {
    settle = resolve;
  });
  const fail = (error: unknown) =>
    settle({ how: 'failed', why: stopped ?? (error instanceof Error ? error.message : String(error)) });
  /** Not with an error: of an answer that has come whole nobody listens to its connection any more, and the process would end. */
  const stop = (why: string) => {
    stopped ??= why;
    request?.destroy();
    fail(why);
  };
  const read = (response: IncomingMessage) => {
    if (response.statusCode !== 200) {
      response.resume();
      settle(refusal(response));
      return;
    }
    onOpen(request?.reusedSocket !== true);
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      onData();
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) return stop('a line without an end');
      for (const line of lines) if (line !== '' && stopped === undefined) onLine(line);
    });
    response.on('error', fail);
    response.on('end', () => settle(stopped === undefined ? { how: 'closed' } : { how: 'failed', why: stopped }));
    response.on('close', () => fail(new Error('the connection broke off')));
  };
  const begin = (options: RequestOptions) => {
    if (stopped !== undefined) return fail(stopped);
    const { server } = access;
    const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
    const send = server.protocol === 'http:' ? plainRequest : tlsRequest;
    request = send(url, {
      ...options,
      headers: { ...options.headers, accept, 'user-agent': 'groundcrew' },
    });
    request.on('response', read);
    request.on('error', fail);
    request.end();
  };
  access.options().then(begin, fail);
  return { ended, stop };
}

function refusal(response: IncomingMessage): Ended {
  const { statusCode: status = 0, statusMessage } = response;
  return { how: 'failed', why: `${status} ${statusMessage ?? ''}`.trim(), status, ...patienceAsked(response) };
}

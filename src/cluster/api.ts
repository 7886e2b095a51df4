import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Problem } from '../core/kernel/problem.ts';
import type { Access } from './kubeconfig.ts';

export type Answer = { readonly status: number; readonly body: string };

/** Reads from an API server: plain requests, since a typed list costs ten times the memory. */
export type Api = {
  readonly access: Access;
  get(path: string, accept?: string): Promise<Answer>;
};

/** In milliseconds: a page of hundreds takes a busy server some seconds. */
const patience = 30_000;

export function createApi(access: Access): Api {
  return {
    access,
    get: (path, accept = 'application/json') => get(access, path, accept),
  };
}

async function get(access: Access, path: string, accept: string, again = false): Promise<Answer> {
  const options = await access.options();
  const { server } = access;
  const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
  return new Promise<Answer>((resolve, reject) => {
    const send = server.protocol === 'http:' ? plainRequest : tlsRequest;
    const headers = { ...options.headers, accept, 'user-agent': 'groundcrew' };
    const request = send(url, { ...options, headers, timeout: patience }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => reject(unreachable(access, error)));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.on('timeout', () => request.destroy(new Error('it does not answer within 30 s')));
    request.on('error', (error) => {
      // A connection that was kept may have been closed by the server at the very moment that it was used again.
      if (request.reusedSocket && !again) get(access, path, accept, true).then(resolve, reject);
      else reject(unreachable(access, error));
    });
    request.end();
  });
}

const unreachable = (access: Access, error: Error): Problem => {
  const why = 'code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message;
  return new Problem(
    'cluster_unreachable',
    `The cluster of “${access.context}” at ${access.server.origin} can’t be reached (${why}). Check the network, the VPN and --context.`,
    { cause: error },
  );
};

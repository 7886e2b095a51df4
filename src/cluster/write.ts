import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Problem } from '../core/kernel/problem.ts';
import { reasonOf } from './addresses.ts';
import type { Access } from './kubeconfig.ts';

export type Change = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly type?: string;
  readonly body?: unknown;
};
export type Changed = { readonly status: number; readonly body: unknown };

const patience = 20_000;

/** One call that may change something. Whoever makes it knows how to make it again without harm. */
export async function send(access: Access, change: Change, tryOut: boolean): Promise<Changed> {
  const options = await access.options();
  const { server } = access;
  const url = new URL(`${server.pathname.replace(/\/$/, '')}${change.path}`, server);
  if (tryOut) url.searchParams.set('dryRun', 'All');
  if (change.method === 'PATCH') url.searchParams.set('fieldManager', 'groundcrew');
  const text = change.body === undefined ? undefined : JSON.stringify(change.body);
  const headers = {
    ...options.headers,
    ...(change.method === 'GET' ? {} : impersonating(access)),
    accept: 'application/json',
    'user-agent': 'groundcrew',
    ...(text === undefined
      ? {}
      : { 'content-type': change.type ?? 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const begin = server.protocol === 'http:' ? plainRequest : tlsRequest;
    const request = begin(url, { ...options, method: change.method, headers, timeout: patience }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString('utf8')) }),
      );
    });
    request.on('timeout', () => request.destroy(new Error('it does not answer within 20 s')));
    request.on('error', (cause) =>
      reject(
        new Problem(
          'cluster_away',
          `The cluster of “${access.context}” can’t be reached (${reasonOf(cause)}). Nothing more was done. Try again in a while.`,
          { cause: new Error(`${server.host}: ${cause.message}`, { cause }) },
        ),
      ),
    );
    request.end(text);
  });
}

/** What is read is read by the bot; what is changed is changed by who pressed. Headers are bytes: names may be more than Latin. */
function impersonating({ as }: Access): Record<string, string | string[]> {
  if (as === undefined) return {};
  const bytes = (name: string) => Buffer.from(name, 'utf8').toString('latin1');
  return {
    'impersonate-user': bytes(as.user),
    ...(as.groups.length === 0 ? {} : { 'impersonate-group': as.groups.map(bytes) }),
  };
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return { message: raw.slice(0, 300) };
  }
}

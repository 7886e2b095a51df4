import { request as plainRequest } from 'node:http';
import { type RequestOptions, request as tlsRequest } from 'node:https';
import { z } from 'zod';
import { reasonOf } from '../../cluster/addresses.ts';
import type { Access } from '../../cluster/kubeconfig.ts';
import { Problem } from '../../core/kernel/problem.ts';
import { type Clock, wait } from '../clock.ts';

export type Method = 'GET' | 'PATCH' | 'DELETE';
export type Call = {
  readonly method: Method;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A PATCH that takes fields away; any other is an apply. */
  readonly merge?: true;
  /** What the server says about an object, and nothing of what is in it. */
  readonly about?: true;
};
/** What the server said: an object, or a `Status` that says why not. */
export type Reply = { readonly status: number; readonly body: unknown };

export const statusBody = z.object({
  message: z.string().default(''),
  reason: z.string().default(''),
  details: z
    .object({
      causes: z
        .array(
          z.object({ reason: z.string().default(''), message: z.string().default(''), field: z.string().default('') }),
        )
        .default([]),
    })
    .prefault({}),
});

/** How often what may pass is tried again: with a person waiting, and without. */
export type Patience = {
  readonly signal: AbortSignal;
  /** After so many tries we give up; absent: it is tried as long as the run may take. */
  readonly tries?: number;
  /** Somebody may want to know what we wait for. */
  readonly onWait?: (why: string) => void;
};
export type Api = (call: Call, patience: Patience) => Promise<Reply>;

const answerMs = 30_000;
const backoffMs = { first: 500, longest: 30_000 };
/** An error inside the server, such as a webhook that does not answer, passes or it does not. */
const serverFaultTries = 5;
const longestReply = 64 * 1024 * 1024;

export function createApi(access: () => Promise<Access>, clock: Clock, random: () => number = Math.random): Api {
  return async function call(what, { signal, tries = Number.POSITIVE_INFINITY, onWait }) {
    for (let n = 1; ; n++) {
      const outcome = await once(await access(), what);
      const passing = passes(outcome, n);
      if (!passing || n >= tries) {
        if ('status' in outcome) return outcome;
        throw unreachable((await access()).server, outcome.error);
      }
      onWait?.(passing.why);
      const spread = 0.5 + random() / 2;
      const pause = Math.min(backoffMs.longest, backoffMs.first * 2 ** Math.min(n - 1, 10)) * spread;
      await wait(clock, Math.max(passing.afterMs ?? 0, pause), signal);
      if (signal.aborted) throw new Problem('run_stopped', 'It was stopped.');
    }
  };
}

type Outcome = (Reply & { readonly retryAfter?: number }) | { readonly error: Error };

/** Whether the same call may go well later, and when to come again. */
function passes(outcome: Outcome, n: number): { readonly why: string; readonly afterMs?: number } | undefined {
  if ('error' in outcome) return { why: `The cluster does not answer (${outcome.error.message}); it is asked again.` };
  const { status, retryAfter } = outcome;
  const after = retryAfter === undefined ? {} : { afterMs: Math.min(retryAfter, 120) * 1000 };
  if (status === 429) return { why: 'The cluster asks us to wait (429).', ...after };
  if (status === 500 && n < serverFaultTries)
    return { why: 'The cluster has an error inside (500); it is asked again.', ...after };
  if (status === 502 || status === 503 || status === 504)
    return { why: `The cluster is not available (${status}); it is asked again.`, ...after };
  return undefined;
}

/** A call that was sent is not cut off when the run is: nobody would know whether it was carried out. */
async function once(access: Access, { method, path, query, body, merge, about }: Call): Promise<Outcome> {
  let options: RequestOptions;
  try {
    options = await access.options();
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
  const { server } = access;
  const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const patch = merge ? 'application/merge-patch+json' : 'application/apply-patch+yaml';
  const type = method === 'PATCH' ? patch : 'application/json';
  const headers = {
    ...options.headers,
    accept: about ? 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' : 'application/json',
    'user-agent': 'groundcrew',
    ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve) => {
    const send = server.protocol === 'http:' ? plainRequest : tlsRequest;
    const request = send(url, { ...options, method, headers, timeout: answerMs }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > longestReply) request.destroy(new Error('its answer is too large'));
        chunks.push(chunk);
      });
      response.on('error', (error) => resolve({ error }));
      response.on('end', () => {
        const retryAfter = Number(response.headers['retry-after']);
        const raw = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          body: parsed(raw),
          ...(retryAfter > 0 ? { retryAfter } : {}),
        });
      });
    });
    request.on('timeout', () => request.destroy(new Error('it does not answer within 30 s')));
    request.on('error', (error) => resolve({ error }));
    request.end(text);
  });
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    // A proxy in between speaks HTML or plain text.
    return { message: raw.slice(0, 500) };
  }
}

const unreachable = (server: URL, error: Error): Problem =>
  error instanceof Problem
    ? error
    : new Problem(
        'cluster_away',
        `The cluster can’t be reached (${reasonOf(error)}). Nothing was done. Try again in a while; if it stays like that, tell the operator of Groundcrew.`,
        { cause: new Error(`${server.host}: ${error.message}`, { cause: error }) },
      );

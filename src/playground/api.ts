import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { createAssets } from '../assets.ts';
import type { Log } from '../core/kernel/log.ts';
import { actShape } from './acts.ts';
import { fileOf } from './files.ts';
import type { Act, Acted, Person } from './page/wire.ts';
import type { Streams } from './streams.ts';

type Parts = {
  readonly person: (id: string) => Person | undefined;
  readonly perform: (act: Act, who: Person) => Promise<Acted>;
  readonly streams: Streams;
  /** The bytes of a file that was uploaded to the workspace. */
  readonly picture: (id: string) => Uint8Array | undefined;
  readonly log: Pick<Log, 'warn'>;
};

/** Room for a text of 40,000 characters or a whole card, several times over. */
const maxBytes = 1_000_000;

const security = {
  // The page shows what strangers could have written: nothing but its own files may run.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * Why a request is not from the page itself. A name that an attacker points at this machine (DNS rebinding) is told by
 * the Host header, another site's form or script by Origin.
 */
function stranger(req: IncomingMessage): string | undefined {
  const host = req.headers.host ?? '';
  if (!/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host))
    return 'The playground answers on this machine only: open it as http://localhost or http://127.0.0.1.';
  if (req.method === 'GET' || req.method === 'HEAD') return undefined;
  const { origin, 'sec-fetch-site': site } = req.headers;
  const own = origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
  return own && (site === undefined || site === 'same-origin' || site === 'none')
    ? undefined
    : 'Only the playground’s own page may act in it.';
}

function send(res: ServerResponse, status: number, body: Acted | string, headers: Record<string, string> = {}): void {
  const [type, text] =
    typeof body === 'string'
      ? ['text/plain; charset=utf-8', body]
      : ['application/json; charset=utf-8', JSON.stringify(body)];
  res.writeHead(status, {
    'content-type': type,
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    ...headers,
  });
  res.end(text);
}

async function bodyOf(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes > maxBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The page, its files and its API. */
export function createApi({ person, perform, streams, picture, log }: Parts) {
  const assets = createAssets(fileOf);

  async function act(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // Forms of other sites can't send JSON without asking first.
    if (!/^application\/json\b/i.test(req.headers['content-type'] ?? ''))
      return send(res, 415, { error: 'Send the act as application/json.' });
    const text = await bodyOf(req);
    if (text === undefined) return send(res, 413, { error: 'This is more than the playground takes: 1 MB.' });
    const { data, error } = actShape.safeParse(parse(text));
    if (error) return send(res, 400, { error: `The playground can’t read this act. ${z.prettifyError(error)}` });
    const who = person(data.as);
    if (!who) return send(res, 400, { error: `Nobody here is called “${data.as}”. Choose a person at the top.` });
    try {
      send(res, 200, await perform(data, who));
    } catch (cause) {
      log.warn({ err: cause, act: data.act }, 'an act in the playground could not be done');
      send(res, 409, { error: cause instanceof Error ? cause.message : 'This can’t be done.' });
    }
  }

  function follow(url: URL, req: IncomingMessage, res: ServerResponse): void {
    const who = person(url.searchParams.get('person') ?? '');
    if (!who) send(res, 400, { error: 'Say who you are: /playground/events?person=…' });
    else {
      res.setHeader('cache-control', 'no-store');
      streams.follow(who, req, res);
    }
  }

  /** Apps upload nothing else than pictures here. */
  function uploaded(id: string, res: ServerResponse): void {
    const bytes = picture(id);
    if (!bytes) send(res, 404, 'There is no such file.');
    else res.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'private, max-age=3600' }).end(bytes);
  }

  async function file(path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const asset = await assets(path);
    if (!asset) return send(res, 404, 'There is nothing here. The playground is at /.');
    // Checked every time, so that an open page never mixes two versions.
    const headers = { etag: asset.tag, 'cache-control': 'no-cache' };
    if (req.headers['if-none-match'] === asset.tag) {
      res.writeHead(304, headers).end();
      return;
    }
    send(res, 200, asset.body, { 'content-type': asset.type, ...headers });
  }

  /** False when the path is not the playground's. */
  return async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    const path = url.pathname;
    if (path !== '/' && path !== '/playground' && !path.startsWith('/playground/')) return false;
    for (const [name, value] of Object.entries(security)) res.setHeader(name, value);
    const why = stranger(req);
    const reads = req.method === 'GET' || req.method === 'HEAD';
    if (why !== undefined) send(res, 403, { error: why });
    else if (path === '/playground/act') {
      if (req.method === 'POST') await act(req, res);
      else send(res, 405, { error: 'Acts are posted.' }, { allow: 'POST' });
    } else if (!reads) send(res, 405, { error: 'This is only for reading.' }, { allow: 'GET, HEAD' });
    else if (path === '/playground/events') follow(url, req, res);
    else if (path.startsWith('/playground/file/')) uploaded(path.slice('/playground/file/'.length), res);
    else await file(path, req, res);
    return true;
  };
}

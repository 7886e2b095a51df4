import { LIMITS, TIMEOUTS } from './limits.ts';

/** One call of the Bot Connector's REST API. `path` is what follows `/v3/`, one entry a segment, not yet encoded. */
export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly serviceUrl: string;
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** A person waits: give up sooner. */
  readonly interactive?: true;
};

/** How a call ended. Never throws: every failure has a shape. */
export type Outcome =
  | { readonly is: 'ok'; readonly body: unknown }
  /** `code` is Teams' own, absent when the answer was not Teams' JSON (`foreign`: a proxy's page); `after` in ms. */
  | {
      readonly is: 'refused';
      readonly status: number;
      readonly code?: string;
      readonly foreign?: true;
      readonly after?: number;
    }
  /** No answer. `sent`: Teams may have carried the call out all the same. */
  | { readonly is: 'lost'; readonly sent: boolean; readonly why: string }
  /** No token of our own: nothing was sent. `denied` when Microsoft Entra knows us and said no. */
  | { readonly is: 'no token'; readonly denied: boolean; readonly why: string }
  /** An address that our token must not go to: nothing was sent. */
  | { readonly is: 'no address' };

export type ConnectorOptions = {
  /** Absent on the unauthenticated local tenant, which gets no token. */
  readonly token?: () => Promise<string>;
  /** Whether a serviceUrl is one that our token may go to. */
  readonly allowed: (serviceUrl: string) => boolean;
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds. */
  readonly timeouts?: { readonly bulk: number; readonly interactive: number };
};

/** These mean that the request never left, by the codes of Node's sockets, resolver and TLS. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;
const codeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
};

/** Microsoft Entra answers a wrong secret, app or tenant with an AADSTS code; these few mean that it is busy. */
const denies = /\bAADSTS(?!90033\b|90024\b|90006\b|50196\b)\d+/;

/** Retry-After: seconds, or a date. At most an hour is believed. */
function retryAfter(headers: Headers): { after?: number } {
  const header = headers.get('retry-after');
  if (header === null || header.trim() === '') return {};
  const seconds = Number(header);
  // A date is read against the clock that wrote it.
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? {} : { after: Math.min(Math.max(0, ms), 3_600_000) };
}

/** The address of a call; undefined when a segment would lead out of it. */
function addressOf({ serviceUrl, path, query }: Call): string | undefined {
  if (path.some((segment) => segment === '' || segment === '.' || segment === '..')) return undefined;
  const base = serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`;
  const search = query ? `?${new URLSearchParams(query)}` : '';
  return `${base}v3/${path.map(encodeURIComponent).join('/')}${search}`;
}

/** The body as JSON; `foreign` when it is something else. Never more than a page of members weighs. */
async function readBody(response: Response): Promise<{ json?: unknown; foreign?: true }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LIMITS.responseBytes) return { foreign: true };
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  if (!/\bjson\b/i.test(response.headers.get('content-type') ?? '')) return { foreign: true };
  try {
    return { json: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { foreign: true };
  }
}

function errorCode(json: unknown): { code?: string } {
  const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? { code: code.slice(0, 100) } : {};
}

/**
 * Calls the Bot Connector over plain HTTP: exactly one request a call, never redirected, with a deadline. botbuilder's
 * own client is not asked, since it drops what it does not know (targeted messages) and repeats posts three times.
 */
export function createConnector({ token, allowed, fetch = globalThis.fetch, timeouts = TIMEOUTS }: ConnectorOptions) {
  /** One attempt; `sending` is called when the request goes out, since before that nothing can have happened. */
  async function attempt(call: Call, address: string, signal: AbortSignal, sending: () => void): Promise<Outcome> {
    const bearer = token && (await inTime(token(), signal));
    sending();
    const response = await fetch(address, {
      method: call.method,
      redirect: 'manual',
      signal,
      headers: {
        accept: 'application/json',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(call.body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      },
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
    });
    const { json, foreign } = await readBody(response);
    // A page in place of Teams' answer is a proxy's: whether the call went through is not known.
    if (response.ok)
      return foreign ? { is: 'lost', sent: true, why: 'the answer was not JSON' } : { is: 'ok', body: json };
    return {
      is: 'refused',
      status: response.status,
      ...errorCode(json),
      ...(foreign ? { foreign } : {}),
      ...retryAfter(response.headers),
    };
  }

  return async function request(call: Call): Promise<Outcome> {
    const address = addressOf(call);
    if (address === undefined || !allowed(call.serviceUrl)) return { is: 'no address' };
    const deadline = new AbortController();
    const ms = call.interactive ? timeouts.interactive : timeouts.bulk;
    const timer = setTimeout(() => deadline.abort(new Error('no answer in time')), ms);
    let sent = false;
    try {
      return await attempt(call, address, deadline.signal, () => {
        sent = true;
      });
    } catch (error) {
      if (!sent && !deadline.signal.aborted) {
        const why = error instanceof Error ? error.message : 'no token';
        return { is: 'no token', denied: denies.test(why), why };
      }
      const why = deadline.signal.aborted ? 'no answer in time' : codeOf(error);
      return { is: 'lost', sent: sent && !unsent.test(why), why };
    } finally {
      clearTimeout(timer);
    }
  };
}
export type Connector = ReturnType<typeof createConnector>;

/** The value, or the reason of the signal when that comes first. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../core/kernel/problem.ts';

/** JWT algorithm names and the digest that node:crypto knows each by; all three are RSA PKCS#1 v1.5. */
export const DIGESTS = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512' } as const;
export type Algorithm = keyof typeof DIGESTS;
export const isAlgorithm = (alg: string): alg is Algorithm => Object.hasOwn(DIGESTS, alg);

/** One published key: which algorithms it signs with, and which channels it may speak for. */
export type SigningKey = {
  readonly key: KeyObject;
  readonly algorithms: readonly Algorithm[];
  readonly endorsements: ReadonlySet<string>;
};

/** For /readyz: how many usable keys we hold, since when (ms since 1970), and why the last attempt failed, if it did. */
export type KeysState = { readonly keys: number; readonly loadedAt?: number; readonly failure?: string };

export type SigningKeys = {
  /** The key with this id; `unknown` when the publisher has no such key, `unavailable` when we never got any key. */
  find(kid: string): Promise<SigningKey | 'unknown' | 'unavailable'>;
  state(): KeysState;
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Milliseconds and bytes. The first two are what Microsoft's own SDK keeps to. */
export const KEY_LIMITS = {
  refreshAfter: 24 * HOUR,
  /** Anyone can send a token with a made-up key id; it must not become a way to make us call Microsoft. */
  unknownKeyEvery: HOUR,
  /** With old keys in hand and the publisher away, ask again this often, behind the requests. */
  staleRetryEvery: 5 * MINUTE,
  /** With no key at all every request is refused, so ask often, but not once per request. */
  coldRetryEvery: 5 * SECOND,
  timeout: 5 * SECOND,
  metadataBytes: 64 * 1024,
  keysBytes: 1024 * 1024,
  keys: 500,
  rsaBits: 2048,
} as const;

const metadataShape = z.object({
  issuer: z.string().optional(),
  jwks_uri: z.url(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
});
const jwksShape = z.object({ keys: z.array(z.unknown()).max(KEY_LIMITS.keys) });
const jwkShape = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1),
  n: z.string(),
  e: z.string(),
  use: z.literal('sig').optional(),
  alg: z.string().optional(),
  endorsements: z.array(z.string()).default([]),
});

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** https, or plain http that does not leave this machine (tests, the playground). */
const isSafeUrl = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));

/** The whole body as JSON. Redirects are not followed: keys come from the address we were told, or not at all. */
async function readJson(fetch: typeof globalThis.fetch, url: URL, limit: number, signal: AbortSignal) {
  const response = await fetch(url, { redirect: 'error', signal, headers: { accept: 'application/json' } });
  if (!response.ok || !response.body) throw new Error(`${url.host} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw new Error(`${url.host} sent more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

/** Why a fetch failed, on one line; undici says only "fetch failed" and keeps the reason in `cause`. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const reason = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  return reason.replace(/\s+/g, ' ').slice(0, 200);
}

/** One entry of a JWKS, or undefined when it is not an RSA key we would trust: one odd key must not hide the rest. */
function readKey(entry: unknown, supported: readonly Algorithm[]): [string, SigningKey] | undefined {
  const jwk = jwkShape.safeParse(entry);
  if (!jwk.success) return undefined;
  const { kid, kty, n, e, alg, endorsements } = jwk.data;
  const algorithms = alg === undefined ? supported : supported.filter((one) => one === alg);
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < KEY_LIMITS.rsaBits || algorithms.length === 0)
      return undefined;
    return [kid, { key, algorithms, endorsements: new Set(endorsements) }];
  } catch {
    return undefined;
  }
}

/**
 * The keys that the Bot Connector service signs with, fetched from its OpenID metadata and kept in memory.
 * Kept 24 h; an unknown key id asks again at most once an hour; one fetch at a time; when a fetch fails the old keys
 * go on being used, and with no keys at all the answer is `unavailable`, never "let it pass".
 */
export function createSigningKeys(options: {
  readonly metadataUrl: string;
  readonly issuer: string;
  readonly now: () => number;
  readonly fetch: typeof globalThis.fetch;
}): SigningKeys {
  const { issuer, now, fetch } = options;
  const metadataUrl = URL.parse(options.metadataUrl);
  if (!metadataUrl || !isSafeUrl(metadataUrl))
    throw new Problem(
      'teams_misconfigured',
      `Teams cannot be served: the OpenID metadata address “${options.metadataUrl}” is not an https address. Leave it out to use Microsoft’s own.`,
    );

  let held: { readonly keys: ReadonlyMap<string, SigningKey>; readonly loadedAt: number } | undefined;
  let triedAt: number | undefined;
  let failure: string | undefined;
  let flight: Promise<void> | undefined;

  async function load(): Promise<ReadonlyMap<string, SigningKey>> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error('no answer in time')), KEY_LIMITS.timeout);
    try {
      const metadata = metadataShape.parse(
        await readJson(fetch, metadataUrl as URL, KEY_LIMITS.metadataBytes, deadline.signal),
      );
      if (metadata.issuer !== undefined && metadata.issuer !== issuer)
        throw new Error(`the metadata speaks for another issuer than ${issuer}`);
      const keysUrl = new URL(metadata.jwks_uri);
      if (!isSafeUrl(keysUrl)) throw new Error('the metadata names an address for keys that is not https');
      const names = metadata.id_token_signing_alg_values_supported ?? Object.keys(DIGESTS);
      const supported = names.filter(isAlgorithm);
      const jwks = jwksShape.parse(await readJson(fetch, keysUrl, KEY_LIMITS.keysBytes, deadline.signal));
      const keys = new Map<string, SigningKey>();
      for (const entry of jwks.keys) {
        const [kid, key] = readKey(entry, supported) ?? [];
        if (kid !== undefined && key !== undefined && !keys.has(kid)) keys.set(kid, key);
      }
      if (keys.size === 0) throw new Error('none of the published keys can be used');
      return keys;
    } finally {
      clearTimeout(timer);
    }
  }

  function refresh(): Promise<void> {
    if (flight) return flight;
    triedAt = now();
    flight = load()
      .then(
        (keys) => {
          held = { keys, loadedAt: now() };
          failure = undefined;
        },
        (error: unknown) => {
          failure = describe(error);
        },
      )
      .finally(() => {
        flight = undefined;
      });
    return flight;
  }

  /** Milliseconds since `then`. A clock that was set back must not freeze us, so the future counts as long ago. */
  const since = (then: number | undefined): number =>
    then === undefined || now() < then ? Number.POSITIVE_INFINITY : now() - then;

  return {
    async find(kid) {
      if (!held) {
        if (flight || since(triedAt) >= KEY_LIMITS.coldRetryEvery) await refresh();
      } else if (since(held.loadedAt) >= KEY_LIMITS.refreshAfter) {
        // Only the first try makes anyone wait: a publisher that hangs must not slow every request from then on.
        const tried = triedAt !== undefined && triedAt - held.loadedAt >= KEY_LIMITS.refreshAfter;
        if (!tried) await refresh();
        else if (since(triedAt) >= KEY_LIMITS.staleRetryEvery) void refresh();
      }
      if (held && !held.keys.has(kid) && (flight || since(triedAt) >= KEY_LIMITS.unknownKeyEvery)) await refresh();
      return held ? (held.keys.get(kid) ?? 'unknown') : 'unavailable';
    },
    state: () => ({
      keys: held?.keys.size ?? 0,
      ...(held ? { loadedAt: held.loadedAt } : {}),
      ...(failure === undefined ? {} : { failure }),
    }),
  };
}

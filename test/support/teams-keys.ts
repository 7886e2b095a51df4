import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { DIGESTS, isAlgorithm } from '../../src/teams/signing-keys.ts';

/*
 * The Bot Connector service as a bot sees it: keys that it publishes, tokens that it signs, and the two documents at
 * login.botframework.com, served through an injected fetch. Real RSA, so that what passes here passes in Teams.
 */

export const APP_ID = '11111111-1111-4111-8111-111111111111';
export const TENANT = '22222222-2222-4222-8222-222222222222';
export const SERVICE_URL = `https://smba.trafficmanager.net/emea/${TENANT}/`;
export const ISSUER = 'https://api.botframework.com';
export const METADATA_URL = 'https://login.botframework.com/v1/.well-known/openidconfiguration';
export const KEYS_URL = 'https://login.botframework.com/v1/.well-known/keys';

export type TeamsKey = {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** As it stands in the published document. */
  readonly jwk: Readonly<Record<string, unknown>>;
};

/** A fresh RSA key. `published` overrides members of its JWK; a member set to undefined is left out. */
export function teamsKey(kid: string, published: Readonly<Record<string, unknown>> = {}, bits = 2048): TeamsKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return publishAs({ kid, privateKey, jwk: publicKey.export({ format: 'jwk' }) }, kid, published);
}

/** The same RSA key, published otherwise. */
export const publishAs = (key: TeamsKey, kid: string, published: Readonly<Record<string, unknown>> = {}): TeamsKey => ({
  kid,
  privateKey: key.privateKey,
  jwk: { ...key.jwk, use: 'sig', endorsements: ['msteams', 'webchat'], ...published, kid },
});

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed token, without `Bearer`. `header` overrides members; the digest follows `alg`. */
export function signToken(key: TeamsKey, claims: unknown, header: Readonly<Record<string, unknown>> = {}): string {
  const head = { typ: 'JWT', alg: 'RS256', kid: key.kid, x5t: key.kid, ...header };
  const digest = isAlgorithm(head.alg) ? DIGESTS[head.alg] : 'sha256';
  const content = `${part(head)}.${part(claims)}`;
  return `${content}.${sign(digest, Buffer.from(content), key.privateKey).toString('base64url')}`;
}

/** The claims of a good token, valid for an hour from `at` (ms since 1970). */
export const goodClaims = (at: number): Readonly<Record<string, unknown>> => ({
  serviceurl: SERVICE_URL,
  nbf: at / 1000,
  exp: at / 1000 + 3600,
  iss: ISSUER,
  aud: APP_ID,
});

/** The part of an activity that is checked against the token, and enough around it to look like one. */
export const goodActivity = {
  type: 'message',
  id: '1700000000000',
  serviceUrl: SERVICE_URL,
  channelId: 'msteams',
  from: { id: '29:1', aadObjectId: '33333333-3333-4333-8333-333333333333' },
  conversation: { id: 'a:1', conversationType: 'personal', tenantId: TENANT },
  channelData: { tenant: { id: TENANT } },
} as const;

type Answer = () => Response | Promise<Response>;
const json = (value: unknown) => new Response(JSON.stringify(value));

/** The published documents behind a fetch. Counts the reads; can go away, and publish other keys. */
export function keyServer(...first: readonly TeamsKey[]) {
  const reads: string[] = [];
  let published: readonly TeamsKey[] = first;
  const metadata: Answer = () =>
    json({ issuer: ISSUER, jwks_uri: KEYS_URL, id_token_signing_alg_values_supported: ['RS256', 'RS384', 'RS512'] });
  const keys: Answer = () => json({ keys: published.map((key) => key.jwk) });
  const answers = new Map<string, Answer>();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = String(input);
    reads.push(url);
    init?.signal?.throwIfAborted();
    const answer = answers.get(url) ?? { [METADATA_URL]: metadata, [KEYS_URL]: keys }[url];
    if (!answer) throw new TypeError('fetch failed', { cause: new Error(`getaddrinfo ENOTFOUND ${url}`) });
    const hung = new Promise<never>((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true });
    });
    return Promise.race([answer(), hung]);
  };
  return {
    fetch,
    /** How often the metadata document was asked for. */
    fetches: () => reads.filter((url) => url === METADATA_URL).length,
    publish(...next: readonly TeamsKey[]) {
      published = next;
    },
    /** Answers one address otherwise, until `recover`. */
    answer(url: string, answer: Answer) {
      answers.set(url, answer);
    },
    goAway() {
      answers.set(METADATA_URL, () => {
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
      });
    },
    recover() {
      answers.clear();
    },
  };
}

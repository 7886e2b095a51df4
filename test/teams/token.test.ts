import { createHmac, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Problem } from '../../src/core/kernel/problem.ts';
import { KEY_LIMITS } from '../../src/teams/signing-keys.ts';
import { createTokenChecker, serviceUrlCheck, type Verdict } from '../../src/teams/token.ts';
import {
  APP_ID,
  goodActivity,
  goodClaims,
  ISSUER,
  KEYS_URL,
  keyServer,
  METADATA_URL,
  publishAs,
  SERVICE_URL,
  signToken,
  TENANT,
  type TeamsKey,
  teamsKey,
} from '../support/teams-keys.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-11-23T10:00:00Z');
const seconds = START / 1000;

// Making RSA keys is slow, so these few serve the whole file; what is published for them differs per test.
const main = teamsKey('key-1');
const spare = teamsKey('key-2');
const weak = teamsKey('weak', {}, 1024);

const published = [
  main,
  publishAs(spare, 'no-endorsements', { endorsements: undefined }),
  publishAs(spare, 'empty-endorsements', { endorsements: [] }),
  publishAs(spare, 'webchat-only', { endorsements: ['webchat'] }),
  publishAs(spare, 'only-384', { alg: 'RS384' }),
  publishAs(spare, 'elliptic', { alg: 'ES256' }),
  publishAs(spare, 'for-encryption', { use: 'enc' }),
  publishAs(spare, 'broken-modulus', { n: '!' }),
  publishAs(spare, 'other-kind', { kty: 'oct', k: 'c2VjcmV0' }),
  weak,
] as const;
const as = (kid: string): TeamsKey => ({ ...spare, kid });

function setUp(options: Partial<Parameters<typeof createTokenChecker>[0]> = {}) {
  const clock = { at: START };
  const server = keyServer(...published);
  const checker = createTokenChecker({
    appId: APP_ID,
    tenants: [TENANT],
    now: () => clock.at,
    fetch: server.fetch,
    ...options,
  });
  return { clock, server, checker };
}

const bearer = (token: string) => `Bearer ${token}`;
const good = (over: Readonly<Record<string, unknown>> = {}) => ({ ...goodClaims(START), ...over });
/** Any key or time or claim of the good token, changed. */
const token = (over: Readonly<Record<string, unknown>> = {}, key: TeamsKey = main, header = {}) =>
  bearer(signToken(key, good(over), header));
const activity = (over: Readonly<Record<string, unknown>> = {}) => ({ ...goodActivity, ...over });
const outcome = (verdict: Verdict) => (verdict.ok ? 'ok' : `${verdict.status} ${verdict.reason}`);

const [head, body, mark] = signToken(main, good()).split('.') as [string, string, string];
const encode = (text: string | Uint8Array) => Buffer.from(text).toString('base64url');
const unsigned = (header: unknown) => `${encode(JSON.stringify(header))}.${body}`;
const hmac = (text: string, secret: string) => createHmac('sha256', secret).update(text).digest('base64url');
const hs256 = unsigned({ alg: 'HS256', typ: 'JWT', kid: 'key-1' });
const pem = createPublicKey(main.privateKey).export({ type: 'spki', format: 'pem' }).toString();
const flipped = Buffer.from(mark, 'base64url');
flipped[10] = (flipped[10] ?? 0) ^ 1;

type Row = readonly [name: string, authorization: string | undefined, activity: unknown, expected: string];
const rows: readonly Row[] = [
  // What must pass.
  ['a good token', token(), activity(), 'ok'],
  ['RS384', token({}, main, { alg: 'RS384' }), activity(), 'ok'],
  ['RS512', token({}, main, { alg: 'RS512' }), activity(), 'ok'],
  ['RS384 by a key published for it', token({}, as('only-384'), { alg: 'RS384' }), activity(), 'ok'],
  ['no typ in the header', token({}, main, { typ: undefined }), activity(), 'ok'],
  ['an audience list of exactly this bot', token({ aud: [APP_ID] }), activity(), 'ok'],
  ['ended four minutes ago, clocks may differ', token({ exp: seconds - 240 }), activity(), 'ok'],
  ['starts in four minutes', token({ nbf: seconds + 240 }), activity(), 'ok'],
  ['neither nbf nor iat', token({ nbf: undefined }), activity(), 'ok'],
  ['the tenant in channelData only', token(), activity({ conversation: { id: 'a:1' } }), 'ok'],
  ['the tenant in the conversation only', token(), activity({ channelData: null }), 'ok'],
  ['the tenant in upper case', token(), activity({ conversation: { tenantId: TENANT.toUpperCase() } }), 'ok'],
  [
    'another host of the service',
    token({ serviceurl: 'https://europe.botframework.com/' }),
    activity({ serviceUrl: 'https://europe.botframework.com/' }),
    'ok',
  ],

  // Clause 1: the Authorization header, with the Bearer scheme.
  ['no header', undefined, activity(), '401 no_token'],
  ['an empty header', '', activity(), '401 no_token'],
  ['the token without its scheme', signToken(main, good()), activity(), '401 not_bearer'],
  ['another scheme', `Basic ${signToken(main, good())}`, activity(), '401 not_bearer'],
  ['the scheme in lower case', `bearer ${signToken(main, good())}`, activity(), '401 not_bearer'],
  ['the scheme alone', 'Bearer ', activity(), '401 malformed_token'],
  ['two spaces', `Bearer  ${signToken(main, good())}`, activity(), '401 malformed_token'],
  ['two tokens', `${token()}, ${token()}`, activity(), '401 malformed_token'],
  ['a token of 9,000 characters', token({ padding: 'x'.repeat(9000) }), activity(), '401 token_too_long'],

  // Clause 2: a well-formed token.
  ['two parts', `Bearer ${head}.${body}`, activity(), '401 malformed_token'],
  ['four parts', `Bearer ${head}.${body}.${mark}.${mark}`, activity(), '401 malformed_token'],
  [
    'five parts, as when encrypted',
    bearer([head, body, mark, body, mark].join('.')),
    activity(),
    '401 malformed_token',
  ],
  ['an empty signature', `Bearer ${head}.${body}.`, activity(), '401 malformed_token'],
  ['not base64url', `Bearer ${head}.${body}.a+b/`, activity(), '401 malformed_token'],
  ['padding', `Bearer ${head}.${body}.${mark}==`, activity(), '401 malformed_token'],
  ['stray bits after the signature', `Bearer ${head}.${body}.${mark.slice(0, -1)}B`, activity(), '401 malformed_token'],
  ['a header that is not JSON', `Bearer ${encode('{alg')}.${body}.${mark}`, activity(), '401 malformed_token'],
  [
    'a header that is not UTF-8',
    bearer([encode(Buffer.from('7b22ff227d', 'hex')), body, mark].join('.')),
    activity(),
    '401 malformed_token',
  ],
  ['a header that is a list', `Bearer ${encode('[]')}.${body}.${mark}`, activity(), '401 malformed_token'],
  ['a header that is null', `Bearer ${encode('null')}.${body}.${mark}`, activity(), '401 malformed_token'],
  ['no key id', token({}, main, { kid: undefined }), activity(), '401 malformed_token'],
  ['a key id that is a number', token({}, main, { kid: 1 }), activity(), '401 malformed_token'],
  ['a token of another type', token({}, main, { typ: 'at+jwt' }), activity(), '401 malformed_token'],
  [
    'an extension that must be understood',
    token({}, main, { crit: ['b64'], b64: false }),
    activity(),
    '401 malformed_token',
  ],
  ['claims that are a list', bearer(signToken(main, [good()])), activity(), '401 malformed_token'],
  ['claims that are null', bearer(signToken(main, null)), activity(), '401 malformed_token'],

  // Clause 6: a published key, the published algorithm, the signature.
  [
    'alg none, signature kept',
    `Bearer ${unsigned({ alg: 'none', kid: 'key-1' })}.${mark}`,
    activity(),
    '401 algorithm_refused',
  ],
  ['alg None', `Bearer ${unsigned({ alg: 'None', kid: 'key-1' })}.${mark}`, activity(), '401 algorithm_refused'],
  ['no alg', `Bearer ${unsigned({ kid: 'key-1' })}.${mark}`, activity(), '401 malformed_token'],
  [
    'HS256 with the public key as its secret',
    `Bearer ${hs256}.${hmac(hs256, pem)}`,
    activity(),
    '401 algorithm_refused',
  ],
  ['PS256', token({}, main, { alg: 'PS256' }), activity(), '401 algorithm_refused'],
  [
    'an algorithm named like a method of objects',
    token({}, main, { alg: 'constructor' }),
    activity(),
    '401 algorithm_refused',
  ],
  ['RS256 by a key published for RS384', token({}, as('only-384')), activity(), '401 algorithm_refused'],
  [
    'says RS512 but is signed as RS256',
    bearer(`${unsigned({ alg: 'RS512', kid: 'key-1' })}.${mark}`),
    activity(),
    '401 bad_signature',
  ],
  ['a key that nobody published', token({}, as('key-9')), activity(), '401 unknown_key'],
  ['a key id like a property of objects', token({}, as('__proto__')), activity(), '401 unknown_key'],
  ['a key that came with the token', token({}, as('mine'), { jwk: spare.jwk }), activity(), '401 unknown_key'],
  [
    'a published key id, another key, enclosed',
    token({}, as('key-1'), { jwk: spare.jwk }),
    activity(),
    '401 bad_signature',
  ],
  ['a key for encryption', token({}, as('for-encryption')), activity(), '401 unknown_key'],
  ['an RSA key published for an elliptic curve', token({}, as('elliptic')), activity(), '401 unknown_key'],
  ['a key whose modulus is damaged', token({}, as('broken-modulus')), activity(), '401 unknown_key'],
  ['a symmetric key in the document', token({}, as('other-kind')), activity(), '401 unknown_key'],
  ['an RSA key of 1024 bits', token({}, weak), activity(), '401 unknown_key'],
  ['one bit of the signature changed', `Bearer ${head}.${body}.${encode(flipped)}`, activity(), '401 bad_signature'],
  [
    'other claims under the same signature',
    bearer([head, encode(JSON.stringify(good({ tid: '1' }))), mark].join('.')),
    activity(),
    '401 bad_signature',
  ],
  ['a signature of one byte', `Bearer ${head}.${body}.AA`, activity(), '401 bad_signature'],

  // Clauses 3 and 4: issuer and audience.
  [
    'an emulator token',
    token({ iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', appid: APP_ID }),
    activity(),
    '401 wrong_issuer',
  ],
  [
    'a skill token',
    token({ iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, ver: '2.0', azp: APP_ID }),
    activity(),
    '401 wrong_issuer',
  ],
  ['the issuer with a slash', token({ iss: `${ISSUER}/` }), activity(), '401 wrong_issuer'],
  ['no issuer', token({ iss: undefined }), activity(), '401 wrong_issuer'],
  ['a list of issuers', token({ iss: [ISSUER] }), activity(), '401 wrong_issuer'],
  ['another bot', token({ aud: '99999999-9999-4999-8999-999999999999' }), activity(), '401 wrong_audience'],
  ['no audience', token({ aud: undefined }), activity(), '401 wrong_audience'],
  ['an empty audience', token({ aud: '' }), activity(), '401 wrong_audience'],
  [
    'two audiences, one of them this bot',
    token({ aud: [APP_ID, 'https://example.com'] }),
    activity(),
    '401 wrong_audience',
  ],
  ['an empty list of audiences', token({ aud: [] }), activity(), '401 wrong_audience'],

  // Clause 5: the time.
  ['no end', token({ exp: undefined }), activity(), '401 no_expiry'],
  ['an end that is text', token({ exp: String(seconds + 3600) }), activity(), '401 no_expiry'],
  ['an end that is null', token({ exp: null }), activity(), '401 no_expiry'],
  ['ended five minutes ago', token({ exp: seconds - 300 }), activity(), '401 expired'],
  ['ended last year', token({ exp: seconds - 365 * 24 * 3600 }), activity(), '401 expired'],
  ['starts in six minutes', token({ nbf: seconds + 360 }), activity(), '401 not_yet_valid'],
  ['a start that is text', token({ nbf: 'now' }), activity(), '401 not_yet_valid'],
  ['issued in six minutes', token({ iat: seconds + 360 }), activity(), '401 issued_in_future'],
  ['an issue time that is negative', token({ iat: -1 }), activity(), '401 issued_in_future'],

  // Clause 7: the serviceUrl, and where our own token may go.
  ['no serviceurl in the token', token({ serviceurl: undefined }), activity(), '401 no_service_url'],
  ['an empty serviceurl in the token', token({ serviceurl: '' }), activity(), '401 no_service_url'],
  ['no serviceUrl in the activity', token(), activity({ serviceUrl: undefined }), '401 no_service_url'],
  ['empty on both sides', token({ serviceurl: '' }), activity({ serviceUrl: '' }), '401 no_service_url'],
  ['absent on both sides', token({ serviceurl: undefined }), activity({ serviceUrl: undefined }), '401 no_service_url'],
  [
    'another serviceUrl in the activity',
    token(),
    activity({ serviceUrl: 'https://evil.example/' }),
    '401 service_url_mismatch',
  ],
  [
    'the same serviceUrl without its slash',
    token(),
    activity({ serviceUrl: SERVICE_URL.slice(0, -1) }),
    '401 service_url_mismatch',
  ],
  ['an activity that is null', token(), null, '401 no_service_url'],
  ['an activity that is a list', token(), [goodActivity], '401 no_service_url'],
  ...[
    'http://smba.trafficmanager.net/emea/',
    'https://smba.trafficmanager.net:8443/emea/',
    'https://smba.trafficmanager.net.evil.example/',
    'https://evil.trafficmanager.net/',
    'https://botframework.com/',
    'https://evilbotframework.com/',
    'https://me@smba.trafficmanager.net/emea/',
    'https://127.0.0.1/',
    'http://127.0.0.1:3978/',
    'http://169.254.169.254/metadata/',
    'file:///etc/passwd',
    'smba.trafficmanager.net',
  ].map(
    (url): Row => [
      `sends to ${url}`,
      token({ serviceurl: url }),
      activity({ serviceUrl: url }),
      '403 service_url_refused',
    ],
  ),

  // Endorsements, channel, tenant.
  ['a key without endorsements', token({}, as('no-endorsements')), activity(), '403 key_not_endorsed'],
  ['a key endorsed for nothing', token({}, as('empty-endorsements')), activity(), '403 key_not_endorsed'],
  ['a key endorsed for another channel', token({}, as('webchat-only')), activity(), '403 key_not_endorsed'],
  ['another channel, endorsed', token(), activity({ channelId: 'webchat' }), '403 channel_refused'],
  ['the emulator’s channel', token(), activity({ channelId: 'emulator' }), '403 channel_refused'],
  ['no channel', token(), activity({ channelId: undefined }), '403 channel_refused'],
  ['a list of channels', token(), activity({ channelId: ['msteams'] }), '403 channel_refused'],
  ['another tenant', token(), activity({ conversation: { tenantId: APP_ID } }), '403 tenant_refused'],
  [
    'another tenant in channelData',
    token(),
    activity({ channelData: { tenant: { id: APP_ID } } }),
    '403 tenant_refused',
  ],
  ['an empty tenant', token(), activity({ conversation: { tenantId: '' } }), '403 tenant_refused'],
  ['no tenant', token(), activity({ conversation: { id: 'a:1' }, channelData: {} }), '403 no_tenant'],
  ['no conversation at all', token(), activity({ conversation: undefined, channelData: undefined }), '403 no_tenant'],
  ['a tenant that is a list', token(), activity({ conversation: { tenantId: [TENANT] } }), '403 no_tenant'],
];

test.each(rows)('%s', async (_name, authorization, body, expected) => {
  const { checker } = setUp();
  expect(outcome(await checker.check(authorization, body))).toBe(expected);
});

test('a passed token gives its claims', async () => {
  const { checker } = setUp();
  expect(await checker.check(token(), activity())).toEqual({
    ok: true,
    claims: { iss: ISSUER, aud: APP_ID, exp: seconds + 3600, nbf: seconds, serviceurl: SERVICE_URL },
  });
});

test('a refusal says nothing that came with the request', async () => {
  const { checker } = setUp();
  const verdict = await checker.check(token({ aud: 'canary-aud' }), activity({ channelId: 'canary' }));
  expect(JSON.stringify(verdict)).not.toContain('canary');
});

test('a fault inside the check refuses the request, is reported, and does not throw', async () => {
  const faults: unknown[] = [];
  const { checker } = setUp({ onFault: (error) => faults.push(error) });
  const hostile = {
    get serviceUrl(): string {
      throw new Error('boom');
    },
  };
  expect(outcome(await checker.check(token(), hostile))).toBe('503 check_failed');
  expect(faults).toEqual([new Error('boom')]);
});

describe('a remembered token', () => {
  test('is checked again for time, serviceUrl, channel and tenant', async () => {
    const { checker, clock } = setUp();
    const authorization = token();
    expect(outcome(await checker.check(authorization, activity()))).toBe('ok');
    const again = async (over: Readonly<Record<string, unknown>>) =>
      outcome(await checker.check(authorization, activity(over)));
    expect(await again({ serviceUrl: 'https://smba.trafficmanager.net/amer/' })).toBe('401 service_url_mismatch');
    expect(await again({ channelId: 'webchat' })).toBe('403 channel_refused');
    expect(await again({ channelData: { tenant: { id: APP_ID } } })).toBe('403 tenant_refused');
    expect(await again({})).toBe('ok');
    clock.at += 65 * MINUTE;
    expect(await again({})).toBe('401 expired');
  });

  test('dies with its key: withdrawn keys end their tokens at the next daily fetch', async () => {
    const { checker, clock, server } = setUp();
    const authorization = token({ exp: seconds + 48 * 3600 });
    expect(outcome(await checker.check(authorization, activity()))).toBe('ok');
    server.publish(spare);
    clock.at += 23 * HOUR;
    expect(outcome(await checker.check(authorization, activity()))).toBe('ok');
    clock.at += HOUR;
    expect(outcome(await checker.check(authorization, activity()))).toBe('401 unknown_key');
    expect(server.fetches()).toBe(2);
  });

  test('follows its key’s endorsements', async () => {
    const { checker, clock, server } = setUp();
    const authorization = token({ exp: seconds + 48 * 3600 });
    expect(outcome(await checker.check(authorization, activity()))).toBe('ok');
    server.publish(publishAs(main, 'key-1', { endorsements: ['webchat'] }));
    clock.at += 24 * HOUR;
    expect(outcome(await checker.check(authorization, activity()))).toBe('403 key_not_endorsed');
  });

  test('that was forgotten, 600 tokens later, is checked in full and passes', async () => {
    const { checker } = setUp();
    const first = token();
    for (let nth = 0; nth < 600; nth += 1) expect(outcome(await checker.check(token({ nth }), activity()))).toBe('ok');
    expect(outcome(await checker.check(first, activity()))).toBe('ok');
  });
});

describe('the published keys', () => {
  test('are fetched once for many requests at once, and kept for a day', async () => {
    const { checker, clock, server } = setUp();
    const many = await Promise.all(Array.from({ length: 50 }, () => checker.check(token(), activity())));
    expect(many.map(outcome)).toEqual(Array.from({ length: 50 }, () => 'ok'));
    expect(server.fetches()).toBe(1);
    expect(checker.keys()).toEqual({ keys: 5, loadedAt: START });
    clock.at += 24 * HOUR - 1;
    expect(outcome(await checker.check(token({ exp: seconds + 48 * 3600 }), activity()))).toBe('ok');
    expect(server.fetches()).toBe(1);
    clock.at += 1;
    expect(outcome(await checker.check(token({ exp: seconds + 48 * 3600 }), activity()))).toBe('ok');
    expect(server.fetches()).toBe(2);
  });

  test('a new key is found, by asking again at most once an hour', async () => {
    const { checker, clock, server } = setUp();
    await checker.check(token(), activity());
    const fresh = publishAs(spare, 'key-3');
    server.publish(main, fresh);
    const rotated = token({ exp: seconds + 48 * 3600 }, fresh);
    clock.at += HOUR - 1;
    expect(outcome(await checker.check(rotated, activity()))).toBe('401 unknown_key');
    expect(server.fetches()).toBe(1);
    clock.at += 1;
    expect(outcome(await checker.check(rotated, activity()))).toBe('ok');
    expect(server.fetches()).toBe(2);
  });

  test('a flood of made-up key ids makes one fetch an hour, and does not touch good requests', async () => {
    const { checker, clock, server } = setUp();
    await checker.check(token(), activity());
    for (let hour = 1; hour <= 5; hour += 1) {
      clock.at = START + hour * HOUR;
      const flood = Array.from({ length: 40 }, (_, nth) => checker.check(token({}, as(`made-up-${nth}`)), activity()));
      const calm = checker.check(token({ exp: seconds + 48 * 3600 }), activity());
      expect(new Set((await Promise.all(flood)).map(outcome))).toEqual(new Set(['401 unknown_key']));
      expect(outcome(await calm)).toBe('ok');
      expect(server.fetches()).toBe(1 + hour);
    }
  });

  test('away at start: 503, never open; asked again every few seconds, not per request', async () => {
    const { checker, clock, server } = setUp();
    server.goAway();
    for (let nth = 0; nth < 10; nth += 1)
      expect(outcome(await checker.check(token(), activity()))).toBe('503 keys_unavailable');
    expect(server.fetches()).toBe(1);
    expect(checker.keys()).toEqual({ keys: 0, failure: 'fetch failed: connect ECONNREFUSED' });
    server.recover();
    clock.at += KEY_LIMITS.coldRetryEvery;
    expect(outcome(await checker.check(token(), activity()))).toBe('ok');
    expect(server.fetches()).toBe(2);
    expect(checker.keys()).toEqual({ keys: 5, loadedAt: clock.at });
  });

  test('away later: the old keys go on being used, and are renewed when the publisher is back', async () => {
    const { checker, clock, server } = setUp();
    const longLived = token({ exp: seconds + 96 * 3600 });
    await checker.check(longLived, activity());
    server.goAway();
    clock.at += 25 * HOUR;
    expect(outcome(await checker.check(longLived, activity()))).toBe('ok');
    expect(outcome(await checker.check(longLived, activity()))).toBe('ok');
    expect(server.fetches()).toBe(2);
    expect(checker.keys()).toMatchObject({ keys: 5, loadedAt: START, failure: 'fetch failed: connect ECONNREFUSED' });
    server.recover();
    clock.at += KEY_LIMITS.staleRetryEvery;
    expect(outcome(await checker.check(longLived, activity()))).toBe('ok');
    // That was a fetch behind the request; a key id we do not know waits for the fetch that is under way.
    expect(outcome(await checker.check(token({}, as('nobody')), activity()))).toBe('401 unknown_key');
    expect(checker.keys()).toEqual({ keys: 5, loadedAt: clock.at });
    expect(server.fetches()).toBe(3);
  });

  test('a clock that was set back does not keep them from being fetched', async () => {
    const { checker, clock, server } = setUp();
    server.goAway();
    expect(outcome(await checker.check(token(), activity()))).toBe('503 keys_unavailable');
    server.recover();
    clock.at -= 30 * MINUTE;
    expect(outcome(await checker.check(token({ nbf: seconds - 3600 }), activity()))).toBe('ok');
  });

  type Answer = readonly [name: string, url: string, answer: () => Response, failure: RegExp];
  const json = (value: unknown) => () => new Response(JSON.stringify(value));
  test.each<Answer>([
    ['a 500', METADATA_URL, () => new Response('no', { status: 500 }), /answered 500/],
    ['a proxy’s page instead of JSON', METADATA_URL, () => new Response('<html>502</html>'), /JSON/],
    ['no address of keys', METADATA_URL, json({ issuer: ISSUER }), /jwks_uri/],
    ['metadata of another issuer', METADATA_URL, json({ issuer: 'https://x', jwks_uri: KEYS_URL }), /another issuer/],
    ['keys over plain http', METADATA_URL, json({ jwks_uri: 'http://login.botframework.com/keys' }), /not https/],
    [
      'no algorithm that we take',
      METADATA_URL,
      json({ jwks_uri: KEYS_URL, id_token_signing_alg_values_supported: ['HS256'] }),
      /none of the/,
    ],
    [
      'metadata of 65 KB',
      METADATA_URL,
      () => new Response(' '.repeat(KEY_LIMITS.metadataBytes + 1)),
      /more than 65536/,
    ],
    ['keys: a 404', KEYS_URL, () => new Response('', { status: 404 }), /answered 404/],
    ['keys: an empty list', KEYS_URL, json({ keys: [] }), /none of the published keys/],
    ['keys: over a megabyte', KEYS_URL, () => new Response(' '.repeat(KEY_LIMITS.keysBytes + 1)), /more than 1048576/],
    ['keys: 501 of them', KEYS_URL, json({ keys: Array.from({ length: 501 }, () => main.jwk) }), /500/],
  ])('%s leaves the bot closed', async (_name, url, answer, failure) => {
    const { checker, server } = setUp();
    server.answer(url, answer);
    expect(outcome(await checker.check(token(), activity()))).toBe('503 keys_unavailable');
    expect(checker.keys().failure).toMatch(failure);
  });

  test('the algorithms of the metadata bind', async () => {
    const { checker, server } = setUp();
    server.answer(METADATA_URL, json({ jwks_uri: KEYS_URL, id_token_signing_alg_values_supported: ['RS256'] }));
    expect(outcome(await checker.check(token({}, main, { alg: 'RS512' }), activity()))).toBe('401 algorithm_refused');
    expect(outcome(await checker.check(token(), activity()))).toBe('ok');
  });

  test('of two with one id, the first counts', async () => {
    const { checker, server } = setUp();
    server.publish(main, publishAs(spare, 'key-1'));
    expect(outcome(await checker.check(token({}, as('key-1')), activity()))).toBe('401 bad_signature');
    expect(outcome(await checker.check(token(), activity()))).toBe('ok');
  });

  describe('with a publisher that hangs', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    test('are given up after five seconds', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { checker, server } = setUp();
      server.answer(METADATA_URL, () => new Promise<never>(() => {}) as never);
      const verdict = checker.check(token(), activity());
      await vi.advanceTimersByTimeAsync(KEY_LIMITS.timeout);
      expect(outcome(await verdict)).toBe('503 keys_unavailable');
      expect(checker.keys().failure).toBe('no answer in time');
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  test('come over real HTTP too, and a redirect is not followed', async () => {
    const paths: string[] = [];
    const http = createServer((request, response) => {
      const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      paths.push(request.url ?? '');
      if (request.url === '/moved') response.writeHead(302, { location: '/metadata' }).end();
      else if (request.url === '/metadata')
        response.end(JSON.stringify({ issuer: ISSUER, jwks_uri: `${origin}/keys` }));
      else response.end(JSON.stringify({ keys: [main.jwk] }));
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    try {
      const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      const real = { fetch: globalThis.fetch, serviceUrlHosts: [origin] };
      const direct = setUp({ ...real, metadataUrl: `${origin}/metadata` }).checker;
      const moved = setUp({ ...real, metadataUrl: `${origin}/moved` }).checker;
      const local = `${origin}/connector/`;
      const request = [token({ serviceurl: local }), activity({ serviceUrl: local })] as const;
      expect(outcome(await direct.check(...request))).toBe('ok');
      expect(outcome(await moved.check(...request))).toBe('503 keys_unavailable');
      expect(paths).toEqual(['/metadata', '/keys', '/moved']);
    } finally {
      http.close();
      http.closeAllConnections();
    }
  });
});

test.each([
  ['no app id', { appId: '' }, /MICROSOFT_APP_ID/],
  ['a blank app id', { appId: '  ' }, /MICROSOFT_APP_ID/],
  ['no tenant', { tenants: [] }, /allowed tenants/],
  ['an empty tenant', { tenants: [TENANT, ''] }, /allowed tenants/],
  ['a tenant by its domain', { tenants: ['contoso.onmicrosoft.com'] }, /contoso\.onmicrosoft\.com/],
  ['no hosts', { serviceUrlHosts: [] }, /not a host/],
  ['any host', { serviceUrlHosts: ['*'] }, /not a host/],
  ['a whole top-level domain', { serviceUrlHosts: ['*.net'] }, /not a host/],
  ['plain http to another machine', { serviceUrlHosts: ['http://example.com:80'] }, /not a host/],
  ['metadata over plain http', { metadataUrl: 'http://login.botframework.com/' }, /not an https address/],
  ['metadata from nowhere', { metadataUrl: 'login' }, /not an https address/],
])('%s is refused at start', (_name, options, message) => {
  expect(() => setUp(options)).toThrow(Problem);
  expect(() => setUp(options)).toThrow(message);
});

test('an app id and tenants in upper case are the same ids', async () => {
  const upper = { appId: 'AAAAAAAA-1111-4111-8111-111111111111', tenants: ['BBBBBBBB-2222-4222-8222-222222222222'] };
  const { checker } = setUp(upper);
  const tenantId = upper.tenants[0]?.toLowerCase();
  const body = activity({ conversation: { tenantId }, channelData: {} });
  expect(outcome(await checker.check(token({ aud: upper.appId.toLowerCase() }), body))).toBe('ok');
});

test('the same hosts bind what we send: a stored serviceUrl is checked before our token goes there', () => {
  const allowed = serviceUrlCheck();
  expect(allowed(SERVICE_URL)).toBe(true);
  expect(allowed('https://smba.infra.gcc.teams.microsoft.com/gcc/')).toBe(true);
  expect(allowed('https://example.com/')).toBe(false);
});

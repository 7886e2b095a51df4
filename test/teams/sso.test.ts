import { expect, test } from 'vitest';
import { createSsoChecker, scope } from '../../src/teams/sso.ts';
import { signToken, teamsKey } from '../support/teams-keys.ts';

const APP = '11111111-1111-4111-8111-111111111111';
const TENANT = '22222222-2222-4222-8222-222222222222';
const PERSON = '33333333-3333-4333-8333-333333333333';
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const START = Date.parse('2026-11-25T10:00:00Z');
const seconds = START / 1000;

const key = teamsKey('entra-1', { endorsements: undefined });
const stranger = teamsKey('entra-1');

/** Entra's two documents, as it publishes them for one tenant. */
const entra = (issuer = ISSUER): typeof globalThis.fetch =>
  (async (address: URL) =>
    Response.json(
      String(address) === `${ISSUER}/.well-known/openid-configuration`
        ? { issuer, jwks_uri: `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys` }
        : { keys: [key.jwk] },
    )) as never;

const claims = (over: object = {}) => ({
  ver: '2.0',
  iss: ISSUER,
  aud: APP,
  tid: TENANT,
  oid: PERSON,
  scp: scope,
  azp: '5e3ce6c0-2b1f-4285-8d4b-75ee78787346',
  nbf: seconds,
  iat: seconds,
  exp: seconds + 3600,
  name: 'Ann',
  ...over,
});
const checker = (fetch = entra()) => createSsoChecker({ appId: APP, tenantId: TENANT, now: () => START, fetch });
const check = (token: string, by = checker()) => by.check(`Bearer ${token}`);

test('a token of Entra for this app, this tenant and a client of Teams says who looks', async () => {
  expect(await check(signToken(key, claims()))).toEqual({ ok: true, person: PERSON, name: 'Ann' });
  expect(await check(signToken(key, claims({ azp: '1fec8e78-bce4-4aaf-ab1b-5451cc387264' })))).toMatchObject({
    ok: true,
  });
  expect(await check(signToken(key, claims({ scp: `openid ${scope}`, oid: PERSON.toUpperCase() })))).toMatchObject({
    person: PERSON,
  });
});

test.each<[string, object]>([
  ['wrong_version', { ver: '1.0' }],
  ['wrong_issuer', { iss: 'https://sts.windows.net/x/' }],
  ['wrong_issuer', { tid: PERSON }],
  ['wrong_audience', { aud: `api://bot.example.com/${APP}` }],
  ['wrong_audience', { aud: PERSON }],
  // A token that an application got for itself.
  ['wrong_scope', { scp: undefined, roles: ['access_as_user'] }],
  ['wrong_scope', { scp: 'access_as_user_too' }],
  ['wrong_client', { azp: PERSON }],
  ['wrong_client', { azp: undefined }],
  ['expired', { exp: seconds - 301 }],
  ['not_yet_valid', { nbf: seconds + 301 }],
  ['not_yet_valid', { iat: seconds + 301 }],
  ['malformed_token', { oid: 'somebody' }],
  ['malformed_token', { exp: '9999999999' }],
  ['malformed_token', { exp: undefined }],
])('%s: %j', async (reason, over) => {
  expect(await check(signToken(key, claims(over)))).toMatchObject({ ok: false, reason });
});

test('only a published key signs, and nothing without a token', async () => {
  expect(await check(signToken(stranger, claims()))).toMatchObject({ reason: 'bad_signature' });
  expect(await check(signToken({ ...key, kid: 'other' }, claims()))).toMatchObject({ reason: 'unknown_key' });
  expect(await check(signToken(key, claims(), { alg: 'none' }))).toMatchObject({ reason: 'algorithm_refused' });
  expect(await checker().check(undefined)).toMatchObject({ status: 401, reason: 'no_token' });
  expect(await checker().check('Basic x')).toMatchObject({ reason: 'not_bearer' });
  expect(await check('x'.repeat(9000))).toMatchObject({ reason: 'token_too_long' });
});

test('keys that speak for another tenant are not taken, and without any nobody gets in', async () => {
  expect(
    await check(signToken(key, claims()), checker(entra('https://login.microsoftonline.com/x/v2.0'))),
  ).toMatchObject({ status: 503, reason: 'keys_unavailable' });
});

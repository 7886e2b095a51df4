import { createHmac, createSign, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';

/** How a minted token differs from a good one. Everything left out is as Microsoft sends it. */
export type Deviation = {
  /** Claims to set; `undefined` leaves the claim out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Header fields to set; `undefined` leaves the field out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /**
   * `own`: the published key, endorsed for Teams. `unendorsed`: published without endorsements. `elsewhere`: published
   * and endorsed for another channel only. `stranger`: a key nobody published, under the good key's id. `none`: alg
   * none, no signature. `hmac`: HS256 with the public key's text as the secret (the key confusion attack).
   */
  readonly key?: 'own' | 'unendorsed' | 'elsewhere' | 'stranger' | 'none' | 'hmac';
};

const channelIssuer = 'https://api.botframework.com';
const tokenSeconds = 3600;
/** The id by which Entra knows Teams in a browser. */
const teamsInBrowsers = '5e3ce6c0-2b1f-4285-8d4b-75ee78787346';

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const makePair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const sign = (text: string, key: KeyObject): string => createSign('RSA-SHA256').update(text).sign(key, 'base64url');
const seal = (text: string, secret: string | Buffer): string =>
  createHmac('sha256', secret).update(text).digest('base64url');

type KeysOptions = {
  readonly clock: { now(): Date };
  readonly appId: string;
  readonly tenantId: string;
  /** Known only once the server listens. */
  readonly serviceUrl: () => string;
};

/**
 * The tenant's signing keys: what Microsoft's login service is to a real bot. One RSA pair stands behind three published
 * key ids that differ in their endorsements, because making a pair costs a tenth of a second.
 */
export function createKeys({ clock, appId, tenantId, serviceUrl }: KeysOptions) {
  let pair = makePair();
  let generation = 1;
  let stranger: KeyObject | undefined;
  // The bot's own tokens are opaque to the bot and checked only here, so they outlive a rotation of the published keys.
  const secret = randomBytes(32);
  const kid = (name: string): string => `${name}-${generation}`;
  const seconds = (): number => Math.floor(clock.now().getTime() / 1000);

  function assemble(header: object, claims: object, key: NonNullable<Deviation['key']>): string {
    const text = `${encode(header)}.${encode(claims)}`;
    if (key === 'none') return `${text}.`;
    if (key === 'hmac') return `${text}.${seal(text, String(pair.publicKey.export({ type: 'spki', format: 'pem' })))}`;
    if (key === 'stranger') stranger ??= makePair().privateKey;
    return `${text}.${sign(text, key === 'stranger' && stranger ? stranger : pair.privateKey)}`;
  }

  const algOf = {
    own: 'RS256',
    unendorsed: 'RS256',
    elsewhere: 'RS256',
    stranger: 'RS256',
    none: 'none',
    hmac: 'HS256',
  };

  /** A token as Teams sends it to the bot, with the deviations asked for. */
  function mint({ claims = {}, header = {}, key = 'own' }: Deviation = {}): string {
    const now = seconds();
    const published = key === 'unendorsed' || key === 'elsewhere' ? key : 'own';
    return assemble(
      { alg: algOf[key], kid: kid(published), typ: 'JWT', x5t: kid(published), ...header },
      { serviceurl: serviceUrl(), nbf: now, exp: now + tokenSeconds, iss: channelIssuer, aud: appId, ...claims },
      key,
    );
  }

  /** What Teams gives to a page in it, for whoever looks at it. */
  function mintSso(person: { readonly oid: string; readonly name: string }, claims: Deviation['claims'] = {}): string {
    const now = seconds();
    const own = { iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, aud: appId, tid: tenantId, ver: '2.0' };
    const client = { azp: teamsInBrowsers, scp: 'access_as_user' };
    return assemble(
      { alg: 'RS256', kid: kid('own'), typ: 'JWT' },
      { ...own, ...client, ...person, nbf: now, iat: now, exp: now + tokenSeconds, ...claims },
      'own',
    );
  }

  /** The bot's token for calling the connector, as Entra would issue it; good for an hour of the injected clock. */
  function issue(): string {
    const now = seconds();
    const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;
    const claims = { aud: channelIssuer, iss: issuer, appid: appId, tid: tenantId, jti: randomUUID() };
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, nbf: now, exp: now + tokenSeconds })}`;
    return `${text}.${seal(text, secret)}`;
  }

  /** Why this Authorization header opens nothing, or undefined when it does. */
  function refusal(authorization: string | undefined): string | undefined {
    if (!authorization?.startsWith('Bearer ')) return 'there is no bearer token';
    const [header = '', claims = '', signature] = authorization.slice('Bearer '.length).split('.');
    if (signature !== seal(`${header}.${claims}`, secret)) return 'the token was not issued by this tenant';
    // Sealed with our own secret, so the claims are ours and need no schema.
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
    return exp > seconds() ? undefined : 'the token has expired';
  }

  const published = (name: string, endorsements?: readonly string[]) => ({
    ...pair.publicKey.export({ format: 'jwk' }),
    use: 'sig',
    kid: kid(name),
    x5t: kid(name),
    ...(endorsements ? { endorsements } : {}),
  });

  return {
    mint,
    mintSso,
    issue,
    refusal,
    /** Signs with new keys from now on; the old ones are no longer published. */
    rotate(): void {
      pair = makePair();
      generation += 1;
    },
    jwks: () => ({ keys: [published('own', ['msteams']), published('unendorsed'), published('elsewhere', ['skype'])] }),
    ssoMetadata: (jwksUrl: string) => ({
      issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      jwks_uri: jwksUrl,
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    metadata: (jwksUrl: string) => ({
      issuer: channelIssuer,
      authorization_endpoint: 'https://invalid.botframework.com',
      jwks_uri: jwksUrl,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    }),
  };
}

export type Keys = ReturnType<typeof createKeys>;

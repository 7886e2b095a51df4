import { z } from 'zod';
import { bearer, open } from './jwt.ts';
import { createSigningKeys, type KeysState } from './signing-keys.ts';

/*
 * Checks the token that a page of ours inside of Teams gets for the person who looks at it (Entra’s single sign-on), as
 * Microsoft's "Access tokens" and "Enable SSO in a tab app" say: signature, issuer, audience, times, tenant, scope, and that
 * it was made for a client of Teams. Who calls is the token's `oid`, never anything that the page says.
 */

/** The scope that the app registration exposes and Teams' clients are pre-authorised for. */
export const scope = 'access_as_user';
/** Teams on desktops and phones, and in browsers. */
const clients: readonly string[] = ['1fec8e78-bce4-4aaf-ab1b-5451cc387264', '5e3ce6c0-2b1f-4285-8d4b-75ee78787346'];
const SKEW_SECONDS = 5 * 60;

const refusals = {
  no_token: [401, 'The request carries no Authorization header. Open this page in Teams.'],
  not_bearer: [401, 'The Authorization header is not “Bearer” and a token. Open this page in Teams.'],
  token_too_long: [401, 'The token is longer than any that Entra issues. Open the tab again.'],
  malformed_token: [401, 'The token is not a signed JSON Web Token of Entra, version 2. Open the tab again.'],
  algorithm_refused: [401, 'The token is not signed as its key is published for. Open the tab again.'],
  unknown_key: [401, 'The token’s key is not one that Entra publishes. Open the tab again.'],
  bad_signature: [401, 'The token’s signature does not fit its content. Open the tab again.'],
  wrong_version: [
    401,
    'The token is of Entra’s version 1. Set “requestedAccessTokenVersion” to 2 in the manifest of the app registration.',
  ],
  wrong_issuer: [401, 'The token is from another issuer or tenant than this bot’s.'],
  wrong_audience: [401, 'The token is for another app. Check that MICROSOFT_APP_ID is this bot’s app id.'],
  wrong_scope: [403, `The token is not for “${scope}”. Expose this scope in the app registration.`],
  wrong_client: [403, 'The token was made for another program than Microsoft Teams.'],
  expired: [401, 'The token has ended. Open the tab again.'],
  not_yet_valid: [401, 'The token is not valid yet. Set this machine’s clock.'],
  keys_unavailable: [503, 'Entra’s keys could not be fetched yet. Try again in a few seconds.'],
  check_failed: [503, 'The token could not be checked, by a fault of this bot. Try again; its log has the reason.'],
} as const satisfies Record<string, readonly [401 | 403 | 503, string]>;
type Reason = keyof typeof refusals;

/** `message` holds nothing from the request, so it may be answered and logged as it is. */
export type SsoVerdict =
  | { readonly ok: true; readonly person: string; readonly name?: string }
  | { readonly ok: false; readonly status: 401 | 403 | 503; readonly reason: Reason; readonly message: string };
const refuse = (reason: Reason): SsoVerdict => {
  const [status, message] = refusals[reason];
  return { ok: false, status, reason, message };
};

const claimsShape = z.object({
  ver: z.string(),
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
  tid: z.string().toLowerCase(),
  oid: z.guid().toLowerCase(),
  scp: z.string().default(''),
  azp: z.string().default(''),
  name: z.string().optional(),
});

export type SsoChecker = {
  /** `authorization` is the header as it came. Never throws. */
  check(authorization: string | undefined): Promise<SsoVerdict>;
  /** For /readyz. */
  keys(): KeysState;
};

/** `now` is in ms since 1970. */
export function createSsoChecker(options: {
  readonly appId: string;
  readonly tenantId: string;
  readonly metadataUrl?: string;
  readonly now?: () => number;
  readonly fetch?: typeof globalThis.fetch;
  readonly onFault?: (error: unknown) => void;
}): SsoChecker {
  const { now = Date.now, fetch = globalThis.fetch } = options;
  const tenant = options.tenantId.toLowerCase();
  const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
  const metadataUrl = options.metadataUrl ?? `${issuer}/.well-known/openid-configuration`;
  const keys = createSigningKeys({ metadataUrl, issuer, now, fetch });

  async function check(authorization: string | undefined): Promise<SsoVerdict> {
    const sent = bearer(authorization);
    if (typeof sent === 'string') return refuse(sent);
    const opened = await open(sent.token, keys);
    if (typeof opened === 'string') return refuse(opened);
    const claims = claimsShape.safeParse(opened.claims);
    if (!claims.success) return refuse('malformed_token');
    const { ver, iss, aud, exp, nbf, iat, tid, oid, scp, azp, name } = claims.data;
    if (ver !== '2.0') return refuse('wrong_version');
    // The issuer is of one tenant: who it issues for is of that tenant, or a guest that the tenant has let in.
    if (iss !== issuer || tid !== tenant) return refuse('wrong_issuer');
    if (aud !== options.appId.toLowerCase()) return refuse('wrong_audience');
    // A token without a scope is an application's own, and nobody looks at a page by it.
    if (!scp.split(' ').includes(scope)) return refuse('wrong_scope');
    if (!clients.includes(azp)) return refuse('wrong_client');
    const seconds = now() / 1000;
    if (exp <= seconds - SKEW_SECONDS) return refuse('expired');
    if (Math.max(nbf ?? 0, iat ?? 0) > seconds + SKEW_SECONDS) return refuse('not_yet_valid');
    return { ok: true, person: oid, ...(name ? { name } : {}) };
  }

  return {
    check: (authorization) =>
      check(authorization).catch((error: unknown) => {
        options.onFault?.(error);
        return refuse('check_failed');
      }),
    keys: keys.state,
  };
}

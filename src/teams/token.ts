import { hash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../core/kernel/problem.ts';
import { bearer, open } from './jwt.ts';
import { createSigningKeys, type KeysState, type SigningKey } from './signing-keys.ts';

/*
 * Checks the token of a request from the Bot Connector service, before anything else sees the request.
 *
 * "Clause n" is the list in Microsoft's "Authenticate requests from the Bot Connector service to your bot", step 4.
 * botbuilder's own check lets through keys without endorsements, tokens without `exp`, an empty serviceUrl and emulator
 * tokens, and answers 500 to several forgeries; so it is not asked. Emulator and skill tokens do not exist here.
 */

const refusals = {
  no_token: [401, 'The request carries no Authorization header. Only the Bot Connector service may call here.'],
  not_bearer: [401, 'The Authorization header is not “Bearer” and a token. Send it as the service does.'],
  token_too_long: [401, 'The token is longer than any that the Bot Connector service issues. Get a new one.'],
  malformed_token: [401, 'The token is not a signed JSON Web Token with a key id. Get a new one.'],
  algorithm_refused: [401, 'The token is not signed as its key is published for. Get a new one.'],
  unknown_key: [401, 'The token’s key is not one that the Bot Connector service publishes. Get a new one.'],
  bad_signature: [401, 'The token’s signature does not fit its content. Get a new one.'],
  wrong_issuer: [401, 'The token is not from the Bot Connector service; emulators and skills may not call here.'],
  wrong_audience: [401, 'The token is for another bot. Check that MICROSOFT_APP_ID is this bot’s app id.'],
  no_expiry: [401, 'The token does not say when it ends. Get a new one.'],
  expired: [401, 'The token has ended. Get a new one; if it is new, set this machine’s clock.'],
  not_yet_valid: [401, 'The token is not valid yet. Set this machine’s clock.'],
  issued_in_future: [401, 'The token was issued in the future. Set this machine’s clock.'],
  no_service_url: [401, 'The token or the activity names no serviceUrl. Both must, and the same one.'],
  service_url_mismatch: [401, 'The activity’s serviceUrl is not the one that the token was issued for.'],
  service_url_refused: [403, 'The activity’s serviceUrl is not an https address of the Bot Connector service.'],
  channel_refused: [403, 'The activity comes from a channel that is not served here; only Microsoft Teams is.'],
  key_not_endorsed: [403, 'The token’s key is not endorsed for the channel that the activity names.'],
  no_tenant: [403, 'The activity does not say which Microsoft 365 tenant it comes from.'],
  tenant_refused: [403, 'The activity’s Microsoft 365 tenant is not allowed here. Add its id to the allowed ones.'],
  keys_unavailable: [503, 'The Bot Connector service’s keys could not be fetched yet. Try again in a few seconds.'],
  check_failed: [503, 'The token could not be checked, by a fault of this bot. Try again; its log has the reason.'],
} as const satisfies Record<string, readonly [401 | 403 | 503, string]>;

/** Why a request was refused. Stable: logs, metrics and docs use these. */
type Reason = keyof typeof refusals;
type Refused = {
  readonly ok: false;
  readonly status: 401 | 403 | 503;
  readonly reason: Reason;
  readonly message: string;
};
/** `message` holds nothing from the request, so it may be answered and logged as it is. */
export type Verdict = { readonly ok: true; readonly claims: TokenClaims } | Refused;

const refuse = (reason: Reason): Refused => {
  const [status, message] = refusals[reason];
  return { ok: false, status, reason, message };
};

const SKEW_SECONDS = 5 * 60;
/** Checked tokens remembered. The service signs one per bot, serviceUrl and hour, so this is plenty. */
const REMEMBERED = 500;

/** Where Microsoft's public cloud answers from (the list that its Teams SDK holds), and the service's own domain. */
const SERVICE_URL_HOSTS = [
  'smba.trafficmanager.net',
  'smba.onyx.prod.teams.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  '*.botframework.com',
] as const;

const numericDate = z.number().nonnegative();
/** In the order of the checks: the first claim that does not fit gives the reason. */
const claimsShape = z.object({
  iss: z.string(),
  /** RFC 7519 lets `aud` be a list; a list of several would make the token good for others too. */
  aud: z.union([z.string(), z.tuple([z.string()]).transform(([only]) => only)]),
  exp: numericDate,
  nbf: numericDate.optional(),
  iat: numericDate.optional(),
  serviceurl: z.string().min(1),
});
/** What the service vouches for. Times in seconds since 1970. */
type TokenClaims = z.output<typeof claimsShape>;
/** A token that passed everything that does not depend on the moment or the activity. */
type Checked = { readonly ok: true; readonly kid: string; readonly key: SigningKey; readonly claims: TokenClaims };
const claimReasons: Readonly<Record<string, Reason>> = {
  iss: 'wrong_issuer',
  aud: 'wrong_audience',
  exp: 'no_expiry',
  nbf: 'not_yet_valid',
  iat: 'issued_in_future',
  serviceurl: 'no_service_url',
};
/** The part of the activity that the token is compared with; everything else is decode's business. */
const activityShape = z.object({
  serviceUrl: z.string().min(1),
  channelId: z.string(),
  conversation: z.object({ tenantId: z.string().nullish() }).nullish(),
  channelData: z.object({ tenant: z.object({ id: z.string().nullish() }).nullish() }).nullish(),
});
const activityReasons: Readonly<Record<string, Reason>> = {
  serviceUrl: 'no_service_url',
  channelId: 'channel_refused',
  conversation: 'no_tenant',
  channelData: 'no_tenant',
};
const firstReason = (error: z.ZodError, reasons: Readonly<Record<string, Reason>>, otherwise: Reason): Reason =>
  reasons[String(error.issues[0]?.path[0])] ?? otherwise;

/**
 * Tells whether a serviceUrl is one that our token may be sent to. A pattern is `host` or `*.domain`, over https and
 * without a port; or a whole origin `http://127.0.0.1:<port>`, for tests and the playground. Throws `Problem`.
 */
export function serviceUrlCheck(patterns: readonly string[] = SERVICE_URL_HOSTS): (serviceUrl: string) => boolean {
  const valid = /^(\*\.([a-z0-9-]+\.)+[a-z0-9-]+|([a-z0-9-]+\.)+[a-z0-9-]+|http:\/\/127\.0\.0\.1:\d+)$/;
  const odd = patterns.find((pattern) => !valid.test(pattern));
  if (odd !== undefined || patterns.length === 0)
    throw new Problem(
      'teams_misconfigured',
      `Teams cannot be served: “${odd ?? ''}” is not a host that messages may be sent to. Write a host name, or *. and a domain.`,
    );
  return (serviceUrl) => {
    const url = URL.parse(serviceUrl);
    if (url === null || url.username !== '' || url.password !== '') return false;
    if (patterns.includes(url.origin)) return true;
    if (url.protocol !== 'https:' || url.port !== '') return false;
    return patterns.some((one) => (one.startsWith('*.') ? url.hostname.endsWith(one.slice(1)) : url.hostname === one));
  };
}

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
function required(name: string, values: readonly string[]): readonly string[] {
  const odd = values.find((value) => !guid.test(value));
  if (odd !== undefined || values.length === 0)
    throw new Problem(
      'teams_misconfigured',
      `Teams cannot be served: ${name} must be an id like 00000000-0000-0000-0000-000000000000, but it is “${odd ?? ''}”. Copy it from the app registration in Microsoft Entra.`,
    );
  return values.map((value) => value.toLowerCase());
}

export type TokenChecker = {
  /** `authorization` is the header as it came, `activity` the parsed body. Never throws. */
  check(authorization: string | undefined, activity: unknown): Promise<Verdict>;
  /** For /readyz. */
  keys(): KeysState;
};

/**
 * Makes the check. Throws `Problem` (teams_misconfigured) when what it is given would let everything or nothing pass.
 * `serviceUrlHosts` as in `serviceUrlCheck`; `channels` are the channelIds served; `now` is in ms since 1970.
 */
export function createTokenChecker(options: {
  readonly appId: string;
  readonly tenants: readonly string[];
  readonly metadataUrl?: string;
  readonly issuer?: string;
  readonly serviceUrlHosts?: readonly string[];
  readonly channels?: readonly string[];
  readonly now?: () => number;
  readonly fetch?: typeof globalThis.fetch;
  /** Told when a check broke off by a fault of ours; the request is refused. */
  readonly onFault?: (error: unknown) => void;
}): TokenChecker {
  const {
    metadataUrl = 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    issuer = 'https://api.botframework.com',
    channels = ['msteams'],
    now = Date.now,
    fetch = globalThis.fetch,
  } = options;
  const [appId] = required('MICROSOFT_APP_ID', [options.appId]);
  const tenants = new Set(required('the list of allowed tenants', options.tenants));
  const hostAllowed = serviceUrlCheck(options.serviceUrlHosts);
  const keys = createSigningKeys({ metadataUrl, issuer, now, fetch });
  /** By the token's SHA-256, so that no token is held in memory; least lately used first. */
  const remembered = new Map<string, Checked>();

  /** Form, key, algorithm, signature, and the claims that never change. */
  async function readToken(token: string): Promise<Checked | Refused> {
    const id = hash('sha256', token, 'base64');
    const known = remembered.get(id);
    // A key that was withdrawn, or published anew with other endorsements, is another object: then check in full.
    if (known && (await keys.find(known.kid)) === known.key) {
      remembered.delete(id);
      remembered.set(id, known);
      return known;
    }
    // Clause 2: a well-formed JSON Web Token. Clause 6: a published key, with the published algorithm.
    const opened = await open(token, keys);
    if (typeof opened === 'string') return refuse(opened);
    const { kid, key } = opened;
    const claims = claimsShape.safeParse(opened.claims);
    if (!claims.success) return refuse(firstReason(claims.error, claimReasons, 'malformed_token'));
    // Clause 3: the issuer. Clause 4: the audience.
    if (claims.data.iss !== issuer) return refuse('wrong_issuer');
    if (claims.data.aud !== appId) return refuse('wrong_audience');

    const checked: Checked = { ok: true, kid, key, claims: claims.data };
    remembered.set(id, checked);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return checked;
  }

  /** What depends on the moment and on the activity, so it is checked for every request, remembered token or not. */
  function checkUse({ claims, key }: Checked, body: unknown): Verdict {
    const seconds = now() / 1000;
    // Clause 5: the time, five minutes either way.
    if (claims.exp <= seconds - SKEW_SECONDS) return refuse('expired');
    if (claims.nbf !== undefined && claims.nbf > seconds + SKEW_SECONDS) return refuse('not_yet_valid');
    if (claims.iat !== undefined && claims.iat > seconds + SKEW_SECONDS) return refuse('issued_in_future');
    const parsed = activityShape.safeParse(body);
    if (!parsed.success) return refuse(firstReason(parsed.error, activityReasons, 'no_service_url'));
    const activity = parsed.data;
    // Clause 7: the serviceUrl that the token was issued for. Answers, and our own token with them, go there.
    if (claims.serviceurl !== activity.serviceUrl) return refuse('service_url_mismatch');
    if (!hostAllowed(activity.serviceUrl)) return refuse('service_url_refused');
    // Step 3: a key speaks only for the channels it is endorsed for; none at all means for no channel.
    if (!channels.includes(activity.channelId)) return refuse('channel_refused');
    if (!key.endorsements.has(activity.channelId)) return refuse('key_not_endorsed');
    // The service signs for every tenant in the world that installs the bot: which ones may is for us to check.
    const named = [activity.conversation?.tenantId, activity.channelData?.tenant?.id].filter((id) => id != null);
    if (named.length === 0) return refuse('no_tenant');
    if (!named.every((id) => tenants.has(id.toLowerCase()))) return refuse('tenant_refused');
    return { ok: true, claims };
  }

  async function check(authorization: string | undefined, activity: unknown): Promise<Verdict> {
    // Clause 1: the Authorization header, with the Bearer scheme.
    const sent = bearer(authorization);
    if (typeof sent === 'string') return refuse(sent);
    const checked = await readToken(sent.token);
    return checked.ok ? checkUse(checked, activity) : checked;
  }

  return {
    // A fault of ours must neither let a request pass nor end in a 500 with a stack.
    check: (authorization, activity) =>
      check(authorization, activity).catch((error: unknown) => {
        options.onFault?.(error);
        return refuse('check_failed');
      }),
    keys: keys.state,
  };
}

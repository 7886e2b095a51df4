import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import type { Delivered } from '../core/kernel/index.ts';

/**
 * What went wrong with one call, in a word that may be logged: Slack's own error code, or ours for what happened on the
 * way. Never a body, a token or an address.
 */
export type Fault = {
  readonly code: string;
  /** Milliseconds, when Slack said how long to wait. */
  readonly after?: number;
  /** The scope that is missing, when Slack named it. */
  readonly needed?: string;
};

/** What a fault means for a delivery. */
export type Meaning =
  | 'place'
  | 'message'
  | 'person'
  | 'trigger'
  | 'address'
  /** It was done before: the modal is open already, a newer state is shown already. */
  | 'done'
  /** Our own access is broken: everything waits. */
  | 'parked'
  /** A scope is missing: a person has to grant it. */
  | 'scope'
  /** A Slack-compatible server does not have this method. */
  | 'method'
  | 'later'
  /** Later, but it may have been carried out all the same. */
  | 'unknown'
  | 'refused';

const each = (meaning: Meaning, ...codes: readonly string[]): Readonly<Record<string, Meaning>> =>
  Object.fromEntries(codes.map((code) => [code, meaning]));

/** Slack's error codes (method pages of docs.slack.dev), and ours. What is not here is `refused`. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ...each('place', 'not_in_channel', 'channel_not_found', 'is_archived', 'restricted_action', 'is_inactive'),
  ...each('place', 'restricted_action_read_only_channel', 'restricted_action_thread_only_channel'),
  ...each('message', 'message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found'),
  ...each('person', 'user_not_found', 'users_not_found', 'user_disabled', 'user_not_visible', 'user_not_in_channel'),
  ...each('person', 'cannot_dm_bot', 'messages_tab_disabled', 'user_is_bot'),
  ...each('trigger', 'expired_trigger_id', 'trigger_expired', 'invalid_trigger_id', 'invalid_trigger'),
  ...each('trigger', 'push_limit_reached', 'view_not_found', 'not_found'),
  ...each('address', 'expired_url', 'used_url', 'invalid_url', 'no_response_url'),
  // The second click of a double click.
  ...each('done', 'exchanged_trigger_id', 'trigger_exchanged'),
  ...each('parked', 'not_authed', 'invalid_auth', 'account_inactive', 'token_revoked', 'token_expired'),
  ...each('parked', 'org_login_required', 'ekm_access_denied', 'access_denied', 'team_access_not_granted'),
  ...each('parked', 'two_factor_setup_required', 'app_not_installed', 'http_401'),
  ...each('scope', 'missing_scope', 'not_allowed_token_type', 'no_permission'),
  ...each('method', 'unknown_method', 'method_deprecated', 'deprecated_endpoint', 'http_405', 'http_501'),
  ...each('later', 'ratelimited', 'rate_limited', 'message_limit_exceeded', 'accesslimited', 'hash_conflict'),
  ...each('later', 'team_added_to_org', 'request_timeout', 'service_unavailable', 'unreachable', 'http_403'),
  ...each('later', 'http_407', 'http_408'),
  // Slack: "it's possible some aspect of the operation succeeded before the error was raised".
  ...each('unknown', 'internal_error', 'fatal_error', 'external_service_error', 'timeout', 'connection_lost'),
  ...each('unknown', 'unreadable'),
};

/** `account_inactive` is what a dead token gets too, so on a call about a person it is looked into first (`deliver`). */
export function meaningOf({ code }: Fault): Meaning {
  if (Object.hasOwn(MEANINGS, code)) return MEANINGS[code] as Meaning;
  return /^http_5\d\d$/.test(code) ? 'unknown' : 'refused';
}

/** A person has to install the app again before a missing scope is there. */
const scopeWaitMs = 15 * 60_000;

const outcomes: { readonly [K in Meaning]: (why: string, after: number | undefined) => Delivered } = {
  place: (why) => ({ is: 'gone', what: 'place', why }),
  message: (why) => ({ is: 'gone', what: 'message', why }),
  person: (why) => ({ is: 'gone', what: 'person', why }),
  trigger: (why) => ({ is: 'gone', what: 'trigger', why }),
  address: (why) => ({ is: 'gone', what: 'address', why }),
  done: () => ({ is: 'done' }),
  parked: (why) => ({ is: 'parked', why }),
  scope: (why) => ({ is: 'later', after: scopeWaitMs, why }),
  method: (why) => ({ is: 'refused', why }),
  later: (why, after) => ({ is: 'later', ...(after === undefined ? {} : { after }), why }),
  unknown: (why, after) => ({ is: 'later', ...(after === undefined ? {} : { after }), unknown: true, why }),
  refused: (why) => ({ is: 'refused', why }),
};

/** The fault of `method` as the end of a delivery. */
export function deliveredBy(fault: Fault, method: string): Delivered {
  return outcomes[meaningOf(fault)](`${method}: ${fault.code}`, fault.after);
}

/** Slack's codes are short words. Anything else under `error` is a page that some proxy put there. */
const word = /^[a-z][a-z0-9_.:-]{0,79}$/i;
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Follows the causes of a failed fetch to the code that says what happened. */
function onTheWay(error: unknown, depth = 0): Fault {
  if (!(error instanceof Error) || depth > 5) return { code: 'connection_lost' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (neverSent.has(code) || code.startsWith('CERT_') || code.startsWith('ERR_TLS')) return { code: 'unreachable' };
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return { code: 'timeout' };
  if (error instanceof WebAPIRequestError) return onTheWay(error.original, depth + 1);
  return error.cause === undefined ? { code: 'connection_lost' } : onTheWay(error.cause, depth + 1);
}

/** What a call of the WebClient threw, in a word. */
export function faultOf(error: unknown): Fault {
  if (error instanceof WebAPIRateLimitedError) return { code: 'ratelimited', after: error.retryAfter * 1000 };
  // Slack itself answers 200 to a method it does not know: a 404 is another server that lacks the path.
  if (error instanceof WebAPIHTTPError)
    return { code: error.statusCode === 404 ? 'unknown_method' : `http_${error.statusCode}` };
  if (error instanceof Error && error.message.startsWith('Retry header did not contain'))
    return { code: 'ratelimited' };
  if (error instanceof WebAPIPlatformError) {
    // A body that is not JSON is put whole into `error` by the WebClient.
    const said: unknown = error.data.error;
    if (typeof said !== 'string' || !word.test(said)) return { code: 'unreadable' };
    const after = error.data.response_metadata?.retryAfter;
    const needed: unknown = 'needed' in error.data ? error.data.needed : undefined;
    return {
      code: said,
      ...(after === undefined ? {} : { after: after * 1000 }),
      ...(typeof needed === 'string' && /^[a-z0-9:._,]{1,200}$/i.test(needed) ? { needed } : {}),
    };
  }
  return onTheWay(error);
}

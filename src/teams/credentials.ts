import { Problem } from '../core/kernel/problem.ts';
import { openHelper } from '../helper.ts';

/** How this bot proves who it is when it calls Teams. Ids are those of its app registration in Microsoft Entra. */
export type TeamsCredentials =
  | { readonly kind: 'secret'; readonly appId: string; readonly tenantId: string; readonly secret: string }
  | { readonly kind: 'managedIdentity'; readonly appId: string; readonly tenantId: string };

/** Gives a token for the Bot Connector service, ready for an Authorization header after `Bearer `. */
export type TokenSource = () => Promise<string>;

/** A token, and until when it is used, in milliseconds since 1970: botbuilder stops five minutes before it ends. */
export type Granted = { readonly token: string; readonly until: number };

/** Milliseconds. MSAL sets no limit to its own POST, and every caller waits for the one request. */
export const TOKEN_TIMEOUT = 20_000;

/** Milliseconds. A token is replaced that long before it is not used any more, so that nobody waits for the next one. */
const AHEAD = 10 * 60_000;
/** Who gives the same token again, or none, is not asked at every call for another. */
const AGAIN = 60_000;

const advice = {
  secret:
    'Check MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID and MICROSOFT_APP_PASSWORD, and that this machine reaches it.',
  managedIdentity: 'Check that the managed identity with MICROSOFT_APP_ID is assigned to the machine the bot runs on.',
};

/** One line. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 600);
}

/**
 * Makes a source of tokens from botbuilder's own credential classes. A token is kept until five minutes before it ends, and
 * whoever asks in the ten minutes before that has the next one fetched, without waiting for it: a probe of our health asks
 * every five. However many ask at once, one request is made. Throws `Problem` (teams_token_unavailable).
 *
 * botbuilder lives in a process of its own for as long as it takes to get a token, once an hour: in ours it would hold up
 * everybody for 0.3 to 0.7 s, and 50 MB for ever. Of an error only its message comes from there: the errors of the Azure
 * libraries carry whole requests, secrets included.
 */
export function createTokenSource(
  config: TeamsCredentials,
  now: () => number,
  grant = openHelper<TeamsCredentials, Granted>(new URL('./credentials-helper.ts', import.meta.url), TOKEN_TIMEOUT),
): TokenSource {
  let granted: Granted | undefined;
  let flight: Promise<string> | undefined;
  let asked = Number.NEGATIVE_INFINITY;

  async function get(): Promise<string> {
    try {
      granted = await grant(config);
      return granted.token;
    } catch (error) {
      throw new Problem(
        'teams_token_unavailable',
        `Teams could not be called: Microsoft Entra gave no token (${reason(error)}). ${advice[config.kind]}`,
      );
    }
  }

  function fetchAnother(): Promise<string> {
    asked = now();
    flight ??= get().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  return async () => {
    if (!granted || now() >= granted.until) return fetchAnother();
    // That there is no other one is told when this one is not used any more.
    if (now() >= granted.until - AHEAD && Math.abs(now() - asked) >= AGAIN) fetchAnother().catch(() => {});
    return granted.token;
  };
}

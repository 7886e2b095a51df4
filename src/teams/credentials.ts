import { Problem } from '../core/kernel/problem.ts';

/** How this bot proves who it is when it calls Teams. Ids are those of its app registration in Microsoft Entra. */
export type TeamsCredentials =
  | { readonly kind: 'secret'; readonly appId: string; readonly tenantId: string; readonly secret: string }
  | { readonly kind: 'managedIdentity'; readonly appId: string; readonly tenantId: string };

/** Gives a token for the Bot Connector service, ready for an Authorization header after `Bearer `. */
export type TokenSource = () => Promise<string>;

/** botbuilder adds `/.default`, which makes the scope https://api.botframework.com/.default. */
const CONNECTOR = 'https://api.botframework.com';
const LOGIN = 'https://login.microsoftonline.com/';
/** Milliseconds. MSAL sets no limit to its own POST, and every caller waits for the one request. */
export const TOKEN_TIMEOUT = 20_000;

/** What botbuilder's credentials can do; the type that it declares for them leaves this out. */
type AppCredentials = { getToken(): Promise<string> };
const isAppCredentials = (value: unknown): value is AppCredentials =>
  typeof value === 'object' && value !== null && 'getToken' in value && typeof value.getToken === 'function';

/** The settings by botbuilder's names. Always with a type: without one it falls back to any tenant, or to no check. */
const settings = {
  secret: (config: TeamsCredentials & { kind: 'secret' }) => ({
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppId: config.appId,
    MicrosoftAppTenantId: config.tenantId,
    MicrosoftAppPassword: config.secret,
  }),
  managedIdentity: (config: TeamsCredentials & { kind: 'managedIdentity' }) => ({
    MicrosoftAppType: 'UserAssignedMsi',
    MicrosoftAppId: config.appId,
    MicrosoftAppTenantId: config.tenantId,
  }),
};

const advice = {
  secret:
    'Check MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID and MICROSOFT_APP_PASSWORD, and that this machine reaches it.',
  managedIdentity: 'Check that the managed identity with MICROSOFT_APP_ID is assigned to the machine the bot runs on.',
};

/** One line. The error itself is dropped: those of the Azure libraries carry whole requests, secrets included. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 600);
}

/**
 * Makes a source of tokens from botbuilder's own credential classes, which keep a token until five minutes before it
 * ends. However many ask at once, one request is made. Throws `Problem` (teams_token_unavailable).
 *
 * botbuilder is loaded at the first call and not before: it costs 0.3 to 0.7 s and 50 MB.
 */
export function createTokenSource(config: TeamsCredentials): TokenSource {
  let credentials: AppCredentials | undefined;
  let flight: Promise<string> | undefined;

  async function load(): Promise<AppCredentials> {
    const { ConfigurationServiceClientCredentialFactory } = await import('botbuilder');
    // Azure's library would go on to whoever is signed in with `az` or an editor; a bot must not borrow a person's login.
    if (config.kind === 'managedIdentity') process.env.AZURE_TOKEN_CREDENTIALS ??= 'prod';
    const named = config.kind === 'secret' ? settings.secret(config) : settings.managedIdentity(config);
    const factory = new ConfigurationServiceClientCredentialFactory(named);
    const made = await factory.createCredentials(config.appId, CONNECTOR, LOGIN + config.tenantId, true);
    if (!isAppCredentials(made)) throw new Error('botbuilder made no credentials that can get a token');
    return made;
  }

  async function fetchToken(): Promise<string> {
    credentials ??= await load();
    return credentials.getToken();
  }

  async function get(): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), TOKEN_TIMEOUT);
    });
    try {
      return await Promise.race([fetchToken(), late]);
    } catch (error) {
      throw new Problem(
        'teams_token_unavailable',
        `Teams could not be called: Microsoft Entra gave no token (${reason(error)}). ${advice[config.kind]}`,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  return () => {
    flight ??= get().finally(() => {
      flight = undefined;
    });
    return flight;
  };
}

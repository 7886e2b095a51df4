import { ConfigurationServiceClientCredentialFactory } from 'botbuilder';
import { serveHelper } from '../helper.ts';
import type { Granted, TeamsCredentials } from './credentials.ts';

/* The process in which botbuilder gets a token: credentials.ts says why it has one of its own. */

/** botbuilder adds `/.default`, which makes the scope https://api.botframework.com/.default. */
const CONNECTOR = 'https://api.botframework.com';
const LOGIN = 'https://login.microsoftonline.com/';

/** What botbuilder's credentials can do, and where they keep a token; the types that it declares leave both out. */
type AppCredentials = {
  getToken(anew: boolean): Promise<string>;
  readonly constructor: { readonly cache: ReadonlyMap<string, Kept> };
};
type Kept = { readonly expiresOn: Date };
const isAppCredentials = (value: unknown): value is AppCredentials =>
  typeof value === 'object' &&
  value !== null &&
  'getToken' in value &&
  typeof value.getToken === 'function' &&
  'cache' in value.constructor &&
  value.constructor.cache instanceof Map;

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

async function grant(config: TeamsCredentials): Promise<Granted> {
  // Azure's library would go on to whoever is signed in with `az` or an editor; a bot must not borrow a person's login.
  if (config.kind === 'managedIdentity') process.env.AZURE_TOKEN_CREDENTIALS ??= 'prod';
  const named = config.kind === 'secret' ? settings.secret(config) : settings.managedIdentity(config);
  const factory = new ConfigurationServiceClientCredentialFactory(named);
  const made = await factory.createCredentials(config.appId, CONNECTOR, LOGIN + config.tenantId, true);
  if (!isAppCredentials(made)) throw new Error('botbuilder made no credentials that can get a token');
  const token = await made.getToken(true);
  const [kept] = made.constructor.cache.values();
  if (!kept) throw new Error('botbuilder did not say how long its token is good for');
  return { token, until: kept.expiresOn.getTime() };
}

serveHelper(grant);

import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { clustersIn, playgroundClusters } from './clusters.ts';
import { Problem } from './core/kernel/problem.ts';
import { type Environment, readEnvironment } from './environment.ts';

export type SlackConfig = {
  readonly token: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly apiUrl?: string;
};
export type TeamsConfig = {
  readonly appId: string;
  readonly tenantId: string;
  readonly credentials: { readonly kind: 'secret'; readonly secret: string } | { readonly kind: 'managedIdentity' };
};
/** One of several clusters: by a context of a kubeconfig file, or the one in which we run. */
export type ClusterConfig = { readonly name: string; readonly context: string; readonly kubeconfig?: string };
/** What golden paths are carried out with. */
export type BackendsConfig = {
  /** The cluster: a kubeconfig file, or the one in which we run. Of several, the first. */
  readonly kubernetes?: { readonly kubeconfig?: string; readonly context?: string };
  /** All of them, where they are named. */
  readonly clusters?: readonly ClusterConfig[];
  readonly backstage?: { readonly url: string; readonly token: string };
  readonly terraform: 'terraform' | 'tofu';
  /** What command line tools get of our environment. */
  readonly environment: Readonly<Record<string, string>>;
};
/** How mail goes out, and from whom it is. */
export type MailConfig = {
  readonly url: string;
  readonly from: { readonly name: string; readonly email: string };
};
export type Config = {
  readonly port: number;
  /** Where the listener is bound: everywhere with real platforms, loopback for the playground. */
  readonly host: string;
  /** How the world reaches us, for manifests and links. */
  readonly publicUrl?: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly settingsFile: string;
  /** The folder of golden paths. */
  readonly catalogDir: string;
  /** The folder of survey files. */
  readonly surveysDir: string;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly slack?: SlackConfig;
  readonly teams?: TeamsConfig;
  /** The local workspace and tenant: on when no real platform is connected. */
  readonly playground: boolean;
  /** How its clusters are called; none or one: there is one, which is called nothing. */
  readonly playgroundClusters?: readonly string[];
  /** Accepts unsigned Teams requests from this machine, for Microsoft's own Agents Playground. */
  readonly unauthenticatedTeams: boolean;
  readonly backends: BackendsConfig;
  /** A language model that may say in other words what the doctor found. */
  readonly model?: { readonly baseUrl: string; readonly model: string; readonly key?: string };
  /** Absent: nobody gets mail. */
  readonly mail?: MailConfig;
  /** The issues that the roadmap is worked on in: what we say needs the token, what we hear the secret. */
  readonly github?: { readonly token?: string; readonly webhookSecret?: string; readonly apiUrl?: string };
};

const defined = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

function slackOf(env: Environment, wrong: string[]): SlackConfig | undefined {
  const { SLACK_BOT_TOKEN: token, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = env;
  const set = (['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_API_URL'] as const).filter((name) => env[name]);
  if (!token && set.length === 0) return undefined;
  if (!token)
    wrong.push(
      `SLACK_BOT_TOKEN is missing: ${set.join(' and ')} ${set.length > 1 ? 'are' : 'is'} set, so Slack is wanted, and every call to Slack needs it (xoxb-…, from “OAuth & Permissions”).`,
    );
  if (!appToken && !signingSecret)
    wrong.push(
      'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET to receive Slack’s requests over HTTP.',
    );
  return { token: token ?? '', ...defined({ appToken, signingSecret, apiUrl: env.SLACK_API_URL }) } as SlackConfig;
}

function teamsOf(env: Environment, wrong: string[]): TeamsConfig | undefined {
  const { MICROSOFT_APP_ID: appId, MICROSOFT_APP_TENANT_ID: tenantId, MICROSOFT_APP_PASSWORD: secret } = env;
  if (!appId && !tenantId && !secret && !env.MICROSOFT_APP_MANAGED_IDENTITY) return undefined;
  if (!appId) wrong.push('MICROSOFT_APP_ID is missing: it is the bot’s application (client) id.');
  if (!tenantId) wrong.push('MICROSOFT_APP_TENANT_ID is missing: without it the bot would answer any tenant.');
  if (!secret && !env.MICROSOFT_APP_MANAGED_IDENTITY)
    wrong.push(
      'MICROSOFT_APP_PASSWORD or MICROSOFT_APP_MANAGED_IDENTITY is missing: set a client secret, or MICROSOFT_APP_MANAGED_IDENTITY=1 on Azure.',
    );
  if (secret && env.MICROSOFT_APP_MANAGED_IDENTITY)
    wrong.push('MICROSOFT_APP_PASSWORD and MICROSOFT_APP_MANAGED_IDENTITY are both set: keep one.');
  if (!appId || !tenantId) return undefined;
  return { appId, tenantId, credentials: secret ? { kind: 'secret', secret } : { kind: 'managedIdentity' } };
}

/** What every tool may need: where programs, proxies and certificates are. */
const toolNames =
  'PATH,TZ,HTTP_PROXY,HTTPS_PROXY,NO_PROXY,http_proxy,https_proxy,no_proxy,SSL_CERT_FILE,SSL_CERT_DIR,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT';

function backendsOf(
  e: Environment,
  env: Readonly<Record<string, string | undefined>>,
  wrong: string[],
): BackendsConfig {
  const { KUBECONFIG: kubeconfig, KUBE_CONTEXT: context, BACKSTAGE_URL: url, BACKSTAGE_TOKEN: token } = e;
  if (kubeconfig?.includes(delimiter))
    wrong.push(
      'KUBECONFIG names several files: name one, and KUBE_CONTEXT or KUBE_CONTEXTS if it holds several clusters.',
    );
  else if (kubeconfig && !existsSync(kubeconfig)) wrong.push(`KUBECONFIG names ${kubeconfig}, which does not exist.`);
  if (context && !kubeconfig) wrong.push('KUBECONFIG is missing: KUBE_CONTEXT names a context of it.');
  if (url && !token)
    wrong.push('BACKSTAGE_TOKEN is missing: Backstage answers only who has one (a static token of external access).');
  if (token && !url) wrong.push('BACKSTAGE_URL is missing: it is the address of Backstage’s backend.');
  const clusters = clustersIn(e, env.KUBERNETES_SERVICE_HOST !== undefined, wrong);
  const [first] = clusters;
  const patterns = `${toolNames},${e.TOOL_ENVIRONMENT ?? ''}`.split(',').map((p) => p.trim());
  const passed = (name: string) =>
    patterns.some((p) => (p.endsWith('*') ? p.length > 1 && name.startsWith(p.slice(0, -1)) : name === p));
  const environment = Object.entries(env).filter((entry): entry is [string, string] => passed(entry[0]) && !!entry[1]);
  return defined({
    // Kubernetes tells every pod where its cluster is.
    kubernetes:
      first === undefined
        ? kubeconfig || env.KUBERNETES_SERVICE_HOST
          ? defined({ kubeconfig, context })
          : undefined
        : first.kubeconfig === undefined
          ? {}
          : { kubeconfig: first.kubeconfig, context: first.context },
    clusters: first && clusters,
    backstage: url && token ? { url, token } : undefined,
    terraform: e.TERRAFORM_COMMAND ?? ('terraform' as const),
    environment: Object.fromEntries(environment),
  }) as BackendsConfig;
}

const complain = (wrong: readonly string[]) =>
  new Problem(
    'config_invalid',
    `Groundcrew can’t start yet. Please correct:\n${wrong.map((w) => `  - ${w}`).join('\n')}\n.env.example describes every variable. With none of them set, the playground starts.`,
  );

/** The golden paths that come with the product. */
export const shippedCatalog = join(import.meta.dirname, '../golden-paths');
/** The surveys that come with it. */
export const shippedSurveys = join(import.meta.dirname, '../surveys');

const mailbox = /^(?:(?<name>[^<>"]*?)\s*<)?(?<email>[^\s<>@,;]+@[^\s<>@,;]+)>?$/;

function mailOf({ SMTP_URL: url, MAIL_FROM: written }: Environment, wrong: string[]): MailConfig | undefined {
  if (!url && !written) return undefined;
  const { name, email } = mailbox.exec(written ?? '')?.groups ?? {};
  if (!url) wrong.push('SMTP_URL is missing: MAIL_FROM is set, so mail is wanted (smtp://user:password@host:587).');
  if (!written)
    wrong.push('MAIL_FROM is missing: calendars show it as whoever invites (Platform team <platform@example.com>).');
  else if (!email)
    wrong.push('MAIL_FROM: write an address, or a name and an address: Platform team <platform@example.com>.');
  return url && email ? { url, from: { name: name || email, email } } : undefined;
}

/** Reads the environment. Everything that is wrong is told at once, by the variable's name. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const wrong: string[] = [];
  const e = readEnvironment(env, wrong);
  const slack = slackOf(e, wrong);
  const teams = teamsOf(e, wrong);
  const playground = !slack && !teams;
  // The playground has a cluster of its own: it must never touch that of whoever tries it out.
  const backends = backendsOf(
    playground ? { ...e, KUBECONFIG: undefined, KUBE_CONTEXT: undefined, KUBE_CONTEXTS: undefined } : e,
    env,
    wrong,
  );
  const played = playgroundClusters(e, wrong);
  const mail = mailOf(e, wrong);
  if (e.TEAMS_UNAUTHENTICATED && (slack || teams || e.SLACK_BOT_TOKEN || e.MICROSOFT_APP_ID))
    wrong.push(
      'TEAMS_UNAUTHENTICATED accepts requests that nobody signed, so it can’t be set beside real credentials: remove one or the other.',
    );
  if (e.GROUNDCREW_CONFIG && !existsSync(e.GROUNDCREW_CONFIG))
    wrong.push(`GROUNDCREW_CONFIG names ${e.GROUNDCREW_CONFIG}, which does not exist.`);
  if (e.CATALOG_DIR && !statSync(e.CATALOG_DIR, { throwIfNoEntry: false })?.isDirectory())
    wrong.push(`CATALOG_DIR names ${e.CATALOG_DIR}, which is not a folder.`);
  if (e.SURVEYS_DIR && !statSync(e.SURVEYS_DIR, { throwIfNoEntry: false })?.isDirectory())
    wrong.push(`SURVEYS_DIR names ${e.SURVEYS_DIR}, which is not a folder.`);
  const { LLM_BASE_URL: baseUrl, LLM_MODEL: model, LLM_API_KEY: key } = e;
  if (baseUrl && !model) wrong.push('LLM_MODEL is missing: the model that LLM_BASE_URL is to be asked for.');
  if (!baseUrl && (model || key)) wrong.push('LLM_BASE_URL is missing: the address of the language model.');
  if (wrong.length > 0) throw complain(wrong);
  return defined({
    port: e.PORT,
    // The playground answers to whoever reaches it, so only this machine may.
    host: playground ? '127.0.0.1' : (e.HOST ?? '0.0.0.0'),
    publicUrl: e.PUBLIC_URL,
    logLevel: e.LOG_LEVEL ?? (playground ? 'warn' : 'info'),
    settingsFile: e.GROUNDCREW_CONFIG ?? 'groundcrew.yaml',
    catalogDir: e.CATALOG_DIR ?? shippedCatalog,
    surveysDir: e.SURVEYS_DIR ?? shippedSurveys,
    dataDir: e.DATA_DIR ?? 'data',
    databaseUrl: e.DATABASE_URL,
    redisUrl: e.REDIS_URL,
    slack,
    teams,
    playground,
    playgroundClusters: played,
    unauthenticatedTeams: e.TEAMS_UNAUTHENTICATED,
    backends,
    model: baseUrl && model ? defined({ baseUrl, model, key }) : undefined,
    mail,
    github:
      e.GITHUB_TOKEN || e.GITHUB_WEBHOOK_SECRET
        ? defined({ token: e.GITHUB_TOKEN, webhookSecret: e.GITHUB_WEBHOOK_SECRET, apiUrl: e.GITHUB_API_URL })
        : undefined,
  }) as Config;
}

import { z } from 'zod';

/** Absent and empty are the same: a line `KEY=` in an env file sets nothing. */
const value = z
  .string()
  .trim()
  .transform((s) => (s === '' ? undefined : s))
  .optional();
const flag = value.transform((s, ctx) => {
  if (s === undefined || ['0', 'false', 'no', 'off'].includes(s.toLowerCase())) return false;
  if (['1', 'true', 'yes', 'on'].includes(s.toLowerCase())) return true;
  ctx.addIssue({ code: 'custom', message: 'write 1 or 0' });
  return z.NEVER;
});
const url = (...protocols: readonly string[]) =>
  value.refine((s) => s === undefined || (URL.canParse(s) && protocols.includes(new URL(s).protocol)), {
    message: `write an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });
const guid = value
  .refine((s) => s === undefined || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(s), {
    message: 'write the id as the Azure portal shows it: 00000000-0000-0000-0000-000000000000',
  })
  .transform((s) => s?.toLowerCase());
const starts = (...prefixes: readonly string[]) =>
  value.refine((s) => s === undefined || prefixes.some((p) => s.startsWith(p)), {
    message: `it begins with ${prefixes.join(' or ')}; this looks like another key`,
  });

/** Every variable that is read. `.env.example` documents each; a test holds the two together. */
export const environment = z.object({
  PORT: value
    .transform((s) => s ?? '3000')
    .pipe(z.coerce.number<string>('write a port number').int().min(0).max(65_535)),
  HOST: value,
  PUBLIC_URL: url('https:', 'http:'),
  LOG_LEVEL: value.pipe(
    z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'write debug, info, warn, error or silent').optional(),
  ),
  GROUNDCREW_CONFIG: value,
  CATALOG_DIR: value,
  SURVEYS_DIR: value,
  DATA_DIR: value,
  DATABASE_URL: url('postgres:', 'postgresql:'),
  REDIS_URL: url('redis:', 'rediss:'),
  SLACK_BOT_TOKEN: starts('xoxb-', 'xoxe.xoxb-'),
  SLACK_APP_TOKEN: starts('xapp-'),
  SLACK_SIGNING_SECRET: value,
  SLACK_API_URL: url('https:', 'http:'),
  MICROSOFT_APP_ID: guid,
  MICROSOFT_APP_TENANT_ID: guid,
  MICROSOFT_APP_PASSWORD: value,
  MICROSOFT_APP_MANAGED_IDENTITY: flag,
  TEAMS_UNAUTHENTICATED: flag,
  KUBECONFIG: value,
  KUBE_CONTEXT: value,
  KUBE_CONTEXTS: value,
  PLAYGROUND_CLUSTERS: value,
  LLM_BASE_URL: url('https:', 'http:'),
  LLM_MODEL: value,
  LLM_API_KEY: value,
  GITHUB_TOKEN: value,
  GITHUB_WEBHOOK_SECRET: value,
  GITHUB_API_URL: url('https:', 'http:'),
  BACKSTAGE_URL: url('https:', 'http:'),
  BACKSTAGE_TOKEN: value,
  TERRAFORM_COMMAND: value.pipe(z.enum(['terraform', 'tofu']).optional()),
  SMTP_URL: url('smtp:', 'smtps:'),
  MAIL_FROM: value,
  TOOL_ENVIRONMENT: value.refine((s) => s === undefined || /^[A-Za-z_][\w]*\*?(\s*,\s*[A-Za-z_][\w]*\*?)*$/.test(s), {
    message: 'write names of variables, with * at the end for all that begin so: AWS_*, GOOGLE_*, SSH_AUTH_SOCK',
  }),
});
export type Environment = z.output<typeof environment>;

/** Each variable by itself: one that is malformed is set all the same, so that what else is missing is told with it. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>, wrong: string[]): Environment {
  const read = Object.entries(environment.shape).map(([name, schema]) => {
    const parsed = schema.safeParse(env[name]);
    if (parsed.success) return [name, parsed.data];
    wrong.push(`${name}: ${parsed.error.issues[0]?.message}.`);
    return [name, env[name]];
  });
  return Object.fromEntries(read) as Environment;
}

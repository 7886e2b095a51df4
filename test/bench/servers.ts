import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { type Child, start } from './ipc.ts';
import { tenant } from './people.ts';
import type { SlackTarget, TeamsTarget } from './requests.ts';
import { appId, serviceUrl, type World } from './world.ts';

/* The servers that are measured: ours, as a user starts it, and the two libraries by themselves. */

const secret = 'bench-signing-secret';

/** One side of a comparison. */
export type Side = {
  readonly title: string;
  readonly port: number;
  readonly child: Child;
  readonly database?: Database;
};

export type Platforms = { readonly slack: boolean; readonly teams: boolean };
export const both: Platforms = { slack: true, teams: true };

/** The environment of our own process. `folder` is where it keeps an embedded database. */
export function environment(
  world: World,
  { slack, teams }: Platforms,
  where: Database | { readonly folder: string },
): Record<string, string> {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    BENCH_WORLD: world.origin,
    ...('url' in where ? { DATABASE_URL: where.url } : { DATA_DIR: where.folder }),
    ...(slack ? { SLACK_BOT_TOKEN: 'xoxb-bench', SLACK_SIGNING_SECRET: secret, SLACK_API_URL: world.slackUrl } : {}),
    ...(teams
      ? { MICROSOFT_APP_ID: appId, MICROSOFT_APP_TENANT_ID: tenant, MICROSOFT_APP_PASSWORD: 'bench-client-secret' }
      : {}),
  };
}

/** Starts our own process, as `groundcrew start` does; resolves when it is ready. */
export async function startOurs(title: string, env: Record<string, string>): Promise<Side> {
  const child = start('../../bin/groundcrew.js', { args: ['start'], env, hook: true });
  const [, port] = await child.prints(/is ready on http:\/\/127\.0\.0\.1:(\d+)/);
  return { title, port: Number(port), child };
}

export async function startOnPostgres(world: World, database: Database, platforms: Platforms): Promise<Side> {
  return { ...(await startOurs('ours, Postgres', environment(world, platforms, database))), database };
}

/** A folder for an embedded database; `remove` once the process has ended. */
export async function dataFolder(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'groundcrew-bench-data-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function startLibrary(title: string, script: string, env: Record<string, string>): Promise<Side> {
  const child = start(script, { env, hook: true });
  const [, port] = await child.prints(/ready on (\d+)/);
  return { title, port: Number(port), child };
}

export const startBolt = (answer: string): Promise<Side> =>
  startLibrary('bare Bolt', './bolt.ts', { BENCH_SECRET: secret, BENCH_ANSWER: answer });

export const startBotbuilder = (world: World, answer: string): Promise<Side> =>
  startLibrary('bare botbuilder', './botbuilder.ts', {
    BENCH_APP_ID: appId,
    BENCH_TENANT: tenant,
    BENCH_KEYS: world.keysUrl,
    BENCH_ANSWER: answer,
  });

/** `/platform help`, and what its answer contains. */
export const help: SlackTarget = { kind: 'slack', secret, text: 'help' };
export const helpSays = 'What I can do for you';

/** A button of a triage card: the person is looked up and authorised for it, and told in place who may press it. */
export const triagePress = (world: World): TeamsTarget => ({
  kind: 'teams',
  token: world.token(),
  appId,
  serviceUrl,
  press: { name: 'feedback.move', value: JSON.stringify({ number: 1, move: 'plan' }) },
});
export const triageSays = 'Not open to everyone';

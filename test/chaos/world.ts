import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBackstage } from '../../src/playground/backstage/index.ts';
import { createCluster } from '../../src/playground/cluster/index.ts';
import { createSlackWorkspace } from '../../src/playground/slack/index.ts';
import { files, writeFiles } from './catalog.ts';

/*
 * All that outlives the bot: the people and their Slack, a cluster, a Backstage, and the folder in which tools work. The bot
 * is a process of its own that is killed and started again.
 */

export const clock = {
  now: () => new Date(),
  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

export const everybody = Array.from({ length: 20 }, (_, i) => ({
  id: `U${i}`,
  name: `user${i}`,
  email: `user${i}@acme.test`,
}));

export async function openWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'groundcrew-chaos-'));
  const made = join(folder, 'made');
  const grants = join(folder, 'grants');
  await mkdir(grants);
  await appendFile(made, '');
  await writeFiles(join(folder, 'catalog'), files(made, grants));

  const cluster = createCluster({
    clock,
    speed: 30,
    nodes: 1,
    objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'chaos' } }],
  });
  await cluster.listen();
  await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig());
  const backstage = createBackstage({
    clock,
    token: 'token',
    templates: [
      {
        ref: 'template:default/new-service',
        title: 'New service',
        description: '',
        parameters: { required: ['name'], properties: { name: { type: 'string' } } },
        steps: ['fetch', 'publish', 'register'].map((id) => ({ id, name: id, ms: 150 })),
      },
    ],
  });
  const backstageUrl = await backstage.listen();

  const signingSecret = 'a-signing-secret';
  const botToken = 'xoxb-chaos';
  const slack = createSlackWorkspace({
    clock,
    signingSecret,
    botToken,
    team: { id: 'T0CHAOS', domain: 'chaos', name: 'Chaos' },
    bot: { name: 'Groundcrew' },
    users: everybody.map(({ id, name, email }) => ({
      id,
      name,
      realName: name,
      email,
      tz: 'Europe/Berlin',
      locale: 'en-US',
    })),
    channels: [],
    usergroups: [],
  });
  const { apiUrl } = await slack.listen();
  const settings = { name: 'the chaos team', teams: { chaos: { emails: everybody.map((p) => p.email) } } };
  await writeFile(join(folder, 'groundcrew.yaml'), JSON.stringify(settings));

  const port = await freePort();
  slack.connect(`http://127.0.0.1:${port}/slack/events`);
  const { PATH = '', TOOLS_DIR = '', DATABASE_URL = '', REDIS_URL = '' } = process.env;
  const env = {
    PATH: TOOLS_DIR ? `${TOOLS_DIR}:${PATH}` : PATH,
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
    DATA_DIR: join(folder, 'data'),
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: apiUrl,
    KUBECONFIG: join(folder, 'kubeconfig'),
    BACKSTAGE_URL: backstageUrl,
    BACKSTAGE_TOKEN: 'token',
    GROUNDCREW_CONFIG: join(folder, 'groundcrew.yaml'),
    CATALOG_DIR: join(folder, 'catalog'),
    DATABASE_URL,
    REDIS_URL,
  };
  const main = join(import.meta.dirname, '../../src/cli/main.ts');

  return {
    folder,
    made,
    grants,
    env,
    cluster,
    backstage,
    slack,
    /** Starts the bot; resolves when it answers. */
    async start(): Promise<ChildProcess> {
      const child = spawn(process.execPath, [main, 'start'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      for (let tries = 0; tries < 600; tries++) {
        if (child.exitCode !== null) throw new Error(`the bot ended with ${child.exitCode}`);
        const up = await fetch(`http://127.0.0.1:${port}/readyz`).then(
          (r) => r.ok,
          () => false,
        );
        if (up) return child;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('the bot did not become ready within a minute');
    },
    async close(): Promise<void> {
      await Promise.all([slack.close(), backstage.close(), cluster.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goWithoutOptimising, optimise } from './memory.ts';

/*
 * What an image is built with: starts the bot once, with both platforms and nobody behind them, until it is ready. What that
 * loads is then compiled, and the golden paths that ship are read; and so is what a bot loads beside that with Socket Mode, Redis,
 * a cluster or Terraform. In a container, which may not write there, every start would otherwise be a first one. What was
 * compiled is found again by the same version of Node, run by the same user.
 */

const nobody = '3f1c7c5e-1111-4222-8333-444455556666';
const folder = await mkdtemp(join(tmpdir(), 'groundcrew-'));
const child = spawn(process.execPath, [fileURLToPath(new URL('../../bin/groundcrew.js', import.meta.url)), 'start'], {
  cwd: folder,
  env: {
    ...process.env,
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    SLACK_BOT_TOKEN: 'xoxb-nobody',
    SLACK_SIGNING_SECRET: 'nobody',
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
    MICROSOFT_APP_ID: nobody,
    MICROSOFT_APP_TENANT_ID: nobody,
    MICROSOFT_APP_PASSWORD: 'nobody',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
child.stdout.on('data', (chunk: Buffer) => {
  said += chunk.toString();
  if (said.includes('Groundcrew is ready')) child.kill('SIGTERM');
});
const [code] = await once(child, 'close');
await rm(folder, { recursive: true, force: true });
if (code !== 0) process.stdout.write(said);
process.exitCode = code ?? 1;

// As bin/groundcrew.js has it: what a start may load before it is ready, by the flags that it has until then. Node writes what
// was compiled when this process ends.
goWithoutOptimising();
const cache = process.env.NODE_COMPILE_CACHE ?? new URL('../../node_modules/.cache/groundcrew', import.meta.url);
module.enableCompileCache(typeof cache === 'string' ? cache : fileURLToPath(cache));
await Promise.all([
  import('../actions/terraform/backend.ts'),
  import('../catalog/follow.ts'),
  import('../cluster/kubeconfig.ts'),
  import('../cluster/observer.ts'),
  import('../cluster/watching.ts'),
  import('../engine/queue-redis.ts'),
  import('../running.ts'),
  import('../slack/app.ts'),
  import('../slack/socket.ts'),
  import('../teams/app.ts'),
  import('../wiring.ts'),
  import('@slack/bolt'),
]);
// And what it may load later.
optimise();
await Promise.all([
  import('../actions/diagnose.ts'),
  import('../actions/fix.ts'),
  import('../actions/helm/backend.ts'),
  import('../actions/kubernetes/backend.ts'),
  import('@kubernetes/client-node/dist/config.js'),
]);
// Some of these keep a process alive.
process.exit();

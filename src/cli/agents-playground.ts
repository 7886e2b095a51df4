import { spawn } from 'node:child_process';
import { readConfig } from '../config.ts';
import { startGroundcrew } from '../main.ts';

/** Microsoft's own tool; fetched by npx when it is wanted, since it is large and only for this. */
const tool = '@microsoft/m365agentsplayground@0.2.28';

// It signs nothing, so the bot takes unsigned requests, from this machine only, and no real platform may be set.
const config = readConfig({ ...process.env, TEAMS_UNAUTHENTICATED: '1' });
const bot = await startGroundcrew(config);
process.stdout.write(`Groundcrew is ready on ${bot.origin}. Microsoft’s Agents Playground opens in your browser.\n`);

const child = spawn(
  'npx',
  [
    '--yes',
    tool,
    'start',
    '--app-endpoint',
    `${bot.origin}/api/messages`,
    '--channel-id',
    'msteams',
    '--disable-telemetry',
  ],
  {
    stdio: 'inherit',
  },
);
const stop = async () => {
  child.kill();
  await bot.stop();
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
child.once('exit', () => void bot.stop().then(() => process.exit(0)));

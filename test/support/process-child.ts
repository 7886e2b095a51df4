import { dirname } from 'node:path';
import { runCommand } from '../../src/actions/process.ts';

// A bot to be killed while a tool of its is running.
const [port] = process.argv.slice(2) as [string];
await runCommand(
  { now: () => new Date(), after: () => () => {} },
  {
    command: process.execPath,
    args: [import.meta.filename.replace('process-child', 'tree'), port, '2'],
    cwd: dirname(import.meta.filename),
    env: {},
    timeoutMs: 1e6,
    graceMs: 50,
  },
);

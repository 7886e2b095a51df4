import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/groundcrew.js');

/** `groundcrew diagnose …` as people run it, with something on standard input; `enough`: only the beginning of what it says is read. */
export async function groundcrew(
  args: readonly string[],
  {
    input = '',
    env = {},
    cwd = tmpdir(),
    enough = false,
  }: { input?: string; env?: Record<string, string>; cwd?: string; enough?: boolean } = {},
) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [bin, 'diagnose', ...args], { cwd, env: { PATH, HOME: cwd, ...env } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
    if (enough) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code: code as number, ...said };
}

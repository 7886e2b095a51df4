import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test as plain, type TestFunction } from 'vitest';

/*
 * Real command-line tools, where there are any: on the PATH, or in the folder TOOLS_DIR. `.ci/run` installs them. A test
 * that needs one that is missing is skipped, and its title says why.
 */

export type Tool = 'kubectl' | 'helm' | 'terraform' | 'ansible-playbook';

const folders = [process.env.TOOLS_DIR ?? '', ...(process.env.PATH ?? '').split(delimiter)].filter((one) => one !== '');

/** As a PATH, for those who look for tools themselves. */
export const toolPath = folders.join(delimiter);

export function findTool(tool: Tool): string | undefined {
  return folders
    .map((folder) => join(folder, tool))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A test that needs tools: each starts anew for each word that is said to it, on a machine that may be busy. */
export function toolTest(tools: readonly Tool[], title: string, run: TestFunction): void {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  if (missing.length === 0) plain(title, { timeout: 300_000 }, run);
  else plain.skip(`${title} [skipped: ${missing.join(' and ')} not found on PATH or in TOOLS_DIR]`, run);
}

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a tool to its end; nothing of this process's environment but the path goes along. */
export function runTool(
  tool: Tool,
  args: readonly string[],
  {
    env = {},
    input = '',
    cwd,
  }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string; readonly cwd?: string } = {},
): Promise<Ran> {
  const file = findTool(tool);
  if (!file) throw new Error(`${tool} is not on the PATH, nor in TOOLS_DIR.`);
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: { PATH: process.env.PATH ?? '', ...env }, maxBuffer: 32_000_000, ...(cwd ? { cwd } : {}) },
      (error, out, err) => resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

/** Runs a tool that goes on until it is stopped, and tells when its output says something. */
export function followTool(tool: Tool, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const file = findTool(tool);
  if (!file) throw new Error(`${tool} is not on the PATH, nor in TOOLS_DIR.`);
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
    for (const look of waiting) look();
  });
  return {
    until: (words: RegExp): Promise<void> =>
      new Promise((resolve) => {
        const look = () => {
          if (!words.test(out)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: (): void => void child.kill(),
  };
}

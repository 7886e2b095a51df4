#!/usr/bin/env node
// Node runs the TypeScript itself, from version 22.18 on. The package brings a Node that does; npm and npx put it first
// on the PATH, and where something else starts this file it is started again with it.
import './early.js';
import { spawn } from 'node:child_process';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// zod brings what it says in each of sixty languages, which is a twentieth of all that a start loads. We say things ourselves.
module.registerHooks?.({
  resolve: (name, context, next) =>
    next(name === '../locales/index.js' && context.parentURL?.includes('/zod/') ? '../locales/en.js' : name, context),
});

const main = new URL('../src/cli/main.ts', import.meta.url);
if (process.features.typescript) await import(main.href);
else {
  const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    console.error('Groundcrew needs Node 24, which `npm ci` brings: run that first, then `npx groundcrew start`.');
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

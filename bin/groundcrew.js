#!/usr/bin/env node
// In a checkout Node runs the TypeScript itself; an installed package carries what `npm run build` made of it, since
// Node does not strip types below node_modules.
import { existsSync } from 'node:fs';

const source = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);
await import(existsSync(built) ? built.href : source.href);

// What comes before everything else that is loaded.
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// A start runs most of what it loads once. V8's compilers that optimise cost it more than they save, and the process 11 MB
// for good: their own pages, and what their threads take of malloc. They are back once the bot is ready (src/cli/memory.ts).
// First, since what was compiled is found again under the same flags only.
if (process.features.typescript && process.argv[2] === 'start')
  for (const flag of ['--no-turbofan', '--no-maglev']) setFlagsFromString(flag);

// What was compiled once is not compiled again: a command starts in a third of the time. Where nothing may be written,
// nothing is kept. The threads and processes of ours go by the variable: without it each brings the compiler of TypeScript
// into memory, for as long as it lives.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/groundcrew', import.meta.url));
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);

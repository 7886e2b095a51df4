// Loaded by `node --import` before the command, which is what turns the compile cache on: without it here, the bench's
// own TypeScript would load the compiler into the process that is measured.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

module.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/groundcrew', import.meta.url)));
await import('./hook.ts');

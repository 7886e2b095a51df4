// Loaded by `node --import` before the command, which is what turns the compile cache on: without it here, the bench's
// own TypeScript would load the compiler into the process that is measured.
import '../../bin/early.js';

await import('./hook.ts');

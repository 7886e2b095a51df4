import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/*
 * Loaded before a process whose modules are to be known (`node --import`): at its end it writes the address of each, a line
 * each, to the file that MODULES names. Threads have loaders of their own: what they load is not among them.
 */

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env.MODULES as string, loaded.join('\n')));

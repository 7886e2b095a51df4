import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/*
 * Loaded before a process whose modules are to be known (`node --import`): at its end it writes to the file that MODULES
 * names the address of each, and for each import of a package who asked for what. Threads have loaders of their own: what
 * they load is not among them.
 */

const loaded: string[] = [];
const asked: { readonly by: string; readonly name: string }[] = [];
registerHooks({
  resolve(name, context, next) {
    if (/^[@\w]/.test(name) && !name.includes(':')) asked.push({ by: context.parentURL ?? '', name });
    return next(name, context);
  },
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env.MODULES as string, JSON.stringify({ loaded, asked })));

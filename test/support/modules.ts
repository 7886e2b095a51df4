import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/*
 * Loaded before a process whose modules are to be known (`NODE_OPTIONS`), and before the threads and processes that it starts:
 * at its end each adds a line to the file that MODULES names: what it runs, the address of each module, for each import of a
 * package who asked for what, and which of Node's own modules it has.
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
/** Node has it, and does not declare it. */
const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
process.on('exit', () => {
  const line = JSON.stringify({ runs: process.argv[1], loaded, asked, own: moduleLoadList });
  writeFileSync(process.env.MODULES as string, `${line}\n`, { flag: 'a' });
});

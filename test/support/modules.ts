import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { cachedDataVersionTag } from 'node:v8';

/*
 * Loaded before a process whose modules are to be known (`NODE_OPTIONS`), and before the threads and processes that it starts:
 * at its end each adds a line to the file that MODULES names: what it runs, the address of each module, for each import of a
 * package who asked for what, which of Node's own modules it has, and a print of V8's flags before anything was loaded, when
 * src/main.ts was, and at its end.
 */

const first = cachedDataVersionTag();
let loading = first;

const loaded: string[] = [];
const asked: { readonly by: string; readonly name: string }[] = [];
registerHooks({
  resolve(name, context, next) {
    if (/^[@\w]/.test(name) && !name.includes(':')) asked.push({ by: context.parentURL ?? '', name });
    return next(name, context);
  },
  load(url, context, next) {
    loaded.push(url);
    if (url.endsWith('/src/main.ts')) loading = cachedDataVersionTag();
    return next(url, context);
  },
});
/** Node has it, and does not declare it. */
const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
process.on('exit', () => {
  const flags = { first, loading, last: cachedDataVersionTag() };
  const line = JSON.stringify({ runs: process.argv[1], loaded, asked, own: moduleLoadList, flags });
  writeFileSync(process.env.MODULES as string, `${line}\n`, { flag: 'a' });
});

import { Module } from 'node:module';

/**
 * Modules that others load and hardly ever use: each is loaded by the first who uses something of it. Until then a stand-in
 * is in the cache of `require`, which is asked before the file; who takes it apart at once, or lists what it has, gets the
 * module at once. For CommonJS only.
 */
export function whenUsed(require: NodeJS.Require, names: readonly string[]): void {
  for (const name of names) {
    const file = require.resolve(name);
    require.cache[file] ??= standIn(file, () => {
      delete require.cache[file];
      return require(file);
    });
  }
}

function standIn(file: string, load: () => object): NodeJS.Module {
  let loaded: object | undefined;
  const real = () => {
    loaded ??= load();
    return loaded;
  };
  const exports = new Proxy(
    {},
    {
      get: (_, name) => Reflect.get(real(), name),
      has: (_, name) => Reflect.has(real(), name),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, name) => {
        const own = Reflect.getOwnPropertyDescriptor(real(), name);
        // A proxy may not call something fixed that its target does not have.
        return own && { ...own, configurable: true };
      },
    },
  );
  return Object.assign(new Module(file), { exports, filename: file, loaded: true });
}

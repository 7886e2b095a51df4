import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** In ms. By then a probe has asked whether we are ready, which loads what gets a token for Teams. */
const settledMs = 3_000;

/**
 * Gives back what the start left behind. Loading a thousand modules lets V8 grow its young generation to 64 MB, and a bot
 * that has little to do never makes it look at them again. It takes a sixth of a second, once: a
 * lesser collection takes a quarter of that, and gives nothing back.
 */
export function giveBackLater(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect: NodeJS.GCFunction = runInNewContext('gc');
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, settledMs).unref();
}

import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** In ms. By then a probe has asked whether we are ready, which loads what gets a token for Teams. */
const settledMs = 3_000;
/** In ms, and the share of that time in which the process may have been at work for it to count as a pause. */
const pauseMs = 500;
const atWork = 0.05;

/** V8's compilers that optimise. A start goes without: bin/early.js says why. */
const optimising = ['turbofan', 'maglev'];
export const goWithoutOptimising = (): void => {
  for (const name of optimising) setFlagsFromString(`--no-${name}`);
};
export const optimise = (): void => {
  for (const name of optimising) setFlagsFromString(`--${name}`);
};

/**
 * Gives back what the start left behind. Loading a thousand modules lets V8 grow its young generation to 64 MB, and a bot
 * that has little to do never makes it look at them again. It takes a tenth of a second, once, in the first pause, so that
 * nobody waits for it: a lesser collection takes a quarter of that, and gives nothing back.
 */
export function giveBackLater(): void {
  const look = () => {
    const before = performance.eventLoopUtilization();
    setTimeout(() => {
      if (performance.eventLoopUtilization(before).utilization < atWork) giveBack();
      else look();
    }, pauseMs).unref();
  };
  setTimeout(look, settledMs).unref();
}

function giveBack(): void {
  // It would also give up all machine code of our own Postgres, of whatever thread, and compile that anew for who comes next.
  setFlagsFromString('--no-flush-liftoff-code');
  setFlagsFromString('--expose-gc');
  const collect: NodeJS.GCFunction = runInNewContext('gc');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  // What is loaded from here on is found in the cache only under the flags that it was compiled under.
  for (const flag of ['--flush-liftoff-code', '--no-expose-gc']) setFlagsFromString(flag);
}

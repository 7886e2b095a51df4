import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** By how much V8 lets its heap grow over what lives in it, in percent, before it looks for garbage. */
const percent = 30;
let listing = 0;

/**
 * While a large cluster is listed nearly all that is read is garbage a moment later, and V8, which sees a heap that grows,
 * lets it grow far above what lives in it. Until the returned function is called it looks more often.
 */
export function thriftily(): () => void {
  listing += 1;
  if (listing === 1) setFlagsFromString(`--heap-growing-percent=${percent}`);
  let over = false;
  return () => {
    if (over) return;
    over = true;
    listing -= 1;
    // By its own judgement again.
    if (listing === 0) setFlagsFromString('--heap-growing-percent=0');
  };
}

const mb = 2 ** 20;
const asked = /--max[-_]semi[-_]space[-_]size=(\d+)/.exec(
  [...process.execArgv, process.env.NODE_OPTIONS].join(' '),
)?.[1];
/** What the young generation holds at most before V8 clears it: 64 MB, if nothing else was asked for. */
const room = Number(asked ?? 64) * mb;
const overfull = (): boolean =>
  (getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_used_size ?? 0) > room + 2 * mb;
/** In milliseconds. V8 means to have looked through everything within half a second. */
const moment = 2;
const longest = 500;

/**
 * Lets others have their turn. While V8 looks for what lives it does not clear the young generation, which grows meanwhile
 * as fast as a list is read or a cluster examined, by tens of megabytes: so whoever does either waits until it is done.
 */
export async function patiently(): Promise<void> {
  await turn();
  for (let waited = 0; waited < longest && overfull(); waited += moment) await wait(moment);
}

import { setFlagsFromString } from 'node:v8';

/** By how much V8 lets its heap grow over what lives in it, in percent, before it looks for garbage. */
const percent = 60;
let listing = 0;

/**
 * While a large cluster is listed nearly all that is read is garbage a moment later, and V8, which sees a heap that grows,
 * lets it grow far above what lives in it. Until the returned function is called it looks more often, which takes a quarter
 * more of CPU and a third less of memory.
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

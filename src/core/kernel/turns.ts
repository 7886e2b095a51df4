/** Work that may take long, and says where others may have their turn. */
export type Turns<T> = Generator<undefined, T, undefined>;

/** In milliseconds: nobody waits longer for their turn than this and the longest stretch between two of them. */
const slice = 10;

/** All of it in one go. */
export function atOnce<T>(work: Turns<T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** All of it, while the process goes on answering: a second in one go would be a second in which nobody is. */
export async function inTurns<T>(work: Turns<T>): Promise<T> {
  let since = performance.now();
  let step = work.next();
  while (!step.done) {
    if (performance.now() - since >= slice) {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
    step = work.next();
  }
  return step.value;
}

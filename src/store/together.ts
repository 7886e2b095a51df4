/** How a batch is run: one result for each item, in order. An `Error` in place of a result is that item's alone. */
export type RunBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;

type Call<Item, Result> = {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

/**
 * How many batches are under way as long as the database is quick. What a statement and its commit cost hardly depends on
 * how many arrivals share them, so one batch that grows costs less than two that share its work.
 */
const lanes = 1;
/** A batch without an answer for so long is slow, or has lost its connection: the others need not wait for it. */
const stuckMs = 50;
/** How many batches may be stuck: no more than leaves connections for everything else. */
const stuckMost = 5;
/** How many items make a batch at most. */
const most = 200;

/** How long an item that can wait does so for a batch to go with, unless it is said otherwise. */
const patienceMs = 20;

const realAfter = (ms: number, run: () => void) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/**
 * Makes many calls one. What comes in one turn of the event loop goes together, and while the lane is taken the next
 * batch grows: so no call waits for a timer. When `parts` says so of an error, the items of that batch are tried one by
 * one: what is wrong with one of them must not fail the others. An item that can wait begins no batch for a while, since
 * another one will most likely take it along.
 */
export function together<Item, Result>(
  run: RunBatch<Item, Result>,
  parts: (error: unknown) => boolean,
  after: (ms: number, run: () => void) => () => void = realAfter,
  patience = patienceMs,
): (item: Item, canWait?: boolean) => Promise<Result> {
  const waiting: Call<Item, Result>[] = [];
  const patient: Call<Item, Result>[] = [];
  let taken = 0;
  let stuck = 0;

  /** `ended` is called when the answer is there, and says whether more was begun: that is sent before anybody is told. */
  async function batch(calls: readonly Call<Item, Result>[], ended: () => boolean): Promise<void> {
    let tell = () => {};
    try {
      const results = await run(calls.map((c) => c.item));
      tell = () => {
        for (const [i, call] of calls.entries()) {
          const result = results[i] as Result | Error;
          if (result instanceof Error) call.reject(result);
          else call.resolve(result);
        }
      };
    } catch (error) {
      if (calls.length > 1 && parts(error)) for (const call of calls) await batch([call], () => false);
      else
        tell = () => {
          for (const call of calls) call.reject(error);
        };
    }
    // What those do who are told takes a while, in which the database would stand still.
    if (ended()) setImmediate(tell);
    else tell();
  }

  /** One batch, and all that follow it. One that is stuck gives its lane to another, and ends with itself. */
  async function work(): Promise<void> {
    let isStuck = false;
    let cancel = () => {};
    const watch = () => {
      cancel = after(stuckMs, () => {
        // It may be dead, and is let by as soon as one of the others has ended.
        if (stuck >= stuckMost) return watch();
        isStuck = true;
        stuck += 1;
        taken -= 1;
        begin();
      });
    };
    watch();
    const calls = waiting.splice(0, most);
    await batch([...calls, ...patient.splice(0, most - calls.length)], () => {
      cancel();
      if (isStuck) stuck -= 1;
      else if (waiting.length > 0) {
        void work();
        return true;
      } else taken -= 1;
      return false;
    });
  }

  function begin(): void {
    if (taken === lanes || waiting.length === 0) return;
    taken += 1;
    setImmediate(work);
  }

  /** Nobody took them along. */
  function goAlone(): void {
    waiting.push(...patient.splice(0));
    begin();
  }

  return (item, canWait = false) =>
    new Promise((resolve, reject) => {
      const call = { item, resolve, reject };
      if (!canWait) {
        waiting.push(call);
        begin();
      } else if (patient.push(call) === 1) after(patience, goAlone);
    });
}

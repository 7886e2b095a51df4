/** How a batch is run: one result for each item, in order. An `Error` in place of a result is that item's alone. */
export type RunBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;

type Call<Item, Result> = {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

/** How many batches are under way at most: while one waits for the disk, another may be prepared. */
const lanes = 2;
/** How many items make a batch at most. */
const most = 200;

/**
 * Makes many calls one. What comes in one turn of the event loop goes together, and while all lanes are taken the next
 * batch grows: so no call waits for a timer. When `parts` says so of an error, the items of that batch are tried one by
 * one: what is wrong with one of them must not fail the others.
 */
export function together<Item, Result>(
  run: RunBatch<Item, Result>,
  parts: (error: unknown) => boolean,
): (item: Item) => Promise<Result> {
  const waiting: Call<Item, Result>[] = [];
  let taken = 0;

  async function batch(calls: readonly Call<Item, Result>[]): Promise<void> {
    try {
      const results = await run(calls.map((c) => c.item));
      for (const [i, call] of calls.entries()) {
        const result = results[i] as Result | Error;
        if (result instanceof Error) call.reject(result);
        else call.resolve(result);
      }
    } catch (error) {
      if (calls.length > 1 && parts(error)) for (const call of calls) await batch([call]);
      else for (const call of calls) call.reject(error);
    }
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      await batch(waiting.splice(0, most));
      await new Promise((resolve) => setImmediate(resolve));
    }
    taken -= 1;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (taken === lanes) return;
      taken += 1;
      setImmediate(work);
    });
}

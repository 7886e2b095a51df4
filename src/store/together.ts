/** How a batch is run: one result for each item, in order. An `Error` in place of a result is that item's alone. */
export type RunBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;

type Call<Item, Result> = {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

/**
 * Makes many calls one query: while one batch is under way the next one grows, so a call waits for no timer, and the
 * busier it is the less each costs. When `parts` says so of an error, the items of that batch are tried one by one: what
 * is wrong with one of them must not fail the others.
 */
export function together<Item, Result>(
  run: RunBatch<Item, Result>,
  parts: (error: unknown) => boolean,
  most = 200,
): (item: Item) => Promise<Result> {
  const waiting: Call<Item, Result>[] = [];
  let busy = false;

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
    busy = true;
    while (waiting.length > 0) await batch(waiting.splice(0, most));
    busy = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!busy) void work();
    });
}

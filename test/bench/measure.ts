import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { type Child, start } from './ipc.ts';
import type { Order, Outcome } from './load.ts';
import type { Side } from './servers.ts';

/* Load on several servers in turn, and what it cost them. */

/** One turn of one side. CPU in milliseconds a request: of the server's process, and of its database's. */
type Turn = {
  readonly perSecond: number;
  readonly cpu: number;
  readonly databaseCpu: number | undefined;
  readonly latencies: readonly number[];
};
/** All turns of one side: medians, and the latencies of all requests together. */
export type Measured = {
  readonly title: string;
  readonly perSecond: number;
  readonly cpu: number;
  readonly databaseCpu: number | undefined;
  readonly p50: number;
  readonly p99: number;
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};
/** The value below which a share of them lies. `sorted` is in order of size. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export type Load = { run(order: Order): Promise<Outcome>; stop(): Promise<void> };

/** The load generator, in its own process. A wrong answer ends the bench: a number about wrong answers means nothing. */
export function startLoad(): Load {
  const child: Child = start('./load.ts');
  return {
    async run(order) {
      const outcome = await child.ask<Outcome>('run', order);
      if (outcome.wrong.length > 0)
        throw new Error(`wrong answers from port ${order.port}:\n${outcome.wrong.join('\n')}`);
      if (outcome.latencies.length === 0) throw new Error(`no answer from port ${order.port}`);
      return outcome;
    },
    stop: () => child.stop(),
  };
}

async function turn(load: Load, side: Side, order: Omit<Order, 'port'>): Promise<Turn> {
  const [cpuBefore, databaseBefore] = [await side.child.ask<number>('cpu'), await side.database?.cpu()];
  const { latencies, ms } = await load.run({ ...order, port: side.port });
  const [cpuAfter, databaseAfter] = [await side.child.ask<number>('cpu'), await side.database?.cpu()];
  const count = latencies.length;
  return {
    perSecond: (count * 1000) / ms,
    cpu: (cpuAfter - cpuBefore) / count,
    databaseCpu:
      databaseBefore === undefined || databaseAfter === undefined
        ? undefined
        : (databaseAfter - databaseBefore) / count,
    latencies,
  };
}

const summary = (title: string, turns: readonly Turn[]): Measured => {
  const all = turns.flatMap((t) => t.latencies).toSorted((a, b) => a - b);
  const database = turns.flatMap((t) => t.databaseCpu ?? []);
  return {
    title,
    perSecond: median(turns.map((t) => t.perSecond)),
    cpu: median(turns.map((t) => t.cpu)),
    databaseCpu: database.length > 0 ? median(database) : undefined,
    p50: quantile(all, 0.5),
    p99: quantile(all, 0.99),
  };
};

/** Each side in turn, several times over, so that whatever else the machine does falls on all of them alike. */
export async function alternate(
  load: Load,
  sides: readonly Side[],
  order: Omit<Order, 'port'>,
  rounds: number,
): Promise<readonly Measured[]> {
  const turns = sides.map((): Turn[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [i, side] of sides.entries()) {
      const rate = median(turns[i]?.map((t) => t.perSecond) ?? []) || 3_000;
      turns[i]?.push(await turn(load, side, { ...order, prepare: Math.ceil((rate * order.ms * 1.3) / 1000) }));
    }
  return sides.map((side, i) => summary(side.title, turns[i] ?? []));
}

/** What the numbers were measured on. */
export const machine = (): string => {
  const model = cpus()[0]?.model.trim() ?? arch();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} × ${model}, ${memory} GB, ${platform()} ${release()}, Node ${process.versions.node}`;
};

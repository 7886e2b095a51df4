import { randomUUID } from 'node:crypto';
import { type Catalog, noCatalog } from '../core/catalog/path.ts';
import type { Stores } from '../core/features.ts';
import type { Action, Ctx, Door, Feature, Inbound, Option, Platform } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Settings } from '../core/settings.ts';
import { createDispatch } from './dispatch.ts';
import { isAway } from './faults.ts';
import { createHandlers } from './handlers.ts';
import type { Metrics } from './metrics.ts';
import type { Clock, LaneHead, Queue, Ready, Store } from './ports.ts';
import { createRelay } from './relay.ts';
import { createReplies } from './replies.ts';

/** How often the clock's rows and what a dead process left are looked for. */
const tickMs = 1_000;
/** How many due jobs are looked up at once. */
const dueAtOnce = 100;
const sweepEvery = 5;
const forgetEvery = 3_600;
/** How many lanes of a platform one sweep wakes: as many as Teams, the faster one, takes until the next. */
const sweepLanes = 250;
/** A due job that fails is tried again after a second, then two … at most ten minutes. */
const dueBackoff = (tries: number): number => Math.min(600_000, 1_000 * 2 ** Math.min(tries, 10));
const dayMs = 86_400_000;
/** Messages: for as long as something may still change on them, counted from when it last did. */
const keepMs = { inbox: 3 * dayMs, outbox: 14 * dayMs, asked: 2 * dayMs, messages: 400 * dayMs };

export type EngineOptions = {
  readonly store: Store;
  readonly queue: Queue;
  readonly platforms: readonly Platform[];
  readonly actions: readonly Action[];
  readonly features: readonly Feature<Stores>[];
  readonly settings: () => Settings;
  /** The golden paths at this moment; none by default. */
  readonly catalog?: () => Catalog;
  /** Makes addresses of ours that nobody can guess; by default there are none. */
  readonly address?: Ctx<unknown>['address'];
  readonly clock: Clock;
  readonly random?: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
};
export type Engine = Door & {
  start(): Promise<void>;
  /** No new work; resolves when what is under way has ended. */
  stop(): Promise<void>;
  /** One beat of the clock: due jobs, and now and then what a dead process left. */
  tick(): Promise<void>;
  /** An inbound that no person waits for; rejects when it was not committed, so that its source tries again. */
  report(inbound: Inbound): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

export function createEngine(options: EngineOptions): Engine {
  const { store, queue, clock, log, metrics, settings } = options;
  const random = options.random ?? Math.random;
  const catalog = options.catalog ?? (() => noCatalog);
  const address = options.address ?? (() => undefined);
  const platforms = new Map(options.platforms.map((p) => [p.name, p]));
  const actions = new Map(options.actions.map((a) => [a.name, a]));
  const handlers = createHandlers(options.features, log);
  const underWay = new Set<Promise<unknown>>();
  let stopped = false;

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    const end = () => void underWay.delete(work);
    work.then(end, end);
    return work;
  }

  /** Asks the queue to look at lanes; what it misses is found by the sweep. */
  function wake(heads: readonly LaneHead[]): void {
    if (heads.length === 0) return;
    void track(
      queue.add(heads).catch((error: unknown) => log.warn({ err: error }, 'the queue is away: deliveries wait')),
    );
  }

  const replies = createReplies({ store, platforms, clock, log, wake });
  const { answered, report } = createDispatch({
    store,
    platforms,
    handlers,
    settings,
    catalog,
    address,
    clock,
    log,
    metrics,
    replies,
    wake,
    track,
  });
  const relay = createRelay({
    store,
    platforms,
    actions,
    clock,
    random,
    log,
    metrics,
    report,
    wake,
    stopping: () => stopped,
  });

  /** What fails waits longer each time, so that it holds up no other; while the database is away that is nobody's fault. */
  async function notDone({ key, job, at, tries }: Ready, error: unknown): Promise<void> {
    metrics.failures.inc({ job });
    const wait = dueBackoff(tries);
    log.warn(
      { key, job, tries: tries + 1, again: `in ${wait / 1000} s`, err: error },
      'a due job failed and stays due',
    );
    if (!isAway(error)) await store.direct.due.failed(key, at, new Date(clock.now().getTime() + wait));
  }

  /** Some of what is due; whether there is more that may go as well. */
  async function dueBatch(): Promise<boolean> {
    const now = clock.now();
    const rows = await store.direct.due.ready(now, dueAtOnce);
    let well = true;
    for (const row of rows) {
      // The row is its own lock: it is taken out in the transaction that runs the job. So each try has a name of its
      // own, and a job may be put back to an instant at which it ran before.
      const delivery = `due/${row.key}/${randomUUID()}`;
      metrics.late.observe((now.getTime() - row.at.getTime()) / 1000);
      try {
        await report({ kind: 'due', key: row.key, job: row.job, input: row.input, meant: row.at, at: now, delivery });
      } catch (error) {
        well = false;
        await notDone(row, error);
      }
    }
    return well && rows.length === dueAtOnce;
  }

  /** Thousands of reminders fall due at the same civil hour. What a beat does not get to is left to the next. */
  async function dueJobs(): Promise<void> {
    const began = clock.now().getTime();
    while ((await dueBatch()) && clock.now().getTime() - began < tickMs);
  }

  const running = new Set<string>();
  /** What may take long, beside the clock's beat and once at a time. */
  function beside(name: string, run: () => Promise<void>): void {
    if (running.has(name)) return;
    running.add(name);
    void track(
      run()
        .catch((error: unknown) => log.warn({ err: error }, `${name} failed`))
        .finally(() => running.delete(name)),
    );
  }

  async function sweep(): Promise<void> {
    wake(await store.direct.outbox.ready(clock.now(), sweepLanes));
    beside('making what was left unanswered', replies.recover);
    const depth = await store.direct.outbox.depth();
    metrics.depth.set(depth.waiting);
    metrics.age.set(depth.oldestSeconds);
  }

  async function forget(): Promise<void> {
    const before = (ms: number) => new Date(clock.now().getTime() - ms);
    await store.direct.inbox.forget(before(keepMs.inbox));
    await store.direct.outbox.forget(before(keepMs.outbox));
    await store.direct.outbox.forgetMessages(before(keepMs.messages));
    await store.direct.asked.forget(before(keepMs.asked));
  }

  let beats = 0;
  async function tick(): Promise<void> {
    const beat = beats++;
    await dueJobs();
    if (beat % sweepEvery === 0) await sweep();
    if (beat % forgetEvery === 0) beside('forgetting what is old', forget);
  }

  let cancel = () => {};
  function beat(): void {
    if (stopped) return;
    cancel = clock.after(tickMs, () => {
      void track(tick().catch((error: unknown) => log.warn({ err: error }, 'a beat of the clock failed'))).then(beat);
    });
  }

  return {
    offers: handlers.offers,
    dispatch: (inbound) => track(answered(inbound)),
    settle: (answer, taken) =>
      track(
        replies
          .settle(answer, taken)
          .catch((error: unknown) => log.warn({ delivery: answer.inbound.delivery, err: error }, 'replies wait')),
      ),
    async search(inbound): Promise<readonly Option[]> {
      const source = handlers.source(inbound.source);
      const by = source && (await store.direct.features.people.byAccount(inbound.account));
      if (!source || !by) return [];
      const ctx = {
        now: inbound.at,
        delivery: inbound.delivery,
        store: store.direct.features,
        settings: settings(),
        catalog: catalog(),
        address,
        id: randomUUID,
      };
      return source(inbound.query, { ...ctx, by, account: inbound.account });
    },
    report,
    tick,
    async start() {
      await queue.start((lane) => track(relay.drain(lane)));
      await tick();
      beat();
    },
    async stop() {
      stopped = true;
      cancel();
      await queue.stop();
      await this.idle();
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
      await replies.idle();
    },
  };
}

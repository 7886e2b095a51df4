import { isDeepStrictEqual } from 'node:util';
import { allWithoutSecrets } from '../core/catalog/secrets.ts';
import type { Action, Inbound } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { Problem } from '../core/kernel/problem.ts';
import { runMoved, runsWake } from '../core/runs/report.ts';
import { type Backend, ended, type Progress, type Run, type RunClaims } from '../core/runs/run.ts';
import { type Clock, wait } from './clock.ts';

/** How long a claim holds. */
const leaseSeconds = 60;
/** How often claims are renewed, which also tells who is to stop, and runs are looked for that nobody woke us for. */
const tickMs = 5_000;
/** Two reports of one run are at least this far apart; only the last one does not wait. */
const reportMs = 1_000;
const retryMs = { first: 500, longest: 30_000 };
/** How long a backend may take to leave things when the process ends. */
const graceMs = 8_000;
/** A run whose backend this process does not have may be for another one, which was just set up with it. */
const strayAfterSeconds = 120;

type Parts = {
  readonly claims: RunClaims;
  readonly backends: readonly Backend[];
  /** Through the one door; rejects when it was not committed. */
  readonly report: (inbound: Inbound) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** The name of this process among all: a new one at each start. */
  readonly holder: string;
};
export type Runner = {
  start(): void;
  /** Looks for new runs, and for those that are asked to stop, at once. */
  wake(): Promise<void>;
  /** Leaves all runs as they are and lets go of them. */
  stop(): Promise<void>;
};

type Held = {
  readonly run: Run;
  /** For the backend: `cancel` or `stop`. */
  readonly abort: AbortController;
  /** The run is not ours any more: nothing is told of it. */
  readonly lost: AbortController;
  /** When the claim runs out, by our own clock, counted from before it was renewed. */
  until: number;
  done: Promise<void>;
};

/** Carries runs out: claims them, calls their backends, and tells where they stand whenever that changes. */
export function createRunner({ claims, backends, report, clock, log, holder }: Parts): Runner {
  const byName = new Map(backends.map((b) => [b.name, b]));
  const held = new Map<string, Held>();
  let stopping = false;

  /** The latest word of a run on its way to the door, one at a time, in order. */
  function reporter({ key, attempt }: Run, lost: AbortSignal) {
    const hurry = new AbortController();
    const soon = AbortSignal.any([lost, hurry.signal]);
    let n = 0;
    let said: Progress | undefined;
    let next: Progress | undefined;
    let at = 0;
    let working: Promise<void> | undefined;

    /** Tries until it is committed, or there is something newer to say. */
    async function deliver(progress: Progress): Promise<void> {
      n += 1;
      const delivery = `run/${key}/${attempt}/${n}`;
      const input = { key, attempt, n, progress };
      for (let tries = 0; !lost.aborted && (tries === 0 || next === undefined); tries++) {
        try {
          await report({ kind: 'observed', what: runMoved, input, at: clock.now(), delivery });
          said = progress;
          return;
        } catch (error) {
          log.warn({ run: key, delivery, err: error }, 'a report of a run waits');
          await wait(clock, Math.min(retryMs.longest, retryMs.first * 2 ** Math.min(tries, 10)), lost);
        }
      }
    }

    async function work(): Promise<void> {
      while (next && !lost.aborted) {
        await wait(clock, at + reportMs - clock.now().getTime(), soon);
        const progress: Progress = next;
        next = undefined;
        if (isDeepStrictEqual(progress, said)) continue;
        at = clock.now().getTime();
        await deliver(progress);
      }
      working = undefined;
    }

    return {
      say(progress: Progress): void {
        // Whatever a system prints is shown, kept and audited.
        next = allWithoutSecrets(progress);
        if (ended(progress.state)) hurry.abort();
        working ??= work();
      },
      /** Resolves when all that was said is committed, or the run is lost. */
      async idle(): Promise<void> {
        while (working) await working;
      },
    };
  }

  async function carryOut({ run, abort, lost }: Held): Promise<void> {
    const backend = byName.get(run.backend);
    const { say, idle } = reporter(run, lost.signal);
    let latest = run.progress;
    const last = (state: 'failed' | 'cancelled', message: string) => say({ ...latest, state, message });
    try {
      if (run.cancelled && run.attempt === 1)
        say({ ...latest, state: 'cancelled', message: 'It was cancelled before it began.', left: [] });
      else if (backend) await follow(backend);
      else throw gone(run);
    } catch (error) {
      if (!(error instanceof Problem)) log.error({ run: run.key, backend: run.backend, err: error }, 'a run failed');
      last('failed', error instanceof Problem ? error.message : unexpected(error));
    }
    await idle();

    async function follow(backend: Backend): Promise<void> {
      if (run.cancelled) abort.abort('cancel');
      for await (const progress of backend.run(run.order, abort.signal)) {
        if (lost.signal.aborted) return;
        latest = progress;
        say(progress);
        if (ended(progress.state)) return;
      }
      if (!lost.signal.aborted) throw new Error(`${backend.name} ended without saying how`);
    }
  }

  function take(run: Run, until: number): void {
    const entry: Held = {
      run,
      abort: new AbortController(),
      lost: new AbortController(),
      until,
      done: Promise.resolve(),
    };
    held.set(run.key, entry);
    entry.done = carryOut(entry).finally(() => {
      held.delete(run.key);
      void round();
    });
  }

  async function look(): Promise<void> {
    const atOnce = Object.fromEntries(backends.map((b) => [b.name, b.atOnce]));
    const until = clock.now().getTime() + leaseSeconds * 1000;
    const claimed = [
      ...(await claims.claim(holder, atOnce, leaseSeconds, [...held.keys()])),
      ...(await claims.strays(holder, Object.keys(atOnce), strayAfterSeconds, leaseSeconds)),
    ];
    if (stopping)
      await claims.release(
        holder,
        claimed.map((r) => r.key),
      );
    else for (const run of claimed) take(run, until);
  }

  function leave({ abort, lost }: Held): void {
    lost.abort();
    abort.abort('stop');
  }

  async function beat(): Promise<void> {
    const entries = [...held.values()];
    if (entries.length === 0) return;
    const until = clock.now().getTime() + leaseSeconds * 1000;
    const keys = entries.map((e) => e.run.key);
    const still = new Map((await claims.beat(holder, keys, leaseSeconds)).map((b) => [b.key, b]));
    for (const entry of entries) {
      const found = still.get(entry.run.key);
      if (found) entry.until = until;
      // One that ended while we asked is not held any more either.
      else if (held.has(entry.run.key)) leave(entry);
      if (found?.cancelled) entry.abort.abort('cancel');
    }
  }

  /** A claim that could not be renewed in time may soon be another's. */
  function expire(): void {
    const soon = clock.now().getTime() + tickMs;
    for (const entry of held.values()) {
      if (entry.until > soon || entry.lost.signal.aborted) continue;
      log.warn({ run: entry.run.key }, 'a run could not be held on to: it is left to be taken up again');
      leave(entry);
    }
  }

  let looking: Promise<void> | undefined;
  let again = false;
  async function rounds(): Promise<void> {
    try {
      while (again && !stopping) {
        again = false;
        await beat();
        await look();
      }
    } catch (error) {
      log.warn({ err: error }, 'runs wait: they could not be looked for');
    } finally {
      looking = undefined;
    }
  }
  /** One at a time; whoever comes meanwhile is served by one more. */
  function round(): Promise<void> {
    again = true;
    looking ??= rounds();
    return looking;
  }

  let cancel = () => {};
  function tick(): void {
    expire();
    // Not waited for: a database that hangs must not keep claims from running out.
    void round();
    cancel = clock.after(tickMs, tick);
  }

  return {
    start: tick,
    wake: round,
    async stop() {
      stopping = true;
      cancel();
      await looking;
      const entries = [...held.values()];
      for (const entry of entries) leave(entry);
      const left = new AbortController();
      const all = Promise.all(entries.map((e) => e.done)).then(() => left.abort());
      await Promise.race([all, wait(clock, graceMs, left.signal)]);
      // What still works on leaving is not given to others before its claim runs out.
      const keys = entries.map((e) => e.run.key).filter((key) => !held.has(key));
      try {
        await claims.release(holder, keys);
      } catch (error) {
        log.warn({ err: error }, 'runs were not let go of: they are taken up when their claims run out');
      }
    },
  };
}

const gone = ({ backend, attempt }: Run): Problem =>
  new Problem(
    'backend_gone',
    `${backend} was to make this, and it isn’t connected to Groundcrew any more, so ${attempt > 1 ? 'it was not gone on with' : 'nothing was done'}. The operator of Groundcrew can connect it again; then try again.`,
  );

const unexpected = (error: unknown): string =>
  `Something went wrong inside Groundcrew (${error instanceof Error ? error.message : 'unknown'}). Nothing more is done. Try again; if it happens again, tell the operator of Groundcrew: the log says more.`;

/** An action: a run was written, or is to stop. Its runner may be another process's, which finds it within seconds. */
export const wakeRunner = (runner: () => Pick<Runner, 'wake'> | undefined): Action => ({
  name: runsWake,
  async run() {
    void runner()?.wake();
    return null;
  },
});

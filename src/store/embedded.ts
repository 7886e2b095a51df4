import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Log } from '../core/kernel/log.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { WorkerInput, WorkerMessage, WorkerOrder } from './embedded-worker.ts';
import { type LockOptions, takeLock } from './lock.ts';

/** Postgres in a folder, as PGlite, for as long as this process lives. */
export type Embedded = {
  /** For pg.Pool and pg.Client. All connections are one session: see wire.ts. */
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
    readonly ssl: false;
  };
  /** Settles when the database ended by itself or the folder was taken: exit, nothing can be stored any more. */
  readonly died: Promise<Error>;
  /** Ends clients, database and thread, and gives the folder free. End the pools first. */
  close(): Promise<void>;
};

export type EmbeddedOptions = {
  readonly log: Log;
  /** What a new folder is made from; by default what the installation made. */
  readonly template?: string;
  /** Called when its thread has begun: from then on nothing here has to be waited for but the thread. */
  readonly onBegun?: () => void;
  /** How long a query may hold up `close` before the thread is stopped under it. Nothing committed is lost by that. */
  readonly closeWithinMs?: number;
  /** What repeats the beat of the folder's lock. For tests. */
  readonly every?: NonNullable<LockOptions['every']>;
};

const CLOSE_WITHIN_MS = 5_000;
/** Postgres' own memory is WebAssembly's; of JavaScript there are messages only, and V8 would keep 64 MB for them. */
const YOUNG_MB = 8;

/**
 * Opens the database in `dir`, and makes both when there is none.
 * Errors: Problem `data_folder_in_use`, `data_folder_unusable` or `embedded_failed`.
 */
export async function openEmbedded(dir: string, options: EmbeddedOptions): Promise<Embedded> {
  const { log, closeWithinMs = CLOSE_WITHIN_MS } = options;
  const folder = resolve(dir);
  const lock = await lockFolder(folder, { log, ...(options.every && { every: options.every }) });
  let lost = false;
  void lock.lost.then(() => {
    lost = true;
  });

  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), {
    name: 'postgres',
    workerData: { folder, ...(options.template && { template: options.template }) } satisfies WorkerInput,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  options.onBegun?.();
  const exited = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Error>();
  const ready = Promise.withResolvers<Extract<WorkerMessage, { kind: 'ready' }>>();
  worker.on('error', (error) => ended.resolve(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => {
    ended.resolve(new Error(`its thread ended with code ${code}`));
    exited.resolve();
  });
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'ready') ready.resolve(message);
    else log.warn({ folder }, message.message);
  });

  const started = await Promise.race([ready.promise, ended.promise]);
  if (started instanceof Error) {
    await exited.promise;
    await lock.release();
    throw new Problem(
      'embedded_failed',
      `The embedded Postgres did not start in ${folder}: ${started.message}. Make sure that the disk has space and that only Groundcrew writes there; to begin with an empty database set DATA_DIR to a new folder, or set DATABASE_URL to use another Postgres.`,
      { cause: started },
    );
  }
  log.info({ folder, fresh: started.fresh }, started.fresh ? 'made a new embedded database' : 'opened the database');

  let closing: Promise<void> | undefined;
  const died = new Promise<Error>((settle) => {
    void lock.lost.then(settle);
    void ended.promise.then((error) => {
      if (closing) return;
      const advice = 'What was committed is in its folder. Start Groundcrew again.';
      settle(
        new Problem('embedded_died', `The embedded Postgres ended: ${error.message}. ${advice}`, { cause: error }),
      );
    });
  });
  const close = async () => {
    // When another process has the folder, Postgres must not write its last checkpoint.
    if (lost) await worker.terminate();
    worker.postMessage('close' satisfies WorkerOrder);
    const late = setTimeout(() => void worker.terminate(), closeWithinMs);
    await exited.promise;
    clearTimeout(late);
    await rm(started.host, { recursive: true, force: true });
    await lock.release();
  };
  return {
    config: { host: started.host, port: 5432, user: 'postgres', database: 'postgres', ssl: false },
    died,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

async function lockFolder(folder: string, options: LockOptions) {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await takeLock(folder, options);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem(
      'data_folder_unusable',
      `The data folder ${folder} cannot be used: ${why}. Let the user that runs Groundcrew write there and see that the disk has space, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
}

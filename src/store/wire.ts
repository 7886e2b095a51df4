import { createServer, type Socket } from 'node:net';
import { createReader, deallocate, IDLE_TOO_LONG, ROLLBACK, STARTUP, sortOut, type Unit } from './protocol.ts';

/*
 * Serves one PGlite session to many Postgres clients over a UNIX socket.
 *
 * @electric-sql/pglite-socket 0.2.17 queues single protocol messages, so between the Parse and the Bind of one client
 * another client's Parse may run: with eight clients and parameters, answers reached the wrong client and then the
 * queue stood still for ever. It also hands a notification to whoever runs at that moment, so a LISTEN never wakes.
 * Here the smallest thing that runs is a unit: everything up to the message after which a client waits for an answer.
 *
 * All clients share the session: a SET, a temporary table, a named prepared statement or a session-level advisory lock
 * of one is seen by all, and UNLISTEN ends it for all. Only its prepared statements end with a client. A transaction
 * holds the session until it ends.
 * COPY FROM STDIN ends PGlite's process (exit 1), as it reads from a socket that has no more to give.
 */

/** What is needed of PGlite. */
export type Session = {
  execProtocolRawStream(
    message: Uint8Array,
    options: { syncToFs?: boolean; onRawData: (data: Uint8Array) => void },
  ): Promise<void>;
  isInTransaction(): boolean;
};

export type WireOptions = {
  readonly session: Session;
  /** The session is beyond repair (the WebAssembly trapped or exited): nothing is answered from here on. */
  readonly onFatal: (error: Error) => void;
  /** Runs once after so many milliseconds, unless the returned function was called. For tests. */
  readonly after?: (ms: number, run: () => void) => () => void;
};

export type Wire = {
  /** Listens on a socket file; its folder exists, the file does not. Errors: those of net.Server.listen. */
  listen(path: string): Promise<void>;
  /** Runs when no client holds the session or waits for it; clients wait until the promise settles. */
  whenIdle<T>(run: () => Promise<T>): Promise<T>;
  /** Cuts every client off, rolls an open transaction back and stops listening. */
  close(): Promise<void>;
};

type Client = {
  readonly socket: Socket;
  readonly units: Unit[];
  /** The names of its prepared statements. */
  readonly prepared: Set<string>;
  listening: boolean;
  gone: boolean;
};

/** A client that leaves a transaction open and idle this long is cut off, as it holds up every other one. */
export const IDLE_IN_TRANSACTION_MS = 60_000;

const unrefTimer = (ms: number, run: () => void) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/** Serves `session`, which nobody else may use from here on except by `whenIdle`. */
export async function serveWire(options: WireOptions): Promise<Wire> {
  const { session, after = unrefTimer } = options;
  const clients = new Set<Client>();
  /** Clients with units to run, longest waiting first. */
  const ready = new Set<Client>();
  const errands: (() => Promise<void>)[] = [];
  /** Is in a transaction, or between a Flush and its Sync: only its units may run. */
  let holder: Client | undefined;
  let disarm: (() => void) | undefined;
  let busy = false;
  let pumping: Promise<void> = Promise.resolve();

  const exec = async (bytes: Uint8Array): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    // The data is a view of the WebAssembly's memory, which the next message overwrites: copy it.
    await session.execProtocolRawStream(bytes, {
      syncToFs: false,
      onRawData: (data) => chunks.push(Buffer.from(data)),
    });
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  };

  // One greeting for all: a startup message in the middle of someone's transaction would be answered in its place.
  const greeting = await exec(STARTUP);

  const hold = (client: Client | undefined) => {
    disarm?.();
    disarm = undefined;
    holder = client;
    if (!client || client.units.length > 0) return;
    disarm = after(IDLE_IN_TRANSACTION_MS, () => client.socket.end(IDLE_TOO_LONG, () => client.socket.destroy()));
  };

  const runUnit = async (client: Client, unit: Unit) => {
    if (unit.last === 'X') {
      client.socket.end();
      leave(client);
      return;
    }
    const { own, notices, listens } = sortOut(await exec(unit.bytes));
    client.listening = listens ?? client.listening;
    const holds = unit !== ROLLBACK && (unit.last === 'H' || session.isInTransaction());
    if (holds && client.gone) client.units.unshift(ROLLBACK);
    hold(holds ? client : undefined);
    if (!client.gone) client.socket.write(own);
    // A client that listens to one channel may hear of another one too; clients tell channels apart by name anyway.
    if (notices.length > 0) for (const each of clients) if (each.listening) each.socket.write(notices);
  };

  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (;;) {
        const client = holder ?? firstOf(ready);
        const unit = client?.units.shift();
        if (client && unit) {
          ready.delete(client);
          await runUnit(client, unit);
          // At the end of the queue, so that a client that sends without pause does not starve the others.
          if (client.units.length > 0) ready.add(client);
        } else if (!client && errands[0]) await errands.shift()?.();
        else break;
      }
      busy = false;
    } catch (error) {
      // Stays busy: what the session would answer from now on cannot be trusted.
      options.onFatal(new Error(`PGlite ended: ${reasonOf(error)}`, { cause: error }));
    }
  };
  const wake = () => {
    if (!busy) pumping = pump();
  };

  const leave = (client: Client) => {
    if (client.gone) return;
    client.gone = true;
    clients.delete(client);
    ready.delete(client);
    client.units.length = 0;
    if (client === holder) client.units.push(ROLLBACK);
    if (client.prepared.size > 0) client.units.push(deallocate(client.prepared));
    if (client.units.length === 0) return;
    ready.add(client);
    wake();
  };

  const server = createServer((socket) => {
    const client: Client = { socket, units: [], prepared: new Set(), listening: false, gone: false };
    clients.add(client);
    socket.on('close', () => leave(client));
    socket.on('error', () => socket.destroy());
    const read = createReader({
      greet: () => socket.write(greeting),
      decline: () => socket.write('N'),
      refuse: () => socket.destroy(),
      prepare: (name) => client.prepared.add(name),
      unit: (unit) => {
        client.units.push(unit);
        ready.add(client);
        if (client === holder) disarm?.();
        wake();
      },
    });
    socket.on('data', read);
  });

  return {
    listen: (path) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    whenIdle: (run) =>
      new Promise((resolve, reject) => {
        errands.push(() => run().then(resolve, reject));
        wake();
      }),
    async close() {
      disarm?.();
      const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined;
      for (const client of clients) {
        client.socket.destroy();
        leave(client);
      }
      await Promise.all([closed, pumping]);
    },
  };
}

const firstOf = <T>(set: Set<T>): T | undefined => set.values().next().value;

// Emscripten throws an ExitStatus, which is no Error.
const reasonOf = (error: unknown): string =>
  typeof error === 'object' && error && 'message' in error ? String(error.message) : String(error);

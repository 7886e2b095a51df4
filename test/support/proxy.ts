import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type NetConnectOpts, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { openPool } from '../../src/store/pool.ts';
import type { TestDatabase } from './database.ts';

/** What happens to the bytes in which a pattern is first seen: they wait, or the connection ends without or with them. */
type Fault = 'hold' | 'cut before' | 'cut after';
type Rule = { readonly pattern: RegExp; readonly fault: Fault; readonly fired: () => void };

/**
 * Stands between a client and its server, on 127.0.0.1, and breaks what it is told to: a real network that is lost in
 * the middle of a COMMIT, stalls, or refuses.
 */
export async function openProxy(upstream: NetConnectOpts) {
  let rules: Rule[] = [];
  let refusing = false;
  let waiting: (() => void)[] = [];
  const pairs = new Set<readonly [Socket, Socket]>();

  function forward(client: Socket, server: Socket) {
    let held: Buffer[] | undefined;
    client.on('data', (chunk: Buffer) => {
      if (held) return void held.push(chunk);
      const text = chunk.toString('latin1');
      const rule = rules.find((r) => r.pattern.test(text));
      if (!rule) return void server.write(chunk);
      rules = rules.filter((r) => r !== rule);
      if (rule.fault === 'hold') {
        held = [chunk];
        waiting.push(() => {
          const all = held ?? [];
          held = undefined;
          for (const each of all) server.write(each);
        });
      } else {
        // What was sent arrives, but nobody is there any more for the answer.
        if (rule.fault === 'cut after') server.end(chunk);
        else server.destroy();
        client.destroy();
      }
      rule.fired();
    });
    server.on('data', (chunk: Buffer) => void (client.destroyed || client.write(chunk)));
  }

  const listener = createServer({ noDelay: true }, (client) => {
    client.on('error', () => {});
    if (refusing) return void client.destroy();
    const server = dial({ noDelay: true, ...upstream });
    server.on('error', () => client.destroy());
    const pair = [client, server] as const;
    pairs.add(pair);
    client.on('close', () => server.end());
    server.on('close', () => {
      client.destroy();
      pairs.delete(pair);
    });
    forward(client, server);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));

  // What was sent on its way before a cut still arrives: such a socket ends when the server is done with it.
  const cut = () => {
    for (const sockets of pairs) for (const socket of sockets) if (!socket.writableEnded) socket.destroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    /** Breaks the first connection that sends what fits; resolves when that has happened. */
    once: (pattern: RegExp, fault: Fault): Promise<void> =>
      new Promise((fired) => {
        rules.push({ pattern, fault, fired });
      }),
    /** Lets go what is held. */
    release() {
      const all = waiting;
      waiting = [];
      for (const go of all) go();
    },
    cut,
    /** The server is away: what is open is cut, what comes is turned down. */
    away() {
      refusing = true;
      cut();
    },
    back() {
      refusing = false;
    },
    /** Resolves when every connection that was cut is closed on both sides. */
    async quiet(): Promise<void> {
      while (pairs.size > 0) await Promise.all([...pairs].map(([, server]) => once(server, 'close')));
      await setImmediate();
    },
    async close() {
      cut();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** Where a Postgres is, and how a pool reaches it by way of a proxy on some port. */
export function postgresThrough(config: pg.PoolConfig) {
  const { connectionString, host, port } = config;
  if (!connectionString)
    return {
      upstream: { path: join(host as string, `.s.PGSQL.${port as number}`) },
      through: (proxy: number): pg.PoolConfig => ({ ...config, host: '127.0.0.1', port: proxy }),
    };
  const url = new URL(connectionString);
  return {
    upstream: { host: url.hostname, port: Number(url.port || 5432) },
    through(proxy: number): pg.PoolConfig {
      const way = new URL(url);
      way.hostname = '127.0.0.1';
      way.port = String(proxy);
      return { ...config, connectionString: way.href };
    },
  };
}

/** A way to a test database that can break, and a pool on it as the product opens it. */
export async function openFaultyPool(database: TestDatabase, onIdleError: (error: Error) => void = () => {}) {
  const { upstream, through } = postgresThrough(database.config);
  const proxy = await openProxy(upstream);
  const pool = openPool({ ...through(proxy.port), max: 6 }, onIdleError);
  return {
    ...proxy,
    pool,
    async close() {
      proxy.release();
      proxy.back();
      await pool.end();
      await proxy.close();
    },
  };
}
export type FaultyPool = Awaited<ReturnType<typeof openFaultyPool>>;

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { readTemplate, templatePaths, unpackTemplate } from '../../src/store/template.ts';
import { upkeep } from '../../src/store/upkeep.ts';
import { IDLE_IN_TRANSACTION_MS, serveWire, type Wire } from '../../src/store/wire.ts';
import { scratch } from './scratch.ts';

let folder: string;
let session: PGlite;
let wire: Wire;
let alarms: { ms: number; run: () => void; off: boolean }[] = [];
const onFatal = (error: Error) => {
  throw error;
};

beforeAll(async () => {
  folder = scratch();
  unpackTemplate(readTemplate(templatePaths().bare) ?? Buffer.alloc(0), join(folder, 'pg'));
  session = await PGlite.create({ dataDir: join(folder, 'pg') });
  const after = (ms: number, run: () => void) => {
    const alarm = { ms, run, off: false };
    alarms.push(alarm);
    return () => {
      alarm.off = true;
    };
  };
  wire = await serveWire({ session, onFatal, after });
  await wire.listen(join(folder, '.s.PGSQL.5432'));
});
afterAll(async () => {
  await wire.close();
  await session.close();
});
beforeEach(async () => {
  alarms = [];
  const client = await open();
  await client.query('drop table if exists kept; create table kept (n int)');
});

const config = () => ({ host: folder, port: 5432, user: 'postgres', database: 'postgres' });
async function open(): Promise<pg.Client> {
  const client = new pg.Client(config());
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
const count = async (client: pg.Client) => (await client.query('select count(*)::int as n from kept')).rows[0].n;

test('each of eight clients gets its own answers, with parameters, errors and transactions between each other', async () => {
  const pool = new pg.Pool({ ...config(), max: 8 });
  onTestFinished(() => pool.end());
  const kinds = [
    async (tag: string) => expect((await pool.query('select $1::text as tag', [tag])).rows).toEqual([{ tag }]),
    async (tag: string) =>
      expect((await pool.query('select $1::int as a, $2::text as tag', [7, tag])).rows).toEqual([{ a: 7, tag }]),
    async () => expect(pool.query('select 1 / $1::int', [0])).rejects.toThrow('division by zero'),
    async () => expect(pool.query('selec')).rejects.toThrow('syntax error'),
    async (tag: string) => {
      const client = await pool.connect();
      await client.query('begin');
      const first = await client.query('select $1::text as tag, txid_current() as tx', [tag]);
      const second = await client.query('select $1::text as tag, txid_current() as tx', [tag]);
      await client.query('rollback');
      client.release();
      expect(first.rows[0].tag).toBe(tag);
      expect(second.rows).toEqual(first.rows);
    },
  ];
  const work = Array.from({ length: 400 }, (_, n) => kinds[n % kinds.length]?.(`tag ${n}`));
  await Promise.all(work);
  expect(work).toHaveLength(400);
});

test('a transaction has the database to itself until it ends', async () => {
  const [one, other] = [await open(), await open()];
  await one.query('begin');
  await one.query('insert into kept values (1)');
  const seen = other.query('select count(*)::int as n, pg_current_xact_id_if_assigned() as tx from kept');
  await one.query('insert into kept values (2)');
  await one.query('commit');
  expect((await seen).rows).toEqual([{ n: 2, tx: null }]);
});

test('a failed transaction holds on until it is rolled back', async () => {
  const [one, other] = [await open(), await open()];
  await one.query('begin');
  await expect(one.query('insert into kept values (1 / 0)')).rejects.toThrow('division by zero');
  const seen = count(other);
  await expect(one.query('select 1')).rejects.toThrow('current transaction is aborted');
  await one.query('rollback');
  expect(await seen).toBe(0);
});

test.each(['begin', 'begin; insert into kept values (1)', 'begin; select 1 / 0'])(
  'what a client that vanishes left open (%s) is rolled back, and the next one served',
  async (sql) => {
    const [one, other] = [await open(), await open()];
    await one.query(sql).catch(() => {});
    const seen = count(other);
    one.connection.stream.destroy();
    expect(await seen).toBe(0);
    await other.query('insert into kept values (2)');
    expect(await count(other)).toBe(1);
  },
);

test('a client that idles in a transaction is cut off after a minute, and told why', async () => {
  const [one, other] = [await open(), await open()];
  const told = once(one, 'error');
  await one.query('begin');
  await one.query('insert into kept values (1)');
  const seen = count(other);
  const alarm = alarms.find((each) => !each.off);
  expect(alarm?.ms).toBe(IDLE_IN_TRANSACTION_MS);
  alarm?.run();
  expect(await told).toMatchObject([{ code: '25P03', message: expect.stringContaining('idle-in-transaction') }]);
  expect(await seen).toBe(0);
});

test('no alarm is left when transactions end', async () => {
  const client = await open();
  await client.query('begin');
  await client.query('select 1');
  await client.query('commit');
  expect(alarms.length).toBeGreaterThan(0);
  expect(alarms.filter((each) => !each.off)).toEqual([]);
});

test('who listens is woken by another client, and who does not hears nothing', async () => {
  const [listener, sender] = [await open(), await open()];
  const heard: unknown[] = [];
  sender.on('notification', (notice) => heard.push(notice));
  await listener.query('listen news');
  const woken = once(listener, 'notification');
  const { rows } = await sender.query(`select pg_notify('news', $1), 'answer' as own`, ['it shipped']);
  expect(await woken).toMatchObject([{ channel: 'news', payload: 'it shipped' }]);
  expect(rows).toMatchObject([{ own: 'answer' }]);

  await sender.query('begin');
  await sender.query(`notify news, 'undone'`);
  await sender.query('rollback');
  const next = once(listener, 'notification');
  await sender.query(`notify news, 'done'`);
  expect(await next).toMatchObject([{ payload: 'done' }]);
  expect(heard).toEqual([]);
});

test('what a client prepared under a name ends with it, in the middle of a transaction too', async () => {
  const [one, two, other] = [await open(), await open(), await open()];
  const names = async () =>
    (await other.query('select name from pg_prepared_statements order by 1')).rows.map((row) => row.name);
  for (let round = 0; round < 2; round++) await one.query({ name: 'näher/1', text: 'select $1::int', values: [round] });
  await two.query({ name: 'b/2', text: 'select 2' });
  await two.query('begin');
  await two.query({ name: 'c/2', text: 'select 3' });
  const inTurn = count(other);
  two.connection.stream.destroy();
  await inTurn;
  expect(await names()).toEqual(['näher/1']);
  await one.end();
  expect(await names()).toEqual([]);
});

test('large parameters and answers arrive whole', async () => {
  const client = await open();
  const text = 'ä'.repeat(1_500_000);
  const { rows } = await client.query('select $1::text as text, length($1) as length', [text]);
  expect(rows[0].length).toBe(1_500_000);
  expect(rows[0].text === text).toBe(true);
});

test('errands run when nobody holds the session', async () => {
  const client = await open();
  await client.query('begin');
  await client.query('insert into kept values (1)');
  const order: string[] = [];
  const errand = wire.whenIdle(async () => {
    order.push(session.isInTransaction() ? 'errand in the transaction' : 'errand');
  });
  await client.query('insert into kept values (2)');
  order.push('insert');
  await client.query('commit');
  await errand;
  expect(order).toEqual(['insert', 'errand']);
  await expect(wire.whenIdle(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await count(client)).toBe(2);
});

test('tables with many dead rows are vacuumed, others are left alone', async () => {
  const client = await open();
  await client.query('insert into kept select generate_series(1, 2000)');
  await client.query('delete from kept');
  await client.query('select pg_stat_force_next_flush()');
  const tend = () => upkeep({ query: (sql) => session.query(sql), whenIdle: wire.whenIdle });
  expect(await tend()).toContain('public.kept');
  const dead = await client.query(`select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'kept'`);
  expect(dead.rows).toEqual([{ dead: 0 }]);
  expect(await tend()).toEqual([]);
});

const message = (type: string, body: Buffer | string = '') => {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
};
const hello = (code: number, body = '') => {
  const bytes = Buffer.alloc(8 + body.length);
  bytes.writeInt32BE(bytes.length, 0);
  bytes.writeInt32BE(code, 4);
  bytes.write(body, 8);
  return bytes;
};
const READY = 'Z\0\0\0\x05I';
const STARTUP = hello(3 << 16, 'user\0postgres\0\0');
const raw = async (): Promise<Socket> => {
  const socket = connect(join(folder, '.s.PGSQL.5432'));
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
};
/** Reads until what came ends so, and holds the other one. */
const until = async (socket: Socket, end: string, holds = ''): Promise<string> => {
  let text = '';
  for await (const data of socket.iterator({ destroyOnReturn: false })) {
    text += (data as Buffer).toString('latin1');
    if (text.endsWith(end) && text.includes(holds)) return text;
  }
  throw new Error(`cut off after ${JSON.stringify(text)}`);
};

test('what arrives byte by byte, encryption asked for first, is understood', async () => {
  const socket = await raw();
  socket.write(hello(80877103));
  expect(await until(socket, 'N')).toBe('N');
  for (const byte of Buffer.concat([STARTUP, message('Q', `select 'one' || 'two'\0`)]))
    socket.write(Buffer.from([byte]));
  expect(await until(socket, READY, 'onetwo')).toMatch(/^R/);
});

test('a client between Flush and Sync holds the session, and frees it when it vanishes', async () => {
  const other = await open();
  const socket = await raw();
  socket.write(STARTUP);
  await until(socket, READY);
  socket.write(
    Buffer.concat([
      message('P', '\0select 1 / 0\0\0\0'),
      message('B', '\0\0\0\0\0\0\0\0'),
      message('E', '\0\0\0\0\0'),
      message('H'),
    ]),
  );
  const told = await until(socket, '\0\0');
  expect(told).toContain('division by zero');
  const seen = count(other);
  socket.destroy();
  expect(await seen).toBe(0);
});

test.each([
  ['an unknown protocol', hello(2 << 16)],
  ['a query to cancel', hello(80877102, '12345678')],
  [
    'a startup message without end',
    (() => {
      const bytes = hello(3 << 16);
      bytes.writeInt32BE(1_000_000, 0);
      return bytes;
    })(),
  ],
  ['a message of negative length', Buffer.concat([STARTUP, Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff])])],
])('%s is cut off, and the others are served', async (_, bytes) => {
  const other = await open();
  const socket = await raw();
  const closed = once(socket, 'close');
  socket.resume();
  socket.write(bytes);
  await closed;
  expect(await count(other)).toBe(0);
});

test('the end of the engine is reported once, and nothing more is answered', async () => {
  const place = scratch();
  let calls = 0;
  const fatal: Error[] = [];
  const broken = await serveWire({
    session: {
      isInTransaction: () => false,
      async execProtocolRawStream(_, { onRawData }) {
        if (calls++ > 0) throw { name: 'ExitStatus', message: 'Program terminated with exit(1)' };
        onRawData(Buffer.from(READY, 'latin1'));
      },
    },
    onFatal: (error) => fatal.push(error),
  });
  await broken.listen(join(place, 's'));
  const socket = connect(join(place, 's'));
  socket.write(Buffer.concat([STARTUP, message('Q', 'select 1\0'), message('Q', 'select 2\0')]));
  expect(await until(socket, READY)).toBe(READY);
  await broken.close();
  expect(fatal.map((error) => error.message)).toEqual(['PGlite ended: Program terminated with exit(1)']);
  expect(calls).toBe(2);
});

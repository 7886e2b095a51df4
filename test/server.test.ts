import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { checks, createHttpServer, type Route, type ServerOptions, sendJson } from '../src/server.ts';
import { virtualClock } from './support/clock.ts';

async function serve(options: Partial<ServerOptions> = {}) {
  const errors: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
  const server = createHttpServer({
    routes: new Map<string, Route>([
      ['GET /healthz', async (_, res) => sendJson(res, 200, { ok: true })],
      ['POST /slack/events', async (_, res) => sendJson(res, 200, {})],
      ['PUT /slack/events', async (_, res) => sendJson(res, 200, {})],
      [
        'GET /broken',
        async () => {
          throw new Error('a secret');
        },
      ],
      [
        'GET /half',
        async (_, res) => {
          res.writeHead(200);
          res.write('half');
          throw new Error('a secret');
        },
      ],
    ]),
    log,
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { errors, get: (path: string, method = 'GET') => fetch(`${origin}${path}`, { method }) };
}

test('a route is a method and a path, whatever the query', async () => {
  const { get } = await serve();
  expect(await (await get('/healthz?x=/broken')).json()).toEqual({ ok: true });
  expect((await get('/slack/events', 'POST')).status).toBe(200);
});

test.each(['/', '/healthz/', '/HEALTHZ', '/a/healthz', '/healthz%00', '/toString', '/__proto__'])(
  '%s is not there',
  async (path) => {
    const { get } = await serve();
    const res = await get(path);
    expect([res.status, await res.json()]).toEqual([404, { error: 'There is nothing here.' }]);
  },
);

test('another method is told which ones there are', async () => {
  const { get } = await serve();
  const res = await get('/slack/events', 'DELETE');
  expect([res.status, res.headers.get('allow')]).toEqual([405, 'POST, PUT']);
});

test('what the routes do not know is asked of the playground, which may not know it either', async () => {
  const asked: (string | undefined)[] = [];
  const { get } = await serve({
    otherwise: async (req, res) => {
      asked.push(req.url);
      if (req.url !== '/page') return false;
      sendJson(res, 200, 'page');
      return true;
    },
  });
  expect(await (await get('/page')).json()).toBe('page');
  expect((await get('/other')).status).toBe(404);
  await get('/healthz');
  expect(asked).toEqual(['/page', '/other']);
});

test('a route that fails answers 500 and says nothing of why; the next one is served', async () => {
  const { get, errors } = await serve();
  const res = await get('/broken');
  expect([res.status, await res.text()]).toEqual([500, '{"error":"Something broke on our side. The log says what."}']);
  await expect(get('/half').then((r) => r.text())).rejects.toThrow();
  expect((await get('/healthz')).status).toBe(200);
  expect(errors).toMatchObject([{ path: '/broken' }, { path: '/half' }]);
});

test('a part that hangs is not waited for beyond a second, and spoils no other', async () => {
  const clock = virtualClock();
  const checking = checks(clock, {
    database: async () => ({ ok: true }),
    slack: () => new Promise(() => {}),
    teams: async () => {
      throw new Error('ECONNREFUSED');
    },
    queue: () => Promise.reject('no error at all'),
    other: async () => ({ ok: true, degraded: ['users:read.email'] }),
  });
  await clock.pass(999);
  let done = false;
  void checking.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toBe(false);
  await clock.pass(1);
  expect(await checking).toEqual({
    database: { ok: true },
    slack: { ok: false, why: 'did not answer within a second' },
    teams: { ok: false, why: 'ECONNREFUSED' },
    queue: { ok: false, why: 'failed' },
    other: { ok: true, degraded: ['users:read.email'] },
  });
  expect(clock.waiting()).toBe(0);
});

import { createServer, get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Act, Acted, PageState, World } from '../../src/playground/page/wire.ts';
import { createPlayground, type Started } from '../../src/playground/playground.ts';
import { virtualClock } from '../support/clock.ts';

/** What the bot was sent, as it came. */
export type Heard = { readonly path: string; readonly body: string };
type Answer = { readonly status?: number; readonly body?: object };

export type Got = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string };
type Event = { readonly event: string; readonly data: string };

const read = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** A stream of server-sent events: `next` waits for one of a kind, those before it are dropped. */
function follow(response: IncomingMessage) {
  const events: Event[] = [];
  let waiting: (() => void) | undefined;
  let rest = '';
  let ended = false;
  const wake = (): void => {
    waiting?.();
    waiting = undefined;
  };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      if (field('event')) events.push({ event: field('event'), data: field('data') });
    }
    wake();
  });
  response.on('close', () => {
    ended = true;
    wake();
  });
  const next = async (kind: string): Promise<unknown> => {
    for (;;) {
      const found = events.shift();
      if (found?.event === kind) return JSON.parse(found.data);
      if (found) continue;
      if (ended) throw new Error(`the stream ended before another ${kind}`);
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
  };
  return {
    world: async () => (await next('world')) as World,
    state: async () => (await next('state')) as PageState,
    ended: async (): Promise<void> => {
      while (!ended)
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
    },
    /** Events that came and were not asked for. */
    pending: () => events.length,
    close: () => response.destroy(),
  };
}
export type Follow = ReturnType<typeof follow>;

/** A playground behind a server, with a bot under it that records and answers as told. */
export async function openPage() {
  const clock = virtualClock();
  const warnings: string[] = [];
  const playground = createPlayground({ clock, log: { warn: (_, message) => warnings.push(message) } });
  const heard: Heard[] = [];
  const answers: Answer[] = [];
  const streams: Follow[] = [];
  const server = createServer(async (req, res) => {
    const path = req.url ?? '';
    if (path === '/slack/events' || path === '/api/messages') {
      heard.push({ path, body: await read(req) });
      const { status = 200, body } = answers.shift() ?? {};
      res.writeHead(status, { 'content-type': 'application/json' }).end(body ? JSON.stringify(body) : '');
    } else if (!(await playground.handle(req, res))) res.writeHead(404).end('not the playground');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const started: Started = await playground.start();

  const ask = (path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
    new Promise<Got>((resolve, reject) => {
      const { method = 'GET', headers = {}, body } = options;
      const req = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (res) => {
        read(res).then((text) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }), reject);
      });
      req.on('error', reject);
      req.end(body);
    });

  return {
    clock,
    playground,
    started,
    warnings,
    heard,
    /** What the bot answers next. */
    answers,
    ask,
    connect: (...offers: Parameters<typeof playground.connect> extends [string, ...infer Rest] ? Rest : never) =>
      playground.connect(`http://127.0.0.1:${port}`, ...offers),
    async act(act: Act): Promise<{ status: number; acted: Acted }> {
      const { status, body } = await ask('/playground/act', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(act),
      });
      return { status, acted: JSON.parse(body) as Acted };
    },
    /** Opens the page as a person. */
    see: (person: string) =>
      new Promise<Follow>((resolve, reject) => {
        const path = `/playground/events?person=${person}`;
        // As browsers ask: they would keep the connection for more.
        get({ port, host: '127.0.0.1', path, agent: false, headers: { connection: 'keep-alive' } }, (res) => {
          const stream = follow(res);
          streams.push(stream);
          resolve(stream);
        }).on('error', reject);
      }),
    /** Stops listening, and waits until every connection has ended by itself. */
    drain: () => new Promise((resolve) => server.close(resolve)),
    async close(): Promise<void> {
      for (const stream of streams) stream.close();
      await playground.stop();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
export type Page = Awaited<ReturnType<typeof openPage>>;

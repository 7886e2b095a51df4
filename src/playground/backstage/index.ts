import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTasks, type Template } from './tasks.ts';

export type { Task, Template } from './tasks.ts';

export type BackstageOptions = {
  readonly clock: { now(): Date; after(ms: number, run: () => void): () => void };
  readonly templates: readonly Template[];
  readonly token: string;
};

/** What becomes of the next requests that fit; `lost`: carried out, and the answer does not arrive. */
export type Fault = {
  readonly path: RegExp;
  readonly method?: string;
  readonly is: number | 'lost' | 'reset';
  times: number;
};

const longestPollMs = 30_000;

/** The part of a Backstage that runs templates: the scaffolder's v2 tasks, and the catalog's templates. */
export function createBackstage({ clock, templates, token }: BackstageOptions) {
  const tasks = createTasks(clock, templates);
  const faults: Fault[] = [];
  const requests: string[] = [];

  const send = (res: ServerResponse, status: number, body: unknown): void => {
    res.writeHead(status, { 'content-type': 'application/json' });
    res.end(JSON.stringify(body));
  };
  const fail = (res: ServerResponse, status: number, name: string, message: string): void =>
    send(res, status, { error: { name, message }, response: { statusCode: status } });
  const unknown = (res: ServerResponse, what: string): void => fail(res, 404, 'NotFoundError', `${what} not found`);

  type Call = {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly url: URL;
    readonly body: unknown;
  };
  type Route = (call: Call, ...parts: readonly string[]) => void;
  const routes: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
    [
      'GET',
      /^\/api\/catalog\/entities\/by-name\/template\/([^/]+)\/([^/]+)$/,
      ({ res }, namespace = '', name = '') => {
        const found = tasks.template(`template:${namespace}/${name}`);
        if (found) send(res, 200, tasks.entity(found));
        else unknown(res, `template:${namespace}/${name}`);
      },
    ],
    [
      'GET',
      /^\/api\/scaffolder\/v2\/templates\/([^/]+)\/template\/([^/]+)\/parameter-schema$/,
      ({ res }, namespace = '', name = '') => {
        const found = tasks.template(`template:${namespace}/${name}`);
        if (!found) return unknown(res, `template:${namespace}/${name}`);
        const steps = [{ title: found.title, schema: found.parameters }];
        send(res, 200, { title: found.title, description: found.description, steps });
      },
    ],
    [
      'POST',
      /^\/api\/scaffolder\/v2\/dry-run$/,
      ({ res, body }) => {
        const { template, values } = body as {
          template: { metadata: { name: string } };
          values: Record<string, unknown>;
        };
        const found = tasks.template(`template:default/${template.metadata.name}`);
        if (!found) return unknown(res, template.metadata.name);
        const errors = tasks.wrong(found, values);
        if (errors.length > 0) return send(res, 400, { errors });
        send(res, 200, {
          log: [],
          steps: found.steps.map(({ id, name }) => ({ id, name, action: 'debug:log' })),
          output: {},
          directoryContents: (found.files ?? []).map((path) => ({ path, base64Content: '', executable: false })),
        });
      },
    ],
    [
      'POST',
      /^\/api\/scaffolder\/v2\/tasks$/,
      ({ res, body }) => {
        const { templateRef, values } = body as { templateRef: string; values: Record<string, unknown> };
        const found = tasks.template(templateRef);
        if (!found) return unknown(res, templateRef);
        const errors = tasks.wrong(found, values);
        if (errors.length > 0) return send(res, 400, { errors });
        send(res, 201, { id: tasks.create(found, values) });
      },
    ],
    [
      'GET',
      /^\/api\/scaffolder\/v2\/tasks$/,
      ({ res, url }) => {
        const offset = Number(url.searchParams.get('offset') ?? 0);
        const all = tasks.list();
        const limit = Number(url.searchParams.get('limit') ?? all.length);
        send(res, 200, { tasks: all.slice(offset, offset + limit), totalTasks: all.length });
      },
    ],
    [
      'GET',
      /^\/api\/scaffolder\/v2\/tasks\/([^/]+)$/,
      ({ res }, id = '') => {
        const found = tasks.get(id);
        if (found) send(res, 200, found);
        else unknown(res, `No task '${id}'`);
      },
    ],
    [
      'GET',
      /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/events$/,
      ({ req, res, url }, id = '') => {
        if (!tasks.get(id)) return unknown(res, `No task '${id}'`);
        const after = Number(url.searchParams.get('after') ?? -1);
        const events = tasks.events(id, after);
        if (events.length > 0) return send(res, 200, events);
        const answer = (): void => {
          cancel();
          stop();
          if (!res.writableEnded) send(res, 200, tasks.events(id, after));
        };
        const cancel = clock.after(longestPollMs, answer);
        const stop = tasks.onEvent(id, answer);
        req.once('close', () => {
          cancel();
          stop();
        });
      },
    ],
    [
      'POST',
      /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/cancel$/,
      ({ res }, id = '') => send(res, 200, { status: tasks.cancel(id) }),
    ],
    [
      'POST',
      /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/retry$/,
      ({ res }, id = '') => {
        tasks.retry(id);
        send(res, 201, { id });
      },
    ],
  ];

  async function read(req: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://backstage');
    const body = await read(req);
    requests.push(`${req.method} ${url.pathname}`);
    const fault = faults.find(
      (f) => f.times > 0 && f.path.test(url.pathname) && (!f.method || f.method === req.method),
    );
    if (fault) fault.times -= 1;
    if (fault?.is === 'reset') return void req.socket.destroy();
    if (typeof fault?.is === 'number') return fail(res, fault.is, 'ServiceUnavailableError', `fault ${fault.is}`);
    if (req.headers.authorization !== `Bearer ${token}`) return fail(res, 401, 'AuthenticationError', 'Illegal token');
    if (fault?.is === 'lost') res.write = res.end = () => void req.socket.destroy() as never;
    for (const [method, path, route] of routes) {
      const found = method === req.method ? path.exec(url.pathname) : null;
      if (found) return route({ req, res, url, body }, ...found.slice(1).map(decodeURIComponent));
    }
    unknown(res, url.pathname);
  }

  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      if (!res.headersSent) fail(res, 400, 'InputError', error instanceof Error ? error.message : 'bad input');
    });
  });

  return {
    token,
    tasks: tasks.list,
    /** Each request so far, as `GET /path`. */
    requests,
    fail: (fault: Fault): void => void faults.push(fault),
    /** Lets a step of a template fail from now on with these words, or work again. */
    breakStep: tasks.breakStep,
    hold: tasks.hold,
    release: tasks.release,
    /** Opens it on a loopback port. */
    async listen(port = 0): Promise<string> {
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close(): Promise<void> {
      tasks.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Backstage = ReturnType<typeof createBackstage>;

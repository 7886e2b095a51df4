import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FetchFunction } from '@slack/web-api';
import { type Door, type Health, type Platform, Problem } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { createArrive } from './arrive.ts';
import { createDeliver } from './deliver.ts';
import { createDirectory } from './directory.ts';
import { createLimiter } from './limiter.ts';
import { createReceiver, write } from './receiver.ts';
import { createReplies } from './reply.ts';
import type { Socket, SocketClock } from './socket.ts';
import { createWeb } from './web.ts';

export type SlackOptions = {
  /** `xoxb-…` */
  readonly token: string;
  /** For requests over HTTP. */
  readonly signingSecret?: string;
  /** `xapp-…`, for Socket Mode. */
  readonly appToken?: string;
  /** Slack's Web API, or a server that stands in for it. Its response_urls are then taken from the same host. */
  readonly apiUrl?: string;
  readonly clock: { now(): Date } & Partial<Pick<SocketClock, 'after'>>;
  readonly log: Log;
  /** How many seconds something has to wait because of a rate, and what. */
  readonly onWait?: (seconds: number, what: string) => void;
  /** Called at the first arrival: the engine needs the platforms, and they need it. */
  readonly door: () => Door;
  /** For proxies and tests. */
  readonly fetch?: FetchFunction;
  /** Milliseconds to wait for Slack. */
  readonly timeouts?: { readonly bulk: number; readonly interactive: number };
};

export type Slack = {
  readonly platform: Platform;
  /** `POST /slack/events`. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Opens Socket Mode, when it is set up. */
  start(): Promise<void>;
  /** Takes nothing new and resolves when what is under way is done. */
  stop(): Promise<void>;
};

const incomplete = (what: string) => new Problem('slack_incomplete', what);

function checked({ token, signingSecret, appToken, apiUrl = 'https://slack.com/api/' }: SlackOptions) {
  if (!token.trim()) throw incomplete('The Slack bot token is empty. Set SLACK_BOT_TOKEN (xoxb-…).');
  // An empty secret is a secret that everybody knows.
  if (signingSecret !== undefined && !signingSecret.trim())
    throw incomplete('The Slack signing secret is empty. Set SLACK_SIGNING_SECRET, or leave it out with Socket Mode.');
  if (appToken !== undefined && !appToken.trim())
    throw incomplete('The Slack app token is empty. Set SLACK_APP_TOKEN (xapp-…), or leave it out over HTTP.');
  if (signingSecret === undefined && appToken === undefined)
    throw incomplete(
      'Nothing says how Slack reaches the bot. Set SLACK_SIGNING_SECRET for HTTP or SLACK_APP_TOKEN for Socket Mode.',
    );
  if (!URL.canParse(apiUrl) || !/^https?:$/.test(new URL(apiUrl).protocol))
    throw incomplete('SLACK_API_URL is not a web address. It looks like https://slack.com/api/.');
  return { token, signingSecret, appToken, apiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` };
}

const retryAfterSeconds = '5';
const realAfter: SocketClock['after'] = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** Slack's wing: what arrives from the workspace, and what is delivered to it. Throws a Problem when it is half set up. */
export function createSlack(options: SlackOptions): Slack {
  const { token, signingSecret, appToken, apiUrl } = checked(options);
  const { clock, log, door } = options;
  const web = createWeb({
    token,
    apiUrl,
    log,
    ...(options.fetch ? { fetch: options.fetch } : {}),
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
  });
  const replies = createReplies(web);
  const directory = createDirectory(web, clock);
  const receive = createArrive({ door, clock, log, noted: replies.noted });
  const receiver = signingSecret === undefined ? undefined : createReceiver(signingSecret, clock, receive);
  const underWay = new Set<Promise<void>>();
  let socket: Socket | undefined;
  let stopping = false;

  function track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  }

  async function health(): Promise<Health> {
    const api = await directory.health();
    const connection = appToken === undefined ? undefined : socket?.health();
    return connection && api.ok && !connection.ok ? { ...api, ...connection } : api;
  }

  const { deliver, find } = createDeliver({
    web,
    log,
    limiter: createLimiter(clock),
    onWait: options.onWait ?? (() => {}),
  });

  return {
    platform: { name: 'slack', deliver, find, reply: replies.reply, ...directory, health },

    async handle(req, res) {
      if (stopping)
        return write(
          res,
          { status: 503, body: { error: 'this process is stopping' } },
          { 'retry-after': retryAfterSeconds },
        );
      if (!receiver)
        return write(res, { status: 404, body: { error: 'Slack reaches this bot over Socket Mode, not over HTTP' } });
      await track(receiver(req, res));
    },

    async start() {
      if (appToken === undefined || socket) return;
      const { createSocket } = await import('./socket.ts');
      socket = await createSocket({
        appToken,
        token,
        apiUrl,
        log,
        receive,
        clock: { now: () => clock.now(), after: clock.after ? clock.after.bind(clock) : realAfter },
        admit(work) {
          if (stopping) return false;
          void track(work());
          return true;
        },
      });
      if (!stopping) await socket.start();
    },

    async stop() {
      stopping = true;
      // The answers of what is under way still need the connection.
      while (underWay.size > 0) await Promise.allSettled(underWay);
      await socket?.stop();
    },
  };
}

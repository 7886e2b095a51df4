import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSlackWorkspace, type SlackWorkspace, type WorkspaceOptions } from '../../src/playground/slack/index.ts';

/** A clock that moves only when told. */
export function virtualClock(start = '2026-03-02T09:00:00Z') {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    advance(ms: number): void {
      at += ms;
    },
  };
}

export const SECRET = 'a-signing-secret';
export const TOKEN = 'xoxb-workspace-token';
export const APP_TOKEN = 'xapp-1-app-token';

export const OPTIONS: Omit<WorkspaceOptions, 'clock'> = {
  signingSecret: SECRET,
  botToken: TOKEN,
  appToken: APP_TOKEN,
  team: { id: 'T0ACME', domain: 'acme', name: 'Acme' },
  users: [
    { id: 'U0ANN', name: 'ann', realName: 'Ann Koval', email: 'Ann@acme.test', tz: 'Europe/Kyiv' },
    { id: 'U0BEN', name: 'ben', realName: 'Ben Ito', email: 'ben@acme.test', tz: 'Asia/Tokyo' },
    { id: 'U0CYD', name: 'cyd', realName: 'Cyd Doe', email: 'cyd@acme.test', tz: 'America/St_Johns' },
  ],
  channels: [
    { id: 'C0TRIAGE', name: 'platform-triage', isPrivate: false, members: ['U0ANN', 'U0BEN'], botIsMember: true },
    { id: 'C0RANDOM', name: 'random', isPrivate: false, members: ['U0ANN', 'U0CYD'], botIsMember: false },
    { id: 'C0SECRET', name: 'secret', isPrivate: true, members: ['U0BEN'], botIsMember: false },
  ],
  usergroups: [{ id: 'S0CREW', handle: 'crew', name: 'Platform crew', users: ['U0BEN'] }],
};

/** One delivery as the bot's server received it. */
export type Received = {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly bytes: Buffer;
};
type Scripted = {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  before?(): void | Promise<void>;
};

/** A bot that does nothing but record what it is sent and answer what the test has scripted (200 with nothing, unless told). */
export async function recordingBot() {
  const received: Received[] = [];
  const script: Scripted[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const bytes = Buffer.concat(chunks);
      received.push({ headers: request.headers, body: bytes.toString(), bytes });
      const next = script.shift() ?? {};
      await next.before?.();
      response.writeHead(next.status ?? 200, { 'content-type': next.type ?? 'application/json' });
      response.end(next.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    received,
    /** What the next delivery is answered; several calls queue up. */
    answer: (next: Scripted) => void script.push(next),
    answerJson: (body: unknown) => void script.push({ body: JSON.stringify(body) }),
    last(): Received {
      const found = received.at(-1);
      if (!found) throw new Error('The bot has received nothing.');
      return found;
    },
    /** The last interaction's payload. */
    payload(): Payload {
      return JSON.parse(new URLSearchParams(this.last().body).get('payload') ?? 'null') as Payload;
    },
    /** The last event's envelope. */
    event(): Payload {
      return JSON.parse(this.last().body) as Payload;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A payload as tests read it: any depth by key. */
export type Payload = { readonly [key: string]: Payload } & { readonly [index: number]: Payload };

export type Stage = {
  readonly slack: SlackWorkspace;
  readonly apiUrl: string;
  readonly bot: Awaited<ReturnType<typeof recordingBot>>;
  readonly clock: ReturnType<typeof virtualClock>;
  /** Calls a Web API method by hand: JSON in, status, headers and JSON out. */
  api(
    method: string,
    args?: object,
    token?: string | null,
  ): Promise<{ status: number; headers: Headers; json: Payload }>;
  close(): Promise<void>;
};

/** A listening workspace with a recording bot behind it. */
export async function stage(
  over: Partial<WorkspaceOptions> & { readonly clock?: ReturnType<typeof virtualClock> } = {},
): Promise<Stage> {
  const clock = over.clock ?? virtualClock();
  const slack = createSlackWorkspace({ ...OPTIONS, ...over, clock });
  const { apiUrl } = await slack.listen();
  const bot = await recordingBot();
  slack.connect(bot.url);
  return {
    slack,
    apiUrl,
    bot,
    clock,
    async api(method, args = {}, token = TOKEN) {
      const response = await fetch(apiUrl + method, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(args),
      });
      return { status: response.status, headers: response.headers, json: (await response.json()) as Payload };
    },
    async close() {
      await slack.close();
      await bot.close();
    },
  };
}

export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
export const button = (action_id: string, value?: string) => ({
  type: 'button',
  action_id,
  text: plain('Press'),
  ...(value ? { value } : {}),
});
export const modal = (blocks: readonly object[], more: object = {}) => ({
  type: 'modal',
  title: plain('Form'),
  submit: plain('Send'),
  blocks,
  ...more,
});
export const textInput = (block_id: string, more: object = {}, element: object = {}) => ({
  type: 'input',
  block_id,
  label: plain(block_id),
  element: { type: 'plain_text_input', action_id: `${block_id}_in`, ...element },
  ...more,
});

import { createHmac } from 'node:crypto';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import type { Envelope, SocketMode } from './socket.ts';
import type { Answer } from './types.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
/** Real time after which an app that never answers is given up, so that no person waits for ever. Slack's own 3 s are judged on the clock. */
const GIVE_UP_MS = 60_000;

/** Slack's signature v0 over the raw body. `timestamp` is in seconds. */
function sign(secret: string, timestamp: string, body: string | Buffer): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/** The body and content type with which Slack sends each kind of delivery. */
const ENCODE: {
  readonly [K in Envelope['type']]: (payload: JsonObject) => { readonly type: string; readonly body: string };
} = {
  slash_commands: (payload) => ({
    type: FORM,
    body: new URLSearchParams(
      Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]),
    ).toString(),
  }),
  interactive: (payload) => ({
    type: FORM,
    body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
  }),
  events_api: (payload) => ({ type: JSON_TYPE, body: JSON.stringify(payload) }),
};

type Raw = { readonly status: number; readonly headers: { readonly [name: string]: string }; readonly body: string };
const NO_ANSWER: Raw = { status: 0, headers: {}, body: '' };

const flat = (headers: IncomingHttpHeaders): Raw['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );

function post(
  agent: Agent,
  to: { readonly url: string; readonly headers: { readonly [name: string]: string }; readonly signal: AbortSignal },
  body: Buffer,
): Promise<Raw> {
  return new Promise((resolve) => {
    const headers = { ...to.headers, 'content-length': body.length };
    const outgoing = httpRequest(to.url, { method: 'POST', agent, signal: to.signal, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      const whole = () => Buffer.concat(chunks).toString();
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: flat(incoming.headers), body: whole() }),
      );
      incoming.on('error', () => resolve(NO_ANSWER));
    });
    outgoing.on('error', () => resolve(NO_ANSWER));
    outgoing.end(body);
  });
}

export type Delivery = ReturnType<typeof createDelivery>;

/** Brings what people do to the bot: signed over HTTP, or over Socket Mode when the bot is connected there. */
export function createDelivery(parts: { now(): Date; signingSecret: string; socketMode: SocketMode }) {
  const { now, signingSecret, socketMode } = parts;
  // A connection of its own for each delivery: one kept open to a bot that was killed would fail the next delivery to its successor.
  const agent = new Agent({ keepAlive: false });
  let eventsUrl: string | undefined;
  let last: Envelope | undefined;

  const judged = async (send: (signal: AbortSignal) => Promise<Raw>): Promise<Answer> => {
    const from = { clock: now().getTime(), wall: performance.now() };
    const raw = await send(AbortSignal.timeout(GIVE_UP_MS));
    const ms = performance.now() - from.wall;
    const late = now().getTime() - from.clock > LIMITS.ackMs;
    const ok = raw.status >= 200 && raw.status < 300;
    const problem = late ? 'operation_timeout' : ok ? undefined : 'dispatch_failed';
    return { ...raw, ms, late, ...(problem ? { problem } : {}) };
  };

  const overHttp = (body: Buffer, given: { readonly [name: string]: string | undefined }, signal: AbortSignal) => {
    if (eventsUrl === undefined) {
      throw new Error(
        "No bot is connected, so there is nobody to deliver to: call connect(eventsUrl) with the bot's /slack/events, or let it open Socket Mode.",
      );
    }
    const timestamp = given['x-slack-request-timestamp'] ?? String(Math.floor(now().getTime() / 1000));
    const all = {
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      accept: 'application/json,*/*',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(signingSecret, timestamp, body),
      ...given,
    };
    const headers = Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return post(agent, { url: eventsUrl, headers: Object.fromEntries(headers), signal }, body);
  };

  const overSocket = async (envelope: Envelope, signal: AbortSignal): Promise<Raw> => {
    const acknowledged = await socketMode.send(envelope, signal);
    if (!acknowledged) return NO_ANSWER;
    const empty = Object.keys(acknowledged.payload).length === 0;
    return { status: 200, headers: {}, body: empty ? '' : JSON.stringify(acknowledged.payload) };
  };

  const carry = (envelope: Envelope): Promise<Answer> =>
    judged((signal) => {
      if (socketMode.connected() > 0) return overSocket(envelope, signal);
      const { type, body } = ENCODE[envelope.type](envelope.payload);
      const { retry } = envelope;
      const retried = retry ? { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason } : {};
      return overHttp(Buffer.from(body), { 'content-type': type, ...retried }, signal);
    });

  return {
    connect(url: string): void {
      eventsUrl = url;
    },
    send(envelope: Envelope): Promise<Answer> {
      last = envelope;
      return carry(envelope);
    },
    /** The last delivery again: the same body, byte for byte, as retry number `attempt`, signed for the present moment as Slack signs retries. */
    redeliver(attempt = 1, reason = 'http_timeout'): Promise<Answer> {
      if (!last) throw new Error('Nothing was delivered yet, so there is nothing to deliver again.');
      return carry({ ...last, retry: { attempt, reason } });
    },
    /** Any body at all, signed correctly unless `headers` say otherwise; a header given as `undefined` is left out. */
    raw(body: string | Buffer, headers: { readonly [name: string]: string | undefined } = {}): Promise<Answer> {
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      return judged((signal) => overHttp(Buffer.from(body), { 'content-type': FORM, ...lower }, signal));
    },
    close: (): void => agent.destroy(),
  };
}

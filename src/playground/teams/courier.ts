import { type ClientRequest, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { OutgoingActivity } from './activities.ts';
import { bodyOf } from './json.ts';
import type { Answer, Outcome, RawAnswer } from './types.ts';

/** What the person's client makes of the bot's answer. */
export type Apply = (answer: RawAnswer) => Outcome;

type CourierOptions = {
  /** The Authorization header of one request; undefined in the unauthenticated mode. */
  readonly authorize: () => string | undefined;
  /** How long the client waits, in milliseconds. */
  readonly patienceMs: number;
};

/** Carries activities to the bot's messaging endpoint and its answers back. */
export function createCourier({ authorize, patienceMs }: CourierOptions) {
  let endpoint: URL | undefined;
  const open = new Set<ClientRequest>();
  let last:
    | { body: string; headers: Record<string, string>; activityId: string; apply: Apply; patience: number }
    | undefined;

  function post(body: string, headers: Readonly<Record<string, string>>, patience: number): Promise<RawAnswer> {
    if (!endpoint) throw new Error('The tenant knows no bot yet: call connect(messagesUrl) first.');
    const started = performance.now();
    const { promise, resolve } = Promise.withResolvers<RawAnswer>();
    const nothing = (why: string): void =>
      resolve({ status: 0, headers: {}, body: undefined, raw: why, ms: performance.now() - started });
    // A connection of its own: a kept-alive one that the bot closes meanwhile would look like the bot's failure.
    const req = request(endpoint, { method: 'POST', agent: false, headers: { ...headers } });
    // How long people wait is a fact of the real clock: the injected one stands still while the bot works.
    const timer = setTimeout(() => req.destroy(new Error(`no answer within ${patience} ms`)), patience);
    open.add(req);
    req.once('close', () => open.delete(req));
    req.once('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.once('error', (error) => nothing(error.message));
      res.once('close', () => clearTimeout(timer));
      res.once('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const heads = Object.entries(res.headers).map(([k, v]) => [k, Array.isArray(v) ? v.join(', ') : (v ?? '')]);
        const answer = { status: res.statusCode ?? 0, headers: Object.fromEntries(heads), body: bodyOf(raw), raw };
        resolve({ ...answer, ms: performance.now() - started });
      });
    });
    req.once('error', (error) => {
      clearTimeout(timer);
      nothing(error.message);
    });
    req.end(body);
    return promise;
  }

  async function send(letter: NonNullable<typeof last>): Promise<Answer> {
    const answer = await post(letter.body, letter.headers, letter.patience);
    return { ...answer, activityId: letter.activityId, outcome: letter.apply(answer) };
  }

  return {
    connect(messagesUrl: string): void {
      endpoint = new URL(messagesUrl);
    },
    deliver(activity: OutgoingActivity, apply: Apply, patience = patienceMs): Promise<Answer> {
      const authorization = authorize();
      const body = JSON.stringify(activity);
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)',
        ...(authorization === undefined ? {} : { authorization }),
      };
      last = { body, headers, activityId: activity.id, apply, patience };
      return send(last);
    },
    /** Sends the last activity again, byte for byte and one after the other: what Teams does when an answer is late. */
    async redeliver(times = 1): Promise<readonly Answer[]> {
      const letter = last;
      if (!letter) throw new Error('Nothing has been delivered yet, so there is nothing to deliver again.');
      const answers: Answer[] = [];
      for (let i = 0; i < times; i += 1) answers.push(await send(letter));
      return answers;
    },
    /** Gives up on every answer that is still to come. */
    close(): void {
      for (const req of open) req.destroy(new Error('the tenant was closed'));
    },
    /** Posts any bytes with any headers to the bot, as an attacker would. */
    deliverRaw: (body: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> =>
      post(body, headers, patienceMs),
  };
}

export type Courier = ReturnType<typeof createCourier>;

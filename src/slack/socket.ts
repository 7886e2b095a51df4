import { createHash } from 'node:crypto';
import type { Health } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { faultOf } from './errors.ts';
import { TIMEOUTS } from './limits.ts';
import type { Receive } from './receiver.ts';
import { quietLogger } from './web.ts';

/** Now, and later: `after` calls back once, and gives back how to take that back. */
export type SocketClock = { now(): Date; after(ms: number, run: () => void): () => void };

type Parts = {
  readonly appToken: string;
  readonly token: string;
  readonly apiUrl: string;
  readonly clock: SocketClock;
  readonly log: Log;
  readonly receive: Receive;
  /** Keeps count of what is under way; false once nothing new may begin. */
  readonly admit: (work: () => Promise<void>) => boolean;
};

export type Socket = { start(): Promise<void>; stop(): Promise<void>; health(): Health };

/** The first try comes at once (Slack renews connections every few hours), the next after 1 s, 2 s … 30 s. */
const backoffMs = (tries: number): number => Math.min(30_000, 500 * 2 ** tries);
/** A server that takes the connection and never says hello. */
const helloMs = 20_000;
/** A server that never ends the closing handshake is left. */
const closeMs = 2_000;

/** Names an envelope that carries no id of its own. */
function digestOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('hex');
}

/**
 * Socket Mode by way of Bolt, loaded only here: over HTTP its 30 MB and 200 ms are not needed. Three things of Bolt's
 * are done by us. Its App acknowledges an event before any listener has run, so that a crash would lose it: here the
 * answer follows the commit. Its client reconnects in a timer whose rejection nobody catches (the process would exit):
 * here a loop does. And its `stop` does not await the disconnect.
 */
export async function createSocket(parts: Parts): Promise<Socket> {
  const { clock, log } = parts;
  const { App, SocketModeReceiver } = await import('@slack/bolt');
  const logger = quietLogger(log);
  // Each its own object: Bolt writes its retry policy into the one that it is given.
  const options = () => ({
    slackApiUrl: parts.apiUrl,
    timeout: TIMEOUTS.bulk,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  });
  const receiver = new SocketModeReceiver({
    appToken: parts.appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: options() },
  });
  const app = new App({
    receiver,
    logger,
    convoStore: false,
    ignoreSelf: false,
    clientOptions: options(),
    authorize: async () => ({ botToken: parts.token }),
  });
  app.processEvent = async ({ body, ack, retryNum }) => {
    const admitted = parts.admit(async () => {
      const handled = await parts.receive({ payload: body, retry: retryNum ?? 0, digest: () => digestOf(body) });
      // A fault of ours is not acknowledged: Slack delivers it again.
      if (handled.status >= 500) return void (await handled.after?.(true));
      try {
        await ack(handled.status === 200 ? handled.body : undefined);
      } catch (error) {
        // The connection went away: Slack delivers again, and the inbox knows it. If it does not, the reply is made later.
        log.warn({ err: error }, 'slack: an answer could not be sent');
        return;
      }
      await handled.after?.(true);
    });
    // Not acknowledged, so Slack gives it to another connection.
    if (!admitted) log.info({}, 'slack: an arrival was left to another connection');
  };

  let state: 'down' | 'connecting' | 'up' | 'stopped' = 'down';
  let downSince = clock.now();
  let why = 'not connected yet';
  let cancelWait = () => {};
  let connecting: Promise<void> = Promise.resolve();

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      cancelWait = () => {
        cancel();
        resolve();
      };
    });

  async function once(): Promise<void> {
    const giveUp = clock.after(helloMs, () => void receiver.client.disconnect());
    try {
      await receiver.start();
    } finally {
      giveUp();
    }
  }

  async function close(): Promise<void> {
    const closed = receiver.client.disconnect();
    // Calling it a second time ends the connection without the handshake.
    const force = clock.after(closeMs, () => void receiver.client.disconnect());
    await closed.catch(() => {});
    force();
  }

  const isStopped = () => state === 'stopped';

  /** Tries until it is connected or stopped. `first` hears how the first try went. */
  async function connect(first: () => void): Promise<void> {
    state = 'connecting';
    for (let tries = 0; !isStopped(); tries += 1) {
      if (tries > 0) await pause(backoffMs(tries));
      if (isStopped()) break;
      try {
        await once();
        // Stopped while it was being opened.
        if (isStopped()) {
          await close();
          break;
        }
        state = 'up';
        log.info({ tries: tries + 1 }, 'slack: Socket Mode is connected');
        first();
        return;
      } catch (error) {
        why = error === undefined ? 'the connection was closed' : faultOf(error).code;
        log.warn({ tries: tries + 1, why }, 'slack: Socket Mode is not connected');
        first();
      }
    }
    first();
  }

  receiver.client.on('disconnected', () => {
    if (state !== 'up') return;
    downSince = clock.now();
    why = 'the connection was closed';
    connecting = connect(() => {});
  });

  return {
    /** Resolves after the first try: when Slack is away the process still starts, and says so in its health. */
    start: () =>
      new Promise((resolve) => {
        connecting = connect(resolve);
      }),

    async stop() {
      state = 'stopped';
      cancelWait();
      await close();
      await connecting;
    },

    health: () =>
      state === 'up'
        ? { ok: true }
        : { ok: false, why: `Socket Mode is not connected since ${downSince.toISOString()}: ${why}` },
  };
}

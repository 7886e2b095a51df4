import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Door, Inbound } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { type Answered, answerFor, searchAnswer } from './answer.ts';
import { parse, readBody, write } from './body.ts';
import type { Card } from './card.ts';
import { decode } from './decode.ts';
import { LIMITS } from './limits.ts';
import type { Known } from './references.ts';
import type { TokenChecker } from './token.ts';

export type ReceiverParts = {
  readonly tenantId: string;
  /** `unauthenticated` takes everything, but only from this machine. */
  readonly check: TokenChecker['check'] | 'unauthenticated';
  readonly clock: { now(): Date };
  readonly log: Log;
  readonly door: () => Door;
  /** Told of every place that an activity came from. */
  readonly heard: (known: Known, inbound: Inbound | undefined) => void;
  /** Puts a card in place of the message that was pressed. */
  readonly replace: (card: Card, inbound: Inbound) => Promise<void>;
};

type Refusal = { readonly status: number; readonly error: string; readonly headers?: Readonly<Record<string, string>> };
const refusal = (status: number, error: string, headers?: Readonly<Record<string, string>>): Refusal => ({
  status,
  error,
  ...(headers ? { headers } : {}),
});
const closing = { connection: 'close' } as const;

const loopback = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** Whether a request was made on this machine; one that a proxy passed on was not. */
const isLocal = (req: IncomingMessage): boolean =>
  loopback.test(req.socket.remoteAddress ?? '') &&
  req.headers['x-forwarded-for'] === undefined &&
  req.headers.forwarded === undefined;

/** What happened by itself, such as that somebody joined a team, the installation of the bot, and reactions. */
const isUnattended = (inbound: Inbound): boolean =>
  !('origin' in inbound) || ['home', 'reacted', 'replied'].includes(inbound.kind);

/** The one HTTP route: an activity comes in, is checked, understood, answered, and its other replies are made. */
export function createReceiver(parts: ReceiverParts) {
  const { check, clock, log, door } = parts;
  const underWay = new Set<Promise<void>>();
  let stopping = false;

  /** What can be said without reading the body. */
  async function atTheDoor(req: IncomingMessage): Promise<Refusal | undefined> {
    if (req.method !== 'POST') return refusal(405, 'Activities are sent with POST.', { allow: 'POST', ...closing });
    if (stopping) return refusal(503, 'This process is stopping. Try again.', { 'retry-after': '2', ...closing });
    if (check === 'unauthenticated') {
      if (!isLocal(req)) return refusal(403, 'Without authentication only this machine may call here.', closing);
    } else if (req.headers.authorization === undefined) return checked(req, undefined);
    // Browsers send other types across origins without asking.
    if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
      return refusal(415, 'Activities are application/json.', closing);
    return undefined;
  }

  async function checked(req: IncomingMessage, activity: unknown): Promise<Refusal | undefined> {
    if (check === 'unauthenticated') return undefined;
    const verdict = await check(req.headers.authorization, activity);
    if (verdict.ok) return undefined;
    log.warn({ reason: verdict.reason, status: verdict.status }, 'a Teams request was refused');
    return refusal(verdict.status, verdict.message, verdict.status === 503 ? { 'retry-after': '5' } : {});
  }

  function refuse(res: ServerResponse, { status, error, headers }: Refusal): void {
    write(res, status, { error }, headers);
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const early = await atTheDoor(req);
    if (early) return refuse(res, early);
    const raw = await readBody(req);
    if (raw === undefined) return refuse(res, refusal(413, 'The activity is larger than 1 MB.', closing));
    const body = parse(raw);
    if (!body) return refuse(res, refusal(400, 'The body is not JSON.'));
    const denied = await checked(req, body.json);
    if (denied) return refuse(res, denied);

    const decoded = decode(body.json, { now: clock.now(), raw, tenantId: parts.tenantId });
    if (decoded.is === 'malformed') {
      log.info({ why: decoded.why }, 'a malformed activity was refused');
      return refuse(res, refusal(400, `The activity is malformed. ${decoded.why}`));
    }
    if (decoded.known) parts.heard(decoded.known, decoded.is === 'inbound' ? decoded.inbound : undefined);
    if (decoded.is === 'nothing') return write(res, decoded.status, undefined);
    return decoded.inbound.kind === 'search' ? suggest(res, decoded.inbound) : answer(res, decoded.inbound);
  }

  async function suggest(res: ServerResponse, inbound: Extract<Inbound, { kind: 'search' }>): Promise<void> {
    const options = await door()
      .search(inbound)
      .catch((err: unknown) => {
        log.warn({ delivery: inbound.delivery, err }, 'a search failed');
        return [];
      });
    const { status, body } = searchAnswer(options.slice(0, LIMITS.choices));
    write(res, status, body);
  }

  async function answer(res: ServerResponse, inbound: Inbound): Promise<void> {
    const made = await door().dispatch(inbound);
    // Nobody waits for it, so nobody would be told: Teams sends again what was not accepted.
    if (made.again && isUnattended(inbound))
      return refuse(res, refusal(503, 'This could not be done now. Send it again.', { 'retry-after': '5' }));
    const answered = draw(inbound, made);
    const gone = res.destroyed;
    write(res, answered.status, answered.body);
    // What was written for nobody to read is made by a message.
    await door().settle(made, gone ? [] : answered.taken);
    if (answered.replaces) await parts.replace(answered.replaces, inbound);
  }

  /** What cannot be drawn into the answer is left to be made by a message. */
  function draw(inbound: Inbound, made: Answer): Answered {
    try {
      return answerFor(inbound, made);
    } catch (err) {
      log.error({ delivery: inbound.delivery, err }, 'an answer could not be drawn');
      return { status: 200, taken: [] };
    }
  }

  return {
    /** Answers one request; resolves when its replies were made too. Never rejects. */
    handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
      const work = serve(req, res)
        .catch((err: unknown) => {
          if (!req.complete) return log.info({ err }, 'a Teams request was cut off');
          log.error({ err }, 'a Teams request failed');
          if (!res.headersSent) refuse(res, refusal(503, 'This went wrong here. Try again.', { 'retry-after': '5' }));
        })
        .finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    },
    /** Takes nothing new, and resolves when what is under way has ended. */
    async stop(): Promise<void> {
      stopping = true;
      await Promise.all(underWay);
    },
  };
}

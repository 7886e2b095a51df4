import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonBytes } from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';

/**
 * One request, checked and parsed. `digest` names its body, for when Slack gave it no id; `retry` is how often an event
 * was delivered before.
 */
export type Request = { readonly payload: unknown; readonly digest: () => string; readonly retry: number };
/** What is written back, and what is done then. `sent`: it was written while somebody was there to read it. */
export type Handled = {
  readonly status: number;
  readonly body?: object;
  readonly after?: (sent: boolean) => Promise<void>;
};
/** What becomes of a request. Never rejects. */
export type Receive = (request: Request) => Promise<Handled>;

/** Answers that end a request before it reaches the product: a status, and one line that says why. */
const refusal = (status: number, error: string): Handled => ({ status, body: { error } });

export function write(res: ServerResponse, { status, body }: Handled, headers: Record<string, string> = {}): void {
  if (res.headersSent || res.destroyed) return;
  const bytes = body && jsonBytes(body);
  const type = bytes ? { 'content-type': 'application/json; charset=utf-8' } : {};
  res.writeHead(status, { ...type, ...headers, 'content-length': bytes?.length ?? 0 });
  res.end(bytes);
}

/** False when the connection was closed before all was written: Slack hangs up after 3 s. */
function wasSent(res: ServerResponse): Promise<boolean> {
  if (res.writableFinished || res.destroyed) return Promise.resolve(res.writableFinished);
  return new Promise((resolve) => {
    res.once('finish', () => resolve(true));
    res.once('close', () => resolve(res.writableFinished));
  });
}

/** The whole body; `too large` over the limit (the rest is read and dropped, so that the answer arrives), `cut` when the sender went away. */
function bodyOf(req: IncomingMessage): Promise<Buffer | 'too large' | 'cut'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = () => {
      chunks.length = 0;
      req.removeAllListeners('data').resume();
      resolve('too large');
    };
    if (Number(req.headers['content-length'] ?? 0) > LIMITS.requestBytes) return tooLarge();
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LIMITS.requestBytes) tooLarge();
      else chunks.push(chunk);
    });
    req.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.once('error', () => resolve('cut'));
    req.once('close', () => resolve('cut'));
  });
}

type Headers = IncomingMessage['headers'];

/**
 * Slack's signature v0 (docs.slack.dev, verifying requests): HMAC over the raw bytes, compared in constant time, its
 * time a whole number within five minutes of ours, before or after. Returns what is wrong.
 */
export function signatureFault(headers: Headers, raw: Buffer, secret: string, now: Date): string | undefined {
  const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = headers;
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return 'the request has no valid timestamp';
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > LIMITS.signatureSkew)
    return 'the request is too old, or from the future: check the clocks';
  if (typeof signature !== 'string' || !/^v0=[0-9a-f]{64}$/.test(signature)) return 'the request is not signed';
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(raw).digest();
  return timingSafeEqual(Buffer.from(signature.slice(3), 'hex'), expected) ? undefined : 'the signature is wrong';
}

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
/** Slack's certificate check is unsigned and small. */
const sslCheckBytes = 4_000;
const isSslCheck = (raw: Buffer): boolean =>
  raw.length < sslCheckBytes &&
  raw.includes('ssl_check') &&
  new URLSearchParams(raw.toString()).get('ssl_check') === '1';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parsed(type: string, raw: Buffer): { readonly payload: unknown } | undefined {
  try {
    const text = utf8.decode(raw);
    if (type === json) return { payload: JSON.parse(text) };
    const fields = new URLSearchParams(text);
    const payload = fields.get('payload');
    return { payload: payload === null ? Object.fromEntries(fields) : JSON.parse(payload) };
  } catch {
    return undefined;
  }
}

/** Slack's requests over HTTP: authenticated and parsed here, in the order in which that is cheapest. */
export function createReceiver(secret: string, clock: { now(): Date }, receive: Receive) {
  async function handled(req: IncomingMessage): Promise<Handled | undefined> {
    if (req.method !== 'POST') return refusal(405, 'Slack sends POST requests here');
    const type = (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (type !== form && type !== json) return refusal(415, `send ${form} or ${json}`);
    const raw = await bodyOf(req);
    if (raw === 'cut') return undefined;
    if (raw === 'too large') return refusal(413, `the body is larger than ${LIMITS.requestBytes} bytes`);
    // Not signed, so nothing in it is run, whatever else it holds.
    if (type === form && isSslCheck(raw)) return { status: 200 };
    const fault = signatureFault(req.headers, raw, secret, clock.now());
    if (fault) return refusal(401, fault);
    const request = parsed(type, raw);
    if (!request) return refusal(400, 'the body cannot be read');
    const retry = Number(req.headers['x-slack-retry-num'] ?? 0) || 0;
    return receive({ ...request, retry, digest: () => createHash('sha256').update(raw).digest('hex') });
  }

  return async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const result = await handled(req);
    if (!result) return;
    write(res, result);
    await result.after?.(await wasSent(res));
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonBytes } from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';

/**
 * The body, or undefined when it is too large. A little more is read and dropped, so that the answer gets through.
 * Rejects when the sender went away.
 */
export function readBody(req: IncomingMessage): Promise<string | undefined> {
  if (Number(req.headers['content-length'] ?? 0) > LIMITS.requestBytes * 8) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const cutOff = () => {
      if (!req.readableEnded) reject(new Error('the request was cut off'));
    };
    // By then it would be told to nobody.
    if (req.destroyed) return cutOff();
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= LIMITS.requestBytes) chunks.push(chunk);
      else if (bytes > LIMITS.requestBytes * 8) {
        resolve(undefined);
        req.destroy();
      }
    });
    req.once('end', () => resolve(bytes > LIMITS.requestBytes ? undefined : Buffer.concat(chunks).toString('utf8')));
    req.once('error', reject);
    req.once('close', cutOff);
  });
}

export function parse(raw: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(raw) };
  } catch {
    return undefined;
  }
}

export function write(
  res: ServerResponse,
  status: number,
  body: object | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = body && jsonBytes(body);
  const type = bytes ? { 'content-type': 'application/json; charset=utf-8' } : {};
  res.writeHead(status, { ...type, 'content-length': bytes?.length ?? 0, ...headers }).end(bytes);
}

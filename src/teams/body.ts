import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonBytes } from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';

/** The body, or undefined when it is too large. A little more is read and dropped, so that the answer gets through. */
export async function readBody(req: IncomingMessage): Promise<string | undefined> {
  if (Number(req.headers['content-length'] ?? 0) > LIMITS.requestBytes * 8) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= LIMITS.requestBytes) chunks.push(chunk);
    else if (bytes > LIMITS.requestBytes * 8) return undefined;
  }
  return bytes > LIMITS.requestBytes ? undefined : Buffer.concat(chunks).toString('utf8');
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

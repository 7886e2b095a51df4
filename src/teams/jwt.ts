import { verify } from 'node:crypto';
import { z } from 'zod';
import { DIGESTS, isAlgorithm, type SigningKey, type SigningKeys } from './signing-keys.ts';

/** Characters; the real ones have one to two thousand. */
const TOKEN_LENGTH = 8192;

const headerShape = z.object({
  alg: z.string(),
  kid: z.string().min(1),
  typ: z.literal(['JWT', 'jwt']).optional(),
  /** RFC 7515 4.1.11: extensions that must be understood; we understand none. */
  crit: z.undefined().optional(),
});

/** Strict base64url: no padding, no stray bits. Node's own decoder skips what it does not understand. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

/** Strict base64url of UTF-8 JSON; undefined for anything else. */
function readPart(part: string): unknown {
  const bytes = decode(part);
  try {
    return bytes && JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** The token of an Authorization header with the Bearer scheme, as it came; or what is wrong with its form. */
export function bearer(
  authorization: string | undefined,
): { readonly token: string } | 'no_token' | 'not_bearer' | 'token_too_long' | 'malformed_token' {
  if (!authorization) return 'no_token';
  if (!authorization.startsWith('Bearer ')) return 'not_bearer';
  const token = authorization.slice('Bearer '.length);
  if (token.length > TOKEN_LENGTH) return 'token_too_long';
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? { token } : 'malformed_token';
}

/** What a token says whose signature fits: nothing of it is checked yet. */
export type Opened = { readonly kid: string; readonly key: SigningKey; readonly claims: unknown };

/** Checks that a token was signed by a published key, with the algorithm that the key is published for. */
export async function open(
  token: string,
  keys: SigningKeys,
): Promise<Opened | 'malformed_token' | 'algorithm_refused' | 'keys_unavailable' | 'unknown_key' | 'bad_signature'> {
  const [head = '', body = '', mark = ''] = token.split('.');
  const header = headerShape.safeParse(readPart(head));
  const signature = decode(mark);
  if (!header.success || !signature) return 'malformed_token';
  const { alg, kid } = header.data;
  if (!isAlgorithm(alg)) return 'algorithm_refused';
  // Keys inside the token (jwk, x5c, jku) are never read.
  const key = await keys.find(kid);
  if (key === 'unavailable') return 'keys_unavailable';
  if (key === 'unknown') return 'unknown_key';
  if (!key.algorithms.includes(alg)) return 'algorithm_refused';
  if (!verify(DIGESTS[alg], Buffer.from(`${head}.${body}`), key.key, signature)) return 'bad_signature';
  return { kid, key, claims: readPart(body) };
}

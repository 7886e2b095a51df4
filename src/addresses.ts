import { createHmac, timingSafeEqual } from 'node:crypto';

const prefix = '/s/';
/** Of SHA-256, in base64url: 192 bits, and short enough for an address that people see. */
const length = 32;

/** Addresses of ours that only who was told of them can know: each carries our signature over its path. */
export function createAddresses(base: () => string | undefined, key: Buffer) {
  const sign = (path: string) => createHmac('sha256', key).update(path).digest('base64url').slice(0, length);
  return {
    /** `path` begins with a slash. Undefined while it is not known how the world reaches us. */
    of(path: string): string | undefined {
      const origin = base()?.replace(/\/+$/, '');
      return origin === undefined ? undefined : `${origin}${prefix}${sign(path)}${path}`;
    },
    /** The path of a request for an address that we made. */
    read(url: string): string | undefined {
      const [whole = ''] = url.split('?', 1);
      if (!whole.startsWith(prefix)) return undefined;
      const signature = Buffer.from(whole.slice(prefix.length, prefix.length + length));
      const path = whole.slice(prefix.length + length);
      const expected = Buffer.from(sign(path));
      return signature.length === expected.length && timingSafeEqual(signature, expected) ? path : undefined;
    },
  };
}

import { expect, test, vi } from 'vitest';
import { createConnector } from '../../src/teams/connector.ts';

const serviceUrl = 'https://smba.example.com/emea/';
type Seen = { readonly url: string; readonly init: RequestInit };

/** A connector whose network is a function. */
function over(answer: (seen: Seen) => Response | Promise<Response>, token?: () => Promise<string>) {
  const seen: Seen[] = [];
  const connector = createConnector({
    token: token ?? (async () => 'the-token'),
    allowed: (url) => url === serviceUrl,
    fetch: async (input, init = {}) => {
      const request = { url: String(input), init };
      seen.push(request);
      return answer(request);
    },
  });
  return { connector, seen };
}
const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json; charset=utf-8', ...init.headers },
  });
const post = {
  method: 'POST',
  serviceUrl,
  path: ['conversations', '19:a@thread.v2;messageid=1', 'activities'],
  body: { type: 'message' },
} as const;
const broken = (code: string) => () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
};

test('one request, with our token, to the encoded address, never redirected', async () => {
  const { connector, seen } = over(() => json({ id: '1' }, { status: 201 }));
  expect(await connector({ ...post, query: { isTargetedActivity: 'true' } })).toEqual({ is: 'ok', body: { id: '1' } });
  expect(seen).toHaveLength(1);
  expect(seen[0]?.url).toBe(
    'https://smba.example.com/emea/v3/conversations/19%3Aa%40thread.v2%3Bmessageid%3D1/activities?isTargetedActivity=true',
  );
  expect(seen[0]?.init).toMatchObject({ method: 'POST', redirect: 'manual', body: '{"type":"message"}' });
  expect(new Headers(seen[0]?.init.headers).get('authorization')).toBe('Bearer the-token');
});

test('an address that is not allowed gets neither a request nor a token', async () => {
  let tokens = 0;
  const { connector, seen } = over(
    () => json({}),
    async () => {
      tokens += 1;
      return 't';
    },
  );
  const calls = [
    { ...post, serviceUrl: 'https://evil.example.com/' },
    { ...post, path: ['conversations', '..', 'activities'] },
    { ...post, path: ['conversations', '', 'activities'] },
  ];
  for (const call of calls) expect(await connector(call)).toEqual({ is: 'no address' });
  expect([seen.length, tokens]).toEqual([0, 0]);
});

test('without a token source nothing is sent as one', async () => {
  const headers: Headers[] = [];
  const connector = createConnector({
    allowed: () => true,
    fetch: async (_, init) => {
      headers.push(new Headers(init?.headers));
      return json({});
    },
  });
  await connector(post);
  expect(headers[0]?.has('authorization')).toBe(false);
});

test.each([
  [
    'Teams’ error',
    () => json({ error: { code: 'BotDisabledByAdmin', message: 'no' } }, { status: 403 }),
    { is: 'refused', status: 403, code: 'BotDisabledByAdmin' },
  ],
  [
    'seconds to wait',
    () => json({}, { status: 429, headers: { 'retry-after': '7' } }),
    { is: 'refused', status: 429, after: 7000 },
  ],
  [
    'a date to wait for',
    () =>
      json(
        {},
        {
          status: 503,
          headers: { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' },
        },
      ),
    { is: 'refused', status: 503, after: 30_000 },
  ],
  [
    'a wait that is too long',
    () => json({}, { status: 429, headers: { 'retry-after': '999999' } }),
    { is: 'refused', status: 429, after: 3_600_000 },
  ],
  [
    'a wait that is none',
    () => json({}, { status: 429, headers: { 'retry-after': 'soon' } }),
    { is: 'refused', status: 429 },
  ],
  ['no body', () => new Response(null, { status: 401 }), { is: 'refused', status: 401 }],
  [
    'a page',
    () => new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } }),
    { is: 'refused', status: 502, foreign: true },
  ],
  [
    'a page that says it is JSON',
    () => new Response('<html>', { status: 502, headers: { 'content-type': 'application/json' } }),
    { is: 'refused', status: 502, foreign: true },
  ],
  [
    'a page in place of success',
    () => new Response('<html>login', { headers: { 'content-type': 'text/html' } }),
    { is: 'lost', sent: true, why: 'the answer was not JSON' },
  ],
  ['success without a body', () => new Response(null, { status: 200 }), { is: 'ok', body: undefined }],
  [
    'a redirect',
    () => new Response(null, { status: 302, headers: { location: 'https://evil.example.com' } }),
    { is: 'refused', status: 302 },
  ],
  ['a refused connection', broken('ECONNREFUSED'), { is: 'lost', sent: false, why: 'ECONNREFUSED' }],
  ['no such host', broken('ENOTFOUND'), { is: 'lost', sent: false, why: 'ENOTFOUND' }],
  [
    'a certificate that is not theirs',
    broken('CERT_HAS_EXPIRED'),
    { is: 'lost', sent: false, why: 'CERT_HAS_EXPIRED' },
  ],
  ['a connection that was cut', broken('ECONNRESET'), { is: 'lost', sent: true, why: 'ECONNRESET' }],
  ['anything else', () => Promise.reject(new Error('?')), { is: 'lost', sent: true, why: 'unknown' }],
] as const)('%s', async (_, answer, expected) => {
  const { connector, seen } = over(answer as () => Response);
  expect(await connector(post)).toEqual(expected);
  expect(seen).toHaveLength(1);
});

test('an answer larger than any of Teams’ is not read to its end', async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(256 * 1024));
    },
  });
  const { connector } = over(() => new Response(endless, { headers: { 'content-type': 'application/json' } }));
  expect(await connector(post)).toMatchObject({ is: 'lost', sent: true });
  expect(pulled).toBeLessThan(20);
});

test.each([
  ['AADSTS7000215: Invalid client secret', true],
  ['AADSTS700016: Application not found', true],
  ['AADSTS90033: A transient error has occurred', false],
  ['no answer in time', false],
])('without a token nothing is sent: %s', async (message, denied) => {
  const { connector, seen } = over(
    () => json({}),
    () => Promise.reject(new Error(message)),
  );
  expect(await connector(post)).toEqual({ is: 'no token', denied, why: message });
  expect(seen).toHaveLength(0);
});

test('every call has a deadline, a shorter one when a person waits, and it covers the token too', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const hang = (seen: Seen) =>
      new Promise<Response>((_, reject) => {
        seen.init.signal?.addEventListener('abort', () => reject(seen.init.signal?.reason));
      });
    const { connector } = over(hang);
    const ended: string[] = [];
    const ending = (name: string, call: ReturnType<typeof connector>) =>
      call.finally(() => {
        ended.push(name);
      });
    const slow = ending('bulk', connector(post));
    const fast = ending('interactive', connector({ ...post, interactive: true }));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ended).toEqual(['interactive']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ended).toEqual(['interactive', 'bulk']);
    expect(await slow).toEqual({ is: 'lost', sent: true, why: 'no answer in time' });
    expect(await fast).toEqual({ is: 'lost', sent: true, why: 'no answer in time' });

    const { connector: noToken, seen } = over(hang, () => new Promise(() => {}));
    const never = noToken({ ...post, interactive: true });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await never).toEqual({ is: 'lost', sent: false, why: 'no answer in time' });
    expect(seen).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

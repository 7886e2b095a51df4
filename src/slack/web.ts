import type { KnownBlock } from '@slack/types';
import { type FetchFunction, type Logger, LogLevel, WebClient } from '@slack/web-api';
import { z } from 'zod';
import { shorten } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { type Fault, faultOf, meaningOf } from './errors.ts';
import { TIMEOUTS } from './limits.ts';
import { METHODS, type Method, SCOPES, scopeUse } from './manifest.ts';

export type Called = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly fault: Fault };

/** What a response_url takes. */
export type Aside = (
  | { readonly response_type: 'ephemeral'; readonly replace_original: false }
  /** In place of the message that was pressed. */
  | { readonly replace_original: true }
) & {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly thread_ts?: string;
};

export type Web = {
  /** One call, once: nothing is retried here, the outbox decides. Never rejects. */
  call(lane: 'interactive' | 'bulk', method: Method, args?: Readonly<Record<string, unknown>>): Promise<Called>;
  /** Posts to a response_url. An address that Slack could not have given is as good as an expired one. */
  respond(address: string, body: Aside): Promise<Called>;
  /** Hands the bytes of a file to the address that `files.getUploadURLExternal` gave. */
  upload(address: string, bytes: Uint8Array): Promise<Called>;
  /** Capabilities that were seen not to work, in words. */
  degraded(): readonly string[];
};

export type WebOptions = {
  readonly token: string;
  readonly apiUrl: string;
  readonly log: Log;
  readonly fetch?: FetchFunction;
  /** Milliseconds to wait for Slack. */
  readonly timeouts?: { readonly bulk: number; readonly interactive: number };
};

/** A logger for Slack's libraries: their debug lines hold bodies, and what failed is told by us. */
export function quietLogger(log: Log): Logger {
  return {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (...said) => log.warn({ from: '@slack' }, shorten(said.map(String).join(' '), 300)),
    setLevel: () => {},
    getLevel: () => LogLevel.ERROR,
    setName: () => {},
  };
}

/** Where a response_url may lead: Slack's own host, or the one server that stands in for it (no other: SSRF). */
export function isResponseUrl(address: string, apiUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const [url, api] = [new URL(address), new URL(apiUrl)];
  if (url.username || url.password) return false;
  return api.hostname === 'slack.com' ? url.origin === 'https://hooks.slack.com' : url.origin === api.origin;
}

/** Where a file may be uploaded to, by the same rule. */
export function isUploadUrl(address: string, apiUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const [url, api] = [new URL(address), new URL(apiUrl)];
  if (url.username || url.password) return false;
  return api.hostname === 'slack.com' ? url.origin === 'https://files.slack.com' : url.origin === api.origin;
}

const refusal = z.object({ ok: z.literal(false), error: z.string() });
function refusedBy(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return refusal.safeParse(JSON.parse(text)).data?.error;
  } catch {
    return undefined;
  }
}

/** Slack answers 404 and the like once an address was used five times or is half an hour old. */
const spent = new Set([400, 401, 403, 404, 410]);
async function respondedBy(response: Awaited<ReturnType<FetchFunction>>): Promise<Called> {
  const { status } = response;
  const text = await response.text();
  const failed = (fault: Fault): Called => ({ ok: false, fault });
  if (status === 429) {
    const seconds = Number(response.headers.get('retry-after'));
    return failed({ code: 'ratelimited', ...(seconds > 0 ? { after: seconds * 1000 } : {}) });
  }
  // What it refuses is our blocks, not the address: the code says which.
  const error = refusedBy(text);
  if (error && /^[a-z_]{1,60}$/.test(error)) return failed({ code: error });
  // A redirect would take the text to another host.
  if (spent.has(status) || (status >= 300 && status < 400)) return failed({ code: 'expired_url' });
  if (status !== 200) return failed({ code: `http_${status}` });
  return text.trimStart().startsWith('<') ? failed({ code: 'unreadable' }) : { ok: true, body: undefined };
}

/**
 * Two clients, since a full queue of one holds up whatever is called through it: one for people who are waiting, one
 * for posts. Neither retries, waits after a 429, follows absolute addresses, or is given `headers` (the WebClient
 * writes its token into that object).
 */
export function createWeb({ token, apiUrl, log, fetch = globalThis.fetch, timeouts = TIMEOUTS }: WebOptions): Web {
  const client = (timeout: number) =>
    new WebClient(token, {
      slackApiUrl: apiUrl,
      fetch,
      timeout,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logger: quietLogger(log),
    });
  const lanes = { interactive: client(timeouts.interactive), bulk: client(timeouts.bulk) };
  const broken = new Map<string, string>();
  let granted: ReadonlySet<string> | undefined;

  const watch = (method: Method, fault: Fault | undefined) => {
    const { does, scopes } = METHODS[method];
    const meaning = fault && meaningOf(fault);
    if (!fault) {
      broken.delete(`method ${method}`);
      const [only] = scopes;
      // A method of several scopes may work in one channel and not in the next.
      if (only && scopes.length === 1) broken.delete(`scope ${only}`);
    } else if (meaning === 'method') broken.set(`method ${method}`, `${does} (the server has no ${method})`);
    else if (meaning === 'scope')
      for (const scope of fault.needed?.split(',') ?? scopes) broken.set(`scope ${scope}`, scopeUse(scope));
    if (meaning === 'method' || meaning === 'scope')
      log.warn({ method, code: fault?.code, needed: fault?.needed }, 'slack: a capability does not work');
  };

  return {
    async call(lane, method, args = {}) {
      try {
        const body = await lanes[lane].apiCall(method, { ...args });
        watch(method, undefined);
        if (method === 'auth.test' && body.response_metadata?.scopes) {
          granted = new Set(body.response_metadata.scopes);
          for (const scope of granted) broken.delete(`scope ${scope}`);
        }
        return { ok: true, body };
      } catch (error) {
        const fault = faultOf(error);
        watch(method, fault);
        return { ok: false, fault };
      }
    },
    async respond(address, body) {
      if (!isResponseUrl(address, apiUrl)) return { ok: false, fault: { code: 'invalid_url' } };
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify(body),
          redirect: 'manual',
          signal: AbortSignal.timeout(timeouts.interactive),
        });
        return await respondedBy(response);
      } catch (error) {
        return { ok: false, fault: faultOf(error) };
      }
    },
    async upload(address, bytes) {
      if (!isUploadUrl(address, apiUrl)) return { ok: false, fault: { code: 'invalid_upload_url' } };
      try {
        const body = new FormData();
        body.set('filename', new Blob([new Uint8Array(bytes)]), 'chart.png');
        const signal = AbortSignal.timeout(timeouts.bulk);
        const response = await fetch(address, { method: 'POST', headers: {}, body, redirect: 'manual', signal });
        await response.text();
        return response.ok ? { ok: true, body: undefined } : { ok: false, fault: { code: `http_${response.status}` } };
      } catch (error) {
        return { ok: false, fault: faultOf(error) };
      }
    },
    degraded() {
      const missing = granted ? SCOPES.filter((scope) => !granted?.has(scope)).map(scopeUse) : [];
      return [...new Set([...missing, ...broken.values()])].sort();
    },
  };
}

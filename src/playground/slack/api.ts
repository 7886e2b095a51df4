import type { Files } from './files.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { createRateLimiter, RATES } from './limits.ts';
import { type Context, type Method, Refusal } from './method.ts';
import { CHAT } from './methods/chat.ts';
import { CONVERSATIONS } from './methods/conversations.ts';
import { FILES } from './methods/files.ts';
import { PEOPLE } from './methods/people.ts';
import { VIEWS } from './methods/views.ts';
import { statusOf, useHook } from './respond.ts';
import type { State } from './state.ts';
import type { ApiCall, Fault, WorkspaceOptions } from './types.ts';
import type { Views } from './views.ts';

const METHODS: { readonly [name: string]: Method } = { ...CHAT, ...CONVERSATIONS, ...FILES, ...VIEWS, ...PEOPLE };

/** Every bot scope that some method or post asks for: what the token holds unless told otherwise. */
const ALL_SCOPES: readonly string[] = [
  ...new Set([
    ...Object.values(METHODS).flatMap(({ scopes }) => scopes),
    ...['app_mentions:read', 'chat:write.public', 'commands', 'im:write', 'mpim:write', 'reactions:read'],
    ...['channels', 'groups', 'im', 'mpim'].flatMap((kind) => [`${kind}:read`, `${kind}:history`]),
  ]),
];

/** A request to the Web API or to a response URL, body read. */
export type ApiRequest = {
  readonly contentType: string;
  readonly authorization: string | undefined;
  readonly query: string;
  readonly body: string;
};

export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: { readonly [name: string]: string };
      readonly body: string;
    }
  /** Never answered. */
  | { readonly kind: 'hang' }
  /** The connection is cut instead of an answer. */
  | { readonly kind: 'drop' };

type Run = () => Extract<Reply, { kind: 'answer' }>;

const answer = (
  status: number,
  body: JsonObject,
  headers: { readonly [name: string]: string } = {},
): ReturnType<Run> => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

const retry = (fault: Fault) =>
  fault.retryAfter === undefined ? undefined : { 'retry-after': String(fault.retryAfter) };

/** What each kind of fault does with a call. */
const FAULTS: { readonly [K in Fault['kind']]: (fault: Fault, run: Run) => Reply } = {
  status(fault) {
    const status = fault.status ?? 500;
    return answer(
      status,
      { ok: false, error: fault.error ?? (status === 429 ? 'ratelimited' : 'internal_error') },
      retry(fault),
    );
  },
  error: (fault) => answer(200, { ok: false, error: fault.error ?? 'fatal_error' }, retry(fault)),
  html: (fault) => ({
    kind: 'answer',
    status: fault.status ?? 502,
    headers: { 'content-type': 'text/html', ...retry(fault) },
    body: '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>',
  }),
  hang: () => ({ kind: 'hang' }),
  dropReply(_fault, run) {
    run();
    return { kind: 'drop' };
  },
};

const STRUCTURED = ['blocks', 'view', 'metadata', 'attachments'];

function argsOf({ contentType, query, body }: ApiRequest): JsonObject {
  const fromQuery = Object.fromEntries(new URLSearchParams(query));
  if (contentType.startsWith('application/json')) {
    const parsed = body === '' ? {} : parseJson(body);
    if (!isObject(parsed)) throw new Refusal('invalid_json');
    return { ...fromQuery, ...parsed };
  }
  if (body !== '' && !contentType.startsWith('application/x-www-form-urlencoded'))
    throw new Refusal('invalid_post_type');
  return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body)) };
}

/** The log shows structured arguments parsed, whatever way they came, and no token. */
function logged({ token: _, ...args }: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      STRUCTURED.includes(key) && typeof value === 'string' ? (parseJson(value) ?? value) : value,
    ]),
  );
}

export type Api = ReturnType<typeof createApi>;

/** Slack's Web API over the workspace: authentication, scopes, rates, faults, and the method tables. */
export function createApi(parts: {
  options: WorkspaceOptions;
  state: State;
  views: Views;
  files: Files;
  origin(): string;
  socketUrl(): string;
}) {
  const { options, state, views, files } = parts;
  const calls: ApiCall[] = [];
  const limiter = createRateLimiter(state.now);
  let scopes: readonly string[] = options.scopes ?? ALL_SCOPES;
  let tokenError: string | undefined;
  let missing: readonly string[] = [];
  let faults: readonly { readonly method: string; readonly fault: Fault; left: number }[] = [];

  const context: Context = {
    state,
    views,
    files,
    origin: parts.origin,
    socketUrl: parts.socketUrl,
    has: (scope) => scopes.includes(scope),
    need(scope) {
      if (!scopes.includes(scope)) throw new Refusal('missing_scope', { needed: scope, provided: scopes.join(',') });
    },
  };

  const fault = (method: string): Fault | undefined => {
    const found = faults.find((each) => each.left > 0 && (each.method === method || each.method === '*'));
    if (found) found.left -= 1;
    return found?.fault;
  };

  const authenticate = (method: Method, token: string | undefined) => {
    if (!token) throw new Refusal('not_authed');
    const [wanted, other] = method.appLevel
      ? [options.appToken, options.botToken]
      : [options.botToken, options.appToken];
    if (token === wanted) {
      if (tokenError) throw new Refusal(tokenError);
    } else {
      throw new Refusal(token === other ? 'not_allowed_token_type' : 'invalid_auth');
    }
  };

  const waitFor = (name: string, method: Method, args: JsonObject): number | undefined => {
    if (options.strictRate !== true) return undefined;
    if (name !== 'chat.postMessage') return limiter.take(name, RATES[method.tier]);
    const channel = String(args.channel);
    const place = state.users.has(channel) ? state.dmOf(channel).id : channel;
    return limiter.take(`post/${place}`, RATES.postPerChannel) ?? limiter.take('post', RATES.postPerWorkspace);
  };

  const limited = (seconds: number) =>
    answer(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(seconds) });

  const call = (name: string, args: JsonObject, token: string | undefined): ReturnType<Run> => {
    const method = Object.hasOwn(METHODS, name) && !missing.includes(name) ? METHODS[name] : undefined;
    const headers = { 'x-oauth-scopes': scopes.join(','), 'x-accepted-oauth-scopes': method?.scopes.join(',') ?? '' };
    try {
      if (!method) throw new Refusal('unknown_method', { req_method: name });
      authenticate(method, token);
      const seconds = waitFor(name, method, args);
      if (seconds !== undefined) return limited(seconds);
      for (const scope of method.scopes) context.need(scope);
      return answer(200, { ok: true, ...method.call(args, context) }, headers);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return answer(200, { ok: false, error: error.error, ...error.more }, headers);
    }
  };

  const log = (method: string, args: JsonObject, reply: Reply): Reply => {
    const status = reply.kind === 'answer' ? reply.status : 0;
    const said = reply.kind === 'answer' ? parseJson(reply.body) : undefined;
    const error = isObject(said) && said.ok === false ? String(said.error) : undefined;
    calls.push({ method, args: logged(args), at: state.now(), status, error });
    return reply;
  };

  const faulty = (name: string, run: Run): Reply => {
    const hit = fault(name);
    return hit ? FAULTS[hit.kind](hit, run) : run();
  };

  return {
    calls: calls as readonly ApiCall[],
    /** The next calls of `method` (`*`: of any, `response_url`: of those) go wrong in this way. Faults queue up, in order. */
    fail(method: string, told: Fault): void {
      faults = [...faults, { method, fault: told, left: told.times ?? 1 }];
    },
    clearFaults(): void {
      faults = [];
    },
    /** From now on the server does not know these methods, as a Slack-compatible one may not. */
    unknownMethods(names: readonly string[]): void {
      missing = names;
    },
    setScopes(granted: readonly string[]): void {
      scopes = granted;
    },
    /** `token_revoked`, `account_inactive`, … for every further call; `undefined` makes the token good again. */
    setTokenError(error: string | undefined): void {
      tokenError = error;
    },

    handle(name: string, request: ApiRequest): Reply {
      try {
        const args = argsOf(request);
        const bearer = /^Bearer (.+)$/i.exec(request.authorization ?? '')?.[1];
        const token = bearer ?? (typeof args.token === 'string' ? args.token : undefined);
        return log(
          name,
          args,
          faulty(name, () => call(name, args, token)),
        );
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return log(name, {}, answer(200, { ok: false, error: error.error }));
      }
    },

    /** The bytes of a file, at the address it was given. Faults of `upload` hit here. */
    upload(ticket: string, bytes: Uint8Array): Reply {
      const run: Run = () => {
        const taken = files.receive(ticket, bytes);
        const status = taken ? 200 : 400;
        return { kind: 'answer', status, headers: { 'content-type': 'text/plain' }, body: taken ? 'OK' : 'bad upload' };
      };
      return log('upload', { bytes: bytes.length }, faulty('upload', run));
    },

    /** A post to a response URL. */
    respond(hookId: string, body: string): Reply {
      const args = parseJson(body);
      const run: Run = () => {
        const seconds = options.strictRate === true ? limiter.take(`hook/${hookId}`, RATES.responseUrl) : undefined;
        if (seconds !== undefined) return limited(seconds);
        try {
          useHook(state, hookId, body);
          return { kind: 'answer', status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          return answer(statusOf(error.error), { ok: false, error: error.error });
        }
      };
      return log('response_url', isObject(args) ? args : {}, faulty('response_url', run));
    },
  };
}

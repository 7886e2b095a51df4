/** What goes wrong between the bot and the connector. */
export type Fault = {
  /** How many matching requests it meets. */
  readonly times: number;
  /**
   * `status`: refused with `status`, nothing done. `hang`: never answered, nothing done. `dropReply`: done, and the
   * connection is cut before the answer. `html`: a proxy's page instead of JSON, nothing done.
   */
  readonly kind: 'status' | 'hang' | 'dropReply' | 'html';
  /** Default 503 for `status`, 502 for `html`. */
  readonly status?: number;
  /** Default: what Teams says with that status. */
  readonly code?: string;
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number;
};

/** Which requests a fault meets: `path` is matched against the decoded path, from `/v3/` on, without the query. */
export type FaultTarget = { readonly method: string; readonly path: RegExp };

type Waiting = { target: FaultTarget; fault: Fault; left: number };

const usual: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['BotNotRegistered', 'No registration found for this bot.'],
  403: ['BotDisabledByAdmin', 'The tenant admin disabled this bot.'],
  404: ['ConversationNotFound', 'Conversation not found.'],
  412: ['PreconditionFailed', 'Precondition failed, please try again.'],
  413: ['MessageSizeTooBig', 'Message size too large.'],
  429: ['Throttled', 'Too many requests.'],
};

/** The faults that are waiting, met in the order in which they were asked for. */
export function createFaults() {
  const waiting: Waiting[] = [];
  return {
    /** @returns a function that takes the fault back */
    fail(target: FaultTarget, fault: Fault): () => void {
      const entry = { target, fault, left: fault.times };
      waiting.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    next(method: string, path: string): Fault | undefined {
      const met = waiting.find((w) => w.left > 0 && w.target.method === method && path.search(w.target.path) >= 0);
      if (met) met.left -= 1;
      return met?.fault;
    },
  };
}

/** What the bot gets instead of its answer, for the two kinds that answer at all. */
export function faultReply({ kind, status = kind === 'html' ? 502 : 503, code, retryAfter }: Fault) {
  const [usualCode, message] = usual[status] ?? ['ServiceError', 'The service is unavailable.'];
  const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return kind === 'html'
    ? {
        status,
        headers: { 'content-type': 'text/html', ...retry },
        text: '<html><body><h1>Bad gateway</h1></body></html>',
      }
    : { status, headers: retry, text: JSON.stringify({ error: { code: code ?? usualCode, message } }) };
}

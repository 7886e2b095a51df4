/** How the API misbehaves, for tests of those who use it. */
export type Fault =
  /** Answers with an error; `retryAfter` in seconds. */
  | { readonly kind: 'status'; readonly code: number; readonly retryAfter?: number; readonly message?: string }
  /** The connection is reset before there is an answer. */
  | { readonly kind: 'reset' }
  /** As a reset, but after the work was done: the caller can't know. */
  | { readonly kind: 'reset-after' }
  /** Never answers. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** A watch that breaks off after some events, in the middle of the next line when told so. */
  | { readonly kind: 'cut'; readonly after: number; readonly midLine?: true }
  /** A watch that stays open and says nothing: half an open connection. */
  | { readonly kind: 'silence' };

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly user: string;
  readonly watch: boolean;
};

/** Asked for each request; undefined: all goes well. */
export type Faults = (asked: Asked) => Fault | undefined;

/** What becomes of a watch's lines. */
export function lines(fault: Fault | undefined): (line: string, cut: () => void) => string | undefined {
  if (fault?.kind === 'silence') return () => undefined;
  if (fault?.kind !== 'cut') return (line) => line;
  let left = fault.after;
  return (line, cut) => {
    left -= 1;
    if (left >= 0) return line;
    setImmediate(cut);
    return left === -1 && fault.midLine ? line.slice(0, Math.floor(line.length / 2)) : undefined;
  };
}

export const faultReasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

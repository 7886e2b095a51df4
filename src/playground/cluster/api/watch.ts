import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fields } from '../json.ts';
import { fieldSelector, labelSelector } from '../selectors.ts';
import { ApiError } from '../status.ts';
import type { Store } from '../store.ts';
import { apiVersionOf, type Change, type Clock, type KubeObject, type Resource } from '../types.ts';

export type WatchOptions = {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly label?: string | undefined;
  readonly field?: string | undefined;
  /** Undefined or 0: from what is there now. */
  readonly version?: number | undefined;
  /** What is there, then a bookmark that says so: how newer clients list. */
  readonly initial?: boolean;
};
export type WatchEvent = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: KubeObject };

const initialEnd = 'k8s.io/initial-events-end';

/** Follows one kind. Throws when the version is too old; returns how to stop. */
export function watch(
  store: Store,
  resource: Resource,
  { namespace, name, label, field, version, initial }: WatchOptions,
  tell: (event: WatchEvent) => void,
): () => void {
  const byLabel = label ? labelSelector(label) : undefined;
  const byField = field ? fieldSelector(field) : undefined;
  const fits = (one: KubeObject | undefined): boolean =>
    one !== undefined &&
    (!namespace || one.metadata.namespace === namespace) &&
    (!name || one.metadata.name === name) &&
    (byLabel?.(one.metadata.labels ?? {}) ?? true) &&
    (byField?.(one) ?? true);

  const pass = ({ resource: of, type, object, before }: Change): void => {
    if (of.plural !== resource.plural || of.group !== resource.group) return;
    const now = type !== 'DELETED' && fits(object);
    const was = type !== 'ADDED' && fits(before);
    if (now) tell({ type: was ? 'MODIFIED' : 'ADDED', object });
    else if (was || (type === 'DELETED' && fits(object))) tell({ type: 'DELETED', object });
  };

  if (version && !initial) for (const change of store.since(resource, version)) pass(change);
  else for (const object of store.list(resource, namespace)) if (fits(object)) tell({ type: 'ADDED', object });
  if (initial) tell({ type: 'BOOKMARK', object: bookmark(resource, store.version(), { [initialEnd]: 'true' }) });
  return store.subscribe(pass);
}

export const bookmark = (resource: Resource, version: number, annotations?: Record<string, string>): KubeObject =>
  ({
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(version), creationTimestamp: null, ...(annotations ? { annotations } : {}) },
  }) as unknown as KubeObject;

/** What a reader may have waiting before it is cut off. */
const maxBacklog = 16_000_000;

type Stream = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly store: Store;
  readonly clock: Clock;
  readonly resource: Resource;
  readonly options: WatchOptions;
  readonly bookmarks: boolean;
  readonly seconds: number;
  readonly shape: (object: KubeObject, first: boolean) => Fields;
  /** What an injected fault makes of a line; undefined: it is not sent. */
  readonly pass: (line: string, cut: () => void) => string | undefined;
};

/** A watch over HTTP: a line of JSON an event, until somebody hangs up or the time is over. */
export function streamWatch({
  req,
  res,
  store,
  clock,
  resource,
  options,
  bookmarks,
  seconds,
  shape,
  pass,
}: Stream): void {
  let first = true;
  const send = (type: string, object: Fields): void => {
    if (res.writableEnded || res.destroyed) return;
    const line = pass(`${JSON.stringify({ type, object })}\n`, () => res.destroy());
    if (line !== undefined) res.write(line);
    // Who does not read is sent away, as the API server does; it comes back with the version it had.
    if (res.writableLength > maxBacklog) res.destroy();
  };
  const stops: (() => void)[] = [];
  const end = (): void => {
    for (const stop of stops.splice(0)) stop();
    if (!res.writableEnded && !res.destroyed) res.end();
  };
  req.on('close', end);
  res.on('close', end);
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  res.flushHeaders();
  try {
    const stop = watch(store, resource, options, ({ type, object }) => {
      send(type, shape(object, first));
      first = false;
    });
    stops.push(stop);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    send('ERROR', error.status);
    end();
    return;
  }
  stops.push(clock.after(seconds * 1000, end));
  if (bookmarks) {
    const again = (): void => {
      send('BOOKMARK', shape(bookmark(resource, store.version()), false));
      stops[2] = clock.after(60_000, again);
    };
    stops[2] = clock.after(60_000, again);
  }
}

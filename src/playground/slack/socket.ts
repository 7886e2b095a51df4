import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isObject, type JsonObject, parseJson, stringAt } from './json.ts';
import { acceptWebSocket, type Connection } from './websocket.ts';

type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

export type Envelope = {
  readonly type: EnvelopeType;
  readonly payload: JsonObject;
  readonly acceptsResponse: boolean;
  readonly retry?: { readonly attempt: number; readonly reason: string };
};

/** `payload` of the acknowledgement; `undefined` when the connection went away before one came. */
export type Acknowledged = { readonly payload: JsonObject } | undefined;

export type SocketMode = ReturnType<typeof createSocketMode>;

const HOST = 'applink-playground';

/** Slack's end of Socket Mode: tickets, hello, envelopes to one of the connections, acknowledgements, disconnects. */
export function createSocketMode(appId: string) {
  const tickets = new Set<string>();
  const connections: Connection[] = [];
  const waiting = new Map<string, { readonly connection: Connection; settle(answer: Acknowledged): void }>();
  let next = 0;

  const acknowledged = (text: string) => {
    const message = parseJson(text);
    const id = stringAt(message, 'envelope_id');
    const found = id === undefined ? undefined : waiting.get(id);
    if (!found || id === undefined) return;
    waiting.delete(id);
    const payload = isObject(message) && isObject(message.payload) ? message.payload : {};
    found.settle({ payload });
  };

  const closed = (connection: Connection) => {
    const index = connections.indexOf(connection);
    if (index >= 0) connections.splice(index, 1);
    for (const [id, each] of waiting) {
      if (each.connection !== connection) continue;
      waiting.delete(id);
      each.settle(undefined);
    }
  };

  return {
    /** The path and query of a new address; its ticket opens one connection. */
    newPath(): string {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `/link/?ticket=${ticket}&app_id=${appId}`;
    },
    connected: (): number => connections.length,
    /** Takes an HTTP upgrade; refuses one whose ticket is unknown or used. */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname !== '/link/' || !tickets.delete(url.searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const connection: Connection = acceptWebSocket(request, socket, head, {
        text: acknowledged,
        closed: () => closed(connection),
      });
      connections.push(connection);
      connection.send(
        JSON.stringify({
          type: 'hello',
          num_connections: connections.length,
          debug_info: { host: HOST, build_number: 1, approximate_connection_time: 3600 },
          connection_info: { app_id: appId },
        }),
      );
    },
    /** Sends an envelope to ONE of the connections, taken in turn, and waits for its acknowledgement until `signal` gives it up. */
    send(envelope: Envelope, signal: AbortSignal): Promise<Acknowledged> {
      const connection = connections[next % connections.length];
      next += 1;
      if (!connection) return Promise.resolve(undefined);
      const id = randomUUID();
      return new Promise((settle) => {
        waiting.set(id, { connection, settle });
        signal.addEventListener('abort', () => waiting.delete(id) && settle(undefined), { once: true });
        connection.send(
          JSON.stringify({
            envelope_id: id,
            payload: envelope.payload,
            type: envelope.type,
            accepts_response_payload: envelope.acceptsResponse,
            ...(envelope.type === 'events_api'
              ? { retry_attempt: envelope.retry?.attempt ?? 0, retry_reason: envelope.retry?.reason ?? '' }
              : {}),
          }),
        );
      });
    },
    /** Tells every connection to go: `warning` ten seconds ahead, `refresh_requested` now, `link_disabled` when Socket Mode is switched off. */
    disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled' = 'refresh_requested'): void {
      for (const connection of connections)
        connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: HOST } }));
    },
    /** Cuts every connection without a word. */
    cut(): void {
      for (const connection of [...connections]) connection.destroy();
    },
  };
}

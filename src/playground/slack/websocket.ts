import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server's side of one WebSocket (RFC 6455), as much as Socket Mode needs: text both ways, ping, close. No extensions. */
export type Connection = {
  send(text: string): void;
  /** Starts the closing handshake. */
  close(code?: number): void;
  /** Cuts the connection without a word, as a broken network does. */
  destroy(): void;
};

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE = { continuation: 0x0, text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
/** A frame from the app is an acknowledgement; one larger than this is no such thing. */
const MAX_BYTES = 4 * 1024 * 1024;

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

type Frame = { readonly final: boolean; readonly opcode: number; readonly payload: Buffer; readonly size: number };

/** The first whole frame in the buffer, `undefined` while it is incomplete. Throws on what a client must not send. */
function readFrame(buffer: Buffer): Frame | undefined {
  if (buffer.length < 2) return undefined;
  const [first = 0, second = 0] = buffer;
  if ((second & 0x80) === 0) throw new Error('A client must mask its frames.');
  const short = second & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (buffer.length < 2 + extended + 4) return undefined;
  const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  if (length > MAX_BYTES) throw new Error('The frame is too large.');
  const start = 2 + extended + 4;
  if (buffer.length < start + length) return undefined;
  const mask = buffer.subarray(2 + extended, start);
  const payload = Buffer.from(buffer.subarray(start, start + length));
  for (let i = 0; i < length; i += 1) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload, size: start + length };
}

/** Completes the upgrade and speaks WebSocket on the socket until either side ends it. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  on: { text(text: string): void; closed(): void },
): Connection {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );

  let pending = head;
  let parts: Buffer[] = [];
  let closing = false;
  const write = (opcode: number, payload: Buffer) => {
    if (socket.writable) socket.write(frame(opcode, payload));
  };
  const close = (code = 1000) => {
    if (closing) return;
    closing = true;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    write(OPCODE.close, payload);
  };
  const HANDLERS: { readonly [opcode: number]: (payload: Buffer) => void } = {
    [OPCODE.ping]: (payload) => write(OPCODE.pong, payload),
    [OPCODE.pong]: () => {},
    [OPCODE.close]() {
      close();
      socket.end();
    },
  };
  const take = ({ final, opcode, payload }: Frame) => {
    const control = HANDLERS[opcode];
    if (control) return control(payload);
    parts.push(payload);
    if (!final) return;
    const text = Buffer.concat(parts).toString();
    parts = [];
    on.text(text);
  };
  const drain = (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    try {
      for (let next = readFrame(pending); next; next = readFrame(pending)) {
        pending = pending.subarray(next.size);
        take(next);
      }
    } catch {
      close(1002);
      socket.destroy();
    }
  };
  socket.on('data', drain);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => on.closed());
  if (head.length > 0) drain(Buffer.alloc(0));

  return { send: (text) => write(OPCODE.text, Buffer.from(text)), close, destroy: () => socket.destroy() };
}

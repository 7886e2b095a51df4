/*
 * The part of Postgres' wire protocol (version 3) that a server in front of PGlite has to understand: where messages
 * end, which of them are answered at once, and which parts of an answer belong to somebody else.
 */

/** Messages up to and including one that the server answers at once; `last` is that one's type. */
export type Unit = { readonly bytes: Buffer; readonly last: string };

/** Query, Sync, Flush, FunctionCall, Terminate. */
const ANSWERED = new Set(['Q', 'S', 'H', 'F', 'X']);
/** These codes stand in the place of the protocol's version. */
const ENCRYPTION_REQUESTS = new Set([80877103, 80877104]);
/** Bytes. Postgres' own limit for a startup message. */
const STARTUP_LENGTH = 10_000;

const message = (type: string, body: string): Buffer => {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body));
  bytes.write(type, 0, 'latin1');
  bytes.writeInt32BE(bytes.length - 1, 1);
  bytes.write(body, 5);
  return bytes;
};

/** What a client sends first. */
export const STARTUP: Buffer = (() => {
  const body = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
})();

/** Ends whatever a client left open. Sync first: after an error in the extended protocol all up to it is skipped. */
export const ROLLBACK: Unit = { bytes: Buffer.concat([message('S', ''), message('Q', 'rollback\0')]), last: 'Q' };

/** Frees what a client prepared under a name. */
export const deallocate = (names: Iterable<string>): Unit => ({
  bytes: Buffer.concat([...[...names].map((name) => message('C', `S${name}\0`)), message('S', '')]),
  last: 'S',
});

/** The error that Postgres itself sends for idle_in_transaction_session_timeout. */
export const IDLE_TOO_LONG: Buffer = message(
  'E',
  'SFATAL\0VFATAL\0C25P03\0Mterminating connection due to idle-in-transaction timeout\0\0',
);

export type Heard = {
  /** The client said hello. */
  greet(): void;
  /** It asked for encryption: answer N. */
  decline(): void;
  /** It does not speak this protocol, or wants to cancel a query, which PGlite cannot: cut it off. */
  refuse(): void;
  /** It prepares a statement under a name, in a unit that is still to come. */
  prepare(name: string): void;
  unit(unit: Unit): void;
};

/** Cuts what a client sends, in whatever pieces it arrives, into its startup message and units. */
export function createReader(heard: Heard): (data: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  /** Not worth looking before there are this many bytes, or each piece of a large message copies all before it. */
  let wanted = 8;
  let started = false;
  /** Where the messages end that belong to a unit which has not ended. */
  let seen = 0;

  /** Returns how many bytes it took; 0: wait for more. */
  const startup = (bytes: Buffer): number => {
    const size = bytes.readInt32BE(0);
    const code = bytes.readInt32BE(4);
    if (ENCRYPTION_REQUESTS.has(code)) heard.decline();
    else if (code >> 16 !== 3 || size < 8 || size > STARTUP_LENGTH) return -1;
    else if (bytes.length < size) return 0;
    else {
      started = true;
      heard.greet();
    }
    return size;
  };

  return (data) => {
    chunks.push(data);
    length += data.length;
    if (length < wanted) return;
    let bytes = chunks.length === 1 ? data : Buffer.concat(chunks);
    while (!started && bytes.length >= 8) {
      const size = startup(bytes);
      if (size < 0) return heard.refuse();
      if (size === 0) break;
      bytes = bytes.subarray(size);
    }
    let start = 0;
    while (started && bytes.length >= seen + 5) {
      const size = 1 + bytes.readInt32BE(seen + 1);
      if (size < 5) return heard.refuse();
      if (bytes.length < seen + size) break;
      const last = String.fromCharCode(bytes[seen] ?? 0);
      if (last === 'P' && bytes[seen + 5] !== 0)
        heard.prepare(bytes.toString('utf8', seen + 5, bytes.indexOf(0, seen + 5)));
      seen += size;
      if (!ANSWERED.has(last)) continue;
      heard.unit({ bytes: bytes.subarray(start, seen), last });
      start = seen;
    }
    seen -= start;
    bytes = bytes.subarray(start);
    chunks = bytes.length > 0 ? [bytes] : [];
    length = bytes.length;
    if (!started) wanted = length >= 8 ? bytes.readInt32BE(0) : 8;
    else wanted = length >= seen + 5 ? seen + 1 + bytes.readInt32BE(seen + 1) : seen + 5;
  };
}

export type Sorted = {
  /** What the client who asked is to get. */
  readonly own: Buffer;
  /** Notifications, for whoever listens. */
  readonly notices: Buffer;
  /** True: this client began to listen; false: it ended. */
  readonly listens: boolean | undefined;
};

/** Takes the answer of a session that all clients share apart. */
export function sortOut(answer: Buffer): Sorted {
  const own: Buffer[] = [];
  const notices: Buffer[] = [];
  let listens: boolean | undefined;
  let from = 0;
  for (let at = 0; at + 5 <= answer.length; ) {
    const type = String.fromCharCode(answer[at] ?? 0);
    const end = at + 1 + answer.readInt32BE(at + 1);
    if (type === 'A') {
      own.push(answer.subarray(from, at));
      notices.push(answer.subarray(at, end));
      from = end;
    } else if (type === 'C') {
      const tag = answer.toString('latin1', at + 5, end - 1);
      if (tag === 'LISTEN' || tag === 'UNLISTEN') listens = tag === 'LISTEN';
    }
    at = end;
  }
  if (notices.length === 0) return { own: answer, notices: Buffer.alloc(0), listens };
  own.push(answer.subarray(from));
  return { own: Buffer.concat(own), notices: Buffer.concat(notices), listens };
}

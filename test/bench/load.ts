import { connect, type Socket } from 'node:net';
import { serve } from './ipc.ts';
import { nextRequest, type Target } from './requests.ts';

/*
 * The load generator, in a process of its own so that it does not take turns with the server. It speaks just enough
 * HTTP/1.1: keep-alive connections, one request at a time on each, the whole answer read and looked at.
 */

/** `rate` a second at even intervals, or, without it, each connection as fast as it is answered. */
export type Order = {
  readonly port: number;
  readonly target: Target;
  readonly connections: number;
  readonly ms: number;
  readonly rate?: number;
  /** What a right answer contains. */
  readonly expect: string;
  /** Requests to make beforehand, so that making them takes nothing from the server. */
  readonly prepare?: number;
};
/** Milliseconds; `latencies` from the moment when a request was due to the last byte of its answer, in order of size. */
export type Outcome = { readonly ms: number; readonly latencies: readonly number[]; readonly wrong: readonly string[] };

type Answer = { readonly status: number; readonly text: string };

/** Cuts one answer out of what has arrived; undefined while it is not whole. */
function answerIn(data: Buffer): Answer | undefined {
  const head = data.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const header = data.toString('latin1', 0, head);
  const status = Number(header.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(header)?.[1];
  const body = data.subarray(head + 4);
  if (length !== undefined) return body.length < Number(length) ? undefined : { status, text: body.toString() };
  return body.subarray(-5).toString('latin1') === '0\r\n\r\n' ? { status, text: body.toString() } : undefined;
}

function openConnection(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let data: Buffer = Buffer.alloc(0);
  let waiting: ((answer: Answer) => void) | undefined;
  const done = (answer: Answer) => {
    const told = waiting;
    waiting = undefined;
    data = Buffer.alloc(0);
    told?.(answer);
  };
  socket.on('data', (chunk: Buffer) => {
    data = data.length === 0 ? chunk : Buffer.concat([data, chunk]);
    const answer = answerIn(data);
    if (answer) done(answer);
  });
  const cut = () => done({ status: 0, text: 'the connection was cut' });
  socket.on('error', cut);
  socket.on('close', cut);
  return {
    busy: () => waiting !== undefined,
    exchange: (request: Buffer): Promise<Answer> =>
      new Promise((resolve) => {
        waiting = resolve;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

async function run(order: Order): Promise<Outcome> {
  const { port, target, connections, ms, rate, expect, prepare = 0 } = order;
  const ready = Array.from({ length: prepare }, () => nextRequest(target));
  const all = Array.from({ length: connections }, () => openConnection(port));
  const latencies: number[] = [];
  const wrong: string[] = [];

  const one = async (connection: (typeof all)[number], due: number) => {
    const { status, text } = await connection.exchange(ready.pop() ?? nextRequest(target));
    latencies.push(performance.now() - due);
    if (status !== 200 || !text.includes(expect)) wrong.push(`${status} ${text.slice(0, 300)}`);
  };
  const asFastAsAnswered = async (connection: (typeof all)[number], end: number) => {
    while (performance.now() < end) await one(connection, performance.now());
  };
  /** A request that is due is sent when it is due; one that finds no free connection waits, and the wait counts. */
  const evenly = async (perSecond: number, end: number) => {
    const late: number[] = [];
    const under = new Set<Promise<void>>();
    let due = performance.now();
    while (due < end) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      late.push(due);
      due += 1000 / perSecond;
      for (const connection of all) {
        if (connection.busy()) continue;
        const at = late.shift();
        if (at === undefined) break;
        const work = one(connection, at).finally(() => under.delete(work));
        under.add(work);
      }
    }
    await Promise.all(under);
    if (late.length > 0) wrong.push(`${late.length} requests found no free connection`);
  };

  const begin = performance.now();
  const end = begin + ms;
  if (rate === undefined) await Promise.all(all.map((connection) => asFastAsAnswered(connection, end)));
  else await evenly(rate, end);
  const took = performance.now() - begin;
  for (const connection of all) connection.close();
  return { ms: took, latencies: latencies.toSorted((a, b) => a - b), wrong: wrong.slice(0, 5) };
}

serve({ run });
process.on('SIGTERM', () => process.exit(0));

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageState, Person, World } from './page/wire.ts';

export type Clock = {
  now(): Date;
  /** Calls back once after some milliseconds; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
};

/** Milliseconds between two states: at most twenty a second, however much happens. */
const pace = 50;

type Parts = {
  readonly clock: Clock;
  readonly world: () => World;
  readonly state: (person: Person) => PageState;
};

/** Open pages, each told what its person sees: at once, then whenever something has changed. */
export function createStreams({ clock, world, state }: Parts) {
  const open = new Set<{ readonly changed: () => void; readonly end: () => void }>();

  function follow(person: Person, req: IncomingMessage, res: ServerResponse): void {
    let waiting: (() => void) | undefined;
    let full = false;
    let last = '';
    const write = (event: string, data: string): void => {
      // A page that reads too slowly is sent the newest state once it has caught up, not all of them.
      full = !res.write(`event: ${event}\ndata: ${data}\n\n`);
    };
    const send = (): void => {
      waiting = undefined;
      if (full) return;
      const { now, ...seen } = state(person);
      const text = JSON.stringify(seen);
      if (text === last) return;
      last = text;
      write('state', JSON.stringify({ now, ...seen }));
    };
    const changed = (): void => {
      waiting ??= clock.after(pace, send);
    };
    const end = (): void => {
      waiting?.();
      open.delete(stream);
      if (!res.writableEnded) res.end();
    };
    const stream = { changed, end };
    open.add(stream);
    req.on('close', end);
    res.on('drain', () => {
      full = false;
      changed();
    });
    // The connection ends with the stream: one that stays open for more would keep a closing server open.
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' });
    // Milliseconds after which the browser comes back when the stream has ended.
    res.write('retry: 500\n\n');
    write('world', JSON.stringify(world()));
    send();
  }

  return {
    follow,
    changed: (): void => {
      for (const stream of open) stream.changed();
    },
    /** Ends every stream; pages come back by themselves when there is somebody to come back to. */
    end: (): void => {
      for (const stream of [...open]) stream.end();
    },
  };
}

export type Streams = ReturnType<typeof createStreams>;

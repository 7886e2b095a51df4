import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';

type Item = { readonly metadata: { readonly name: string } };
/** The parts of answers that tests look at. */
export type Body = {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly Item[];
  readonly reason?: string;
  readonly message?: string;
  readonly gitVersion?: string;
};
type Answered = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Body };
type Seen = { readonly type: string; readonly object: object };

/** A bare client: what it sees is what is on the wire. */
export function client({
  url,
  caPem,
  token,
}: {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
}) {
  const options = {
    ca: caPem,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    agent: false,
  } as const;

  function get(path: string): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const asked = request(`${url}${path}`, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body,
          }),
        );
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  function watch(path: string) {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    let text = '';
    const waiting = new Set<() => void>();
    const asked = request(`${url}${path}`, options, (answer) => {
      begun.resolve();
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        for (const look of waiting) look();
      });
      answer.on('close', () => ended.resolve());
      answer.on('error', () => ended.resolve());
    });
    asked.on('error', () => ended.resolve());
    asked.end();
    const events = (): readonly Seen[] =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Seen);
    return {
      begun: begun.promise,
      ended: ended.promise,
      text: () => text,
      /** The first events, once there are that many. */
      take: (count: number): Promise<readonly Seen[]> =>
        new Promise((resolve) => {
          const look = () => {
            if (events().length < count) return;
            waiting.delete(look);
            resolve(events().slice(0, count));
          };
          waiting.add(look);
          look();
        }),
      stop: (): void => void asked.destroy(),
    };
  }
  return { get, watch };
}

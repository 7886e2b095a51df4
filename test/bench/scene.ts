import type { Server } from './database.ts';
import { openServer } from './database.ts';
import { type Load, startLoad } from './measure.ts';
import { nextRequest, type Target } from './requests.ts';
import { openWorld, type World } from './world.ts';

/** What every row works with. */
export type Scene = {
  readonly world: World;
  readonly load: Load;
  /** Absent when this machine has no Postgres. */
  readonly server: Server | undefined;
  /** Makes one request by itself, and returns what was answered. */
  answer(port: number, target: Target): Promise<string>;
  close(): Promise<void>;
};

/** One request over fetch. */
async function answer(port: number, target: Target): Promise<string> {
  const raw = nextRequest(target).toString();
  const [head = '', body = ''] = raw.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines
    .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
    .filter(([name]) => name !== 'content-length' && name !== 'host');
  const response = await fetch(`http://127.0.0.1:${port}${first.split(' ')[1]}`, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${text}`);
  return text;
}

export async function openScene(): Promise<Scene> {
  const world = await openWorld();
  const load = startLoad();
  const server = await openServer();
  return {
    world,
    load,
    server,
    answer,
    async close() {
      await load.stop();
      await server?.close();
      await world.close();
    },
  };
}

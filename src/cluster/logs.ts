import type { LogWish } from '../core/diagnosis/index.ts';
import { list, num, str } from '../core/diagnosis/read.ts';
import type { World } from '../core/diagnosis/snapshot.ts';
import type { Api } from './api.ts';
import { hideSecrets } from './secrets.ts';

/** Logs read at most, of so many lines each. */
const mostLogs = 20;
const lines = 60;
/** Asked for at once: the API server has others to serve. */
export const atOnce = 6;

type Log = readonly [key: string, text: string];

/** The log lines that rules ask for, by `namespace/pod/container`. */
export async function readLogs(api: Api, wishes: readonly LogWish[]): Promise<readonly Log[]> {
  return (await inTurns(wishes.slice(0, mostLogs), atOnce, (wish) => logOf(api, wish))).flat();
}

const keyOf = ({ namespace, pod, container }: LogWish): string => `${namespace}/${pod}/${container}`;

async function logOf(api: Api, wish: LogWish): Promise<readonly Log[]> {
  const { namespace, pod, container, previous } = wish;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const query = `?container=${encodeURIComponent(container)}&tailLines=${lines}&limitBytes=65536`;
  // The run before may be gone already; then the present one has to do.
  for (const earlier of previous ? ['&previous=true', ''] : [''])
    try {
      const { status, body } = await api.get(`${path}${query}${earlier}`, 'text/plain, */*');
      if (status === 200 && body.trim() !== '') return [[keyOf(wish), await hideSecrets(body)]];
    } catch {
      // A log is a help, not a need: the verdict stands without it.
    }
  return [];
}

/** Runs at most `most` at once, and keeps the order. */
export async function inTurns<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

type Kept = { readonly wish: LogWish; readonly run: string; readonly text: string };

/** Logs of a cluster that is followed: each run of a container is read once. */
export function createLogs(api: Api) {
  const kept = new Map<string, Kept>();
  return {
    get: (key: string): string | undefined => kept.get(key)?.text,
    /** Reads what is wished for and not here yet, and says in which namespaces there is something new. */
    async read(wishes: readonly LogWish[], world: World): Promise<readonly string[]> {
      const old: LogWish[] = [];
      for (const [key, { wish, run }] of kept) {
        const now = runOf(wish, world);
        if (now === undefined) kept.delete(key);
        else if (now !== run) old.push(wish);
      }
      const fresh = wishes.filter((wish) => !kept.has(keyOf(wish)));
      const wanted = [...fresh, ...old].slice(0, mostLogs);
      const found = new Map(await readLogs(api, wanted));
      for (const wish of wanted) {
        const run = runOf(wish, world);
        if (run !== undefined) kept.set(keyOf(wish), { wish, run, text: found.get(keyOf(wish)) ?? '' });
      }
      return [...new Set(wanted.filter((wish) => found.has(keyOf(wish))).map(({ namespace }) => namespace))];
    },
  };
}

/** Which run of a container it is; undefined: its pod is gone. */
function runOf({ namespace, pod, container }: LogWish, world: World): string | undefined {
  const o = world.get('Pod', namespace, pod);
  if (o === undefined) return undefined;
  const status = ['containerStatuses', 'initContainerStatuses']
    .flatMap((part) => list(o, 'status', part))
    .find((c) => c.name === container);
  return `${str(o, 'metadata', 'uid')}/${num(status, 'restartCount') ?? 0}`;
}

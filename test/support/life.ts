import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type pg from 'pg';
import { z } from 'zod';
import type { Stores } from '../../src/core/features.ts';
import {
  type AccountId,
  type Delivered,
  type Feature,
  type Inbound,
  type Outgoing,
  onObserved,
  type PlaceId,
  type Platform,
  type PlatformName,
  placeId,
  platformOf,
} from '../../src/core/kernel/index.ts';
import { ada, grace, openHouse } from './house.ts';
import { view } from './probe.ts';

/*
 * A life to be cut short: four arrivals, from the door to the last delivery, on a world that outlives the process. Every
 * statement to the database and every call to a platform is a point at which death may come.
 */

const line = z.object({
  is: z.enum(['post', 'edit', 'reply']),
  place: z.string(),
  key: z.string(),
  native: z.string(),
  view: z.string(),
  /** The message under which a reply hangs. */
  under: z.string().optional(),
});
type Line = z.output<typeof line>;

/** Slack and Teams as they are outside of our process: a file, in which each line is there as soon as it is written. */
export function openWorld(file: string, can: { readonly find: boolean }) {
  const lines = (): readonly Line[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((l) => line.parse(JSON.parse(l)))
      : [];
  const write = (l: Line) => appendFileSync(file, `${JSON.stringify(l)}\n`);
  const dm = (account: AccountId) => placeId(platformOf(account), 'x', `dm-${account}`);
  const placeOf = (o: Outgoing): PlaceId => ('place' in o ? o.place : dm(o.account));
  const platform = (name: PlatformName): Platform => ({
    name,
    async deliver(o): Promise<Delivered> {
      const place = placeOf(o);
      if (o.kind === 'edit') {
        write({ is: 'edit', place, key: '', native: o.native, view: JSON.stringify(o.view) });
        return { is: 'done' };
      }
      const native = `n${lines().length}`;
      const under = o.kind === 'reply' ? { under: o.native } : {};
      write({ is: 'post', place, key: 'key' in o ? o.key : 'home', native, view: JSON.stringify(o.view), ...under });
      return { is: 'done', place, native };
    },
    async reply(r, origin) {
      const words = r.kind === 'whisper' ? r.view.summary : r.asked.form.id;
      write({ is: 'reply', place: name, key: JSON.stringify(origin), native: '', view: JSON.stringify(words) });
      return { is: 'done' };
    },
    ...(can.find
      ? {
          async find(o: Outgoing): Promise<Delivered | undefined> {
            if (!('key' in o)) return undefined;
            const found = lines().find((l) => l.is === 'post' && l.key === o.key && l.place === placeOf(o));
            return found && { is: 'done', place: found.place as PlaceId, native: found.native };
          },
        }
      : {}),
    profile: async (account) => [ada, grace].find((p) => p.account === account),
    members: async () => [],
    health: async () => ({ ok: true }),
  });
  return {
    platforms: [platform('slack'), platform('teams')],
    /** What was posted under a key, by place. */
    posts: (key: string) => lines().filter((l) => l.is === 'post' && l.key === key),
    /** What a message says now. */
    now: (post: Line) => lines().findLast((l) => l.native === post.native && l.is !== 'reply')?.view ?? '',
    replies: () => lines().filter((l) => l.is === 'reply'),
  };
}
export type World = ReturnType<typeof openWorld>;

const forever = new Promise<never>(() => {});

/** Counts the points at which death may come, once it is armed; at the given one it does, and `die` is called. */
export function mortality(at: number, die: () => void) {
  let armed = false;
  let count = 0;
  const delivering: number[] = [];
  let dead = false;
  /** False from the moment of death on. */
  function alive(): boolean {
    if (dead) return false;
    if (armed) count += 1;
    if (!armed || count !== at) return true;
    dead = true;
    die();
    return false;
  }
  /**
   * Death comes when the call was carried out and nobody has heard of it yet. That is also what the world looks like just
   * before the next call is made, so one point a call is all there are.
   */
  async function around<T>(call: () => Promise<T>): Promise<T> {
    if (dead) return forever;
    try {
      const result = await call();
      return alive() ? result : forever;
    } catch (error) {
      if (dead) return forever;
      throw error;
    }
  }
  return {
    alive,
    around,
    /** The points at which something was handed to a platform. */
    delivering,
    arm() {
      armed = true;
    },
    count: () => count,
  };
}
export type Mortality = ReturnType<typeof mortality>;
/** For a life that ends when it is done. */
export const unharmed = () => mortality(0, () => {});

/** Makes every statement of a pool mortal; `cut` ends its connections, as the kernel does with those of a dead process. */
export function mortalPool(pool: pg.Pool, { around }: Mortality) {
  const sockets = new Set<Socket>();
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
    // Not in pg's types, though the only way to its socket.
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    sockets.add(stream);
    stream.once('close', () => sockets.delete(stream));
    const query: (...args: unknown[]) => unknown = client.query.bind(client);
    const mortal = (...args: unknown[]) => {
      // The pool's own calls have a callback; ours return a promise.
      if (typeof args.at(-1) === 'function') return query(...args);
      return around(async () => query(...args));
    };
    Object.assign(client, { query: mortal });
  });
  return {
    pool,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

export const mortalPlatform = (platform: Platform, { around, delivering, count }: Mortality): Platform => {
  const find = platform.find?.bind(platform);
  return {
    ...platform,
    deliver(o, names) {
      delivering.push(count() + 1);
      return around(() => platform.deliver(o, names));
    },
    reply: (r, origin, names) => around(() => platform.reply(r, origin, names)),
    ...(find ? { find: (o: Outgoing, since: Date) => around(async () => find(o, since)) } : {}),
  };
};

/** What is to happen: the form was asked before. Deliveries are named, so that a platform can send them again. */
export type Plan = { readonly name: string; readonly asked: string };
const arrivals = (plan: Plan, at: Date, number: number): readonly Inbound[] => {
  const common = (n: number, account: AccountId) => ({
    delivery: `${plan.name}/${n}`,
    at,
    account,
    origin: { platform: 'slack', arrival: `${plan.name}/${n}` } as const,
  });
  return [
    { ...common(1, ada.account), kind: 'command', text: 'me' },
    {
      ...common(2, ada.account),
      kind: 'submit',
      asked: plan.asked,
      raw: { what: plan.name, why: 'because', pain: '3' },
    },
    {
      ...common(3, grace.account),
      kind: 'press',
      press: { name: 'feedback.move', value: JSON.stringify({ number, move: 'plan' }) },
    },
    { kind: 'observed', what: 'life', input: { number }, at, delivery: `${plan.name}/4` },
  ];
};

/** Something is said in the thread under the triage card. */
const life: Feature<Stores> = {
  name: 'life',
  handlers: [
    onObserved('life', z.object({ number: z.int() }), async ({ number }) => [
      { kind: 'reply', to: `feedback/${number}/triage`, key: `feedback/${number}/note`, view: view('As planned.') },
    ]),
  ],
};

/** The arrivals that were not answered yet, each to its end; tells of each that was answered. */
async function goOn(
  house: ReturnType<typeof openHouse>,
  pool: pg.Pool,
  plan: Plan,
  { alive }: Pick<Mortality, 'alive'>,
  answered: readonly number[],
  onAnswer: (n: number) => void,
): Promise<void> {
  for (const n of [1, 2, 3, 4]) {
    if (answered.includes(n)) continue;
    const number = n >= 3 ? await numberOf(pool, plan) : 0;
    const inbound = arrivals(plan, house.clock.now(), number)[n - 1] as Inbound;
    const answer = await house.engine.dispatch(inbound);
    if (!alive()) return forever;
    onAnswer(n);
    await house.engine.settle(answer, []);
    await house.work();
  }
}

/** Lives through a plan, telling each arrival that was answered. */
export async function live(
  pool: pg.Pool,
  world: World,
  plan: Plan,
  mortal: Mortality,
  onAnswer: (n: number) => void,
): Promise<void> {
  const house = openHouse(
    { pool },
    {
      features: [life],
      platforms: world.platforms.map((p) => mortalPlatform(p, mortal)),
    },
  );
  await house.engine.start();
  mortal.arm();
  await goOn(house, pool, plan, mortal, [], onAnswer);
  await house.engine.stop();
}

/** The number of the feedback that a plan made, zero before. */
async function numberOf(pool: pg.Pool, plan: Plan): Promise<number> {
  const { rows } = await pool.query<{ number: number }>('select number from groundcrew.feedback where what = $1', [
    plan.name,
  ]);
  return rows[0]?.number ?? 0;
}

/** Starts a process anew on what a dead one left: its claims are void, time has passed, the platforms ask again. */
export async function recover(pool: pg.Pool, world: World, plan: Plan, answered: readonly number[]): Promise<void> {
  const house = openHouse({ pool }, { features: [life], platforms: world.platforms });
  house.clock.jump(60_000);
  await house.store.direct.outbox.release();
  // Its first beat sweeps up what was left behind.
  await house.engine.start();
  await house.work();
  await goOn(house, pool, plan, { alive: () => true }, answered, () => {});
  // A reply that was made again but not marked is taken up once more after half a minute of the database's time.
  house.clock.jump(60_000);
  await pool.query('update groundcrew.inbox set tried = null where not settled');
  await house.sweep();
  await house.work();
  await house.engine.stop();
}

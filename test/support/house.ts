import type pg from 'pg';
import { askQuiet, gatherCrowd, lookUp, readRoster } from '../../src/actions/directory.ts';
import type { Catalog } from '../../src/core/catalog/path.ts';
import { features, type Stores } from '../../src/core/features.ts';
import {
  type AccountId,
  type Action,
  type Answer,
  type Delivered,
  type Feature,
  type Inbound,
  type Names,
  type Outgoing,
  type PersonalInbound,
  type Platform,
  type PlatformName,
  type Profile,
  platformOf,
  type Quiet,
  type Reply,
} from '../../src/core/kernel/index.ts';
import type { Log } from '../../src/core/kernel/log.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createMetrics } from '../../src/engine/metrics.ts';
import type { Queue } from '../../src/engine/ports.ts';
import { createStore } from '../../src/store/store.ts';
import { virtualClock } from './clock.ts';
import type { TestDatabase } from './database.ts';

let houses = 0;
export const quiet = { info() {}, warn() {}, error() {} };

/** A platform that records what it is asked to deliver and answers as told. */
export function recordingPlatform(name: PlatformName, profiles: readonly Profile[] = []) {
  const outgoing: Outgoing[] = [];
  const replies: Reply[] = [];
  const names: Names[] = [];
  let count = 0;
  const platform = {
    name,
    outgoing,
    replies,
    names,
    /** Answers to come, in order; after that everything is confirmed. */
    next: [] as (Delivered | Error | (() => Promise<Delivered>))[],
    nextReplies: [] as (Delivered | Error)[],
    /** What `find` finds, by key. */
    found: new Map<string, Delivered>(),
    finds: [] as string[],
    groups: new Map<string, readonly AccountId[]>(),
    quiets: [] as Quiet[],
    async deliver(o: Outgoing, n: Names): Promise<Delivered> {
      const scripted = platform.next.shift();
      if (scripted instanceof Error) throw scripted;
      outgoing.push(o);
      names.push(n);
      if (typeof scripted === 'function') return scripted();
      return scripted ?? done(o);
    },
    async reply(r: Reply): Promise<Delivered> {
      const scripted = platform.nextReplies.shift();
      if (scripted instanceof Error) throw scripted;
      replies.push(r);
      return scripted ?? { is: 'done' };
    },
    async find(o: Outgoing): Promise<Delivered | undefined> {
      if (!('key' in o)) return undefined;
      platform.finds.push(o.key);
      return platform.found.get(o.key);
    },
    async profile(account: AccountId) {
      return profiles.find((p) => p.account === account);
    },
    async members(group: string) {
      return platform.groups.get(group) ?? [];
    },
    async quiet(accounts: readonly AccountId[]) {
      return platform.quiets.filter((q) => accounts.includes(q.account));
    },
    async health() {
      return { ok: true };
    },
  };
  const done = (o: Outgoing): Delivered => {
    count += 1;
    if (o.kind === 'post' || o.kind === 'reply') return { is: 'done', place: o.place, native: `${name}-${count}` };
    if (o.kind === 'direct')
      return { is: 'done', place: `${name}:x/dm-${o.account}` as never, native: `${name}-${count}` };
    return { is: 'done' };
  };
  return platform satisfies Platform;
}

/** A queue that drains when it is told to, so that a test decides when deliveries happen. */
export function handQueue() {
  const lanes = new Set<string>();
  let drain: (lane: string) => Promise<Date | undefined> = async () => {
    throw new Error('start the engine first');
  };
  let away = false;
  const queue: Queue = {
    async add(heads) {
      if (away) throw new Error('the queue is away');
      for (const head of heads) lanes.add(head.lane);
    },
    async start(run) {
      drain = run;
    },
    async stop() {},
    async ping() {},
  };
  return {
    queue,
    lanes,
    drain: (lane: string) => drain(lane),
    setAway(is: boolean) {
      away = is;
    },
    async work(): Promise<void> {
      while (lanes.size > 0) {
        const [lane] = lanes as Set<string>;
        lanes.delete(lane as string);
        await drain(lane as string);
      }
    },
  };
}

export const ada: Profile = {
  account: 'slack:T1/UADA' as AccountId,
  name: 'Ada',
  email: 'ada@acme.test',
  zone: 'Europe/London',
  active: true,
};
export const adaTeams: Profile = { ...ada, account: 'teams:11111111-1111-4111-8111-111111111111/ada' as AccountId };
export const grace: Profile = {
  account: 'slack:T1/UGRACE' as AccountId,
  name: 'Grace',
  email: 'grace@acme.test',
  zone: 'America/New_York',
  active: true,
};
export const graceTeams: Profile = {
  ...grace,
  account: 'teams:11111111-1111-4111-8111-111111111111/grace' as AccountId,
};
export const mira: Profile = {
  account: 'slack:T1/UMIRA' as AccountId,
  name: 'Mira',
  email: 'mira@acme.test',
  zone: 'Asia/Tokyo',
  active: true,
};

export const triageSlack = 'slack:T1/CTRIAGE';
export const triageTeams = 'teams:11111111-1111-4111-8111-111111111111/19:triage@thread.tacv2';
export const settings: Settings = settingsSchema.parse({
  name: 'the Acme platform team',
  roles: { platform: { emails: ['grace@acme.test'] }, product: { emails: ['mira@acme.test'] } },
  channels: { triage: [triageSlack, triageTeams] },
});

const tables = ['inbox', 'outbox', 'message', 'due', 'asked', 'feedback', 'feedback_move', 'person'] as const;

type HouseOptions = {
  readonly settings?: () => Settings;
  /** What clusters are called, where there are several. */
  readonly clusters?: ReadonlyMap<string, string>;
  readonly catalog?: () => Catalog;
  readonly address?: (path: string) => string | undefined;
  readonly random?: () => number;
  /** Shared by two houses that are replicas of one. */
  readonly clock?: ReturnType<typeof virtualClock>;
  readonly slack?: ReturnType<typeof recordingPlatform>;
  readonly teams?: ReturnType<typeof recordingPlatform>;
  /** What the engine is given in their place; the recording ones stay to be asked. */
  readonly platforms?: readonly Platform[];
  readonly pool?: pg.Pool;
  readonly features?: readonly Feature<Stores>[];
  readonly actions?: readonly Action[];
  readonly log?: Log;
  /** A queue that works by itself, in place of the one worked by hand. */
  readonly queue?: Queue;
};

/** The whole engine over a real database, with recording platforms, a virtual clock and a queue worked by hand. */
export function openHouse(database: Pick<TestDatabase, 'pool'>, options: HouseOptions = {}) {
  const clock = options.clock ?? virtualClock();
  const slack = options.slack ?? recordingPlatform('slack', [ada, grace, mira]);
  const teams = options.teams ?? recordingPlatform('teams', [adaTeams, graceTeams]);
  const platforms = options.platforms ?? [slack, teams];
  const hand = handQueue();
  const metrics = createMetrics();
  const store = createStore(
    options.pool ?? database.pool,
    options.settings ?? (() => settings),
    options.clusters ?? new Map(),
    // Whoever acts here acts alone: there is nothing to wait for.
    { patienceMs: 0 },
  );
  const engine = createEngine({
    store,
    queue: options.queue ?? hand.queue,
    platforms,
    actions: [
      lookUp(platforms),
      readRoster(platforms),
      gatherCrowd(platforms),
      askQuiet(platforms),
      ...(options.actions ?? []),
    ],
    features: [...features, ...(options.features ?? [])],
    settings: options.settings ?? (() => settings),
    ...(options.catalog ? { catalog: options.catalog } : {}),
    ...(options.address ? { address: options.address } : {}),
    clock,
    random: options.random ?? (() => 0.5),
    log: options.log ?? quiet,
    metrics,
  });
  houses += 1;
  const name = `test/${houses}`;
  let deliveries = 0;
  let swept = clock.now().getTime();

  type Words = {
    readonly [K in PersonalInbound['kind']]: Omit<
      Extract<PersonalInbound, { kind: K }>,
      'delivery' | 'at' | 'account' | 'origin'
    > & { delivery?: string };
  };
  /** An inbound of a person, with what every one has. */
  function from<K extends PersonalInbound['kind']>(
    who: Profile,
    words: Words[K],
  ): Extract<PersonalInbound, { kind: K }> {
    deliveries += 1;
    return {
      delivery: `${name}/${deliveries}`,
      at: clock.now(),
      account: who.account,
      origin: { platform: platformOf(who.account), n: deliveries },
      ...words,
    } as unknown as Extract<PersonalInbound, { kind: K }>;
  }

  return {
    clock,
    slack,
    teams,
    hand,
    store,
    engine,
    metrics,
    from,
    /** Dispatches, as an adapter does that can put nothing into its own answer, and works the queue. */
    async act(inbound: Inbound): Promise<Answer> {
      const answer = await engine.dispatch(inbound);
      await engine.settle(answer, []);
      await this.work();
      return answer;
    },
    async work(): Promise<void> {
      await engine.idle();
      await hand.work();
      await engine.idle();
      if (hand.lanes.size > 0) await this.work();
    },
    command: (who: Profile, text: string) => from<'command'>(who, { kind: 'command', text }),
    press: (who: Profile, name: string, value: unknown) =>
      from<'press'>(who, { kind: 'press', press: { name, value: JSON.stringify(value) } }),
    submit: (who: Profile, asked: string, raw: Record<string, unknown>, form?: string) =>
      from<'submit'>(who, { kind: 'submit', asked, raw, ...(form === undefined ? {} : { form }) }),
    /** Five beats of the clock: on one of them what was left behind is swept up. What is there has aged meanwhile. */
    async sweep(): Promise<void> {
      const ms = clock.now().getTime() - swept;
      swept += ms;
      if (ms > 0)
        await database.pool.query(
          `update groundcrew.inbox set written = written - $1::interval, tried = tried - $1::interval where not settled`,
          [`${ms} milliseconds`],
        );
      for (let i = 0; i < 5; i++) await engine.tick();
    },
    /** How many rows there are of each kind, to see that nothing was written, or not twice. */
    async rows(): Promise<Readonly<Record<(typeof tables)[number], number>>> {
      const counts = tables.map((t) => `(select count(*)::int from groundcrew.${t}) as ${t}`).join(', ');
      const { rows } = await database.pool.query(`select ${counts}`);
      return rows[0];
    },
  };
}
export type House = ReturnType<typeof openHouse>;

/** The id of the form that an answer opens. */
export function askedIn(answer: Answer): string {
  const reply = answer.replies.find((r) => r.kind === 'ask');
  if (reply?.kind !== 'ask') throw new Error(`no form was asked: ${JSON.stringify(answer.replies)}`);
  return reply.asked.id;
}

import type { Catalog } from '../../src/core/catalog/path.ts';
import type { AccountId, Effect, Effects, Json, Profile, View } from '../../src/core/kernel/index.ts';
import { keys } from '../../src/core/requests/keys.ts';
import type { Request } from '../../src/core/requests/store.ts';
import { runMoved, runPreview } from '../../src/core/runs/report.ts';
import type { Preview, Progress } from '../../src/core/runs/run.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import type { TestDatabase } from './database.ts';
import { catalog } from './paths.ts';
import { openStage } from './stage.ts';
import { wordsOf } from './words.ts';

const somebody = (id: string, name: string, platform: 'slack' | 'teams' = 'slack'): Profile => ({
  account: (platform === 'slack'
    ? `slack:T1/U${id.toUpperCase()}`
    : `teams:11111111-1111-4111-8111-111111111111/${id}`) as AccountId,
  name,
  email: `${id}@acme.test`,
  zone: 'Europe/Berlin',
  active: true,
});
/** Ada asks, for team orders. Dan owns the data paths, with Dora. Olga is of Ada's team. Rita is an admin, Paul a platform engineer. */
export const people = {
  ada: somebody('ada', 'Ada'),
  olga: somebody('olga', 'Olga'),
  dan: somebody('dan', 'Dan'),
  dora: somebody('dora', 'Dora', 'teams'),
  paul: somebody('paul', 'Paul'),
  rita: somebody('rita', 'Rita', 'teams'),
  nobody: somebody('nobody', 'Nemo'),
} as const;
export type Who = keyof typeof people;

export const approvals = 'slack:T1/CAPPROVALS';
export const settingsWith = (more: Record<string, unknown> = {}): Settings =>
  settingsSchema.parse({
    name: 'the Acme platform team',
    roles: { platform: { emails: ['paul@acme.test'] }, admin: { emails: ['rita@acme.test'] } },
    teams: {
      orders: { emails: ['ada@acme.test', 'olga@acme.test'] },
      data: { emails: ['dan@acme.test', 'dora@acme.test'] },
    },
    channels: { approvals: [approvals] },
    ...more,
  });

export const preview: Preview = {
  summary: '3 objects are made.',
  changes: [
    { what: 'Cluster orders/orders', does: 'create' },
    { what: 'Secret orders/orders-app', does: 'create' },
    { what: 'NetworkPolicy orders/orders', does: 'create' },
  ],
  destroys: 0,
};
export const progress = (state: Progress['state'], more: Partial<Progress> = {}): Progress => ({
  state,
  steps: [],
  links: [],
  outputs: [],
  ...more,
});

/** A stage with a catalog, on which requests are asked and taken to where a test begins. */
export async function openRequests(
  database: TestDatabase,
  options: {
    readonly settings?: Settings;
    readonly catalog?: Catalog;
    readonly who?: readonly Who[];
    readonly clusters?: ReadonlyMap<string, string>;
  } = {},
) {
  let current = options.settings ?? settingsWith();
  let paths = options.catalog ?? catalog;
  const stage = openStage(
    database,
    () => current,
    () => paths,
    undefined,
    options.clusters,
  );
  const ids = new Map<Who, string>();
  for (const who of options.who ?? (Object.keys(people) as Who[])) {
    const [id] = await stage.meet(people[who]);
    ids.set(who, id as string);
  }
  const { requests, resources, runs, metrics } = stage.store.direct.features;
  const report = (inbound: object) =>
    stage.run({ at: stage.now(), delivery: `report/${crypto.randomUUID()}`, ...inbound } as Parameters<
      typeof stage.run
    >[0]);

  return {
    ...stage,
    requests,
    /** What the numbers of the platform say of all that was asked. */
    asking: () => metrics.asking({ since: new Date(0), until: new Date(stage.now().getTime() + 1) }),
    resources,
    runs,
    id: (who: Who) => ids.get(who) as Request['requester'],
    settings: (next: Settings) => {
      current = next;
    },
    catalog: (next: Catalog) => {
      paths = next;
    },
    say: (who: Who, words: string) => stage.command(people[who], words),
    push: (who: Who, name: string, value: unknown) => stage.press(people[who], name, value),
    send: (who: Who, effect: Effect | undefined, raw: Record<string, unknown>) => stage.fill(people[who], effect, raw),
    async row(number: number): Promise<Request> {
      const row = await requests.take(number);
      if (!row) throw new Error(`there is no request ${number}`);
      return row;
    },
    /** What the backend says would happen. */
    async previewed(number: number, said: Preview = preview, plans = 1) {
      const key = keys.plan(number, plans);
      return report({
        kind: 'outcome',
        of: runPreview,
        key,
        result: { request: number, preview: said } as unknown as Json,
      });
    },
    async unpreviewed(number: number, message: string) {
      const result = { request: number, problem: { code: 'backend_away', message } };
      return report({ kind: 'outcome', of: runPreview, key: keys.plan(number, 1), result });
    },
    /** What the runner reports of the present run. */
    async moved(number: number, said: Progress, more: { attempt?: number; n?: number } = {}) {
      const key = (await requests.take(number))?.run ?? '';
      const input = { key, attempt: 0, n: 1, ...more, progress: said } as unknown as Json;
      return report({ kind: 'observed', what: runMoved, input });
    },
    due: async (job: string, key: string, input: Json) => {
      await stage.store.direct.due.put({ key, job, input, at: stage.now() });
      return report({ kind: 'due', key, job, input, meant: stage.now() });
    },
    /** A request of somebody, up to the moment where they confirm. */
    async confirming(
      who: Who = 'ada',
      words = 'create postgres name=orders size=s',
      said: Preview = preview,
    ): Promise<number> {
      await stage.command(people[who], words);
      const [latest] = await requests.mine(ids.get(who) as Request['requester'], 1);
      if (!latest) throw new Error('nothing was asked');
      const key = keys.plan(latest.number, latest.plans);
      await report({
        kind: 'outcome',
        of: runPreview,
        key,
        result: { request: latest.number, preview: said } as unknown as Json,
      });
      return latest.number;
    },
    async confirm(who: Who, number: number) {
      const { plans } = await this.row(number);
      return stage.press(people[who], 'request.confirm', { number, plans });
    },
    /** Up to where a run carries it out. */
    async accepted(who: Who = 'ada', words?: string): Promise<number> {
      const number = await this.confirming(who, words);
      await this.confirm(who, number);
      return number;
    },
    async audit(): Promise<readonly { what: string; who: string; details: Record<string, unknown> }[]> {
      const { rows } = await database.pool.query('select what, who, details from groundcrew.audit order by seq');
      return rows;
    },
  };
}
export type Requests = Awaited<ReturnType<typeof openRequests>>;

/** What is shown for a key, and to whom it is told. */
export const shownFor = (effects: Effects, key: string): readonly View[] =>
  effects.flatMap((e) => ('key' in e && 'view' in e && e.key === key ? [e.view] : []));
export const wordsFor = (effects: Effects, key: string): string => shownFor(effects, key).map(wordsOf).join('\n---\n');
export const toldTo = (effects: Effects, key: string): readonly string[] =>
  effects.flatMap((e) => (e.kind === 'tell' && e.key === key ? [e.person] : []));
export const whispered = (effects: Effects): string =>
  effects.flatMap((e) => (e.kind === 'whisper' ? [wordsOf(e.view)] : [])).join('\n');

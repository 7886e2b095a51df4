import type { Catalog, GoldenPath, Operation } from '../../src/core/catalog/path.ts';
import type { AccountId, Effect, PersonId, Profile, View } from '../../src/core/kernel/index.ts';
import type { NewResource, Resource, ResourceChange } from '../../src/core/resources/store.ts';
import { runMoved } from '../../src/core/runs/report.ts';
import type { Progress } from '../../src/core/runs/run.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import type { TestDatabase } from './database.ts';
import { openStage } from './stage.ts';
import { wordsOf } from './words.ts';

export const day = 86_400;
export const leo: Profile = {
  account: 'slack:T1/ULEO' as AccountId,
  name: 'Leo',
  email: 'leo@acme.test',
  zone: 'Europe/Paris',
  active: true,
};
export const nina: Profile = {
  account: 'teams:11111111-1111-4111-8111-111111111111/nina' as AccountId,
  name: 'Nina',
  email: 'nina@acme.test',
  zone: 'Europe/Paris',
  active: true,
};

/** Ada and Leo are in one team, Nina in another; Grace runs the platform, Mira is in the team that owns the path. */
export const crew: Settings = settingsSchema.parse({
  name: 'the Acme platform team',
  roles: { platform: { emails: ['grace@acme.test'] } },
  teams: {
    inventory: { emails: ['ada@acme.test', 'leo@acme.test'] },
    orders: { emails: ['nina@acme.test'] },
    data: { emails: ['mira@acme.test'] },
  },
});

const operation = (name: string, more: Partial<Operation> & Pick<Operation, 'verb'>): Operation => ({
  name,
  title: `${name[0]?.toUpperCase()}${name.slice(1)}`,
  fields: [],
  policy: [],
  ...more,
});
export const postgres: GoldenPath = {
  name: 'postgres',
  title: 'PostgreSQL',
  summary: 'A database',
  version: '1.4.0',
  lifecycle: { is: 'active' },
  owner: 'data',
  personas: [],
  docs: 'https://docs.acme.test/postgres',
  aliases: [],
  parameters: {
    required: ['name', 'size'],
    properties: {
      name: { type: 'string', title: 'Name', fixed: true, pattern: '^[a-z][a-z0-9-]*$' },
      size: {
        type: 'string',
        title: 'Size',
        enum: [
          { value: 's', label: 'Small' },
          { value: 'l', label: 'Large' },
        ],
      },
    },
  },
  backend: { kind: 'probe', spec: { name: '${{ params.name }}', size: '${{ params.size }}', verb: '${{ verb }}' } },
  timeoutSeconds: 600,
  called: ['name'],
  identity: 'params.name',
  outputs: [],
  policy: [],
  quota: { kind: 'postgres', amount: '1' },
  cost: { currency: 'EUR', monthly: 'params.size == "s" ? 1800 : 6000' },
  ttl: { lives: 14 * day, extend: 7 * day, extensions: 2, hibernates: 3 * day },
  operations: [
    operation('resize', { verb: 'change', fields: ['size'] }),
    operation('restart', { verb: 'restart' }),
    operation('hibernate', { verb: 'hibernate' }),
    operation('wake', { verb: 'wake' }),
    operation('delete', { verb: 'delete' }),
  ],
};

export function openThings(
  database: TestDatabase,
  given: { readonly catalog?: Catalog; readonly settings?: Settings } = {},
) {
  let catalog: Catalog = given.catalog ?? { paths: [postgres], broken: [] };
  let settings = given.settings ?? crew;
  const stage = openStage(
    database,
    () => settings,
    () => catalog,
  );
  const { features } = stage.store.direct;
  let made = 0;
  let reports = 0;

  return {
    ...stage,
    features,
    setCatalog(...paths: readonly GoldenPath[]) {
      catalog = { paths, broken: [] };
    },
    setSettings(next: Settings) {
      settings = next;
    },
    /** A thing of the path, active unless it is said otherwise. */
    async thing(
      owner: PersonId,
      more: Partial<NewResource> & { readonly change?: ResourceChange } = {},
    ): Promise<Resource> {
      made += 1;
      const { change, ...rest } = more;
      const name = rest.name ?? `db-${made}`;
      const added = await features.resources.add({
        slug: `r${100 + made}`,
        name,
        identity: `postgres/${name}`,
        path: 'postgres',
        version: '1.4.0',
        values: { name: 'orders', size: 's' },
        team: 'inventory',
        owner,
        // One after the other, so that lists have an order.
        created: new Date(stage.now().getTime() + made - 1),
        quota: { kind: 'postgres', amount: 1 },
        cost: { currency: 'EUR', cents: 1800 },
        expires: new Date(stage.now().getTime() + 14 * day * 1000),
        ...rest,
      });
      if (!added) throw new Error('taken');
      await features.resources.change(added.id, { state: 'active', ...change }, stage.now());
      return this.is(added);
    },
    async is({ id }: Pick<Resource, 'id'>): Promise<Resource> {
      const found = await features.resources.byId(id);
      if (!found) throw new Error('not there');
      return found;
    },
    /** What the clock brings, as the engine does: the row is taken, and the handler runs. */
    async due(key: string, late = 0): Promise<readonly Effect[]> {
      const rows = await stage.store.direct.due.ready(new Date('2100-01-01T00:00:00Z'), 1000);
      const row = rows.find((r) => r.key === key);
      if (!row) throw new Error(`nothing is due: ${key}; there are ${rows.map((r) => r.key).join(', ')}`);
      const at = new Date(Math.max(stage.now().getTime(), row.at.getTime()) + late * 1000);
      return (await stage.run({ kind: 'due', key, job: row.job, input: row.input, meant: row.at, at, delivery: key }))
        .effects;
    },
    /** Writes what a handler wants of the clock, as the engine does. */
    async keep(effects: readonly Effect[]): Promise<void> {
      for (const e of effects) {
        if (e.kind === 'later') await stage.store.direct.due.put({ key: e.key, job: e.job, input: e.input, at: e.at });
        if (e.kind === 'never') await stage.store.direct.due.remove(e.key);
      }
    },
    async dues(): Promise<Readonly<Record<string, string>>> {
      const rows = await stage.store.direct.due.ready(new Date('2100-01-01T00:00:00Z'), 1000);
      return Object.fromEntries(rows.map((r) => [r.key, r.at.toISOString()]));
    },
    async observe(what: string, input: object): Promise<readonly Effect[]> {
      reports += 1;
      return (
        await stage.run({
          kind: 'observed',
          what,
          input: input as never,
          at: stage.now(),
          delivery: `observed/${reports}`,
        })
      ).effects;
    },
    /** A backend's word on a run; it is claimed first, as a runner does. */
    async ran(key: string, progress: Partial<Progress> & Pick<Progress, 'state'>): Promise<readonly Effect[]> {
      await database.pool.query('update groundcrew.run set attempt = 1 where key = $1', [key]);
      return this.observe(runMoved, {
        key,
        attempt: 1,
        n: 1,
        progress: { steps: [], links: [], outputs: [], ...progress },
      });
    },
    async runs(): Promise<readonly string[]> {
      const { rows } = await database.pool.query<{ key: string }>(
        'select key from groundcrew.run order by created, key',
      );
      return rows.map((r) => r.key);
    },
    async audited(): Promise<readonly string[]> {
      const { rows } = await database.pool.query<{ what: string }>('select what from groundcrew.audit order by seq');
      return rows.map((r) => r.what);
    },
  };
}
export type Things = ReturnType<typeof openThings>;

/** What a handler whispered, as words; the other effects by their kinds. */
export const whispers = (effects: readonly Effect[]): string =>
  effects.flatMap((e) => (e.kind === 'whisper' ? [wordsOf(e.view)] : [])).join('\n');
export const viewIn = (effects: readonly Effect[]): View => {
  const found = effects.find((e) => e.kind === 'whisper');
  if (found?.kind !== 'whisper') throw new Error(`nothing was whispered: ${JSON.stringify(effects)}`);
  return found.view;
};
/** Who was told what. */
export const tellings = (effects: readonly Effect[]): readonly (readonly [who: string, key: string, words: string])[] =>
  effects.flatMap((e): readonly (readonly [string, string, string])[] =>
    e.kind === 'tell'
      ? [[e.person, e.key, wordsOf(e.view)] as const]
      : e.kind === 'say'
        ? [[e.place, e.key, wordsOf(e.view)] as const]
        : [],
  );
export const kinds = (effects: readonly Effect[]) => [...new Set(effects.map((e) => e.kind))].toSorted();

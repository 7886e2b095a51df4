import type { Selectable } from 'kysely';
import type { Values } from '../core/catalog/path.ts';
import type { AccountId, PersonId, PlaceId } from '../core/kernel/index.ts';
import type { RequestState } from '../core/requests/rules.ts';
import type { NewRequest, Request, RequestChange, RequestStore, Verdict } from '../core/requests/store.ts';
import type { Preview, Verb } from '../core/runs/run.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

type Row = Selectable<Tables['request']>;

/** A column as an optional property: null is absent. */
const some = <K extends string, T, Out>(key: K, value: T | null, as: (value: T) => Out) =>
  (value === null ? {} : { [key]: as(value) }) as { readonly [P in K]?: Out };
const same = <T>(value: T): T => value;

const request = (row: Row): Request => ({
  number: row.number,
  verb: row.verb as Verb,
  path: row.path,
  version: row.version,
  values: row.values as Values,
  team: row.team,
  requester: row.requester as PersonId,
  account: row.account as AccountId,
  state: row.state as RequestState,
  tries: row.tries,
  plans: row.plans,
  created: row.created,
  changed: row.changed,
  ...some('operation', row.operation, same),
  ...some('resource', row.resource, same),
  ...some('place', row.place, (p) => p as PlaceId),
  ...some('preview', row.preview, (p) => p as unknown as Preview),
  ...some('verdict', row.verdict, (v) => v as unknown as Verdict),
  ...some('cost', row.cents, (cents) => ({ currency: row.currency ?? '', cents })),
  ...some('decided', row.decided, (d) => d as unknown as NonNullable<Request['decided']>),
  ...some('run', row.run, same),
  ...some('said', row.said, same),
  ...some('accepted', row.accepted, same),
  ...some('ready', row.ready, same),
});

/** The columns of what changes; words that are empty are no words. */
const columns = ({ values, preview, verdict, cost, decided, said, ...plain }: RequestChange) => ({
  ...plain,
  ...(values ? { values: json(values) } : {}),
  ...(preview ? { preview: json(preview) } : {}),
  ...(verdict ? { verdict: json(verdict) } : {}),
  ...(decided ? { decided: json(decided) } : {}),
  ...(cost ? { currency: cost.currency, cents: cost.cents } : {}),
  ...(said === undefined ? {} : { said: said === '' ? null : said }),
});

export const createRequestStore = (db: Db): RequestStore => ({
  async add({ values, cost, operation, resource, place, ...rest }: NewRequest) {
    const row = await db
      .insertInto('request')
      .values({
        ...rest,
        state: 'planning',
        values: json(values),
        operation: operation ?? null,
        resource: resource ?? null,
        place: place ?? null,
        currency: cost?.currency ?? null,
        cents: cost?.cents ?? null,
        preview: null,
        verdict: null,
        decided: null,
        changed: rest.created,
        plans: 1,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return request(row);
  },
  async take(number) {
    const row = await db.selectFrom('request').selectAll().where('number', '=', number).forUpdate().executeTakeFirst();
    return row && request(row);
  },
  async byRun(run) {
    const row = await db.selectFrom('request').selectAll().where('run', '=', run).forUpdate().executeTakeFirst();
    return row && request(row);
  },
  async change(number, change, at) {
    await db
      .updateTable('request')
      .set({ ...columns(change), changed: at })
      .where('number', '=', number)
      .execute();
  },
  async mine(person, limit) {
    const rows = await db
      .selectFrom('request')
      .selectAll()
      .where('requester', '=', person)
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
    return rows.map(request);
  },
  async waiting(limit) {
    const rows = await db
      .selectFrom('request')
      .selectAll()
      .where('state', '=', 'awaiting-approval')
      .orderBy('created')
      .orderBy('number')
      .limit(limit)
      .execute();
    return rows.map(request);
  },
});

import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type AccountId, isLasting, onceLasting, type Reply } from '../core/kernel/index.ts';
import type { InboxEntry } from '../engine/ports.ts';
import { type Acting, acting, printOf } from './acting.ts';
import { isBadData, json, onClient, prepared } from './db.ts';
import { together } from './together.ts';

/*
 * What every arrival needs of the database. An arrival whose handler wrote nothing is three small things: a look (was it
 * there before, and who acts), its row, and later the mark that its answer was made. Those of all arrivals that come at
 * the same moment share one statement and one commit, so the busier it is, the less an arrival costs.
 */

/** An arrival with all that came of it; `commit` as in `Store.arrival`. */
type Whole = { readonly entry: InboxEntry; readonly replies: readonly Reply[]; readonly commit?: () => void };
/** What is known of an arrival before it is handled: whether it was there before, and who acts. */
export type Look = { readonly seen: boolean; readonly acting: Acting | undefined; readonly print: string };

export type Arrivals = {
  look(entry: InboxEntry): Promise<Look>;
  /** False when this delivery was there before, or who acts is not as its print says. */
  add(whole: Whole): Promise<boolean>;
  settle(deliveries: readonly string[]): Promise<void>;
};

const giving = `, given as (
    insert into groundcrew.lasting_answer (id, replies)
    select id, replies::json from jsonb_to_recordset($3::jsonb) as answer (id text, replies text)
    where replies is not null order by id
    on conflict (id) do update set used = clock_timestamp()
    returning id
  )`;
const keeping = (given: string) => `${given}, kept as (
    ${given && 'select id from given union'}
    select id from groundcrew.lasting_answer
    where id = any (array(select answer ->> 'id' from jsonb_array_elements($3::jsonb) as each (answer)))
      and used > clock_timestamp() - interval '1 day'
  )`;
const lookingUp = `, (select json_agg(json_build_object(
        'seen', coalesce((select true from groundcrew.inbox i where i.delivery = one.look ->> 'delivery'), false),
        'who', (select json_build_object('acting', row_to_json(a), 'print', ${printOf(`one.look ->> 'account'`)})
          from (${acting} where a.id = one.look ->> 'account') a)
      ) order by one.place)
      from jsonb_array_elements($4::jsonb) with ordinality as one (look, place)) as looks`;
// Rows are added in the order of their ids, so that two processes that write the same ones do not deadlock.
const statement = (kept: string, looks: string) => `
  with settled as (
    update groundcrew.inbox set settled = true, origin = null
    where delivery = any (array(select jsonb_array_elements_text($1::jsonb)))
  )${kept}, added as (
    insert into groundcrew.inbox (delivery, kind, at, account, origin, replies, lasting, settled)
    select delivery, kind, at, account, origin, coalesce(replies, '[]'), lasting, replies is null and lasting is null
    from jsonb_to_recordset($2::jsonb) as arrived
      (delivery text, kind text, at timestamptz, account text, origin jsonb, replies json, lasting text, print text)
    where (print is null or print = ${printOf('arrived.account')})
      and (lasting is null ${kept && 'or lasting in (select id from kept)'})
    order by delivery
    on conflict (delivery) do nothing
    returning delivery
  )
  select
    (select json_agg(delivery) from added) as added,
    ${kept ? '(select json_agg(id) from kept)' : '$3::json'} as kept
    ${looks || ', $4::json as looks'}`;
/** A plan costs for all that is in it, also where there is nothing of it to do: so what is rare is left out. */
const named = (name: string, kept: string) => ({
  none: { name, text: statement(kept, '') },
  some: { name: `${name}.looks`, text: statement(kept, lookingUp) },
});
/** By what is answered: nothing that lasts, what the database has, or what it may not have yet. */
const statements = {
  none: named('arrivals', ''),
  known: named('arrivals.known', keeping('')),
  told: named('arrivals.told', keeping(giving)),
} as const;

type Row = {
  readonly added: readonly string[] | null;
  readonly kept: readonly string[] | null;
  readonly looks: readonly { readonly seen: boolean; readonly who: Who | null }[] | null;
};
type Who = { readonly acting: ActingJson; readonly print: string };
type ActingJson = Omit<Acting, 'used' | 'looked_up'> & {
  readonly used: string | null;
  readonly looked_up: string | null;
};

const open = `
  insert into groundcrew.inbox (delivery, kind, at, account)
  select $1, $2, $3, $4 where $5::text is null or $5 = ${printOf('$4')}
  on conflict (delivery) do nothing`;
const owe = `
  update groundcrew.inbox set origin = $2, replies = $3, settled = false where delivery = $1`;

/** The row of an arrival when its transaction has others as well: `open` first, `owe` last. */
export const arrivalRow = {
  /** As `add`. */
  async open(client: pg.PoolClient, { delivery, kind, at, account, print }: InboxEntry): Promise<boolean> {
    const { rowCount } = await prepared(client, 'open', open, [delivery, kind, at, account ?? null, print ?? null]);
    return rowCount === 1;
  },
  async owe(client: pg.PoolClient, { delivery, origin }: InboxEntry, replies: readonly Reply[]): Promise<void> {
    if (origin && replies.length > 0) await prepared(client, 'owe', owe, [delivery, json(origin), json(replies)]);
  },
};

type Task =
  | { readonly kind: 'look'; readonly delivery: string; readonly account: AccountId | undefined }
  | { readonly kind: 'add'; readonly whole: Whole }
  | { readonly kind: 'settle'; readonly deliveries: readonly string[] };
/** `again`: nothing was written, since the database has not the lasting answer. */
type Done = Look | boolean | 'again' | undefined;

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
const lookOf = ({ seen, who }: NonNullable<Row['looks']>[number]): Look => {
  if (who === null) return { seen, acting: undefined, print: '' };
  const { acting: found, print } = who;
  return { seen, acting: { ...found, used: instant(found.used), looked_up: instant(found.looked_up) }, print };
};

/** An answer that is the same for many, as it is kept. */
type Lasting = { readonly id: string; readonly replies: string };
const lastingOf = onceLasting((view): Lasting => {
  const replies = json([{ kind: 'whisper', view }]);
  return { id: createHash('sha256').update(replies).digest('base64url'), replies };
});
function lastingIn({ entry, replies: [only, ...others] }: Whole): Lasting | undefined {
  if (!entry.origin || only?.kind !== 'whisper' || only.over || others.length > 0) return undefined;
  return isLasting(only.view) ? lastingOf(only.view) : undefined;
}
function rowOf(whole: Whole) {
  const { origin, ...entry } = whole.entry;
  if (!origin || whole.replies.length === 0) return entry;
  const lasting = lastingIn(whole)?.id;
  return { ...entry, origin, ...(lasting ? { lasting } : { replies: whole.replies }) };
}

function thrownBy(commit: (() => void) | undefined): Error | undefined {
  try {
    commit?.();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** `patienceMs`: how long what was settled waits for an arrival to be written with. */
export function createArrivals(pool: pg.Pool, patienceMs?: number): Arrivals {
  /** The lasting answers that the database has: their text need not be sent again. */
  const has = new Set<string>();
  // The connection comes first: without one nothing was begun, and no arrival is committing.
  const run = (tasks: readonly Task[]) => onClient(pool, (client) => runOn(client, tasks));

  async function runOn(client: pg.PoolClient, tasks: readonly Task[]): Promise<readonly (Done | Error)[]> {
    const settled: string[] = [];
    const rows: object[] = [];
    const looked: object[] = [];
    const lasting = new Map<string, Lasting>();
    const calledOff = tasks.map((task) => {
      if (task.kind === 'settle') settled.push(...task.deliveries);
      if (task.kind === 'look') looked.push({ delivery: task.delivery, account: task.account });
      if (task.kind !== 'add') return undefined;
      const error = thrownBy(task.whole.commit);
      if (error) return error;
      rows.push(rowOf(task.whole));
      const answer = lastingIn(task.whole);
      if (answer) lasting.set(answer.id, answer);
      return undefined;
    });
    const answers = [...lasting.values()].map(({ id, replies }) => (has.has(id) ? { id } : { id, replies }));
    const values = [json(settled), json(rows), json(answers), json(looked)];
    const told = answers.some((answer) => 'replies' in answer);
    const { name, text } =
      statements[told ? 'told' : answers.length > 0 ? 'known' : 'none'][looked.length > 0 ? 'some' : 'none'];
    const [row] = (await prepared<Row>(client, name, text, values)).rows;
    const kept = new Set(row?.kept);
    for (const id of lasting.keys()) if (!kept.has(id)) has.delete(id);
    for (const id of kept) has.add(id);
    const looks = (row?.looks ?? []).values();
    // The same delivery may come twice in one batch: the first has the row.
    const added = new Set(row?.added);
    const wasAdded = (whole: Whole): boolean | 'again' => {
      if (added.delete(whole.entry.delivery)) return true;
      const answer = lastingIn(whole);
      return answer !== undefined && !kept.has(answer.id) ? 'again' : false;
    };
    const results: { readonly [K in Task['kind']]: (task: Extract<Task, { kind: K }>) => Done } = {
      look: () => lookOf(looks.next().value as NonNullable<Row['looks']>[number]),
      add: ({ whole }) => wasAdded(whole),
      settle: () => undefined,
    };
    return tasks.map((task, i) => calledOff[i] ?? results[task.kind](task as never));
  }

  const call = together<Task, Done>(run, isBadData, undefined, patienceMs);
  return {
    look: async ({ delivery, account }) => (await call({ kind: 'look', delivery, account })) as Look,
    async add(whole) {
      const added = await call({ kind: 'add', whole });
      // Its answer was not given for a day: the text of it goes along now.
      return (added === 'again' ? await call({ kind: 'add', whole }) : added) === true;
    },
    settle: async (deliveries) => void (await call({ kind: 'settle', deliveries }, true)),
  };
}

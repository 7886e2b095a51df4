import type { Selectable } from 'kysely';
import type { State } from '../core/feedback/rules.ts';
import type { Details, Feedback, FeedbackStore, Moved } from '../core/feedback/store.ts';
import type { AccountId, Persona, PersonId } from '../core/kernel/index.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

type Present<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };
/** What a row has of these columns: null is absent. */
export const textOf = <T extends object>(row: T): Present<T> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>;

export const itemOf = (row: Selectable<Tables['feedback']>): Feedback => ({
  number: row.number,
  requester: row.requester as PersonId,
  account: row.account as AccountId,
  what: row.what,
  why: row.why,
  pain: row.pain,
  state: row.state as State,
  created: row.created,
  changed: row.changed,
  ...textOf({
    permalink: row.permalink,
    problem: row.problem,
    outcome: row.outcome,
    persona: row.persona as Persona | null,
    quarter: row.quarter,
    owner: row.owner as PersonId | null,
    impact: row.impact,
    confidence: row.confidence,
    effort: row.effort,
    path: row.path,
    team: row.team,
    into: row.into,
    help: row.help,
    link: row.link,
    shipped: row.shipped,
  }),
});

const detailNames = [
  'problem',
  'outcome',
  'persona',
  'quarter',
  'owner',
  'impact',
  'confidence',
  'effort',
  'path',
  'help',
  'link',
  'shipped',
] as const;
type Changed = Details & Pick<Feedback, 'help' | 'link' | 'shipped'>;
/** The columns that are named: one that is named without a value is emptied. */
export const detailColumns = (details: Changed) =>
  Object.fromEntries(
    detailNames.filter((name) => Object.hasOwn(details, name)).map((name) => [name, details[name] ?? null]),
  );

const move = (row: Selectable<Tables['feedback_move']>): Moved => ({
  move: row.move as Moved['move'],
  state: row.state as State,
  at: row.at,
  ...textOf({ by: row.by as PersonId | null, via: row.via, words: row.words }),
  // Written by us from a value of this type.
  ...(row.changes === null ? {} : { changes: row.changes as unknown as NonNullable<Moved['changes']> }),
});

export const createFeedbackStore = (db: Db): FeedbackStore => ({
  async add({ permalink, into: _, ...rest }) {
    const row = await db
      .insertInto('feedback')
      .values({ ...rest, permalink: permalink ?? null, state: 'received', changed: rest.created })
      .returningAll()
      .executeTakeFirstOrThrow();
    return itemOf(row);
  },
  async take(number) {
    // Not “for update”: that would stop those whose rows only name the item, and two of them could wait for each other.
    const held = db.selectFrom('feedback').selectAll().where('number', '=', number).forNoKeyUpdate();
    const row = await held.executeTakeFirst();
    return row && itemOf(row);
  },
  async moved(number, { by, via, move: made, state, words, at, changes }, more = {}) {
    await db
      .insertInto('feedback_move')
      .values({
        feedback: number,
        by: by ?? null,
        via: via ?? null,
        move: made,
        state,
        words: words ?? null,
        at,
        changes: changes === undefined ? null : json(changes),
      })
      .execute();
    await db
      .updateTable('feedback')
      .set({ state, changed: at, ...detailColumns(more) })
      .where('number', '=', number)
      .execute();
  },
  async history(number) {
    return (await this.histories([number])).get(number) ?? [];
  },
  async histories(numbers) {
    if (numbers.length === 0) return new Map();
    const rows = await db
      .selectFrom('feedback_move')
      .selectAll()
      .where('feedback', 'in', numbers)
      .orderBy('id')
      .execute();
    return Map.groupBy(rows, (row) => row.feedback)
      .entries()
      .reduce((all, [number, own]) => all.set(number, own.map(move)), new Map<number, readonly Moved[]>());
  },
  async mine(person, limit) {
    const rows = await db
      .selectFrom('feedback')
      .selectAll()
      .where('requester', '=', person)
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
    return rows.map(itemOf);
  },
  async open(limit) {
    const rows = await db
      .selectFrom('feedback')
      .selectAll()
      .where('state', 'not in', ['shipped', 'declined'])
      .where('into', 'is', null)
      .orderBy('pain', 'desc')
      .orderBy('number')
      .limit(limit)
      .execute();
    return rows.map(itemOf);
  },
});

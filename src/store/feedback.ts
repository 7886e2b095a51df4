import type { Selectable } from 'kysely';
import type { Move, State } from '../core/feedback/rules.ts';
import type { Feedback, FeedbackStore, Moved } from '../core/feedback/store.ts';
import type { AccountId, PersonId } from '../core/kernel/index.ts';
import type { Db } from './db.ts';
import type { Tables } from './schema.ts';

const item = (row: Selectable<Tables['feedback']>): Feedback => ({
  number: row.number,
  requester: row.requester as PersonId,
  account: row.account as AccountId,
  what: row.what,
  why: row.why,
  pain: row.pain,
  state: row.state as State,
  created: row.created,
  changed: row.changed,
  ...(row.permalink === null ? {} : { permalink: row.permalink }),
});

const move = (row: Selectable<Tables['feedback_move']>): Moved => ({
  by: row.by as PersonId,
  move: row.move as Move,
  state: row.state as State,
  at: row.at,
  ...(row.words === null ? {} : { words: row.words }),
});

export const createFeedbackStore = (db: Db): FeedbackStore => ({
  async add({ permalink, ...rest }) {
    const row = await db
      .insertInto('feedback')
      .values({ ...rest, permalink: permalink ?? null, state: 'received', changed: rest.created })
      .returningAll()
      .executeTakeFirstOrThrow();
    return item(row);
  },
  async take(number) {
    const row = await db.selectFrom('feedback').selectAll().where('number', '=', number).forUpdate().executeTakeFirst();
    return row && item(row);
  },
  async moved(number, { by, move, state, words, at }) {
    await db
      .insertInto('feedback_move')
      .values({ feedback: number, by, move, state, words: words ?? null, at })
      .execute();
    await db.updateTable('feedback').set({ state, changed: at }).where('number', '=', number).execute();
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
    return rows.map(item);
  },
  async open(limit) {
    const rows = await db
      .selectFrom('feedback')
      .selectAll()
      .where('state', 'not in', ['shipped', 'declined'])
      .orderBy('pain', 'desc')
      .orderBy('number')
      .limit(limit)
      .execute();
    return rows.map(item);
  },
});

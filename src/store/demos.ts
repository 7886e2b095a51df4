import type { Selectable } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import type { DemoItem, DemoStore } from '../core/office-hours/demo-store.ts';
import type { Db } from './db.ts';
import type { Tables } from './schema.ts';

const item = (row: Selectable<Tables['demo_item']>): DemoItem => ({
  number: row.number,
  session: row.session,
  person: row.person as PersonId,
  by: row.by as PersonId,
  title: row.title,
  minutes: row.minutes,
  ...(row.feedback === null ? {} : { feedback: row.feedback }),
});

export const createDemoStore = (db: Db): DemoStore => ({
  async demos(from, to) {
    const rows = await db
      .selectFrom('office_session as s')
      .innerJoin('office_series as r', 'r.number', 's.series')
      .select('s.number')
      .where('r.kind', '=', 'demo')
      .where('s.starts', '>=', from)
      .where('s.starts', '<', to)
      .orderBy('s.starts')
      .orderBy('s.number')
      .execute();
    return rows.map((r) => r.number);
  },
  async agenda(session) {
    const rows = await db
      .selectFrom('demo_item')
      .selectAll()
      .where('session', '=', session)
      .orderBy('nth')
      .orderBy('number')
      .execute();
    return rows.map(item);
  },
  async add({ feedback, ...rest }, at) {
    await db
      .insertInto('demo_item')
      .values(({ selectFrom, fn, val }) => ({
        ...rest,
        feedback: feedback ?? null,
        at,
        nth: selectFrom('demo_item')
          .select((e) => e(fn.coalesce(fn.max('nth'), val(0)), '+', 1).as('nth'))
          .where('session', '=', rest.session),
      }))
      .execute();
  },
  async remove(number) {
    await db.deleteFrom('demo_item').where('number', '=', number).execute();
  },
  async order(session, items) {
    for (const [nth, number] of items.entries())
      await db
        .updateTable('demo_item')
        .set({ nth: nth + 1 })
        .where('session', '=', session)
        .where('number', '=', number)
        .execute();
  },
  async onAgenda(feedback) {
    if (feedback.length === 0) return new Set();
    const rows = await db.selectFrom('demo_item').select('feedback').where('feedback', 'in', feedback).execute();
    return new Set(rows.flatMap((r) => r.feedback ?? []));
  },
  async shown(session) {
    const row = await db.selectFrom('demo_agenda').select('print').where('session', '=', session).executeTakeFirst();
    return row?.print;
  },
  async show(session, print) {
    await db
      .insertInto('demo_agenda')
      .values({ session, print })
      .onConflict((c) => c.column('session').doUpdateSet({ print }))
      .execute();
  },
});

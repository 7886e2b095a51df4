import { sql } from 'kysely';
import type { AccountId, Form, PlaceId, Raw } from '../core/kernel/index.ts';
import type { AskedForms } from '../engine/ports.ts';
import { type Db, isUuid, json } from './db.ts';

export const createAsked = (db: Db): AskedForms => ({
  async keep({ id, account, form, carry, prior, place }, at) {
    await sql`
      insert into groundcrew.asked (id, account, form, carry, prior, at, place)
      values (${id}, ${account}, ${json(form)}, ${carry}, ${json(prior)}, ${at}, ${place ?? null})`.execute(db);
  },
  async take(id) {
    if (!isUuid(id)) return undefined;
    const row = await db.selectFrom('asked').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    return (
      row && {
        id: row.id,
        account: row.account as AccountId,
        form: row.form as unknown as Form,
        carry: row.carry,
        prior: row.prior as Raw,
        done: row.done,
        ...(row.place === null ? {} : { place: row.place as PlaceId }),
      }
    );
  },
  async typed(id, raw) {
    await sql`update groundcrew.asked set prior = ${json(raw)} where id = ${id}`.execute(db);
  },
  async finish(id) {
    await db.updateTable('asked').set({ done: true }).where('id', '=', id).execute();
  },
  async erase(id) {
    await sql`
      update groundcrew.asked set done = true, carry = '', prior = '{}',
        form = json_build_object('id', form ->> 'id', 'title', form ->> 'title', 'submit', '', 'fields', '{}'::json)
      where id = ${id}`.execute(db);
  },
  async forget(before) {
    const gone = await db.deleteFrom('asked').where('at', '<', before).executeTakeFirst();
    return Number(gone.numDeletedRows);
  },
});

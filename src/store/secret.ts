import { randomBytes } from 'node:crypto';
import type pg from 'pg';

/** 32 random bytes under a name, the same for all processes of this installation for as long as its database lives. */
export async function secretNamed(pool: pg.Pool, name: string): Promise<Buffer> {
  await pool.query('insert into groundcrew.secret (name, value) values ($1, $2) on conflict (name) do nothing', [
    name,
    randomBytes(32),
  ]);
  const { rows } = await pool.query<{ value: Buffer }>('select value from groundcrew.secret where name = $1', [name]);
  const [row] = rows;
  if (!row) throw new Error(`the secret ${name} was taken away`);
  return row.value;
}

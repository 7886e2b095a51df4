import { sql } from 'kysely';

/** `tree`: each of some items, as `root`, with every item that is merged into it, itself among them. */
export const tree = (numbers: readonly number[]) => sql`
  with recursive tree (root, number) as (
    select number, number from groundcrew.feedback where number = any(${[...numbers]}::int[])
    union
    select t.root, f.number from groundcrew.feedback f join tree t on f."into" = t.number
  )`;

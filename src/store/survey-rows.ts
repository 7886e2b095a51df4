import { randomInt } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import type { Survey } from '../core/surveys/model.ts';
import type { Report } from '../core/surveys/results.ts';
import type { Did, Part, PartState, Run, RunState } from '../core/surveys/store.ts';
import type { Tables } from './schema.ts';

/* Rows of surveys, as the core has them. */

export const run = (row: Selectable<Tables['survey_run']>): Run => ({
  id: row.id,
  number: row.number,
  // Written by us from values of these types.
  survey: row.definition as unknown as Survey,
  state: row.state as RunState,
  opens: row.opens,
  closes: row.closes,
  seed: row.seed,
  ...(row.by === null ? {} : { by: row.by as PersonId }),
  ...(row.did === null ? {} : { did: row.did as unknown as readonly Did[] }),
  ...(row.report === null ? {} : { report: row.report as unknown as Report }),
});

type PartRow = Omit<Selectable<Tables['survey_part']>, 'due' | 'asked_on'>;
export const part = (row: PartRow): Part => ({
  token: row.token,
  run: row.run,
  person: row.person as PersonId,
  state: row.state as PartState,
  card: row.card,
  reminders: row.reminders,
  muted: row.muted,
  ...(row.team === null ? {} : { team: row.team }),
  ...(row.persona === null ? {} : { persona: row.persona }),
});
export const partColumns = [
  'token',
  'run',
  'person',
  'state',
  'team',
  'persona',
  'card',
  'reminders',
  'muted',
] as const;

/** In an order that tells nothing, by lots that cannot be foreseen (Fisher and Yates). */
export function shuffled<T>(all: readonly T[]): readonly T[] {
  const list = [...all];
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}

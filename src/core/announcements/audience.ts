import type { Person } from '../kernel/index.ts';
import type { Audience } from './store.ts';

/** What decides whether news concerns somebody. */
export type Reader = Pick<Person, 'persona' | 'teams'>;

/** Whether it concerns them. Who has not said what they work on may work on anything. */
export const isFor = ({ personas, teams }: Audience, { persona, teams: own }: Reader): boolean =>
  (personas.length === 0 || persona === undefined || personas.includes(persona)) &&
  (teams.length === 0 || own.some((team) => teams.includes(team)));

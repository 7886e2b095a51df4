import { said, type Text, text } from '../kernel/index.ts';
import { impacts, type Score } from './score.ts';

const people = (n: number): string => (n === 1 ? '1 person' : `${n} people`);

/** Who stands behind an item: `9 asked, 61 affected by inventory`. */
export const standing = ({ asked, affected }: Pick<Score, 'asked' | 'affected'>): string =>
  affected > 0 ? `${asked} asked, ${affected} affected by inventory` : `${asked} asked`;

/** A score in its parts: `280 = impact 4 × 70 people`. */
export function scoreWords({ score, impact, set, people: counted, capped, worth }: Score): string {
  const why = set ? '' : ', from how much it hurts until it is triaged';
  const cap = capped ? `; ${people(capped.people)} of ${capped.team} count as ${capped.counted}` : '';
  const second = worth === undefined ? '' : `. By confidence and effort: ${worth}`;
  return `${score} = impact ${impact} (${impacts[impact - 1] ?? ''}${why}) × ${people(counted)}${cap}${second}`;
}

/** On a card: nothing yet while one person asked and nobody has weighed it. */
export function scoreRows(score: Score): readonly (readonly [string, Text])[] {
  if (score.asked === 1 && score.affected === 0 && !score.set) return [];
  return [
    ['Voices', said(standing(score))],
    ['Score', text`${scoreWords(score)}`],
  ];
}

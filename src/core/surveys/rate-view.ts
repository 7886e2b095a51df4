import { type Block, said, type Text, text } from '../kernel/index.ts';
import { permitted } from '../statistics/index.ts';
import type { Rate, Run } from './store.ts';

const percent = (part: number, of: number): string => `${of === 0 ? 0 : Math.floor((100 * part) / of)}%`;

/** How many have answered; of teams where neither that, nor what is left of the whole, is news about few people. */
export function rateBlocks(
  run: Run,
  rates: { readonly all: Rate; readonly teams: readonly (Rate & { readonly team: string })[] },
): readonly Block[] {
  const { all } = rates;
  const { k } = run.survey.trust;
  // Of one who was asked, how many answered is whether they did.
  if (all.invited < k)
    return [{ kind: 'note', text: said(`Fewer than ${k} are asked, so how many answered is not told.`) }];
  const seen = permitted(
    rates.teams.map((t) => ({ groups: [t.team], n: t.invited })),
    k,
  );
  const shown = new Set(seen.is === 'nothing' ? [] : seen.segmentations[0]?.shown.map((s) => s.group));
  const large = rates.teams.filter((t) => shown.has(t.team));
  const line = (r: Rate): Text => {
    const low = r.asked > 0 && r.answered / r.invited < 0.6;
    return text`${percent(r.answered, r.invited)} (${r.answered} of ${r.invited})${low ? ', under 60%' : ''}`;
  };
  return [
    {
      kind: 'facts',
      rows: [
        ['Answered', line(all)],
        ['Asked so far', text`${all.asked} of ${all.invited}`],
        ['Not this time', text`${all.declined}`],
        ...large.map((t) => [t.team, line(t)] as const),
      ],
    },
  ];
}

import type { Feature } from '../kernel/index.ts';
import { dayTwo } from './day-two.ts';
import { ends } from './ends.ts';
import { extending } from './extending.ts';
import { handingOver } from './handing-over.ts';
import { home, inventory } from './inventory.ts';
import type { Store } from './keys.ts';
import { orphans } from './orphans.ts';

const found = 20;

/** What people have, from the day after it was made to its end. */
export const resources: Feature<Store> = {
  name: 'resources',
  area: 'Get what you need',
  handlers: [...inventory, ...dayTwo, ...extending, ...handingOver, ...ends, ...orphans],
  sources: {
    'resources.teams': async (query, ctx) =>
      Object.keys(ctx.settings.teams)
        .filter((team) => team.toLowerCase().includes(query.trim().toLowerCase()))
        .toSorted()
        .slice(0, found)
        .map((team) => ({ value: team, label: team })),
  },
  home,
};

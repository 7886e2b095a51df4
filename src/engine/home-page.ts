import type { Stores } from '../core/features.ts';
import { homeView } from '../core/help/views.ts';
import { type Feature, type HomePart, type PersonCtx, said, type View } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { isAway } from './faults.ts';
import type { Tx } from './ports.ts';

/** How long one query of a part of the home page may take: all of it is shown within the time that a platform waits. */
const homePartMs = 500;
const missingPart: HomePart = {
  blocks: [
    {
      kind: 'note',
      text: said('Something is missing here: I could not get it just now. Open the page again in a minute.'),
    },
  ],
  buttons: [],
};

/** A part that fails, or that is slow, is left out and said so: the rest of the page is still of use. */
export const homePage =
  (features: readonly Feature<Stores>[], log: Pick<Log, 'error'>) =>
  async (ctx: PersonCtx<Stores>, tx: Tx): Promise<View> => {
    const parts: HomePart[] = [];
    let missing = 0;
    for (const { name, home: part } of features) {
      if (!part) continue;
      try {
        parts.push(await tx.attempt(homePartMs, () => part(ctx)));
      } catch (error) {
        // A lost connection takes all of it along: there is nothing to show then.
        if (isAway(error)) throw error;
        missing += 1;
        log.error({ feature: name, delivery: ctx.delivery, err: error }, 'a part of the home page failed');
      }
    }
    return homeView(ctx.by, missing > 0 ? [...parts, missingPart] : parts);
  };

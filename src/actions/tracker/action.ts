import type { Action } from '../../core/kernel/index.ts';
import { syncAction } from '../../core/roadmap/issue.ts';
import { type Synced, syncInput, type Tracker } from '../../core/roadmap/tracker.ts';

/** Brings issues to where their items are, in whichever tracker they stand. */
export const syncIssues = (trackers: readonly Tracker[]): Action => ({
  name: syncAction,
  async run(input): Promise<Synced> {
    const { tracker: name, ...order } = syncInput.parse(input);
    const tracker = trackers.find((t) => t.name === name);
    if (!tracker)
      return { ok: false, why: 'it is not connected. Set GITHUB_TOKEN, and roadmap.github in groundcrew.yaml' };
    return tracker.sync(order);
  },
});

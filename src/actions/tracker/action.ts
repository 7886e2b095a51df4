import type { Action } from '../../core/kernel/index.ts';
import { changedAction, syncAction } from '../../core/roadmap/issue.ts';
import { type Changed, changedInput, type Synced, syncInput, type Tracker } from '../../core/roadmap/tracker.ts';

const notConnected = {
  ok: false,
  why: 'it is not connected. Set GITHUB_TOKEN, and roadmap.github in groundcrew.yaml',
} as const;

/** Brings issues to where their items are, in whichever tracker they stand. */
export const syncIssues = (trackers: readonly Tracker[]): Action => ({
  name: syncAction,
  async run(input): Promise<Synced> {
    const { tracker: name, ...order } = syncInput.parse(input);
    const tracker = trackers.find((t) => t.name === name);
    return tracker ? tracker.sync(order) : notConnected;
  },
});

/** Asks a tracker what changed. */
export const changedIssues = (trackers: readonly Tracker[]): Action => ({
  name: changedAction,
  async run(input): Promise<Changed> {
    const { tracker: name, since } = changedInput.parse(input);
    const tracker = trackers.find((t) => t.name === name);
    return tracker ? tracker.changed(new Date(since)) : notConnected;
  },
});

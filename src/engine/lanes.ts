import type { Log } from '../core/kernel/log.ts';
import type { Clock } from './ports.ts';

/*
 * Which lanes are drained now, and which wait their turn. A lane is drained once at a time, however often it is asked
 * for. Each platform has a share of its own, and so have actions, so that what hangs holds up nobody else.
 */

/**
 * How many lanes of each share are drained at once: far more than the platforms' rate limits let through. Previews wait for
 * their backend's turn, which is to hold up no other action.
 */
export const shares = { slack: 16, teams: 16, directory: 4, previews: 64, actions: 32 } as const;
type Share = keyof typeof shares;

/** A lane's name says who it is for: `slack:…`, `home:slack:…`, `direct:slack:…`, `act:<key>`. */
const names = /^(?:(?:home:|direct:)?(slack|teams):|act:(?:(people\.)|(request\/\d+\/plan\/))?)/;
export function shareOf(lane: string): Share {
  const [, platform, directory, preview] = names.exec(lane) ?? [];
  if (platform) return platform as Share;
  if (directory) return 'directory';
  return preview ? 'previews' : 'actions';
}

/**
 * A time that is past, as the clocks of two processes may have it, is no reason to ask without a pause; one that is far
 * off may have been overtaken by then.
 */
const soonestMs = 50;
/** A database that had no connection in time has one a moment later. */
const afterFaultMs = 1_000;
const latestMs = 60_000;

type Parts = {
  /** Resolves when the lane is empty, or with the time at which it wants to be seen again. */
  readonly drain: (lane: string) => Promise<Date | undefined>;
  readonly clock: Clock;
  readonly log: Log;
};

export function createLanes({ drain, clock, log }: Parts) {
  const waiting: { readonly [S in Share]: Set<string> } = {
    slack: new Set(),
    teams: new Set(),
    directory: new Set(),
    previews: new Set(),
    actions: new Set(),
  };
  const running = new Map<string, { again: boolean }>();
  const busy: Record<Share, number> = { slack: 0, teams: 0, directory: 0, previews: 0, actions: 0 };
  const timers = new Map<string, () => void>();
  const ending: (() => void)[] = [];
  let closed = false;

  function look(lane: string): void {
    if (closed) return;
    timers.get(lane)?.();
    timers.delete(lane);
    const under = running.get(lane);
    if (under) {
      under.again = true;
      return;
    }
    const share = shareOf(lane);
    waiting[share].add(lane);
    next(share);
  }

  function next(share: Share): void {
    for (const lane of waiting[share]) {
      if (busy[share] >= shares[share]) return;
      waiting[share].delete(lane);
      void run(lane, share);
    }
  }

  async function run(lane: string, share: Share): Promise<void> {
    const state = { again: false };
    running.set(lane, state);
    busy[share] += 1;
    let at: Date | undefined;
    try {
      at = await drain(lane);
    } catch (error) {
      // What is in the outbox stays there: it is looked for soon, and by the sweep.
      log.warn({ lane, err: error }, 'a lane could not be drained');
      at = new Date(clock.now().getTime() + afterFaultMs);
    }
    running.delete(lane);
    busy[share] -= 1;
    if (state.again) look(lane);
    else if (at && !closed) {
      const ms = Math.min(Math.max(at.getTime() - clock.now().getTime(), soonestMs), latestMs);
      timers.set(
        lane,
        clock.after(ms, () => look(lane)),
      );
    }
    next(share);
    if (running.size === 0) for (const end of ending.splice(0)) end();
  }

  return {
    /** Asks for a lane to be drained soon. Asking twice is asking once. */
    look,
    /** Whether it is being drained, or is about to be. */
    has: (lane: string): boolean => running.has(lane) || waiting[shareOf(lane)].has(lane),
    /** Takes nothing more; resolves when what is being drained has come to its end. */
    async close(): Promise<void> {
      closed = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
      for (const lanes of Object.values(waiting)) lanes.clear();
      if (running.size > 0) await new Promise<void>((resolve) => ending.push(resolve));
    },
  };
}
export type Lanes = ReturnType<typeof createLanes>;

import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { slackWorld } from './slack-world.ts';
import { teamsWorld } from './teams-world.ts';
import type { World } from './world.ts';

export const open = { slack: slackWorld, teams: teamsWorld } as const;

/** Runs one suite over both adapters: one platform for all of its tests, out of whose sight each test leaves what it did. */
export function both(suite: (world: () => World) => void): void {
  describe.each(Object.entries(open))('%s', (_, openWorld) => {
    let world: World;
    beforeAll(async () => {
      world = await openWorld();
    });
    afterEach(async () => {
      await world.settled();
      await world.clear();
      world.door.reset();
      // Rates have room again: the platforms' own and the adapters'.
      world.pass(3600);
    });
    afterAll(() => world.close());
    suite(() => world);
  });
}

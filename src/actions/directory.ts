import { z } from 'zod';
import {
  type AccountId,
  type Action,
  type Platform,
  Problem,
  platformNames,
  platformOf,
} from '../core/kernel/index.ts';

const find = (platforms: readonly Platform[], name: string): Platform => {
  const platform = platforms.find((p) => p.name === name);
  if (platform) return platform;
  throw new Problem('platform_absent', `${name} is not connected, so its directory can’t be asked.`);
};

/** Asks a platform's directory who a login is. The result is a profile, or null when there is no such login. */
export const lookUp = (platforms: readonly Platform[]): Action => ({
  name: 'people.lookup',
  async run(input) {
    const account = z.string().parse(input) as AccountId;
    return (await find(platforms, platformOf(account)).profile(account)) ?? null;
  },
  // Whoever waited for it decides without it; they are asked for again when they act.
  gaveUp: async () => null,
});

/** Asks a platform who is in a Slack user group or a Teams team. */
export const readRoster = (platforms: readonly Platform[]): Action => ({
  name: 'people.roster',
  async run(input) {
    const { platform, group } = z.object({ platform: z.enum(platformNames), group: z.string() }).parse(input);
    return { platform, group, members: await find(platforms, platform).members(group) };
  },
});

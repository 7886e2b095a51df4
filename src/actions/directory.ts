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

const source = z.object({ platform: z.enum(platformNames), group: z.string() });
/** What a person has to see to: that it is asked again would change nothing. */
const forGood: ReadonlySet<string> = new Set(['channel_unreadable', 'teams_members_unreadable', 'platform_absent']);

/** Asks who is in the groups and channels that a survey is for; of what can’t be read it says why. */
export const gatherCrowd = (platforms: readonly Platform[]): Action => {
  const asked = z.object({ run: z.string(), sources: z.array(source) });
  return {
    name: 'surveys.crowd',
    async run(input) {
      const { run, sources } = asked.parse(input);
      const crowds = [];
      for (const { platform, group } of sources)
        try {
          crowds.push({ platform, group, members: await find(platforms, platform).members(group) });
        } catch (error) {
          if (!(error instanceof Problem) || !forGood.has(error.code)) throw error;
          crowds.push({ platform, group, why: error.message });
        }
      return { run, crowds };
    },
    gaveUp: async (input, why) => {
      const { run, sources } = asked.parse(input);
      return { run, crowds: sources.map((s) => ({ ...s, why })) };
    },
  };
};

/** Asks which of the people who are about to be asked want no disturbance now, and until when. */
export const askQuiet = (platforms: readonly Platform[]): Action => {
  const asked = z.looseObject({ who: z.array(z.looseObject({ account: z.string() })) });
  return {
    name: 'surveys.quiet',
    async run(input) {
      const { who, ...rest } = asked.parse(input);
      const quiet = new Map<string, string>();
      for (const platform of platforms) {
        const theirs = who.map((w) => w.account as AccountId).filter((a) => platformOf(a) === platform.name);
        const told = theirs.length > 0 ? await platform.quiet?.(theirs) : undefined;
        for (const { account, until } of told ?? []) quiet.set(account, until.toISOString());
      }
      const told = who.map((w) => ({ ...w, until: quiet.get(w.account) ?? null }));
      return JSON.parse(JSON.stringify({ ...rest, who: told }));
    },
    // Slack itself holds back what it would ring for: better asked than forgotten.
    gaveUp: async (input) => input,
  };
};

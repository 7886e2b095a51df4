import { z } from 'zod';
import {
  type AccountId,
  accountId,
  type Health,
  type PlaceId,
  type Platform,
  Problem,
  partsOf,
  type Quiet,
} from '../core/kernel/index.ts';
import { type Fault, meaningOf } from './errors.ts';
import { createLimiter } from './limiter.ts';
import { LIMITS, RATES } from './limits.ts';
import type { Method } from './manifest.ts';
import { slackUser } from './payloads.ts';
import { profileOf } from './profile.ts';
import type { Web } from './web.ts';

/** How long an answer of auth.test holds. */
const healthMs = 30_000;
/** How long the list of user groups holds: handles seldom change, and Slack gives it 20 times a minute. */
const groupsMs = 60_000;

const userInfo = z.object({ user: slackUser });
const groupList = z.object({ usergroups: z.array(z.object({ id: z.string(), handle: z.string().nullish() })) });
const groupUsers = z.object({ users: z.array(z.string()) });
const channelUsers = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});
/** Seconds since 1970. What is off has times that mean nothing. */
const disturbance = z.object({
  users: z.record(
    z.string(),
    z.object({
      dnd_enabled: z.boolean(),
      next_dnd_start_ts: z.number().nullish(),
      next_dnd_end_ts: z.number().nullish(),
    }),
  ),
});
const identity = z.object({ team_id: z.string().min(1) });

/** Slack does not answer, or not now: what was known before still holds, so nothing is returned. */
const unavailable = (method: string, { code }: Fault) =>
  new Problem(
    'slack_unavailable',
    `Slack did not answer ${method} (${code}). Nothing was changed. It is asked again in a while.`,
  );
const unreadable = (method: string) => unavailable(method, { code: 'not as expected' });

const unreadableChannel = (channel: string, why: string) =>
  new Problem(
    'channel_unreadable',
    `The members of the channel ${channel} could not be read: ${why}. Invite the bot to it, and check the link.`,
  );

/** Nobody, for good: the person or group is not there, or we are not allowed to see them (`degraded` says so). */
const isNobody = (fault: Fault): boolean => {
  const meaning = meaningOf(fault);
  return meaning === 'scope' || meaning === 'method' || meaning === 'person' || meaning === 'refused';
};

/** Who is who in the workspace, and whether we are still connected to it. */
export function createDirectory(
  web: Web,
  clock: { now(): Date },
): Pick<Platform, 'profile' | 'members' | 'quiet' | 'health'> {
  /** Keeps what `read` gave for a while; a rejection is not kept. */
  function cached<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
    let kept: { readonly at: number; readonly value: Promise<T> } | undefined;
    return () => {
      const now = clock.now().getTime();
      if (kept && now - kept.at < ms && now >= kept.at) return kept.value;
      const fresh = { at: now, value: read() };
      kept = fresh;
      fresh.value.catch(() => {
        if (kept === fresh) kept = undefined;
      });
      return fresh.value;
    };
  }

  /** One call, read by zod; undefined when there is nobody. */
  async function ask<T extends z.ZodType>(
    lane: 'interactive' | 'bulk',
    method: Method,
    schema: T,
    args?: Readonly<Record<string, unknown>>,
  ): Promise<z.output<T> | undefined> {
    const called = await web.call(lane, method, args);
    if (!called.ok) {
      if (isNobody(called.fault)) return undefined;
      throw unavailable(method, called.fault);
    }
    const read = schema.safeParse(called.body);
    if (!read.success) throw unreadable(method);
    return read.data;
  }

  const limiter = createLimiter(clock);
  const whoWeAre = cached(healthMs, () => web.call('interactive', 'auth.test'));
  const groups = cached(groupsMs, () => ask('bulk', 'usergroups.list', groupList));

  async function team(): Promise<string> {
    const called = await whoWeAre();
    if (!called.ok) throw unavailable('auth.test', called.fault);
    const read = identity.safeParse(called.body);
    if (!read.success) throw unreadable('auth.test');
    return read.data.team_id;
  }

  /** Slack's ids are capitals; a handle never is. */
  async function groupId(group: string): Promise<string | undefined> {
    if (/^S[A-Z0-9]{5,}$/.test(group)) return group;
    const handle = group.replace(/^@/, '').toLowerCase();
    return (await groups())?.usergroups.find((g) => g.handle?.toLowerCase() === handle)?.id;
  }

  /** Everybody in a channel, bots too: who they are tells their profile. */
  async function inChannel(channel: string, home: string): Promise<readonly AccountId[]> {
    const members: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < LIMITS.memberPages; pages += 1) {
      const called = await web.call('bulk', 'conversations.members', {
        channel,
        limit: LIMITS.memberPage,
        ...(cursor ? { cursor } : {}),
      });
      if (!called.ok) {
        const meaning = meaningOf(called.fault);
        if (meaning === 'place' || isNobody(called.fault)) throw unreadableChannel(channel, called.fault.code);
        throw unavailable('conversations.members', called.fault);
      }
      const read = channelUsers.safeParse(called.body);
      if (!read.success) throw unreadable('conversations.members');
      members.push(...read.data.members);
      cursor = read.data.response_metadata?.next_cursor || undefined;
      if (!cursor) return members.map((user) => accountId('slack', home, user));
    }
    throw unreadableChannel(channel, `it has more than ${LIMITS.memberPages * LIMITS.memberPage} members`);
  }

  return {
    async profile(account) {
      const { home, local } = partsOf(account);
      const read = await ask('interactive', 'users.info', userInfo, { user: local });
      return read && profileOf(read.user, home);
    },

    async members(group) {
      if (group.startsWith('slack:')) {
        const { home, local } = partsOf(group as PlaceId);
        return inChannel(local, home);
      }
      const id = await groupId(group);
      if (id === undefined) return [];
      const read = await ask('bulk', 'usergroups.users.list', groupUsers, { usergroup: id, include_disabled: false });
      if (!read) return [];
      const home = await team();
      return read.users.map((user) => accountId('slack', home, user));
    },

    /** By Slack's own schedule of each: a bot is not told of pauses that somebody made by hand. */
    async quiet(accounts) {
      const now = clock.now().getTime() / 1000;
      const quiet: Quiet[] = [];
      for (let i = 0; i < accounts.length; i += LIMITS.disturbances) {
        const some = accounts.slice(i, i + LIMITS.disturbances);
        const users = some.map((a) => partsOf(a).local).join(',');
        const method = 'dnd.teamInfo';
        if (limiter.take([{ key: method, rate: RATES[method] }]) > 0)
          throw unavailable(method, { code: 'ratelimited' });
        const called = await web.call('bulk', method, { users });
        // A limit passes; for anything else it is better to ask somebody than to forget them.
        if (!called.ok && meaningOf(called.fault) === 'later') throw unavailable(method, called.fault);
        const read = called.ok ? disturbance.safeParse(called.body).data : undefined;
        for (const account of some) {
          const theirs = read?.users[partsOf(account).local];
          const { next_dnd_start_ts: from, next_dnd_end_ts: to } = theirs ?? {};
          if (theirs?.dnd_enabled && from && to && from <= now && now < to)
            quiet.push({ account, until: new Date(to * 1000) });
        }
      }
      return quiet;
    },

    async health(): Promise<Health> {
      const called = await whoWeAre();
      const degraded = web.degraded();
      return {
        ok: called.ok,
        ...(called.ok ? {} : { why: `auth.test: ${called.fault.code}` }),
        ...(degraded.length > 0 ? { degraded } : {}),
      };
    },
  };
}

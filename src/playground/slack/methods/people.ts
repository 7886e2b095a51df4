import { z } from 'zod';
import { type Context, channelOf, count, flag, type Method, method, page, Refusal, userOf, word } from '../method.ts';
import type { SlackUser } from '../types.ts';
import { wireUser, wireUsergroup } from '../wire.ts';

const person = (context: Context, user: SlackUser) => wireUser(context.state, user, context.has('users:read.email'));

/** Users, groups, the team and the app itself. */
export const PEOPLE: { readonly [name: string]: Method } = {
  'auth.test': method({ tier: 'special', args: z.object({}) }, (_args, { state }) => ({
    url: `https://${state.team.domain}.slack.com/`,
    team: state.team.name,
    user: state.bot.name,
    team_id: state.team.id,
    user_id: state.bot.userId,
    bot_id: state.bot.botId,
    is_enterprise_install: false,
  })),

  'apps.connections.open': method({ tier: 'tier3', appLevel: true, args: z.object({}) }, (_args, context) => ({
    url: context.socketUrl(),
  })),

  'users.info': method(
    { tier: 'tier4', scopes: ['users:read'], args: z.object({ user: word, include_locale: flag }) },
    (args, context) => {
      const { locale, ...user } = person(context, userOf(context, args.user));
      return { user: args.include_locale ? { ...user, locale: locale ?? 'en-US' } : user };
    },
  ),

  'users.list': method(
    { tier: 'tier2', scopes: ['users:read'], args: z.object({ limit: count, cursor: z.string().optional() }) },
    (args, context) => {
      const all = [...context.state.users.values()];
      const { items, response_metadata } = page(all, args.limit || all.length, args.cursor);
      return {
        members: items.map((each) => person(context, each)),
        cache_ts: Math.floor(context.state.now().getTime() / 1000),
        response_metadata,
      };
    },
  ),

  'users.lookupByEmail': method(
    { tier: 'tier3', scopes: ['users:read.email'], args: z.object({ email: z.string() }) },
    (args, context) => {
      const wanted = args.email.toLowerCase();
      const found = [...context.state.users.values()].find(
        (each) => !each.deleted && each.email?.toLowerCase() === wanted,
      );
      if (!found) throw new Refusal('users_not_found');
      return { user: person(context, found) };
    },
  ),

  'usergroups.list': method(
    {
      tier: 'tier2',
      scopes: ['usergroups:read'],
      args: z.object({ include_users: flag, include_count: flag, include_disabled: flag }),
    },
    (args, { state }) => ({
      usergroups: [...state.usergroups.values()].map((group) =>
        wireUsergroup(state, group, args.include_users === true),
      ),
    }),
  ),

  'usergroups.users.list': method(
    { tier: 'tier2', scopes: ['usergroups:read'], args: z.object({ usergroup: word, include_disabled: flag }) },
    (args, { state }) => {
      const group = state.usergroups.get(args.usergroup);
      if (!group) throw new Refusal('no_such_subteam');
      return { users: group.users };
    },
  ),

  'dnd.teamInfo': method(
    { tier: 'tier2', scopes: ['dnd:read'], args: z.object({ users: z.string() }) },
    (args, { state }) => {
      const ids = args.users.split(',').filter(Boolean);
      if (ids.length > 50) throw new Refusal('too_many_users');
      const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
      const told = ids.flatMap((id) => {
        const user = state.users.get(id);
        if (!user) return [];
        const { quiet } = user;
        // Slack gives 1 where nothing is set.
        const times = {
          dnd_enabled: quiet !== undefined,
          next_dnd_start_ts: quiet ? seconds(quiet.from) : 1,
          next_dnd_end_ts: quiet ? seconds(quiet.to) : 1,
        };
        return [[id, times] as const];
      });
      return { users: Object.fromEntries(told) };
    },
  ),

  'reactions.add': method(
    {
      tier: 'tier3',
      scopes: ['reactions:write'],
      args: z.object({ channel: word, timestamp: word, name: z.string() }),
    },
    (args, context) => {
      const { state } = context;
      const message = state.message(channelOf(context, args.channel).id, args.timestamp);
      if (!message) throw new Refusal('message_not_found');
      const name = args.name.replaceAll(':', '');
      if (name === '') throw new Refusal('invalid_name');
      const others = message.reactions.filter((each) => each.name !== name);
      const users = message.reactions.find((each) => each.name === name)?.users ?? [];
      if (users.includes(state.bot.userId)) throw new Refusal('already_reacted');
      state.change(message.channel, message.ts, {
        reactions: [...others, { name, users: [...users, state.bot.userId] }],
      });
      return {};
    },
  ),

  'bots.info': method(
    { tier: 'tier3', scopes: ['users:read'], args: z.object({ bot: word.optional() }) },
    (args, { state }) => {
      if (args.bot !== undefined && args.bot !== state.bot.botId) throw new Refusal('bot_not_found');
      const { botId, appId, userId, name } = state.bot;
      return {
        bot: { id: botId, deleted: false, name, updated: 1_700_000_000, app_id: appId, user_id: userId, icons: {} },
      };
    },
  ),

  'team.info': method(
    { tier: 'tier3', scopes: ['team:read'], args: z.object({ team: word.optional() }) },
    (args, { state }) => {
      if (args.team !== undefined && args.team !== state.team.id) throw new Refusal('team_not_found');
      const { id, name, domain } = state.team;
      return {
        team: {
          id,
          name,
          domain,
          url: `https://${domain}.slack.com/`,
          email_domain: '',
          icon: { image_default: true },
        },
      };
    },
  ),
};

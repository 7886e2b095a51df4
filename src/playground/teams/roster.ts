import type { TeamsTenantOptions, TeamsUser } from './types.ts';

export type Team = {
  readonly id: string;
  readonly name: string;
  readonly members: Set<TeamsUser>;
  readonly channels: TeamsTenantOptions['teams'][number]['channels'];
  installed: boolean;
};
export type GroupChat = {
  readonly id: string;
  readonly name: string;
  readonly members: Set<TeamsUser>;
  installed: boolean;
};

/** Where messages stand. `home` is what the bot is installed in: the person, the chat, or the channel's team. */
export type Conversation =
  | { readonly kind: 'personal'; readonly id: string; readonly name: string; readonly home: TeamsUser }
  | { readonly kind: 'groupChat'; readonly id: string; readonly name: string; readonly home: GroupChat }
  | { readonly kind: 'channel'; readonly id: string; readonly name: string; readonly home: Team };

/** A conversation, and the thread in it where the id names one (`<channel>;messageid=<root>`). */
export type Place = { readonly conversation: Conversation; readonly root?: string };

/** Who is in the tenant, in which teams and chats, and where the bot is installed. */
export function createRoster({ users, teams, groupChats = [], botName }: TeamsTenantOptions) {
  const refs = new Map(
    users.flatMap((u) => [u.id, u.aadObjectId, u.userPrincipalName].map((ref) => [ref.toLowerCase(), u])),
  );
  const findUser = (ref: string): TeamsUser | undefined => refs.get(ref.toLowerCase());

  /** The person behind any of their ids. @throws Error naming the people there are */
  function user(ref: string): TeamsUser {
    const found = findUser(ref);
    if (!found)
      throw new Error(`no user ${ref} in this tenant; there are ${users.map((u) => u.userPrincipalName).join(', ')}`);
    return found;
  }

  const membersFrom = (ids: readonly string[]): Set<TeamsUser> => new Set(ids.map(user));
  const allTeams = teams.map((t): Team => ({ ...t, members: membersFrom(t.members) }));
  const allChats = groupChats.map((c): GroupChat => ({ ...c, members: membersFrom(c.members) }));
  const conversations = new Map<string, Conversation>();
  const add = (c: Conversation): unknown => conversations.set(c.id, c);
  const personalId = (u: TeamsUser): string => `a:1-${u.aadObjectId}`;
  for (const u of users) add({ kind: 'personal', id: personalId(u), name: botName, home: u });
  for (const c of allChats) add({ kind: 'groupChat', id: c.id, name: c.name, home: c });
  for (const t of allTeams) for (const c of t.channels) add({ kind: 'channel', id: c.id, name: c.name, home: t });

  // A person who removed the bot is out of its reach; one who never added it is reached through a shared team or chat.
  const personal = new Map<TeamsUser, 'added' | 'never' | 'removed'>();
  for (const u of users) personal.set(u, (u.installed ?? true) ? 'added' : 'never');
  // 1:1 chats come into being when the bot is added or opens one: before that their id is not found.
  const opened = new Set(users.filter((u) => personal.get(u) === 'added'));

  function reaches(u: TeamsUser): boolean {
    const standing = personal.get(u);
    const shared = [...allTeams, ...allChats].some((home) => home.installed && home.members.has(u));
    return standing === 'added' || (standing === 'never' && shared);
  }

  const botIsIn = (c: Conversation): boolean => (c.kind === 'personal' ? reaches(c.home) : c.home.installed);
  const membersOf = (c: Conversation): readonly TeamsUser[] => (c.kind === 'personal' ? [c.home] : [...c.home.members]);

  function findPlace(id: string): Place | undefined {
    const [base = '', root] = id.split(';messageid=');
    const conversation = conversations.get(base);
    if (!conversation || (conversation.kind === 'personal' && !opened.has(conversation.home))) return undefined;
    if (root === undefined) return { conversation };
    // Only channels have threads.
    return conversation.kind === 'channel' ? { conversation, root } : undefined;
  }

  return {
    users,
    teams: allTeams as readonly Team[],
    conversations: (): readonly Conversation[] => [...conversations.values()],
    findUser,
    user,
    membersOf,
    botIsIn,
    reaches,
    findPlace,
    findTeam: (id: string): Team | undefined => allTeams.find((t) => t.id === id),
    personalOf: (u: TeamsUser): string => personalId(u),
    isAdded: (u: TeamsUser): boolean => personal.get(u) === 'added',
    open: (u: TeamsUser): unknown => opened.add(u),
    /** The place as a person names it: `personal`, or a conversation's id. @throws Error when there is none */
    placeFor(u: TeamsUser, name: string): Place {
      const place = findPlace(name === 'personal' ? personalId(u) : name);
      if (!place)
        throw new Error(`no conversation ${name} in this tenant; a 1:1 chat is there once the bot is installed`);
      if (!membersOf(place.conversation).includes(u)) throw new Error(`${u.name} is not in ${place.conversation.name}`);
      return place;
    },
    setInstalled(home: TeamsUser | Team | GroupChat, installed: boolean): void {
      if ('members' in home) home.installed = installed;
      else {
        personal.set(home, installed ? 'added' : 'removed');
        if (installed) opened.add(home);
      }
    },
    /** The team or group chat with this id. @throws Error when there is none */
    home(id: string): Team | GroupChat {
      const found = [...allTeams, ...allChats].find((h) => h.id === id);
      if (!found) throw new Error(`no team or group chat ${id} in this tenant`);
      return found;
    },
  };
}

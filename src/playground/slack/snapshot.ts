import type { State } from './state.ts';
import type { BotIdentity, Message, OpenView, SlackChannel, SlackUser } from './types.ts';
import type { Views } from './views.ts';

/** What one person sees of the workspace. */
export type Snapshot = {
  readonly team: { readonly id: string; readonly domain: string; readonly name: string };
  readonly viewer: SlackUser;
  readonly bot: BotIdentity;
  readonly users: readonly SlackUser[];
  /** Those the person is in, and the public ones. `unread` counts messages of others since they last read it. */
  readonly channels: readonly (SlackChannel & { readonly unread: number })[];
  /** Channel id -> what they may see there, oldest first: no one else's ephemeral messages, nothing deleted. */
  readonly messages: { readonly [channel: string]: readonly Message[] };
  /** Open modals, root first. */
  readonly modals: readonly OpenView[];
  readonly home: OpenView | undefined;
};

/** The workspace through the eyes of one person. Throws when there is no such person. */
export function snapshotFor(state: State, views: Views, viewerId: string): Snapshot {
  const viewer = state.users.get(viewerId);
  if (!viewer) throw new Error(`There is no user ${viewerId} in this workspace.`);
  const seen = (channel: string) =>
    state
      .messagesIn(channel)
      .filter((each) => !each.deleted && (each.visibleTo === undefined || each.visibleTo === viewerId));
  const visible = [...state.channels.values()].filter(
    (each) => each.kind === 'public' || each.members.includes(viewerId),
  );
  const unread = (channel: SlackChannel) => {
    if (!channel.members.includes(viewerId)) return 0;
    const upTo = state.readUpTo(viewerId, channel.id);
    return seen(channel.id).filter((each) => each.user !== viewerId && each.ts > upTo).length;
  };
  return {
    team: state.team,
    viewer,
    bot: state.bot,
    users: [...state.users.values()],
    channels: visible.map((channel) => ({ ...channel, unread: unread(channel) })),
    messages: Object.fromEntries(visible.map(({ id }) => [id, seen(id)])),
    modals: views.stack(viewerId),
    home: views.home(viewerId),
  };
}

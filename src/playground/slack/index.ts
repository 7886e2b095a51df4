import { createApi } from './api.ts';
import { createClient } from './client.ts';
import { createViewClient } from './client-views.ts';
import { createDelivery } from './deliver.ts';
import { createFiles } from './files.ts';
import { mentions } from './mentions.ts';
import { createHttp } from './server.ts';
import { snapshotFor } from './snapshot.ts';
import { createSocketMode } from './socket.ts';
import { createState } from './state.ts';
import type { Change, WorkspaceOptions } from './types.ts';
import { createViews } from './views.ts';

export type { Surface } from './blocks.ts';
export { checkBlocks, checkView } from './check.ts';
export type { Posted } from './client.ts';
export type { Submitted, Suggested } from './client-views.ts';
export type { JsonObject } from './json.ts';
export { LIMITS } from './limits.ts';
export { type Mention, mentions } from './mentions.ts';
export type { Target } from './payloads.ts';
export type { Snapshot } from './snapshot.ts';
export type * from './types.ts';

export type SlackWorkspace = ReturnType<typeof createSlackWorkspace>;

/**
 * A Slack workspace on this machine: the Web API, response URLs and Socket Mode that an app talks to, with Slack's limits and errors,
 * and the people who use it. It knows nothing of the bot but its address. All its times are on `options.clock`.
 */
export function createSlackWorkspace(options: WorkspaceOptions) {
  const state = createState(options);
  const views = createViews(state);
  const files = createFiles();
  const socketMode = createSocketMode(state.bot.appId);
  let origin = '';
  const api = createApi({
    options,
    state,
    views,
    files,
    origin: () => origin,
    socketUrl: () => `${origin.replace('http', 'ws')}${socketMode.newPath()}`,
  });
  const http = createHttp(api, socketMode);
  const delivery = createDelivery({ now: state.now, signingSecret: options.signingSecret, socketMode });
  const parts = {
    state,
    views,
    delivery,
    origin(): string {
      if (origin === '')
        throw new Error('The workspace does not listen yet, so it has no response URLs to give: call listen() first.');
      return origin;
    },
  };

  return {
    team: state.team,
    bot: state.bot,

    /** Listens on 127.0.0.1. `apiUrl` is what the bot takes as SLACK_API_URL. */
    async listen(port = 0): Promise<{ readonly apiUrl: string; readonly origin: string }> {
      origin = `http://127.0.0.1:${await http.listen(port)}`;
      return { apiUrl: `${origin}/api/`, origin };
    },
    /** Ends every connection, hanging calls included. */
    async close(): Promise<void> {
      delivery.close();
      await http.close();
    },
    /** Where the bot takes Slack's deliveries: its `/slack/events`. */
    connect: delivery.connect,

    calls: api.calls,
    fail: api.fail,
    clearFaults: api.clearFaults,
    unknownMethods: api.unknownMethods,
    setScopes: api.setScopes,
    setTokenError: api.setTokenError,
    mentions,
    /** What was uploaded, and whether Slack has looked at it yet. */
    files: { get: files.get, all: files.all, hold: files.hold },

    ...createClient(parts),
    ...createViewClient(parts),
    redeliver: delivery.redeliver,
    deliverRaw: delivery.raw,
    /** Socket Mode as Slack's end sees it. */
    socket: { connected: socketMode.connected, disconnect: socketMode.disconnect, cut: socketMode.cut },

    /** What happens to a workspace besides people using the bot. None of it is announced to the bot. */
    admin: {
      archive: (channel: string) => state.changeChannel(channel, { isArchived: true }),
      inviteBot(channel: string): void {
        const members = state.channels.get(channel)?.members ?? [];
        state.changeChannel(channel, { botIsMember: true, members: [...new Set([...members, state.bot.userId])] });
      },
      removeBot(channel: string): void {
        const members = state.channels.get(channel)?.members ?? [];
        state.changeChannel(channel, {
          botIsMember: false,
          members: members.filter((each) => each !== state.bot.userId),
        });
      },
      /** Who belongs to a user group from now on. */
      setUsergroup(id: string, users: readonly string[]): void {
        const group = state.usergroups.get(id);
        if (!group) throw new Error(`There is no user group ${id} in this workspace.`);
        state.usergroups.set(id, { ...group, users });
      },
      /** Keeps notifications of this person back for a while. */
      hush: (user: string, quiet: { from: Date; to: Date }) => void state.changeUser(user, { quiet }),
      deactivate: (user: string) => void state.changeUser(user, { deleted: true }),
      /** A person or an admin deletes a message, the bot's own included. */
      deleteMessage: (channel: string, ts: string) => void state.remove(channel, ts),
    },

    dmOf: (user: string): string => state.dmOf(user).id,
    snapshot: (viewerId: string) => snapshotFor(state, views, viewerId),
    /** The person has read everything in the channel so far. */
    read: ({ user, channel }: { user: string; channel: string }): void => state.read(user, channel),
    /** Calls `listener` at every change; gives back how to stop. */
    subscribe: (listener: (change: Change) => void): (() => void) => state.subscribe(listener),
  };
}

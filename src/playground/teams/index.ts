import { createActivities } from './activities.ts';
import { createConnector } from './connector.ts';
import { createCourier } from './courier.ts';
import { createDialogs } from './dialogs.ts';
import { createKeys, type Deviation } from './keys.ts';
import { createRates, LIMITS } from './limits.ts';
import { mentions } from './markup.ts';
import { createMembership } from './membership.ts';
import { createPeople } from './people.ts';
import { createConnectorServer } from './server.ts';
import { snapshotOf } from './snapshot.ts';
import { createState } from './state.ts';
import type { Snapshot, TeamsTenantOptions } from './types.ts';

export { cardProblems } from './cards.ts';
export type { Composing, Searching, Sending } from './dialogs.ts';
export type { Fault, FaultTarget } from './faults.ts';
export type { Deviation } from './keys.ts';
export { LIMITS } from './limits.ts';
export { type LiveLink, type LiveMarkup, type LiveMention, mentions } from './markup.ts';
export type { Installing, Joining } from './membership.ts';
export type { In, OnMessage, Saying } from './people.ts';
export type { ConnectorCall } from './server.ts';
export type * from './types.ts';

/**
 * A Microsoft Teams tenant on this machine: the Bot Connector that the bot calls, and the clients of the people who use
 * it. The bot talks to it over HTTP as it talks to Teams; Teams' limits and errors hold.
 */
export function createTeamsTenant(options: TeamsTenantOptions) {
  const { clock, appId, tenantId, sign = true, patienceMs } = options;
  const { turn, compose } = LIMITS.patienceMs;
  const state = createState(options);
  const serviceUrl = (): string => server.serviceUrl();
  const keys = createKeys({ clock, appId, tenantId, serviceUrl });
  const answer = createConnector(options, state, createRates(clock), serviceUrl);
  const server = createConnectorServer({ clock, keys, guarded: sign, answer });
  const courier = createCourier({
    authorize: () => (sign ? `Bearer ${keys.mint()}` : undefined),
    patienceMs: patienceMs ?? turn,
  });
  const activities = createActivities(options, state, serviceUrl);

  return {
    listen: server.listen,
    /** Cuts every connection, to the bot and from it, and stops listening. */
    close(): Promise<void> {
      courier.close();
      return server.close();
    },
    /** Where the bot listens, e.g. `http://127.0.0.1:3000/api/messages`. */
    connect: courier.connect,
    tokens: {
      /** The bot's token for the connector: good for an hour of the injected clock. */
      issue: keys.issue,
      /** A token for the bot, right or wrong in any way. */
      mint: (deviation?: Deviation): string => keys.mint(deviation),
      /** What Teams gives to a page in it, for whoever looks at it. */
      mintSso: keys.mintSso,
      /** New signing keys; the old ones are no longer published. */
      rotate: keys.rotate,
    },
    fail: server.fail,
    calls: server.calls,
    ...createPeople(options, state, activities, courier),
    ...createDialogs(state, activities, courier, patienceMs ?? compose),
    ...createMembership(state, activities, courier),
    redeliver: courier.redeliver,
    deliverRaw: courier.deliverRaw,
    snapshot: (viewer: string): Snapshot => snapshotOf(state, viewer),
    subscribe: state.subscribe,
    until: state.until,
    mentions,
  };
}

export type TeamsTenant = ReturnType<typeof createTeamsTenant>;

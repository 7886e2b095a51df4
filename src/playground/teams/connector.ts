import {
  type ActivityIn,
  ActivityIn as ActivitySchema,
  ConnectorError,
  type ConversationIn,
  ConversationIn as ConversationSchema,
  checkSize,
  messageFrom,
  parseBody,
} from './activity-in.ts';
import { LIMITS, type Rates } from './limits.ts';
import type { Place, Team } from './roster.ts';
import type { Message, State } from './state.ts';
import type { TeamsTenantOptions, TeamsUser } from './types.ts';

export type ConnectorRequest = {
  readonly method: string;
  /** Decoded, from `/v3/` on. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: string;
};
export type ConnectorReply = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

const notFound = (): ConnectorError => new ConnectorError(404, 'ConversationNotFound', 'Conversation not found.');
const noActivity = (): ConnectorError =>
  new ConnectorError(404, 'ActivityNotFoundInConversation', 'The activity was not found in the conversation.');
const notInRoster = (): ConnectorError =>
  new ConnectorError(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');

/**
 * The Bot Connector's REST operations over the tenant's state. Pure of HTTP: the server hands in a request that is
 * authorised and free of faults.
 */
export function createConnector(options: TeamsTenantOptions, state: State, rates: Rates, serviceUrl: () => string) {
  const { strictRate = false, targeted: hasTargeted = true, tenantId } = options;

  function pace(scope: 'send' | 'roster' | 'all', key = ''): void {
    const uses =
      scope === 'all'
        ? ([['all', '']] as const)
        : ([
            ['all', ''],
            [scope, key],
          ] as const);
    const wait = strictRate ? rates.take(...uses) : undefined;
    if (wait !== undefined)
      throw new ConnectorError(429, 'Throttled', `Too many requests; try again in ${wait} s.`, {
        'retry-after': String(wait),
      });
  }

  function placeOf(id: string): Place {
    if (!/^(19|a):/.test(id)) throw new ConnectorError(400, 'BadSyntax', 'Bad format of conversation ID');
    const place = state.findPlace(id);
    const lost = place?.root !== undefined && !state.threadExists(place.conversation.id, place.root);
    if (!place || lost) throw notFound();
    if (!state.botIsIn(place.conversation)) throw notInRoster();
    return place;
  }

  function targetedFor(place: Place, request: ConnectorRequest): boolean {
    if (request.query.get('isTargetedActivity') !== 'true') return false;
    if (!hasTargeted || place.conversation.kind === 'personal')
      throw new ConnectorError(400, 'BadArgument', 'Targeted messages are not supported in this conversation.');
    return true;
  }

  function recipientOf(activity: ActivityIn, place: Place): TeamsUser {
    const id = activity.recipient?.id;
    if (!id) throw new ConnectorError(400, 'BadArgument', 'A targeted message needs recipient.id.');
    const user = state.findUser(id);
    if (user && state.membersOf(place.conversation).includes(user)) return user;
    throw new ConnectorError(404, 'MemberNotFoundInConversation', 'The recipient is not in the conversation.');
  }

  /** Posts an activity. Typing shows and leaves nothing behind; anything but messages and typing is no chat activity. */
  function post(place: Place, activity: ActivityIn, onlyFor?: TeamsUser, single = false): string {
    if (activity.type === 'typing') {
      state.emit({ kind: 'typing', conversation: place.conversation.id });
      return state.nextId();
    }
    if (activity.type !== 'message')
      throw new ConnectorError(400, 'BadSyntax', `Activities of type ${activity.type} cannot be posted.`);
    return state.post(place, state.bot, messageFrom(activity, single), onlyFor).id;
  }

  function send(request: ConnectorRequest, conversationId: string, replyTo?: string): ConnectorReply {
    const place = placeOf(conversationId);
    pace('send', place.conversation.id);
    checkSize(request.raw);
    const activity = parseBody(ActivitySchema, request.raw);
    const onlyFor = targetedFor(place, request) ? recipientOf(activity, place) : undefined;
    // A reply to a message of the channel joins its thread. Ids that are unknown (botbuilder's proactive turns reply
    // to a random uuid) make a new post.
    const answered = replyTo === undefined ? undefined : state.find(place.conversation.id, replyTo);
    const root = place.root ?? answered?.root;
    const id = post({ conversation: place.conversation, ...(root === undefined ? {} : { root }) }, activity, onlyFor);
    return { status: 201, body: { id } };
  }

  /** The bot's own message that a PUT or DELETE names, targeted exactly when the request says so. */
  function own(request: ConnectorRequest, conversationId: string, activityId: string): Message {
    const place = placeOf(conversationId);
    pace('all');
    const message = state.find(place.conversation.id, activityId);
    if (!message) throw noActivity();
    if (message.from.kind !== 'bot')
      throw new ConnectorError(403, 'Forbidden', 'A bot can change only the messages it sent.');
    if (targetedFor(place, request) !== (message.onlyFor !== undefined))
      throw new ConnectorError(400, 'BadArgument', 'A message cannot change between targeted and visible to all.');
    return message;
  }

  function update(request: ConnectorRequest, conversationId: string, activityId: string): ConnectorReply {
    const message = own(request, conversationId, activityId);
    checkSize(request.raw);
    const activity = parseBody(ActivitySchema, request.raw);
    if (message.onlyFor && activity.recipient)
      throw new ConnectorError(400, 'BadArgument', 'The recipient of a targeted message cannot be set on an update.');
    state.edit(message, messageFrom(activity, true));
    return { status: 200, body: { id: activityId } };
  }

  function create(request: ConnectorRequest): ConnectorReply {
    const params = parseBody(ConversationSchema, request.raw);
    const tenant = params.tenantId ?? params.channelData?.tenant?.id;
    if (tenant !== undefined && tenant !== tenantId)
      throw new ConnectorError(403, 'BotNotInConversationRoster', `The bot is not part of the tenant ${tenant}.`);
    const channel = params.channelData?.channel?.id;
    if (channel !== undefined) return createThread(request, params, channel);
    if (params.isGroup || params.members?.length !== 1 || tenant === undefined)
      throw new ConnectorError(
        400,
        'BadSyntax',
        'Incorrect conversation creation parameters: a 1:1 chat takes one member, isGroup false and the tenantId; bots cannot make group chats.',
      );
    return createPersonal(request, params, params.members[0]?.id ?? '');
  }

  function createThread(request: ConnectorRequest, params: ConversationIn, channel: string): ConnectorReply {
    const place = placeOf(channel);
    if (place.conversation.kind !== 'channel') throw notFound();
    pace('send', place.conversation.id);
    checkSize(request.raw);
    if (!params.activity)
      throw new ConnectorError(
        400,
        'BadSyntax',
        'A conversation in a channel starts with a message: activity is missing.',
      );
    const id = post({ conversation: place.conversation }, params.activity, undefined, true);
    return { status: 201, body: { id: `${channel};messageid=${id}`, activityId: id, serviceUrl: serviceUrl() } };
  }

  function createPersonal(request: ConnectorRequest, { activity }: ConversationIn, memberId: string): ConnectorReply {
    const user = state.findUser(memberId);
    if (!user) throw new ConnectorError(400, 'BadArgument', `There is no user ${memberId} in the tenant.`);
    if (!state.reaches(user)) throw notInRoster();
    state.open(user);
    const id = state.personalOf(user);
    pace('send', id);
    checkSize(request.raw);
    const activityId = activity ? post(placeOf(id), activity, undefined, true) : undefined;
    return { status: 201, body: { id, ...(activityId ? { activityId } : {}), serviceUrl: serviceUrl() } };
  }

  function rosterOf(conversationId: string): readonly object[] {
    // A team's id asks for the team's people even where no channel has it.
    const team = state.findTeam(conversationId);
    if (team && !team.installed) throw notInRoster();
    const people = team ? [...team.members] : state.membersOf(placeOf(conversationId).conversation);
    pace('roster', conversationId);
    return people.map((u) => account(u, tenantId));
  }

  function member(conversationId: string, memberId: string): ConnectorReply {
    const wanted = state.findUser(memberId)?.id;
    const found = rosterOf(conversationId).find((m) => 'id' in m && m.id === wanted);
    if (found) return { status: 200, body: found };
    throw new ConnectorError(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
  }

  function page(request: ConnectorRequest, conversationId: string): ConnectorReply {
    const all = rosterOf(conversationId);
    const { least, usual, most } = LIMITS.pageSize;
    const size = Math.min(most, Math.max(least, Number(request.query.get('pageSize') ?? usual) || usual));
    const from = Number(request.query.get('continuationToken') ?? 0);
    if (!Number.isInteger(from) || from < 0 || from > all.length)
      throw new ConnectorError(400, 'BadArgument', 'The continuation token is not one of this roster.');
    const next = from + size < all.length ? { continuationToken: String(from + size) } : {};
    return { status: 200, body: { members: all.slice(from, from + size), ...next } };
  }

  function teamOf(id: string): Team {
    const team = state.findTeam(id);
    if (!team) throw notFound();
    if (!team.installed) throw notInRoster();
    pace('roster', id);
    return team;
  }

  const teamDetails = (id: string): ConnectorReply => {
    const { name, channels, members } = teamOf(id);
    const counts = { channelCount: channels.length, memberCount: members.size };
    return { status: 200, body: { id, name, type: 'standard', tenantId, ...counts } };
  };
  // Teams leaves the General channel, whose id is the team's, without a name.
  const channels = (id: string): ConnectorReply => ({
    status: 200,
    body: { conversations: teamOf(id).channels.map((c) => (c.id === id ? { id: c.id } : { id: c.id, name: c.name })) },
  });

  type Handle = (request: ConnectorRequest, a: string, b: string) => ConnectorReply;
  const routes: readonly (readonly [method: string, path: RegExp, handle: Handle])[] = [
    ['POST', /^\/v3\/conversations\/?$/, create],
    ['POST', /^\/v3\/conversations\/([^/]+)\/activities\/?$/, (r, c) => send(r, c)],
    ['POST', /^\/v3\/conversations\/([^/]+)\/activities\/([^/]+)$/, send],
    ['PUT', /^\/v3\/conversations\/([^/]+)\/activities\/([^/]+)$/, update],
    [
      'DELETE',
      /^\/v3\/conversations\/([^/]+)\/activities\/([^/]+)$/,
      (r, c, a) => {
        state.remove(own(r, c, a));
        return { status: 200 };
      },
    ],
    ['GET', /^\/v3\/conversations\/([^/]+)\/members\/?$/, (_, c) => ({ status: 200, body: rosterOf(c) })],
    ['GET', /^\/v3\/conversations\/([^/]+)\/members\/([^/]+)$/, (_, c, m) => member(c, m)],
    ['GET', /^\/v3\/conversations\/([^/]+)\/pagedmembers\/?$/, page],
    ['GET', /^\/v3\/teams\/([^/]+)$/, (_, t) => teamDetails(t)],
    ['GET', /^\/v3\/teams\/([^/]+)\/conversations$/, (_, t) => channels(t)],
  ];

  /** Answers one request; refusals have the connector's shape `{error: {code, message}}`. */
  return function answer(request: ConnectorRequest): ConnectorReply {
    try {
      for (const [method, path, handle] of routes) {
        const [matched, a = '', b = ''] = path.exec(request.path) ?? [];
        if (matched !== undefined && method === request.method) return handle(request, a, b);
      }
      throw new ConnectorError(404, 'BadSyntax', `No operation ${request.method} ${request.path}.`);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const { status, code, message, headers } = error;
      return { status, headers, body: { error: { code, message } } };
    }
  };
}

function account(user: TeamsUser, tenantId: string): object {
  const [givenName = user.name, ...rest] = user.name.split(' ');
  const { id, aadObjectId, name, email, userPrincipalName } = user;
  // Both spellings: the service still sends objectId, and botbuilder's getMembers reads only that one.
  const names = { name, givenName, surname: rest.join(' '), email, userPrincipalName };
  return { id, aadObjectId, objectId: aadObjectId, ...names, tenantId, userRole: 'user' };
}

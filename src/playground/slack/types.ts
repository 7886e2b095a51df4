import type { JsonObject } from './json.ts';

/** A person of the workspace, as `users.info` would describe them. */
export type SlackUser = {
  readonly id: string;
  /** The handle: what stands behind `@`. */
  readonly name: string;
  readonly realName: string;
  readonly displayName?: string;
  readonly email?: string;
  /** IANA zone, for example `Europe/Kyiv`. */
  readonly tz?: string;
  readonly locale?: string;
  readonly title?: string;
  readonly image?: string;
  readonly isAdmin?: boolean;
  /** Another app's bot user; the workspace adds its own app's bot by itself. */
  readonly isBot?: boolean;
  /** Deactivated: the person has left. */
  readonly deleted?: boolean;
  /** A multi-channel guest. */
  readonly isGuest?: boolean;
  /** When their schedule keeps notifications back next, or does now. */
  readonly quiet?: { readonly from: Date; readonly to: Date };
};

export type SlackUsergroup = {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
};

export type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

export type SlackChannel = {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly members: readonly string[];
  readonly botIsMember: boolean;
  readonly isArchived: boolean;
};

/** A Block Kit block, left loose: what is legal in it is `blocks.ts`' to say. */
export type SlackBlock = { readonly type: string; readonly block_id?: string; readonly [key: string]: unknown };

export type MessageMetadata = { readonly event_type: string; readonly event_payload: JsonObject };

/** One message of a conversation. `visibleTo` makes it ephemeral; a `deleted` one stays as a tombstone that stale clients may still press. */
export type Message = {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly fromBot: boolean;
  /** mrkdwn as Slack stores it: `&`, `<`, `>` stand escaped unless they form live markup. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly attachments: readonly JsonObject[];
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
  readonly threadTs?: string | undefined;
  readonly broadcast?: boolean | undefined;
  readonly metadata?: MessageMetadata | undefined;
  /** The moment of the last edit, as a ts. */
  readonly edited?: string | undefined;
  readonly visibleTo?: string | undefined;
  readonly deleted?: boolean | undefined;
  /** `parse=full` or `link_names` were asked for: bare `@here` and `#name` are then live too. */
  readonly parsesNames?: boolean | undefined;
};

/** `view.state.values[block_id][action_id]`, in the shape of its element type. */
export type StateValue = { readonly type: string; readonly [key: string]: unknown };
export type StateValues = { readonly [blockId: string]: { readonly [actionId: string]: StateValue } };

/** What a person puts into an input: text, a number, an option's value (or several), an id, a date, or a whole option or rich text object. */
export type InputAnswer = string | number | null | JsonObject | readonly (string | JsonObject)[];

/** A modal on a person's screen, or a published Home tab. */
export type OpenView = {
  readonly id: string;
  readonly user: string;
  /** The definition the app gave, block_ids and action_ids filled in. */
  readonly view: JsonObject;
  readonly hash: string;
  readonly values: StateValues;
  readonly rootId: string;
  readonly previousId: string | undefined;
  /** block_id -> what stands under the field in red. */
  readonly errors: { readonly [blockId: string]: string };
  /** What Slack shows when the app's answer failed: "We had some trouble connecting. Try again?" */
  readonly problem?: string | undefined;
};

/** The app's identity in the workspace. */
export type BotIdentity = {
  readonly userId: string;
  readonly botId: string;
  readonly appId: string;
  readonly name: string;
};

/** What the bot's server answered a delivery, raw. */
export type Answer = {
  /** HTTP status; 200 over Socket Mode; 0 when there was no answer at all. */
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  /** Wall milliseconds between sending and the whole answer. */
  readonly ms: number;
  /** It came after Slack's 3 s (on the workspace's clock), so it had no effect. */
  readonly late: boolean;
  /** What went wrong in Slack's own word, as the person would be told: `operation_timeout`, `dispatch_failed`, `invalid_command_response`. */
  readonly problem?: string;
};

/** One call of the Web API (or of a `response_url`, under that name), for assertions. Tokens are never kept. */
export type ApiCall = {
  readonly method: string;
  readonly args: JsonObject;
  readonly at: Date;
  readonly status: number;
  /** The `error` of the answer; `undefined` when it was ok. */
  readonly error: string | undefined;
};

export type Fault = {
  /** How many calls it hits; default 1. */
  readonly times?: number;
  /**
   * `status`: a bare HTTP status (default 500). `error`: 200 with `ok: false`. `hang`: never answered. `html`: a proxy's page
   * (default 502). `dropReply`: the effect happens and the connection is cut before the answer.
   */
  readonly kind: 'status' | 'error' | 'hang' | 'dropReply' | 'html';
  readonly status?: number;
  readonly error?: string;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfter?: number;
};

/** Something in the workspace changed; what it is now is in `snapshot`. */
export type Change =
  | { readonly kind: 'message'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'view'; readonly user: string }
  | { readonly kind: 'home'; readonly user: string }
  | { readonly kind: 'channel'; readonly channel: string }
  | { readonly kind: 'user'; readonly user: string };

export type Clock = { now(): Date };

export type WorkspaceOptions = {
  readonly clock: Clock;
  readonly signingSecret: string;
  /** `xoxb-…`: the only bearer token that the Web API accepts. */
  readonly botToken: string;
  /** `xapp-…`: with it, Socket Mode can be opened. */
  readonly appToken?: string;
  readonly team: { readonly id: string; readonly domain: string; readonly name: string };
  readonly users: readonly SlackUser[];
  readonly channels: readonly {
    readonly id: string;
    readonly name: string;
    readonly isPrivate: boolean;
    readonly members: readonly string[];
    readonly botIsMember: boolean;
  }[];
  readonly usergroups?: readonly SlackUsergroup[];
  /** Enforce Slack's rate limits (429 with Retry-After) on the clock. */
  readonly strictRate?: boolean;
  readonly bot?: Partial<BotIdentity>;
  /** Bot scopes of the token; default: every scope in the method tables. */
  readonly scopes?: readonly string[];
};

/** What the local Teams tenant is made of, and what it shows: the vocabulary of this folder. */

export type TeamsUser = {
  /** Teams' id of a person for one bot: `29:…`. */
  readonly id: string;
  readonly aadObjectId: string;
  readonly name: string;
  readonly email: string;
  readonly userPrincipalName: string;
  /** IANA name, as clients send it. */
  readonly timezone: string;
  readonly locale: string;
  /** Whether the person has added the bot for themselves. Default true. */
  readonly installed?: boolean;
};

export type TeamsTeam = {
  /** `19:…@thread.tacv2`; real Teams uses the id of the General channel. */
  readonly id: string;
  readonly name: string;
  /** Any of the ids of the people: `29:…`, AAD object id or user principal name. */
  readonly members: readonly string[];
  readonly channels: readonly { readonly id: string; readonly name: string }[];
  readonly installed: boolean;
};

export type TeamsGroupChat = {
  /** `19:…@thread.v2`. */
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly installed: boolean;
};

export type TeamsTenantOptions = {
  readonly clock: { now(): Date };
  readonly appId: string;
  readonly tenantId: string;
  readonly botName: string;
  readonly users: readonly TeamsUser[];
  readonly teams: readonly TeamsTeam[];
  readonly groupChats?: readonly TeamsGroupChat[];
  /** Enforce Teams' published rates on the injected clock. Default false. */
  readonly strictRate?: boolean;
  /** Whether this tenant has targeted ("only you can see this") messages. Default true. */
  readonly targeted?: boolean;
  /** Sign requests to the bot, and ask its own for a token. False is the unauthenticated mode. Default true. */
  readonly sign?: boolean;
  /** How long a person's client waits for the bot, in milliseconds. Default: Teams' 15 s, 5 s for message extensions. */
  readonly patienceMs?: number;
};

export type ConversationKind = 'personal' | 'groupChat' | 'channel';

export type Attachment = {
  readonly contentType: string;
  readonly content?: unknown;
  readonly contentUrl?: string | undefined;
  readonly name?: string | undefined;
};

/** What a message carries, whoever wrote it. */
export type MessageContent = {
  readonly text: string | undefined;
  readonly textFormat: 'plain' | 'markdown' | 'xml';
  readonly summary: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly entities: readonly unknown[];
};

export type Author = { readonly kind: 'bot' | 'person'; readonly id: string; readonly name: string };

/** A message as one viewer sees it: a card pressed by this viewer shows this viewer's own version. */
export type MessageView = MessageContent & {
  readonly id: string;
  readonly from: Author;
  readonly at: string;
  readonly editedAt?: string;
  /** Channels only: the first message of the thread; equals `id` for the first message itself. */
  readonly root?: string;
  /** Only this viewer and the bot see it. */
  readonly targeted: boolean;
  /** The card shown is this viewer's own version, not the one everybody sees. */
  readonly ownView: boolean;
  /** What the bot told this viewer in answer to a press on this message. */
  readonly notice?: string;
  readonly reactions: readonly { readonly type: string; readonly user: string }[];
  /** The card asks to be refreshed for this viewer when it is shown: call `refresh`. */
  readonly refreshes: boolean;
};

export type ConversationView = {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly name: string;
  readonly team?: { readonly id: string; readonly name: string };
  readonly botInstalled: boolean;
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly messages: readonly MessageView[];
};

/** A dialog (task module) open in one person's client. */
export type DialogView = {
  readonly id: string;
  readonly title: string;
  readonly height?: string | number | undefined;
  readonly width?: string | number | undefined;
  readonly card?: unknown;
  readonly url?: string | undefined;
  /** The bot answered with words: the dialog shows them and can only be closed. */
  readonly message?: string | undefined;
  /** The last submit failed; what was typed is still there. */
  readonly error?: string | undefined;
  /** `compose` dialogs are sent with `composeSubmit`, `card` dialogs with `taskSubmit`. */
  readonly via: 'card' | 'compose';
};

export type Snapshot = {
  readonly viewer: TeamsUser;
  readonly conversations: readonly ConversationView[];
  readonly dialog?: DialogView;
};

export type TenantEvent = {
  readonly kind: 'message' | 'edit' | 'delete' | 'typing' | 'view' | 'reaction' | 'dialog' | 'roster';
  /** The conversation, without `;messageid=`. */
  readonly conversation: string;
  /** Set when only this person's client changed. */
  readonly viewer?: string;
};

/** The bot's raw HTTP answer. `status` 0 means there was none: refused, cut off, or later than the client waits. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON of the answer where it is JSON, its text where not, undefined where there is none. */
  readonly body: unknown;
  readonly raw: string;
  readonly ms: number;
};

/** What the person's client made of the answer. */
export type Outcome =
  | { readonly kind: 'accepted' }
  /** Posted, but the bot is not told: it was not mentioned, or the message is not its own. */
  | { readonly kind: 'undelivered' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'card'; readonly card: unknown }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'dialog'; readonly dialog: DialogView }
  | { readonly kind: 'closed' }
  | { readonly kind: 'results'; readonly results: readonly { readonly title: string; readonly value: string }[] }
  | { readonly kind: 'composed'; readonly attachments: readonly Attachment[] };

export type Answer = RawAnswer & {
  /** The id of the activity that was delivered. */
  readonly activityId: string;
  readonly outcome: Outcome;
};

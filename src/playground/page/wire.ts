/** What the page and its server say to each other. Types only: both sides import them, each checks what it is sent. */

/** Loose JSON, as blocks and cards arrive. */
export type Json = { readonly [key: string]: unknown };

/** One human of the playground, the same on both platforms. */
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** IANA name. */
  readonly zone: string;
  readonly initials: string;
  /** Degrees on the colour wheel. */
  readonly hue: number;
  /** Slack's id of them. */
  readonly slack: string;
  /** Teams' id of them: `29:…`. */
  readonly teams: string;
  /** Their id in the directory, as Teams' people picker gives it. */
  readonly directory: string;
};

/** Something the app puts into a menu of the platform. */
export type Offer = { readonly name: string; readonly title: string; readonly summary: string };

/** Something that can be broken in the company's cluster. */
export type ClusterFailure = {
  readonly name: string;
  readonly title: string;
  readonly on: 'workload' | 'node' | 'resource';
};

/** What stands still while the page is open. */
export type World = {
  /** Changes with every start of the server: an open page then loads itself anew. */
  readonly boot: string;
  /** As the tenant is called. */
  readonly company: string;
  readonly people: readonly Person[];
  readonly failures: readonly ClusterFailure[];
  readonly bot: { readonly name: string; readonly slack: string; readonly teams: string };
  readonly slack: {
    readonly commands: readonly { readonly name: string; readonly summary: string; readonly hint: string }[];
    readonly shortcuts: readonly Offer[];
    readonly messageShortcuts: readonly Offer[];
  };
  readonly teams: {
    readonly commands: readonly { readonly title: string; readonly summary: string }[];
    readonly composeActions: readonly Offer[];
    readonly messageActions: readonly Offer[];
  };
};

export type SlackMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly fromBot: boolean;
  /** mrkdwn, with `&`, `<` and `>` escaped where they are not markup. */
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly attachments: readonly Json[];
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
  readonly threadTs?: string | undefined;
  readonly broadcast?: boolean | undefined;
  readonly edited?: string | undefined;
  readonly visibleTo?: string | undefined;
};
export type SlackChannel = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im' | 'mpim';
  readonly members: readonly string[];
  readonly botIsMember: boolean;
  readonly isArchived: boolean;
  readonly unread: number;
};
export type SlackView = {
  readonly id: string;
  readonly view: Json;
  readonly hash: string;
  /** block_id -> action_id -> the element's state. */
  readonly values: { readonly [block: string]: { readonly [action: string]: Json } };
  readonly previousId: string | undefined;
  /** block_id -> what is wrong. */
  readonly errors: { readonly [block: string]: string };
  readonly problem?: string | undefined;
};
export type SlackPerson = { readonly id: string; readonly name: string; readonly realName: string };
export type SlackState = {
  readonly team: { readonly id: string; readonly name: string };
  readonly viewer: { readonly id: string; readonly tz?: string };
  readonly users: readonly SlackPerson[];
  readonly channels: readonly SlackChannel[];
  /** The newest of each channel, oldest first. */
  readonly messages: { readonly [channel: string]: readonly SlackMessage[] };
  /** Open modals, root first. */
  readonly modals: readonly SlackView[];
  readonly home: SlackView | undefined;
};

export type TeamsAttachment = {
  readonly contentType: string;
  readonly content?: unknown;
  readonly name?: string | undefined;
};
export type TeamsMessage = {
  readonly id: string;
  readonly from: { readonly kind: 'bot' | 'person'; readonly id: string; readonly name: string };
  readonly at: string;
  readonly editedAt?: string;
  readonly root?: string;
  readonly targeted: boolean;
  readonly ownView: boolean;
  readonly notice?: string;
  readonly refreshes: boolean;
  readonly text: string | undefined;
  readonly textFormat: 'plain' | 'markdown' | 'xml';
  readonly attachments: readonly TeamsAttachment[];
  readonly entities: readonly unknown[];
  readonly reactions: readonly { readonly type: string; readonly user: string }[];
};
export type TeamsConversation = {
  readonly id: string;
  readonly kind: 'personal' | 'groupChat' | 'channel';
  readonly name: string;
  readonly team?: { readonly id: string; readonly name: string };
  readonly botInstalled: boolean;
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly messages: readonly TeamsMessage[];
  readonly unread: number;
};
export type TeamsDialog = {
  readonly id: string;
  readonly title: string;
  readonly height?: string | number | undefined;
  readonly width?: string | number | undefined;
  readonly card?: unknown;
  readonly url?: string | undefined;
  readonly message?: string | undefined;
  readonly error?: string | undefined;
  readonly via: 'card' | 'compose';
};
export type TeamsState = {
  readonly viewer: { readonly id: string; readonly timezone: string; readonly locale: string };
  readonly conversations: readonly TeamsConversation[];
  readonly dialog?: TeamsDialog;
};

/** A workload, a resource or a node, as the page shows it. */
export type ClusterThing = {
  /** As `deployments.apps`. */
  readonly kind: string;
  readonly on: 'workload' | 'node' | 'resource';
  readonly namespace: string;
  readonly name: string;
  /** How much of it is there, in a word or two. */
  readonly ready: string;
  readonly says: string;
  readonly tone: 'good' | 'busy' | 'bad';
  /** On purpose, by this page. */
  readonly broken: boolean;
};
export type ClusterState = {
  /** Where there are several; it is the context in the kubeconfig too. */
  readonly name?: string;
  readonly things: readonly ClusterThing[];
  /** Where it was written, as somebody types it. */
  readonly kubeconfig: string;
};

/** Everything that one person sees. */
export type PageState = {
  /** The server's clock, and by how many milliseconds it was set ahead. */
  readonly now: string;
  readonly ahead: number;
  /** Person id -> unread direct messages of the bot, on both platforms together. */
  readonly news: { readonly [person: string]: number };
  readonly slack: SlackState;
  readonly teams: TeamsState;
  readonly clusters: readonly ClusterState[];
};

/** What a person puts into an input of Block Kit. */
export type InputAnswer = string | number | null | readonly string[];

type On = { readonly channel: string; readonly message: string };
type Aim = { readonly block: string; readonly action: string };
type InCluster = {
  /** Which of several; absent: the first. */
  readonly cluster?: string | undefined;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};
type OnCard = { readonly conversation: string; readonly message: string };

/** What a person does; `as` is who. */
export type Act = { readonly as: string } & (
  | { readonly act: 'slack.command'; readonly channel: string; readonly command: string; readonly text: string }
  | { readonly act: 'slack.say'; readonly channel: string; readonly text: string; readonly thread?: string | undefined }
  | ({ readonly act: 'slack.press'; readonly value?: InputAnswer | undefined } & On & Aim)
  | ({ readonly act: 'slack.pressHome'; readonly value?: InputAnswer | undefined } & Aim)
  | ({ readonly act: 'slack.pressModal'; readonly view: string; readonly value?: InputAnswer | undefined } & Aim)
  | ({ readonly act: 'slack.enter'; readonly view: string; readonly value: InputAnswer } & Aim)
  | {
      readonly act: 'slack.submit';
      readonly view: string;
      readonly values: { readonly [block: string]: InputAnswer };
    }
  | { readonly act: 'slack.cancel'; readonly view: string }
  | ({ readonly act: 'slack.suggest'; readonly view: string; readonly text: string } & Aim)
  | ({ readonly act: 'slack.suggestIn'; readonly text: string } & On & Aim)
  | { readonly act: 'slack.shortcut'; readonly name: string }
  | ({ readonly act: 'slack.messageShortcut'; readonly name: string } & On)
  | { readonly act: 'slack.home' }
  | { readonly act: 'slack.read'; readonly channel: string }
  | {
      readonly act: 'teams.say';
      readonly conversation: string;
      readonly text: string;
      readonly mentionsBot: boolean;
      readonly onlyBot: boolean;
      readonly thread?: string | undefined;
    }
  | ({ readonly act: 'teams.execute'; readonly action: Json; readonly inputs: Json } & OnCard)
  | ({ readonly act: 'teams.submit'; readonly data: Json; readonly inputs: Json } & OnCard)
  | ({ readonly act: 'teams.openDialog'; readonly data: Json; readonly inputs: Json } & OnCard)
  | { readonly act: 'teams.sendDialog'; readonly dialog: string; readonly via: 'card' | 'compose'; readonly data: Json }
  | { readonly act: 'teams.closeDialog' }
  | { readonly act: 'teams.compose'; readonly conversation: string; readonly name: string }
  | ({ readonly act: 'teams.messageAction'; readonly name: string } & OnCard)
  | {
      readonly act: 'teams.search';
      readonly conversation: string;
      readonly message?: string | undefined;
      readonly dataset: string;
      readonly text: string;
    }
  | { readonly act: 'teams.token' }
  | ({ readonly act: 'teams.refresh' } & OnCard)
  | { readonly act: 'teams.read'; readonly conversation: string; readonly upTo: string }
  | ({ readonly act: 'cluster.break'; readonly failure: string } & InCluster)
  | ({ readonly act: 'cluster.heal' } & InCluster)
  | { readonly act: 'clock.jump'; readonly minutes: number }
);

export type Choice = { readonly title: string; readonly value: string };

/** How an act ended. `error` says what went wrong, `note` what else the person should read. */
export type Acted = {
  readonly error?: string;
  readonly note?: string;
  /** What a search found. */
  readonly choices?: readonly Choice[];
  /** What Teams gives to a page in it. */
  readonly token?: string;
};

import { randomUUID } from 'node:crypto';
import { LIMITS } from './limits.ts';
import { createRoster, type Place } from './roster.ts';
import type { Author, DialogView, MessageContent, TeamsTenantOptions, TeamsUser, TenantEvent } from './types.ts';

export type Message = MessageContent & {
  readonly id: string;
  readonly from: Author;
  readonly at: Date;
  editedAt?: Date;
  readonly conversation: string;
  readonly root?: string;
  /** The one person who sees it: a targeted message. */
  readonly onlyFor?: TeamsUser;
  /** Cards that one person got in answer to a press, and what the bot said beside them. */
  readonly views: Map<TeamsUser, unknown>;
  readonly notices: Map<TeamsUser, string>;
  readonly reactions: { readonly type: string; readonly user: TeamsUser }[];
};

/** An open dialog: what is shown, and what its submit must carry. */
export type Dialog = DialogView & {
  readonly place: Place;
  readonly activityId?: string | undefined;
  readonly compose?: Readonly<Record<string, unknown>>;
};

export const adaptiveCardType = 'application/vnd.microsoft.card.adaptive';

/** The tenant's memory: people, conversations, messages and open dialogs. It knows nothing of HTTP or of the bot. */
export function createState(options: TeamsTenantOptions) {
  const { clock, appId, botName } = options;
  const roster = createRoster(options);
  const bot: Author = { kind: 'bot', id: `28:${appId}`, name: botName };
  const messages: Message[] = [];
  const dialogs = new Map<TeamsUser, Dialog>();
  const listeners = new Set<(event: TenantEvent) => void>();
  let lastId = 0;

  function emit(event: TenantEvent): void {
    for (const listener of [...listeners]) listener(event);
  }

  /** Message ids are the milliseconds of their instant, made unique: as in Teams. */
  function nextId(): string {
    lastId = Math.max(lastId + 1, clock.now().getTime());
    return String(lastId);
  }

  const gone = (m: Message): boolean =>
    m.onlyFor !== undefined && clock.now().getTime() - m.at.getTime() > LIMITS.targetedHours * 3_600_000;

  const find = (conversation: string, id: string): Message | undefined =>
    messages.find((m) => m.conversation === conversation && m.id === id && !gone(m));

  function post(place: Place, from: Author, content: MessageContent, onlyFor?: TeamsUser): Message {
    const id = nextId();
    const { conversation } = place;
    const message: Message = {
      ...content,
      id,
      from,
      at: clock.now(),
      conversation: conversation.id,
      ...(conversation.kind === 'channel' ? { root: place.root ?? id } : {}),
      ...(onlyFor ? { onlyFor } : {}),
      views: new Map(),
      notices: new Map(),
      reactions: [],
    };
    messages.push(message);
    emit({ kind: 'message', conversation: conversation.id, ...(onlyFor ? { viewer: onlyFor.id } : {}) });
    return message;
  }

  /** Replaces what everybody sees; what single people got in answer to a press goes with the old version. */
  function edit(message: Message, content: MessageContent): void {
    message.views.clear();
    message.notices.clear();
    Object.assign(message, content, { editedAt: clock.now() });
    emit({ kind: 'edit', conversation: message.conversation });
  }

  function remove(message: Message): void {
    messages.splice(messages.indexOf(message), 1);
    emit({ kind: 'delete', conversation: message.conversation });
  }

  const threadExists = (conversation: string, root: string): boolean =>
    messages.some((m) => m.conversation === conversation && m.root === root);

  return {
    ...roster,
    bot,
    emit,
    nextId,
    find,
    post,
    edit,
    remove,
    threadExists,
    messagesIn: (conversation: string): readonly Message[] =>
      messages.filter((m) => m.conversation === conversation && !gone(m)),
    setView(message: Message, user: TeamsUser, card: unknown): void {
      message.views.set(user, card);
      message.notices.delete(user);
      emit({ kind: 'view', conversation: message.conversation, viewer: user.id });
    },
    setNotice(message: Message, user: TeamsUser, text: string): void {
      message.notices.set(user, text);
      emit({ kind: 'view', conversation: message.conversation, viewer: user.id });
    },
    react(message: Message, user: TeamsUser, type: string, on: boolean): void {
      const at = message.reactions.findIndex((r) => r.user === user && r.type === type);
      if (at >= 0) message.reactions.splice(at, 1);
      if (on) message.reactions.push({ type, user });
      emit({ kind: 'reaction', conversation: message.conversation });
    },
    dialogOf: (user: TeamsUser): Dialog | undefined => dialogs.get(user),
    newDialogId: (): string => randomUUID(),
    showDialog(user: TeamsUser, dialog: Dialog | undefined): void {
      const place = (dialog ?? dialogs.get(user))?.place;
      if (dialog) dialogs.set(user, dialog);
      else dialogs.delete(user);
      if (place) emit({ kind: 'dialog', conversation: place.conversation.id, viewer: user.id });
    },
    subscribe(listener: (event: TenantEvent) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Resolves with what `read` finds, now or after the next change that makes it find something. Never times out. */
    until<T>(read: () => T | undefined): Promise<T> {
      const now = read();
      if (now !== undefined) return Promise.resolve(now);
      return new Promise((resolve, reject) => {
        const look = (): void => {
          try {
            const found = read();
            if (found === undefined) return;
            listeners.delete(look);
            resolve(found);
          } catch (error) {
            listeners.delete(look);
            reject(error);
          }
        };
        listeners.add(look);
      });
    },
  };
}

export type State = ReturnType<typeof createState>;

import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { Conversation } from './roster.ts';
import { adaptiveCardType, type Message, type State } from './state.ts';
import type { ConversationView, MessageView, Snapshot, TeamsUser } from './types.ts';

const Refreshing = z.looseObject({
  refresh: z.looseObject({ action: z.unknown(), userIds: z.array(z.string()).nullish() }),
});

/** The Action.Execute with which this viewer's client refreshes a card by itself, if it does. */
export function refreshAction(state: State, message: Message, viewer: TeamsUser): unknown {
  const card = message.attachments.find((a) => a.contentType === adaptiveCardType)?.content;
  const { data } = Refreshing.safeParse(card);
  if (!data || message.views.has(viewer)) return undefined;
  const place = state.findPlace(message.conversation);
  const roster = place ? state.membersOf(place.conversation).length : 0;
  const { userIds, action } = data.refresh;
  // Naming people is the only way in large conversations; in small ones everybody's client refreshes.
  return userIds?.includes(viewer.id) || (!userIds && roster <= LIMITS.refreshUsers) ? action : undefined;
}

function messageView(state: State, message: Message, viewer: TeamsUser): MessageView {
  const { views, notices, onlyFor, at, editedAt, root, reactions } = message;
  const notice = notices.get(viewer);
  return {
    id: message.id,
    from: message.from,
    at: at.toISOString(),
    ...(editedAt ? { editedAt: editedAt.toISOString() } : {}),
    ...(root !== undefined ? { root } : {}),
    text: message.text,
    textFormat: message.textFormat,
    summary: message.summary,
    attachments: views.has(viewer)
      ? message.attachments.map((a) => (a.contentType === adaptiveCardType ? { ...a, content: views.get(viewer) } : a))
      : message.attachments,
    entities: message.entities,
    targeted: onlyFor !== undefined,
    ownView: views.has(viewer),
    ...(notice !== undefined ? { notice } : {}),
    reactions: reactions.map((r) => ({ type: r.type, user: r.user.id })),
    refreshes: refreshAction(state, message, viewer) !== undefined,
  };
}

function conversationView(state: State, c: Conversation, viewer: TeamsUser): ConversationView {
  return {
    id: c.id,
    kind: c.kind,
    name: c.name,
    ...(c.kind === 'channel' ? { team: { id: c.home.id, name: c.home.name } } : {}),
    botInstalled: c.kind === 'personal' ? state.isAdded(c.home) : state.botIsIn(c),
    members: state.membersOf(c).map(({ id, name }) => ({ id, name })),
    messages: state
      .messagesIn(c.id)
      .filter((m) => m.onlyFor === undefined || m.onlyFor === viewer)
      .map((m) => messageView(state, m, viewer)),
  };
}

/** Teams as one person sees it. @param viewerRef any id of the person. @throws Error when there is no such person */
export function snapshotOf(state: State, viewerRef: string): Snapshot {
  const viewer = state.user(viewerRef);
  const dialog = state.dialogOf(viewer);
  return {
    viewer,
    conversations: state
      .conversations()
      .filter((c) => state.membersOf(c).includes(viewer))
      .map((c) => conversationView(state, c, viewer)),
    ...(dialog ? { dialog: dialogView(dialog) } : {}),
  };
}

/** What a person sees of a dialog, without what its submit carries behind the scenes. */
export function dialogView({ id, title, height, width, card, url, message, error, via }: Snapshot['dialog'] & object) {
  return { id, title, height, width, card, url, message, error, via };
}

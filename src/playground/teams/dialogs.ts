import type { Activities, Json } from './activities.ts';
import { dialogOutcome, searchOutcome } from './answers.ts';
import type { Courier } from './courier.ts';
import { type In, type OnMessage, seenIn } from './people.ts';
import type { Place } from './roster.ts';
import type { Dialog, Message, State } from './state.ts';
import type { Answer, TeamsUser } from './types.ts';

export type Composing = In & {
  readonly commandId: string;
  readonly context: 'compose' | 'commandBox' | 'message';
  /** The message it was called on; needed with the context `message`. */
  readonly messageActivityId?: string;
};
export type Sending = { readonly user: string; readonly dialogId: string; readonly data: Json };
export type Searching = In & {
  readonly activityId?: string;
  readonly dataset: string;
  readonly queryText: string;
  /** The inputs that `associatedInputs: "auto"` sends along. */
  readonly data?: Json;
  readonly skip?: number;
  readonly top?: number;
};

// Clients send their theme with everything that opens or fills a dialog.
const context = { theme: 'default' };

/** Dialogs, message extensions and typeahead: everything whose answer is something to fill in. */
export function createDialogs(state: State, activities: Activities, courier: Courier, composePatienceMs: number) {
  function draft(place: Place, via: 'card' | 'compose', rest: Partial<Dialog>): Dialog {
    return { id: state.newDialogId(), title: '', via, place, ...rest };
  }

  function openDialog(user: TeamsUser, dialogId: string, via: Dialog['via']): Dialog {
    const dialog = state.dialogOf(user);
    if (dialog?.id !== dialogId) throw new Error(`${user.name} has no dialog ${dialogId} open.`);
    if (dialog.via !== via)
      throw new Error(
        `This dialog was opened from ${dialog.via === 'card' ? 'a card: use taskSubmit' : 'a message extension: use composeSubmit'}.`,
      );
    if (dialog.message !== undefined) throw new Error('This dialog only shows a message: it can be closed, not sent.');
    return dialog;
  }

  /** Presses a button with `msteams.type: "task/fetch"`: `data` is the button's data, `inputs` the card's. */
  async function taskFetch(press: OnMessage & { readonly data: Json; readonly inputs?: Json }): Promise<Answer> {
    const user = state.user(press.user);
    const { place } = seenIn(state, user, press);
    const dialog = draft(place, 'card', { activityId: press.activityId });
    const value = { data: { ...press.data, ...press.inputs }, context };
    const activity = activities.invoke('task/fetch', user, place, value, press.activityId);
    return courier.deliver(activity, (answer) => dialogOutcome(state, user, dialog, answer));
  }

  /** Sends a dialog that a card opened; `data` is the submit button's data and the inputs. */
  async function taskSubmit({ user: ref, dialogId, data }: Sending): Promise<Answer> {
    const user = state.user(ref);
    const dialog = openDialog(user, dialogId, 'card');
    const activity = activities.invoke('task/submit', user, dialog.place, { data, context }, dialog.activityId);
    return courier.deliver(activity, (answer) => dialogOutcome(state, user, dialog, answer));
  }

  /** Closes whatever dialog the person has open; the bot is not told. */
  const closeDialog = (ref: string): void => state.showDialog(state.user(ref), undefined);

  /** Starts an action command of the message extension. */
  async function composeFetchTask(composing: Composing): Promise<Answer> {
    const user = state.user(composing.user);
    const { commandId, context: from, messageActivityId: activityId } = composing;
    const called = activityId === undefined ? undefined : seenIn(state, user, { ...composing, activityId });
    if (from === 'message' && !called?.message)
      throw new Error(`There is no message ${activityId ?? '(none given)'} in ${composing.conversation} to act on.`);
    const compose = {
      commandId,
      commandContext: from === 'commandBox' ? 'commandbox' : from,
      ...(called?.message ? { messagePayload: messagePayload(state, called.place, called.message) } : {}),
    };
    const place = called?.place ?? state.placeFor(user, composing.conversation);
    const dialog = draft(place, 'compose', { compose, title: commandId });
    const activity = activities.invoke('composeExtension/fetchTask', user, place, { ...compose, context });
    return courier.deliver(activity, (answer) => dialogOutcome(state, user, dialog, answer), composePatienceMs);
  }

  /** Sends a dialog that a message extension opened. */
  async function composeSubmit({ user: ref, dialogId, data }: Sending): Promise<Answer> {
    const user = state.user(ref);
    const dialog = openDialog(user, dialogId, 'compose');
    const value = { ...dialog.compose, data, context };
    const activity = activities.invoke('composeExtension/submitAction', user, dialog.place, value);
    return courier.deliver(activity, (answer) => dialogOutcome(state, user, dialog, answer), composePatienceMs);
  }

  /** Types into an Input.ChoiceSet with a Data.Query. */
  async function search(asked: Searching): Promise<Answer> {
    const user = state.user(asked.user);
    const { activityId, dataset, queryText, data, skip = 0, top = 15 } = asked;
    const place = activityId
      ? seenIn(state, user, { ...asked, activityId }).place
      : state.placeFor(user, asked.conversation);
    const value = { kind: 'search', queryText, queryOptions: { skip, top }, dataset, ...(data ? { data } : {}) };
    return courier.deliver(activities.invoke('application/search', user, place, value, activityId), searchOutcome);
  }

  return { taskFetch, taskSubmit, closeDialog, composeFetchTask, composeSubmit, search };
}

/** A message as message extensions get it: Microsoft Graph's shape, with HTML in the body. */
function messagePayload(state: State, { conversation, root }: Place, message: Message): Json {
  const { id, from, at, editedAt, text, attachments, reactions } = message;
  const author = state.findUser(from.id);
  const html = attachments.find((a) => a.contentType === 'text/html')?.content;
  return {
    id,
    replyToId: root === undefined || root === id ? null : root,
    createdDateTime: at.toISOString(),
    lastModifiedDateTime: editedAt?.toISOString() ?? null,
    deleted: false,
    subject: null,
    summary: null,
    importance: 'normal',
    locale: 'en-us',
    linkToMessage: `https://teams.microsoft.com/l/message/${conversation.id}/${id}`,
    body: { contentType: 'html', content: html ?? text ?? '' },
    from: {
      device: null,
      conversation: null,
      user: author ? { userIdentityType: 'aadUser', id: author.aadObjectId, displayName: author.name } : null,
      application: author
        ? null
        : { applicationIdentityType: 'bot', id: from.id.slice('28:'.length), displayName: from.name },
    },
    attachments: attachments.filter((a) => a.contentType !== 'text/html'),
    mentions: [],
    reactions: reactions.map((r) => ({
      reactionType: r.type,
      user: { user: { userIdentityType: 'aadUser', id: r.user.aadObjectId, displayName: r.user.name } },
    })),
  };
}

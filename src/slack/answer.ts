import type { View as SlackView } from '@slack/types';
import {
  type Answer,
  clean,
  type Draw,
  draw,
  type Inbound,
  isLasting,
  type Names,
  noNames,
  onceLasting,
  type Reply,
  shorten,
  type View,
} from '../core/kernel/index.ts';
import { LIMITS } from './limits.ts';
import { drawForm, drawnFields } from './modal.ts';
import { fromOrigin } from './origin.ts';
import { render, renderModal, type SlackMessage } from './render.ts';

/** What Slack reads in the answer to its own request. Nothing else may be slow before it: it waits 3 s. */
type Body =
  | ({ readonly response_type: 'ephemeral' } & SlackMessage)
  | { readonly response_action: 'errors'; readonly errors: Readonly<Record<string, string>> }
  | { readonly response_action: 'update'; readonly view: SlackView };
export type Answered = { readonly status: 200; readonly body?: Body; readonly taken: readonly Reply[] };

type Whisper = Extract<Reply, { kind: 'whisper' }>;
type Ask = Extract<Reply, { kind: 'ask' }>;
const firstWhisper = (replies: readonly Reply[]) => replies.find((r): r is Whisper => r.kind === 'whisper');
const firstAsk = (replies: readonly Reply[]) => replies.find((r): r is Ask => r.kind === 'ask');

const nothing: Answered = { status: 200, taken: [] };

const ephemeral = (view: View, names: Names): Body => ({ response_type: 'ephemeral', ...render(view, names) });
/** A view that lasts names nobody. */
const ephemeralOnce = onceLasting((view) => ephemeral(view, noNames));

/** A command is answered in place, seen by the person alone. Words in a conversation have no such place. */
function toCommand({ replies, names }: Answer, inbound: Extract<Inbound, { kind: 'command' }>): Answered {
  const whisper = firstWhisper(replies);
  if (!whisper || fromOrigin(inbound.origin)?.surface !== 'command') return nothing;
  const { view } = whisper;
  return { status: 200, body: isLasting(view) ? ephemeralOnce(view) : ephemeral(view, names), taken: [whisper] };
}

/** Errors by block, on the fields that are on the screen: Slack refuses all of them when it does not know one. */
function errorsOn(errors: Ask['asked']['errors'], fields: readonly string[], first: string): Record<string, string> {
  const placed: Record<string, string> = {};
  for (const [name, text] of Object.entries(errors)) {
    const at = fields.includes(name) ? name : first;
    placed[at] = shorten(clean(placed[at] ? `${placed[at]} ${text}` : text), LIMITS.inputHint);
  }
  return placed;
}

/** A refused form stays open with what was typed; any other answer takes its place; none closes it. */
function toSubmit({ replies, names }: Answer, inbound: Extract<Inbound, { kind: 'submit' }>): Answered {
  const ask = firstAsk(replies);
  if (ask) {
    const { asked } = ask;
    const onScreen = fromOrigin(inbound.origin)?.fields ?? [];
    const [first] = onScreen;
    const wrong = Object.keys(asked.errors);
    const drawn = drawnFields(asked);
    // Submitted before a field that depends on another was drawn: drawing it now says what is missing.
    const unseen = wrong.some((name) => !onScreen.includes(name) && drawn.includes(name));
    const sameForm = ask.reopened && asked.id === inbound.asked;
    const body: Body =
      sameForm && wrong.length > 0 && first !== undefined && !unseen
        ? { response_action: 'errors', errors: errorsOn(asked.errors, onScreen, first) }
        : { response_action: 'update', view: drawForm(asked) };
    return { status: 200, body, taken: [ask] };
  }
  const whisper = firstWhisper(replies);
  if (!whisper) return nothing;
  return { status: 200, body: { response_action: 'update', view: renderModal(whisper.view, names) }, taken: [whisper] };
}

/** What is not answered in place is answered by `Platform.reply`, once Slack has its 200. */
const later = (): Answered => nothing;

const answers: Draw<Inbound, Answered, [Answer]> = {
  command: (inbound, a) => toCommand(a, inbound),
  submit: (inbound, a) => toSubmit(a, inbound),
  press: later,
  shortcut: later,
  changed: later,
  search: later,
  home: later,
  reacted: later,
  replied: later,
  due: later,
  observed: later,
  outcome: later,
};

/** The answer to Slack's request, and which replies it carries. Pure. */
export const answer = (inbound: Inbound, a: Answer): Answered => draw(answers, inbound, a);

import type { AdaptiveCardInvokeResponse, TaskModuleResponse } from 'botbuilder';
import {
  type Answer,
  type Asked,
  type Inbound,
  type Names,
  type Option,
  type Reply,
  shorten,
  type View,
} from '../core/kernel/index.ts';
import { attachment, CARD_TYPE, type Card } from './card.ts';
import { drawForm } from './dialog.ts';
import { LIMITS } from './limits.ts';
import { readOrigin, type TeamsOrigin, type Via } from './origin.ts';
import { oneLine } from './pen.ts';
import { plainText, render, sentView } from './render.ts';

/** The HTTP answer to an activity. `taken`: the replies that it carries. */
export type Answered = {
  readonly status: number;
  readonly body?: object;
  readonly taken: readonly Reply[];
  /** What the pressed message becomes for good: an answer in place is only what this person's client shows now. */
  readonly replaces?: Card;
};

type Asks = Extract<Reply, { kind: 'ask' }>;
type Whispers = Extract<Reply, { kind: 'whisper' }>;
const asks = (r: Reply): r is Asks => r.kind === 'ask';
const whispers = (r: Reply): r is Whispers => r.kind === 'whisper';

const cardBody = (card: Card) =>
  ({ statusCode: 200, type: CARD_TYPE, value: { ...card } }) satisfies AdaptiveCardInvokeResponse;
/** botbuilder declares `value` as an object, though its own documentation has text here. */
const wordsBody = (words: string) => ({
  statusCode: 200,
  type: 'application/vnd.microsoft.activity.message',
  value: words,
});
const taskWords = (words: string): TaskModuleResponse => ({ task: { type: 'message', value: words } });
const taskCard = (title: string, card: Card, height: 'small' | 'medium' | 'large'): TaskModuleResponse => ({
  task: {
    type: 'continue',
    value: { title: shorten(oneLine(title), LIMITS.dialogTitle), height, width: 'medium', card: attachment(card) },
  },
});

/** Tall enough for most forms without a scroll bar. */
const heightOf = (asked: Asked): 'small' | 'medium' | 'large' => {
  const fields = Object.values(asked.form.fields);
  const rows = fields.reduce((sum, f) => sum + (f.kind === 'text' && f.multiline ? 3 : f.kind === 'scale' ? 3 : 1), 0);
  return rows <= 2 ? 'small' : rows <= 6 ? 'medium' : 'large';
};
const unmentioned = { mentioning: false } as const;

/** A view that does nothing but warn: what was asked for did not happen. */
const onlyWarns = (view: View): boolean => {
  const notices = view.blocks.flatMap((b) => (b.kind === 'notice' ? [b.tone] : []));
  return (
    notices.some((t) => t === 'warn' || t === 'bad') &&
    view.blocks.every((b) => b.kind === 'note' || (b.kind === 'notice' && (b.tone === 'warn' || b.tone === 'bad')))
  );
};

/** Nothing is carried; every reply is made by a message of its own. */
const bare = (): Answered => ({ status: 200, taken: [] });

const privately: Readonly<Record<TeamsOrigin['scope'], string>> = {
  personal: 'See my message below.',
  groupChat: 'I answered you in private.',
  channel: 'I answered you in private.',
};

/** Outside of the 1:1 chat a card is everybody’s, unless it was for this person alone. */
export const mayReplace = ({ over }: Whispers, { scope }: TeamsOrigin): boolean =>
  over === 'private' || (over === true && scope === 'personal');

/** A pressed button. The card is the view that everybody sees, so the answer stands under it or goes out in private. */
function press(replies: readonly Reply[], names: Names, origin: TeamsOrigin): Answered {
  const over = replies.find((r): r is Whispers => whispers(r) && mayReplace(r, origin));
  if (over && replies.length === 1) {
    const card = render(over.view, names, unmentioned);
    return { status: 200, body: cardBody(card), taken: [over], replaces: card };
  }
  const words = replies.filter(whispers).map((r) => ({ r, text: plainText(r.view) }));
  const short = words.find((w) => w.text !== undefined);
  if (replies.length === 1 && short?.text !== undefined)
    return { status: 200, body: wordsBody(short.text), taken: [short.r] };
  return { status: 200, body: wordsBody(replies.length === 0 ? 'Done.' : privately[origin.scope]), taken: [] };
}

/** A form that stands in a message: redrawn in place while it goes on, replaced once it was sent. */
function inline(replies: readonly Reply[], names: Names): Answered {
  const form = replies.find(asks);
  if (form) return { status: 200, body: cardBody(drawForm(form.asked, names, { inline: true })), taken: [form] };
  const said = replies.find(whispers);
  const warning = said && onlyWarns(said.view) ? plainText(said.view) : undefined;
  // The form stays as it is, with all that was typed: it was not accepted.
  if (said && warning !== undefined) return { status: 200, body: wordsBody(warning), taken: [said] };
  const card = render(said?.view ?? sentView, names, unmentioned);
  return { status: 200, body: cardBody(card), taken: said ? [said] : [], replaces: card };
}

const formTask = (form: Asks, names: Names): Answered => ({
  status: 200,
  body: taskCard(form.asked.form.title, drawForm(form.asked, names), heightOf(form.asked)),
  taken: [form],
});
const viewTask = (said: Whispers, names: Names): Answered => ({
  status: 200,
  body: taskCard(said.view.title, render(said.view, names, { ...unmentioned, titled: false }), 'medium'),
  taken: [said],
});

/** The same form where clients lack Action.Execute: nothing is carried, but it must not stay open once it was sent. */
function formMessage(replies: readonly Reply[], names: Names): Answered {
  const stays = replies.some((r) => (asks(r) ? r.reopened === true : onlyWarns(r.view)));
  return stays ? bare() : { status: 200, taken: [], replaces: render(sentView, names, unmentioned) };
}

/** A dialog that opens: it shows the form, or what there is to say instead. */
function open(replies: readonly Reply[], names: Names): Answered {
  const form = replies.find(asks);
  if (form) return formTask(form, names);
  const said = replies.find(whispers);
  return said ? viewTask(said, names) : { status: 200, body: taskWords('Done.'), taken: [] };
}

/** A dialog that was sent: it goes on with errors or other fields, ends with a word, or closes without a body. */
function dialog(replies: readonly Reply[], names: Names): Answered {
  const form = replies.find(asks);
  if (form) return formTask(form, names);
  const said = replies.find(whispers);
  if (!said) return bare();
  const words = plainText(said.view);
  return words === undefined ? viewTask(said, names) : { status: 200, body: taskWords(words), taken: [said] };
}

/** What a page of ours draws: cards and forms. People are picked in the chat, where Teams has a picker of its own. */
function onTab(replies: readonly Reply[], names: Names): Answered {
  const picks = (r: Reply) => asks(r) && Object.values(r.asked.form.fields).some((f) => f.kind === 'person');
  const taken = replies.filter((r) => !picks(r));
  const drawn = taken.map((r) =>
    asks(r)
      ? { kind: 'form', title: oneLine(r.asked.form.title), card: drawForm(r.asked, names) }
      : { kind: 'view', title: oneLine(r.view.title), card: render(r.view, names, { ...unmentioned, titled: false }) },
  );
  return { status: 200, body: { replies: drawn, elsewhere: taken.length < replies.length }, taken };
}

const answers: { readonly [V in Via]: (replies: readonly Reply[], names: Names, origin: TeamsOrigin) => Answered } = {
  message: bare,
  button: bare,
  form: formMessage,
  install: bare,
  reaction: bare,
  press,
  inline,
  open,
  dialog,
  extension: open,
  extensionForm: dialog,
  search: () => searchAnswer([]),
  tab: onTab,
};

/** What the HTTP answer to an inbound says, and which replies it carries. */
export function answerFor(inbound: Inbound, answer: Pick<Answer, 'replies' | 'names'>): Answered {
  if (!('origin' in inbound)) return bare();
  const origin = readOrigin(inbound.origin);
  return answers[origin.via](answer.replies, answer.names, origin);
}

/** The options of a search field. */
export const searchAnswer = (options: readonly Option[]): Answered => ({
  status: 200,
  body: {
    statusCode: 200,
    type: 'application/vnd.microsoft.search.searchResponse',
    value: { results: options.map(({ label, value }) => ({ title: oneLine(label), value })) },
  },
  taken: [],
});

import { z } from 'zod';
import { cardProblems } from './cards.ts';
import { dialogView } from './snapshot.ts';
import { adaptiveCardType, type Dialog, type Message, type State } from './state.ts';
import type { Outcome, RawAnswer, TeamsUser } from './types.ts';

/** What the client says when the bot's answer is no answer. */
const unreachable = 'Unable to reach app. Please try again.';

const failed = (why: string): Outcome => ({ kind: 'failed', message: `${unreachable} (${why})` });
const accepted: Outcome = { kind: 'accepted' };

/** Why an answer is none at all, for the person who builds the bot. */
function silence({ status, raw }: RawAnswer): string | undefined {
  if (status === 0) return raw;
  return status >= 200 && status < 300 ? undefined : `HTTP ${status}: ${raw.slice(0, 200)}`;
}

const invalid = (what: string, error: z.ZodError): Outcome => failed(`${what} is malformed: ${z.prettifyError(error)}`);
const badCard = (problems: readonly string[]): Outcome => failed(`the card cannot be drawn: ${problems.join('; ')}`);

/** A message or an event: any 2xx will do, and nothing is shown. */
export function turnOutcome(answer: RawAnswer): Outcome {
  const why = silence(answer);
  return why === undefined ? accepted : failed(why);
}

const InvokeAnswer = z.looseObject({ statusCode: z.number().int(), type: z.string(), value: z.unknown() });

/** Action.Execute: the answer is this person's own version of the card, or words for this person alone. */
export function cardOutcome(state: State, user: TeamsUser, message: Message | undefined, answer: RawAnswer): Outcome {
  const why = silence(answer);
  if (why !== undefined) return failed(why);
  const { data, error } = InvokeAnswer.safeParse(answer.body);
  if (error) return invalid('the answer {statusCode, type, value}', error);
  const read = Object.hasOwn(cardAnswers, data.type) ? cardAnswers[data.type] : undefined;
  return read ? read(state, user, message, data.value) : failed(`answers of type ${data.type} are not known to Teams`);
}

type CardAnswer = (state: State, user: TeamsUser, message: Message | undefined, value: unknown) => Outcome;
const cardAnswers: Readonly<Record<string, CardAnswer>> = {
  [adaptiveCardType]: (state, user, message, card) => {
    const problems = cardProblems(card);
    if (problems.length > 0) return badCard(problems);
    if (message) state.setView(message, user, card);
    return { kind: 'card', card };
  },
  'application/vnd.microsoft.activity.message': (state, user, message, value) => {
    const { data: text, error } = z.string().safeParse(value);
    if (error) return invalid('the message', error);
    if (message) state.setNotice(message, user, text);
    return { kind: 'message', text };
  },
  'application/vnd.microsoft.error': (_state, _user, _message, value) => {
    const { data } = z.looseObject({ code: z.string(), message: z.string() }).safeParse(value);
    return failed(data ? `${data.code}: ${data.message}` : 'an error without code and message');
  },
  'application/vnd.microsoft.activity.loginRequest': () => failed('this tenant offers no sign-in'),
};

const size = z.union([z.enum(['small', 'medium', 'large']), z.number()]).optional();
const Task = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('message'), value: z.string() }),
  z.looseObject({
    type: z.literal('continue'),
    value: z.looseObject({
      title: z.string().optional(),
      height: size,
      width: size,
      url: z.url().optional(),
      card: z.looseObject({ contentType: z.literal(adaptiveCardType), content: z.unknown() }).optional(),
    }),
  }),
]);
const Composed = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('message'), text: z.string() }),
  z.looseObject({
    type: z.literal('result'),
    attachments: z.array(z.looseObject({ contentType: z.string(), content: z.unknown() })),
  }),
]);
const DialogAnswer = z.looseObject({ task: Task.nullish(), composeExtension: Composed.nullish() }).nullish();

/**
 * task/fetch and task/submit, and the same from a message extension. A dialog that was open stays as it is when the
 * answer is no good, with the error on it: what was typed is not lost.
 */
export function dialogOutcome(state: State, user: TeamsUser, dialog: Dialog, answer: RawAnswer): Outcome {
  const open = state.dialogOf(user)?.id === dialog.id;
  const outcome = readDialog(dialog, open, answer);
  if ('next' in outcome) {
    state.showDialog(user, outcome.next);
    return { kind: 'dialog', dialog: dialogView(outcome.next) };
  }
  if (outcome.kind === 'failed' && open) state.showDialog(user, { ...dialog, error: outcome.message });
  if (outcome.kind !== 'failed' && open) state.showDialog(user, undefined);
  return outcome;
}

function readDialog(dialog: Dialog, open: boolean, answer: RawAnswer): Outcome | { next: Dialog } {
  const why = silence(answer);
  if (why !== undefined) return failed(why);
  // An empty text is how some frameworks write an answer without a body.
  const { data, error } = DialogAnswer.safeParse(answer.body === '' ? undefined : answer.body);
  if (error) return invalid('the answer', error);
  if (data?.composeExtension) return composed(data.composeExtension);
  if (data?.task) return task(dialog, data.task);
  return open ? { kind: 'closed' } : failed('there is no task to show');
}

const composed = (result: z.infer<typeof Composed>): Outcome =>
  result.type === 'message'
    ? { kind: 'message', text: result.text }
    : { kind: 'composed', attachments: result.attachments };

function task(dialog: Dialog, next: z.infer<typeof Task>): Outcome | { next: Dialog } {
  const { error: _old, card: _card, url: _url, ...kept } = dialog;
  if (next.type === 'message') return { next: { ...kept, message: next.value } };
  const { title, height, width, url, card } = next.value;
  if (!card && !url) return failed('the task shows neither a card nor a page');
  const problems = card ? cardProblems(card.content) : [];
  if (problems.length > 0) return badCard(problems);
  return { next: { ...kept, title: title ?? dialog.title, height, width, url, card: card?.content } };
}

const SearchAnswer = z.looseObject({
  statusCode: z.literal(200),
  type: z.literal('application/vnd.microsoft.search.searchResponse'),
  value: z.looseObject({ results: z.array(z.looseObject({ title: z.string(), value: z.string() })) }),
});

/** application/search: the choices that a typeahead offers. */
export function searchOutcome(answer: RawAnswer): Outcome {
  const why = silence(answer);
  if (why !== undefined) return failed(why);
  const { data, error } = SearchAnswer.safeParse(answer.body);
  if (error) return invalid('the search response', error);
  return { kind: 'results', results: data.value.results.map(({ title, value }) => ({ title, value })) };
}

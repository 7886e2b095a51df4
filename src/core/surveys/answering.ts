import {
  discreetly,
  type Effects,
  type Form,
  form,
  type Handler,
  onPress,
  onSubmit,
  type PersonCtx,
  Problem,
  type Refuse,
  refuse,
  type View,
  whisper,
} from '../kernel/index.ts';
import { after, answered, answerTo, isWhole, placeOf } from './answers.ts';
import type { Answer } from './branching.ts';
import { declinedView, endView, lateView, mutedView, overView, questionView, writingView } from './card-view.ts';
import { carried, formCarry, forms, presses, type Store } from './keys.ts';
import type { Question } from './model.ts';
import type { Draft, Part, Run } from './store.ts';

/*
 * What people do with their card. Every handler here is discreet: the house keeps nothing of the arrival. A tap says
 * what it sets, never what it changes, so one that comes twice, or late, or from both platforms at once, does no harm.
 */

type Ctx = PersonCtx<Store>;
type Mine = { readonly part: Part; readonly run: Run; readonly draft: Draft };

const over = (view: View): Effects => [{ kind: 'whisper', view, over: true }];

async function mine(token: string, ctx: Ctx): Promise<Mine> {
  const found = await ctx.store.surveys.part(token);
  if (!found)
    throw new Problem(
      'survey_unknown',
      'I don’t know this survey any more. Nothing was kept. Ask me for “survey” to see what you can answer.',
    );
  if (found.part.person !== ctx.by.id)
    throw new Problem(
      'survey_not_yours',
      'This card was made for somebody else, so nothing was kept. Ask me for “survey” to get your own.',
    );
  const draft = await ctx.store.surveys.draft(found.part);
  // Once the batch is cut loose its drafts are gone, and only the part still says that this person is through.
  const sent = found.run.survey.trust.mode === 'unlinked' && found.part.state === 'answered';
  return { ...found, draft: sent ? { ...draft, sent: true } : draft };
}

const begun = ({ part }: Mine): boolean => part.state === 'started' || part.state === 'answered';
/** Nothing can be said any more: it was counted, or it ended before this person began. */
const isOver = (m: Mine): boolean => m.run.state === 'closed' || (m.run.state === 'closing' && !begun(m));

function show({ run, part, draft }: Mine): View {
  const place = draft.sent ? undefined : placeOf(run.survey.questions, draft.answers, draft.at);
  return place ? questionView(run, part, draft.answers, place) : endView(run, part, draft.sent === true);
}

/** Keeps what was said, and how far they are. */
async function keep(m: Mine, draft: Draft, ctx: Ctx): Promise<Mine> {
  const { part, run } = m;
  await ctx.store.surveys.save(part, draft);
  const whole = run.survey.trust.mode === 'confidential' && isWhole(run.survey.questions, draft.answers);
  const state = whole ? 'answered' : 'started';
  if (state !== part.state) await ctx.store.surveys.change(part.token, { state });
  return { run, part: { ...part, state }, draft };
}

const questionOf = ({ run }: Mine, key: string): Question | undefined =>
  run.survey.questions.find((q) => q.key === key);

/** The answer and the way on. What does not fit the question changes nothing: the card is drawn as it is. */
async function take(m: Mine, q: Question, answer: Answer, stay: boolean, ctx: Ctx): Promise<Mine> {
  const answers = answered(m.run.survey.questions, m.draft.answers, q.key, answer);
  const at = stay ? q.key : after(m.run.survey.questions, answers, q.key)?.key;
  return keep(m, { answers, ...(at === undefined ? {} : { at }) }, ctx);
}

/** One more or one less of several choices. */
function toggled(m: Mine, q: Question, value: string, on: boolean): readonly string[] {
  const now = Object.hasOwn(m.draft.answers, q.key) ? (m.draft.answers[q.key] ?? []) : [];
  const rest = (typeof now === 'string' ? [now] : now).filter((v) => v !== value);
  return on ? [...rest, value] : rest;
}

const wordsForm = form({
  id: forms.words,
  title: 'In your words',
  submit: 'Keep',
  fields: {
    words: { kind: 'text', label: 'Your answer', multiline: true, hint: 'Your wording may tell who you are.' },
  },
});
const numberForm = form({
  id: forms.number,
  title: 'Your answer',
  submit: 'Keep',
  fields: { number: { kind: 'number', label: 'Your answer' } },
});

/** The form of one question. It never holds what was typed before: that would be kept beside who typed it. */
export function formOf(q: Question): Form | undefined {
  if (q.kind === 'text')
    return { ...wordsForm, intro: q.ask, fields: { words: { ...wordsForm.fields.words, max: q.max } } };
  if (q.kind !== 'number') return undefined;
  const { min, max, unit } = q;
  return {
    ...numberForm,
    intro: q.ask,
    fields: { number: { ...numberForm.fields.number, min, max, ...(unit ? { unit } : {}) } },
  };
}

const typed =
  (name: string) =>
  async (given: string, carry: string, ctx: Ctx): Promise<Effects | Refuse> => {
    const { t, q: key } = formCarry.parse(JSON.parse(carry));
    const m = await mine(t, ctx);
    const q = questionOf(m, key);
    const answer = q && answerTo(q, given);
    if (isOver(m) || m.draft.sent)
      return refuse({
        [name]: 'It closed before you sent this, so your words are not counted. Copy them if you need them.',
      });
    if (!q || answer === undefined) return refuse({ [name]: 'This does not fit the question. Please correct it.' });
    await take(m, q, answer, false, ctx);
    return m.run.state === 'closing' ? [whisper(lateView(m.run))] : [];
  };

/** Once it was counted nothing tells whose form it was, nor whether it was sent before. */
const counted = {
  gone: 'This survey is closed. What was kept before counts; what you just sent is not taken. Copy your words if you need them.',
};

export const answering: readonly Handler<Store>[] = [
  discreetly(
    onPress(presses.start, carried.part, 'anyone', async ({ t }, ctx: Ctx) => {
      const m = await mine(t, ctx);
      if (isOver(m)) return over(overView(m.run));
      if (begun(m)) return over(show(m));
      await ctx.store.surveys.change(t, { state: 'started' });
      return over(show({ ...m, part: { ...m.part, state: 'started' } }));
    }),
  ),
  discreetly(
    onPress(presses.answer, carried.answer, 'anyone', async ({ t, q: key, v, on }, ctx: Ctx) => {
      const m = await mine(t, ctx);
      const q = questionOf(m, key);
      if (isOver(m)) return over(overView(m.run));
      if (!q || m.draft.sent) return over(show(m));
      const several = q.kind === 'choices' && v !== null;
      const answer = answerTo(q, several ? toggled(m, q, v, on === true) : v);
      return over(show(answer === undefined ? m : await take(m, q, answer, several, ctx)));
    }),
  ),
  discreetly(
    onPress(presses.go, carried.question, 'anyone', async ({ t, q: to }, ctx: Ctx) => {
      const m = await mine(t, ctx);
      if (isOver(m)) return over(overView(m.run));
      if (m.draft.sent) return over(show(m));
      const on = to.endsWith('+');
      const q = questionOf(m, on ? to.slice(0, -1) : to);
      if (!q) return over(show(m));
      // To go on from several choices of which none was chosen says that none applies.
      if (on && q.kind === 'choices' && !Object.hasOwn(m.draft.answers, q.key))
        return over(show(await take(m, q, [], false, ctx)));
      const at = on ? after(m.run.survey.questions, m.draft.answers, q.key)?.key : q.key;
      const { answers } = m.draft;
      return over(show(await keep(m, { answers, ...(at === undefined ? {} : { at }) }, ctx)));
    }),
  ),
  discreetly(
    onPress(presses.write, carried.question, 'anyone', async ({ t, q: key }, ctx: Ctx) => {
      const m = await mine(t, ctx);
      const q = questionOf(m, key);
      const asks = q && formOf(q);
      if (isOver(m)) return over(overView(m.run));
      if (!asks || m.draft.sent) return over(show(m));
      // The card is changed now, since it can’t be when the form is sent: that takes a message of its own, which stays.
      return [
        { kind: 'ask', form: asks, carry: JSON.stringify({ run: m.run.id, t, q: key }) },
        ...over(writingView(m.run, m.part, q)),
      ];
    }),
  ),
  discreetly(
    onSubmit(wordsForm, 'anyone', (answers, carry, ctx: Ctx) => typed('words')(answers.words, carry, ctx), counted),
  ),
  discreetly(
    onSubmit(
      numberForm,
      'anyone',
      (answers, carry, ctx: Ctx) => typed('number')(String(answers.number), carry, ctx),
      counted,
    ),
  ),
  discreetly(
    onPress(presses.send, carried.part, 'anyone', async ({ t }, ctx: Ctx) => {
      const m = await mine(t, ctx);
      if (isOver(m)) return over(overView(m.run));
      const { trust, questions } = m.run.survey;
      if (trust.mode !== 'unlinked' || m.draft.sent || !isWhole(questions, m.draft.answers)) return over(show(m));
      const draft: Draft = { answers: m.draft.answers, sent: true };
      await ctx.store.surveys.save(m.part, draft);
      await ctx.store.surveys.change(t, { state: 'answered' });
      await ctx.store.surveys.cut(m.run.id, trust.k);
      return over(show({ ...m, draft }));
    }),
  ),
  discreetly(
    onPress(presses.decline, carried.part, 'anyone', async ({ t }, ctx: Ctx) => {
      const m = await mine(t, ctx);
      if (isOver(m)) return over(overView(m.run));
      // What was answered before stays: it was meant when it was said.
      if (m.part.state !== 'answered') await ctx.store.surveys.change(t, { state: 'declined', done: true });
      return over(m.part.state === 'answered' ? show(m) : declinedView(m.run, m.part));
    }),
  ),
  discreetly(
    onPress(presses.mute, carried.part, 'anyone', async ({ t }, ctx: Ctx) => {
      const m = await mine(t, ctx);
      if (isOver(m)) return over(overView(m.run));
      await ctx.store.surveys.change(t, { muted: true, done: true });
      return over(mutedView(m.run, m.part));
    }),
  ),
];

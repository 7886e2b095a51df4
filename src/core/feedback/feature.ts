import { z } from 'zod';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Feature,
  type FieldErrors,
  type May,
  onCommand,
  onPress,
  onShortcut,
  onSubmit,
  type PersonCtx,
  Problem,
  type Refuse,
  refuse,
  said,
  shorten,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import { answerForm, askForm, declineForm, limits, needsWords, newFeedback, type Wordy, wordForm } from './forms.ts';
import { decide, type Move, moves, possibleMoves, rules, waiting } from './rules.ts';
import type { Feedback, Moved, WithFeedback } from './store.ts';
import {
  answerButton,
  answeredView,
  listView,
  moveButton,
  presses,
  questionView,
  requesterCard,
  startButton,
  toldView,
  triageCard,
} from './views.ts';

type Store = WithFeedback;
const triage: May = ['platform', 'product'];

/** How many items a list shows: Slack's limit of blocks leaves room for about twice as many. */
const page = 15;

const keys = {
  triage: (number: number) => `feedback/${number}/triage`,
  requester: (number: number) => `feedback/${number}/requester`,
  told: (number: number, step: number) => `feedback/${number}/told/${step}`,
  answered: (number: number, step: number) => `feedback/${number}/answered/${step}`,
};

const ask = (prior: Readonly<Record<string, unknown>> = {}, permalink?: string): Effects => [
  { kind: 'ask', form: newFeedback, carry: JSON.stringify(permalink ? { permalink } : {}), prior },
];

const notice = (title: string, words: string): View => ({
  id: 'feedback.notice',
  title,
  summary: words,
  blocks: [{ kind: 'notice', tone: 'warn', text: said(words) }],
});

async function take(number: number, ctx: Ctx<Store>): Promise<Feedback> {
  const item = await ctx.store.feedback.take(number);
  if (item) return item;
  throw new Problem('feedback_unknown', `There is no feedback #${number}. Ask me for “feedback mine” to see yours.`);
}

/** Makes a move, or says why not. All copies are edited, the requester is told. */
async function make(
  move: Move,
  number: number,
  words: string | undefined,
  ctx: PersonCtx<Store>,
): Promise<{ readonly ok: true; readonly effects: Effects } | { readonly ok: false; readonly why: string }> {
  const item = await take(number, ctx);
  const history = await ctx.store.feedback.history(number);
  const decision = decide(move, item, history);
  if (!decision.ok) return decision;
  const moved = { by: ctx.by.id, move, state: decision.state, at: ctx.now, ...(words === undefined ? {} : { words }) };
  await ctx.store.feedback.moved(number, moved);
  const after = { ...item, state: decision.state, changed: ctx.now };
  const steps = [...history, moved];
  const copies: Effect[] = [
    { kind: 'edit', key: keys.triage(number), view: triageCard(after, steps) },
    { kind: 'edit', key: keys.requester(number), view: requesterCard(after, steps, ctx.settings.name) },
  ];
  // Nobody needs to be told what they did themselves.
  if (move !== 'answer' && item.requester !== ctx.by.id)
    copies.push({
      kind: 'tell',
      person: item.requester,
      via: item.account,
      key: keys.told(number, steps.length),
      view: move === 'ask' ? questionView(after, steps, history.length) : toldView(after, move, ctx.by.id, words),
    });
  const asker = history.findLast((h) => h.move === 'ask')?.by;
  if (move === 'answer' && asker)
    copies.push({
      kind: 'reply',
      to: keys.triage(number),
      key: keys.answered(number, steps.length),
      view: answeredView(after, asker, moved),
      // Where the team triages in a chat without threads they are called all the same.
      alone: true,
    });
  const touched = needsWords(move) || waiting(item, history) !== waiting(after, steps);
  return { ok: true, effects: touched ? [...copies, ...questions(after, history, steps)] : copies };
}

/** Question cards whose button came or went with a move: those that nobody had answered before it. */
function questions(item: Feedback, before: readonly Moved[], steps: readonly Moved[]): Effects {
  const answered = before.findLastIndex((h) => h.move === 'answer');
  return before.flatMap((h, at): Effects => {
    if (h.move !== 'ask' || at < answered) return [];
    return [{ kind: 'edit', key: keys.told(item.number, at + 1), view: questionView(item, steps, at) }];
  });
}

/** Before a form is opened the move is tried, so that nobody types a reason for nothing. */
async function begin(move: Wordy, number: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const item = await take(number, ctx);
  const history = await ctx.store.feedback.history(number);
  const decision = decide(move, item, history);
  if (!decision.ok) return [whisper(notice(`Feedback #${number}`, decision.why))];
  const question = history.findLast((h) => h.move === 'ask')?.words;
  return [{ kind: 'ask', form: wordForm(move, item, question), carry: JSON.stringify({ number }) }];
}

const carried = z.object({ number: z.int32().positive() });
const finish =
  (move: Wordy) =>
  async (answers: { readonly words: string }, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> => {
    const { number } = carried.parse(JSON.parse(carry));
    const made = await make(move, number, answers.words, ctx);
    return made.ok ? made.effects : refuse({ words: made.why } satisfies FieldErrors);
  };

const mineOnly = async (number: number, ctx: PersonCtx<Store>) => {
  const item = await take(number, ctx);
  if (item.requester !== ctx.by.id)
    throw new Problem(
      'feedback_not_yours',
      `Only the person who asked for #${number} can answer this question. Nothing was sent: you’ll see their answer on the card.`,
    );
};

async function mine(ctx: PersonCtx<Store>): Promise<View> {
  const items = await ctx.store.feedback.mine(ctx.by.id, page + 1);
  const histories = await ctx.store.feedback.histories(items.map((item) => item.number));
  return listView(
    'Your feedback',
    items.slice(0, page),
    text`You haven’t asked for anything yet. Tell ${ctx.settings.name} what slows you down: it takes a minute, and you’ll hear back.`,
    {
      more: items.length > page,
      start: true,
      histories,
      buttons: (item) => (waiting(item, histories.get(item.number) ?? []) ? [answerButton(item.number)] : []),
    },
  );
}

export const feedback: Feature<Store> = {
  name: 'feedback',
  handlers: [
    onCommand(
      'feedback',
      { summary: 'Ask for something, or say what hurts', usage: '[what would help you]', may: 'anyone' },
      async (args) => ask(args === '' ? {} : { what: shorten(args, limits.what) }),
    ),
    onCommand('feedback mine', { summary: 'Your feedback, and what became of it', may: 'anyone' }, async (_, ctx) => [
      whisper(await mine(ctx)),
    ]),
    onCommand('feedback open', { summary: 'What is waiting for a decision', may: triage }, async (_, ctx) => {
      const items = await ctx.store.feedback.open(page + 1);
      return [
        whisper(
          listView('Open feedback', items.slice(0, page), text`Nothing is waiting. Well done!`, {
            more: items.length > page,
            buttons: (item) => possibleMoves(item.state).map((m) => moveButton(item.number, m, item.state)),
          }),
        ),
      ];
    }),
    onShortcut(
      'feedback',
      { title: 'Send feedback', summary: 'Ask the platform team for something', where: 'global', may: 'anyone' },
      async () => ask(),
    ),
    onShortcut(
      'backlog',
      {
        title: 'Send to the platform backlog',
        summary: 'Turn this message into feedback for the platform team',
        where: 'message',
        may: 'anyone',
      },
      async (message) => ask({ what: '', why: shorten(message?.text ?? '', limits.why) }, message?.permalink),
    ),
    onPress(presses.start, z.object({}), 'anyone', async () => ask()),
    onSubmit(newFeedback, 'anyone', async (answers, carry, ctx: PersonCtx<Store>) => {
      const { permalink } = z.object({ permalink: z.url().optional() }).parse(JSON.parse(carry));
      const item = await ctx.store.feedback.add({
        requester: ctx.by.id,
        account: ctx.account,
        what: answers.what,
        why: answers.why,
        pain: answers.pain,
        created: ctx.now,
        ...(permalink === undefined ? {} : { permalink }),
      });
      return [
        {
          kind: 'tell',
          person: ctx.by.id,
          via: ctx.account,
          key: keys.requester(item.number),
          view: requesterCard(item, [], ctx.settings.name),
        },
        ...ctx.settings.channels.triage.map(
          (place): Effect => ({ kind: 'say', place, key: keys.triage(item.number), view: triageCard(item, []) }),
        ),
      ];
    }),
    onPress(
      presses.move,
      z.object({ number: z.int32().positive(), move: z.enum(moves) }),
      triage,
      async ({ number, move }, ctx: PersonCtx<Store>) => {
        if (rules[move].who !== 'triage')
          throw new Problem(
            'feedback_not_yours',
            'Only the person who asked can answer. Nothing was changed. Press “Ask back” to ask them something.',
          );
        if (needsWords(move)) return begin(move, number, ctx);
        const made = await make(move, number, undefined, ctx);
        return made.ok ? made.effects : [whisper(notice(`Feedback #${number}`, made.why))];
      },
    ),
    onSubmit(declineForm, triage, finish('decline')),
    onSubmit(askForm, triage, finish('ask')),
    onPress(
      presses.answer,
      z.object({ number: z.int32().positive() }),
      'anyone',
      async ({ number }, ctx: PersonCtx<Store>) => {
        await mineOnly(number, ctx);
        return begin('answer', number, ctx);
      },
    ),
    onSubmit(answerForm, 'anyone', async (answers, carry, ctx: PersonCtx<Store>) => {
      await mineOnly(carried.parse(JSON.parse(carry)).number, ctx);
      return finish('answer')(answers, carry, ctx);
    }),
  ],
  home: async (ctx) => ({
    title: 'Your feedback',
    blocks: (await mine(ctx)).blocks.filter((b) => b.kind !== 'buttons'),
    buttons: [startButton],
  }),
};

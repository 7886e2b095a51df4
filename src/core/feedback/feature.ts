import { z } from 'zod';
import {
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
  safeUrl,
  said,
  shorten,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import { ask, asking } from './asking.ts';
import { answerButton, moveButton, presses, startButton } from './buttons.ts';
import { answerForm, askForm, declineForm, limits, needsWords, shipForm, type Wordy, wordForm } from './forms.ts';
import { listView } from './list-view.ts';
import { type Made, type More, make, type Store, take, weigh } from './moving.ts';
import { cardMoves, moves, rules, waiting } from './rules.ts';

const triage: May = ['platform', 'product'];

/** How many items a list shows: Slack's limit of blocks leaves room for about twice as many. */
const page = 15;

const notice = (title: string, words: string): View => ({
  id: 'feedback.notice',
  title,
  summary: words,
  blocks: [{ kind: 'notice', tone: 'warn', text: said(words) }],
});

/** Before a form is opened the move is tried, so that nobody types a reason for nothing. */
async function begin(move: Wordy, number: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const item = await take(number, ctx);
  const history = await ctx.store.feedback.history(number);
  const decision = await weigh(move, item, history, ctx);
  if (!decision.ok) return [whisper(notice(`Feedback #${number}`, decision.why))];
  const question = history.findLast((h) => h.move === 'ask')?.words;
  return [{ kind: 'ask', form: wordForm(move, item, question), carry: JSON.stringify({ number }) }];
}

const carried = z.object({ number: z.int32().positive() });
const numberIn = (carry: string): number => carried.parse(JSON.parse(carry)).number;
const settled = (made: Made): Effects | Refuse =>
  made.ok ? made.effects : refuse({ words: made.why } satisfies FieldErrors);

const finish =
  (move: Wordy) =>
  async ({ words }: { readonly words: string }, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> =>
    settled(await make(move, numberIn(carry), { by: ctx.by.id }, ctx, { words }));

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
  area: 'Say what would help',
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
            buttons: (item) => cardMoves(item.state).map((m) => moveButton(item.number, m, item.state)),
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
    ...asking,
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
        const made = await make(move, number, { by: ctx.by.id }, ctx);
        return made.ok ? made.effects : [whisper(notice(`Feedback #${number}`, made.why))];
      },
    ),
    onSubmit(declineForm, triage, finish('decline')),
    onSubmit(askForm, triage, finish('ask')),
    onSubmit(shipForm, triage, async ({ words, link }, carry, ctx: PersonCtx<Store>) => {
      const url = link === undefined ? undefined : safeUrl(link);
      if (link !== undefined && !url?.startsWith('http'))
        return refuse({ link: 'Please write a web address, such as https://docs.example.com/previews.' });
      const more: More = { words, ...(url === undefined ? {} : { details: { link: url } }) };
      return settled(await make('ship', numberIn(carry), { by: ctx.by.id }, ctx, more));
    }),
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
      await mineOnly(numberIn(carry), ctx);
      return finish('answer')(answers, carry, ctx);
    }),
  ],
  home: async (ctx) => ({
    title: 'Your feedback',
    blocks: (await mine(ctx)).blocks.filter((b) => b.kind !== 'buttons'),
    buttons: [startButton],
  }),
};

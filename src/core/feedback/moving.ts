import { type Ctx, type Effect, type Effects, type PersonId, Problem } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import { syncIssue } from '../roadmap/issue.ts';
import type { WithRoadmap } from '../roadmap/store.ts';
import { tellLater, tellSoon } from '../roadmap/when.ts';
import { cardEdits, keys } from './cards.ts';
import { needsWords } from './forms.ts';
import { answeredView, questionView } from './question-view.ts';
import { decide, type Move, rules, waiting } from './rules.ts';
import type { Details, Feedback, Moved, WithFeedback } from './store.ts';
import { toldView } from './told-view.ts';

export type Store = WithFeedback & WithRoadmap & WithPeople;

/** Who makes a move: a person of ours, or a tracker in which somebody did something. */
export type Actor = { readonly by: PersonId } | { readonly via: string };

/** What comes with a move. */
export type More = {
  readonly words?: string;
  /** What it changes beside the state. */
  readonly details?: Details & Pick<Feedback, 'link'>;
  readonly changes?: NonNullable<Moved['changes']>;
};

export type Made = { readonly ok: true; readonly effects: Effects } | { readonly ok: false; readonly why: string };

export async function take(number: number, ctx: Ctx<Store>): Promise<Feedback> {
  const item = await ctx.store.feedback.take(number);
  if (item) return item;
  throw new Problem('feedback_unknown', `There is no feedback #${number}. Ask me for “feedback mine” to see yours.`);
}

/** Words are exchanged about each item by itself; everything else is decided for the whole that it is part of. */
const ofPart: readonly Move[] = ['ask', 'answer'];

/** What a move would do, or why it can’t be made. */
export async function weigh(move: Move, item: Feedback, history: readonly Moved[], ctx: Ctx<Store>) {
  if (item.into !== undefined && !ofPart.includes(move)) {
    const root = await ctx.store.roadmap.rootOf(item.number);
    return {
      ok: false,
      why: `It is part of #${root} now. Decide that one, or take this one out again first.`,
    } as const;
  }
  if (move === 'ask' && (await ctx.store.people.byId(item.requester))?.accounts.length === 0)
    return {
      ok: false,
      why: 'Whoever asked for it has left, so nobody would answer. Its item shows who else wants it: ask one of them.',
    } as const;
  return decide(move, item, history);
}

/** Makes a move, or says why not. All copies are edited; who asked is told of what decides it. */
export async function make(move: Move, number: number, actor: Actor, ctx: Ctx<Store>, more: More = {}): Promise<Made> {
  const item = await take(number, ctx);
  const history = await ctx.store.feedback.history(number);
  const decision = await weigh(move, item, history, ctx);
  if (!decision.ok) return decision;
  const { words, changes } = more;
  const moved: Moved = {
    ...actor,
    move,
    state: decision.state,
    at: ctx.now,
    ...(words === undefined ? {} : { words }),
    ...(changes === undefined ? {} : { changes }),
  };
  const details = {
    ...more.details,
    ...(move === 'ship' ? { help: words ?? '', shipped: ctx.now } : {}),
  };
  await ctx.store.feedback.moved(number, moved, details);
  const after: Feedback = { ...item, ...details, state: decision.state, changed: ctx.now };
  const steps = [...history, moved];
  const effects: Effect[] = [...(await cardEdits(after, steps, ctx))];
  if (decision.state !== item.state) await ctx.store.roadmap.untell(number);
  effects.push(...(await tellings(after, move, moved, steps, ctx)));
  const asker = history.findLast((h) => h.move === 'ask')?.by;
  if (move === 'answer' && asker)
    effects.push({
      kind: 'reply',
      to: keys.triage(number),
      key: keys.answered(number, steps.length),
      view: answeredView(after, asker, moved),
      // Where the team triages in a chat without threads they are called all the same.
      alone: true,
    });
  if (needsWords(move) || waiting(item, history) !== waiting(after, steps))
    effects.push(...questions(after, history, steps));
  if (!('via' in actor) && decision.state !== item.state) effects.push(...(await syncIssue(after, ctx)));
  return { ok: true, effects };
}

/** Whom a move is told. Nobody needs to be told what they did themselves. */
async function tellings(
  item: Feedback,
  move: Move,
  moved: Moved,
  steps: readonly Moved[],
  ctx: Ctx<Store>,
): Promise<Effects> {
  const { number, requester, account } = item;
  if (move === 'ship') return tellLater(number, ctx);
  const key = keys.told(number, steps.length);
  const tell = { kind: 'tell', person: requester, via: account, key } as const;
  if (move === 'ask') return [{ ...tell, view: questionView(item, steps, steps.length - 1) }];
  if (!rules[move].told) return [];
  const rest = await tellSoon(number, ctx);
  if (requester === moved.by || (await ctx.store.roadmap.muted(number, requester))) return rest;
  await ctx.store.roadmap.toldAlready(number, requester, key, ctx.now);
  return [{ ...tell, view: toldView(item, move as 'plan' | 'decline', moved) }, ...rest];
}

/** Question cards whose button came or went with a move: those that nobody had answered before it. */
function questions(item: Feedback, before: readonly Moved[], steps: readonly Moved[]): Effects {
  const answered = before.findLastIndex((h) => h.move === 'answer');
  return before.flatMap((h, at): Effects => {
    if (h.move !== 'ask' || at < answered) return [];
    return [{ kind: 'edit', key: keys.told(item.number, at + 1), view: questionView(item, steps, at) }];
  });
}

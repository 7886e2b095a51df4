import { describe, expect, test } from 'vitest';
import { presses } from '../../src/core/feedback/buttons.ts';
import { requesterCard, triageCard } from '../../src/core/feedback/card-view.ts';
import {
  answerForm,
  askForm,
  declineForm,
  limits,
  newFeedback,
  returnForm,
  shipForm,
} from '../../src/core/feedback/forms.ts';
import { answeredView, questionView } from '../../src/core/feedback/question-view.ts';
import { type Move, moves, rules, type State, states } from '../../src/core/feedback/rules.ts';
import type { Feedback, Moved } from '../../src/core/feedback/store.ts';
import { toldView } from '../../src/core/feedback/told-view.ts';
import { notAllowedView } from '../../src/core/help/views.ts';
import { buttonsOf, type Effect, type PersonId, type Profile, type View } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import {
  ada,
  adaTeams,
  askedIn,
  grace,
  mira,
  openHouse,
  settings,
  triageSlack,
  triageTeams,
} from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { linesOf, whisperedIn, wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const wish = { what: 'Faster builds', why: 'I wait for ten minutes.', pain: 4 };
const team = settings.name;

/** Ada's wish, which has come to a state in one step of Grace's. */
async function item(stage: Stage, state: State, more: { account?: Profile; requester?: PersonId } = {}) {
  const { feedback, people } = stage.store.direct.features;
  const account = (more.account ?? ada).account;
  const by = more.requester ?? (await people.byAccount(account))?.id;
  const other = (await people.byAccount(grace.account))?.id;
  if (!by || !other) throw new Error('meet them first');
  const added = await feedback.add({ ...wish, requester: by, account, created: stage.now() });
  const history: Moved[] = [];
  const step = (move: Move, after: State, words?: string): Moved => ({
    by: other,
    move,
    state: after,
    at: stage.now(),
    ...(words === undefined ? {} : { words }),
  });
  if (state === 'planned') history.push(step('plan', state));
  if (state === 'triaged') history.push(step('triage', state));
  if (state === 'in-review') history.push(step('review', state));
  if (state === 'in-progress') history.push(step('start', state));
  if (state === 'shipped') history.push(step('ship', state, 'Go and see.'));
  if (state === 'declined') history.push(step('decline', state, 'no'));
  const there = state === 'shipped' ? { help: 'Go and see.', shipped: stage.now() } : {};
  for (const moved of history) await feedback.moved(added.number, moved, there);
  return { ...added, ...there, state, changed: stage.now(), history };
}
const bare = ({ history: _, ...feedback }: Feedback & { history: readonly Moved[] }): Feedback => feedback;

/** Ships the first item, by the form. */
async function ship(stage: Stage, who: Profile) {
  const [ask] = (await stage.press(who, presses.move, { number: 1, move: 'ship' })).effects;
  return stage.fill(who, ask, { words: 'Go and see.' });
}

const whispered = (effects: readonly Effect[]): string =>
  effects.length === 1 && effects[0]?.kind === 'whisper' ? wordsOf(effects[0].view) : JSON.stringify(effects);

describe('asking', () => {
  test.each([
    ['feedback', {}],
    ['feedback  Preview *environments* ', { what: 'Preview *environments*' }],
    [`feedback ${'x'.repeat(500)}`, { what: `${'x'.repeat(limits.what - 1)}…` }],
  ])('%s opens the form with what was typed', async (text, prior) => {
    const stage = openStage(database);
    await stage.meet(ada);
    const { effects } = await stage.command(ada, text);
    expect(effects).toEqual([{ kind: 'ask', form: newFeedback, carry: '{}', prior }]);
  });

  test('the global shortcut and the button open the empty form', async () => {
    const stage = openStage(database);
    await stage.meet(ada);
    const empty = [{ kind: 'ask', form: newFeedback, carry: '{}', prior: {} }];
    expect((await stage.play(ada, { kind: 'shortcut', name: 'feedback' })).effects).toEqual(empty);
    expect((await stage.press(ada, presses.start, {})).effects).toEqual(empty);
  });

  test('what was sent is confirmed where it was asked, and stands in every triage channel', async () => {
    const stage = openStage(database);
    const [adaId] = (await stage.meet(ada, adaTeams)) as [PersonId];
    const [ask] = (await stage.command(adaTeams, 'feedback')).effects;
    const { effects } = await stage.fill(adaTeams, ask, { ...wish, pain: '4' });
    const kept: Feedback = {
      number: 1,
      requester: adaId,
      account: adaTeams.account,
      ...wish,
      state: 'received',
      created: stage.now(),
      changed: stage.now(),
    };
    expect(await stage.store.direct.features.feedback.mine(adaId, 9)).toEqual([kept]);
    expect(effects).toEqual([
      {
        kind: 'tell',
        person: adaId,
        via: adaTeams.account,
        key: 'feedback/1/requester',
        view: requesterCard(kept, [], team),
      },
      { kind: 'say', place: triageSlack, key: 'feedback/1/triage', view: triageCard(kept, []) },
      { kind: 'say', place: triageTeams, key: 'feedback/1/triage', view: triageCard(kept, []) },
    ]);
    expect(buttonsOf(triageCard(kept, [])).map((b) => b.label)).toEqual([
      'Triage',
      'Plan',
      'Decline',
      'Ask back',
      'Me too',
      'More',
    ]);
    expect(buttonsOf(requesterCard(kept, [], team))).toEqual([]);
    expect(wordsOf(requesterCard(kept, [], team))).toContain('Thank you! It’s with the Acme platform team.');
  });

  test('without a triage channel the confirmation still comes', async () => {
    const stage = openStage(database, () => settingsSchema.parse({}));
    await stage.meet(ada);
    const [ask] = (await stage.command(ada, 'feedback')).effects;
    const { effects } = await stage.fill(ada, ask, { ...wish, pain: '1' });
    expect(effects.map((e) => e.kind)).toEqual(['tell']);
  });

  test.each([
    ['nothing', {}, ['what', 'why', 'pain']],
    ['blanks', { what: ' ', why: '\n', pain: '' }, ['what', 'why', 'pain']],
    ['too much', { what: 'x'.repeat(301), why: 'x'.repeat(2001), pain: '6' }, ['what', 'why', 'pain']],
    ['a pain of zero', { ...wish, pain: '0' }, ['pain']],
  ])('the form that has %s stays open and nothing is kept', async (_, raw, fields) => {
    const stage = openStage(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    const [ask] = (await stage.command(ada, 'feedback')).effects;
    const { effects, errors } = await stage.fill(ada, ask, raw);
    expect(effects).toEqual([]);
    expect(Object.keys(errors ?? {})).toEqual(fields);
    expect(await stage.store.direct.features.feedback.mine(adaId, 9)).toEqual([]);
  });

  test('“Send to the platform backlog” keeps the words and the link of the message', async () => {
    const stage = openStage(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    const permalink = 'https://acme.slack.com/archives/C1/p1700000000000100';
    const { effects } = await stage.play(ada, {
      kind: 'shortcut',
      name: 'backlog',
      message: { text: `CI is slow again <!channel> ${'!'.repeat(3000)}`, permalink },
    });
    const why = `CI is slow again <!channel> ${'!'.repeat(3000)}`.slice(0, limits.why - 1);
    expect(effects).toEqual([
      { kind: 'ask', form: newFeedback, carry: JSON.stringify({ permalink }), prior: { what: '', why: `${why}…` } },
    ]);
    const sent = await stage.fill(ada, effects[0], { ...wish, pain: '2' });
    const [kept] = await stage.store.direct.features.feedback.mine(adaId, 9);
    expect(kept?.permalink).toBe(permalink);
    const cards = sent.effects.flatMap((e) => ('view' in e ? [JSON.stringify(e.view)] : []));
    expect(cards.filter((card) => card.includes(`"url":"${permalink}"`))).toHaveLength(3);
  });

  test('a message without words or link is as good', async () => {
    const stage = openStage(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    for (const message of [undefined, { text: '' }]) {
      const { effects } = await stage.play(ada, {
        kind: 'shortcut',
        name: 'backlog',
        ...(message ? { message } : {}),
      });
      expect(effects).toEqual([{ kind: 'ask', form: newFeedback, carry: '{}', prior: { what: '', why: '' } }]);
      await stage.fill(ada, effects[0], { ...wish, pain: '2' });
    }
    const kept = await stage.store.direct.features.feedback.mine(adaId, 9);
    expect(kept.map((k) => 'permalink' in k)).toEqual([false, false]);
  });
});

/** Every move from every state: the state after it, or what is said instead. Written out, not taken from the rules. */
const refusedFrom = (state: string, could: string) => (wish: string) =>
  `It is ${state}, and from there it can’t be ${wish}. It can be ${could}.`;
const triaged = refusedFrom('triaged', 'planned, started, shipped, declined, or asked about');
const received = refusedFrom('received', 'triaged, planned, started, shipped, declined, or asked about');
const planned = refusedFrom('planned', 'started, put in review, shipped, declined, or asked about');
const inProgress = refusedFrom('in progress', 'planned, put in review, shipped, declined, or asked about');
const inReview = refusedFrom('in review', 'planned, started, shipped, declined, or asked about');
const shipped = refusedFrom('shipped', 'reopened');
const declined = refusedFrom('declined', 'reopened');
const noQuestion = 'No question is open on this one: it was answered already.';
type Outcome = { readonly to: State } | { readonly why: string };
const to = (state: State): Outcome => ({ to: state });
const why = (words: string): Outcome => ({ why: words });
const decides = { ship: to('shipped'), decline: to('declined') } as const;
const table: Readonly<Record<State, Readonly<Record<Move, Outcome>>>> = {
  received: {
    ...decides,
    triage: to('triaged'),
    plan: to('planned'),
    start: to('in-progress'),
    review: why(received('put in review')),
    ask: to('received'),
    answer: why(noQuestion),
    reopen: why('It is received already.'),
    return: why('It is received already.'),
  },
  triaged: {
    ...decides,
    triage: why('It is triaged already.'),
    plan: to('planned'),
    start: to('in-progress'),
    review: why(triaged('put in review')),
    ask: to('triaged'),
    answer: why(noQuestion),
    reopen: why(triaged('reopened')),
    return: why(triaged('sent back')),
  },
  planned: {
    ...decides,
    triage: why(planned('triaged')),
    plan: why('It is planned already.'),
    start: to('in-progress'),
    review: to('in-review'),
    ask: to('planned'),
    answer: why(noQuestion),
    reopen: why(planned('reopened')),
    return: why(planned('sent back')),
  },
  'in-progress': {
    ...decides,
    triage: why(inProgress('triaged')),
    plan: to('planned'),
    start: why('It is in progress already.'),
    review: to('in-review'),
    ask: to('in-progress'),
    answer: why(noQuestion),
    reopen: why(inProgress('reopened')),
    return: why(inProgress('sent back')),
  },
  'in-review': {
    ...decides,
    triage: why(inReview('triaged')),
    plan: to('planned'),
    start: to('in-progress'),
    review: why('It is in review already.'),
    ask: to('in-review'),
    answer: why(noQuestion),
    reopen: why(inReview('reopened')),
    return: why(inReview('sent back')),
  },
  shipped: {
    triage: why(shipped('triaged')),
    plan: why(shipped('planned')),
    start: why(shipped('started')),
    review: why(shipped('put in review')),
    ship: why('It is shipped already.'),
    decline: why(shipped('declined')),
    ask: why(shipped('asked about')),
    answer: why(noQuestion),
    reopen: to('received'),
    return: to('received'),
  },
  declined: {
    triage: why(declined('triaged')),
    plan: why(declined('planned')),
    start: why(declined('started')),
    review: why(declined('put in review')),
    ship: why(declined('shipped')),
    decline: why('It is declined already.'),
    ask: why(declined('asked about')),
    answer: why(noQuestion),
    reopen: to('received'),
    return: why(declined('sent back')),
  },
};
const every = states.flatMap((state) => moves.map((move) => ({ state, move, outcome: table[state][move] })));
const forms = { decline: declineForm, ask: askForm, answer: answerForm, ship: shipForm, return: returnForm };
/** Whom a move calls: the requester at once, everybody in some minutes, nobody. */
const calls: Readonly<Record<Move, 'tell' | 'later' | undefined>> = {
  triage: undefined,
  plan: 'tell',
  start: undefined,
  review: undefined,
  ship: 'later',
  decline: 'tell',
  ask: 'tell',
  answer: undefined,
  reopen: undefined,
  return: undefined,
};
const ofTriage = (move: Move): boolean => move !== 'answer' && move !== 'return';
const withWords = (move: Move): move is keyof typeof forms => move in forms;

test('the table above and the rules say the same of who may and what needs words', () => {
  for (const move of moves) {
    expect(rules[move].who, move).toBe(move === 'answer' ? 'requester' : move === 'return' ? 'asker' : 'triage');
    expect(rules[move].told, move).toBe(['plan', 'ship', 'decline'].includes(move));
    expect(rules[move].words, move).toBe(withWords(move));
    const from = states.filter((s) => 'to' in table[s][move]);
    if (move !== 'answer') expect([...rules[move].from].sort(), move).toEqual(from.sort());
  }
});

describe('triage', () => {
  test.each(every.filter(({ move }) => ofTriage(move)))('$state, $move: $outcome', async ({ state, move, outcome }) => {
    const stage = openStage(database);
    const [adaId, graceId] = (await stage.meet(ada, grace)) as [PersonId, PersonId];
    const before = await item(stage, state);
    stage.pass(90);
    let { effects } = await stage.press(grace, presses.move, { number: 1, move });
    const { feedback } = stage.store.direct.features;

    if ('why' in outcome) {
      expect(effects).toHaveLength(1);
      expect(whispered(effects)).toBe(outcome.why);
      expect(await feedback.take(1)).toEqual(bare(before));
      expect(await feedback.history(1)).toEqual(before.history);
      return;
    }
    const words = withWords(move) ? `Because of *${move}* <!channel>` : undefined;
    if (withWords(move)) {
      const doing = { decline: 'declining', ask: 'asking back about', ship: 'shipping' }[move as 'ask'];
      const then = move === 'ship' ? ' Those who asked are told in some minutes, all of it in one message.' : '';
      const named = { ...forms[move], intro: `You’re ${doing} #1 “Faster builds”.${then}` };
      expect(effects).toEqual([{ kind: 'ask', form: named, carry: '{"number":1}' }]);
      expect(await feedback.history(1)).toEqual(before.history);
      const refused = await stage.fill(grace, effects[0], { words: '  ' });
      expect(refused).toEqual({ effects: [], errors: { words: 'Please fill this in.' } });
      ({ effects } = await stage.fill(grace, effects[0], { words }));
    }
    const moved: Moved = {
      by: graceId,
      move,
      state: outcome.to,
      at: stage.now(),
      ...(words === undefined ? {} : { words }),
    };
    const after: Feedback = {
      ...bare(before),
      state: outcome.to,
      changed: stage.now(),
      ...(move === 'ship' ? { help: words ?? '', shipped: stage.now() } : {}),
    };
    const history = [...before.history, moved];
    expect(await feedback.take(1)).toEqual(after);
    expect(await feedback.history(1)).toEqual(history);
    expect(effects).toEqual([
      { kind: 'edit', key: 'feedback/1/triage', view: triageCard(after, history) },
      { kind: 'edit', key: 'feedback/1/requester', view: requesterCard(after, history, team) },
      ...(calls[move] === 'tell'
        ? [
            {
              kind: 'tell',
              person: adaId,
              via: ada.account,
              key: `feedback/1/told/${history.length}`,
              view:
                move === 'ask'
                  ? questionView(after, history, before.history.length)
                  : toldView(after, move as 'plan' | 'decline', moved),
            },
          ]
        : []),
      ...(calls[move] === 'later'
        ? [
            {
              kind: 'later',
              job: 'roadmap.tell',
              input: {},
              at: new Date(stage.now().getTime() + 120_000),
              key: 'roadmap/tell/shipped',
            },
          ]
        : []),
    ]);
    for (const effect of effects) if (words && 'view' in effect) expect(wordsOf(effect.view)).toContain(words);
  });

  test('a reason that comes too late is refused in the form, so that it is not lost', async () => {
    const stage = openStage(database);
    await stage.meet(ada, grace, mira);
    await item(stage, 'received');
    const [ask] = (await stage.press(grace, presses.move, { number: 1, move: 'decline' })).effects;
    await ship(stage, mira);
    expect(await stage.fill(grace, ask, { words: 'No time' })).toEqual({
      effects: [],
      errors: { words: shipped('declined') },
    });
  });

  test('a product manager and an admin may too', async () => {
    const admin: Profile = { ...ada, account: 'slack:T1/UROOT' as never, name: 'Root', email: 'root@acme.test' };
    const stage = openStage(database, () => ({
      ...settings,
      roles: settingsSchema.parse({ roles: { admin: { emails: ['root@acme.test'] } } }).roles,
    }));
    await stage.meet(ada, grace, admin);
    await item(stage, 'received');
    expect((await stage.press(admin, presses.move, { number: 1, move: 'plan' })).effects).toHaveLength(3);
    const usual = openStage(database);
    await usual.meet(mira);
    expect((await usual.press(mira, presses.move, { number: 1, move: 'decline' })).effects).toHaveLength(1);
  });

  test.each(moves.filter(ofTriage))('a developer who presses %s is told who may, by name', async (move) => {
    const stage = openStage(database);
    const [, graceId, miraId] = (await stage.meet(ada, grace, mira)) as [PersonId, PersonId, PersonId];
    const before = await item(stage, move === 'reopen' ? 'shipped' : 'received');
    const { effects } = await stage.press(ada, presses.move, { number: 1, move });
    const people = stage.store.direct.features.people;
    const holders = [await people.byId(graceId), await people.byId(miraId)].filter((p) => p !== undefined);
    expect(effects).toEqual([{ kind: 'whisper', view: notAllowedView(['platform', 'product'], holders, false) }]);
    const said = whispered(effects);
    expect(said).toContain('Only platform engineers or the product manager can do this. Nothing was changed.');
    expect(JSON.stringify(effects)).toContain(graceId);
    expect(await stage.store.direct.features.feedback.take(1)).toEqual(bare(before));
  });

  test('the names are three at most, and nobody at all is said as well', async () => {
    const more = Array.from({ length: 5 }, (_, i) => ({
      ...grace,
      account: `slack:T1/UP${i}` as never,
      name: `Person ${i}`,
      email: `p${i}@acme.test`,
    }));
    const crowded = openStage(database, () => ({
      ...settings,
      roles: settingsSchema.parse({ roles: { platform: { emails: more.map((p) => p.email) } } }).roles,
    }));
    await crowded.meet(ada, grace);
    const ids = await crowded.meet(...more);
    await item(crowded, 'received');
    const { effects } = await crowded.press(ada, presses.move, { number: 1, move: 'plan' });
    expect(ids.map((id) => JSON.stringify(effects).includes(id))).toEqual([true, true, true, false, false]);
    expect(whispered(effects)).toContain('or one of their colleagues');

    const empty = openStage(database, () => settingsSchema.parse({}));
    const nobody = await empty.press(ada, presses.move, { number: 1, move: 'plan' });
    expect(whispered(nobody.effects)).toContain('Nobody holds this role yet');
  });

  test('a form that a developer got hold of is not a way round it', async () => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    await item(stage, 'received');
    const ask: Effect = { kind: 'ask', form: declineForm, carry: '{"number":1}' };
    const { effects } = await stage.fill(ada, ask, { words: 'mine!' });
    expect(whispered(effects)).toContain('Only platform engineers');
    expect(await stage.store.direct.features.feedback.history(1)).toEqual([]);
  });

  test('nobody is told of their own moves', async () => {
    const stage = openStage(database);
    await stage.meet(grace);
    await item(stage, 'received', { account: grace });
    const { effects } = await stage.press(grace, presses.move, { number: 1, move: 'plan' });
    expect(effects.map((e) => e.kind)).toEqual(['edit', 'edit']);
  });

  test.each([
    ['a number that there is not', { number: 7, move: 'plan' }, 'feedback_unknown'],
    ['the requester’s own move', { number: 1, move: 'answer' }, 'feedback_not_yours'],
    ['an unknown move', { number: 1, move: 'delete' }, 'press_malformed'],
    ['a number as text', { number: '1', move: 'plan' }, 'press_malformed'],
    ['a number beyond the column', { number: 2 ** 31, move: 'plan' }, 'press_malformed'],
    ['a negative number', { number: -1, move: 'plan' }, 'press_malformed'],
    ['half a number', { number: 1.5, move: 'plan' }, 'press_malformed'],
    ['nothing', null, 'press_malformed'],
  ])('a press that names %s changes nothing', async (_, value, code) => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    await item(stage, 'received');
    await expect(stage.press(grace, presses.move, value)).rejects.toMatchObject({ code });
    expect(await stage.store.direct.features.feedback.history(1)).toEqual([]);
  });
});

describe('a question', () => {
  test('goes to the requester with a button, comes back on the card, and is open until it is answered', async () => {
    const stage = openStage(database);
    const [adaId, graceId] = (await stage.meet(ada, grace)) as [PersonId, PersonId];
    const before = await item(stage, 'received');
    const [askBack] = (await stage.press(grace, presses.move, { number: 1, move: 'ask' })).effects;
    const asked = await stage.fill(grace, askBack, { words: 'Which repository?' });
    const told = asked.effects.find((e) => e.kind === 'tell');
    expect(buttonsOf(told?.view as View).map((b) => [b.label, b.press.name, b.opens])).toEqual([
      ['Answer', presses.answer, 'form'],
    ]);
    const edited = asked.effects.flatMap((e) => (e.kind === 'edit' ? [e.view] : []));
    expect(edited.map((v) => /waiting for (an|your) answer/.exec(wordsOf(v))?.[1])).toEqual(['an', 'your']);
    expect(buttonsOf(edited[1] as View).map((b) => b.label)).toEqual(['Answer']);

    stage.pass(5);
    const [form] = (await stage.press(ada, presses.answer, { number: 1 })).effects;
    const intro = 'About #1 “Faster builds” you were asked: “Which repository?”';
    expect(form).toEqual({ kind: 'ask', form: { ...answerForm, intro }, carry: '{"number":1}' });
    const answered = await stage.fill(ada, form, { words: 'orders' });
    const history = await stage.store.direct.features.feedback.history(1);
    expect(history.map((h) => [h.by, h.move, h.state, h.words])).toEqual([
      [graceId, 'ask', 'received', 'Which repository?'],
      [adaId, 'answer', 'received', 'orders'],
    ]);
    const after: Feedback = { ...bare(before), changed: stage.now() };
    expect(answered.effects).toEqual([
      { kind: 'edit', key: 'feedback/1/triage', view: triageCard(after, history) },
      { kind: 'edit', key: 'feedback/1/requester', view: requesterCard(after, history, team) },
      {
        kind: 'reply',
        to: 'feedback/1/triage',
        key: 'feedback/1/answered/2',
        view: answeredView(after, graceId, history[1] as Moved),
        alone: true,
      },
      { kind: 'edit', key: 'feedback/1/told/1', view: questionView(after, history, 0) },
    ]);
    expect(buttonsOf(questionView(after, history, 0))).toEqual([]);
    expect(linesOf(questionView(after, history, 0)).slice(1, 4)).toEqual([
      'Which repository?',
      'You answered:',
      'orders',
    ]);
    expect(linesOf(answeredView(after, graceId, history[1] as Moved))).toEqual([
      `@${graceId}, @${adaId} answered your question:`,
      'orders',
    ]);
    expect(wordsOf(triageCard(after, history))).toContain(`@${adaId} answered: orders`);
    expect(wordsOf(triageCard(after, history))).not.toContain('waiting for');

    const twice = await stage.press(ada, presses.answer, { number: 1 });
    expect(whispered(twice.effects)).toContain(noQuestion);
    expect(await stage.fill(ada, form, { words: 'again' })).toEqual({ effects: [], errors: { words: noQuestion } });
  });

  test('may be asked again, and after the item was closed it cannot be answered any more', async () => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    await item(stage, 'received');
    const cards = (effects: readonly Effect[]) =>
      effects.flatMap((e) =>
        'view' in e && 'key' in e && e.key.includes('/told/') && e.view.id === 'feedback.question'
          ? [[e.kind, e.key, buttonsOf(e.view).length, linesOf(e.view).at(-1)]]
          : [],
      );
    const asked = [];
    for (const words of ['One?', 'Two?']) {
      const [ask] = (await stage.press(grace, presses.move, { number: 1, move: 'ask' })).effects;
      asked.push(cards((await stage.fill(grace, ask, { words })).effects));
    }
    const newer = 'They asked again since then: please answer the newer question.';
    expect(asked).toEqual([
      [['tell', 'feedback/1/told/1', 1, '[Answer]']],
      [
        ['tell', 'feedback/1/told/2', 1, '[Answer]'],
        ['edit', 'feedback/1/told/1', 0, newer],
      ],
    ]);
    // What changes nothing for a question leaves its card alone.
    expect(cards((await stage.press(grace, presses.move, { number: 1, move: 'plan' })).effects)).toEqual([]);
    const shippedIt = await ship(stage, grace);
    const over = 'It is shipped now, so no answer is needed any more.';
    expect(cards(shippedIt.effects)).toEqual([
      ['edit', 'feedback/1/told/1', 0, newer],
      ['edit', 'feedback/1/told/2', 0, over],
    ]);
    const [card] = shippedIt.effects.flatMap((e) => (e.kind === 'edit' && e.key.endsWith('requester') ? [e.view] : []));
    expect(buttonsOf(card as View)).toEqual([]);
    expect(wordsOf(card as View)).not.toContain('waiting for an answer');
    const late = await stage.press(ada, presses.answer, { number: 1 });
    expect(whispered(late.effects)).toContain(shipped('answered'));
  });

  test('only the requester can answer, on whichever platform they are', async () => {
    const stage = openStage(database);
    await stage.meet(ada, adaTeams, grace, mira);
    await item(stage, 'received');
    const [ask] = (await stage.press(grace, presses.move, { number: 1, move: 'ask' })).effects;
    await stage.fill(grace, ask, { words: 'Which?' });
    for (const other of [grace, mira])
      await expect(stage.press(other, presses.answer, { number: 1 })).rejects.toMatchObject({
        code: 'feedback_not_yours',
      });
    const form: Effect = { kind: 'ask', form: answerForm, carry: '{"number":1}' };
    await expect(stage.fill(mira, form, { words: 'x' })).rejects.toMatchObject({ code: 'feedback_not_yours' });
    const [own] = (await stage.press(adaTeams, presses.answer, { number: 1 })).effects;
    expect((await stage.fill(adaTeams, own, { words: 'this one' })).effects).toHaveLength(4);
  });
});

describe('lists', () => {
  const listed = (effects: readonly Effect[]): View => {
    const [effect] = effects;
    if (effect?.kind !== 'whisper') throw new Error('no list');
    return effect.view;
  };
  const titles = (view: View) =>
    view.blocks.flatMap((b) =>
      b.kind === 'items' ? b.items.map((i) => i.title.map((s) => ('text' in s ? s.text : '')).join('')) : [],
    );

  test('mine: nothing yet invites to begin', async () => {
    const stage = openStage(database);
    await stage.meet(ada);
    const view = listed((await stage.command(ada, 'feedback mine')).effects);
    expect(wordsOf(view)).toContain('You haven’t asked for anything yet');
    expect(buttonsOf(view).map((b) => b.press.name)).toEqual([presses.start]);
    expect(view.blocks.map((b) => b.kind)).toEqual(['text', 'buttons']);
  });

  test('mine: one’s own only, from both platforms, newest first, with the open question to answer', async () => {
    const stage = openStage(database);
    await stage.meet(ada, adaTeams, grace, mira);
    await item(stage, 'received');
    await item(stage, 'shipped', { account: adaTeams });
    await item(stage, 'received', { account: mira });
    const [ask] = (await stage.press(grace, presses.move, { number: 1, move: 'ask' })).effects;
    await stage.fill(grace, ask, { words: 'Which?' });
    for (const who of [ada, adaTeams]) {
      const view = listed((await stage.command(who, 'feedback mine')).effects);
      expect(titles(view)).toEqual(['#2 Faster builds', '#1 Faster builds']);
      expect(buttonsOf(view).map((b) => [b.label, b.press.value])).toEqual([
        ['Answer', '{"number":1}'],
        ['Send feedback', '{}'],
      ]);
    }
  });

  test.each([
    [15, false],
    [16, true],
  ])('mine: of %i the newest 15 are shown, and it is said when there are more (%s)', async (count, more) => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    for (let i = 0; i < count; i++) await item(stage, 'received');
    const view = listed((await stage.command(ada, 'feedback mine')).effects);
    expect(titles(view)).toHaveLength(15);
    expect(titles(view)[0]).toBe(`#${count} Faster builds`);
    expect(wordsOf(view).includes('Only the first 15 are shown.')).toBe(more);
    expect(view.summary).toBe(more ? 'Your feedback: 15 or more' : 'Your feedback: 15');
  });

  test('open: what hurts most first, then the oldest; what is closed is not there; each has its moves', async () => {
    const stage = openStage(database);
    const [adaId] = (await stage.meet(ada, grace)) as [PersonId];
    const { feedback } = stage.store.direct.features;
    for (const [what, pain] of [
      ['mild', 1],
      ['worst', 5],
      ['bad', 4],
      ['worst too', 5],
    ] as const)
      await feedback.add({ what, why: 'x', pain, requester: adaId, account: ada.account, created: stage.now() });
    await item(stage, 'shipped');
    await item(stage, 'declined');
    await stage.press(grace, presses.move, { number: 3, move: 'plan' });
    const view = listed((await stage.command(grace, 'feedback open')).effects);
    expect(titles(view)).toEqual(['#2 worst', '#4 worst too', '#3 bad', '#1 mild']);
    const third = view.blocks.flatMap((b) => (b.kind === 'items' ? [b.items[2]] : []))[0];
    expect(third?.buttons?.map((b) => b.label)).toEqual(['In progress', 'Ship', 'Decline', 'Ask back']);
  });

  test('open: nothing waiting is good news; a developer is told who may look', async () => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    expect(wordsOf(listed((await stage.command(grace, 'feedback open')).effects))).toContain('Nothing is waiting');
    expect(whispered((await stage.command(ada, 'feedback open')).effects)).toContain('Only platform engineers');
  });

  test('a card shows the last five steps and says how many came before', async () => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    await item(stage, 'received');
    for (let i = 0; i < 4; i++) {
      await stage.press(grace, presses.move, { number: 1, move: 'start' });
      await stage.press(grace, presses.move, { number: 1, move: 'plan' });
    }
    const kept = await stage.store.direct.features.feedback.take(1);
    const history = await stage.store.direct.features.feedback.history(1);
    const notes = triageCard(kept as Feedback, history).blocks.filter((b) => b.kind === 'note');
    expect(history).toHaveLength(8);
    expect(notes).toHaveLength(6);
    expect(linesOf(triageCard(kept as Feedback, history)).filter((l) => l.includes('earlier'))).toEqual([
      '3 earlier steps',
    ]);
  });
});

describe('end to end', () => {
  test('the whole loop: asked on Teams, decided on Slack, every copy follows, the requester hears on Teams', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(adaTeams, 'feedback Faster builds')));
    await house.act(house.submit(adaTeams, asked, { ...wish, pain: '4' }));
    const decline = askedIn(await house.act(house.press(grace, presses.move, { number: 1, move: 'decline' })));
    await house.act(house.submit(grace, decline, { words: 'We move to another CI in May.' }));

    // Lanes run side by side: only the order within a conversation is certain, where what is said goes before edits.
    const inLane = (ids: readonly string[]) =>
      house.teams.outgoing.filter((o) => ids.includes(o.view.id)).map((o) => [o.kind, o.view.id]);
    expect(inLane(['feedback.requester', 'feedback.told'])).toEqual([
      ['direct', 'feedback.requester'],
      ['direct', 'feedback.told'],
      ['edit', 'feedback.requester'],
    ]);
    expect(inLane(['feedback.triage'])).toEqual([
      ['post', 'feedback.triage'],
      ['edit', 'feedback.triage'],
    ]);
    expect(house.teams.outgoing).toHaveLength(5);
    expect(house.slack.outgoing.map((o) => [o.kind, o.view.id])).toEqual([
      ['post', 'feedback.triage'],
      ['edit', 'feedback.triage'],
    ]);
    const told = house.teams.outgoing.find((o) => o.view.id === 'feedback.told');
    expect(told).toMatchObject({ kind: 'direct', account: adaTeams.account });
    expect(wordsOf(told?.view as View)).toContain('We move to another CI in May.');
    expect(house.slack.outgoing[1]).toMatchObject({ kind: 'edit', place: triageSlack, native: 'slack-1' });
  });

  test('two who decide at once are decided one after the other', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { ...wish, pain: '4' }));
    await house.act(house.command(grace, 'me'));
    await house.act(house.command(mira, 'me'));
    const answers = await Promise.all(
      [grace, mira, grace, mira].map((who) => house.act(house.press(who, presses.move, { number: 1, move: 'plan' }))),
    );
    const refused = answers.flatMap(whisperedIn);
    expect(refused).toHaveLength(3);
    expect(refused.every((words) => words.includes('It is planned already.'))).toBe(true);
    expect(await house.store.direct.features.feedback.history(1)).toHaveLength(1);
    expect(house.slack.outgoing.filter((o) => o.view.id === 'feedback.told')).toHaveLength(1);
  });
});

import { placeOf } from '../../src/core/surveys/answers.ts';
import type { Answers } from '../../src/core/surveys/branching.ts';
import * as cards from '../../src/core/surveys/card-view.ts';
import { type GoldenView, goldens, type ViewsOf } from './golden.ts';
import { bolder, slack as s, teams as t } from './json.ts';
import {
  confidential,
  every,
  go,
  good,
  info,
  type Pressed,
  part,
  rows,
  runOf,
  single,
  t0,
  unlinked,
  until,
  untilOnTeams,
} from './surveys-scene.ts';

/* What people are asked, from the first card to the last, drawn twice. */

const run = runOf(every);
const closing = runOf(every, { state: 'closing' });
const one = runOf(single);
const title = 'How is *it* going?';
/** Where a mark or a time stands, Teams reads Markdown; what has stars of its own is not made bold there. */
const escaped = 'How is \\*it\\* going?';

const tap = (q: string, v: string, label: string, look?: 'primary'): Pressed => [
  label,
  'surveys.answer',
  `{"t":"tok","q":"${q}","v":"${v}"}`,
  look,
];
const nothing = (q: string, label = 'I don’t know'): Pressed => [
  label,
  'surveys.answer',
  `{"t":"tok","q":"${q}","v":null}`,
];
const back = (q: string): Pressed => ['Back', 'surveys.go', go(q)];
const tens = (q: string, unit: string, ...all: readonly number[]) => all.map((n) => tap(q, String(n), `${n}${unit}`));

type Shown = {
  readonly answers?: Answers;
  readonly place: string;
  readonly ask: string;
  readonly hint?: string;
  readonly buttons: readonly (readonly Pressed[])[];
};
function question(key: string, { answers = {}, place, ask, hint, buttons }: Shown): GoldenView {
  const at = placeOf(every.questions, answers, key);
  if (!at) throw new Error(`There is no question ${key}`);
  const drawn = rows(...buttons);
  return {
    view: cards.questionView(run, part, answers, at),
    slack: [s.context(place), s.rich(s.bold(ask)), ...(hint ? [s.context(hint)] : []), ...drawn.slack],
    teams: [t.note(place), t.words(t.run(ask, bolder)), ...(hint ? [t.note(hint)] : []), ...drawn.teams],
  };
}

const choices = (on: boolean): readonly Pressed[] => [
  on
    ? ['✓ The *CLI*', 'surveys.answer', '{"t":"tok","q":"ways","v":"cli","on":false}', 'primary']
    : ['The *CLI*', 'surveys.answer', '{"t":"tok","q":"ways","v":"cli","on":true}'],
  ['Chat', 'surveys.answer', '{"t":"tok","q":"ways","v":"chat","on":true}'],
];
const goOn: Pressed = ['Go on', 'surveys.go', go('ways+'), 'primary'];
const apply = 'Choose as many as apply, then go on.';

const questions: Readonly<Record<string, GoldenView>> = {
  'nps, the first one': question('nps', {
    place: '1 of 9',
    ask: 'Would you recommend *it*?',
    hint: 'To somebody who does what you do. 0 is not at all likely, 10 is extremely likely.',
    buttons: [tens('nps', '', 0, 1, 2, 3, 4, 5), tens('nps', '', 6, 7, 8, 9, 10), [nothing('nps')]],
  }),
  'likert, answered before': question('easy', {
    answers: { nps: '9', easy: '4' },
    place: '2 of 9',
    ask: 'Deploying is easy.',
    buttons: [
      [
        tap('easy', '1', 'Strongly disagree'),
        tap('easy', '2', 'Disagree'),
        tap('easy', '3', 'Neither'),
        tap('easy', '4', '✓ Agree', 'primary'),
        tap('easy', '5', 'Strongly agree'),
      ],
      [nothing('easy'), ['Keep, and go on', 'surveys.go', go('easy+')], back('nps')],
    ],
  }),
  scale: question('effort', {
    place: '3 of 9',
    ask: 'How much effort is it?',
    hint: '1 is no effort, 4 is too much.',
    buttons: [tens('effort', '', 1, 2, 3, 4), [nothing('effort'), back('easy')]],
  }),
  choice: question('way', {
    place: '4 of 9',
    ask: 'What do you use most?',
    buttons: [
      [tap('way', 'cli', 'The *CLI*'), tap('way', 'chat', 'Chat')],
      [nothing('way'), back('effort')],
    ],
  }),
  'choices, none yet': question('ways', {
    place: '5 of 9',
    ask: 'What do you use at all?',
    hint: apply,
    buttons: [choices(false), [goOn, nothing('ways'), back('way')]],
  }),
  'choices, one of them on': question('ways', {
    answers: { ways: ['cli'] },
    place: '5 of 9',
    ask: 'What do you use at all?',
    hint: apply,
    buttons: [choices(true), [goOn, nothing('ways'), back('way')]],
  }),
  duration: question('lead', {
    place: '6 of 9',
    ask: 'How long does a change take?',
    buttons: [
      [
        tap('lead', 'over-6-months', 'More than six months'),
        tap('lead', '1-to-6-months', 'One to six months'),
        tap('lead', '1-week-to-1-month', 'One week to one month'),
        tap('lead', '1-day-to-1-week', 'One day to one week'),
        tap('lead', 'under-1-day', 'Less than one day'),
        tap('lead', 'under-1-hour', 'Less than one hour'),
      ],
      [nothing('lead'), back('ways')],
    ],
  }),
  percent: question('fails', {
    place: '7 of 9',
    ask: 'How many changes fail?',
    buttons: [
      tens('fails', '%', 0, 10, 20, 30, 40, 50),
      tens('fails', '%', 60, 70, 80, 90, 100),
      [nothing('fails'), back('lead')],
    ],
  }),
  'a number that is tapped': question('pages', {
    place: '8 of 9',
    ask: 'How often were you woken?',
    buttons: [tens('pages', '', 0, 1, 2), [nothing('pages'), back('fails')]],
  }),
  'a number that is typed': question('hours', {
    place: '9 of 9',
    ask: 'How long do you wait in a week?',
    buttons: [[['Write', 'surveys.write', go('hours'), 'primary form']], [nothing('hours'), back('pages')]],
  }),
  'words, asked because of the score, written before': question('words', {
    answers: { nps: '3', words: 'Less YAML' },
    place: '10 of 10',
    ask: 'What should change?',
    hint: 'Your wording may tell who you are.',
    buttons: [
      [['Write it again', 'surveys.write', go('words'), 'primary form']],
      [nothing('words', 'Nothing to add'), ['Keep, and go on', 'surveys.go', go('words+')], back('hours')],
    ],
  }),
};

const invited = rows([
  ['Start', 'surveys.start', t0, 'primary'],
  ['Not this time', 'surveys.decline', t0],
]);
const reminded = rows([
  ['Start, or go on', 'surveys.start', t0, 'primary'],
  ['Not this time', 'surveys.decline', t0],
  ['No more reminders', 'surveys.mute', t0],
]);
const movedOn = rows([
  ['Start, or go on', 'surveys.start', t0, 'primary'],
  ['Not this time', 'surveys.decline', t0],
]);
const change: Pressed = ['Change answers', 'surveys.go', go('nps')];
const changing = rows([change]);
const sending = rows([['Send', 'surveys.send', t0, 'primary'], change]);
const afterAll = rows([['Answer after all', 'surveys.start', t0]]);
const going = rows([['Go on', 'surveys.start', t0, 'primary']]);
const writing = rows([
  ['Go on', 'surveys.go', go('words+'), 'primary'],
  ['Open it again', 'surveys.write', go('words'), 'form'],
  ['Back', 'surveys.go', go('words')],
]);
const last = every.questions.at(-1);
if (!last) throw new Error('There are no questions');

const late = `“${title}” closed while you were typing. Your answer is kept, and counts.`;
const cut =
  'That was the last question. When you send, your answers are cut from your name and can’t be changed any more.';
const hurry =
  'That was the last question, and it ended while you were answering. Send now: what is not sent in the next minutes is not counted.';
const ended =
  'Thank you! It ended while you were answering. Every answer is kept and counts; the link to you is destroyed in a moment.';
const over = `“${title}” is closed. What was answered before that is counted; nothing links it to you any more.`;

const views: ViewsOf<typeof cards> = {
  invitation: {
    confidential: {
      view: cards.invitation(run, part),
      slack: [s.rich('Ten taps, <!channel>.'), ...confidential.slack, ...invited.slack],
      teams: [t.words('Ten taps, <!channel>.'), ...confidential.teams, ...invited.teams],
    },
    'unlinked, a single question': {
      view: cards.invitation(one, part),
      slack: [s.rich('Ten taps, <!channel>.'), ...unlinked.slack, ...invited.slack],
      teams: [t.words('Ten taps, <!channel>.'), ...unlinked.teams, ...invited.teams],
    },
  },
  again: {
    'as a reminder': {
      view: cards.again(run, part, true),
      slack: [
        s.rich(
          s.bold(title),
          ' is open until ',
          s.within(until),
          '. Your view is missing: it takes about 3 min, and you can stop and go on later.',
        ),
        ...confidential.slack,
        ...reminded.slack,
      ],
      teams: [
        t.markdown(
          `${escaped} is open until ${untilOnTeams}. Your view is missing: it takes about 3 min, and you can stop and go on later.`,
        ),
        ...confidential.teams,
        ...reminded.teams,
      ],
    },
    'on the other platform': {
      view: cards.again(run, part, false),
      slack: [
        s.rich('Ten taps, <!channel>. What you answered so far is kept.'),
        ...confidential.slack,
        ...movedOn.slack,
      ],
      teams: [
        t.words('Ten taps, <!channel>. What you answered so far is kept.'),
        ...confidential.teams,
        ...movedOn.teams,
      ],
    },
  },
  questionView: questions,
  writingView: {
    'while the form is open': {
      view: cards.writingView(run, part, last),
      slack: [
        s.rich(s.bold('What should change?')),
        s.context('Write in the form that opened, keep it, and go on here.'),
        ...writing.slack,
      ],
      teams: [
        t.words(t.run('What should change?', bolder)),
        t.note('Write in the form that opened, keep it, and go on here.'),
        ...writing.teams,
      ],
    },
  },
  endView: {
    'confidential, still to be changed': {
      view: cards.endView(run, part, false),
      slack: [
        good.slack(
          'Thank you! Every answer is kept. You can change them until ',
          s.within(until),
          '; then the link to you is destroyed.',
        ),
        ...changing.slack,
      ],
      teams: [
        t.box(
          'good',
          t.markdown(
            `✅ Thank you! Every answer is kept. You can change them until ${untilOnTeams}; then the link to you is destroyed.`,
          ),
        ),
        ...changing.teams,
      ],
    },
    'confidential, when it ended meanwhile': {
      view: cards.endView(closing, part, false),
      slack: [good.slack(ended), ...changing.slack],
      teams: [good.teams(ended), ...changing.teams],
    },
    'unlinked, before it is sent': {
      view: cards.endView(one, part, false),
      slack: [info.slack(cut), ...sending.slack],
      teams: [info.teams(cut), ...sending.teams],
    },
    'unlinked, when it ended meanwhile': {
      view: cards.endView({ ...one, state: 'closing' }, part, false),
      slack: [info.slack(hurry), ...sending.slack],
      teams: [info.teams(hurry), ...sending.teams],
    },
    'unlinked, sent': {
      view: cards.endView(one, part, true),
      slack: [good.slack('Sent. Your answers are cut from your name; thank you!')],
      teams: [good.teams('Sent. Your answers are cut from your name; thank you!')],
    },
  },
  lateView: {
    'typed at the end': { view: cards.lateView(closing), slack: [good.slack(late)], teams: [good.teams(late)] },
  },
  declinedView: {
    'not this time': {
      view: cards.declinedView(run, part),
      slack: [
        s.rich('Not this time: noted. You won’t be reminded. If you change your mind before ', s.within(until), ':'),
        ...afterAll.slack,
      ],
      teams: [
        t.markdown(`Not this time: noted. You won’t be reminded. If you change your mind before ${untilOnTeams}:`),
        ...afterAll.teams,
      ],
    },
  },
  mutedView: {
    'no more reminders': {
      view: cards.mutedView(run, part),
      slack: [
        s.rich(`No more reminders of “${title}”. It stays open for you until `, s.within(until), '.'),
        ...going.slack,
      ],
      teams: [
        t.markdown(`No more reminders of “${escaped}”. It stays open for you until ${untilOnTeams}.`),
        ...going.teams,
      ],
    },
  },
  overView: {
    closed: { view: cards.overView(run), slack: [info.slack(over)], teams: [info.teams(over)] },
  },
};
goldens(views);

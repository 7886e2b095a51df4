import { type Block, type Button, counting, said, strong, type Text, text, time, type View } from '../kernel/index.ts';
import { type Choice, choicesOf, minutesOf, type Place } from './answers.ts';
import type { Answer, Answers } from './branching.ts';
import { presses } from './keys.ts';
import type { Question, Survey, Trust } from './model.ts';
import type { Part, Run } from './store.ts';

/** Teams draws six buttons of a row and puts the others into a menu. */
const perRow = 6;

const press = (name: string, value: object) => ({ name, value: JSON.stringify(value) });
const rows = (buttons: readonly Button[]): readonly Block[] =>
  Array.from({ length: Math.ceil(buttons.length / perRow) }, (_, i) => ({
    kind: 'buttons',
    buttons: buttons.slice(i * perRow, (i + 1) * perRow),
  }));

const modes: Readonly<Record<Trust['mode'], (trust: Trust) => readonly (readonly [string, Text])[]>> = {
  confidential: ({ k, kText }) => [
    ['Who sees what', text`Nobody sees single answers. The platform team sees counts, of ${k} people or more.`],
    ['In your words', text`Shown only when ${kText} or more wrote something, mixed, without your name or team.`],
    [
      'Your name',
      text`I keep a link to your answers until the survey closes, so that you can change them. Then the link is destroyed for good.`,
    ],
  ],
  unlinked: ({ k, kText }) => [
    ['Who sees what', text`Nobody sees single answers. The platform team sees counts, of ${k} people or more.`],
    ['In your words', text`Shown only when ${kText} or more wrote something, mixed, without your name or team.`],
    [
      'Your name',
      text`When you send, your answers are cut from your name, in batches of ${k} people or when it closes. After sending they can’t be changed.`,
    ],
  ],
};

const named: Readonly<Record<Trust['mode'], string>> = {
  confidential: 'Confidential',
  unlinked: 'Unlinked',
};

/** Of questions that follow from an answer some may not be asked. */
const howMany = ({ questions }: Survey): string =>
  `${questions.some((q) => q.askIf !== undefined) ? 'up to ' : ''}${counting(questions.length, 'question')}`;

/** What is promised: on the first card, word for word as it was frozen. */
export const trustBlocks = ({ survey, closes }: Pick<Run, 'survey' | 'closes'>): readonly Block[] => [
  {
    kind: 'facts',
    rows: [
      ['Takes', text`about ${minutesOf(survey.questions)} min, ${howMany(survey)}`],
      ['Open until', [time(closes, 'date')]],
      ['Kind', [strong(named[survey.trust.mode])]],
      ...modes[survey.trust.mode](survey.trust),
    ],
  },
  {
    kind: 'note',
    text: said(
      'None of this can be changed while it is open. Slack or Teams carries each tap with your name to me; I keep no more of that than is said here.',
    ),
  },
];

const quietStart = (part: Pick<Part, 'token'>, label: string): Button => ({
  label,
  press: press(presses.start, { t: part.token }),
});
const start = (part: Pick<Part, 'token'>, label: string): Button => ({ ...quietStart(part, label), tone: 'primary' });
const decline = (part: Pick<Part, 'token'>): Button => ({
  label: 'Not this time',
  press: press(presses.decline, { t: part.token }),
});

/** The first card. */
export const invitation = (run: Run, part: Pick<Part, 'token'>): View => ({
  id: 'surveys.invitation',
  title: run.survey.title,
  summary: `${run.survey.title} · ${counting(minutesOf(run.survey.questions), 'minute')}, until ${run.closes.toISOString().slice(0, 10)}`,
  blocks: [
    { kind: 'text', text: said(run.survey.intro) },
    ...trustBlocks(run),
    { kind: 'buttons', buttons: [start(part, 'Start'), decline(part)] },
  ],
});

/** A reminder, or the way on to another platform. It says nothing of what was answered. */
export const again = (run: Run, part: Pick<Part, 'token'>, reminds: boolean): View => ({
  id: 'surveys.again',
  title: run.survey.title,
  summary: `${run.survey.title} · open until ${run.closes.toISOString().slice(0, 10)}`,
  blocks: [
    {
      kind: 'text',
      text: reminds
        ? text`${strong(run.survey.title)} is open until ${time(run.closes, 'date')}. Your view is missing: it takes about ${minutesOf(run.survey.questions)} min, and you can stop and go on later.`
        : text`${run.survey.intro} What you answered so far is kept.`,
    },
    ...trustBlocks(run),
    {
      kind: 'buttons',
      buttons: [
        start(part, 'Start, or go on'),
        decline(part),
        ...(reminds ? [{ label: 'No more reminders', press: press(presses.mute, { t: part.token }) }] : []),
      ],
    },
  ],
});

const isOn = (answers: Answers, q: Question, value: string): boolean => {
  const answer: Answer = Object.hasOwn(answers, q.key) ? (answers[q.key] ?? null) : null;
  return answer !== null && (typeof answer === 'string' ? answer === value : answer.includes(value));
};

function choiceButton(part: Part, q: Question, choice: Choice, answers: Answers): Button {
  const on = isOn(answers, q, choice.value);
  const value = { t: part.token, q: q.key, v: choice.value, ...(q.kind === 'choices' ? { on: !on } : {}) };
  return {
    label: on ? `✓ ${choice.label}` : choice.label,
    press: press(presses.answer, value),
    ...(on ? { tone: 'primary' as const } : {}),
  };
}

const ends: Readonly<Partial<Record<Question['kind'], (q: Question) => string | undefined>>> = {
  nps: () => '0 is not at all likely, 10 is extremely likely.',
  scale: (q) => (q.kind === 'scale' ? `${q.from} is ${q.labels[0]}, ${q.to} is ${q.labels[1]}.` : undefined),
  choices: () => 'Choose as many as apply, then go on.',
  text: () => 'Your wording may tell who you are.',
};

/** One question: its choices as buttons, or a button to a form where it has to be typed. */
export function questionView(run: Run, part: Part, answers: Answers, place: Place): View {
  const { question: q, number, of, before } = place;
  const choices = choicesOf(q);
  const said_ = Object.hasOwn(answers, q.key);
  const hint = [q.hint, ends[q.kind]?.(q)].filter(Boolean).join(' ');
  const go = (key: string, label: string, primary = false): Button => ({
    label,
    press: press(presses.go, { t: part.token, q: key }),
    ...(primary ? { tone: 'primary' as const } : {}),
  });
  const write: Button = {
    label: said_ && answers[q.key] !== null ? 'Write it again' : 'Write',
    press: press(presses.write, { t: part.token, q: q.key }),
    tone: 'primary',
    opens: 'form',
  };
  const unknown: Button = {
    label: q.kind === 'text' ? 'Nothing to add' : 'I don’t know',
    press: press(presses.answer, { t: part.token, q: q.key, v: null }),
  };
  return {
    id: 'surveys.question',
    title: run.survey.title,
    summary: `${run.survey.title} · ${number} of ${of}`,
    blocks: [
      { kind: 'note', text: text`${number} of ${of}` },
      { kind: 'text', text: [strong(q.ask)] },
      ...(hint === '' ? [] : [{ kind: 'note', text: said(hint) } as const]),
      ...rows(choices ? choices.map((c) => choiceButton(part, q, c, answers)) : [write]),
      {
        kind: 'buttons',
        buttons: [
          ...(q.kind === 'choices' ? [go(`${q.key}+`, 'Go on', true)] : []),
          unknown,
          ...(said_ && q.kind !== 'choices' ? [go(`${q.key}+`, 'Keep, and go on')] : []),
          ...(before ? [go(before.key, 'Back')] : []),
        ],
      },
    ],
  };
}

/** Everything was asked. */
export function endView(run: Run, part: Part, sent: boolean): View {
  const unlinked = run.survey.trust.mode === 'unlinked';
  const words: Text = unlinked
    ? sent
      ? text`Sent. Your answers are cut from your name; thank you!`
      : run.state === 'closing'
        ? text`That was the last question, and it ended while you were answering. Send now: what is not sent in the next minutes is not counted.`
        : text`That was the last question. When you send, your answers are cut from your name and can’t be changed any more.`
    : run.state === 'closing'
      ? text`Thank you! It ended while you were answering. Every answer is kept and counts; the link to you is destroyed in a moment.`
      : text`Thank you! Every answer is kept. You can change them until ${time(run.closes, 'date')}; then the link to you is destroyed.`;
  const first = run.survey.questions[0];
  const change: Button | undefined = first && {
    label: 'Change answers',
    press: press(presses.go, { t: part.token, q: first.key }),
  };
  const buttons = sent
    ? []
    : [
        ...(unlinked
          ? [{ label: 'Send', press: press(presses.send, { t: part.token }), tone: 'primary' } as const]
          : []),
        ...(change ? [change] : []),
      ];
  return {
    id: 'surveys.end',
    title: run.survey.title,
    summary: `${run.survey.title} · thank you`,
    blocks: [
      { kind: 'notice', tone: unlinked && !sent ? 'info' : 'good', text: words },
      ...(buttons.length > 0 ? [{ kind: 'buttons', buttons } as const] : []),
    ],
  };
}

/** While the form of a question is open. It stands there after the form was sent as well, and says nothing of that. */
export const writingView = (run: Run, part: Part, q: Question): View => ({
  id: 'surveys.writing',
  title: run.survey.title,
  summary: `${run.survey.title} · a form is open`,
  blocks: [
    { kind: 'text', text: [strong(q.ask)] },
    { kind: 'note', text: said('Write in the form that opened, keep it, and go on here.') },
    {
      kind: 'buttons',
      buttons: [
        { label: 'Go on', press: press(presses.go, { t: part.token, q: `${q.key}+` }), tone: 'primary' },
        { label: 'Open it again', press: press(presses.write, { t: part.token, q: q.key }), opens: 'form' },
        { label: 'Back', press: press(presses.go, { t: part.token, q: q.key }) },
      ],
    },
  ],
});

/** A form was sent when the time was over, but not yet counted. */
export const lateView = (run: Run): View => ({
  id: 'surveys.late',
  title: run.survey.title,
  summary: 'Your answer still counts',
  blocks: [
    {
      kind: 'notice',
      tone: 'good',
      text: text`“${run.survey.title}” closed while you were typing. Your answer is kept, and counts.`,
    },
  ],
});

export const declinedView = (run: Run, part: Part): View => ({
  id: 'surveys.declined',
  title: run.survey.title,
  summary: `${run.survey.title} · not this time`,
  blocks: [
    {
      kind: 'text',
      text: text`Not this time: noted. You won’t be reminded. If you change your mind before ${time(run.closes, 'date')}:`,
    },
    { kind: 'buttons', buttons: [quietStart(part, 'Answer after all')] },
  ],
});

export const mutedView = (run: Run, part: Part): View => ({
  id: 'surveys.muted',
  title: run.survey.title,
  summary: `${run.survey.title} · no more reminders`,
  blocks: [
    {
      kind: 'text',
      text: text`No more reminders of “${run.survey.title}”. It stays open for you until ${time(run.closes, 'date')}.`,
    },
    { kind: 'buttons', buttons: [start(part, 'Go on')] },
  ],
});

export const overView = (run: Run): View => ({
  id: 'surveys.over',
  title: run.survey.title,
  summary: `${run.survey.title} is closed`,
  blocks: [
    {
      kind: 'notice',
      tone: 'info',
      text: text`“${run.survey.title}” is closed. What was answered before that is counted; nothing links it to you any more.`,
    },
  ],
});

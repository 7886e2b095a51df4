import { type Survey, surveySchema } from '../../src/core/surveys/model.ts';
import type { Run } from '../../src/core/surveys/store.ts';
import { ann } from './golden.ts';
import { bolder, type Json, slack as s, teams as t } from './json.ts';

/* One survey with a question of each kind, and what is promised about it, written out for both platforms. */

export const read = (more: object): Survey =>
  surveySchema.parse({ name: 'pulse', title: 'How is *it* going?', intro: 'Ten taps, <!channel>.', ...more });
const options = [
  { value: 'cli', label: 'The *CLI*' },
  { value: 'chat', label: 'Chat' },
];

export const every = read({
  questions: [
    { key: 'nps', kind: 'nps', ask: 'Would you recommend *it*?', hint: 'To somebody who does what you do.' },
    { key: 'easy', kind: 'likert', scale: 'agreement5', ask: 'Deploying is easy.' },
    { key: 'effort', kind: 'scale', from: 1, to: 4, labels: ['no effort', 'too much'], ask: 'How much effort is it?' },
    { key: 'way', kind: 'choice', options, ask: 'What do you use most?' },
    { key: 'ways', kind: 'choices', options, ask: 'What do you use at all?' },
    { key: 'lead', kind: 'duration', ask: 'How long does a change take?' },
    { key: 'fails', kind: 'percent', ask: 'How many changes fail?' },
    { key: 'pages', kind: 'number', max: 2, ask: 'How often were you woken?' },
    { key: 'hours', kind: 'number', max: 60, unit: 'hours', ask: 'How long do you wait in a week?' },
    { key: 'words', kind: 'text', ask: 'What should change?', askIf: { question: 'nps', atMost: 6 } },
  ],
});
/** A single question, of which nothing links people to answers once they are sent. */
export const single = read({
  name: 'one',
  trust: { mode: 'unlinked' },
  questions: [{ key: 'nps', kind: 'nps', ask: 'Would you recommend it?' }],
});

export const runOf = (survey: Survey, more: Partial<Run> = {}): Run => ({
  id: 'run-1',
  number: 3,
  survey,
  state: 'open',
  opens: new Date('2026-03-01T13:00:00Z'),
  closes: new Date('2026-03-15T13:00:00Z'),
  seed: 'seed',
  ...more,
});
export const part = {
  token: 'tok',
  run: 'run-1',
  person: ann,
  state: 'started',
  card: 1,
  reminders: 0,
  muted: false,
} as const;

export const until = s.date(1773579600, '{date_short_pretty}', '2026-03-15');
export const untilOnTeams = '{{DATE(2026-03-15T13:00:00Z, SHORT)}}';

const seen = 'Nobody sees single answers. The platform team sees counts, of 5 people or more.';
const words = 'Shown only when 10 or more wrote something, mixed, without your name or team.';
const small =
  'None of this can be changed while it is open. Slack or Teams carries each tap with your name to me; I keep no more of that than is said here.';
const promise = (takes: string, kind: string, link: string) => ({
  slack: [
    s.facts(
      ['Takes', takes],
      ['Open until', until],
      ['Kind', s.bold(kind)],
      ['Who sees what', seen],
      ['In your words', words],
      ['Your name', link],
    ),
    s.context(small),
  ],
  teams: [
    t.fact('Default', 'Takes', t.words(takes)),
    t.fact('Small', 'Open until', t.markdown(untilOnTeams)),
    t.fact('Small', 'Kind', t.words(t.run(kind, bolder))),
    t.fact('Small', 'Who sees what', t.words(seen)),
    t.fact('Small', 'In your words', t.words(words)),
    t.fact('Small', 'Your name', t.words(link)),
    t.note(small),
  ],
});
export const confidential = promise(
  'about 3 min, up to 10 questions',
  'Confidential',
  'I keep a link to your answers until the survey closes, so that you can change them. Then the link is destroyed for good.',
);
export const unlinked = promise(
  'about 1 min, 1 question',
  'Unlinked',
  'When you send, your answers are cut from your name, in batches of 5 people or when it closes. After sending they can’t be changed.',
);

/** The same buttons on both platforms; `nth` counts those of the Slack message above them. */
export type Pressed = readonly [
  label: string,
  name: string,
  value: string,
  look?: 'primary' | 'form' | 'primary form' | undefined,
];
const slackButtons = (nth: number, ...all: readonly Pressed[]) =>
  s.actions(
    ...all.map(([label, name, value, look], i) =>
      s.button(label, `${name}#${nth + i + 1}`, value, look?.startsWith('primary') ? { style: 'primary' } : {}),
    ),
  );
const teamsButtons = (...all: readonly Pressed[]) =>
  t.buttons(
    ...all.map(([label, name, value, look]) =>
      t[look?.endsWith('form') ? 'opens' : 'does'](
        label,
        name,
        value,
        look?.startsWith('primary') ? { style: 'positive' } : {},
      ),
    ),
  );
/** Buttons alone in their rows, drawn twice. */
export const rows = (...all: readonly (readonly Pressed[])[]) => ({
  slack: all.map((row, i) => slackButtons(all.slice(0, i).flat().length, ...row)),
  teams: all.map((row) => teamsButtons(...row)),
});
export const t0 = '{"t":"tok"}';
export const go = (q: string) => `{"t":"tok","q":"${q}"}`;
/** A notice in words alone. */
export const info = {
  slack: (words: string) => s.rich(s.emoji('information_source'), '  ', words),
  teams: (words: string) => t.box('accent', t.words('ℹ️ ', words)),
};
export const good = {
  slack: (...words: readonly (string | Json)[]) => s.rich(s.emoji('white_check_mark'), '  ', ...words),
  teams: (words: string) => t.box('good', t.words('✅ ', words)),
};

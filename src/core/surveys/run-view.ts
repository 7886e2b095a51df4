import {
  type Block,
  type Button,
  command,
  counting,
  said,
  shorten,
  strong,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { minutesOf } from './answers.ts';
import { sourcesOf } from './audience.ts';
import { trustBlocks } from './card-view.ts';
import { type FileNow, fileNow } from './edited.ts';
import { answeredOf } from './figure-words.ts';
import { presses } from './keys.ts';
import type { Question, Survey } from './model.ts';
import { rateBlocks } from './rate-view.ts';
import type { Rate, Run } from './store.ts';

const people = (n: number): string => (n === 1 ? '1 person' : `${n} people`);
const press = (name: string, survey: string) => ({ name, value: JSON.stringify({ name: survey }) });

const resultsButton = (survey: Survey): Button => ({
  label: 'Results',
  press: press(presses.results, survey.name),
});

const kinds: Readonly<Record<Question['kind'], string>> = {
  nps: '0 to 10',
  likert: 'a scale of words',
  scale: 'a scale',
  choice: 'one of several',
  choices: 'any of several',
  duration: 'how long',
  percent: '0 to 100%',
  number: 'a number',
  text: 'in words',
};

/** What would be asked of whom: seen before it is opened, since nothing can be changed after that. */
export function previewView(
  survey: Survey,
  closes: Date,
  { able, resting }: { readonly able: number; readonly resting: number },
  unknown: readonly string[],
): View {
  const sources = sourcesOf(survey.audience).length;
  const size = Math.min(able, survey.sample?.size ?? able);
  const missing: readonly Block[] =
    unknown.length > 0
      ? [
          {
            kind: 'notice',
            tone: 'warn',
            text: text`Its audience names teams that groundcrew.yaml does not have: ${unknown.join(', ')}.`,
          },
        ]
      : [];
  const few: readonly Block[] =
    size < survey.trust.k && sources === 0
      ? [
          {
            kind: 'notice',
            tone: 'warn',
            text: text`It would ask ${people(size)}: with fewer than ${survey.trust.k} answers nothing is ever shown.`,
          },
        ]
      : [];
  return {
    id: 'surveys.preview',
    title: survey.title,
    summary: `${survey.title} · ${counting(survey.questions.length, 'question')} to ${people(size)}`,
    blocks: [
      ...missing,
      ...few,
      { kind: 'text', text: said(survey.intro) },
      { kind: 'facts', rows: [['Asks', text`${people(size)}, each once, at a working hour in their own time zone`]] },
      ...(resting > 0
        ? [
            {
              kind: 'note',
              text: said(
                `${people(resting)} more ${resting === 1 ? 'is' : 'are'} in its audience and ${resting === 1 ? 'rests' : 'rest'}, having been asked by a survey lately.`,
              ),
            } as const,
          ]
        : []),
      ...(sources > 0
        ? [
            {
              kind: 'note',
              text: said(
                `These are the people I know so far. Who is in ${sources === 1 ? 'the group or channel' : `the ${sources} groups and channels`} of its audience is read when it opens, and nobody is added after that.`,
              ),
            } as const,
          ]
        : []),
      ...trustBlocks({ survey, closes }),
      {
        kind: 'fold',
        title: `${counting(survey.questions.length, 'question')}, about ${minutesOf(survey.questions)} min`,
        blocks: [
          {
            kind: 'items',
            items: survey.questions.map((q, i) => ({
              title: text`${i + 1}. ${q.ask}`,
              note: text`${kinds[q.kind]}${q.askIf ? ', asked only after some answers' : ''}`,
            })),
          },
        ],
      },
      {
        kind: 'buttons',
        buttons: [
          {
            label: 'Open it',
            press: press(presses.open, survey.name),
            tone: 'primary',
            confirm: `Open “${survey.title}” for ${people(size)}? What it asks and promises can’t be changed after that.`,
          },
        ],
      },
    ],
  };
}

export const openedView = (run: Run, invited: number, without: readonly string[] = []): View => ({
  id: 'surveys.opened',
  title: run.survey.title,
  summary: `${run.survey.title} · open for ${people(invited)}`,
  blocks: [
    {
      kind: 'notice',
      tone: invited > 0 ? 'good' : 'warn',
      text:
        invited > 0
          ? text`${strong(run.survey.title)} (run ${run.number}) is open for ${people(invited)} until ${time(run.closes, 'date')}. Each is asked at a working hour in their own time zone.`
          : text`${strong(run.survey.title)} (run ${run.number}) asks nobody: nobody is in its audience, or all of them were asked by another survey lately. Wait, or give it a shorter restDays.`,
    },
    ...(without.length > 0
      ? [
          {
            kind: 'notice',
            tone: 'warn',
            text: said(`Not all of its audience could be read, and who is missing is not asked. ${without.join(' ')}`),
          } as const,
        ]
      : []),
    { kind: 'buttons', buttons: [resultsButton(run.survey)] },
  ],
});

const files: Readonly<Record<Exclude<FileNow, 'same'>, { readonly line: string; readonly short: string }>> = {
  changed: {
    line: 'Its file was changed since. What is open keeps what it asked; the change counts for the next run.',
    short: ', its file changed since',
  },
  gone: {
    line: 'Its file is broken or gone. What is open goes on as it was asked, and is counted; there is no next run without the file. “groundcrew survey check” tells what is wrong with it.',
    short: ', its file is broken or gone',
  },
};

/**
 * A run that is under way: who answered stands nowhere, and what, nobody can know yet. `before`: the last one that was
 * counted; `file`: what became of the survey’s file.
 */
export const underWayView = (
  run: Run,
  rates: { readonly all: Rate; readonly teams: readonly (Rate & { readonly team: string })[] },
  { before, file = 'same' }: { readonly before?: Run | undefined; readonly file?: FileNow } = {},
): View => ({
  id: 'surveys.under-way',
  title: run.survey.title,
  summary: `${run.survey.title} · ${answeredOf(rates.all, run.survey).short}`,
  blocks: [
    {
      kind: 'text',
      text:
        run.state === 'closing'
          ? text`${strong(run.survey.title)} (run ${run.number}) is over and being counted. I’ll tell you when that’s done, in a quarter of an hour at most.`
          : text`${strong(run.survey.title)} (run ${run.number}) is open until ${time(run.closes, 'date')}. Results come when it closes: before that they would give away who answered last.`,
    },
    ...(file === 'same' ? [] : [{ kind: 'note', text: said(files[file].line) } as const]),
    ...rateBlocks(run, rates),
    ...buttonsOf(run, before),
  ],
});

function buttonsOf(run: Run, before: Run | undefined): readonly Block[] {
  const at = (name: string, of: Run) => ({ name, value: JSON.stringify({ name: of.survey.name, run: of.id }) });
  const buttons: readonly Button[] = [
    ...(run.state === 'open'
      ? [
          {
            label: 'Close it now',
            press: at(presses.close, run),
            tone: 'danger',
            confirm: `Close “${run.survey.title}” now? Whoever has not answered can’t do so any more, and it can’t be opened again.`,
          } as const,
        ]
      : []),
    ...(before ? [{ label: `Results of run ${before.number}`, press: at(presses.results, before) }] : []),
  ];
  return buttons.length > 0 ? [{ kind: 'buttons', buttons }] : [];
}

/** Told once a run, to those who hear of its results. */
export const editedView = (run: Run): View => ({
  id: 'surveys.edited',
  title: run.survey.title,
  summary: `${run.survey.title} · its file was changed while it is open`,
  blocks: [
    {
      kind: 'notice',
      tone: 'warn',
      text: text`The file of ${strong(run.survey.title)} was changed while run ${run.number} is open, until ${time(run.closes, 'date')}. That run keeps what it asked and promised; the change counts for the next one. To ask it sooner, close this one under Results, and open it again.`,
    },
    { kind: 'buttons', buttons: [resultsButton(run.survey)] },
  ],
});

const stateWords: Readonly<Record<Exclude<Run['state'], 'open'>, string>> = {
  planned: 'about to open',
  closing: 'being counted',
  closed: 'closed',
};

/** All surveys there are, for those who open them; also what is open and has no file any more. */
export function listView(surveys: readonly Survey[], current: readonly Run[]): View {
  const orphans = current.filter((r) => !surveys.some((s) => s.name === r.survey.name)).map((r) => r.survey);
  return {
    id: 'surveys.list',
    title: 'Surveys',
    summary: counting(surveys.length + orphans.length, 'survey'),
    blocks: [
      surveys.length + orphans.length === 0
        ? {
            kind: 'text',
            text: said('There are none yet. Put YAML files into the folder of surveys; docs/surveys.md says how.'),
          }
        : {
            kind: 'items',
            items: [...surveys, ...orphans].map((s) => {
              const run = current.find((r) => r.survey.name === s.name);
              if (!run)
                return {
                  title: text`${s.title}`,
                  note: text`${s.name} · ${counting(s.questions.length, 'question')}, about ${minutesOf(s.questions)} min`,
                  buttons: [{ label: 'Look at it', press: press(presses.look, s.name) }],
                };
              const state = run.state === 'open' ? text`open until ${time(run.closes, 'date')}` : stateWords[run.state];
              const file = fileNow(run, orphans.includes(s) ? undefined : s);
              return {
                title: text`${s.title}`,
                note: text`${s.name} · ${state}${file === 'same' ? '' : files[file].short}`,
                buttons: [resultsButton(s)],
              };
            }),
          },
      { kind: 'note', text: text`Open one with ${command('survey open')} and its name.` },
    ],
  };
}

/** What a person can answer. */
export const noneView = (): View => ({
  id: 'surveys.none',
  title: 'Surveys',
  summary: 'No survey is waiting for you',
  blocks: [{ kind: 'text', text: said('No survey is waiting for you. I’ll write to you when one is.') }],
});

/** What people wrote, in no order, by question and by nothing else. */
export const wordsView = (
  run: Run,
  said_: readonly { readonly q: Question; readonly words: readonly string[] }[],
): View => ({
  id: 'surveys.words',
  title: `In their words: ${run.survey.title}`,
  summary: `${run.survey.title} · in their words`,
  blocks: said_.flatMap(({ q, words }): readonly Block[] => [
    { kind: 'text', text: [strong(q.ask)] },
    ...(words.length === 0
      ? [
          {
            kind: 'note' as const,
            text: said(`Fewer than ${run.survey.trust.kText} wrote something, so nothing is kept of it.`),
          },
        ]
      : words.map((w) => ({ kind: 'quote' as const, text: said(shorten(w, 400)) }))),
  ]),
});

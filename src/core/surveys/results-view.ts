import { type Block, type Button, said, strong, type Text, text, type View } from '../kernel/index.ts';
import { type DoraMetric, doraScore, mean } from '../statistics/index.ts';
import { choicesOf } from './answers.ts';
import { cutBlocks, cutNote, mostGroups } from './cut-view.ts';
import { answeredOf } from './figure-words.ts';
import { presses } from './keys.ts';
import { type Measure, measuring } from './measures.ts';
import type { Question, Survey } from './model.ts';
import { type Item, numbersOf, type Segmentation, segmentations } from './results.ts';
import type { Run } from './store.ts';
import { wholeBlocks } from './whole-view.ts';

/** Nothing of it may be shown: what stands there instead. */
const nothing = (q: Question, { trust }: Survey): Block => ({
  kind: 'note',
  text: said(`Fewer than ${q.kind === 'text' ? trust.kText : trust.k} answered this, so nothing is kept of it.`),
});

const doraMeasures = {
  lead: 'lead-time',
  frequency: 'deployment-frequency',
  recovery: 'recovery-time',
  failure: 'change-failure-rate',
  rework: 'rework-rate',
} as const satisfies Readonly<Record<DoraMetric, Measure>>;

/** DORA’s own score, when the survey asks its metrics: a mean of what was answered. */
function doraBlocks(run: Run): readonly Block[] {
  const meanOf = (measure: Measure) => {
    const q = measuring(run.survey, measure)?.question;
    const item = run.report?.items.find((i) => i.key === q?.key);
    return q && item?.counts ? mean(numbersOf(q, item.counts))?.mean : undefined;
  };
  const known = Object.entries(doraMeasures).flatMap(([metric, measure]) => {
    const value = meanOf(measure);
    return value === undefined ? [] : [[metric, value] as const];
  });
  if (known.length === 0) return [];
  const { throughput, stability, overall } = doraScore(Object.fromEntries(known));
  const row = (label: string, value: number | undefined): readonly (readonly [string, Text])[] =>
    value === undefined ? [] : [[label, text`${value.toFixed(1)} of 10`]];
  return [
    {
      kind: 'facts',
      rows: [...row('DORA overall', overall), ...row('Throughput', throughput), ...row('Stability', stability)],
    },
    {
      kind: 'note',
      text: said('Scored as DORA’s Quick Check does (dora.dev, CC BY 4.0); what nobody knew is left out.'),
    },
  ];
}

/** What a reader looks at: everybody, or one cut, never both of them at once; and which questions. */
export type Look = { readonly by: 'all' | Segmentation; readonly page: number };
export const looks = ['all', ...segmentations] as const;

/** How many blocks of a message a question may take, so that none of them is left out. Many groups weigh more in Teams. */
function roomOf(q: Question, by: Look['by'], items: readonly Item[]): number {
  if (q.kind === 'text') return 2;
  // A picture with many rows has as many under it.
  if (by === 'all') return q.kind === 'nps' ? 10 : Math.max(5, (choicesOf(q)?.length ?? 0) * 0.5);
  const groups = items.find((i) => i.key === q.key)?.groups.find((g) => g.by === by);
  // Where a score is below nothing, each of Teams’ bars is a line of its own.
  const each = q.kind === 'nps' ? 0.9 : 0.7;
  return Math.max(5, Math.min(mostGroups, (groups?.shown.length ?? 0) + (groups?.hidden.length ?? 0)) * each);
}
const room = 37;

/** Questions with their numbers, as many to a card as it has room for. */
function pagesOf({ survey, report }: Run, by: Look['by']): readonly (readonly (readonly [Question, number])[])[] {
  const pages: [Question, number][][] = [];
  let left = 0;
  for (const [i, q] of survey.questions.entries()) {
    const needs = roomOf(q, by, report?.items ?? []);
    const page = needs > left ? undefined : pages.at(-1);
    left = (page ? left : room) - needs;
    if (page) page.push([q, i + 1]);
    else pages.push([[q, i + 1]]);
  }
  return pages;
}

const lookLabels: Readonly<Record<Look['by'], string>> = {
  all: 'Everybody',
  team: 'By team',
  persona: 'By persona',
};

/** The reader’s choice. `card`: which message of theirs this is. */
function choosing(run: Run, look: Look, pages: readonly (readonly (readonly [Question, number])[])[], card: string) {
  const to = (next: Look) => ({
    name: presses.cut,
    value: JSON.stringify({ name: run.survey.name, run: run.id, card, ...next }),
  });
  const cuts = run.survey.trust.mode === 'unlinked' ? [] : looks;
  const other = (page: number): readonly Button[] => {
    const questions = pages[page];
    const [first, last] = [questions?.[0]?.[1], questions?.at(-1)?.[1]];
    return first === undefined || last === undefined
      ? []
      : [
          {
            label: first === last ? `Question ${first}` : `Questions ${first} to ${last}`,
            press: to({ ...look, page }),
          },
        ];
  };
  const buttons: readonly Button[] = [
    ...cuts.map(
      (by): Button => ({
        label: by === look.by ? `✓ ${lookLabels[by]}` : lookLabels[by],
        press: to({ by, page: 0 }),
        ...(by === look.by ? { tone: 'primary' } : {}),
      }),
    ),
    ...other(look.page - 1),
    ...other(look.page + 1),
  ];
  return buttons.length > 0 ? [{ kind: 'buttons', buttons } as const] : [];
}

/** What a closed run found, beside those before it, the latest first. */
export function resultsView(
  run: Run,
  earlier: readonly Run[],
  { look = { by: 'all', page: 0 }, card = '' }: { readonly look?: Look; readonly card?: string } = {},
): View {
  const { survey, report } = run;
  const invited = report?.invited ?? 0;
  const answered = report?.answered ?? 0;
  const rate = answeredOf({ invited, answered }, survey);
  const by = survey.trust.mode === 'unlinked' ? 'all' : look.by;
  const pages = pagesOf(run, by);
  const page = Math.min(look.page, pages.length - 1);
  return {
    id: 'surveys.results',
    title: `Results: ${survey.title}`,
    summary: `${survey.title} · ${rate.short}`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Run', text`${run.number}`],
          ['Answered', text`${rate.words}`],
        ],
      },
      ...(by === 'all' ? (page === 0 ? doraBlocks(run) : []) : [cutNote(survey, by)]),
      ...(pages[page] ?? []).flatMap(([q, number]): readonly Block[] => {
        const item = report?.items.find((i) => i.key === q.key);
        const title: Block = { kind: 'text', text: text`${strong(`${number}. ${q.ask}`)}` };
        if (item?.n === undefined) return [title, nothing(q, survey)];
        return [title, ...(by === 'all' ? wholeBlocks(q, item, earlier, run) : cutBlocks(q, item, by, earlier, run))];
      }),
      ...choosing(run, { by, page }, pages, card),
    ],
  };
}

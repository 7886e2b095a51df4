import {
  type Block,
  type Button,
  type Chart,
  command,
  counting,
  type Item,
  link,
  said,
  strong,
  type Text,
  text,
  type View,
} from '../kernel/index.ts';
import {
  anchorOf,
  type Definition,
  definitionOf,
  definitions,
  type FigureId,
  figureIds,
  type Group,
  groups,
  inWords,
} from './definitions.ts';
import type { Reading } from './reading.ts';
import { monthOf, type Report, readings } from './report.ts';
import type { Span } from './store.ts';

export const presses = { show: 'metrics.show', how: 'metrics.how' } as const;

const howButton: Button = { label: 'How these are counted', press: { name: presses.how, value: '{}' } };
const yearButton = (team: string | undefined): Button => ({
  label: 'A year of it',
  press: { name: presses.show, value: JSON.stringify({ months: 12, ...(team === undefined ? {} : { team }) }) },
});

type Told = Exclude<Reading, { is: 'none' }>;
type Row = readonly [FigureId, Reading];
const told = (row: Row): row is readonly [FigureId, Told] => row[1].is !== 'none';

/** What has no figure yet says so in one line: a row for each of them hides those that have one. */
function missing(rows: readonly Row[]): readonly Block[] {
  const reasons = rows.flatMap(([id, reading]) => (reading.is === 'none' ? [{ why: reading.why, id }] : []));
  if (reasons.length === 0) return [];
  const lines = [...Map.groupBy(reasons, ({ why }) => why)].map(
    ([why, these]) => `${these.map(({ id }) => definitions[id].title).join(' · ')} (${why})`,
  );
  return [{ kind: 'note', text: said(`No figure yet: ${lines.join('; ')}.`) }];
}

const come =
  (first: string, survey: string) =>
  (opens: boolean): Text =>
    text`No figure yet. They come with ${first}, and with a survey${opens ? text`: ${command(`survey open ${survey}`)}` : ''}.`;
/**
 * Where a group’s first figure comes from: on the first day there is none, and reasons for each would be a wall. Who may not
 * open a survey is not told how.
 */
const firsts: Readonly<Record<Group, (opens: boolean) => Text>> = {
  adoption: () => text`Nobody has used the bot since then. ${command('help')} shows what it can do.`,
  selfService: come('the first requests that become ready', 'platform'),
  delivery: come('the first rollouts in a cluster that the bot sees', 'dora'),
  voice: come('feedback, office hours and announcements', 'platform'),
};

/** “measured” and “asked” lead to the definition, where groundcrew.yaml says where that can be read. */
function source({ source: word }: Definition, id: FigureId, url: string | undefined): Text {
  return url === undefined ? said(word) : [link(word, `${url}#${anchorOf(id)}`)];
}

function readingText(id: FigureId, reading: Told, smallest: number, url: string | undefined): Text {
  const definition = definitionOf(id);
  if (reading.is === 'few') return text`hidden: fewer than ${smallest} people`;
  const value = strong(reading.words ?? inWords(definition.unit, reading.value));
  const more = reading.more === undefined ? '' : ` (${reading.more})`;
  return text`${value}${more}  ·  ${source(definition, id, url)}, over ${reading.over}`;
}

const monthNames = new Intl.DateTimeFormat('en', { month: 'short', year: '2-digit', timeZone: 'UTC' });
const monthLabel = (month: string): string => monthNames.format(new Date(`${month}-01T00:00Z`));

const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
const isOver = ({ until }: Span): boolean => monthOf(until).getTime() === until.getTime();
/** Months are those of UTC for everybody: in each reader’s own zone the first of one would be the last of another. */
const spanText = (span: Span): string =>
  isOver(span)
    ? `From ${days.format(span.since)} to ${days.format(new Date(span.until.getTime() - 1))}`
    : `Since ${days.format(span.since)}`;

function monthsChart({ months, span }: Report): Chart | undefined {
  if (months.length < 2 || months.every((m) => !m.asked && m.rollouts === 0)) return undefined;
  const [last] = months.slice(-1);
  const asked =
    last?.asked === null
      ? 'requests are hidden, since too few people asked or the total would tell'
      : `${counting(last?.asked ?? 0, 'request')}, ${last?.alone ?? 0} of them self-service`;
  return {
    shape: 'trend',
    title: 'Requests and rollouts by month',
    alt: `In ${monthLabel(last?.month ?? '')}${isOver(span) ? '' : ', so far'}: ${asked}, and ${counting(last?.rollouts ?? 0, 'rollout')}.`,
    points: months.map((m) => monthLabel(m.month)),
    series: [
      { name: 'Requests', values: months.map((m) => m.asked) },
      { name: 'Self-service', values: months.map((m) => m.alone) },
      ...(months.some((m) => m.rollouts > 0) ? [{ name: 'Rollouts', values: months.map((m) => m.rollouts) }] : []),
    ],
  };
}

function npsChart({ nps }: Report): Chart | undefined {
  if (nps === undefined) return undefined;
  const { score, interval, n } = nps;
  return {
    shape: 'gauge',
    title: 'Recommendation (NPS)',
    alt: `${Math.round(score)}, between ${Math.round(interval.low)} and ${Math.round(interval.high)} at 95%: ${n} answered.`,
    value: Math.round(score),
    from: -100,
    to: 100,
    margin: { low: Math.round(interval.low), high: Math.round(interval.high) },
    bands: [
      { to: 0, tone: 'bad' },
      { to: 30, tone: 'warn' },
      { to: 100, tone: 'good' },
    ],
  };
}

const mostPaths = 10;
function pathsChart({ paths, smallest }: Report): Chart | undefined {
  const shown = paths.filter((p) => p.requests !== null);
  const [first] = shown;
  if (!first) return undefined;
  const hidden = paths.length - shown.length;
  return {
    shape: 'bars',
    title: 'Requests by golden path',
    alt: `Most requests are for ${first.path}: ${first.requests}.${hidden > 0 ? ` ${hidden} hidden, since fewer than ${smallest} people asked for them or the total would tell.` : ''}`,
    rows: [
      ...shown.slice(0, mostPaths).map((p) => ({ label: p.path, value: p.requests })),
      ...(hidden > 0 ? [{ label: `${hidden} more`, value: null, note: `hidden: fewer than ${smallest} people` }] : []),
    ],
  };
}

const chart = (of: Chart | undefined): readonly Block[] => (of === undefined ? [] : [{ kind: 'chart', chart: of }]);

/** The report, and what stands over it: whose, and since when. */
export function reportView(
  report: Report,
  { title, url, opens }: { readonly title: string; readonly url?: string | undefined; readonly opens: boolean },
): View {
  const { span, smallest } = report;
  const all = readings(report);
  const section = ([group, name]: readonly [string, string]): readonly Block[] => {
    const rows = all.filter(([id]) => definitions[id].group === (group as Group));
    const facts = rows
      .filter(told)
      .map(([id, reading]) => [definitions[id].title, readingText(id, reading, smallest, url)] as const);
    return [
      { kind: 'text', text: [strong(name)] },
      ...(facts.length > 0 ? [{ kind: 'facts', rows: facts } as const] : []),
      ...(facts.length > 0 ? missing(rows) : [{ kind: 'note', text: firsts[group as Group](opens) } as const]),
    ];
  };
  return {
    id: 'metrics.report',
    title,
    summary: `${title}: ${headline(report)}`,
    blocks: [
      {
        kind: 'note',
        text: text`${spanText(span)}. What fewer than ${smallest} people did is not told.`,
      },
      ...Object.entries(groups).flatMap(section),
      ...chart(npsChart(report)),
      ...chart(monthsChart(report)),
      ...chart(pathsChart(report)),
      { kind: 'buttons', buttons: [howButton, yearButton(span.team)] },
    ],
  };
}

/** What a notification has room for. */
function headline(report: Report): string {
  const said = (['active', 'requests', 'selfService', 'deployments'] as const).flatMap((id) => {
    const reading = report.figures[id];
    return reading.is === 'read'
      ? [`${definitions[id].title.toLowerCase()} ${inWords(definitions[id].unit, reading.value)}`]
      : [];
  });
  return said.length === 0 ? 'nothing happened yet' : said.join(', ');
}

/** The report is for who asked, and has pictures, which only a message can have. */
export const sentView: View = {
  id: 'metrics.sent',
  title: 'On their way',
  summary: 'The numbers come as a direct message.',
  blocks: [{ kind: 'text', text: said('The numbers come as a direct message, in a moment.') }],
};

export const hiddenView = (team: string, smallest: number): View => ({
  id: 'metrics.hidden',
  title: 'Too few to tell',
  summary: `What ${team} did is not shown on its own.`,
  blocks: [
    {
      kind: 'text',
      text: text`Fewer than ${smallest} people of ${strong(team)} asked for something since then, or so few did elsewhere that ${team}’s numbers beside the total would tell on them. Ask for all teams, or for a longer time.`,
    },
  ],
});

export const howView = (url: string | undefined): View => ({
  id: 'metrics.how',
  title: 'How these are counted',
  summary: 'How each number of the platform is counted.',
  blocks: [
    {
      kind: 'items',
      items: figureIds.map((id): Item => {
        const { title, how, source: word } = definitionOf(id);
        return { title: said(title), note: text`${word === 'asked' ? 'Asked' : 'Measured'}. ${how}` };
      }),
    },
    ...(url === undefined ? [] : [{ kind: 'note', text: text`The same, with examples: ${link(url, url)}` } as const]),
  ],
});

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chart } from '../core/kernel/chart.ts';
import { definitionsPage } from '../core/metrics/definitions.ts';
import { pngOf, svgOf } from '../slack/pictures/picture.ts';

/** Writes the definitions in docs/metrics.md and the pictures in docs/charts anew. */
const docs = join(import.meta.dirname, '../../docs');
const page = join(docs, 'metrics.md');
const mark = '<!-- what follows is made by npm run docs:metrics -->';
const [head] = readFileSync(page, 'utf8').split(mark);
writeFileSync(page, `${head}${mark}\n\n${definitionsPage()}`);

const examples: Readonly<Record<string, Chart>> = {
  bars: {
    shape: 'bars',
    title: 'Requests by golden path',
    alt: '',
    rows: [
      { label: 'postgres-database', value: 41 },
      { label: 'preview-environment', value: 28 },
      { label: 'static-site', value: 9 },
      { label: '2 more', value: null, note: 'hidden: fewer than 5 people' },
    ],
  },
  distribution: {
    shape: 'distribution',
    title: 'How likely are you to recommend the platform?',
    alt: '',
    rows: [0, 0, 1, 0, 1, 2, 3, 6, 9, 12, 7].map((value, i) => ({
      label: String(i),
      value,
      tone: i > 8 ? 'good' : i > 6 ? 'warn' : 'bad',
    })),
  },
  trend: {
    shape: 'trend',
    title: 'Recommendation (NPS) by quarter',
    alt: '',
    points: ['Q1 2026', 'Q2 2026', 'Q3 2026', 'Q4 2026'],
    series: [
      {
        name: 'NPS',
        values: [12, 18, 21, 30],
        margins: [
          { low: -9, high: 30 },
          { low: -2, high: 36 },
          { low: 1, high: 39 },
          { low: 7.3, high: 49.3 },
        ],
      },
    ],
  },
  lines: {
    shape: 'trend',
    title: 'Requests and rollouts by month',
    alt: '',
    points: ['Jun 26', 'Jul 26', 'Aug 26', 'Sep 26', 'Oct 26', 'Nov 26'],
    series: [
      { name: 'Requests', values: [22, 30, 28, 41, 44, 52] },
      { name: 'Self-service', values: [9, 14, 17, 30, 33, 45] },
      { name: 'Rollouts', values: [18, 25, 31, 36, 48, 61] },
    ],
  },
  gauge: {
    shape: 'gauge',
    title: 'Recommendation (NPS)',
    alt: '',
    value: 30,
    from: -100,
    to: 100,
    margin: { low: 7.3, high: 49.3 },
    bands: [
      { to: 0, tone: 'bad' },
      { to: 30, tone: 'warn' },
      { to: 100, tone: 'good' },
    ],
  },
};
mkdirSync(join(docs, 'charts'), { recursive: true });
for (const [name, chart] of Object.entries(examples))
  writeFileSync(join(docs, 'charts', `${name}.png`), await pngOf(svgOf(chart)));

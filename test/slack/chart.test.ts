import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Chart, noNames, type Outgoing, type PlaceId, type View } from '../../src/core/kernel/index.ts';
import { pngOf, svgOf } from '../../src/slack/pictures/picture.ts';
import { slackWorld, triage } from './world.ts';

const bars: Chart = {
  shape: 'bars',
  title: 'Requests by path',
  alt: 'Most requests are for databases.',
  rows: [
    { label: 'postgres', value: 8 },
    { label: 'preview', value: 3 },
  ],
};
const view = (...charts: readonly Chart[]): View => ({
  id: 'test.charts',
  title: 'Numbers',
  summary: 'Numbers',
  blocks: charts.map((chart) => ({ kind: 'chart', chart })),
});
const post = (shown: View, key = 'k1'): Outgoing => ({ kind: 'post', place: triage as PlaceId, view: shown, key });

let world: Awaited<ReturnType<typeof slackWorld>>;
beforeEach(async () => {
  world = await slackWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

/** As the outbox does: each try after the last one's wait, so that rates play no part. */
async function deliver(shown: View, key?: string) {
  world.clock.jump(5_000);
  return world.slack.platform.deliver(post(shown, key), noNames);
}
const calls = () => world.workspace.calls.map((c) => c.method);
const blocks = (): readonly { readonly type: string; readonly [key: string]: unknown }[] =>
  world.workspace.snapshot('U0ANN').messages.C0TRIAGE?.at(-1)?.blocks ?? [];
const images = () => blocks().filter((b) => b.type === 'image');
const preformatted = () => JSON.stringify(blocks().filter((b) => b.type === 'rich_text'));

test('a chart is uploaded as a PNG that belongs to nobody else, and shown with its figures under it', async () => {
  expect(await deliver(view(bars))).toMatchObject({ is: 'done' });
  expect(calls()).toEqual(['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal', 'chat.postMessage']);
  const [file] = world.workspace.files.all();
  expect(file).toMatchObject({ complete: true, altText: bars.alt });
  expect(world.workspace.calls[2]?.args).not.toHaveProperty('channel_id');
  expect(images()).toMatchObject([{ slack_file: { id: file?.id }, alt_text: bars.alt }]);
  expect(preformatted()).toContain('postgres  8');
});

test('the same picture for somebody else, and in an edit, is uploaded once', async () => {
  const first = await deliver(view(bars));
  await deliver(view(bars), 'k2');
  if (first.is !== 'done' || first.native === undefined) throw new Error('not posted');
  await world.slack.platform.deliver(
    { kind: 'edit', place: triage as PlaceId, native: first.native, view: view(bars) },
    noNames,
  );
  expect(calls().filter((m) => m === 'upload')).toHaveLength(1);
  expect(calls().at(-1)).toBe('chat.update');
});

test('while Slack has not looked at the file the message waits, and the file is not uploaded again', async () => {
  world.workspace.files.hold(true);
  expect(await deliver(view(bars))).toEqual({
    is: 'later',
    after: 500,
    why: 'chat.postMessage: a picture is not ready',
  });
  world.workspace.files.hold(false);
  expect(await deliver(view(bars))).toMatchObject({ is: 'done' });
  expect(calls().filter((m) => m === 'upload')).toHaveLength(1);
  expect(images()).toHaveLength(1);
});

test('a picture that never becomes ready holds the message up five times, then its figures go without', async () => {
  world.workspace.files.hold(true);
  for (let i = 0; i < 5; i++) expect(await deliver(view(bars))).toMatchObject({ is: 'later' });
  expect(await deliver(view(bars))).toMatchObject({ is: 'done' });
  expect(images()).toEqual([]);
  expect(preformatted()).toContain('postgres  ████████████████  8');
  expect(preformatted()).toContain(bars.alt);
});

test('without the right to upload, the figures come all the same, and health says what is missing', async () => {
  world.workspace.setScopes(['chat:write', 'chat:write.public']);
  expect(await deliver(view(bars))).toMatchObject({ is: 'done' });
  expect(images()).toEqual([]);
  expect((await world.slack.platform.health()).degraded).toContain('pictures of charts (needs the scope files:write)');
  world.workspace.setScopes(['chat:write', 'chat:write.public', 'files:write']);
  await deliver(view(bars), 'k2');
  expect(images()).toHaveLength(1);
});

test.each([
  ['files.getUploadURLExternal', { kind: 'status', status: 503 }],
  ['upload', { kind: 'status', status: 500 }],
  ['upload', { kind: 'dropReply' }],
  ['files.completeUploadExternal', { kind: 'dropReply' }],
  ['files.completeUploadExternal', { kind: 'error', error: 'internal_error' }],
] as const)('%s going wrong in passing (%o) delays the message, which is posted once', async (method, fault) => {
  world.workspace.fail(method, fault);
  expect(await deliver(view(bars))).toMatchObject({ is: 'later', after: 500 });
  expect(calls()).not.toContain('chat.postMessage');
  expect(await deliver(view(bars))).toMatchObject({ is: 'done' });
  expect(images()).toHaveLength(1);
  expect(calls().filter((m) => m === 'chat.postMessage')).toHaveLength(1);
});

test('a firewall that lets nothing out to the files costs a few tries, not the message', async () => {
  world.workspace.fail('upload', { kind: 'status', status: 403, times: 9 });
  const waits: unknown[] = [];
  for (let i = 0; i < 4; i++) waits.push(await deliver(view(bars)));
  expect(waits.map((w) => (w as { after?: number }).after)).toEqual([500, 1000, 2000, 4000]);
  expect(await deliver(view(bars))).toMatchObject({ is: 'done' });
  expect(images()).toEqual([]);
});

test('a 429 on uploads is waited for as long as Slack says; a dead token parks', async () => {
  world.workspace.fail('files.getUploadURLExternal', { kind: 'status', status: 429, retryAfter: 7 });
  expect(await deliver(view(bars))).toMatchObject({ is: 'later', after: 7000 });
  expect(await deliver(view(bars))).toMatchObject({ is: 'later', after: 2000, why: 'files.upload: our own rate' });
  world.workspace.setTokenError('token_revoked');
  expect(await deliver(view(bars))).toMatchObject({ is: 'parked' });
});

test('a message that is refused for another reason stays refused', async () => {
  world.workspace.fail('chat.postMessage', { kind: 'error', error: 'msg_blocks_too_long' });
  expect(await deliver(view(bars))).toMatchObject({ is: 'refused' });
});

const hostile = 'Ωmega Привет <script>&"\u0000 🚀 مرحبا キャッシュ';
const every: readonly Chart[] = [
  { ...bars, rows: [...bars.rows, { label: hostile, value: null, note: hostile }, { label: '', value: 0 }] },
  { ...bars, rows: [] },
  { ...bars, shape: 'distribution', title: hostile, rows: [{ label: hostile, value: 4, tone: 'good' }] },
  {
    ...bars,
    shape: 'distribution',
    rows: Array.from({ length: 11 }, (_, i) => ({ label: String(i), value: i * 1e9 })),
  },
  { shape: 'trend', title: 'T', alt: 'a', points: [], series: [] },
  { shape: 'trend', title: 'T', alt: 'a', points: ['one'], series: [{ name: hostile, values: [-3] }] },
  {
    shape: 'trend',
    title: 'T',
    alt: 'a',
    unit: '%',
    points: Array.from({ length: 40 }, (_, i) => `2026-${i}`),
    series: [
      { name: 'a', values: [0, 0, 0], margins: [{ low: -0.2, high: 0.1 }] },
      { name: 'b', values: [null, 1e12, null] },
    ],
  },
  { shape: 'gauge', title: 'G', alt: 'a', value: 200, from: -100, to: 100, bands: [{ to: 100, tone: 'good' }] },
  { shape: 'gauge', title: 'G', alt: 'a', value: 0, from: 0, to: 0, margin: { low: 0, high: 0 }, bands: [] },
];

test.each(every.map((chart) => [chart.shape, chart] as const))('a %s is drawn, whatever is in it', async (_, chart) => {
  const svg = svgOf(chart);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|<script/);
  const png = await pngOf(svg);
  expect([...png.subarray(1, 4)].map((c) => String.fromCharCode(c)).join('')).toBe('PNG');
  // 1 MB and 1,024 pixels are what clients show without scaling; twice 720 is for sharp screens.
  expect(png.length).toBeLessThan(200_000);
});

test('the words are in the picture, without any font of the machine', async () => {
  const svg = svgOf(bars);
  const worded = await pngOf(svg);
  const bare = await pngOf(svg.replace(/<text.*?<\/text>/g, ''));
  // A renderer that finds no font draws no text and says nothing of it.
  expect(worded.length).toBeGreaterThan(bare.length * 1.3);
});

test('a label that the font can’t write is its number in the table; pictographs are left out', () => {
  const svg = svgOf({
    ...bars,
    rows: [
      { label: 'キャッシュ', value: 1 },
      { label: 'Team 🚀 rocket', value: 2 },
    ],
  });
  expect(svg).toContain('>No. 1<');
  expect(svg).toContain('>Team rocket<');
});

test('a bar below nothing goes to the left of it, between the ends that the chart names', () => {
  const scaled = (value: number) =>
    svgOf({ ...bars, rows: [{ label: 'a', value }], scale: { from: -100, to: 100 } } as Chart);
  // The ground of a row, and the bar on it.
  const boxes = (svg: string) =>
    [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="24"/g)].map(([, x, width]) => ({
      x: Number(x),
      width: Number(width),
    }));
  for (const [value, from, to] of [
    [-50, 0.25, 0.5],
    [50, 0.5, 0.75],
    [-100, 0, 0.5],
    [0, 0.5, 0.5],
  ] as const) {
    const [ground, bar] = boxes(scaled(value));
    if (!ground || !bar) throw new Error('no bar');
    expect((bar.x - ground.x) / ground.width).toBeCloseTo(from, 2);
    expect((bar.x + bar.width - ground.x) / ground.width).toBeCloseTo(to, 2);
  }
  expect(scaled(-50)).toMatch(/>-100<.*>0<.*>100</);
});

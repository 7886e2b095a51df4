import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { vectors } from './vectors.ts';

const run = promisify(execFile);
const child = join(import.meta.dirname, 'vectors-child.ts');

type Got = {
  readonly host: readonly number[];
  readonly series: readonly (readonly { local: string; utc: string; offset: string; shown: string }[])[];
  readonly reminders: readonly { start: string; dayBefore: string }[];
};

/** A host’s own zone, and what it is behind UTC in January and in July: that the process really is there. */
const hosts = [
  ['UTC', [0, 0]],
  ['America/New_York', [300, 240]],
  ['Europe/Rome', [-60, -120]],
  ['Australia/Lord_Howe', [-660, -630]],
  ['Pacific/Chatham', [-825, -765]],
  ['Asia/Kolkata', [-330, -330]],
] as const;

test.each(hosts)('every vector holds on a host in %s', async (zone, behind) => {
  const { PATH = '' } = process.env;
  const { stdout } = await run(process.execPath, [child], { env: { PATH, TZ: zone } });
  const got: Got = JSON.parse(stdout);
  expect(got.host).toEqual(behind);
  expect(vectors.vectors).toHaveLength(30);
  expect(vectors.vectors.map((v, i) => [v.id, got.series[i]])).toEqual(
    vectors.vectors.map((v) => [
      v.id,
      v.occurrences.map((o) => ({ local: o.local, utc: o.utc, offset: o.offset, shown: o.shownLocal ?? o.local })),
    ]),
  );
  expect(got.reminders).toEqual(
    vectors.reminders.map((r) => ({ start: r.startUtc, dayBefore: r.dayBeforeSameWallClockUtc })),
  );
});

test('the vectors hold what they are for', () => {
  const all = vectors.vectors.flatMap((v) => v.occurrences);
  // Times that do not exist, and times that come twice.
  expect(all.filter((o) => o.shownLocal !== undefined).length).toBe(5);
  expect(all.filter((o) => o.secondPassUtc !== undefined).length).toBe(4);
});

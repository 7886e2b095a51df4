import { expect } from 'vitest';
import { writes } from '../../src/cluster/change.ts';
import { diagnose, type Snapshot, type Verdict } from '../../src/core/diagnosis/index.ts';
import { now } from './objects.ts';

/** What buttons change, and what is made anew by hand: a patch of any other kind would be a button without a right. */
const patched: readonly unknown[] = [...writes.patch, 'Job', 'Pod', 'ReplicaSet'];

export function read(objects: readonly unknown[], more: Omit<Snapshot, 'objects'> = {}): readonly Verdict[] {
  const verdicts = diagnose({ objects, ...more }, now);
  for (const fix of verdicts.flatMap((v) => v.fixes))
    if (fix.kind === 'patch' && fix.patch !== undefined) expect(patched).toContain(fix.patch.kind);
  return verdicts;
}

export const words = (v: Verdict): string => v.summary.map((span) => ('text' in span ? span.text : '')).join('');

/** The one verdict about these objects; others would be a symptom told as a cause. */
export function the(objects: readonly unknown[], more: Omit<Snapshot, 'objects'> = {}): Verdict {
  const verdicts = read(objects, more);
  expect(verdicts.map((v) => `${v.code}: ${words(v)}`)).toEqual([expect.anything()]);
  return verdicts[0] as Verdict;
}

/** The commands and patches that are offered. */
export const fixes = (v: Verdict): readonly unknown[] => v.fixes.map((f) => f.command ?? f.patch);

export const codes = (objects: readonly unknown[], more: Omit<Snapshot, 'objects'> = {}): readonly string[] =>
  read(objects, more).map((v) => v.code);

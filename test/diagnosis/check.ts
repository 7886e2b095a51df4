import { expect } from 'vitest';
import { diagnose, type Snapshot, type Verdict } from '../../src/core/diagnosis/index.ts';
import { now } from './objects.ts';

export const read = (objects: readonly unknown[], more: Omit<Snapshot, 'objects'> = {}): readonly Verdict[] =>
  diagnose({ objects, ...more }, now);

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

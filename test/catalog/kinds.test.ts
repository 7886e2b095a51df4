import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asText, kindsFile, makeKinds } from './kinds.ts';

test('the shapes of Kubernetes’ kinds are those of its client', () => {
  const made = asText(makeKinds());
  if (process.env.UPDATE_KINDS) writeFileSync(kindsFile, made);
  expect(readFileSync(kindsFile, 'utf8')).toBe(made);
});

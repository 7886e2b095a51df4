import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kindsFile, makeKinds } from './kinds.ts';

test('the shapes of Kubernetes’ kinds are those of its client', () => {
  const made = makeKinds();
  if (process.env.UPDATE_KINDS) writeFileSync(kindsFile, JSON.stringify(made));
  expect(JSON.parse(readFileSync(kindsFile, 'utf8'))).toEqual(made);
});

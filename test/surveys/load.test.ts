import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { line } from '../../src/catalog/follow.ts';
import { followSurveys } from '../../src/surveys/follow.ts';
import { loadSurveys, readSurvey } from '../../src/surveys/load.ts';

const shipped = join(import.meta.dirname, '../../surveys');
const good = `name: x
title: X
intro: About x.
questions:
  - { key: a, kind: nps, ask: How? }
`;
const lines = (text: string) => {
  const read = readSurvey('x.yaml', text);
  return 'problems' in read ? read.problems.map(line) : [];
};

test('the surveys that ship are right, and DORA’s has the four metrics that the product’s owner named', async () => {
  const loaded = (await loadSurveys(shipped)) ?? [];
  expect(loaded.filter((l) => 'problems' in l)).toEqual([]);
  const named = new Map(loaded.flatMap((l) => ('survey' in l ? [[l.survey.name, l.survey] as const] : [])));
  expect([...named.keys()]).toEqual(['dora', 'golden-path-pulse', 'office-hours-pulse', 'platform']);
  expect(named.get('dora')?.questions.map((q) => q.key)).toEqual(
    expect.arrayContaining([
      'deployment-frequency',
      'lead-time',
      'recovery-time',
      'change-failure-rate',
      'rework-rate',
    ]),
  );
  expect(named.get('golden-path-pulse')?.questions).toHaveLength(2);
});

test('a file that is right is read', () => expect(lines(good)).toEqual([]));

test.each([
  ['a key that is none', good.replace('intro:', 'intr:'), 'x.yaml:3 intr: there is no such key. Write “intro”.'],
  ['a kind that is none', good.replace('kind: nps', 'kind: npz'), 'x.yaml:5 questions[0].kind: Write one of: nps'],
  [
    'a condition on a later question',
    `${good}  - { key: b, kind: nps, ask: B?, askIf: { question: c, is: [x] } }\n`,
    'x.yaml:6 questions[1].askIf: no question before this one has the key “c”',
  ],
  ['a crowd of two', `${good}trust: { k: 2 }\n`, 'x.yaml:6 trust.k: At least 3: fewer people are no crowd.'],
  ['three reminders', `${good}remindAfterDays: [1, 2, 3]\n`, 'x.yaml:6 remindAfterDays: Two reminders at most'],
  ['an audience of nobody', `${good}audience: { personas: [data] }\n`, 'x.yaml:6 audience: It names nobody.'],
  ['another name', good.replace('name: x', 'name: y'), 'x.yaml:1 the name is “y”, and the file is “x”. Give both'],
  [
    'a question asked twice',
    `${good}  - { key: a, kind: nps, ask: Again? }\n`,
    'x.yaml:6 questions[1].key: “a” was used above.',
  ],
  [
    'a measure of another kind',
    `${good}  - { key: b, kind: percent, ask: B?, measure: lead-time }\n`,
    'x.yaml:6 questions[1].measure: measure: lead-time is read from a question of kind duration or choice, with the scores 1 to 6',
  ],
  [
    'a measure that is asked twice',
    `${good}  - { key: b, kind: percent, ask: B?, measure: rework-rate }\n  - { key: c, kind: percent, ask: C?, measure: rework-rate }\n`,
    'x.yaml:6 questions[1].measure: two questions measure rework-rate',
  ],
  [
    'a measure that there is not',
    good.replace('ask: How?', 'ask: How?, measure: joy'),
    'x.yaml:5 questions[0].measure: Write one of: nps, satisfaction,',
  ],
  ['no YAML', 'name: [', 'x.yaml:1 '],
  [
    'a schedule at night',
    `${good}schedule: { start: 2026-01-01, at: '02:30', zone: Europe/Rome, rule: { kind: monthly, nth: 1, weekday: mo } }\n`,
    'x.yaml:6 schedule: What repeats can’t begin at 02:30',
  ],
])('%s is told with its line and what to do', (_, text, says) => {
  expect(lines(text).join('\n')).toContain(says);
});

test('a file that is changed is told to the log once, by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'surveys-'));
  const logged: unknown[] = [];
  const note = (fields: unknown) => void logged.push(fields);
  let look = async (): Promise<void> => {};
  const clock = {
    after(_: number, run: () => unknown) {
      look = async () => void (await run());
      return () => {};
    },
  };
  const told: (readonly string[])[] = [];
  const follower = followSurveys(folder, clock, { info: note, warn: note, error: note }, async (surveys) => {
    told.push(surveys.map((s) => s.title));
  });
  try {
    await writeFile(join(folder, 'x.yaml'), good);
    await follower.start();
    await look();
    expect(logged).toEqual([]);
    await writeFile(join(folder, 'x.yaml'), good.replace('title: X', 'title: Y'));
    await look();
    await look();
    expect(logged).toEqual([{ survey: 'x' }]);
    expect(told).toEqual([['X'], ['Y']]);
  } finally {
    await follower.stop();
    await rm(folder, { recursive: true });
  }
});

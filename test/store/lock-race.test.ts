import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identify } from '../../src/store/liveness.ts';
import { startChild } from './child.ts';
import { scratch } from './scratch.ts';

test('of ten processes that take over a dead lock at once exactly one gets it, ten times out of ten', async () => {
  const root = scratch();
  const racers = Array.from({ length: 10 }, () => startChild('lock'));
  onTestFinished(() => Promise.all(racers.map((racer) => racer.kill())).then(() => {}));
  const hear = () => Promise.all(racers.map((racer) => racer.next()));
  const tell = (line: string) => {
    for (const racer of racers) racer.tell(line);
  };
  expect(new Set(await hear())).toEqual(new Set(['ready']));
  for (let round = 0; round < 10; round++) {
    const folder = join(root, String(round));
    mkdirSync(folder);
    const gone = { ...identify(), pid: 4_194_305, token: 'dead', since: '2026-03-02T10:00:00.000Z' };
    // The last round begins without a lock.
    if (round < 9) writeFileSync(join(folder, 'lock'), `${JSON.stringify(gone)}\n2026-03-02T10:00:00.000Z\n`);
    tell(folder);
    const answers = await hear();
    expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
    for (const answer of answers) {
      if (answer !== 'won') expect(answer).toMatch(/^Another Groundcrew \(process \d+ on /);
    }
    tell('next');
  }
});

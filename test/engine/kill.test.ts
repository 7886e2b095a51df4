import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { recover } from '../support/life.ts';
import type { Orders } from '../support/life-child.ts';
import { openLives } from '../support/lives.ts';

const lives = await openLives();
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await lives.close();
});

describe('kill -9', () => {
  const script = new URL('../support/life-child.ts', import.meta.url);
  const spawn = () => {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(lives.folder, 'compiled') };
    const child = fork(script, { execArgv: [], env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    return { child, ready: once(child, 'message') };
  };

  test('at twenty points: nothing lost, nothing repeated', async () => {
    const kills = 20;
    const { points } = await lives.rehearse();
    // Started ahead of time, two at once: that takes most of the time there is.
    const nursery = Array.from({ length: 2 }, spawn);
    for (let i = 0; i < kills; i++) {
      const { child, ready } = nursery.shift() as ReturnType<typeof spawn>;
      await ready;
      if (i < kills - 2) nursery.push(spawn());
      const { plan, world, file } = await lives.begin(true);
      const answered = join(lives.folder, `answered-${i}`);
      // Not at the very last ones: the number of points differs by a few from life to life.
      const dieAt = 1 + Math.floor((i * points) / kills);
      const exit = once(child, 'exit');
      child.send({ config: lives.database.config, world: file, find: true, plan, dieAt, answered } satisfies Orders);
      const [code, signal] = await exit;
      expect([code, signal], `point ${dieAt} of ${points}`).toEqual([null, 'SIGKILL']);
      const done = existsSync(answered) ? readFileSync(answered, 'utf8').split('\n').filter(Boolean).map(Number) : [];
      await recover(lives.database.pool, world, plan, done);
      expect(await lives.audit(plan, world), `point ${dieAt} of ${points}`).toEqual([]);
    }
  }, 300_000);
});

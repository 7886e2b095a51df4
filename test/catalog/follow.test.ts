import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followCatalog, lookEvery } from '../../src/catalog/follow.ts';
import type { Log } from '../../src/core/kernel/log.ts';
import { virtualClock } from '../support/clock.ts';
import { queue, queueYaml, scratchCatalog } from './scratch.ts';

function listening() {
  const heard: string[] = [];
  const note = (_: object, message: string) => void heard.push(message);
  return { heard, log: { info: note, warn: note, error: note } satisfies Log };
}

async function following(root: string) {
  const clock = virtualClock();
  const { heard, log } = listening();
  const catalog = await followCatalog(root, clock, log);
  /** One look at the folder, to its end. */
  const look = async () => {
    await clock.pass(lookEvery);
    await catalog.settled();
  };
  return { catalog, look, heard, clock };
}

test('a change is taken up when two looks find it the same, in one exchange', async () => {
  const { root, write } = scratchCatalog(queue);
  const { catalog, look, heard, clock } = await following(root);
  const first = catalog.current();
  await look();
  expect(catalog.current()).toBe(first);

  write('queue/path.yaml', queueYaml.replace('Message queue', 'Queue of messages'));
  await look();
  expect(catalog.current()).toBe(first);
  write('queue/README.md', '# Another manual\n');
  await look();
  expect(catalog.current()).toBe(first);
  await look();
  expect(catalog.current().paths[0]).toMatchObject({ title: 'Queue of messages', manual: '# Another manual\n' });
  expect(first.paths[0]?.title).toBe('Message queue');
  expect(heard).toEqual(['catalog read again']);

  await catalog.stop();
  expect(clock.waiting()).toBe(0);
});

test('a path that breaks is broken, one that is removed is gone, and both come back', async () => {
  const { root, write, remove } = scratchCatalog(queue);
  const { catalog, look, heard } = await following(root);
  write('queue/path.yaml', ']');
  await look();
  await look();
  expect(catalog.current()).toMatchObject({ paths: [], broken: [{ name: 'queue' }] });
  expect(heard).toContain('a golden path is broken');
  remove('queue');
  await look();
  await look();
  expect(catalog.current()).toEqual({ paths: [], broken: [] });
  for (const [file, text] of Object.entries(queue)) write(file, text);
  await look();
  await look();
  expect(catalog.current().paths).toHaveLength(1);
  await catalog.stop();
});

test('a checkout that swaps a link is a change', async () => {
  const one = scratchCatalog(queue);
  const two = scratchCatalog({ ...queue, 'queue/path.yaml': queueYaml.replace('version: 1.0.0', 'version: 2.0.0') });
  const home = scratchCatalog();
  const link = join(home.root, 'current');
  symlinkSync(one.root, link);
  const { catalog, look } = await following(link);
  expect(catalog.current().paths[0]?.version).toBe('1.0.0');
  symlinkSync(two.root, `${link}.new`);
  renameSync(`${link}.new`, link);
  await look();
  await look();
  expect(catalog.current().paths[0]?.version).toBe('2.0.0');
  await catalog.stop();
});

test('a folder that is not there yet is looked for', async () => {
  const { root, write } = scratchCatalog();
  const { catalog, look, heard } = await following(join(root, 'later'));
  expect(heard).toEqual(['there is no catalog folder here; nothing can be created until there is one']);
  for (const [file, text] of Object.entries(queue)) write(join('later', file), text);
  await look();
  await look();
  expect(catalog.current().paths).toHaveLength(1);
  await catalog.stop();
});

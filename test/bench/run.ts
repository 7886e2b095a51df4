import { calendar } from './calendar.ts';
import { stopAll } from './ipc.ts';
import { machine } from './measure.ts';
import { reminders } from './reminders.ts';
import { openScene, type Scene } from './scene.ts';
import { memory, starts } from './starts.ts';
import { acks, gaps } from './steady.ts';
import { printed, type Table } from './table.ts';
import { commands, invokes } from './throughput.ts';

/*
 * npm run bench                     all rows
 * npm run bench -- row1 row3        some of them
 *
 * Everything runs on loopback. DATABASE_URL names a Postgres in which the bench may make a database of its own; without
 * it a cluster is started from the system's Postgres, and without that the rows run on PGlite alone.
 */

const rows: Readonly<Record<string, (scene: Scene) => Promise<Table>>> = {
  row1: commands,
  row2: invokes,
  row3: starts,
  row4: memory,
  row5: gaps,
  row6: acks,
  row8: calendar,
  row9: reminders,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(rows, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}. The rows are ${Object.keys(rows).join(', ')}.\n`);
  process.exit(2);
}

const begin = performance.now();
const scene = await openScene();
process.stdout.write(`${machine()}${scene.server ? `, ${scene.server.title}` : ', no Postgres'}\n\n`);
try {
  for (const name of chosen.length > 0 ? chosen : Object.keys(rows))
    process.stdout.write(`${printed(await (rows[name] as (typeof rows)[string])(scene))}\n`);
} finally {
  await stopAll();
  await scene.close();
}
process.stdout.write(`${Math.round((performance.now() - begin) / 1000)} s\n`);

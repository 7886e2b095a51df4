import { alternate, type Measured } from './measure.ts';
import type { Scene } from './scene.ts';
import type { Side } from './servers.ts';
import {
  dataFolder,
  environment,
  help,
  helpSays,
  startBolt,
  startBotbuilder,
  startOnPostgres,
  startOurs,
  triagePress,
  triageSays,
} from './servers.ts';
import type { Line, Table } from './table.ts';

/* Rows 1 and 2: how many requests a second, beside the libraries by themselves. */

const head = ['side', 'connections', 'req/s', 'ratio', 'CPU ms/req', 'database CPU ms/req', 'p50 ms', 'p99 ms'];

/** The first side is what the others are compared with. */
function lines(
  measured: readonly Measured[],
  connections: number,
  aims: readonly (number | undefined)[],
): readonly Line[] {
  const base = measured[0]?.perSecond ?? Number.NaN;
  return measured.map(({ title, perSecond, cpu, databaseCpu, p50, p99 }, i) => {
    const aim = aims[i];
    return {
      cells: [
        title,
        String(connections),
        perSecond,
        i === 0 ? undefined : perSecond / base,
        cpu,
        databaseCpu,
        p50,
        p99,
      ],
      ...(aim === undefined ? {} : { aim: `≥ ${aim}×`, reached: perSecond / base >= aim }),
    };
  });
}

async function answerOf(side: Side, scene: Scene, kind: 'slack' | 'teams'): Promise<string> {
  return scene.answer(side.port, kind === 'slack' ? help : triagePress(scene.world));
}

/** Ours, warmed up: everybody who acts is known, and what runs often is compiled. */
async function warm(scene: Scene, sides: readonly Side[], kind: 'slack' | 'teams'): Promise<void> {
  const target = kind === 'slack' ? help : triagePress(scene.world);
  const expect = kind === 'slack' ? helpSays : triageSays;
  for (const { port } of sides) {
    await scene.load.run({ port, target, expect, connections: 4, ms: 1_500 });
    await scene.load.run({ port, target, expect, connections: 10, ms: 1_500 });
  }
}

/** A signed slash command: verified, deduplicated, authorised, committed, answered. */
export async function commands(scene: Scene): Promise<Table> {
  const { world, load, server } = scene;
  const data = await dataFolder();
  const embedded = await startOurs('ours, PGlite', environment(world, { slack: true, teams: false }, data));
  const external = server && (await startOnPostgres(world, await server.database(), { slack: true, teams: false }));
  const bolt = await startBolt(await answerOf(embedded, scene, 'slack'));
  const sides = [bolt, ...(external ? [external] : []), embedded];
  await warm(scene, sides, 'slack');
  const order = { target: help, expect: helpSays };
  const many = await alternate(load, sides, { ...order, connections: 10, ms: 2_000 }, 5);
  const one = await alternate(load, sides, { ...order, connections: 1, ms: 1_500 }, 3);
  for (const { child } of sides) await child.stop();
  await data.remove();
  const aims = external ? [undefined, 1, 0.6] : [undefined, 0.6];
  return {
    title: `1. A signed slash command over HTTP${server ? ` (${server.title})` : ''}`,
    head,
    lines: [...lines(many, 10, aims), ...lines(one, 1, [])],
  };
}

/** A Teams invoke: token checked, deduplicated, authorised, committed, answered. */
export async function invokes(scene: Scene): Promise<Table> {
  const { world, load, server } = scene;
  const data = await dataFolder();
  const embedded = await startOurs('ours, PGlite', environment(world, { slack: false, teams: true }, data));
  const external = server && (await startOnPostgres(world, await server.database(), { slack: false, teams: true }));
  const botbuilder = await startBotbuilder(world, await answerOf(embedded, scene, 'teams'));
  const sides = [botbuilder, ...(external ? [external] : []), embedded];
  await warm(scene, sides, 'teams');
  const order = { target: triagePress(world), expect: triageSays };
  const many = await alternate(load, sides, { ...order, connections: 10, ms: 2_000 }, 5);
  const one = await alternate(load, sides, { ...order, connections: 1, ms: 1_500 }, 3);
  for (const { child } of sides) await child.stop();
  await data.remove();
  return {
    title: `2. A Teams invoke with its token checked${server ? ` (${server.title})` : ''}`,
    head,
    lines: [...lines(many, 10, external ? [undefined, 2, 2] : [undefined, 2]), ...lines(one, 1, [])],
  };
}

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type SettableClock, settable, systemClock } from './clock.ts';
import { checkContexts, checkNamed, namesOf } from './clusters.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database.ts';
import type { Clock } from './engine/ports.ts';
import { createLog } from './log.ts';

/** How long work under way may take to end. */
const graceMs = 10_000;

export type Groundcrew = {
  /** Where it listens, such as http://127.0.0.1:3000. */
  readonly origin: string;
  readonly playground: boolean;
  /** The kubeconfig of the playground's clusters, and their contexts where there are several. */
  readonly kubeconfig?: string;
  readonly contexts?: readonly string[];
  stop(): Promise<void>;
};

type Options = { clock?: Clock; log?: Logger; onDeath?: (error: Error) => void };

const die = (error: Error): never => {
  throw error;
};
const close = (server: Server): Promise<unknown> =>
  new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });

/** Opens what is outside, wires everything, and sets it going. Rejects with a `Problem` when it cannot. */
export async function startGroundcrew(config: Config, options: Options = {}): Promise<Groundcrew> {
  const { clock: given = systemClock, log = createLog(config.logLevel), onDeath = die } = options;
  const hands = config.playground ? settable(given, join(config.dataDir, 'clock')) : undefined;
  const clock = hands ?? given;
  const undo: (() => unknown)[] = [];
  const undoAll = async () => {
    for (const step of undo.toReversed()) await step();
  };
  let stopping = false;
  try {
    return await start();
  } catch (error) {
    await undoAll();
    throw error;
  }

  async function start(): Promise<Groundcrew> {
    const { clusters } = config.backends;
    if (clusters) await checkContexts(clusters);
    const teamsToken = config.playground ? undefined : await beginTeamsToken();
    // The database comes first, since our own comes up on a thread of its own: the rest is loaded meanwhile.
    const begun = Promise.withResolvers<void>();
    const coming = openDatabase(config, log, { onBegun: begun.resolve, onDeath });
    undo.push(async () => (await coming.catch(() => undefined))?.close());
    // Whoever waits for what comes up early hears of a failure, and nobody does yet.
    coming.catch(() => {});
    await Promise.race([begun.promise, coming]);
    const [{ followCatalog }, { followSettings }, { wire }, { run }, { listen }] = await Promise.all([
      import('./catalog/follow.ts'),
      import('./settings-file.ts'),
      import('./wiring.ts'),
      import('./running.ts'),
      import('./server.ts'),
    ]);
    const reading = followCatalog(config.catalogDir, clock, log);
    undo.push(async () => (await reading).stop());
    const opening = hands ? openPlayground(hands) : undefined;
    undo.push(async () => (await opening?.catch(() => undefined))?.stop());
    for (const early of [reading, opening]) early?.catch(() => {});

    const database = await coming;
    const playground = await opening;
    // Not before the database has taken the folder: it may be another process's.
    await playground?.publish();
    const names = namesOf(playground?.clusters ?? clusters ?? []);
    const settings = followSettings(config.settingsFile, playground?.settings, log, clock, (s) => checkNamed(s, names));
    undo.push(settings.stop);
    await database.bringUp();

    const house = await wire({
      config,
      database,
      settings: settings.current,
      catalog: await reading,
      teamsToken,
      playground,
      stopping: () => stopping,
      clock,
      log,
    });
    const { server, engine, wings, workshop } = house;
    undo.push(workshop.stop);

    await listen(server, config);
    undo.push(() => close(server));
    const { port } = server.address() as AddressInfo;
    const origin = `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`;
    if (playground) house.isAt(origin);
    // An open page keeps a stream open, and with it the server.
    undo.push(() => playground?.hangUp());
    await run({ config, house, clock, log }, (step) => undo.push(step));
    await playground?.connect(origin, engine.offers);
    log.info({ port, platforms: wings.map((w) => w.platform.name), playground: config.playground }, 'ready');

    let stopped: Promise<void> | undefined;
    async function stop(): Promise<void> {
      stopping = true;
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      late.unref();
      await undoAll();
      clearTimeout(late);
    }
    return {
      origin,
      playground: config.playground,
      ...(playground?.kubernetes ? { kubeconfig: playground.kubernetes.kubeconfig } : {}),
      ...(playground?.clusters ? { contexts: playground.clusters.map((c) => c.context) } : {}),
      stop() {
        stopped ??= stop();
        return stopped;
      },
    };
  }

  /** A process of its own takes half a second to get the first token, and no probe says that we are ready without one. */
  async function beginTeamsToken() {
    if (!config.teams) return undefined;
    const { createTokenSource } = await import('./teams/credentials.ts');
    const { appId, tenantId, credentials } = config.teams;
    const token = createTokenSource({ appId, tenantId, ...credentials }, () => clock.now().getTime());
    // Whoever needs it hears why there is none.
    token().catch(() => {});
    return token;
  }

  async function openPlayground(clock: SettableClock) {
    const { createPlayground } = await import('./playground/playground.ts');
    const sign = !config.unauthenticatedTeams;
    const playground = createPlayground({
      clock,
      log,
      sign,
      folder: config.dataDir,
      clusters: config.playgroundClusters ?? [],
      ahead: clock.ahead(),
    });
    const world = await playground.start();
    const { publish, connect, handle, hangUp, stop } = playground;
    return { ...world, publish, connect, handle, hangUp, stop };
  }
}

import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import type { Logger } from 'pino';
import { actionWhenUsed } from './actions/backends.ts';
import { lookUp, readRoster } from './actions/directory.ts';
import { createAddresses } from './addresses.ts';
import { createAnnouncementPages } from './announcement-pages.ts';
import { createCalendars } from './calendars.ts';
import { followCatalog } from './catalog/follow.ts';
import { createManuals } from './catalog/manuals.ts';
import type { Observer } from './cluster/observer.ts';
import type { Config } from './config.ts';
import { staleZones, zoneHealth } from './core/calendar/zone-data.ts';
import { features } from './core/features.ts';
import { rulesOf } from './core/incidents/rules.ts';
import { clusterDiagnose, clusterFix, clusterPreflight, fixGivenUp } from './core/incidents/seen.ts';
import { mailSend } from './core/invitations/mail.ts';
import type { Door } from './core/kernel/index.ts';
import { settingsSchema } from './core/settings.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { createMetrics } from './engine/metrics.ts';
import type { Clock } from './engine/ports.ts';
import { createQueue, postgresBackend, redisBackend } from './engine/queue.ts';
import { createFigures } from './figures.ts';
import { startInviting } from './inviting.ts';
import { createLog } from './log.ts';
import { pages, sendPage } from './pages.ts';
import { checks, createHttpServer, listen, type Route, sendJson } from './server.ts';
import { followSettings } from './settings-file.ts';
import { openDb } from './store/db.ts';
import { createWatches } from './store/incidents.ts';
import { migrate } from './store/migrate.ts';
import { secretNamed } from './store/secret.ts';
import { answerMs, createStore, lacks, openPool, reach } from './store/store.ts';
import { followSurveys } from './surveys/follow.ts';
import { openTrackers } from './trackers.ts';
import { openWings } from './wings.ts';
import { createWorkshop } from './workshop.ts';

/** The real clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** How long work under way may take to end. */
const graceMs = 10_000;

type Postgres = { readonly config: pg.PoolConfig; readonly close: () => Promise<void>; readonly alone: boolean };

/** The Postgres that was named, or our own in a folder. */
async function openPostgres(config: Config, log: Logger, onDeath: (error: Error) => void): Promise<Postgres> {
  if (config.databaseUrl)
    return { config: { connectionString: config.databaseUrl }, close: async () => {}, alone: false };
  const { openEmbedded } = await import('./store/embedded.ts');
  const embedded = await openEmbedded(config.dataDir, { log });
  void embedded.died.then(onDeath);
  return { config: embedded.config, close: () => embedded.close(), alone: true };
}

/** Checks that it can be used, and migrates it. That may take minutes, and wait for another process that does it. */
async function bringUp(config: pg.PoolConfig, idle: (error: Error) => void): Promise<void> {
  const pool = openPool({ ...config, max: 1, connectionTimeoutMillis: 15_000 }, idle);
  try {
    await reach(pool);
    await migrate(pool);
  } finally {
    await pool.end();
  }
}

export type Groundcrew = {
  /** Where it listens, such as http://127.0.0.1:3000. */
  readonly origin: string;
  readonly playground: boolean;
  /** The kubeconfig of the playground's cluster. */
  readonly kubeconfig?: string;
  stop(): Promise<void>;
};

/** Wires everything and starts it. Rejects with a `Problem` when it cannot. */
export async function startGroundcrew(
  config: Config,
  options: { clock?: Clock; log?: Logger; onDeath?: (error: Error) => void } = {},
): Promise<Groundcrew> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLog(config.logLevel);
  const onDeath =
    options.onDeath ??
    ((error: Error) => {
      throw error;
    });
  const metrics = createMetrics();
  const undo: (() => unknown)[] = [];
  const undoAll = async () => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    return await start();
  } catch (error) {
    await undoAll();
    throw error;
  }

  async function start(): Promise<Groundcrew> {
    // Both come up while the database does.
    const reading = followCatalog(config.catalogDir, clock, log);
    undo.push(async () => (await reading).stop());
    const opening = config.playground ? openPlayground() : undefined;
    undo.push(async () => (await opening?.catch(() => undefined))?.stop());
    // Whoever waits for them hears of a failure, and nobody does yet.
    for (const early of [reading, opening]) early?.catch(() => {});

    const postgres = await openPostgres(config, log, onDeath);
    undo.push(postgres.close);
    const playground = await opening;
    // Not before the database has taken the folder: it may be another process's.
    await playground?.publish();
    const settings = followSettings(config.settingsFile, playground?.settings ?? settingsSchema.parse({}), log);
    undo.push(settings.stop);
    const idle = (error: Error) => log.warn({ err: error }, 'an idle database connection was lost');
    // Our own is on this machine, and serves one at a time: there a long wait is no sign of death.
    const within = postgres.alone ? undefined : answerMs;
    await bringUp(postgres.config, idle);
    const pool = openPool(postgres.config, idle, within);
    undo.push(() => pool.end());
    const store = createStore(pool, settings.current);

    const queuePool = config.redisUrl
      ? undefined
      : openPool(
          // Nobody waits for a wake-up: a database that is busy for some seconds is no reason to fail.
          { ...postgres.config, options: '-c search_path=bullmq', connectionTimeoutMillis: 15_000 },
          idle,
          within,
        );
    if (queuePool) undo.push(() => queuePool.end());
    const queue = createQueue(
      queuePool
        ? postgresBackend(queuePool)
        : redisBackend(config.redisUrl as string, (error) => log.warn({ err: error }, 'Redis is away')),
      clock,
      log,
    );

    const workshop = createWorkshop({ config, playground, pool, clock, log });
    const { access } = workshop;
    undo.push(workshop.stop);
    if (postgres.alone) await Promise.all([store.direct.outbox.release(), workshop.releaseAll()]);
    const catalog = await reading;
    const { mail } = config;
    let ownAddress = config.publicUrl;
    const addresses = createAddresses(() => ownAddress, await secretNamed(pool, 'addresses'));
    const manuals = createManuals(catalog.current, {
      base: () => (settings.current().catalog.url === undefined ? ownAddress : undefined),
      team: () => settings.current().name,
    });
    const announcements = createAnnouncementPages({
      read: addresses.read,
      store: store.direct.features.announcements,
      team: () => settings.current().name,
    });
    let engine: Engine | undefined;
    const door = (): Door => {
      if (!engine) throw new Error('the door is not open yet');
      return engine;
    };
    const wings = await openWings({ config, playground, pool, clock, log, metrics, door });
    const platforms = wings.map((w) => w.platform);
    const trackers = openTrackers({
      github: config.github,
      settings: settings.current,
      report: async (inbound) => engine?.report(inbound),
      now: () => clock.now(),
      log,
    });
    engine = createEngine({
      store,
      queue,
      platforms,
      actions: [
        lookUp(platforms),
        readRoster(platforms),
        ...workshop.actions,
        ...(mail ? [actionWhenUsed(mailSend, async () => (await import('./actions/mail.ts')).sendMail(mail))] : []),
        ...trackers.actions,
        actionWhenUsed(clusterDiagnose, async () =>
          (await import('./actions/diagnose.ts')).diagnoseOnDemand({ access, clock, log }),
        ),
        actionWhenUsed(clusterPreflight, async () =>
          (await import('./actions/fix.ts')).preflightFixes({ access, clock, log, words: await openWords() }),
        ),
        actionWhenUsed(
          clusterFix,
          async () => (await import('./actions/fix.ts')).fixInCluster({ access, clock, log }),
          fixGivenUp,
        ),
      ],
      features,
      settings: settings.current,
      catalog: () => manuals.over(workshop.over(catalog.current())),
      address: addresses.of,
      clock,
      log,
      metrics,
    });

    const zones = zoneHealth(staleZones(), process.versions.tz ?? 'of unknown age');
    // Who tries it out is not in one of them, and has nothing to mend.
    for (const warning of zones.degraded ?? []) log[playground ? 'info' : 'warn'](warning);
    const figures = createFigures({
      store: store.direct.features.metrics,
      metrics,
      settings: settings.current,
      now: clock.now,
      log,
    });
    let stopping = false;
    let observer: Observer | undefined;
    const health = () =>
      checks({
        database: async () => {
          await store.ping();
          const degraded = await lacks(pool);
          return { ok: true, ...(degraded.length > 0 ? { degraded } : {}) };
        },
        queue: () => queue.ping().then(() => ({ ok: true })),
        ...Object.fromEntries(platforms.map((p) => [p.name, () => p.health()])),
        zones: async () => zones,
        ...(access ? { cluster: async () => observer?.health() ?? { ok: true } } : {}),
      });
    const routes = new Map<string, Route>([
      ...trackers.routes,
      ...wings.map(
        (w) =>
          [
            w.platform.name === 'slack' ? 'POST /slack/events' : 'POST /api/messages',
            (req, res) => w.handle(req, res),
          ] as const satisfies readonly [string, Route],
      ),
      // The playground has a front page of its own.
      ...pages
        .filter((page) => page !== '/' || !playground)
        .map(
          (page) =>
            [
              `GET ${page}`,
              async (_, res) => sendPage(res, page, settings.current().name),
            ] as const satisfies readonly [string, Route],
        ),
      ['GET /healthz', async (_, res) => sendJson(res, 200, { ok: true })],
      [
        'GET /readyz',
        async (_, res) => {
          const parts = await health();
          // One platform that is away must not take the other one from its users; the outbox outlives the queue.
          const ok = !stopping && parts.database?.ok === true && platforms.some((p) => parts[p.name]?.ok);
          sendJson(res, ok ? 200 : 503, { ok, ...(stopping ? { stopping } : {}), parts });
        },
      ],
      [
        'GET /metrics',
        async (_, res) => {
          await figures();
          const text = await metrics.registry.metrics();
          res.writeHead(200, { 'content-type': metrics.registry.contentType });
          res.end(text);
        },
      ],
    ]);
    const calendars = createCalendars({
      read: addresses.read,
      store: () => store.direct.features.invitations,
      team: () => settings.current().name,
      now: () => clock.now(),
    });
    const server = createHttpServer({
      routes,
      log,
      async otherwise(req, res) {
        for (const wing of wings) if (await wing.pages?.(req, res)) return true;
        for (const handle of [announcements, calendars.handle, manuals.handle]) if (await handle(req, res)) return true;
        return (await playground?.handle(req, res)) === true;
      },
    });
    await listen(server, config);
    undo.push(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeIdleConnections();
        }),
    );
    const { port } = server.address() as AddressInfo;
    const origin = `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`;
    // Others than this machine reach us only where they were told how.
    if (playground) ownAddress ??= origin;

    // An open page keeps a stream open, and with it the server.
    undo.push(() => playground?.hangUp());
    await engine.start();
    undo.push(() => engine?.stop());
    for (const wing of wings) {
      await wing.start();
      undo.push(() => wing.stop());
    }
    if (mail) {
      const inviting = startInviting({
        from: mail.from,
        owing: (now) => store.direct.features.invitations.owing(now),
        report: engine.report,
        clock,
        log,
      });
      undo.push(inviting.stop);
    }
    const runner = workshop.openRunner(engine.report);
    undo.push(() => runner.stop());
    if (access) {
      const [{ createObserver }, { watchingLook }] = await Promise.all([
        import('./cluster/observer.ts'),
        import('./cluster/watching.ts'),
      ]);
      const doctorRules = () => rulesOf(settings.current());
      observer = createObserver({
        looking: () => watchingLook({ access, rules: doctorRules, clock, random: Math.random, log }),
        rules: doctorRules,
        watches: createWatches(openDb(pool)),
        report: engine.report,
        clock,
        log,
        holder: crypto.randomUUID(),
      });
      observer.start();
      undo.push(() => observer?.stop());
    }
    await engine.report({
      kind: 'observed',
      what: 'started',
      input: {},
      at: clock.now(),
      delivery: `started/${crypto.randomUUID()}`,
    });
    const surveys = followSurveys(config.surveysDir, clock, log, (read) => {
      const input = JSON.parse(JSON.stringify({ surveys: read }));
      const delivery = `surveys.read/${crypto.randomUUID()}`;
      return (engine as Engine).report({ kind: 'observed', what: 'surveys.read', input, at: clock.now(), delivery });
    });
    undo.push(surveys.stop);
    await surveys.start();
    await playground?.connect(origin, engine.offers);
    log.info({ port, platforms: platforms.map((p) => p.name), playground: config.playground }, 'ready');

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
      stop() {
        stopped ??= stop();
        return stopped;
      },
    };
  }

  async function openWords() {
    if (config.model === undefined) return undefined;
    return (await import('./actions/words.ts')).createWords({ config: config.model, clock, log });
  }

  async function openPlayground() {
    const { createPlayground } = await import('./playground/playground.ts');
    const playground = createPlayground({ clock, log, sign: !config.unauthenticatedTeams, folder: config.dataDir });
    const world = await playground.start();
    const { publish, connect, handle, hangUp, stop } = playground;
    return { ...world, publish, connect, handle, hangUp, stop };
  }
}

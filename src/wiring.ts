import type { Logger } from 'pino';
import { actionWhenUsed } from './actions/backends.ts';
import { askQuiet, gatherCrowd, lookUp, readRoster } from './actions/directory.ts';
import { createAddresses } from './addresses.ts';
import { createAnnouncementPages } from './announcement-pages.ts';
import { createCalendars } from './calendars.ts';
import type { followCatalog } from './catalog/follow.ts';
import { createManuals } from './catalog/manuals.ts';
import { namesOf } from './clusters.ts';
import type { Config } from './config.ts';
import { staleZones, zoneHealth } from './core/calendar/zone-data.ts';
import { features } from './core/features.ts';
import { mailSend } from './core/invitations/mail.ts';
import type { Door } from './core/kernel/index.ts';
import type { Settings } from './core/settings.ts';
import { type Database, openQueueBackend } from './database.ts';
import { createDoctor } from './doctor.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { createMetrics } from './engine/metrics.ts';
import type { Clock } from './engine/ports.ts';
import { createQueue } from './engine/queue.ts';
import { createFigures } from './figures.ts';
import { createRoutes } from './routes.ts';
import { createHttpServer } from './server.ts';
import { lacks } from './store/pool.ts';
import { secretNamed } from './store/secret.ts';
import { createStore } from './store/store.ts';
import type { TokenSource } from './teams/credentials.ts';
import { openTrackers } from './trackers.ts';
import { openWings, type World } from './wings.ts';
import { createWorkshop } from './workshop.ts';

export type Parts = {
  readonly config: Config;
  /** Brought up. */
  readonly database: Database;
  readonly settings: () => Settings;
  readonly catalog: Awaited<ReturnType<typeof followCatalog>>;
  readonly teamsToken: TokenSource | undefined;
  readonly playground:
    | (World & { readonly handle: Parameters<typeof createRoutes>[0]['otherwise'][number] })
    | undefined;
  readonly stopping: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
};
export type House = Awaited<ReturnType<typeof wire>>;

/**
 * What arrives has connections of its own. It waits for nobody else's then, and finds its plans where it left them: a new
 * connection makes them anew, which takes ten milliseconds, and thirty with the embedded database.
 */
const atTheDoor = { min: 2, max: 8 };

/** Makes every part and shows each to those that need it. Nothing runs yet: `running.ts` sets it going. */
export async function wire(parts: Parts) {
  const { config, database, settings, catalog, teamsToken, playground, stopping, clock, log } = parts;
  const { mail, github } = config;
  const team = () => settings().name;
  const now = () => clock.now();
  const metrics = createMetrics();

  const pool = database.pool();
  const names = namesOf(playground?.clusters ?? config.backends.clusters ?? []);
  const store = createStore(pool, settings, names, { door: database.pool(atTheDoor) });
  const queue = createQueue(await openQueueBackend(config, database, log), clock, log);
  const workshop = createWorkshop({ config, playground, pool, stopping, clock, log });
  if (database.alone) await Promise.all([store.direct.outbox.release(), workshop.releaseAll()]);
  const doctor = createDoctor({
    clusters: workshop.clusters,
    model: config.model,
    settings,
    pool,
    clock,
    log,
    metrics,
  });

  let ownAddress = config.publicUrl;
  const addresses = createAddresses(() => ownAddress, await secretNamed(pool, 'addresses'));
  const manuals = createManuals(catalog.current, {
    base: () => (settings().catalog.url === undefined ? ownAddress : undefined),
    team,
  });

  // The wings call the engine, which calls them.
  let engine: Engine | undefined;
  const door = (): Door => {
    if (!engine) throw new Error('the door is not open yet');
    return engine;
  };
  const wings = await openWings({ config, teamsToken, playground, pool, clock, log, metrics, door });
  const platforms = wings.map((w) => w.platform);
  const trackers = openTrackers({
    github,
    settings,
    report: async (inbound) => engine?.report(inbound),
    now,
    log,
  });
  engine = createEngine({
    store,
    queue,
    platforms,
    actions: [
      lookUp(platforms),
      readRoster(platforms),
      gatherCrowd(platforms),
      askQuiet(platforms),
      ...workshop.actions,
      ...(mail ? [actionWhenUsed(mailSend, async () => (await import('./actions/mail.ts')).sendMail(mail))] : []),
      ...trackers.actions,
      ...doctor.actions,
    ],
    features,
    settings,
    catalog: () => manuals.over(workshop.over(catalog.current())),
    address: addresses.of,
    clock,
    log,
    metrics,
  });

  const zones = zoneHealth(staleZones(), process.versions.tz ?? 'of unknown age');
  // Who tries it out is not in one of them, and has nothing to mend.
  for (const warning of zones.degraded ?? []) log[playground ? 'info' : 'warn'](warning);
  const { features: stores } = store.direct;
  const server = createHttpServer({
    log,
    ...createRoutes({
      clock,
      log,
      wings,
      checked: {
        database: async () => {
          await store.ping();
          const degraded = await lacks(pool);
          return { ok: true, ...(degraded.length > 0 ? { degraded } : {}) };
        },
        queue: () => queue.ping().then(() => ({ ok: true })),
        zones: async () => zones,
        ...doctor.checked,
      },
      stopping,
      metrics,
      figures: createFigures({ store: stores.metrics, metrics, settings, now, log }),
      team,
      frontPage: playground === undefined,
      more: trackers.routes,
      otherwise: [
        createAnnouncementPages({ read: addresses.read, store: stores.announcements, team }),
        createCalendars({ read: addresses.read, store: stores.invitations, team, now }).handle,
        manuals.handle,
        ...(playground ? [playground.handle] : []),
      ],
    }),
  });
  return {
    server,
    engine,
    wings,
    workshop,
    doctor,
    invitations: stores.invitations,
    /** Others than this machine reach us only where they were told how. */
    isAt(origin: string): void {
      ownAddress ??= origin;
    },
  };
}

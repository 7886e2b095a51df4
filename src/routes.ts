import type { Health } from './core/kernel/index.ts';
import type { Log } from './core/kernel/log.ts';
import type { Metrics } from './engine/metrics.ts';
import type { Clock } from './engine/ports.ts';
import { pages, sendPage } from './pages.ts';
import { checks, type Route, type ServerOptions, sendJson } from './server.ts';
import type { Wing } from './wings.ts';

type Named = readonly [string, Route];
type Checks = Parameters<typeof checks>[1];
type Handle = NonNullable<ServerOptions['otherwise']>;

type Parts = {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly wings: readonly Wing[];
  /** What is looked at for `/readyz`, beside the platforms. */
  readonly checked: Checks & { readonly database: Checks[string] };
  readonly stopping: () => boolean;
  readonly metrics: Metrics;
  /** Brings the platform’s own numbers up to date. */
  readonly figures: () => Promise<void>;
  readonly team: () => string;
  /** Whether we have one: the playground has its own. */
  readonly frontPage: boolean;
  /** Routes of others. */
  readonly more: readonly Named[];
  /** Asked in turn for what is at no exact path. */
  readonly otherwise: readonly Handle[];
};

/** Tells the log when a part stops working, such as by a token that is wrong from the start, and when it works again. */
function tellsOf(log: Parts['log']): (health: Readonly<Record<string, Health>>) => void {
  const told = new Map<string, string>();
  return (health) => {
    for (const [part, { ok, why = '' }] of Object.entries(health)) {
      const before = told.get(part);
      if (ok && before !== undefined) log.info({ part }, 'works again');
      else if (!ok && before !== why) log.warn({ part, why }, 'does not work');
      if (ok) told.delete(part);
      else told.set(part, why);
    }
  };
}

const doors = { slack: 'POST /slack/events', teams: 'POST /api/messages' } as const;

/** Everything that our one listener answers. */
export function createRoutes(given: Parts): Pick<ServerOptions, 'routes' | 'otherwise'> {
  const { clock, wings, checked, stopping, metrics, figures, team, frontPage, more } = given;
  const platforms = wings.map((w) => w.platform);
  const tell = tellsOf(given.log);

  const ready: Route = async (_, res) => {
    const health = await checks(clock, {
      ...checked,
      ...Object.fromEntries(platforms.map((p) => [p.name, () => p.health()])),
    });
    tell(health);
    // One platform that is away must not take the other one from its users; the outbox outlives the queue.
    const ok = !stopping() && health.database?.ok === true && platforms.some((p) => health[p.name]?.ok);
    sendJson(res, ok ? 200 : 503, { ok, ...(stopping() ? { stopping: true } : {}), parts: health });
  };
  const numbers: Route = async (_, res) => {
    await figures();
    const text = await metrics.registry.metrics();
    res.writeHead(200, { 'content-type': metrics.registry.contentType });
    res.end(text);
  };

  const handles = [...wings.flatMap((w) => (w.pages ? [w.pages] : [])), ...given.otherwise];
  return {
    routes: new Map<string, Route>([
      ...more,
      ...wings.map((w): Named => [doors[w.platform.name], (req, res) => w.handle(req, res)]),
      ...pages
        .filter((page) => page !== '/' || frontPage)
        .map((page): Named => [`GET ${page}`, async (_, res) => sendPage(res, page, team())]),
      ['GET /healthz', async (_, res) => sendJson(res, 200, { ok: true })],
      ['GET /readyz', ready],
      ['GET /metrics', numbers],
    ]),
    async otherwise(req, res) {
      for (const handle of handles) if (await handle(req, res)) return true;
      return false;
    },
  };
}

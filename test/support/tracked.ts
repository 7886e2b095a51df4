import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Settings } from '../../src/core/settings.ts';
import { createHttpServer } from '../../src/server.ts';
import { openTrackers } from '../../src/trackers.ts';
import type { TestDatabase } from './database.ts';
import type { Hook } from './github.ts';
import { openHouse, quiet } from './house.ts';

/** What the GitHub of these tests is sent: its repository, a token that it takes, the secret of its webhooks. */
export const at = { repository: 'acme/platform', token: 'ghp_right', secret: 'it is a secret' } as const;

/** The bot with a GitHub beside it, and the listener that GitHub’s webhooks are sent to. */
export async function openTracked(
  database: TestDatabase,
  { apiUrl, settings, token = at.token }: { apiUrl: string; settings: Settings; token?: string },
) {
  const trackers = openTrackers({
    github: { token, webhookSecret: at.secret, apiUrl },
    settings: () => settings,
    report: (inbound) => house.engine.report(inbound),
    now: () => house.clock.now(),
    log: quiet,
  });
  const house = openHouse(database, { settings: () => settings, actions: trackers.actions });
  const server = createHttpServer({ routes: new Map(trackers.routes), log: quiet as never });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return {
    house,
    send: async ({ body, headers }: Hook): Promise<number> => {
      const answer = await fetch(`http://127.0.0.1:${port}/github/events`, { method: 'POST', body, headers });
      await answer.text();
      await house.work();
      return answer.status;
    },
  };
}

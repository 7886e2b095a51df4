import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from './config.ts';
import { pullsAction } from './core/announcements/pull.ts';
import type { Action, Inbound } from './core/kernel/index.ts';
import type { Log } from './core/kernel/log.ts';
import type { Tracker } from './core/roadmap/tracker.ts';
import type { Settings } from './core/settings.ts';
import { type Route, sendJson } from './server.ts';

const publicApi = 'https://api.github.com';
/** GitHub’s own limit is far above what an event of an issue ever is. */
const bodyMost = 2_000_000;

async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bodyMost) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const header = (req: IncomingMessage, name: string): string | undefined => {
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
};

type Parts = {
  readonly github: Config['github'];
  readonly settings: () => Settings;
  readonly report: (inbound: Inbound) => Promise<void>;
  readonly now: () => Date;
  readonly log: Log;
};

/** Where the work on the roadmap is tracked: what brings issues to where their items are, and what hears of them. */
export function openTrackers({ github, settings, report, now, log }: Parts) {
  const labels = () => settings().roadmap.github?.labels ?? {};

  const access = () => (github?.token ? { apiUrl: github.apiUrl ?? publicApi, token: github.token } : undefined);

  /** Read for each order, so that the settings may change while we run. */
  async function trackers(): Promise<readonly Tracker[]> {
    const named = settings().roadmap.github;
    const known = access();
    if (!known || !named) return [];
    const { githubTracker } = await import('./actions/tracker/github.ts');
    return [githubTracker({ ...known, repository: named.repository }, labels())];
  }
  const sync: Action = {
    name: 'tracker.sync',
    run: async (input, key) => {
      const { syncIssues } = await import('./actions/tracker/action.ts');
      return syncIssues(await trackers()).run(input, key);
    },
  };

  const changed: Action = {
    name: 'tracker.changed',
    run: async (input, key) => {
      const { changedIssues } = await import('./actions/tracker/action.ts');
      return changedIssues(await trackers()).run(input, key);
    },
  };

  const pulls: Action = {
    name: pullsAction,
    run: async (input, key) => {
      const { lookForPulls } = await import('./actions/tracker/pulls.ts');
      return lookForPulls(access).run(input, key);
    },
  };

  async function hear(req: IncomingMessage, res: ServerResponse, secret: string): Promise<void> {
    const body = await readBody(req);
    if (body === undefined) return sendJson(res, 413, { error: 'This is larger than any event of an issue.' });
    const { isSigned, readHook } = await import('./actions/tracker/github-hook.ts');
    if (!isSigned(body, header(req, 'x-hub-signature-256'), secret)) {
      log.warn({}, 'a webhook of GitHub was refused: it is not signed with our secret');
      return sendJson(res, 401, { error: 'The signature is not that of GITHUB_WEBHOOK_SECRET.' });
    }
    const event = { event: header(req, 'x-github-event'), delivery: header(req, 'x-github-delivery') };
    const read = readHook(body, event, labels(), now());
    if (read.is === 'malformed') return sendJson(res, 400, { error: 'This is not an event that GitHub sends.' });
    if (read.is === 'inbound') {
      try {
        await report(read.inbound);
      } catch (err) {
        log.error({ delivery: read.inbound.delivery, err }, 'a webhook of GitHub could not be carried out');
        // Shown as failed there, so that somebody can have it delivered again.
        return sendJson(res, 503, { error: 'This could not be done now. Deliver it again.' });
      }
    }
    sendJson(res, 200, { ok: true });
  }

  const secret = github?.webhookSecret;
  const routes: readonly (readonly [string, Route])[] = secret
    ? [['POST /github/events', (req, res) => hear(req, res, secret)]]
    : [];
  return { actions: [sync, changed, pulls], routes };
}

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { feedCalendar, type Method, singleCalendar } from './core/calendar/ics.ts';
import { zoneLines } from './core/calendar/ics-zone.ts';
import { repeated, single } from './core/invitations/events.ts';
import type { InvitationStore, Scope } from './core/invitations/store.ts';

/* What calendars read of us: subscriptions, and files of single sessions. Each address carries our signature. */

export type CalendarsOptions = {
  /** The path of a request for an address that we made. */
  readonly read: (url: string) => string | undefined;
  readonly store: InvitationStore;
  readonly team: () => string;
  readonly now: () => Date;
};

/** A subscription shows what was lately, too: a calendar forgets what is not in it any more. */
const pastMs = 60 * 86_400_000;

type Body = { readonly ics: string; readonly method: Method; readonly file?: string };

export function createCalendars({ read, store, team, now }: CalendarsOptions) {
  async function feed(token: string): Promise<Body | undefined> {
    const scope = await store.opened(token, now());
    const ics = scope && (await feedOf(scope));
    return ics === undefined ? undefined : { ics, method: 'PUBLISH' };
  }

  async function feedOf({ person, series }: Scope): Promise<string | undefined> {
    const since = new Date(now().getTime() - pastMs);
    if (series === undefined) {
      const entries = await store.agenda(person, since);
      return feedCalendar(`${team()}: my sessions`, { singles: entries.map((e) => single(e)) }, now());
    }
    const course = await store.course(series);
    if (!course) return undefined;
    if (zoneLines(course.schedule.zone, now()))
      return feedCalendar(course.title, { series: [repeated(course)] }, now());
    const entries = await store.sessionsOf(series, since);
    return feedCalendar(course.title, { singles: entries.map((e) => single(e)) }, now());
  }

  async function session(number: string, slot: string | undefined): Promise<Body | undefined> {
    const entry = await store.entry(Number(number), slot === undefined ? undefined : Number(slot));
    return entry && { ics: singleCalendar('PUBLISH', single(entry), now()), method: 'PUBLISH', file: 'session.ics' };
  }

  async function find(path: string): Promise<Body | undefined> {
    const [, token] = /^\/calendar\/feed\/([0-9a-f-]{36})\.ics$/.exec(path) ?? [];
    if (token !== undefined) return feed(token);
    const [, number, slot] = /^\/calendar\/session\/(\d{1,9})(?:\/(\d{1,3}))?\.ics$/.exec(path) ?? [];
    return number === undefined ? undefined : session(number, slot);
  }

  return {
    /** Answers when the address carries our signature. */
    async handle(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
      const path = req.method === 'GET' || req.method === 'HEAD' ? read(req.url ?? '') : undefined;
      if (!path?.startsWith('/calendar/')) return false;
      const body = await find(path);
      if (!body) {
        // A calendar that hears this stops asking.
        res.writeHead(410, { 'content-type': 'text/plain; charset=utf-8' });
        res.end('This address does not work any more: it was stopped, or the session does not take place.\n');
        return true;
      }
      // When it was written is new each time; what it says may not be.
      const said = body.ics.replaceAll(/^DTSTAMP:.*$/gm, '');
      const etag = `"${createHash('sha256').update(said).digest('base64url').slice(0, 27)}"`;
      const head = { etag, 'cache-control': 'private, max-age=300', 'referrer-policy': 'no-referrer' };
      if (req.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
        res.writeHead(304, head);
        res.end();
        return true;
      }
      res.writeHead(200, {
        ...head,
        'content-type': `text/calendar; charset=utf-8; method=${body.method}`,
        'content-length': Buffer.byteLength(body.ics),
        'x-content-type-options': 'nosniff',
        ...(body.file ? { 'content-disposition': `attachment; filename="${body.file}"` } : {}),
      });
      res.end(req.method === 'HEAD' ? undefined : body.ics);
      return true;
    },
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { kindNames } from './core/announcements/rules.ts';
import type { Announcement, AnnouncementStore } from './core/announcements/store.ts';
import { safeUrl } from './core/kernel/text.ts';

const escaped = (words: string): string =>
  words.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`).replaceAll('\n', '<br>');
const paragraph = (words: string | undefined): string => (words ? `<p>${escaped(words)}</p>` : '');

/** Read by anybody, in any zone. */
const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
const moment = (at: string, off: boolean | undefined): string =>
  `<time datetime="${escaped(at)}">${moments.format(new Date(at))} UTC</time>${off ? ': does not take place' : ''}`;

function page(a: Announcement, team: string): string {
  const { kind, title, text, details, entries = [], link, picture, event } = a.content;
  const gone = a.state === 'retracted';
  const heading = escaped(gone ? `Taken back: ${title}` : `${kindNames[kind]}: ${title}`);
  const url = link === undefined || gone ? undefined : safeUrl(link);
  // The page loads nothing from anywhere.
  const shown = picture === undefined || gone ? undefined : safeUrl(picture.url);
  const list = gone
    ? []
    : entries.map(
        (e) =>
          `<li><strong>${kindNames[e.kind]}</strong> ${escaped(e.text)}${e.at === undefined ? '' : `, ${moment(e.at, e.off)}`}</li>`,
      );
  const when = event ? `<p>${moment(event.startsAt, event.state === 'skipped')}</p>` : '';
  const body = gone ? paragraph(a.why) : `${paragraph(text)}${when}${paragraph(details)}`;
  const shows = gone ? [] : (event?.agenda ?? []).map((item) => `<li>${escaped(item.title)}</li>`);
  const day = a.posted?.toISOString().slice(0, 10) ?? '';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${heading}</title>
<style>body{font:1.05rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}footer{margin-top:3rem;opacity:.7}</style>
<main><h1>${heading}</h1>${body}${list.length + shows.length > 0 ? `<ul>${list.join('')}${shows.join('')}</ul>` : ''}${
    picture === undefined || shown === undefined
      ? ''
      : `<p><a href="${escaped(shown)}" rel="noreferrer">Picture: ${escaped(picture.alt)}</a></p>`
  }${
    url === undefined ? '' : `<p><a href="${escaped(url)}" rel="noreferrer">Read more</a></p>`
  }</main><footer>${day}. ${escaped(team)}.</footer></html>`;
}

/** What looks at links on behalf of others, before anybody has read them: it is led on, and not counted. */
const machine = /bot\b|crawl|spider|preview|scan|safelinks|unfurl|curl|wget/i;

/** The pages of announcements, and the links that lead on from them. `read` gives the path of an address that we signed. */
export function createAnnouncementPages(options: {
  readonly read: (url: string) => string | undefined;
  readonly store: Pick<AnnouncementStore, 'look' | 'followed'>;
  readonly team: () => string;
}) {
  /** Answers when it is one of these addresses. */
  return async function handle(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    if (req.method !== 'GET' && req.method !== 'HEAD') return false;
    const found = /^\/announcements\/(\d{1,9})(\/go)?$/.exec(options.read(req.url ?? '') ?? '');
    if (!found) return false;
    const a = await options.store.look(Number(found[1]));
    if (!a?.posted) return false;
    const url = found[2] ? safeUrl(a.content.link ?? '') : undefined;
    if (url !== undefined && a.state === 'posted') {
      if (req.method === 'GET' && !machine.test(req.headers['user-agent'] ?? ''))
        await options.store.followed(a.number);
      res.writeHead(302, { location: url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      res.end();
      return true;
    }
    const body = page(a, options.team());
    res.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    res.end(req.method === 'HEAD' ? undefined : body);
    return true;
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createAssets, libraryFile } from '../assets.ts';
import { accountId, clean, type Door, type Inbound, type Origin, type PersonalInbound } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { answerFor } from './answer.ts';
import { parse, readBody, write } from './body.ts';
import { readForm } from './form-input.ts';
import { writeOrigin } from './origin.ts';
import type { SsoChecker } from './sso.ts';

/*
 * The personal tab: a page of ours that Teams shows in a frame. Teams gives it a token for whoever looks at it; with that it
 * asks for the home page, and sends what is pressed. Both go through the same door as everything, and are drawn as the same
 * cards as in the chat.
 */

type TabParts = {
  readonly check: SsoChecker;
  readonly tenantId: string;
  readonly clock: { now(): Date };
  readonly log: Log;
  readonly door: () => Door;
};

/** Who may show the page in a frame: Teams, and the playground, which is this same listener. */
const frames = "'self' https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft";
const security = {
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self' https://res.cdn.office.net; base-uri 'none'; form-action 'none'; frame-ancestors ${frames}`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The page's own files, and those of the playground's page, which draws Adaptive Cards as Teams does. */
const files = /^(?:teams\/tab|playground\/page(?:\/teams)?)\/[a-z-]+\.(?:ts|css)$/;
function fileOf(path: string): string | undefined {
  if (path === '/tabs/home') return fileURLToPath(new URL('./tab/index.html', import.meta.url));
  const library = /^\/tabs\/lib\/([a-z-]+\.js)$/.exec(path)?.[1];
  if (library !== undefined) return libraryFile(library);
  const name = path.startsWith('/tabs/src/') ? path.slice('/tabs/src/'.length) : '';
  return files.test(name) ? fileURLToPath(new URL(`../${name}`, import.meta.url)) : undefined;
}

const text = z.string().max(4000);
/** What the page sends. `id` is made anew for each: the same twice is done once. */
const sent = z
  .discriminatedUnion('did', [
    z.object({ did: z.literal('open') }),
    z.object({
      did: z.literal('press'),
      verb: z.string().max(200).optional(),
      data: z.record(z.string(), z.unknown()),
    }),
    z.object({ did: z.literal('search'), dataset: z.string().min(1).max(200), text }),
  ])
  .and(z.object({ id: z.uuid() }));
type Sent = z.output<typeof sent>;

type About = PersonalInbound extends infer I
  ? I extends PersonalInbound
    ? Omit<I, 'delivery' | 'at' | 'account' | 'place' | 'hints' | 'origin'>
    : never
  : never;

const pressOf = (name: string, value: unknown) => ({
  kind: 'press' as const,
  press: { name: clean(name), value: typeof value === 'string' ? clean(value) : '' },
});
/** A button or a form of a card; undefined when it is not ours. */
function aboutPress({ verb, data }: Extract<Sent, { did: 'press' }>, tenant: string): About | undefined {
  const form = readForm(data, tenant);
  if (form) return form;
  if (verb) return pressOf(verb, data.value);
  return typeof data.press === 'string' && data.press !== ''
    ? pressOf(data.press.slice(0, 200), data.value)
    : undefined;
}

export function createTab({ check, tenantId, clock, log, door }: TabParts) {
  const assets = createAssets(fileOf);
  const underWay = new Set<Promise<unknown>>();

  async function file(path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const asset = await assets(path);
    if (!asset) return write(res, 404, { error: 'There is nothing here.' });
    // Checked every time, so that an open page never mixes two versions.
    const headers = { etag: asset.tag, 'cache-control': 'no-cache', 'content-type': asset.type };
    const same = req.headers['if-none-match'] === asset.tag;
    res.writeHead(same ? 304 : 200, headers).end(same ? undefined : asset.body);
  }

  async function act(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // Browsers send other types across origins without asking.
    if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
      return write(res, 415, { error: 'What the page sends is application/json.' });
    const who = await check.check(req.headers.authorization);
    if (!who.ok) {
      log.warn({ reason: who.reason, status: who.status }, 'a request of the tab was refused');
      return write(res, who.status, { error: who.message, reason: who.reason });
    }
    const raw = await readBody(req);
    if (raw === undefined) return write(res, 413, { error: 'This is larger than 1 MB.' }, { connection: 'close' });
    const body = sent.safeParse(parse(raw)?.json);
    if (!body.success) return write(res, 400, { error: 'The page sent what can’t be read. Open the tab again.' });
    const account = accountId('teams', tenantId, who.person);
    const { id } = body.data;
    const origin: Origin = writeOrigin({
      platform: 'teams',
      via: 'tab',
      serviceUrl: '',
      tenant: tenantId,
      conversation: '',
      scope: 'personal',
      where: 'the tab',
      account,
      user: '',
      bot: '',
    });
    const inbound = (about: About) =>
      ({
        ...about,
        delivery: `teams/tab/${who.person}/${id}`,
        at: clock.now(),
        account,
        hints: who.name ? { name: clean(who.name) } : {},
        origin,
      }) as PersonalInbound;
    if (body.data.did === 'search') {
      const asked = inbound({ kind: 'search', source: clean(body.data.dataset), query: clean(body.data.text) });
      const options = await door().search(asked as Extract<Inbound, { kind: 'search' }>);
      return write(res, 200, { choices: options.slice(0, 15).map(({ label, value }) => ({ title: label, value })) });
    }
    const about: About | undefined =
      body.data.did === 'open' ? { kind: 'home', here: true } : aboutPress(body.data, tenantId);
    if (!about) return write(res, 400, { error: 'This button isn’t one of this bot. Open the tab again.' });
    const made = await door().dispatch(inbound(about));
    const answered = answerFor(made.inbound, made);
    const gone = res.destroyed;
    write(res, answered.status, answered.body);
    await door().settle(made, gone ? [] : answered.taken);
  }

  async function serve(path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(security)) res.setHeader(name, value);
    if (path === '/tabs/act' && req.method === 'POST') return act(req, res);
    if (path === '/tabs/act' || (req.method !== 'GET' && req.method !== 'HEAD'))
      return write(
        res,
        405,
        { error: 'This path takes another method.' },
        { allow: path === '/tabs/act' ? 'POST' : 'GET' },
      );
    return file(path, req, res);
  }

  return {
    /** False when the path is not the tab's. */
    async handle(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
      const path = (req.url ?? '/').split('?', 1)[0] as string;
      if (!path.startsWith('/tabs/')) return false;
      const work = serve(path, req, res)
        .catch((err: unknown) => {
          if (!req.complete) return log.info({ err }, 'a request of the tab was cut off');
          log.error({ err }, 'a request of the tab failed');
          if (!res.headersSent) write(res, 503, { error: 'This went wrong here. Try again.' }, { 'retry-after': '5' });
        })
        .finally(() => underWay.delete(work));
      underWay.add(work);
      await work;
      return true;
    },
    keys: check.keys,
    async stop(): Promise<void> {
      await Promise.all(underWay);
    },
  };
}

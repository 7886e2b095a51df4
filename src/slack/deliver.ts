import { z } from 'zod';
import {
  type Delivered,
  type Draw,
  draw,
  type Names,
  type Outgoing,
  type Platform,
  Problem,
  partsOf,
  placeId,
  type View,
} from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { deliveredBy, type Fault, meaningOf } from './errors.ts';
import type { Limiter, Want } from './limiter.ts';
import { LEAVE, RATES } from './limits.ts';
import { chartsOf, createGallery, isWaiting } from './pictures/gallery.ts';
import { render, renderHome, type SlackMessage } from './render.ts';
import type { Web } from './web.ts';

type Parts = {
  readonly web: Web;
  readonly limiter: Limiter;
  readonly log: Log;
  readonly onWait: (seconds: number, what: string) => void;
};

/** Marks our messages, so that one whose confirmation was lost is found instead of posted twice. */
export const messageType = 'groundcrew_message';
/** How far Slack's clock may be behind ours, in seconds. */
const clockSkew = 300;
/** How much of a conversation is looked through for a lost message. */
const pageSize = 200;
const pages = 10;
/** When a 429 does not say how long. */
const unsaidWaitMs = 1_000;

const posted = z.object({ ts: z.string().min(1), channel: z.string().min(1).optional() });
const opened = z.object({ channel: z.object({ id: z.string().min(1) }) });
const history = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string().optional(), event_payload: z.object({ key: z.string() }).optional() })
        .optional()
        // Metadata of other apps has other shapes, and is no reason to stop reading.
        .catch(undefined),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

type How = { readonly thread?: string; readonly paid?: true };
/** `paid`: its room was taken for a call that came to nothing. `leave`: the calls that it leaves to others. */
type Room = { readonly channel?: string; readonly paid?: true; readonly leave?: number };
type Said = { readonly key: string; readonly view: View };
type Limited = keyof Omit<typeof RATES, 'channel'>;
const refusedBy = (error: unknown): Delivered => {
  if (error instanceof Problem) return { is: 'refused', why: `${error.code}: ${error.message}` };
  throw error;
};

/** The durable half: posts, direct messages, edits and home pages, within Slack's rates. Nothing here waits. */
export function createDeliver({ web, limiter, log, onWait }: Parts): Required<Pick<Platform, 'deliver' | 'find'>> {
  /** One call when its rate allows, and what came of it. */
  async function send(
    method: Limited,
    home: string,
    id: string,
    args: Readonly<Record<string, unknown>>,
    done: (body: unknown) => Delivered,
    { channel, paid, leave = 0 }: Room = {},
  ): Promise<Delivered> {
    const key = `${home}/${method}`;
    const wants: Want[] = [{ key, rate: RATES[method], leave }];
    if (channel !== undefined) wants.push({ key: `${home}/channel/${channel}`, rate: RATES.channel });
    const wait = paid ? 0 : limiter.take(wants, `${key}/${id}`);
    if (wait > 0) {
      onWait(wait / 1000, method);
      return { is: 'later', after: wait, why: `${method}: our own rate` };
    }
    const called = await web.call('bulk', method, args);
    if (called.ok) return done(called.body);
    const { fault } = called;
    if (fault.code === 'ratelimited') {
      const ms = fault.after ?? unsaidWaitMs;
      limiter.pause(key, ms);
      onWait(ms / 1000, method);
      return deliveredBy({ ...fault, after: ms }, method);
    }
    return deliveredBy(fault, method);
  }

  const gallery = createGallery({ web, limiter, log });

  /** Slack refuses a message altogether when it cannot load a picture in it: then there is a link in its place. */
  async function withRemote(
    view: View,
    names: Names,
    go: (message: SlackMessage) => Promise<Delivered>,
  ): Promise<Delivered> {
    const sent = await go(render(view, names, { remote: true }));
    const unloadable = sent.is === 'refused' && sent.why.endsWith(': invalid_blocks');
    if (!unloadable || !view.blocks.some((b) => b.kind === 'picture')) return sent;
    log.warn({ view: view.id }, 'slack: a picture could not be loaded, so there is a link to it');
    return go(render(view, names));
  }

  /** Sends a view as a message, with the pictures of its charts. */
  async function illustrated(
    view: View,
    home: string,
    names: Names,
    go: (message: SlackMessage) => Promise<Delivered>,
  ): Promise<Delivered> {
    if (chartsOf(view).length === 0) return withRemote(view, names, go);
    const pictures = await gallery.of(view, home);
    if (isWaiting(pictures)) return pictures;
    return gallery.after(view, home, await go(render(view, names, { pictures })));
  }

  /** A dead token and a person who left get the same code: if we are still somebody, it is them. */
  async function aboutPerson(delivered: Delivered): Promise<Delivered> {
    if (delivered.is !== 'parked' || !delivered.why.endsWith(': account_inactive')) return delivered;
    const we = await web.call('interactive', 'auth.test');
    return we.ok ? { is: 'gone', what: 'person', why: delivered.why } : delivered;
  }

  const confirmed =
    (home: string) =>
    (body: unknown): Delivered => {
      const message = posted.safeParse(body);
      if (!message.success) return { is: 'later', unknown: true, why: 'chat.postMessage: no ts in the answer' };
      const { ts, channel } = message.data;
      return { is: 'done', native: ts, ...(channel ? { place: placeId('slack', home, channel) } : {}) };
    };

  const post = (home: string, channel: string, { key, view }: Said, names: Names, how: How = {}) => {
    const metadata = { event_type: messageType, event_payload: { key } };
    return illustrated(view, home, names, (message) => {
      const args = {
        channel,
        ...message,
        metadata,
        unfurl_links: false,
        unfurl_media: false,
        ...(how.thread === undefined ? {} : { thread_ts: how.thread }),
      };
      return send('chat.postMessage', home, `${channel}/${key}`, args, confirmed(home), {
        channel,
        ...(how.paid ? { paid: true } : {}),
      });
    });
  };

  /** Our message with this key, among those that a method lists; undefined when it is not there. */
  async function look(
    method: 'conversations.history' | 'conversations.replies',
    where: { readonly channel: string; readonly ts?: string },
    { home, key, since }: { readonly home: string; readonly key: string; readonly since: Date },
  ): Promise<Delivered | undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const called = await web.call('bulk', method, {
        ...where,
        oldest: String(Math.floor(since.getTime() / 1000) - clockSkew),
        inclusive: true,
        include_all_metadata: true,
        limit: pageSize,
        ...(cursor ? { cursor } : {}),
      });
      if (!called.ok) return unsure(called.fault, method);
      const read = history.safeParse(called.body);
      if (!read.success) return { is: 'later', unknown: true, why: `${method}: not as expected` };
      const found = read.data.messages.find(
        ({ metadata: m }) => m?.event_type === messageType && m.event_payload?.key === key,
      );
      if (found) return { is: 'done', native: found.ts, place: placeId('slack', home, where.channel) };
      cursor = read.data.response_metadata?.next_cursor;
      if (!cursor) return undefined;
    }
    return undefined;
  }

  const table: Draw<Outgoing, Promise<Delivered>, [Names]> = {
    post: async (o, names) => {
      const { home, local } = partsOf(o.place);
      const delivered = await post(home, local, o, names);
      // A channel that moved (#name, a shared one) is still the place that was meant.
      return delivered.is === 'done' ? { ...delivered, place: o.place } : delivered;
    },
    direct: async (o, names) => {
      const { home, local } = partsOf(o.account);
      const delivered = await aboutPerson(await post(home, local, o, names));
      // For a person's id Slack's word for “not here any more” is that of a channel.
      return delivered.is === 'gone' && delivered.what === 'place' ? { ...delivered, what: 'person' } : delivered;
    },
    reply: async (o, names) => {
      const { home, local } = partsOf(o.place);
      const made = await aboutPerson(await post(home, local, o, names, { thread: o.native }));
      // The message it was to hang under was deleted.
      return o.alone && made.is === 'gone' && made.what === 'message'
        ? post(home, local, o, names, { paid: true })
        : made;
    },
    edit: async (o, names) => {
      const { home, local } = partsOf(o.place);
      const room = o.passing ? { leave: LEAVE['chat.update'] } : {};
      const done = (): Delivered => ({ is: 'done', place: o.place, native: o.native });
      return illustrated(o.view, home, names, (message) =>
        send('chat.update', home, `${local}/${o.native}`, { channel: local, ts: o.native, ...message }, done, room),
      );
    },
    home: async (o, names) => {
      const { home, local } = partsOf(o.account);
      const args = { user_id: local, view: renderHome(o.view, names) };
      return aboutPerson(await send('views.publish', home, local, args, () => ({ is: 'done' })));
    },
  };

  /** The conversation that a post went to; undefined when it cannot be known. */
  async function channelOf(outgoing: Outgoing): Promise<string | Delivered | undefined> {
    if (outgoing.kind === 'post') return partsOf(outgoing.place).local;
    if (outgoing.kind !== 'direct') return undefined;
    const called = await web.call('bulk', 'conversations.open', { users: partsOf(outgoing.account).local });
    if (called.ok) return opened.safeParse(called.body).data?.channel.id;
    return unsure(called.fault, 'conversations.open');
  }

  /** While Slack does not answer we do not know; what it will never answer leaves us where we were. */
  const unsure = (fault: Fault, method: string): Delivered | undefined => {
    const delivered = deliveredBy(fault, method);
    if (delivered.is === 'parked' || delivered.is === 'done') return delivered;
    if (delivered.is === 'later' && meaningOf(fault) !== 'scope') return { ...delivered, unknown: true };
    log.warn({ why: delivered.why }, 'slack: cannot look for a message whose confirmation was lost');
    return undefined;
  };

  return {
    deliver: (outgoing, names) => draw(table, outgoing, names).catch(refusedBy),

    async find(outgoing, since) {
      if (outgoing.kind === 'reply') {
        const { home, local: channel } = partsOf(outgoing.place);
        const what = { home, key: outgoing.key, since };
        const inThread = await look('conversations.replies', { channel, ts: outgoing.native }, what);
        return inThread ?? (outgoing.alone ? look('conversations.history', { channel }, what) : undefined);
      }
      if (outgoing.kind !== 'post' && outgoing.kind !== 'direct') return undefined;
      const channel = await channelOf(outgoing);
      if (typeof channel !== 'string') return channel;
      const { home } = partsOf(outgoing.kind === 'post' ? outgoing.place : outgoing.account);
      return look('conversations.history', { channel }, { home, key: outgoing.key, since });
    },
  };
}

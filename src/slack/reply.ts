import type { ModalView } from '@slack/types';
import {
  type Delivered,
  type Draw,
  draw,
  type Names,
  type Platform,
  Problem,
  type Reply,
  type View,
} from '../core/kernel/index.ts';
import { deliveredBy, type Fault, meaningOf } from './errors.ts';
import { drawForm } from './modal.ts';
import { fromOrigin, type SlackOrigin } from './origin.ts';
import { fitsMessage, render, renderModal } from './render.ts';
import type { Called, Web } from './web.ts';

/** Forms whose last change is remembered: as many people as may be filling one in. */
const keep = 2_000;

export type Replies = Pick<Platform, 'reply'> & {
  /** Told of every arrival, so that of two quick changes in a form the later one is drawn. */
  noted(origin: SlackOrigin): void;
};

/** The interactive half: what a person gets at once. It never waits for what is sent in bulk. */
export function createReplies(web: Web): Replies {
  const lastChange = new Map<string, string>();

  const isLatest = ({ view = '', changed = '' }: SlackOrigin): boolean =>
    Number(lastChange.get(view) ?? changed) <= Number(changed);

  /** Opens a modal with the one trigger there is: over the one that is open, or alone. */
  async function open(origin: SlackOrigin, view: ModalView): Promise<Called> {
    if (!origin.trigger) return { ok: false, fault: { code: 'invalid_trigger_id' } };
    const args = { trigger_id: origin.trigger, view };
    if (origin.surface === 'modal') {
      const pushed = await web.call('interactive', 'views.push', args);
      // Nothing is open any more: the trigger is still good for a modal of its own.
      if (pushed.ok || pushed.fault.code !== 'not_found') return pushed;
    }
    return web.call('interactive', 'views.open', args);
  }

  /** The same form with other fields, in place. Its hash keeps a slow answer from overwriting a newer one. */
  async function redraw(origin: SlackOrigin, view: ModalView): Promise<Delivered> {
    const done: Delivered = { is: 'done' };
    if (!isLatest(origin)) return done;
    const args = { view_id: origin.view, view };
    const first = await web.call('interactive', 'views.update', { ...args, hash: origin.hash });
    if (first.ok) return done;
    let { fault } = first;
    if (fault.code === 'hash_conflict') {
      // Two changes carry the same hash when the second came before the first was drawn: the second must win.
      if (!isLatest(origin)) return done;
      const again = await web.call('interactive', 'views.update', args);
      if (again.ok) return done;
      fault = again.fault;
    }
    // Closed meanwhile: there is nothing left to draw, and nobody to tell.
    return fault.code === 'not_found' || fault.code === 'view_not_found' ? done : deliveredBy(fault, 'views.update');
  }

  const ended = (called: Called, method: string): Delivered =>
    called.ok ? { is: 'done' } : deliveredBy(called.fault, method);

  async function direct(origin: SlackOrigin, view: View, names: Names, because: Fault): Promise<Delivered> {
    const message = { ...render(view, names), unfurl_links: false, unfurl_media: false };
    const called = await web.call('interactive', 'chat.postMessage', { channel: origin.user, ...message });
    const delivered = ended(called, 'chat.postMessage');
    return delivered.is === 'gone' ? { is: 'gone', what: 'address', why: because.code } : delivered;
  }

  async function ephemeral(origin: SlackOrigin, view: View, names: Names, because: Fault): Promise<Delivered> {
    if (!origin.channel) return direct(origin, view, names, because);
    const called = await web.call('interactive', 'chat.postEphemeral', {
      channel: origin.channel,
      user: origin.user,
      ...render(view, names),
      ...(origin.thread ? { thread_ts: origin.thread } : {}),
    });
    return called.ok || passing(called.fault)
      ? ended(called, 'chat.postEphemeral')
      : direct(origin, view, names, called.fault);
  }

  /** By the address that came with what the person did; else where they did it; else in a direct message. */
  async function aside(origin: SlackOrigin, view: View, names: Names): Promise<Delivered> {
    const because: Fault = { code: 'no_response_url' };
    if (!origin.response) return ephemeral(origin, view, names, because);
    const called = await web.respond(origin.response, {
      response_type: 'ephemeral',
      replace_original: false,
      ...render(view, names),
      ...(origin.thread ? { thread_ts: origin.thread } : {}),
    });
    if (called.ok || meaningOf(called.fault) !== 'address') return ended(called, 'response_url');
    return ephemeral(origin, view, names, called.fault);
  }

  async function inModal(origin: SlackOrigin, view: View, names: Names): Promise<Delivered> {
    const called = await open(origin, renderModal(view, names));
    return called.ok || passing(called.fault) ? ended(called, 'views.open') : direct(origin, view, names, called.fault);
  }

  /** What a message cannot hold, such as a plan that was folded away, opens as a modal while there is a trigger. */
  async function byLength(origin: SlackOrigin, view: View, names: Names): Promise<Delivered> {
    if (!origin.trigger || fitsMessage(view, names)) return aside(origin, view, names);
    const called = await open(origin, renderModal(view, names));
    return called.ok || passing(called.fault) ? ended(called, 'views.open') : aside(origin, view, names);
  }

  async function inChat(origin: SlackOrigin, view: View, names: Names): Promise<Delivered> {
    const because: Fault = { code: 'not_a_direct_message' };
    if (!origin.channel?.startsWith('D')) return ephemeral(origin, view, names, because);
    const called = await web.call('interactive', 'chat.postMessage', {
      channel: origin.channel,
      ...render(view, names),
      ...(origin.thread ? { thread_ts: origin.thread } : {}),
      unfurl_links: false,
      unfurl_media: false,
    });
    return ended(called, 'chat.postMessage');
  }

  /** In place of their own message: anybody else's stays as it is. */
  async function over(origin: SlackOrigin, view: View, names: Names): Promise<Delivered> {
    if (origin.surface !== 'message' || !origin.response || !(origin.own || origin.channel?.startsWith('D')))
      return whispers[origin.surface](origin, view, names);
    const called = await web.respond(origin.response, { replace_original: true, ...render(view, names) });
    return called.ok || meaningOf(called.fault) !== 'address'
      ? ended(called, 'response_url')
      : inChat(origin, view, names);
  }

  type Whisper = (origin: SlackOrigin, view: View, names: Names) => Promise<Delivered>;
  const whispers: { readonly [S in SlackOrigin['surface']]: Whisper } = {
    command: aside,
    message: byLength,
    menu: (origin, view, names) => (origin.response ? aside : inModal)(origin, view, names),
    modal: inModal,
    home: inModal,
    chat: inChat,
    reaction: inChat,
  };

  const table: Draw<Reply, Promise<Delivered>, [SlackOrigin, Names]> = {
    whisper: (r, origin, names) => (r.over ? over : whispers[origin.surface])(origin, r.view, names),
    ask: async ({ asked, reopened }, origin) => {
      const view = drawForm(asked);
      if (reopened && origin.changed && origin.view) return redraw(origin, view);
      return ended(await open(origin, view), 'views.open');
    },
  };

  return {
    noted(origin) {
      const { view, changed } = origin;
      if (!view || !changed) return;
      if (!isLatest(origin)) return;
      lastChange.delete(view);
      lastChange.set(view, changed);
      const [oldest] = lastChange.keys();
      if (lastChange.size > keep && oldest !== undefined) lastChange.delete(oldest);
    },
    async reply(reply, origin, names) {
      const ours = fromOrigin(origin);
      if (!ours) return { is: 'refused', why: 'the origin is not one of Slack' };
      try {
        return await draw(table, reply, ours, names);
      } catch (error) {
        if (error instanceof Problem) return { is: 'refused', why: `${error.code}: ${error.message}` };
        throw error;
      }
    },
  };
}

/** What may go better in a moment, or went through unseen: another way would say it twice. */
const passing = (fault: Fault): boolean => ['later', 'unknown', 'parked', 'done'].includes(meaningOf(fault));

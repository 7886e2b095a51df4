import { z } from 'zod';
import { type AccountId, type Delivered, type PlaceId, partsOf, placeId } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { bytesOf, type Message } from './card.ts';
import type { Call, Connector, Outcome } from './connector.ts';
import { deliveredBy, type Job } from './errors.ts';
import type { Limiter } from './limiter.ts';
import type { Known, Reference, ReferenceBook } from './references.ts';

/** Where a message goes. `conversation` may name a thread. */
export type Target = { readonly serviceUrl: string; readonly tenant: string; readonly conversation: string };
/** Draws a message at a share of its usual size. */
export type Draw = (scale: number) => Message;

export type SenderParts = {
  readonly appId: string;
  /** Where to write to a tenant from which nothing has arrived yet; absent when nobody can know. */
  readonly serviceUrl?: string;
  readonly connector: Connector;
  readonly book: ReferenceBook;
  readonly limiter: Limiter;
  readonly log: Log;
  readonly onWait: (seconds: number, what: string) => void;
};

const created = z.looseObject({ id: z.string().min(1) });
const nativeOf = (body: unknown): { native?: string } => {
  const { data } = created.safeParse(body);
  return data ? { native: data.id } : {};
};

/** What Teams refuses as too big is drawn at these shares of its size before we give up. */
const shares = [1, 1 / 3, 1 / 9] as const;
/** Milliseconds to hold a conversation when Teams says 429 without saying for how long. */
const defaultHold = 2_000;

export const placeOf = (target: Target): PlaceId =>
  placeId('teams', target.tenant, target.conversation.split(';messageid=', 1)[0] as string);
export const targetOf = (reference: Reference): Target => ({
  serviceUrl: reference.serviceUrl,
  tenant: reference.tenantId,
  conversation: reference.conversationId,
});

/** What both bulk deliveries and replies are made of: one message to one conversation, and the 1:1 chat with a person. */
export function createSender(parts: SenderParts) {
  const { appId, connector, book, limiter, log, onWait } = parts;

  const uses = (target: Target) => [['conversation', placeOf(target)] as const, ['tenant', target.tenant] as const];

  /** Waits for nothing: what is over a rate comes back as `later`. A reply is never held up, only counted. */
  function held(target: Target, { interactive, passing }: Sending): Delivered | undefined {
    if (interactive) {
      limiter.count(...uses(target));
      return undefined;
    }
    const wanted = uses(target);
    const ms = limiter.take(...(passing ? wanted.map((use) => [...use, 'passing'] as const) : wanted));
    if (ms === 0) return undefined;
    onWait(ms / 1000, 'rate');
    return { is: 'later', after: ms, why: 'Teams takes no more messages here for a moment' };
  }

  function failed(outcome: Exclude<Outcome, { is: 'ok' }>, job: Job, target: Target): Delivered {
    if (outcome.is === 'refused' && outcome.status === 429) {
      const ms = outcome.after ?? defaultHold;
      limiter.hold('conversation', placeOf(target), ms);
      onWait(ms / 1000, '429');
    }
    return deliveredBy(outcome, job);
  }

  type Sending = Pick<Call, 'method' | 'path' | 'query' | 'interactive'> & {
    readonly extra?: object;
    readonly passing?: true;
  };

  /** `outcome` is Teams' own answer, where it was asked. */
  type Sent = { readonly delivered: Delivered; readonly outcome?: Outcome };

  /** Sends one message, smaller again when Teams finds it too big. */
  async function send(target: Target, draw: Draw, job: Job, how: Sending): Promise<Sent> {
    const { extra, passing: _, ...call } = how;
    let outcome: Outcome = { is: 'no address' };
    let before = Number.POSITIVE_INFINITY;
    for (const share of shares) {
      const message = draw(share);
      // What does not get smaller any more would only be refused again.
      if (bytesOf(message) >= before) break;
      before = bytesOf(message);
      const over = held(target, how);
      if (over) return { delivered: over };
      outcome = await connector({ ...call, serviceUrl: target.serviceUrl, body: { ...message, ...extra } });
      if (outcome.is !== 'refused' || outcome.status !== 413) break;
    }
    const delivered: Delivered =
      outcome.is === 'ok'
        ? { is: 'done', place: placeOf(target), ...nativeOf(outcome.body) }
        : failed(outcome, job, target);
    return { delivered, outcome };
  }

  const interactively = (yes: boolean): { interactive?: true } => (yes ? { interactive: true } : {});
  const activities = (target: Target) => ['conversations', target.conversation, 'activities'];

  async function serviceUrlOf(tenant: string): Promise<string | undefined> {
    return (await book.any(tenant))?.serviceUrl ?? parts.serviceUrl;
  }
  const unknownAddress: Delivered = {
    is: 'later',
    why: 'nothing has arrived from this Microsoft 365 tenant yet, so it is not known where to write to it',
  };

  /** Opens the 1:1 chat with a person, or finds the one there is: Teams gives the same one every time. */
  async function open(account: AccountId, interactive: boolean): Promise<Known | Delivered> {
    const { home: tenant, local } = partsOf(account);
    const serviceUrl = await serviceUrlOf(tenant);
    if (serviceUrl === undefined) return unknownAddress;
    const bot = { id: `28:${appId}` };
    const outcome = await connector({
      method: 'POST',
      serviceUrl,
      path: ['conversations'],
      body: {
        isGroup: false,
        bot,
        members: [{ id: local }],
        tenantId: tenant,
        channelData: { tenant: { id: tenant } },
      },
      ...interactively(interactive),
    });
    if (outcome.is !== 'ok') return failed(outcome, 'open', { serviceUrl, tenant, conversation: local });
    const { data } = created.safeParse(outcome.body);
    if (!data) return { is: 'later', why: 'Teams opened a 1:1 chat without saying which' };
    const known: Known = {
      place: placeId('teams', tenant, data.id),
      reference: {
        serviceUrl,
        tenantId: tenant,
        conversationId: data.id,
        conversationType: 'personal',
        botId: bot.id,
        account,
        installed: true,
      },
    };
    book.keep(known);
    return known;
  }

  const notInstalled = (what: 'place' | 'person'): Delivered => ({
    is: 'gone',
    what,
    why: 'the bot was removed there',
  });

  return {
    serviceUrlOf,
    unknownAddress,
    notInstalled,
    open,

    /** Posts a message. In a channel without a thread it begins one. */
    async post(target: Target, draw: Draw, interactive = false): Promise<Delivered> {
      const how = { method: 'POST', path: activities(target), ...interactively(interactive) } as const;
      return (await send(target, draw, 'post', how)).delivered;
    },

    /** Posts into the thread that a message of a channel began. */
    async reply(target: Target, root: string, draw: Draw): Promise<Delivered> {
      const thread = { ...target, conversation: `${target.conversation};messageid=${root}` };
      return (await send(thread, draw, 'reply', { method: 'POST', path: activities(thread) })).delivered;
    },

    /** A message that only one person in a conversation sees. `unsupported` when Teams takes none there. */
    async postTargeted(
      target: Target,
      user: string,
      draw: Draw,
    ): Promise<{ readonly delivered: Delivered; readonly unsupported: boolean }> {
      const { delivered, outcome } = await send(target, draw, 'post', {
        method: 'POST',
        path: activities(target),
        query: { isTargetedActivity: 'true' },
        interactive: true,
        extra: { recipient: { id: user } },
      });
      // A person outside the conversation (404), or a bot outside (403), is not a tenant without the feature.
      return { delivered, unsupported: outcome?.is === 'refused' && outcome.status === 400 };
    },

    /** Replaces a message. */
    async update(
      target: Target,
      native: string,
      draw: Draw,
      how: { readonly targeted?: boolean; readonly interactive?: boolean; readonly passing?: boolean } = {},
    ): Promise<Delivered> {
      const sent = await send(target, draw, 'edit', {
        method: 'PUT',
        path: [...activities(target), native],
        ...(how.targeted ? { query: { isTargetedActivity: 'true' } } : {}),
        ...(how.passing ? { passing: true } : {}),
        ...interactively(how.interactive === true),
      });
      return sent.delivered;
    },

    /** Posts to a person: into the 1:1 chat there is, else into a new one. */
    async direct(account: AccountId, draw: Draw, interactive = false): Promise<Delivered> {
      const kept = await book.direct(account);
      if (kept && !kept.installed) return notInstalled('person');
      const known = kept ? { place: placeOf(targetOf(kept)), reference: kept } : await open(account, interactive);
      if (!('reference' in known)) return known;
      const target = targetOf(known.reference);
      const how = { method: 'POST', path: activities(target), ...interactively(interactive) } as const;
      const { delivered } = await send(target, draw, 'direct', how);
      if (delivered.is === 'gone') {
        book.removed(known.place, known.reference);
        log.info({ place: known.place, why: delivered.why }, 'a 1:1 chat is gone');
      } else if (delivered.is === 'done') book.served(known);
      return delivered;
    },
  };
}
export type Sender = ReturnType<typeof createSender>;

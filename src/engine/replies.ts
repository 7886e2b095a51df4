import {
  type AccountId,
  type Answer,
  type Asked,
  type Delivered,
  type Names,
  type Origin,
  openForm,
  type PersonalInbound,
  type Platform,
  type PlatformName,
  type Reply,
  text,
  type View,
} from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { namesIn } from './names.ts';
import type { Clock, LaneHead, Owed, Store } from './ports.ts';

/** After this an unsettled answer is taken up again: its process must have died, or the platform did not answer. */
const forgottenMs = 15_000;
/** After that an answer is no use to anybody. */
const staleMs = 30 * 60_000;

/** Offers a form again whose moment has passed. */
export const openFormView = (asked: Asked): View => ({
  id: 'form.offer',
  title: asked.form.title,
  summary: `${asked.form.title}: press the button to open the form`,
  blocks: [
    { kind: 'text', text: text`This took a moment longer than expected. Your form is ready:` },
    {
      kind: 'buttons',
      buttons: [{ label: 'Open the form', press: { name: openForm, value: asked.id }, tone: 'primary', opens: 'form' }],
    },
  ],
});

/** A reply that is told instead: by its place among all, whichever of them were made before. */
const keyOf = ({ delivery, replies }: Pick<Owed, 'delivery' | 'replies'>, reply: Reply): string =>
  `reply/${delivery}/${replies.indexOf(reply)}`;

type Parts = {
  readonly store: Store;
  readonly platforms: ReadonlyMap<PlatformName, Platform>;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: (heads: readonly LaneHead[]) => void;
};

/** Makes the replies that an adapter could not put into its own answer, and remembers which were made. */
export function createReplies({ store, platforms, clock, log, wake }: Parts) {
  let marking: Promise<void> = Promise.resolve();
  let batch: string[] = [];

  /** Marks are written together: while one batch is under way the next one grows. */
  function mark(delivery: string): Promise<void> {
    batch.push(delivery);
    if (batch.length > 1) return marking;
    marking = marking.then(async () => {
      const settled = batch;
      batch = [];
      try {
        await store.direct.inbox.settle(settled);
      } catch (error) {
        // They are taken up again as forgotten: a whisper may then be seen twice, none is lost.
        log.warn({ err: error, count: settled.length }, 'could not mark answers as made');
      }
    });
    return marking;
  }

  async function tellInstead(view: View, account: AccountId, key: string): Promise<Delivered> {
    const person = await store.direct.features.people.byAccount(account);
    if (!person) return { is: 'refused', why: 'nobody to tell' };
    const lot = { kind: 'tell', key, person: person.id, via: account, view } as const;
    // One transaction: a key without its message would make the next try believe that it was written.
    wake(await store.transaction((tx) => tx.outbox.write([lot], key, clock.now())));
    return { is: 'done' };
  }

  /** One reply: at once, else as an offer to open the form, else as a direct message. */
  async function make(
    platform: Platform,
    reply: Reply,
    origin: Origin,
    names: Names,
    account: AccountId,
    key: string,
  ): Promise<Delivered> {
    const made = await platform.reply(reply, origin, names);
    // What a card becomes is nobody else's: it is not written down to be told later.
    if (made.is !== 'gone' || (reply.kind === 'whisper' && reply.over)) return made;
    const view = reply.kind === 'whisper' ? reply.view : openFormView(reply.asked);
    if (reply.kind === 'ask' && made.what === 'trigger') {
      const offered = await platform.reply({ kind: 'whisper', view }, origin, names);
      if (offered.is !== 'gone') return offered;
    }
    return tellInstead(view, account, key);
  }

  async function makeAll(owed: Omit<Owed, 'ageMs'>, replies: readonly Reply[], names: Names): Promise<boolean> {
    const platform = platforms.get(owed.origin.platform);
    if (!platform) return false;
    let all = true;
    for (const reply of replies) {
      let made: Delivered;
      try {
        made = await make(platform, reply, owed.origin, names, owed.account, keyOf(owed, reply));
      } catch (error) {
        log.warn({ delivery: owed.delivery, err: error }, 'reply failed');
        made = { is: 'later', why: 'failed' };
      }
      if (made.is !== 'done') log.info({ delivery: owed.delivery, is: made.is, why: made.why }, 'reply not made');
      // What may have been made is not made again: it would be seen twice.
      if (made.is === 'parked' || (made.is === 'later' && !made.unknown)) all = false;
    }
    return all;
  }

  return {
    /** After an answer was written: makes the replies that it did not carry. */
    async settle(answer: Answer, taken: readonly Reply[]): Promise<void> {
      if (answer.replies.length === 0 || !('origin' in answer.inbound)) return;
      if (answer.repeated) {
        // What the first answer may not have brought, this one did.
        if (!answer.apology && taken.length === answer.replies.length) await mark(answer.inbound.delivery);
        return;
      }
      const inbound: PersonalInbound = answer.inbound;
      const { delivery, origin, account } = inbound;
      const rest = answer.replies.filter((r) => !taken.includes(r));
      const made = await makeAll({ delivery, origin, account, replies: answer.replies }, rest, answer.names);
      // Words of regret are not what the row of this arrival owes, if there is one: that is still to be made.
      if (made && !answer.apology) await mark(delivery);
    },

    /** Takes up what a process that died, or a platform that was away, left unanswered. */
    async recover(): Promise<void> {
      for (const owed of await store.direct.inbox.owed(forgottenMs, 50)) {
        // A form that was to stay open stayed open, or its window is gone: opening it anew would only startle.
        const replies = owed.replies.filter((r) => !(r.kind === 'ask' && r.reopened));
        const views = replies.flatMap((r) => (r.kind === 'whisper' ? [r.view] : []));
        const stale = owed.ageMs > staleMs;
        if (stale)
          for (const reply of replies)
            if (reply.kind === 'whisper') await tellInstead(reply.view, owed.account, keyOf(owed, reply));
        if (stale || (await makeAll(owed, replies, await namesIn(views, store.direct.features.people))))
          await mark(owed.delivery);
      }
    },

    idle: () => marking,
  };
}
export type Replies = ReturnType<typeof createReplies>;

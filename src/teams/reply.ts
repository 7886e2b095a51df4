import { type Delivered, type Draw, draw, type Names, type Origin, type Reply } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { mayReplace } from './answer.ts';
import { type Card, cardMessage } from './card.ts';
import { drawForm } from './dialog.ts';
import { readOrigin, type TeamsOrigin } from './origin.ts';
import { askedElsewhere, messageOf } from './render.ts';
import type { Draw as DrawMessage, Sender, Target } from './sender.ts';

/** Whether this tenant takes messages that only one person sees; unknown until one was tried. */
export type Targeted = { supported: boolean | undefined };

const targetOf = (o: TeamsOrigin): Target => ({
  serviceUrl: o.serviceUrl,
  tenant: o.tenant,
  conversation: o.conversation,
});

/** Answers the person who acted, so that nobody else sees it. */
export function createReply({ sender, targeted, log }: { sender: Sender; targeted: Targeted; log: Log }) {
  /** In the conversation if it can be private there, else in the 1:1 chat, which then says where it was asked. */
  async function privately(o: TeamsOrigin, here: DrawMessage, elsewhere: DrawMessage): Promise<Delivered> {
    if (o.via === 'tab') return sender.direct(o.account, elsewhere, true);
    if (o.scope === 'personal') {
      const made = await sender.post(targetOf(o), here, true);
      // A message extension may have been called in a chat between two people, in which the bot has no part.
      return made.is === 'gone' ? sender.direct(o.account, elsewhere, true) : made;
    }
    const { unsupported, delivered: made } = await sender.postTargeted(targetOf(o), o.user, here);
    if (made.is === 'done') targeted.supported = true;
    if (!unsupported && made.is !== 'gone') return made;
    const told = await sender.direct(o.account, elsewhere, true);
    // The same message was fine in the 1:1 chat, so it was its being targeted that was refused.
    if (unsupported && told.is === 'done' && targeted.supported !== false) {
      log.warn({ why: 'why' in made ? made.why : '' }, 'this tenant takes no targeted messages');
      targeted.supported = false;
    }
    return told;
  }

  const replies: Draw<Reply, Promise<Delivered>, [TeamsOrigin, Names]> = {
    whisper: async (r, o, names) => {
      const { view } = r;
      const here: DrawMessage = (scale) => messageOf(view, names, { scale });
      if (mayReplace(r, o) && o.card !== undefined) {
        const made = await replace(o, o.card, here);
        if (made.is !== 'gone' && made.is !== 'refused') return made;
      }
      return privately(o, here, (scale) => messageOf(askedElsewhere(view, o.where), names, { scale }));
    },
    ask: async ({ asked, reopened }, o, names) => {
      const form: DrawMessage = () => cardMessage(drawForm(asked, names, { inline: true }), asked.form.title);
      // A form that was sent from a message goes on in that message.
      if (reopened && o.card !== undefined && (o.via === 'form' || o.via === 'inline')) {
        const made = await replace(o, o.card, form);
        if (made.is !== 'gone' && made.is !== 'refused') return made;
      }
      return privately(o, form, form);
    },
  };

  /** Forms in a message are private, so outside the 1:1 chat that message is a targeted one. */
  const replace = (o: TeamsOrigin, card: string, message: DrawMessage): Promise<Delivered> =>
    sender.update(targetOf(o), card, message, { targeted: o.scope !== 'personal', interactive: true });

  return {
    reply: (reply: Reply, origin: Origin, names: Names): Promise<Delivered> =>
      draw(replies, reply, readOrigin(origin), names),

    /** Puts a card for good in place of the message that was pressed. Nothing is lost when that fails. */
    async put(card: Card, summary: string, origin: Origin): Promise<void> {
      const o = readOrigin(origin);
      if (o.card === undefined) return;
      const made = await replace(o, o.card, () => cardMessage(card, summary));
      if (made.is !== 'done') log.info({ is: made.is, why: made.why }, 'a sent form still stands in its message');
    },
  };
}

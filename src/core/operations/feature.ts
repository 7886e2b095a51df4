import { z } from 'zod';
import {
  type Ctx,
  code,
  type Effects,
  type Feature,
  onObserved,
  type PlaceId,
  place,
  platformNames,
  platformTitles,
  said,
  text,
  type View,
} from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';

/** How many of those in charge are told. */
const told = 10;

/** Tells the admins, or the platform engineers where there are no admins, once per key. */
export async function tellThoseInCharge(view: View, key: string, ctx: Ctx<WithPeople>): Promise<Effects> {
  const { people } = ctx.store;
  const admins = await people.holding(['admin'], told);
  const inCharge = admins.length > 0 ? admins : await people.holding(['platform'], told);
  return inCharge.map((p) => ({ kind: 'tell', person: p.id, view, key }));
}

const alarm = (title: string, what: View['blocks'], summary: string): View => ({
  id: 'operations.alarm',
  title,
  summary,
  blocks: what,
});

/** What goes wrong with the bot itself, told to those who can mend it. */
export const operations: Feature<WithPeople> = {
  name: 'operations',
  handlers: [
    onObserved('place.gone', z.object({ place: z.string(), why: z.string() }), async (gone, ctx) => {
      const where = place(gone.place as PlaceId);
      const view = alarm(
        'I can’t post in a channel',
        [
          {
            kind: 'notice',
            tone: 'bad',
            text: text`I can’t post in ${where}: ${code(gone.why)}. What was meant for it is kept, and listed where it belongs, but nobody sees it there.`,
          },
          {
            kind: 'text',
            text: text`Invite me to the channel (in Slack: ${code('/invite @Groundcrew')}, in Teams: add the app to the team), or name another one in ${code('groundcrew.yaml')}.`,
          },
        ],
        'I can’t post in one of your channels.',
      );
      return tellThoseInCharge(view, `place.gone/${gone.place}/${ctx.now.toISOString().slice(0, 10)}`, ctx);
    }),
    onObserved('action.gave-up', z.object({ action: z.string(), why: z.string() }), async ({ action, why }, ctx) => {
      const view = alarm(
        'Something could not be done for a day',
        [
          {
            kind: 'notice',
            tone: 'bad',
            text: text`I tried ${code(action)} for a day and gave it up: ${code(why)}.`,
          },
          { kind: 'text', text: said('My log tells more. It is done again when somebody asks for it again.') },
        ],
        'I gave something up after a day.',
      );
      return tellThoseInCharge(view, `action.gave-up/${action}/${ctx.now.toISOString().slice(0, 10)}`, ctx);
    }),
    onObserved('platform.revoked', z.object({ platform: z.enum(platformNames) }), async ({ platform }, ctx) => {
      const title = platformTitles[platform];
      const view = alarm(
        `${title} took my access away`,
        [
          {
            kind: 'notice',
            tone: 'bad',
            text: text`${title} revoked my token or removed the app. Messages for ${title} are kept and go out once I have access again.`,
          },
          {
            kind: 'text',
            text: said('Install the app again, put the new credentials in my environment, and restart me.'),
          },
        ],
        `${title} took my access away.`,
      );
      return tellThoseInCharge(view, `platform.revoked/${platform}/${ctx.now.toISOString().slice(0, 10)}`, ctx);
    }),
  ],
};

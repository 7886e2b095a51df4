import type { Ctx, Effect, Effects, Text } from '../kernel/index.ts';
import { fixesFor } from './fixing-view.ts';
import { digestView, historyView, incidentView } from './incident-view.ts';
import { muteOf } from './life.ts';
import type { Incident, Mute, WithIncidents } from './store.ts';

type Telling = Ctx<WithIncidents>;

/** The message of an incident as it should stand now. */
export async function messageView(message: string, ctx: Telling, mutes?: readonly Mute[]) {
  const all = await ctx.store.incidents.ofMessage(message);
  const [first] = all;
  if (first === undefined) return undefined;
  if (all.length > 1) return digestView(all);
  return oneView(first, ctx, mutes);
}

export async function oneView(i: Incident, ctx: Telling, mutes?: readonly Mute[]) {
  const known = mutes ?? (await ctx.store.incidents.mutes(i.cluster, ctx.now));
  return incidentView(i, { mute: muteOf(known, i), fixes: fixesFor(i) });
}

/** Draws the messages again that these keys name. */
export async function redraw(messages: Iterable<string>, ctx: Telling): Promise<Effects> {
  const effects: Effect[] = [];
  for (const key of new Set(messages)) {
    const view = await messageView(key, ctx);
    if (view) effects.push({ kind: 'edit', key, view });
  }
  return effects;
}

/** A line in the thread under its message. `what` and the moment make it one of a kind. */
export const history = (i: Incident, what: string, title: string, words: Text, ctx: Telling): Effects =>
  i.message === undefined
    ? []
    : [
        {
          kind: 'reply',
          to: i.message,
          view: historyView(title, words),
          key: `incident/${i.id}/${what}/${ctx.now.getTime()}`,
        },
      ];

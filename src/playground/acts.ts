import { z } from 'zod';
import type { Act } from './page/wire.ts';

/** Ids as the platforms make them; longer ones were not made by them. */
const id = z.string().min(1).max(400);
/** More than either platform takes, so that its own limit is what a person meets. */
const text = z.string().max(100_000);
const json = z.record(z.string(), z.unknown());
const answer = z.union([z.string().max(100_000), z.number(), z.null(), z.array(z.string().max(400)).max(200)]);

const as = { as: id };
const on = { ...as, channel: id, message: id };
const aim = { block: id, action: id };
/** Nodes are in no namespace. */
const inCluster = { ...as, cluster: id.optional(), kind: id, namespace: z.string().max(63), name: id };
const onCard = { ...as, conversation: id, message: id };

/** What the page may send: one shape per act. */
export const actShape: z.ZodType<Act> = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('slack.command'), ...as, channel: id, command: id, text }),
  z.strictObject({ act: z.literal('slack.say'), ...as, channel: id, text, thread: id.optional() }),
  z.strictObject({ act: z.literal('slack.press'), ...on, ...aim, value: answer.optional() }),
  z.strictObject({ act: z.literal('slack.pressHome'), ...as, ...aim, value: answer.optional() }),
  z.strictObject({ act: z.literal('slack.pressModal'), ...as, view: id, ...aim, value: answer.optional() }),
  z.strictObject({ act: z.literal('slack.enter'), ...as, view: id, ...aim, value: answer }),
  z.strictObject({ act: z.literal('slack.submit'), ...as, view: id, values: z.record(id, answer) }),
  z.strictObject({ act: z.literal('slack.cancel'), ...as, view: id }),
  z.strictObject({ act: z.literal('slack.suggest'), ...as, view: id, ...aim, text }),
  z.strictObject({ act: z.literal('slack.suggestIn'), ...on, ...aim, text }),
  z.strictObject({ act: z.literal('slack.shortcut'), ...as, name: id }),
  z.strictObject({ act: z.literal('slack.messageShortcut'), ...on, name: id }),
  z.strictObject({ act: z.literal('slack.home'), ...as }),
  z.strictObject({ act: z.literal('slack.read'), ...as, channel: id }),
  z.strictObject({
    act: z.literal('teams.say'),
    ...as,
    conversation: id,
    text,
    mentionsBot: z.boolean(),
    onlyBot: z.boolean(),
    thread: id.optional(),
  }),
  z.strictObject({ act: z.literal('teams.execute'), ...onCard, action: json, inputs: json }),
  z.strictObject({ act: z.literal('teams.submit'), ...onCard, data: json, inputs: json }),
  z.strictObject({ act: z.literal('teams.openDialog'), ...onCard, data: json, inputs: json }),
  z.strictObject({
    act: z.literal('teams.sendDialog'),
    ...as,
    dialog: id,
    via: z.enum(['card', 'compose']),
    data: json,
  }),
  z.strictObject({ act: z.literal('teams.closeDialog'), ...as }),
  z.strictObject({ act: z.literal('teams.compose'), ...as, conversation: id, name: id }),
  z.strictObject({ act: z.literal('teams.messageAction'), ...onCard, name: id }),
  z.strictObject({
    act: z.literal('teams.search'),
    ...as,
    conversation: id,
    message: id.optional(),
    dataset: id,
    text,
  }),
  z.strictObject({ act: z.literal('teams.token'), ...as }),
  z.strictObject({ act: z.literal('teams.refresh'), ...onCard }),
  z.strictObject({ act: z.literal('teams.read'), ...as, conversation: id, upTo: id }),
  z.strictObject({ act: z.literal('cluster.break'), ...inCluster, failure: id }),
  z.strictObject({ act: z.literal('cluster.heal'), ...inCluster }),
  // Ahead only, as time goes: what is remembered of the future would be wrong again.
  z.strictObject({
    act: z.literal('clock.jump'),
    ...as,
    minutes: z
      .int()
      .positive()
      .max(366 * 24 * 60),
  }),
]);

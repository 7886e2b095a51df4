import { z } from 'zod';

/**
 * What Slack sends, in the parts that are read (docs.slack.dev: slash commands, interaction payloads, the Events API).
 * Everything else is dropped here. Ids become parts of keys, so they hold no slash and no space.
 */

/** Postgres stores neither lone surrogates nor NUL. */
const text = z.string().transform((s) => s.toWellFormed().replaceAll('\0', ''));
const id = z.string().regex(/^[A-Za-z0-9_.-]{1,120}$/);
const optionalId = id.nullish().transform((v) => v ?? undefined);
/** Triggers, addresses, timestamps: opaque, but never long. */
const opaque = z
  .string()
  .max(2000)
  .nullish()
  .transform((v) => v || undefined);

const team = z.object({ id, domain: z.string().nullish() }).nullish();
const enterprise = z.object({ id }).nullish();
const user = z.object({ id, team_id: optionalId, username: text.nullish(), name: text.nullish() });
/** What every interaction carries. */
const actor = { user, team, enterprise, trigger_id: opaque, response_url: opaque };

const option = z.object({ value: text.nullish() }).nullish();
const element = z.object({
  value: text.nullish(),
  selected_option: option,
  selected_options: z.array(option).nullish(),
  selected_date: text.nullish(),
  selected_time: text.nullish(),
  selected_user: optionalId,
});
export type InputState = z.output<typeof element>;

const view = z.object({
  id,
  type: z.string(),
  hash: opaque,
  private_metadata: text.nullish(),
  callback_id: text.nullish().catch(undefined),
  blocks: z.array(z.object({ type: z.string(), block_id: text.nullish() })).nullish(),
  state: z.object({ values: z.record(z.string(), z.record(z.string(), element)) }).nullish(),
});
export type OpenView = z.output<typeof view>;

export const command = z.object({
  command: z.string(),
  text: z.string().default(''),
  team_id: id,
  user_id: id,
  user_name: text.nullish(),
  channel_id: id,
  trigger_id: opaque,
  response_url: opaque,
});
export type CommandPayload = z.output<typeof command>;

const container = z
  .object({
    message_ts: opaque,
    channel_id: optionalId,
    thread_ts: opaque,
    is_ephemeral: z.boolean().nullish().catch(undefined),
  })
  .nullish();
const channel = z.object({ id }).nullish();

export const interactions = {
  block_actions: z.object({
    ...actor,
    container,
    channel,
    message: z.object({ thread_ts: opaque }).nullish(),
    view: view.nullish(),
    actions: z.array(z.object({ type: z.string(), action_id: text, value: text.nullish(), action_ts: opaque })).min(1),
  }),
  view_submission: z.object({ ...actor, view }),
  shortcut: z.object({ ...actor, callback_id: text }),
  message_action: z.object({
    ...actor,
    callback_id: text,
    channel: z.object({ id }),
    message_ts: opaque,
    message: z.object({
      ts: opaque,
      thread_ts: opaque,
      user: optionalId,
      bot_id: opaque,
      text: z.string().nullish(),
      attachments: z.array(z.object({ fallback: z.string().nullish(), text: z.string().nullish() })).nullish(),
    }),
  }),
  block_suggestion: z.object({ ...actor, action_id: text, value: text.nullish(), channel, container }),
} as const;
export type InteractionType = keyof typeof interactions;
export type Interaction<K extends InteractionType> = z.output<(typeof interactions)[K]>;

export const envelope = z.object({
  team_id: optionalId,
  event_id: opaque,
  authorizations: z.array(z.object({ team_id: optionalId, user_id: optionalId })).nullish(),
  event: z.looseObject({ type: z.string() }),
});

const profile = z.object({
  email: z.string().nullish(),
  real_name: text.nullish(),
  display_name: text.nullish(),
});
/** A user as `users.info` and the events describe them. */
export const slackUser = z.object({
  id,
  team_id: optionalId,
  name: text.nullish(),
  real_name: text.nullish(),
  deleted: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  is_stranger: z.boolean().nullish(),
  is_email_confirmed: z.boolean().nullish(),
  /** In an organisation: every workspace of it that the person is in. */
  enterprise_user: z.object({ teams: z.array(z.string()).nullish() }).nullish(),
  tz: z.string().max(100).nullish(),
  profile: profile.nullish(),
});
export type SlackUser = z.output<typeof slackUser>;

/** A message written to the bot, or one that mentions it. */
export const said = z.object({
  user: optionalId,
  bot_id: opaque,
  subtype: opaque,
  edited: z.object({}).nullish(),
  channel: id,
  channel_type: opaque,
  thread_ts: opaque,
  /** Who wrote the message that it stands under. */
  parent_user_id: optionalId,
  text: z.string().nullish(),
});
/** A reaction to something in a channel; those to files have no message. */
export const reacted = z.object({
  user: id,
  reaction: z.string().min(1).max(200),
  item: z.object({ type: z.string(), channel: optionalId, ts: opaque }),
  /** Whose it is; absent for what nobody in particular posted. */
  item_user: optionalId,
});
export const homeOpened = z.object({ user: id, tab: z.string().nullish() });
export const userChanged = z.object({ user: slackUser });
export const tokensRevoked = z.object({ tokens: z.object({ bot: z.array(z.string()).nullish() }).nullish() });

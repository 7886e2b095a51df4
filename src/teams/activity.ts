import { z } from 'zod';

/*
 * The part of a Bot Framework activity that we read. Teams sends null as well as nothing for what is absent; what only
 * one kind of activity needs is parsed where that kind is decoded.
 */

/** Ids become keys in the database: no control characters, no halves of characters. */
const id = z
  .string()
  .max(1024)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'is no id');
/** Ids that become parts of ours. */
const guid = z.string().regex(/^[\w.-]{1,200}$/, 'is no id');
const account = z.looseObject({ id, name: z.string().max(1024).nullish(), aadObjectId: guid.nullish() });
const zone = z.string().regex(/^[\w+/-]{1,100}$/);
const named = z.looseObject({ id: id.nullish(), name: z.string().max(1024).nullish() });

/** More than anybody puts on one message at once. */
const reactions = z
  .array(z.looseObject({ type: z.string().min(1).max(200) }))
  .max(100)
  .nullish()
  .catch(undefined);

export const activityShape = z.looseObject({
  type: z.string().max(200),
  id: id.nullish(),
  name: z.string().max(200).nullish(),
  action: z.string().max(200).nullish(),
  channelId: z.string().max(200),
  serviceUrl: id,
  from: account,
  recipient: account.extend({ isTargeted: z.boolean().nullish() }),
  conversation: z.looseObject({
    id,
    name: z.string().max(1024).nullish(),
    conversationType: z.string().max(100).nullish(),
    tenantId: guid.nullish(),
  }),
  channelData: z
    .looseObject({ tenant: named.nullish(), team: named.nullish(), channel: named.nullish() })
    .nullish()
    .catch(undefined),
  replyToId: id.nullish(),
  text: z.string().nullish(),
  localTimezone: zone.nullish().catch(undefined),
  entities: z.array(z.unknown()).nullish(),
  membersAdded: z.array(account).nullish(),
  membersRemoved: z.array(account).nullish(),
  reactionsAdded: reactions,
  reactionsRemoved: reactions,
  value: z.unknown().optional(),
});
export type Activity = z.output<typeof activityShape>;

export const scopes = ['personal', 'groupChat', 'channel'] as const;
export type Scope = (typeof scopes)[number];

/** Where an activity happened, by Teams' own word, or by what only channels and 1:1 chats have. */
export function scopeOf(activity: Activity): Scope {
  const type = activity.conversation.conversationType;
  const known = scopes.find((s) => s.toLowerCase() === type?.toLowerCase());
  if (known) return known;
  if (activity.channelData?.channel?.id) return 'channel';
  return activity.conversation.id.startsWith('19:') ? 'groupChat' : 'personal';
}

/** A conversation without the thread that an activity stands in. */
export const withoutThread = (conversationId: string): string => conversationId.split(';messageid=', 1)[0] as string;

/** The message in whose thread an activity stands. */
export const threadOf = (conversationId: string): string | undefined => conversationId.split(';messageid=', 2)[1];

/** More than anybody mentions; each is looked for in the whole text. */
const entitiesRead = 100;

const mentionShape = z.looseObject({
  type: z.literal('mention'),
  text: z.string().min(1).max(1024),
  mentioned: z.looseObject({ id: z.string(), name: z.string().nullish() }),
});
export type MentionEntity = z.output<typeof mentionShape>;
export const mentionsIn = (activity: Activity): readonly MentionEntity[] =>
  (activity.entities ?? []).slice(0, entitiesRead).flatMap((e) => {
    const { data } = mentionShape.safeParse(e);
    return data ? [data] : [];
  });

const clientInfo = z.looseObject({ type: z.literal('clientInfo'), timezone: zone });
/** The IANA zone of the person's client; events carry none. */
export function zoneOf(activity: Activity): string | undefined {
  const infos = (activity.entities ?? [])
    .slice(0, entitiesRead)
    .flatMap((e) => clientInfo.safeParse(e).data?.timezone ?? []);
  return activity.localTimezone || infos[0] || undefined;
}

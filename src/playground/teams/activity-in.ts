import { z } from 'zod';
import { cardProblems } from './cards.ts';
import { readJson } from './json.ts';
import { LIMITS, sizeOf } from './limits.ts';
import { adaptiveCardType } from './state.ts';
import type { MessageContent } from './types.ts';

/** A refusal in the connector's own shape. `code` and status as on Microsoft's page of bot status codes. */
export class ConnectorError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ConnectorError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const Account = z.looseObject({ id: z.string() });

export const ActivityIn = z.looseObject({
  type: z.string(),
  text: z.string().nullish(),
  textFormat: z.enum(['plain', 'markdown', 'xml']).nullish(),
  summary: z.string().nullish(),
  recipient: Account.partial().nullish(),
  entities: z.array(z.looseObject({ type: z.string() })).nullish(),
  attachments: z
    .array(
      z.looseObject({
        contentType: z.string(),
        content: z.unknown().optional(),
        contentUrl: z.string().nullish(),
        name: z.string().nullish(),
      }),
    )
    .nullish(),
});
export type ActivityIn = z.infer<typeof ActivityIn>;

export const ConversationIn = z.looseObject({
  isGroup: z.boolean().nullish(),
  tenantId: z.string().nullish(),
  members: z.array(Account).nullish(),
  activity: ActivityIn.nullish(),
  channelData: z
    .looseObject({
      tenant: Account.nullish(),
      channel: Account.nullish(),
    })
    .nullish(),
});
export type ConversationIn = z.infer<typeof ConversationIn>;

/** Parses a request's JSON. @throws ConnectorError 400 BadSyntax naming what is wrong */
export function parseBody<T>(schema: z.ZodType<T>, raw: string): T {
  const read = readJson(raw);
  if (!read) throw new ConnectorError(400, 'BadSyntax', 'The body is not JSON, or nested too deep.');
  const { data, error } = schema.safeParse(read.json);
  if (error) throw new ConnectorError(400, 'BadSyntax', `The body is malformed. ${z.prettifyError(error)}`);
  return data;
}

/** @throws ConnectorError 413 when the activity is over Teams' size */
export function checkSize(raw: string): void {
  const bytes = sizeOf(raw);
  if (bytes > LIMITS.messageBytes)
    throw new ConnectorError(
      413,
      'MessageSizeTooBig',
      `Message size too large: ${bytes} bytes of ${LIMITS.messageBytes}.`,
    );
}

const attachmentTypes = [
  /^application\/vnd\.microsoft\.card\.(adaptive|hero|thumbnail|receipt|signin|oauth|list|audio|video|animation)$/,
  /^application\/vnd\.microsoft\.teams\.(card\.(file\.consent|file\.info|o365connector|list)|file\.download\.info)$/,
  /^(image|text)\/[\w.+-]+$/,
];

/**
 * A message activity as Teams would take it.
 * @param single where Teams makes exactly one message of the activity: an update, or the first post of a conversation
 * @throws ConnectorError 400 with what the client would choke on
 */
export function messageFrom(activity: ActivityIn, single: boolean): MessageContent {
  const attachments = activity.attachments ?? [];
  const text = activity.text ?? undefined;
  if (!text && attachments.length === 0)
    throw new ConnectorError(400, 'BadSyntax', 'The message is empty: it has neither text nor attachments.');
  if (single && text && attachments.length > 0)
    throw new ConnectorError(400, 'BadSyntax', 'Activity resulted into multiple skype activities');
  for (const { contentType, content } of attachments) {
    if (!attachmentTypes.some((known) => known.test(contentType)))
      throw new ConnectorError(400, 'BadSyntax', `Unknown attachment type ${contentType}`);
    if (contentType === adaptiveCardType) checkCard(content);
  }
  return {
    text,
    textFormat: activity.textFormat ?? 'markdown',
    summary: activity.summary ?? undefined,
    attachments: attachments.map(({ contentType, content, contentUrl, name }) => ({
      contentType,
      content,
      ...(contentUrl ? { contentUrl } : {}),
      ...(name ? { name } : {}),
    })),
    entities: activity.entities ?? [],
  };
}

function checkCard(card: unknown): void {
  const problems = cardProblems(card);
  if (problems.length > 0)
    throw new ConnectorError(400, 'BadArgument', `Adaptive Card refused: ${problems.join('; ')}`);
}

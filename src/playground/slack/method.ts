import { z } from 'zod';
import type { Files } from './files.ts';
import { type JsonObject, parseJson } from './json.ts';
import type { Tier } from './limits.ts';
import type { State } from './state.ts';
import type { SlackChannel, SlackUser } from './types.ts';
import type { Views } from './views.ts';

/** What a Web API method works with. */
export type Context = {
  readonly state: State;
  readonly views: Views;
  readonly files: Files;
  /** Where the workspace listens. */
  origin(): string;
  /** Throws `missing_scope` unless the token has it. */
  need(scope: string): void;
  has(scope: string): boolean;
  /** A fresh WebSocket address for Socket Mode. */
  socketUrl(): string;
};

export type Method = {
  readonly tier: Tier;
  /** Scopes that every call needs; those that depend on the arguments are asked for in `run`. */
  readonly scopes: readonly string[];
  /** Takes the app-level token instead of the bot's. */
  readonly appLevel?: true;
  call(args: JsonObject, context: Context): JsonObject;
};

/** A refusal in Slack's way: HTTP 200, `ok: false`, `error`, and what more the answer holds. */
export class Refusal extends Error {
  readonly error: string;
  readonly more: JsonObject;
  constructor(error: string, more: JsonObject = {}) {
    super(error);
    this.error = error;
    this.more = more;
  }
}

export const withMessages = (messages: readonly string[]): JsonObject => ({
  response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
});

/** One row of a method table: its arguments pass zod once, here. */
export function method<S extends z.ZodType>(
  row: { readonly tier: Tier; readonly scopes?: readonly string[]; readonly appLevel?: true; readonly args: S },
  run: (args: z.output<S>, context: Context) => JsonObject,
): Method {
  const { args, scopes = [], ...rest } = row;
  return {
    ...rest,
    scopes,
    call(raw, context) {
      const parsed = args.safeParse(raw);
      if (parsed.success) return run(parsed.data, context);
      const messages = parsed.error.issues.map((issue) => {
        const [field = ''] = issue.path;
        return raw[String(field)] === undefined
          ? `missing required field: ${String(field)}`
          : `${issue.message} [json-pointer:/${issue.path.join('/')}]`;
      });
      throw new Refusal('invalid_arguments', withMessages(messages));
    },
  };
}

/** Forms carry everything as strings, JSON bodies do not: both are taken. */
export const flag = z.preprocess(
  (value) => (typeof value === 'string' ? value === 'true' || value === '1' : value),
  z.boolean().optional(),
);
export const count = z.preprocess(
  (value) => (typeof value === 'string' ? Number(value) : value),
  z.number().int().min(0).optional(),
);
export const word = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string());
/** A structured argument: an object or list, or its JSON in a string. Its inside is checked by the method. */
export const json = z.preprocess(
  (value) => (typeof value === 'string' ? (parseJson(value) ?? value) : value),
  z.unknown(),
);

/** A page of a list with Slack's cursor: opaque, base64 of where the next page starts. */
export function page<T>(all: readonly T[], limit: number | undefined, cursor: string | undefined, most = 1000) {
  const start = cursor ? Number(/^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1] ?? Number.NaN) : 0;
  if (Number.isNaN(start)) throw new Refusal('invalid_cursor');
  const size = Math.min(limit || 100, most);
  const end = start + size;
  const next = end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { items: all.slice(start, end), response_metadata: { next_cursor: next } };
}

export function userOf({ state }: Context, id: string): SlackUser {
  const user = state.users.get(id);
  if (!user) throw new Refusal('user_not_found');
  return user;
}

/** A conversation that the bot can see: by id, or a public or joined one by `#name`. Private ones it is not in do not exist for it. */
export function channelOf({ state }: Context, name: string): SlackChannel {
  const wanted = name.replace(/^#/, '');
  const channel =
    state.channels.get(name) ?? [...state.channels.values()].find((each) => each.name === wanted && wanted !== '');
  if (!channel || (channel.kind !== 'public' && !channel.botIsMember)) throw new Refusal('channel_not_found');
  return channel;
}

const READS = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;

/** The scope that covers a conversation of this kind, for example `channels:read` or `im:history`. */
export const scopeFor = (channel: Pick<SlackChannel, 'kind'>, what: 'read' | 'history'): string =>
  `${READS[channel.kind]}:${what}`;

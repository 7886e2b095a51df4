import {
  type AccountId,
  type Answer,
  type Asked,
  type Delivered,
  type Door,
  type FieldErrors,
  type FieldKind,
  type Fields,
  type Form,
  type Inbound,
  type Names,
  type Option,
  type Outgoing,
  type PersonId,
  type PlaceId,
  type Platform,
  type PlatformName,
  parse,
  type Raw,
  type Reply,
  said,
  type View,
} from '../../src/core/kernel/index.ts';

/*
 * What the contract asks of a platform: the people who use it, what they do and what they see, in words that fit both.
 * `slack-world.ts` and `teams-world.ts` say it with the real adapters, over HTTP, against the local platforms.
 */

/** Ann acts; Ben is in the same channel and group chat, and must not see what is hers alone. */
export type Who = 'ann' | 'ben';
export type Where = 'channel' | 'direct' | 'group';

/** One thing on a person's screen: a message, a window, a page. */
export type Seen = {
  readonly where: Where | 'window' | 'page';
  /** The platform's id of a message. */
  readonly id?: string;
  /** The id of the message in whose thread it stands. */
  readonly under?: string;
  /** All that can be read in it, line by line. */
  readonly words: string;
  /** The labels of its buttons, in order. */
  readonly buttons: readonly string[];
  /** What in it notifies, or leads somewhere: `person U1`, `everybody`, `link https://…`. */
  readonly live: readonly string[];
};

/** A form in front of a person. */
export type Screen = {
  /** In a window of its own, or in a message. */
  readonly as: 'window' | 'message';
  readonly title: string;
  readonly words: string;
  /** By name: its kind, and what it holds, as the kernel writes answers; absent when it is empty. */
  readonly fields: Readonly<Record<string, { readonly kind: FieldKind; readonly holds?: unknown }>>;
  /** What stands in red at a field. */
  readonly errors: FieldErrors;
  readonly button: string;
};

export type Way = { readonly where: Where; type(who: Who, text: string): Promise<void> };

/** The next calls of a kind go wrong. */
export type Trouble =
  | { readonly is: 'status'; readonly status: number; readonly retryAfter?: number }
  | { readonly is: 'cut' }
  | { readonly is: 'page'; readonly status: number };

export type World = {
  readonly name: PlatformName;
  readonly platform: Platform;
  readonly door: HandDoor;
  readonly log: readonly string[];
  /** Lets time pass, as far as clocks tell: the platforms' rates have room again. */
  pass(seconds: number): void;
  now(): Date;
  account(who: Who): AccountId;
  place(where: Where, who?: Who): PlaceId;
  /** Somebody and somewhere that the platform does not know. */
  readonly nobody: AccountId;
  readonly nowhere: PlaceId;
  /** How to address the bot, each way that both platforms have. */
  readonly ways: Readonly<
    Record<'in a channel' | 'in a thread' | 'in a direct chat' | 'in a group chat' | 'by a slash', Way>
  >;
  /** A person's own message in the channel; its id. */
  say(who: Who, text: string): Promise<string>;
  /** Presses the newest button with this label that the person sees; `nth` of several in one message, from 0. */
  press(who: Who, label: string, nth?: number): Promise<void>;
  /** Reacts to a message in the channel by the platform’s own thumb up; returns what the platform calls it. */
  thumb(who: Who, id: string): Promise<string>;
  shortcut(who: Who, name: string): Promise<void>;
  shortcutOn(who: Who, message: string, name: string): Promise<void>;
  /** Opens the home page, or what stands for it. */
  goHome(who: Who): Promise<void>;
  /** What is told of without a person's doing; absent where the platform does not tell. */
  readonly tells: {
    readonly 'a changed profile'?: () => Promise<void>;
    readonly 'a changed group'?: () => Promise<void>;
  };
  /** The platform delivers the last thing once more. */
  again(): Promise<void>;
  sees(who: Who): readonly Seen[];
  screen(who: Who): Screen | undefined;
  /** Answers one field, as the person's client lets them: `null` empties it. */
  fill(who: Who, field: string, answer: unknown): Promise<void>;
  /** Presses the form's button. False when the client itself would not send. */
  send(who: Who): Promise<boolean>;
  /** Types into a search field. */
  lookFor(who: Who, field: string, query: string): Promise<readonly Option[]>;
  /** What the client says went wrong with what the person just did; absent when all is well. */
  complaint(): string | undefined;
  deleteMessage(where: Where, who: Who, id: string): void;
  trouble(what: 'post' | 'edit', trouble: Trouble): void;
  /** The platform takes the bot's access away. */
  revoke(): void;
  /** The person has left, or wants no messages of the bot any more. */
  leave(who: Who): Promise<void>;
  /** The bot is in the channel no more. */
  leaveChannel(): Promise<void>;
  /** Nobody listens where the platform was. */
  unplug(): Promise<void>;
  /** Everything that followed the answers is done. */
  settled(): Promise<void>;
  /** Everything that was seen so far is out of sight, windows are closed, troubles are over. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

type Script = (inbound: Inbound) => readonly Reply[];
export type HandDoor = ReturnType<typeof handDoor>;

/** A door made by hand: it keeps what arrives, answers as it is told, and makes the replies that nobody took, once. */
export function handDoor(reply: () => Platform['reply']) {
  const inbounds: Inbound[] = [];
  const made = new Map<string, Answer>();
  const delivered: Delivered[] = [];
  const state: { script: Script; names: Names; options: readonly Option[] } = {
    script: () => [],
    names: { people: new Map(), places: new Map() },
    options: [],
  };
  const door: Door = {
    async dispatch(inbound) {
      inbounds.push(inbound);
      const before = made.get(inbound.delivery);
      if (before) return { ...before, inbound, repeated: true };
      const answer: Answer = { inbound, replies: state.script(inbound), names: state.names, repeated: false };
      made.set(inbound.delivery, answer);
      return answer;
    },
    async settle({ inbound, replies, names, repeated }, taken) {
      if (repeated || !('origin' in inbound)) return;
      for (const each of replies) if (!taken.includes(each)) delivered.push(await reply()(each, inbound.origin, names));
    },
    async search(inbound) {
      inbounds.push(inbound);
      return state.options;
    },
    offers: { commands: [], shortcuts: [] },
  };
  return {
    door,
    inbounds,
    /** How the replies ended that no answer could carry. */
    delivered,
    answer(script: Script | readonly Reply[]): void {
      state.script = typeof script === 'function' ? script : () => script;
    },
    names: (): Names => state.names,
    know(names: Names): void {
      state.names = names;
    },
    offer(options: readonly Option[]): void {
      state.options = options;
    },
    /** The last arrival, which must be of this kind. */
    last<K extends Inbound['kind']>(kind: K): Extract<Inbound, { kind: K }> {
      const last = inbounds.at(-1);
      if (last?.kind !== kind) throw new Error(`expected a ${kind}, got ${JSON.stringify(last)}`);
      return last as Extract<Inbound, { kind: K }>;
    },
    reset(): void {
      inbounds.length = 0;
      delivered.length = 0;
      Object.assign(state, { script: () => [], names: { people: new Map(), places: new Map() }, options: [] });
    },
  };
}

let forms = 0;
/**
 * A script that asks a form of everybody who does anything, draws it again when a field changes, keeps it open while
 * something is wrong, and keeps what was answered: what the engine does, without the engine.
 */
export function asks(
  form: Form,
  how: { readonly prior?: Raw; readonly check?: (answers: object) => FieldErrors } = {},
) {
  const answered: object[] = [];
  forms += 1;
  const id = `asked-${forms}`;
  const again = (prior: Raw, errors: FieldErrors): readonly Reply[] => [
    { kind: 'ask', asked: { id, form, prior, errors }, reopened: true },
  ];
  const script: Script = (inbound) => {
    if (inbound.kind === 'changed') return again(inbound.raw, {});
    if (inbound.kind !== 'submit') return [{ kind: 'ask', asked: { id, form, prior: how.prior ?? {}, errors: {} } }];
    const parsed = parse(form, inbound.raw);
    const errors = parsed.ok ? (how.check?.(parsed.answers) ?? {}) : parsed.errors;
    if (Object.keys(errors).length > 0) return again(inbound.raw, errors);
    answered.push(parsed.ok ? parsed.answers : {});
    return [whisper('Thank you, it was sent.')];
  };
  return { id, script, answered };
}

export const formOf = (fields: Fields, more: Partial<Form> = {}): Form => ({
  id: 'contract',
  title: 'A form',
  submit: 'Send',
  fields,
  ...more,
});
export const askedOf = (form: Form, more: Partial<Asked> = {}): Asked => ({
  id: 'asked-x',
  form,
  prior: {},
  errors: {},
  ...more,
});
export const viewOf = (blocks: View['blocks'], more: Partial<View> = {}): View => ({
  id: 'contract',
  title: 'A title',
  summary: 'A summary',
  blocks,
  ...more,
});
export const wordsView = (words: string, more: Partial<View> = {}): View =>
  viewOf([{ kind: 'text', text: said(words) }], { summary: words, ...more });
export const whisper = (words: string): Reply => ({ kind: 'whisper', view: wordsView(words) });
export const press = (label: string, name: string, value = '{}') => ({ label, press: { name, value } });

export const personId = (who: Who): PersonId => `p-${who}` as PersonId;
/** Both people by their accounts in a world. */
export const namesIn = (world: World): Names => ({
  people: new Map(
    (['ann', 'ben'] as const).map((who) => [
      personId(who),
      { name: who === 'ann' ? 'Ann' : 'Ben', accounts: [world.account(who)] },
    ]),
  ),
  places: new Map([[world.place('channel'), 'help']]),
});
/** Whether a person can read these words anywhere. */
export const reads = (world: World, who: Who, words: string): boolean =>
  world.sees(who).some((s) => s.words.includes(words));

export const say = (w: World, view: View, key = 'key'): Outgoing => ({
  kind: 'post',
  place: w.place('channel'),
  view,
  key,
});
export const tell = (w: World, view: View, key = 'key'): Outgoing => ({
  kind: 'direct',
  account: w.account('ann'),
  view,
  key,
});
export const deliver = (w: World, outgoing: Outgoing) => w.platform.deliver(outgoing, namesIn(w));
/** A message that is there: where, and by what id. */
export async function posted(w: World, outgoing: Outgoing) {
  const made = await deliver(w, outgoing);
  if (made.is !== 'done' || made.native === undefined || made.place === undefined)
    throw new Error(`not posted: ${JSON.stringify(made)}`);
  return { place: made.place, native: made.native };
}

import type { z } from 'zod';
import type { Catalog } from '../catalog/path.ts';
import type { Settings } from '../settings.ts';
import type { Effect, Refuse } from './effect.ts';
import type { Answers, Fields, Form, Option } from './form.ts';
import type { AccountId, PlaceId } from './ids.ts';
import type { Json, Quoted } from './inbound.ts';
import type { May, Person, Persona } from './person.ts';
import { Problem } from './problem.ts';
import type { Block, Button } from './view.ts';

/** What a handler works with. `store` reads and writes inside the one transaction of this inbound. */
export type Ctx<S> = {
  readonly now: Date;
  readonly delivery: string;
  readonly store: S;
  readonly settings: Settings;
  /** The golden paths as they are at this moment. */
  readonly catalog: Catalog;
  /**
   * An address of ours that nobody can guess, for a path such as `/calendar/session/7.ics`; undefined when we were not
   * told how the world reaches us.
   */
  readonly address: (path: string) => string | undefined;
  /** A new id; the same inbound run again is given others, so ids never stand in keys that must repeat. */
  readonly id: () => string;
};
/** As `Ctx`, when a person acted. */
export type PersonCtx<S> = Ctx<S> & {
  readonly by: Person;
  readonly account: AccountId;
  readonly place?: PlaceId;
  /** The platform’s id of the message in whose thread they wrote. */
  readonly under?: string;
};

export type Effects = readonly Effect[];

type Named = { readonly name: string };
export type CommandHandler<S> = Named & {
  readonly on: 'command';
  /** One line for help. */
  readonly summary: string;
  /** The arguments, as help shows them. */
  readonly usage?: string;
  readonly may: May;
  /** For whom it is made: they see it first. */
  readonly personas?: readonly Persona[];
  run(args: string, ctx: PersonCtx<S>): Promise<Effects>;
};
/**
 * What arrives for such a handler leaves no trace of its own: no row of the arrival, of its answer, or of what was typed.
 * So the same delivery may run it twice, and an answer that a dying process did not make is not made up for.
 */
type Discreet = { readonly discreet?: true };
export type PressHandler<S> = Named &
  Discreet & {
    readonly on: 'press';
    readonly may: May;
    run(value: string, ctx: PersonCtx<S>): Promise<Effects>;
  };
export type SubmitHandler<S> = Named &
  Discreet & {
    readonly on: 'submit';
    readonly may: May;
    /** As it was declared; absent where each is made for whom it asks. */
    readonly form?: Form;
    /** Why it may not be kept any more when it is sent, in place of its age. */
    readonly gone?: string;
    /** `answers` were checked against the form that was asked, which has this handler's name as its id. */
    run(answers: unknown, carry: string, ctx: PersonCtx<S>): Promise<Effects | Refuse>;
  };
export type ShortcutHandler<S> = Named & {
  readonly on: 'shortcut';
  readonly title: string;
  readonly summary: string;
  /** Where it is offered: anywhere, or on a message. */
  readonly where: 'global' | 'message';
  readonly may: May;
  run(message: Quoted | undefined, ctx: PersonCtx<S>): Promise<Effects>;
};
/** What somebody thinks of a message, told with one character. */
export type Reaction = {
  readonly native: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
};
export type ReactedHandler<S> = Named & {
  readonly on: 'reacted';
  run(reaction: Reaction, ctx: PersonCtx<S>): Promise<Effects>;
};
/** Words under a message that were not said to us: whoever handles them says nothing where they stand. */
export type RepliedHandler<S> = Named & {
  readonly on: 'replied';
  run(reply: { readonly native: string; readonly text: string }, ctx: PersonCtx<S>): Promise<Effects>;
};
export type DueHandler<S> = Named & {
  readonly on: 'due';
  run(input: Json, late: { readonly meant: Date; readonly seconds: number }, ctx: Ctx<S>): Promise<Effects>;
};
export type ObservedHandler<S> = Named & { readonly on: 'observed'; run(input: Json, ctx: Ctx<S>): Promise<Effects> };
export type OutcomeHandler<S> = Named & {
  readonly on: 'outcome';
  run(key: string, result: Json, ctx: Ctx<S>): Promise<Effects>;
};
export type Handler<S> =
  | CommandHandler<S>
  | PressHandler<S>
  | SubmitHandler<S>
  | ShortcutHandler<S>
  | ReactedHandler<S>
  | RepliedHandler<S>
  | DueHandler<S>
  | ObservedHandler<S>
  | OutcomeHandler<S>;

/** A section of the home page. */
export type HomePart = {
  readonly title?: string;
  readonly blocks: readonly Block[];
  readonly buttons: readonly Button[];
};

/** One capability of the product: a folder, a value. `S` is the part of the store that it uses. */
export type Feature<S> = {
  readonly name: string;
  /** What its commands are for, as a heading of help; those with the same heading stand together. */
  readonly area?: string;
  readonly handlers: readonly Handler<S>[];
  /** Searches for fields of kind `search`, by source name. Reads only. */
  readonly sources?: Readonly<Record<string, (query: string, ctx: PersonCtx<S>) => Promise<readonly Option[]>>>;
  readonly home?: (ctx: PersonCtx<S>) => Promise<HomePart>;
  /** A line that is no command, as people write to a bot: undefined when it means nothing here. `slip`: of a command. */
  readonly heard?: (line: string, slip: boolean, ctx: PersonCtx<S>) => Promise<Effects | undefined>;
};

export const onCommand = <S>(
  name: string,
  about: Pick<CommandHandler<S>, 'summary' | 'usage' | 'may' | 'personas'>,
  run: CommandHandler<S>['run'],
): CommandHandler<S> => ({ on: 'command', name, ...about, run });

export const onShortcut = <S>(
  name: string,
  about: { readonly title: string; readonly summary: string; readonly where: 'global' | 'message'; readonly may: May },
  run: ShortcutHandler<S>['run'],
): ShortcutHandler<S> => ({ on: 'shortcut', name, ...about, run });

export const onReacted = <S>(name: string, run: ReactedHandler<S>['run']): ReactedHandler<S> => ({
  on: 'reacted',
  name,
  run,
});

export const onReplied = <S>(name: string, run: RepliedHandler<S>['run']): RepliedHandler<S> => ({
  on: 'replied',
  name,
  run,
});

const stale = (cause: unknown) =>
  new Problem(
    'press_malformed',
    'I can’t read what this button carries: the message is from an older version, or it was changed on the way. Nothing was done. Please use the latest message, or ask me for “help”.',
    { cause },
  );

/** A button's handler. The value is JSON, held by clients, so it is parsed before anything else. */
export function onPress<S, T extends z.ZodType>(
  name: string,
  value: T,
  may: May,
  run: (value: z.output<T>, ctx: PersonCtx<S>) => Promise<Effects>,
): PressHandler<S> & { readonly press: (v: z.input<T>) => { name: string; value: string } } {
  return {
    on: 'press',
    name,
    may,
    press: (v) => ({ name, value: JSON.stringify(v) }),
    run: async (raw, ctx) => {
      let parsed: z.output<T>;
      try {
        parsed = value.parse(JSON.parse(raw));
      } catch (cause) {
        throw stale(cause);
      }
      return run(parsed, ctx);
    },
  };
}

/** A form's handler. The engine has checked the answers against the form as it was asked. */
export const onSubmit = <S, Fs extends Fields>(
  definition: Form<Fs>,
  may: May,
  run: (answers: Answers<Fs>, carry: string, ctx: PersonCtx<S>) => Promise<Effects | Refuse>,
  about: Pick<SubmitHandler<S>, 'gone'> = {},
): SubmitHandler<S> => ({
  on: 'submit',
  name: definition.id,
  form: definition,
  may,
  ...about,
  run: (answers, carry, ctx) => run(answers as Answers<Fs>, carry, ctx),
});

/** The same handler, of whose arrivals nothing is remembered. */
export const discreetly = <H extends PressHandler<never> | SubmitHandler<never>>(
  handler: H,
): H & { discreet: true } => ({
  ...handler,
  discreet: true,
});

const malformed = (what: string, cause: unknown) =>
  new Problem(
    'input_malformed',
    `The input of ${what} does not have the expected form. This is a fault of the program.`,
    { cause },
  );
function read<T extends z.ZodType>(what: string, schema: T, input: Json): z.output<T> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw malformed(what, parsed.error);
  return parsed.data;
}

export const onDue = <S, T extends z.ZodType>(
  name: string,
  input: T,
  run: (input: z.output<T>, late: { readonly meant: Date; readonly seconds: number }, ctx: Ctx<S>) => Promise<Effects>,
): DueHandler<S> => ({ on: 'due', name, run: async (raw, late, ctx) => run(read(name, input, raw), late, ctx) });

export const onObserved = <S, T extends z.ZodType>(
  name: string,
  input: T,
  run: (input: z.output<T>, ctx: Ctx<S>) => Promise<Effects>,
): ObservedHandler<S> => ({ on: 'observed', name, run: async (raw, ctx) => run(read(name, input, raw), ctx) });

export const onOutcome = <S, T extends z.ZodType>(
  name: string,
  result: T,
  run: (key: string, result: z.output<T>, ctx: Ctx<S>) => Promise<Effects>,
): OutcomeHandler<S> => ({ on: 'outcome', name, run: async (key, raw, ctx) => run(key, read(name, result, raw), ctx) });

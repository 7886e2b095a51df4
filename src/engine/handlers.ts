import type { Stores } from '../core/features.ts';
import { smallTalk, talkView } from '../core/help/small-talk.ts';
import { commandsOf, helpView, notAllowedView, type Offered, runPress } from '../core/help/views.ts';
import {
  type Asked,
  type Ctx,
  type Draw,
  draw,
  type Effect,
  type Effects,
  type Feature,
  type FieldErrors,
  type Handler,
  type Inbound,
  type May,
  mayDo,
  nearMiss,
  openForm,
  type Person,
  type PersonalInbound,
  type PersonCtx,
  Problem,
  parse,
  type Raw,
  route,
  said,
  shorten,
  type View,
  whisper,
} from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { welcomeView } from '../core/people/views.ts';
import { homePage } from './home-page.ts';
import type { AskedRow, Tx } from './ports.ts';
import { stillOpen } from './still-open.ts';

/** What came of an inbound: effects to write, or a form that stays open. */
/** `discreet`: the arrival is to leave no row. */
export type Result = { readonly effects: Effects; readonly reopen?: Asked; readonly discreet?: true };

/** Where a handler runs: the transaction, and what is known of the moment. */
export type Scene = { readonly tx: Tx; readonly ctx: Ctx<Stores>; readonly by?: Person };

type Of<K extends Handler<Stores>['on']> = Extract<Handler<Stores>, { on: K }>;

/** How many people a refusal names. */
const named = 3;

const unheard = { error() {} };

/** Finds the handler of an inbound, checks that the person may, and runs it. */
export function createHandlers(features: readonly Feature<Stores>[], log: Pick<Log, 'error'> = unheard) {
  const all = features.flatMap((f) => f.handlers);
  const of = <K extends Handler<Stores>['on']>(on: K) => all.filter((h): h is Of<K> => h.on === on);
  const index = <K extends Handler<Stores>['on']>(on: K) => {
    const byName = new Map(of(on).map((h) => [h.name, h] as const));
    if (byName.size !== of(on).length)
      throw new Problem('handler_doubled', `Two handlers for ${on} have the same name.`);
    return byName;
  };
  const commands = commandsOf(features);
  const home = homePage(features, log);
  const table = {
    press: index('press'),
    submit: index('submit'),
    shortcut: index('shortcut'),
    due: index('due'),
    // What happened may concern several features: each that listens is told, in their order.
    observed: Map.groupBy(of('observed'), (h) => h.name),
    outcome: index('outcome'),
  };
  index('command');

  const effects = (list: Effects): Result => ({ effects: list });
  const notice = (title: string, words: string): Result => effects([whisper(noticeView(title, words))]);

  function person(inbound: PersonalInbound, { ctx, by }: Scene): PersonCtx<Stores> {
    if (!by) throw new Problem('person_unknown', 'I could not find out who you are. Please try again in a moment.');
    return {
      ...ctx,
      by,
      account: inbound.account,
      ...(inbound.place ? { place: inbound.place } : {}),
      ...('under' in inbound ? { under: inbound.under } : {}),
    };
  }

  /** Runs, or says who may instead. */
  async function allowed(may: May, ctx: PersonCtx<Stores>, run: () => Promise<Result>): Promise<Result> {
    if (mayDo(may, ctx.by.roles)) return run();
    const roles = may === 'anyone' ? [] : may;
    const holders = await ctx.store.people.holding(roles, named + 1);
    return effects([whisper(notAllowedView(roles, holders.slice(0, named), holders.length > named))]);
  }

  async function command(said: string, ctx: PersonCtx<Stores>, tx: Tx): Promise<Result> {
    // As it is typed in Slack, also where there is no slash.
    const text = said.replace(/^\s*\/?platform(\s+|$)/i, '');
    if (text.trim() === '') return effects([whisper(await home(ctx, tx))]);
    const found = route(text, commands);
    if (found) return allowed(found.command.may, ctx, async () => effects(await found.command.run(found.args, ctx)));
    const talk = smallTalk(text);
    if (talk)
      return effects([whisper(talk === 'help' ? helpView(ctx.by, commands) : talkView(talk, ctx.by, commands))]);
    const usable: readonly Offered[] = commands.filter((c) => mayDo(c.may, ctx.by.roles));
    const near = nearMiss(text, usable);
    for (const { heard } of features) {
      const meant = await heard?.(text, near !== undefined, ctx);
      if (meant) return effects(meant);
    }
    const typed = shorten(text.trim().replace(/\s+/g, ' '), 60);
    return effects([whisper(helpView(ctx.by, commands, { typed, near }))]);
  }

  const asked = async (id: string, ctx: PersonCtx<Stores>, tx: Tx): Promise<AskedRow> =>
    own(await tx.asked.take(id), ctx);
  function own(row: AskedRow | undefined, ctx: PersonCtx<Stores>): AskedRow {
    if (!row)
      throw new Problem(
        'form_unknown',
        'This form is too old, so I don’t have it any more. Nothing was sent. Please open it again.',
      );
    if (row.account !== ctx.account && !ctx.by.accounts.includes(row.account))
      throw new Problem(
        'form_not_yours',
        'This form was opened for somebody else. Nothing was sent. Please open your own.',
      );
    return row;
  }

  const reopen = (row: AskedRow, prior: Raw, errors: FieldErrors): Result => ({
    effects: [],
    reopen: { id: row.id, form: row.form, prior, errors },
  });

  const tables: Draw<Inbound, Promise<Result>, [Scene]> = {
    command: (i, scene) => command(i.text, person(i, scene), scene.tx),

    press: async (i, scene) => {
      const ctx = person(i, scene);
      if (i.press.name === openForm) {
        const row = await asked(i.press.value, ctx, scene.tx);
        return row.done ? sentAlready() : reopen(row, row.prior, {});
      }
      if (i.press.name === runPress) return command(commandName(i.press.value, commands), ctx, scene.tx);
      const handler = table.press.get(i.press.name);
      if (!handler)
        throw new Problem(
          'press_unknown',
          'I don’t know this button: the message is from another version of me. Nothing was done. Ask me for “help” to see what I can do.',
        );
      const result = await allowed(handler.may, ctx, async () => effects(await handler.run(i.press.value, ctx)));
      return handler.discreet ? { ...result, discreet: true } : result;
    },

    shortcut: async (i, scene) => {
      const ctx = person(i, scene);
      const handler = table.shortcut.get(i.name);
      if (!handler)
        throw new Problem('shortcut_unknown', 'I don’t know this shortcut. Ask me for “help” to see what I can do.');
      return allowed(handler.may, ctx, async () => effects(await handler.run(i.message, ctx)));
    },

    submit: async (i, scene) => {
      const ctx = person(i, scene);
      const found = await scene.tx.asked.take(i.asked);
      const open = found ? undefined : stillOpen(i, table.submit.get(i.form ?? ''));
      if (open) return { effects: [], reopen: open, discreet: true };
      const row = own(found, ctx);
      if (row.done) return sentAlready();
      const handler = table.submit.get(row.form.id);
      if (!handler)
        throw new Problem(
          'form_unknown',
          'This form is from another version of me. Nothing was sent. Please open it again.',
        );
      return allowed(handler.may, ctx, async () => {
        const raw = ownFields(row, i.raw);
        const parsed = parse(row.form, raw);
        const result = parsed.ok ? await handler.run(parsed.answers, row.carry, ctx) : undefined;
        const discreet = handler.discreet ? { discreet: handler.discreet } : {};
        if (parsed.ok && Array.isArray(result)) {
          await (handler.discreet ? scene.tx.asked.erase(row.id) : scene.tx.asked.finish(row.id));
          return { effects: result as Effects, ...discreet };
        }
        if (!handler.discreet) await scene.tx.asked.typed(row.id, raw);
        const errors = parsed.ok ? (result as { errors: FieldErrors }).errors : parsed.errors;
        return { ...reopen(row, raw, errors), ...discreet };
      });
    },

    changed: async (i, scene) => {
      const row = await asked(i.asked, person(i, scene), scene.tx);
      const raw = ownFields(row, i.raw);
      const discreet = table.submit.get(row.form.id)?.discreet;
      if (!discreet) await scene.tx.asked.typed(row.id, raw);
      return { ...reopen(row, raw, {}), ...(discreet ? { discreet } : {}) };
    },

    reacted: async (i, scene) => {
      const ctx = person(i, scene);
      const made: Effect[] = [];
      for (const handler of of('reacted')) made.push(...(await handler.run(i, ctx)));
      return effects(made);
    },

    replied: async (i, scene) => {
      const ctx = person(i, scene);
      const made: Effect[] = [];
      for (const handler of of('replied')) made.push(...(await handler.run(i, ctx)));
      return effects(made);
    },

    // A search answers with options, by way of `Door.search`: it never comes through here.
    search: async () => effects([]),

    home: async (i, scene) => {
      const ctx = person(i, scene);
      if (i.here) return effects([whisper(await home(ctx, scene.tx))]);
      if (!i.first) return effects([{ kind: 'home', view: await home(ctx, scene.tx) }]);
      const view = welcomeView(ctx.by, ctx.settings.name);
      return effects([{ kind: 'tell', person: ctx.by.id, via: i.account, key: `welcome/${i.account}`, view }]);
    },

    due: async (i, { tx, ctx }) => {
      if (!(await tx.due.take(i.key, i.meant))) return effects([]);
      const seconds = Math.max(0, Math.round((i.at.getTime() - i.meant.getTime()) / 1000));
      return effects(await need(table.due.get(i.job), i.job).run(i.input, { meant: i.meant, seconds }, ctx));
    },
    observed: async (i, { ctx }) => {
      const made: Effect[] = [];
      for (const handler of need(table.observed.get(i.what), i.what)) made.push(...(await handler.run(i.input, ctx)));
      return effects(made);
    },
    outcome: async (i, { ctx }) => effects(await need(table.outcome.get(i.of), i.of).run(i.key, i.result, ctx)),
  };

  const sentAlready = () => notice('Sent already', 'This form was sent before, so nothing was done a second time.');

  return {
    run: (inbound: Inbound, scene: Scene): Promise<Result> => draw(tables, inbound, scene),
    source: (name: string) => features.find((f) => f.sources && Object.hasOwn(f.sources, name))?.sources?.[name],
    offers: {
      commands: commands.map(({ name, summary, usage, may }) => ({
        name,
        summary,
        forAll: may === 'anyone',
        ...(usage === undefined ? {} : { usage }),
      })),
      shortcuts: [...table.shortcut.values()].map(({ name, title, summary, where }) => ({
        name,
        title,
        summary,
        where,
      })),
    },
  };
}

/** What was typed into the fields that the form has. */
export const ownFields = (row: AskedRow, raw: Raw): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([name]) => Object.hasOwn(row.form.fields, name)));

function need<T>(handler: T | undefined, name: string): T {
  if (handler) return handler;
  throw new Problem('handler_unknown', `Nothing handles ${name}. This is a fault of the program.`);
}

function commandName(value: string, commands: readonly { readonly name: string }[]): string {
  const named = commands.find((c) => JSON.stringify(c.name) === value);
  if (named) return named.name;
  throw new Problem(
    'press_malformed',
    'This button does not name anything that I can do. Nothing was done. Ask me for “help”.',
  );
}

export type Handlers = ReturnType<typeof createHandlers>;

/** A short message that something did not go as expected. */
export const noticeView = (title: string, words: string): View => ({
  id: 'notice',
  title,
  summary: words,
  blocks: [{ kind: 'notice', tone: 'warn', text: said(words) }],
});
